/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows of a page's sources go into which output of a copy. */
#ifndef TMK_MARK_CUTS_H
#define TMK_MARK_CUTS_H

#include "mark/page.h"

/* The rows of one source that go into one output. */
typedef struct tmk_part {
    size_t section;
    int first, rows;
} tmk_part;

/* One output. */
typedef struct tmk_cut {
    size_t first_part, parts;
    int64_t top;       /* the page's row that it begins with */
    tmk_picture shape; /* size, and the richest kind of samples of its sources; no pixels */
} tmk_cut;

typedef struct tmk_cuts {
    size_t count, part_count;
    tmk_cut *cuts;
    tmk_part *parts; /* from the top of the page to its bottom */
} tmk_cuts;

/* Cuts PAGE into outputs of HEIGHT rows, or as its sources are (0).  Ends with
 * tmk_cuts_release, also after a failure. */
tmk_status tmk_cuts_make(tmk_cuts *cuts, const tmk_page *page, int height, tmk_error *error);
void tmk_cuts_release(tmk_cuts *cuts);

#endif
