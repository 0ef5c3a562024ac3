/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The residuals of a seized picture's luma and chroma, ready to be sampled at any scale.
 *
 * The predictor's window suits pictures of about the released size.  One that may have
 * been enlarged is therefore predicted at half its size too.
 */
#ifndef TMK_SIGNAL_RESIDUALS_H
#define TMK_SIGNAL_RESIDUALS_H

#include "image/picture.h"
#include "signal/resample.h"

#define TMK_RESIDUAL_BASES 3

typedef struct tmk_residuals {
    int width, height;                          /* of the picture */
    int bases;                                  /* 1 to TMK_RESIDUAL_BASES */
    tmk_pyramid pyramids[TMK_RESIDUAL_BASES][2]; /* luma, chroma; no levels: none */
} tmk_residuals;

/* Predicts PICTURE at full size, and at BASES - 1 smaller ones. */
tmk_status tmk_residuals_make(tmk_residuals *residuals, const tmk_picture *picture,
                              int bases, tmk_error *error);
/* The same of planes, at full size only: CHROMA, which may be NULL, has half of LUMA's. */
tmk_status tmk_residuals_of_planes(tmk_residuals *residuals, const tmk_plane *luma,
                                   const tmk_plane *chroma, tmk_error *error);
void tmk_residuals_release(tmk_residuals *residuals);

/* The luma and chroma pyramids that suit a picture of shape MAP (plane to picture). */
const tmk_pyramid *tmk_residuals_for(const tmk_residuals *residuals, const tmk_affine *map);

#endif
