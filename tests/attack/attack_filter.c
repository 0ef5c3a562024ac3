/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Local filters: blur, sharpen, median. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "base/memory.h"

/* ------------------------------------------------------------------------ blur */

enum { MOST_RADIUS = 64 };

/* Weights 0 to RADIUS of one half of the bell, which sum to 1 with their mirror image. */
static int bell_weights(double sigma, double weight[MOST_RADIUS + 1])
{
    int radius = (int)ceil(4 * sigma);
    double sum = 0;

    radius = radius > MOST_RADIUS ? MOST_RADIUS : radius;
    for (int k = 0; k <= radius; k++) {
        weight[k] = exp(-0.5 * k * k / (sigma * sigma));
        sum += k == 0 ? weight[k] : 2 * weight[k];
    }
    for (int k = 0; k <= radius; k++)
        weight[k] /= sum;
    return radius;
}

static void blur_row(const uint8_t *from, int width, int n, const double *weight, int radius,
                     float *to)
{
    for (int x = 0; x < width; x++)
        for (int c = 0; c < n; c++) {
            double sum = weight[0] * from[x * n + c];

            for (int k = 1; k <= radius; k++)
                sum += weight[k] * (from[attack_inside(x - k, width) * n + c] +
                                    from[attack_inside(x + k, width) * n + c]);
            to[x * n + c] = (float)sum;
        }
}

/* Column sums of the rows that lie WEIGHT around row Y of PLANE. */
static void blur_column(const float *plane, size_t samples, int y, int height,
                        const double *weight, int radius, float *sum)
{
    for (int k = -radius; k <= radius; k++) {
        const float *from = plane + (size_t)attack_inside(y + k, height) * samples;
        float w = (float)weight[k < 0 ? -k : k];

        for (size_t i = 0; i < samples; i++)
            sum[i] = (k == -radius ? 0 : sum[i]) + w * from[i];
    }
}

static tmk_status gauss(const attack_job *job, const tmk_picture *in, double sigma,
                        tmk_picture *out)
{
    size_t samples = (size_t)in->width * (size_t)in->channels;
    double weight[MOST_RADIUS + 1];
    float *plane, *sum;
    int radius;
    tmk_status status;

    if (!(sigma > 0 && sigma <= 16))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a sigma of %g; up to 16 is known",
                        sigma);
    radius = bell_weights(sigma, weight);
    plane = tmk_calloc((size_t)in->height * samples, sizeof *plane);
    sum = tmk_calloc(samples, sizeof *sum);
    status = plane == NULL || sum == NULL ? tmk_fail_memory(job->error, "a blurred page")
                                          : attack_like(job, in, out);
    for (int y = 0; status == TMK_OK && y < in->height; y++)
        blur_row(tmk_picture_row(in, y), in->width, in->channels, weight, radius,
                 plane + (size_t)y * samples);
    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        uint8_t *to = tmk_picture_row(out, y);

        blur_column(plane, samples, y, in->height, weight, radius, sum);
        for (size_t i = 0; i < samples; i++)
            to[i] = attack_clip((double)sum[i]);
    }
    tmk_free(plane);
    tmk_free(sum);
    return status;
}

static tmk_status blur(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return gauss(job, in, job->number[0], out);
}

/* --------------------------------------------------------------------- sharpen */

/* As Pillow's UnsharpMask(radius=2, percent=150, threshold=3). */
static tmk_status sharpen(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double percent = attack_number(job, 1, 150);
    int threshold = (int)attack_number(job, 2, 3);
    tmk_status status = gauss(job, in, attack_number(job, 0, 2), out);

    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int i = 0; i < in->width * in->channels; i++) {
            int difference = from[i] - to[i];

            to[i] = abs(difference) <= threshold
                        ? from[i]
                        : attack_clip(from[i] + difference * percent / 100);
        }
    }
    return status;
}

/* ---------------------------------------------------------------------- median */

static inline void order(uint8_t *a, uint8_t *b)
{
    uint8_t low = *a < *b ? *a : *b, high = *a < *b ? *b : *a;

    *a = low;
    *b = high;
}

/* The fifth of nine: sort each row, then the columns' extremes, then the diagonal. */
static uint8_t median_of_9(uint8_t v[9])
{
    for (int r = 0; r < 9; r += 3) {
        order(&v[r], &v[r + 1]);
        order(&v[r + 1], &v[r + 2]);
        order(&v[r], &v[r + 1]);
    }
    order(&v[0], &v[3]);
    order(&v[3], &v[6]); /* v[6]: the largest of the least */
    order(&v[1], &v[4]);
    order(&v[4], &v[7]);
    order(&v[1], &v[4]); /* v[4]: the middle of the middles */
    order(&v[5], &v[8]);
    order(&v[2], &v[5]); /* v[2]: the least of the largest */
    order(&v[2], &v[4]);
    order(&v[4], &v[6]);
    order(&v[2], &v[4]);
    return v[4];
}

static tmk_status median(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    int n = in->channels;
    tmk_status status;

    if (attack_number(job, 0, 3) != 3)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "only median:3 is known");
    status = attack_like(job, in, out);
    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *rows[3];
        uint8_t *to = tmk_picture_row(out, y);

        for (int j = 0; j < 3; j++)
            rows[j] = tmk_picture_row(in, attack_inside(y + j - 1, in->height));
        for (int i = 0; i < in->width * n; i++) {
            int before = i < n ? i : i - n, after = i + n < in->width * n ? i + n : i;
            uint8_t v[9] = {rows[0][before], rows[0][i], rows[0][after],
                            rows[1][before], rows[1][i], rows[1][after],
                            rows[2][before], rows[2][i], rows[2][after]};

            to[i] = median_of_9(v);
        }
    }
    return status;
}

const attack_row attack_filter_rows[] = {
    {{"blur", "blur:SIGMA", "Gaussian blur"}, 1, 1, blur},
    {{"sharpen", "sharpen[:SIGMA:PERCENT:THRESHOLD]", "unsharp mask: 2, 150, 3"},
     0,
     3,
     sharpen},
    {{"median", "median:3", "median of 3 x 3 in every channel"}, 0, 1, median},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
