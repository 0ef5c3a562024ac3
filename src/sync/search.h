/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blind synchronisation by brute force: for a hypothesis of the picture's shape (scale,
 * aspect, rotation), its residual is laid on the torus of one pilot period, and one
 * inverse transform gives the correlation for all offsets.
 *
 * The search knows nothing but the sync carriers, so whatever it chooses, the phases of
 * index and data carriers stay uniform and independent: no choice made here weakens what
 * is stated of a find.
 */
#ifndef TMK_SYNC_SEARCH_H
#define TMK_SYNC_SEARCH_H

#include "signal/residuals.h"
#include "sync/pilots.h"

/* A place where the pilots may lie. */
typedef struct tmk_candidate {
    tmk_affine map;            /* plane to picture */
    int orientation;           /* index of tmk_orientations */
    double score;              /* peak over the deviation of the correlation */
    int signs[TMK_COMPONENTS]; /* -1: inverted; 0: not seen */
} tmk_candidate;

#define TMK_MAX_CANDIDATES 96

typedef struct tmk_candidates {
    int count, limit;
    tmk_candidate list[TMK_MAX_CANDIDATES]; /* best first */
} tmk_candidates;

typedef struct tmk_searcher tmk_searcher;

/* PILOTS must outlive the searcher.  Ends with tmk_searcher_free. */
tmk_status tmk_searcher_new(tmk_searcher **searcher, const tmk_pilots *pilots,
                            tmk_error *error);
void tmk_searcher_free(tmk_searcher **searcher);

/*
 * Tries SHAPE, which maps the upright plane to the picture up to an offset, with each
 * orientation whose bit is set in ORIENTATIONS, on the part SECTION of the picture
 * (pixels), and enters the best PEAKS offsets of each into CANDIDATES.
 */
void tmk_search(tmk_searcher *searcher, const tmk_residuals *residuals,
                const tmk_box *section, const tmk_affine *shape, unsigned orientations,
                int peaks, tmk_candidates *candidates);

/* Enters CANDIDATE unless a better one lies beside it, or the list is full of better ones. */
void tmk_candidates_add(tmk_candidates *candidates, const tmk_candidate *candidate);

#endif
