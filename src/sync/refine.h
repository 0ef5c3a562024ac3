/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a rough place of the pilots to the exact one.
 *
 * For each tile the correlation of its sync carriers is drawn as a small map over
 * displacements; then the affine displacement field that gathers the most correlation
 * over all tiles is climbed to.  Tall pictures are fitted around a centre first, and the
 * fit grows outwards.
 */
#ifndef TMK_SYNC_REFINE_H
#define TMK_SYNC_REFINE_H

#include "carrier/carrier.h"
#include "signal/affine.h"
#include "signal/residuals.h"

typedef struct tmk_refiner tmk_refiner;

tmk_status tmk_refiner_new(tmk_refiner **refiner, const tmk_carriers *carriers,
                           tmk_error *error);
void tmk_refiner_free(tmk_refiner **refiner);

/* What may be fitted: the offset alone, for a shape that is exact; that and the size; or all of
 * the map, which takes a little noise for a slant where the picture is small. */
typedef enum tmk_fit { TMK_FIT_SHIFT, TMK_FIT_ZOOM, TMK_FIT_AFFINE, TMK_FITS } tmk_fit;

/* What is fitted: a part of the picture, around whose centre the fit begins, and the signs
 * that its components have there (0: a component is not asked). */
typedef struct tmk_fit_of {
    const tmk_residuals *residuals;
    double centre_x, centre_y; /* pixels */
    int signs[TMK_COMPONENTS];
    double reach; /* pixels from the centre to where the part ends */
} tmk_fit_of;

/* Improves MAP, plane to picture; *SCORE becomes the sync carriers' correlation over its
 * deviation. */
tmk_status tmk_refine(tmk_refiner *refiner, const tmk_fit_of *of, tmk_fit fit,
                      tmk_affine *map, double *score, tmk_error *error);

/* All fits of MAP in a hurry, from one look: the offset's to all of the part, the others' to what
 * lies around its centre. */
tmk_status tmk_refine_hasty(tmk_refiner *refiner, const tmk_fit_of *of, const tmk_affine *map,
                            tmk_affine maps[TMK_FITS], double scores[TMK_FITS],
                            tmk_error *error);

/* A mark that was read: with the band of plane row 0 and the coded bits, the signs of all of
 * its carriers are known. */
typedef struct tmk_known_mark {
    int band;
    const uint8_t *coded; /* TMK_CODE_BITS of them; NULL: not read yet */
} tmk_known_mark;

/* The same with the index carriers of the band of MARK alone, which has no coded bits. */
tmk_status tmk_refine_index(tmk_refiner *refiner, const tmk_fit_of *of,
                            const tmk_known_mark *mark, tmk_fit fit, tmk_affine *map,
                            double *score, tmk_error *error);

/* The same with all carriers of MARK: the place to a fraction of a pixel, once there is no
 * more to be found out by it. */
tmk_status tmk_refine_known(tmk_refiner *refiner, const tmk_fit_of *of,
                            const tmk_known_mark *mark, tmk_affine *map, tmk_error *error);

#endif
