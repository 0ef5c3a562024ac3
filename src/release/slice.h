/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One input file, as all copies of it share it: read a first time for what has to be known
 * of the whole, and a second time in bands of rows.  A file that can be read row by row is
 * never held as a whole, unless it is small; others are, while they are needed.
 */
#ifndef TMK_RELEASE_SLICE_H
#define TMK_RELEASE_SLICE_H

#include <sys/stat.h>

#include "file/imagefile.h"
#include "file/rowfile.h"
#include "mark/analysis.h"
#include "mark/origin.h"

typedef struct tmk_slice {
    const char *path; /* the slice's own */
    const char *name; /* in messages */
    uint64_t bytes;   /* of the file, and their digest */
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_image *image;  /* format, coding and metadata; the pixels only while they are held */
    tmk_picture shape; /* upright, without pixels */
    tmk_survey survey;

    char *owned_path;
    struct stat about;
    tmk_blob content;  /* of what can't be read twice, such as standard input */
    tmk_input input;   /* where a streamed picture is read from, while it is */
    int streamed;      /* it can be read row by row */
    int drops;         /* it can't, but its pixels are only held while they are read */
    tmk_row_reader reader;
    int next;          /* the reader's next row */
    tmk_rows window;   /* the last rows that were read; ->pixels may be larger */
    size_t room;       /* rows that they have room for */
} tmk_slice;

/* Opens PATH and fills in all but the survey: SLICE ends with tmk_slice_release, also after
 * a failure. */
tmk_status tmk_slice_open(tmk_slice *slice, const char *path, tmk_error *error);

/* Adds the pixels to CONTENT and surveys them.  Pixels of no more than HOLD bytes are kept. */
tmk_status tmk_slice_survey(tmk_slice *slice, tmk_content *content, size_t hold,
                            tmk_error *error);

/* The bytes of the pixels that are held. */
size_t tmk_slice_held(const tmk_slice *slice);

/* Begins reading the rows again, and ends it. */
tmk_status tmk_slice_begin(tmk_slice *slice, tmk_error *error);
void tmk_slice_end(tmk_slice *slice);

/* WINDOW becomes rows FIRST to FIRST + COUNT - 1 and TMK_MASK_MARGIN more on each side, as
 * far as there are any; valid until the next call.  FIRST may never go back. */
tmk_status tmk_slice_window(tmk_slice *slice, int first, int count, tmk_rows *window,
                            tmk_error *error);

/* Reads what follows the last row, where a file may still be damaged. */
tmk_status tmk_slice_finish(tmk_slice *slice, tmk_error *error);

/* All the file's bytes, which must be those of before; BYTES is the caller's. */
tmk_status tmk_slice_bytes(const tmk_slice *slice, tmk_blob *bytes, tmk_error *error);

void tmk_slice_release(tmk_slice *slice);

#endif
