/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Surface blur, subtract twice": whatever an edge-preserving filter takes for noise, cut
 * to a small range and to the mark's frequencies, is taken away more than once.  It needs
 * no key: flats lose the mark and get its negative.
 */
#include <math.h>

#include "base/memory.h"
#include "image/plane.h"
#include "tests/attack/attack_parts.h"

enum { RADIUS = 4 };
#define RANGE 18.0f /* grey levels beyond which a neighbour no longer counts */
#define MOST 1.5f   /* grey levels of the residual that are believed */
#define FINE 1.17   /* sigmas of the band-pass: half power at 0.16 and 0.043 cycles */
#define COARSE 4.36

/* The sample less its prediction by Tukey's biweight over its neighbours. */
static float residual_at(const tmk_plane *plane, int x, int y)
{
    float centre = tmk_plane_row(plane, y)[x], sum = 0, weights = 0;

    for (int dy = -RADIUS; dy <= RADIUS; dy++) {
        const float *row = tmk_plane_row(plane, attack_inside(y + dy, plane->height));

        for (int dx = -RADIUS; dx <= RADIUS; dx++) {
            float difference = row[attack_inside(x + dx, plane->width)] - centre;
            float w = 1 - difference * difference / (RANGE * RANGE);

            w = w > 0 ? w * w : 0;
            sum += w * difference;
            weights += w;
        }
    }
    return -sum / weights;
}

/* OUT becomes IN blurred along one axis; STEP_X, STEP_Y name it. */
static void blur_axis(tmk_plane *out, const tmk_plane *in, double sigma, int step_x,
                      int step_y)
{
    int radius = (int)ceil(3 * sigma);

    for (int y = 0; y < in->height; y++)
        for (int x = 0; x < in->width; x++) {
            double sum = 0, weights = 0;

            for (int k = -radius; k <= radius; k++) {
                double w = exp(-0.5 * k * k / (sigma * sigma));

                sum += w * tmk_plane_row(
                               in, attack_inside(
                                       y + k * step_y,
                                       in->height))[attack_inside(x + k * step_x, in->width)];
                weights += w;
            }
            tmk_plane_row(out, y)[x] = (float)(sum / weights);
        }
}

/* CORE becomes the band-passed, limited residual of PLANE. */
static tmk_status core_of(tmk_plane *core, const tmk_plane *plane, tmk_error *error)
{
    size_t count = (size_t)plane->width * (size_t)plane->height;
    tmk_plane small = {0}, blurred = {0};
    tmk_status status = tmk_plane_alloc(core, plane->width, plane->height, error);

    if (status == TMK_OK)
        status = tmk_plane_alloc(&small, plane->width, plane->height, error);
    if (status == TMK_OK)
        status = tmk_plane_alloc(&blurred, plane->width, plane->height, error);
    if (status == TMK_OK) {
        for (int y = 0; y < plane->height; y++)
            for (int x = 0; x < plane->width; x++)
                tmk_plane_row(core, y)[x] = fminf(fmaxf(residual_at(plane, x, y), -MOST),
                                                  MOST);
        blur_axis(&blurred, core, COARSE, 1, 0);
        blur_axis(&small, &blurred, COARSE, 0, 1);
        blur_axis(&blurred, core, FINE, 1, 0);
        blur_axis(core, &blurred, FINE, 0, 1);
        for (size_t i = 0; i < count; i++)
            core->samples[i] -= small.samples[i];
    }
    tmk_plane_release(&small);
    tmk_plane_release(&blurred);
    return status;
}

/* Y = 0.299 R + 0.587 G + 0.114 B and Cb = 0.564 (B - Y), as BT.601 has them. */
static void split(const tmk_picture *in, tmk_plane *luma, tmk_plane *blue)
{
    for (int y = 0; y < in->height; y++)
        for (int x = 0; x < in->width; x++) {
            const uint8_t *p = tmk_picture_row(in, y) + x * in->channels;
            double value = in->channels == 1 ? p[0]
                                             : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];

            tmk_plane_row(luma, y)[x] = (float)value;
            tmk_plane_row(blue, y)[x] = in->channels == 1 ? 0
                                                          : (float)(0.564 * (p[2] - value));
        }
}

/* Takes the cores away: luma's from all channels, that of Cb (at half size) as Cb is. */
static void subtract(const tmk_picture *in, const tmk_plane *luma, const tmk_plane *blue,
                     double gain, double blue_gain, tmk_picture *out)
{
    for (int y = 0; y < in->height; y++)
        for (int x = 0; x < in->width; x++) {
            const uint8_t *p = tmk_picture_row(in, y) + x * in->channels;
            uint8_t *to = tmk_picture_row(out, y) + x * in->channels;
            double dy = gain * tmk_plane_row(luma, y)[x];
            double db = blue_gain * tmk_plane_row(blue, y / 2)[x / 2];

            for (int c = 0; c < in->channels; c++) {
                double share = in->channels == 1 || c == 0 ? 0 : c == 1 ? -0.344 : 1.772;

                to[c] = attack_clip(p[c] - dy - share * db);
            }
        }
}

static tmk_status coring(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    tmk_plane luma = {0}, blue = {0}, half = {0}, luma_core = {0}, blue_core = {0};
    tmk_status status = tmk_plane_alloc(&luma, in->width, in->height, job->error);

    if (status == TMK_OK)
        status = tmk_plane_alloc(&blue, in->width, in->height, job->error);
    if (status == TMK_OK) {
        split(in, &luma, &blue);
        status = core_of(&luma_core, &luma, job->error);
    }
    if (status == TMK_OK)
        status = tmk_plane_halve(&half, &blue, job->error);
    if (status == TMK_OK)
        status = core_of(&blue_core, &half, job->error);
    if (status == TMK_OK)
        status = attack_like(job, in, out);
    if (status == TMK_OK)
        subtract(in, &luma_core, &blue_core, attack_number(job, 0, 2.3),
                 attack_number(job, 1, 2.0), out);
    tmk_plane_release(&luma);
    tmk_plane_release(&blue);
    tmk_plane_release(&half);
    tmk_plane_release(&luma_core);
    tmk_plane_release(&blue_core);
    return status;
}

const attack_row attack_coring_rows[] = {
    {{"coring", "coring[:GAIN:BLUE_GAIN]", "what a surface blur takes out, twice: 2.3, 2"},
     0,
     2,
     coring},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
