/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the peaks of a search to fitted maps.
 *
 * Peaks that chance does not make are fitted one at a time, the highest first: most often
 * the first is the mark's, and nothing else needs to be fitted.  All others are fitted
 * together, in a hurry, and the best of them properly.
 */
#ifndef TMK_MARK_FITS_H
#define TMK_MARK_FITS_H

#include "sync/refine.h"
#include "sync/search.h"

typedef struct tmk_fitted {
    tmk_affine map;
    int signs[TMK_COMPONENTS];
    tmk_fit fit;
    double sync, excess; /* over chance */
} tmk_fitted;

/* Hasty fits that are done properly at most, and fits that are given. */
#define TMK_MOST_FITTED 20
#define TMK_MOST_GIVEN 8

typedef struct tmk_fits {
    tmk_refiner *refiner;
    const tmk_residuals *residuals;
    tmk_box section;
    int exact; /* the candidates' shapes are the very ones that tools produce */
    tmk_candidates candidates;
    int clear, next;                    /* of the candidates; which clear one comes next */
    int fitted[TMK_MAX_CANDIDATES];     /* the clear ones that were fitted, */
    tmk_affine own[TMK_MAX_CANDIDATES]; /* and to what */
    int count;                          /* the fits that were made last */
    tmk_fitted list[2 * TMK_MAX_CANDIDATES + TMK_MOST_FITTED];
} tmk_fits;

/* Begins with the candidates that FITS holds, the best of CORRELATIONS correlations. */
void tmk_fits_begin(tmk_fits *fits, int correlations);

/* True if there are clear candidates left. */
int tmk_fits_clear(const tmk_fits *fits);

/* The list becomes the fits of the next clear candidate, best first; none, if it shows
 * nothing. */
tmk_status tmk_fits_next_clear(tmk_fits *fits, tmk_error *error);

/* The list becomes the best fits of all candidates that are not clear. */
tmk_status tmk_fits_others(tmk_fits *fits, tmk_error *error);

/* What is fitted at MAP in the section of FITS. */
tmk_fit_of tmk_fits_of(const tmk_fits *fits, const int signs[TMK_COMPONENTS]);

/* How far apart two maps put what the picture's corners show, in released pixels: the most. */
double tmk_fits_apart(const tmk_residuals *residuals, const tmk_affine *one,
                      const tmk_affine *other);

#endif
