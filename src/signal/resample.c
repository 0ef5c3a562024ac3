/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/resample.h"

#include <math.h>
#include <string.h>

tmk_status tmk_pyramid_build(tmk_pyramid *pyramid, tmk_plane *base, double unit,
                             tmk_error *error)
{
    tmk_status status = TMK_OK;

    memset(pyramid, 0, sizeof *pyramid);
    pyramid->unit = unit;
    pyramid->plane[0] = *base;
    pyramid->levels = 1;
    memset(base, 0, sizeof *base);
    while (status == TMK_OK && pyramid->levels < TMK_PYRAMID_LEVELS) {
        status = tmk_plane_halve(&pyramid->plane[pyramid->levels],
                                 &pyramid->plane[pyramid->levels - 1], error);
        if (status == TMK_OK)
            pyramid->levels++;
    }
    if (status != TMK_OK)
        tmk_pyramid_release(pyramid);
    return status;
}

void tmk_pyramid_release(tmk_pyramid *pyramid)
{
    for (int level = 0; level < pyramid->levels; level++)
        tmk_plane_release(&pyramid->plane[level]);
    memset(pyramid, 0, sizeof *pyramid);
}

/* The plane at (u, v), in samples from the first sample's centre; zero outside. */
static inline float bilinear(const tmk_plane *plane, float u, float v)
{
    float fu = floorf(u), fv = floorf(v);
    int x = (int)fu, y = (int)fv;
    const float *p;

    if (x < 0 || y < 0 || x >= plane->width - 1 || y >= plane->height - 1)
        return 0;
    u -= fu;
    v -= fv;
    p = tmk_plane_row(plane, y) + x;
    return (p[0] + u * (p[1] - p[0])) * (1 - v) +
           (p[plane->width] + u * (p[plane->width + 1] - p[plane->width])) * v;
}

/*
 * A row of samples whose row of the plane is the same all along: the two rows of samples
 * around it are mixed as they are needed, and the borders found once instead of at each
 * sample.
 */
static void level_row(float *out, int count, const tmk_plane *plane, double u, double du,
                      double v)
{
    int y = (int)floor(v), first = 0, last = count;
    const float *upper, *lower;
    float below;

    memset(out, 0, (size_t)count * sizeof *out);
    if (y < 0 || y >= plane->height - 1)
        return;
    if (du > 0) {
        while (first < last && u + first * du < 0)
            first++;
        while (last > first && u + (last - 1) * du >= plane->width - 1)
            last--;
    } else {
        while (first < last && u + first * du >= plane->width - 1)
            first++;
        while (last > first && u + (last - 1) * du < 0)
            last--;
    }
    upper = tmk_plane_row(plane, y);
    lower = upper + plane->width;
    below = (float)(v - y);
    for (int i = first; i < last; i++) {
        float at = (float)(u + i * du);
        int x = (int)at;
        float right = at - (float)x;
        float left_value = upper[x] + below * (lower[x] - upper[x]);
        float right_value = upper[x + 1] + below * (lower[x + 1] - upper[x + 1]);

        out[i] = left_value + right * (right_value - left_value);
    }
}

void tmk_resample(float *out, const tmk_grid *grid, const tmk_pyramid *pyramid,
                  const tmk_affine *map)
{
    double spacing = sqrt(fabs(map->xx * map->yy - map->xy * map->yx)) * grid->step;
    double unit = pyramid->unit;
    const tmk_plane *plane;
    int level = 0;

    while (level + 1 < pyramid->levels && spacing > 1.42 * unit) {
        unit *= 2;
        level++;
    }
    plane = &pyramid->plane[level];
    for (int j = 0; j < grid->height; j++) {
        double y = grid->y0 + (j + 0.5) * grid->step, x = grid->x0 + 0.5 * grid->step;
        double u = tmk_affine_x(map, x, y) / unit - 0.5;
        double v = tmk_affine_y(map, x, y) / unit - 0.5;
        double du = map->xx * grid->step / unit, dv = map->yx * grid->step / unit;
        float *row = out + (size_t)j * (size_t)grid->width;

        if (fabs(dv) < 1e-12 && fabs(du) > 1e-6) {
            level_row(row, grid->width, plane, u, du, v);
            continue;
        }
        for (int i = 0; i < grid->width; i++)
            row[i] = bilinear(plane, (float)(u + i * du), (float)(v + i * dv));
    }
}
