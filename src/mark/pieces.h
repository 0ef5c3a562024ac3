/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The few pieces of a page, or of several slices, that are read again once they are marked,
 * to measure how well the mark will be read: spread evenly over what hides at least half the
 * mean, and the same for every mark.
 */
#ifndef TMK_MARK_PIECES_H
#define TMK_MARK_PIECES_H

#include "mark/analysis.h"

/* Pieces that are read. */
#define TMK_PIECES_READ 4

typedef struct tmk_piece {
    int page;                /* a number of the caller's */
    int x, y, width, height; /* on the page */
    double energy[TMK_COMPONENTS];
} tmk_piece;

typedef struct tmk_pieces {
    tmk_piece *list; /* all pieces; when they have been chosen, the chosen ones come first */
    int count;       /* of all, then of the chosen ones, in order from the top */
    double energy[TMK_COMPONENTS]; /* of all */
} tmk_pieces;

/* Adds the pieces of ROWS rows from FIRST of the surveyed page number PAGE.  All zero are
 * no pieces; ends with tmk_pieces_release. */
tmk_status tmk_pieces_add(tmk_pieces *pieces, const tmk_survey *survey, int page, int first,
                          int rows, tmk_error *error);

/* Chooses at most TMK_PIECES_READ of them. */
void tmk_pieces_choose(tmk_pieces *pieces);

void tmk_pieces_release(tmk_pieces *pieces);

#endif
