/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Both derivatives are products of two filters of five taps: along one axis the binomial
 * (1 2 1) / 4, along the other the difference (-1 0 1) / 2, each convolved with the narrow
 * smoothing (1 4 1) / 6.
 */
#include "signal/gradient.h"

#include "base/wider.h"

#define REACH TMK_GRADIENT_REACH

/* The taps at distances 0, 1 and 2. */
#define MEAN_0 (10.0f / 24)
#define MEAN_1 (6.0f / 24)
#define MEAN_2 (1.0f / 24)
#define STEP_1 (4.0f / 12)
#define STEP_2 (1.0f / 12)

static const float *row_at(const tmk_plane *plane, int y)
{
    return tmk_plane_row(plane, y < 0 ? 0 : y >= plane->height ? plane->height - 1 : y);
}

static void repeat_ends(float *columns, int width)
{
    for (int i = 1; i <= REACH; i++) {
        columns[-i] = columns[0];
        columns[width - 1 + i] = columns[width - 1];
    }
}

/* The filters down each column around row Y. */
TMK_WIDER static void filter_columns(float *restrict mean, float *restrict step,
                                     const tmk_plane *plane, int y)
{
    const float *a = row_at(plane, y - 2), *b = row_at(plane, y - 1), *c = row_at(plane, y);
    const float *d = row_at(plane, y + 1), *e = row_at(plane, y + 2);

    for (int x = 0; x < plane->width; x++) {
        mean[x] = MEAN_2 * (a[x] + e[x]) + MEAN_1 * (b[x] + d[x]) + MEAN_0 * c[x];
        step[x] = STEP_2 * (e[x] - a[x]) + STEP_1 * (d[x] - b[x]);
    }
}

TMK_WIDER static void filter_row(float *restrict squares, const float *mean,
                                 const float *step, int width)
{
    for (int x = 0; x < width; x++) {
        float across = STEP_2 * (mean[x + 2] - mean[x - 2]) +
                       STEP_1 * (mean[x + 1] - mean[x - 1]);
        float down = MEAN_2 * (step[x - 2] + step[x + 2]) +
                     MEAN_1 * (step[x - 1] + step[x + 1]) + MEAN_0 * step[x];

        squares[x] = across * across + down * down;
    }
}

void tmk_gradient_row(float *squares, const tmk_plane *plane, int y, float *room)
{
    float *mean = room + REACH, *step = mean + plane->width + 2 * REACH;

    filter_columns(mean, step, plane, y);
    repeat_ends(mean, plane->width);
    repeat_ends(step, plane->width);
    filter_row(squares, mean, step, plane->width);
}
