/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where libpng's failures land: it reports one by a call that must not return.  What has to
 * survive the jump lives in the reader or writer, outside the frame that is left.
 */
#ifndef TMK_FILE_PNG_TRAP_H
#define TMK_FILE_PNG_TRAP_H

#include <png.h>
#include <setjmp.h>

#include "base/status.h"

#define TMK_XMP_KEYWORD "XML:com.adobe.xmp"

typedef struct tmk_png_trap {
    jmp_buf back;
    const char *name;  /* of the file */
    const char *doing; /* what failed */
    tmk_error *error;  /* of the current call */
    tmk_status status; /* that of the first failure; nothing works after it */
    int out_of_memory; /* libpng was refused memory */
} tmk_png_trap;

/* For png_create_read_struct_2 and its like, with the trap as both pointers. */
void tmk_png_on_error(png_structp png, png_const_charp message);
void tmk_png_on_warning(png_structp png, png_const_charp message);
png_voidp tmk_png_allocate(png_structp png, png_alloc_size_t size);
void tmk_png_free(png_structp png, png_voidp memory);

#endif
