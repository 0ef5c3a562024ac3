/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The residuals of a seized picture's luma and chroma, ready to be sampled at any scale.
 *
 * The predictor's window suits pictures of about the released size, so one that may have
 * been enlarged is predicted at half its size too.  Pictures without colour are smoothed a
 * little first, unless they were made smaller: the dots of screentones, which no
 * neighbourhood predicts, lie above the carriers' frequencies.
 */
#ifndef TMK_SIGNAL_RESIDUALS_H
#define TMK_SIGNAL_RESIDUALS_H

#include "base/picture.h"
#include "signal/resample.h"

#define TMK_RESIDUAL_BASES 3

/* One prediction, and the smallest scale (seized over released size) that it suits. */
typedef struct tmk_residual_base {
    double smallest;
    tmk_pyramid pyramids[2]; /* luma, chroma; no levels: none */
} tmk_residual_base;

typedef struct tmk_residuals {
    int width, height; /* of the picture */
    int count;         /* of bases, by rising scale */
    tmk_residual_base bases[TMK_RESIDUAL_BASES];
} tmk_residuals;

/* How a picture is predicted. */
typedef enum tmk_prediction {
    TMK_PREDICT_PLAIN, /* anything well above the mark is an edge, which a mark never crosses */
    TMK_PREDICT_GREY, /* the same without the picture's colour */
    TMK_PREDICT_STEEP /* only large steps are: the smaller ones are a palette's, and carry it */
} tmk_prediction;

/* Whether PICTURE has so few colours that the steps between them may carry the mark. */
int tmk_residuals_few_colours(const tmk_picture *picture);

/* Whether *TONED: PICTURE has colour, but hardly more of it than a grey page that was toned
 * (sepia, a night light), so that it may be better read as one. */
tmk_status tmk_residuals_toned(int *toned, const tmk_picture *picture, tmk_error *error);

/* Predicts PICTURE for scales up to 2.9. */
tmk_status tmk_residuals_make(tmk_residuals *residuals, const tmk_picture *picture,
                              tmk_prediction prediction, tmk_error *error);
/* The same of planes, at full size only: CHROMA, NULL for a picture without colour, has
 * half of LUMA's size.  LUMA may be smoothed. */
tmk_status tmk_residuals_of_planes(tmk_residuals *residuals, tmk_plane *luma,
                                   const tmk_plane *chroma, tmk_error *error);
void tmk_residuals_release(tmk_residuals *residuals);

/* The luma and chroma pyramids that suit a picture of shape MAP (plane to picture). */
const tmk_pyramid *tmk_residuals_for(const tmk_residuals *residuals, const tmk_affine *map);

#endif
