/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One input file as a source of rows that is read several times.  A file that can be read row
 * by row is never held as a whole, unless it is small; others are, while they are read.
 */
#ifndef TMK_RELEASE_SLICE_H
#define TMK_RELEASE_SLICE_H

#include <sys/stat.h>

#include "file/imagefile.h"
#include "file/rowfile.h"

typedef struct tmk_slice {
    const char *path; /* the slice's own */
    const char *name; /* in messages */
    uint64_t bytes;   /* of the file, and their digest */
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_image *image;  /* format, coding and metadata; the pixels only while they are held */
    tmk_picture shape; /* upright, without pixels */
    int holds;         /* the pixels are held from the first reading on; else they are
                          dropped after each.  The caller's choice before that */

    char *owned_path;
    struct stat about;
    tmk_blob content; /* of what can't be read twice, such as standard input */
    tmk_input input;  /* where a streamed picture is read from, while it is */
    int streamed;     /* it can be read row by row */
    int complete;     /* what follows the last row was read */
    tmk_row_reader reader;
    int next; /* the reader's next row */
} tmk_slice;

/* Opens PATH: SLICE ends with tmk_slice_release, also after a failure. */
tmk_status tmk_slice_open(tmk_slice *slice, const char *path, tmk_error *error);

/* The bytes that its pixels take. */
size_t tmk_slice_size(const tmk_slice *slice);

/* The slice as a source of rows; it must stay where it is. */
tmk_row_source tmk_slice_source(tmk_slice *slice);

void tmk_slice_release(tmk_slice *slice);

#endif
