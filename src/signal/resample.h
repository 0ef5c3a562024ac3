/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plane at several sizes, and samples of it on any affine grid. */
#ifndef TMK_SIGNAL_RESAMPLE_H
#define TMK_SIGNAL_RESAMPLE_H

#include "image/plane.h"
#include "signal/affine.h"

#define TMK_PYRAMID_LEVELS 4

/* Level m holds the plane at 1 / 2^m of its size. */
typedef struct tmk_pyramid {
    double unit; /* size of a sample of level 0, in pixels of the picture */
    int levels;
    tmk_plane plane[TMK_PYRAMID_LEVELS];
} tmk_pyramid;

/* Takes over BASE (and clears it), whose samples are UNIT pixels wide. */
tmk_status tmk_pyramid_build(tmk_pyramid *pyramid, tmk_plane *base, double unit,
                             tmk_error *error);
void tmk_pyramid_release(tmk_pyramid *pyramid);

/*
 * OUT[j * WIDTH + i] becomes the plane at MAP(x0 + (i + 0.5) step, y0 + (j + 0.5) step),
 * MAP leading to pixels of the picture, zero outside of it.  Bilinear, from the level
 * whose samples lie closest to the step.
 */
typedef struct tmk_grid {
    double x0, y0, step;
    int width, height;
} tmk_grid;

void tmk_resample(float *out, const tmk_grid *grid, const tmk_pyramid *pyramid,
                  const tmk_affine *map);

#endif
