/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chunks of a PNG file that pass through to the next one. */
#ifndef TMK_FILE_PNGCHUNK_H
#define TMK_FILE_PNGCHUNK_H

#include "file/imagefile.h"
#include "file/input.h"

/* A chunk's four letters as a number. */
#define TMK_PNG_TAG(a, b, c, d)                                                              \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

#define TMK_PNG_SIGNATURE_BYTES 8
#define TMK_PNG_MAX_CHUNK 0x7fffffff        /* bytes of a chunk's data */
#define TMK_PNG_MAX_TEXT ((size_t)64 << 20) /* of one that is not pixels, packed or not */

/*
 * Checks that each chunk of INPUT, up to the last one, lies within the file, and that none
 * beside the pixels is larger than any real one is: libpng makes room for what is claimed.
 * With SALVAGE the file may end anywhere.
 */
tmk_status tmk_png_check_chunks(const tmk_input *input, int salvage, tmk_error *error);

/*
 * Adds to METADATA the chunks of INPUT, a PNG file with a valid header, that still hold when
 * it is written as PICTURE (only its kind of samples counts): with whole samples and no
 * palette, and perhaps other colours.  EXIF is also given by itself: its orientation must be
 * that of the chunk itself that passes through.  An animated file is refused.
 */
tmk_status tmk_png_collect_chunks(const tmk_input *input, const tmk_picture *picture,
                                  tmk_metadata *metadata, tmk_error *error);

#endif
