/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tmk_strip is made of, and how its copies are cut. */
#ifndef TMK_RELEASE_STRIP_H
#define TMK_RELEASE_STRIP_H

#include "release/slice.h"

struct tmk_strip {
    size_t count;
    tmk_slice *slices; /* from top to bottom */
    int width;
    int64_t height;
    int64_t *tops;     /* the strip's row that each slice begins with */
    uint8_t content[TMK_CONTENT_BYTES];
};

/* The rows of one slice that go into one output. */
typedef struct tmk_part {
    size_t slice;
    int first, rows;
} tmk_part;

/* One output file of a copy. */
typedef struct tmk_cut {
    size_t first_part, parts;
    int64_t top;
    tmk_picture shape; /* size, and the richest kind of samples of its slices; no pixels */
} tmk_cut;

typedef struct tmk_cuts {
    size_t count, part_count;
    tmk_cut *cuts;
    tmk_part *parts;
} tmk_cuts;

/* Cuts STRIP into outputs of SLICE_HEIGHT rows, or as its input is (0).  Ends with
 * tmk_strip_cuts_release, also after a failure. */
tmk_status tmk_strip_cuts_make(tmk_cuts *cuts, const tmk_strip *strip, int slice_height,
                         tmk_error *error);
void tmk_strip_cuts_release(tmk_cuts *cuts);

#endif
