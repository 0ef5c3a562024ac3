/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One reading of a source: some rows at a time, with those beside them that decide what they
 * can hide, so that the whole need not be in memory.
 */
#ifndef TMK_MARK_WINDOW_H
#define TMK_MARK_WINDOW_H

#include "base/picture.h"

/* All zero: no reading. */
typedef struct tmk_window {
    const tmk_row_source *source; /* that is read */
    tmk_rows rows; /* all, or the last ones that were read; ->pixels may be larger */
    int holds_all; /* they are all, and not the window's own */
    size_t room;   /* rows that its own pixels have room for */
    int next;      /* the source's next row */
} tmk_window;

/* Begins a reading of SOURCE; it ends with tmk_window_end, also after a failure. */
tmk_status tmk_window_begin(tmk_window *window, const tmk_row_source *source,
                            tmk_error *error);

/* Moves down: ->rows are then FIRST to FIRST + COUNT - 1 and TMK_MASK_MARGIN more on each
 * side, as far as there are any.  FIRST may never go back. */
tmk_status tmk_window_move(tmk_window *window, int first, int count, tmk_error *error);

void tmk_window_end(tmk_window *window);

#endif
