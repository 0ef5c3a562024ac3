/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/residual.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/wider.h"

/* Adds to SUM and WEIGHT what the row of neighbours IN, DX to the right, says of CENTRE. */
static inline void gather(float *restrict sum, float *restrict weight,
                          const float *restrict centre, const float *restrict in, int width,
                          float inverse_square)
{
    for (int x = 0; x < width; x++) {
        float difference = in[x] - centre[x];
        float rest = 1.0f - difference * difference * inverse_square;

        rest = rest > 0 ? rest : 0;
        rest *= rest;
        sum[x] += rest * difference;
        weight[x] += rest;
    }
}

/* One row of the host less its prediction; PADDED has a margin of RADIUS on all sides. */
TMK_WIDEST static void predict_row(float *restrict out, float *restrict weight,
                                   const tmk_plane *padded, int y, int width, int radius,
                                   float inverse_square)
{
    const float *centre = tmk_plane_row(padded, y + radius) + radius;
    int square = radius * radius + radius; /* a disc that keeps its nearly full rows */

    for (int x = 0; x < width; x++)
        out[x] = weight[x] = 0;
    for (int dy = -radius; dy <= radius; dy++)
        for (int dx = -radius; dx <= radius; dx++)
            if (dx * dx + dy * dy <= square)
                gather(out, weight, centre,
                       tmk_plane_row(padded, y + radius + dy) + radius + dx, width,
                       inverse_square);
    for (int x = 0; x < width; x++)
        out[x] = -out[x] / weight[x];
}

static int clamp(int value, int count)
{
    return value < 0 ? 0 : value >= count ? count - 1 : value;
}

/* HOST with its border samples repeated RADIUS times outwards. */
static tmk_status pad(tmk_plane *padded, const tmk_plane *host, int radius, tmk_error *error)
{
    tmk_status status = tmk_plane_alloc(padded, host->width + 2 * radius,
                                        host->height + 2 * radius, error);

    if (status != TMK_OK)
        return status;
    for (int y = 0; y < padded->height; y++) {
        const float *in = tmk_plane_row(host, clamp(y - radius, host->height));
        float *out = tmk_plane_row(padded, y);

        memcpy(out + radius, in, (size_t)host->width * sizeof *in);
        for (int x = 0; x < radius; x++) {
            out[x] = in[0];
            out[radius + host->width + x] = in[host->width - 1];
        }
    }
    return TMK_OK;
}

static tmk_status normalise(tmk_plane *residual, const tmk_residual_options *options,
                            tmk_error *error)
{
    size_t count = (size_t)residual->width * (size_t)residual->height;
    tmk_plane square = {0}, mean = {0};
    tmk_status status = tmk_plane_alloc(&square, residual->width, residual->height, error);

    if (status == TMK_OK)
        status = tmk_plane_alloc(&mean, residual->width, residual->height, error);
    if (status == TMK_OK) {
        for (size_t i = 0; i < count; i++)
            square.samples[i] = residual->samples[i] * residual->samples[i];
        status = tmk_plane_box_mean(&mean, &square, options->spread, error);
    }
    if (status == TMK_OK)
        for (size_t i = 0; i < count; i++) {
            float power = mean.samples[i] > 0 ? mean.samples[i] : 0;

            residual->samples[i] /= sqrtf(power + options->floor * options->floor);
        }
    tmk_plane_release(&square);
    tmk_plane_release(&mean);
    return status;
}

tmk_status tmk_residual(tmk_plane *residual, const tmk_plane *host,
                        const tmk_residual_options *options, tmk_error *error)
{
    float *weight = tmk_calloc((size_t)host->width, sizeof *weight);
    tmk_plane padded = {0};
    tmk_status status = TMK_OK;

    memset(residual, 0, sizeof *residual);
    if (weight == NULL)
        status = tmk_fail_memory(error, "a filter's row");
    if (status == TMK_OK)
        status = pad(&padded, host, options->radius, error);
    if (status == TMK_OK)
        status = tmk_plane_alloc(residual, host->width, host->height, error);
    if (status == TMK_OK) {
        for (int y = 0; y < host->height; y++)
            predict_row(tmk_plane_row(residual, y), weight, &padded, y, host->width,
                        options->radius, 1.0f / (options->range * options->range));
        tmk_plane_release(&padded); /* what follows needs the room */
        status = normalise(residual, options, error);
    }
    tmk_free(weight);
    tmk_plane_release(&padded);
    if (status != TMK_OK)
        tmk_plane_release(residual);
    return status;
}
