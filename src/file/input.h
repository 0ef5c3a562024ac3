/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that can be read anywhere: a whole file in memory, or one that stays on the disk. */
#ifndef TMK_FILE_INPUT_H
#define TMK_FILE_INPUT_H

#include "base/status.h"

typedef struct tmk_input {
    const char *name;           /* for messages */
    const unsigned char *bytes; /* NULL: they are in the file */
    int descriptor;
    uint64_t size;
} tmk_input;

/* Opens the file PATH, which must be a regular one, as INPUT; its name is PATH itself.  Ends
 * with tmk_input_close. */
tmk_status tmk_input_open(tmk_input *input, const char *path, tmk_error *error);
void tmk_input_close(tmk_input *input);

/* Copies SIZE bytes from offset AT; 0 if they aren't there. */
int tmk_input_read(const tmk_input *input, uint64_t at, void *to, size_t size);

#endif
