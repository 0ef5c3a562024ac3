/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plane of single-precision samples, rows without gaps. */
#ifndef TMK_IMAGE_PLANE_H
#define TMK_IMAGE_PLANE_H

#include "base/status.h"

typedef struct tmk_plane {
    int width, height;
    float *samples; /* row y starts at samples + y * width */
} tmk_plane;

/* Allocates WIDTH x HEIGHT zeros; ends with tmk_plane_release. */
tmk_status tmk_plane_alloc(tmk_plane *plane, int width, int height, tmk_error *error);

/* Frees the samples and clears PLANE; a cleared plane is allowed. */
void tmk_plane_release(tmk_plane *plane);

static inline float *tmk_plane_row(const tmk_plane *plane, int y)
{
    return plane->samples + (size_t)y * (size_t)plane->width;
}

/* HALF becomes SOURCE at half the size, each sample the mean of two by two; sides that
 * are odd are rounded up and the last row or column repeated. */
tmk_status tmk_plane_halve(tmk_plane *half, const tmk_plane *source, tmk_error *error);

/* Smooths PLANE in place by the binomial (1 2 1) / 4 along both axes. */
tmk_status tmk_plane_smooth(tmk_plane *plane, tmk_error *error);

/* MEAN becomes the mean of SOURCE over a square of 2 * RADIUS + 1 samples a side, clipped
 * at the borders.  Both must have the same size and may not be the same plane. */
tmk_status tmk_plane_box_mean(tmk_plane *mean, const tmk_plane *source, int radius,
                              tmk_error *error);

#endif
