/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is left of a picture when the picture itself is predicted and taken away.
 *
 * The host is the noise, and a drawn page is the easiest host there is: flats and lines.
 * A bilateral predictor (C. Tomasi, R. Manduchi, 1998; with Tukey's biweight in place of
 * the Gaussian, which needs no division and forgets outliers altogether) follows both, and
 * what it leaves is divided by its local deviation, so that busy places, where nothing can
 * be read, weigh little.
 */
#ifndef TMK_SIGNAL_RESIDUAL_H
#define TMK_SIGNAL_RESIDUAL_H

#include "image/plane.h"

typedef struct tmk_residual_options {
    int radius;  /* of the predictor's window, samples */
    float range; /* grey levels at which a neighbour no longer counts */
    float floor; /* deviation, grey levels, that is taken for granted everywhere */
    int spread;  /* radius of the window of the local deviation, samples */
} tmk_residual_options;

/* RESIDUAL, a new plane of HOST's size, ends with tmk_plane_release. */
tmk_status tmk_residual(tmk_plane *residual, const tmk_plane *host,
                        const tmk_residual_options *options, tmk_error *error);

#endif
