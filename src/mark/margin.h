/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far a mark lies above what decoding needs after a standard attack: JPEG at quality 50
 * with halved chroma.  Chosen pieces of the marked page are put through the codec's
 * arithmetic and read; the survey of the page says how much of the mark they hold.
 */
#ifndef TMK_MARK_MARGIN_H
#define TMK_MARK_MARGIN_H

#include "mark/pattern.h"
#include "mark/pieces.h"

/* Data score at which nearly every payload decodes (the code misses 0.1 % there). */
#define TMK_SCORE_NEEDED 13.0

/* What was read of one mark so far; all zero: nothing. */
typedef struct tmk_margin {
    double sum[TMK_COMPONENTS], power[TMK_COMPONENTS]; /* correlation, its variance */
    double energy[TMK_COMPONENTS];                     /* of the pieces that were read */
} tmk_margin;

/*
 * Reads a marked PIECE of a page from its LUMA and CHROMA (Cb), whose samples are
 * destroyed.  PATTERN is what the page was marked with; without its colour CHROMA counts
 * for nothing.
 */
tmk_status tmk_margin_read(tmk_margin *margin, const tmk_pattern *pattern,
                           const tmk_piece *piece, tmk_plane *luma, tmk_plane *chroma,
                           tmk_error *error);

/* The same of those chosen PIECES of page number PAGE that begin in the marked ROWS, and
 * then lie in them. */
tmk_status tmk_margin_read_rows(tmk_margin *margin, const tmk_pattern *pattern,
                                const tmk_pieces *pieces, int page, const tmk_rows *rows,
                                tmk_error *error);

/* The square of the score that the mark is expected to have in all that PIECES were chosen
 * from; squares of parts of a strip add up. */
double tmk_margin_square(const tmk_margin *margin, const tmk_pieces *pieces);

/* A squared score over what decoding needs, in dB; -HUGE_VAL for none at all. */
double tmk_margin_db(double square);

#endif
