/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/plane.h"

#include <string.h>

#include "base/memory.h"

tmk_status tmk_plane_alloc(tmk_plane *plane, int width, int height, tmk_error *error)
{
    float *samples = tmk_calloc((size_t)width * (size_t)height, sizeof *samples);

    if (samples == NULL)
        return tmk_fail_memory(error, "a plane of samples");
    *plane = (tmk_plane){width, height, samples};
    return TMK_OK;
}

void tmk_plane_release(tmk_plane *plane)
{
    tmk_free(plane->samples);
    memset(plane, 0, sizeof *plane);
}

tmk_status tmk_plane_halve(tmk_plane *half, const tmk_plane *source, tmk_error *error)
{
    tmk_status status = tmk_plane_alloc(half, (source->width + 1) / 2,
                                        (source->height + 1) / 2, error);

    if (status != TMK_OK)
        return status;
    for (int y = 0; y < half->height; y++) {
        const float *upper = tmk_plane_row(source, 2 * y);
        const float *lower = 2 * y + 1 < source->height ? upper + source->width : upper;
        float *out = tmk_plane_row(half, y);
        int pairs = source->width / 2;

        for (int x = 0; x < pairs; x++)
            out[x] = 0.25f *
                     ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]));
        if (pairs < half->width)
            out[pairs] = 0.5f * (upper[2 * pairs] + lower[2 * pairs]);
    }
    return TMK_OK;
}

tmk_status tmk_plane_smooth(tmk_plane *plane, tmk_error *error)
{
    int width = plane->width, height = plane->height;
    float *rows = tmk_calloc(2 * (size_t)width, sizeof *rows);
    float *above, *here;

    if (rows == NULL)
        return tmk_fail_memory(error, "a filter's row");
    above = rows;
    here = rows + width;
    memcpy(above, plane->samples, (size_t)width * sizeof *above);
    for (int y = 0; y < height; y++) {
        float *row = tmk_plane_row(plane, y), *spare = above;
        const float *below = y + 1 < height ? row + width : row;

        memcpy(here, row, (size_t)width * sizeof *here);
        for (int x = 0; x < width; x++)
            row[x] = 0.25f * (above[x] + below[x]) + 0.5f * here[x];
        above = here;
        here = spare;
    }
    for (int y = 0; y < height; y++) {
        float *row = tmk_plane_row(plane, y), left = row[0];

        for (int x = 0; x < width; x++) {
            float right = row[x + 1 < width ? x + 1 : x], own = row[x];

            row[x] = 0.25f * (left + right) + 0.5f * own;
            left = own;
        }
    }
    tmk_free(rows);
    return TMK_OK;
}

/* Running sums along the row: each output needs one addition and one subtraction. */
static void row_sums(float *sums, const float *in, int width, int radius)
{
    double sum = 0;

    for (int x = 0; x < width && x < radius; x++)
        sum += in[x];
    for (int x = 0; x < width; x++) {
        if (x + radius < width)
            sum += in[x + radius];
        if (x - radius - 1 >= 0)
            sum -= in[x - radius - 1];
        sums[x] = (float)sum;
    }
}

static void add_row(double *column, const float *row, int width, double sign)
{
    for (int x = 0; x < width; x++)
        column[x] += sign * row[x];
}

static int span(int position, int count, int radius)
{
    int first = position - radius < 0 ? 0 : position - radius;
    int last = position + radius >= count ? count - 1 : position + radius;

    return last - first + 1;
}

tmk_status tmk_plane_box_mean(tmk_plane *mean, const tmk_plane *source, int radius,
                              tmk_error *error)
{
    int width = source->width, height = source->height;
    tmk_plane sums = {0};
    double *column = tmk_calloc((size_t)width, sizeof *column);
    tmk_status status = tmk_plane_alloc(&sums, width, height, error);

    if (status == TMK_OK && column == NULL)
        status = tmk_fail_memory(error, "a filter's row");
    if (status != TMK_OK)
        goto done;
    for (int y = 0; y < height; y++)
        row_sums(tmk_plane_row(&sums, y), tmk_plane_row(source, y), width, radius);
    for (int y = 0; y < height && y < radius; y++)
        add_row(column, tmk_plane_row(&sums, y), width, 1);
    for (int y = 0; y < height; y++) {
        float *out = tmk_plane_row(mean, y);
        int rows = span(y, height, radius);

        if (y + radius < height)
            add_row(column, tmk_plane_row(&sums, y + radius), width, 1);
        if (y - radius - 1 >= 0)
            add_row(column, tmk_plane_row(&sums, y - radius - 1), width, -1);
        for (int x = 0; x < width; x++)
            out[x] = (float)(column[x] / ((double)rows * span(x, width, radius)));
    }
done:
    tmk_free(column);
    tmk_plane_release(&sums);
    return status;
}
