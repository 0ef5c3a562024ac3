/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/resample.h"

#include <math.h>
#include <string.h>

#include "base/wider.h"

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

/*
 * A row of COUNT samples from (u, v) on in steps of (du, dv), all of which lie well inside of
 * the plane: no sample is looked at twice, so that the loop can be done in vectors.
 */
TMK_WIDER static void slanted_row(float *restrict out, int count, const tmk_plane *plane,
                                  float u, float v, float du, float dv)
{
    const float *restrict samples = plane->samples;
    int width = plane->width;

    for (int i = 0; i < count; i++) {
        float x = u + (float)i * du, y = v + (float)i * dv;
        int column = (int)x, row = (int)y, at = row * width + column;
        float right = x - (float)column, below = y - (float)row;
        float upper = samples[at] + right * (samples[at + 1] - samples[at]);
        float lower = samples[at + width] +
                      right * (samples[at + width + 1] - samples[at + width]);

        out[i] = upper + below * (lower - upper);
    }
}

/* Narrows the range FIRST to LAST of i to where START + i STEP lies in a side of SIZE samples. */
static void narrow(double start, double step, int size, int *first, int *last)
{
    const double slack = 0.01 + 1e-6 * size; /* for the rounding to single precision */
    double low = slack, high = size - 1 - slack;

    if (fabs(step) < 1e-9) {
        if (start < low || start > high)
            *last = *first;
        return;
    }
    low = (low - start) / step;
    high = (high - start) / step;
    *first = (int)fmax(*first, fmin(ceil(fmin(low, high)), *last));
    *last = (int)fmin(*last, fmax(floor(fmax(low, high)) + 1, *first));
}

/* A row of samples on any line; zero outside of the plane. */
static void any_row(float *out, int count, const tmk_plane *plane, double u, double v,
                    double du, double dv)
{
    int first = 0, last = count;

    narrow(u, du, plane->width, &first, &last);
    narrow(v, dv, plane->height, &first, &last);
    memset(out, 0, (size_t)count * sizeof *out);
    if (last > first)
        slanted_row(out + first, last - first, plane, (float)(u + first * du),
                    (float)(v + first * dv), (float)du, (float)dv);
}

/* Samples of a row that a level grid can have at once, and of the plane under them. */
#define MOST_COLUMNS 512
#define MOST_SOURCE 1024

/* The columns of a level grid: which two samples of the plane, and how much of the right. */
typedef struct columns {
    int first, last; /* those that lie in the plane; the others are zero */
    int source, sources;
    int left[MOST_COLUMNS];
    float right[MOST_COLUMNS];
} columns;

/* Finds the columns at u0 + i du; false if the plane under them is too wide. */
static int find_columns(columns *c, int count, double u0, double du, int width)
{
    int low = width, high = 0;

    c->first = count;
    c->last = 0;
    for (int i = 0; i < count; i++) {
        double u = u0 + i * du;

        if (u < 0 || u >= width - 1)
            continue;
        c->left[i] = (int)u;
        c->right[i] = (float)(u - c->left[i]);
        c->first = i < c->first ? i : c->first;
        c->last = i + 1;
        low = c->left[i] < low ? c->left[i] : low;
        high = c->left[i] > high ? c->left[i] : high;
    }
    c->source = low;
    c->sources = c->last > 0 ? high + 2 - low : 0;
    return c->sources <= MOST_SOURCE;
}

/* A row at V of the plane: its two rows are mixed first, then each pair of columns. */
TMK_WIDER static void level_row(float *restrict out, int count, const tmk_plane *plane,
                                const columns *c, double v)
{
    int y = (int)floor(v);
    float mixed[MOST_SOURCE], below;
    const float *upper, *lower;

    for (int i = 0; i < count; i++)
        out[i] = 0;
    if (y < 0 || y >= plane->height - 1 || c->sources == 0)
        return;
    upper = tmk_plane_row(plane, y) + c->source;
    lower = upper + plane->width;
    below = (float)(v - y);
    for (int i = 0; i < c->sources; i++)
        mixed[i] = upper[i] + below * (lower[i] - upper[i]);
    for (int i = c->first; i < c->last; i++) {
        const float *pair = mixed + (c->left[i] - c->source);

        out[i] = pair[0] + c->right[i] * (pair[1] - pair[0]);
    }
}

/* The level whose samples lie closest to SPACING pixels; *UNIT is their size. */
static const tmk_plane *choose_level(const tmk_pyramid *pyramid, double spacing, double *unit)
{
    int level = 0;

    *unit = pyramid->unit;
    while (level + 1 < pyramid->levels && spacing > 1.42 * *unit) {
        *unit *= 2;
        level++;
    }
    return &pyramid->plane[level];
}

void tmk_resample(float *out, const tmk_grid *grid, const tmk_pyramid *pyramid,
                  const tmk_affine *map)
{
    double spacing = tmk_affine_scale(map) * grid->step, unit;
    const tmk_plane *plane = choose_level(pyramid, spacing, &unit);
    double du = map->xx * grid->step / unit, dv = map->yx * grid->step / unit;
    double x = grid->x0 + 0.5 * grid->step;
    columns c;
    int level = fabs(dv) < 1e-12 && fabs(map->xy) < 1e-12 && grid->width <= MOST_COLUMNS &&
                find_columns(&c, grid->width, tmk_affine_x(map, x, 0) / unit - 0.5, du,
                             plane->width);

    for (int j = 0; j < grid->height; j++) {
        double y = grid->y0 + (j + 0.5) * grid->step;
        double u = tmk_affine_x(map, x, y) / unit - 0.5;
        double v = tmk_affine_y(map, x, y) / unit - 0.5;
        float *row = out + (size_t)j * (size_t)grid->width;

        if (level)
            level_row(row, grid->width, plane, &c, v);
        else
            any_row(row, grid->width, plane, u, v, du, dv);
    }
}
