/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A search by the bands' index carriers alone, for pictures whose sync carriers were
 * subtracted: those of a band are on few pages, and nobody can learn them from others.
 *
 * The residual is folded to one period for each shape; then each band's plane is drawn and
 * correlated with all of these at all offsets at once.  Only index carriers are looked at.
 */
#ifndef TMK_SYNC_PRIVATE_H
#define TMK_SYNC_PRIVATE_H

#include "carrier/carrier.h"
#include "signal/affine.h"
#include "signal/residuals.h"

/* A band whose plane may lie as MAP, plane to picture, has it: row 0 begins the band. */
typedef struct tmk_private_place {
    int band;
    tmk_affine map;
    double score; /* peak over the deviation of the correlation */
} tmk_private_place;

#define TMK_MOST_PRIVATE 64

typedef struct tmk_private_places {
    int count;
    tmk_private_place list[TMK_MOST_PRIVATE]; /* best first */
} tmk_private_places;

/* A shape maps the plane to the picture up to an offset.  A fine one is correlated at 2 pixels
 * a point, which takes four times as long and finds fainter marks; others at 4. */
typedef struct tmk_private_shape {
    tmk_affine map;
    int fine;
} tmk_private_shape;

typedef struct tmk_private_search tmk_private_search;

/* A search of SECTION (pixels) of RESIDUALS in COUNT shapes.  CARRIERS must outlive it.  Ends
 * with tmk_private_search_free. */
tmk_status tmk_private_search_new(tmk_private_search **search, const tmk_carriers *carriers,
                                  const tmk_residuals *residuals, const tmk_box *section,
                                  const tmk_private_shape *shapes, int count,
                                  tmk_error *error);
void tmk_private_search_free(tmk_private_search **search);

/* Enters the highest peak of each band from FIRST to FIRST + COUNT - 1 in each shape into
 * PLACES, on THREADS threads. */
tmk_status tmk_private_search_bands(tmk_private_search *search, int first, int count,
                                    int threads, tmk_private_places *places,
                                    tmk_error *error);

#endif
