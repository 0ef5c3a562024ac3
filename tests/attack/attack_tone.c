/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of tone: each sample or pixel by itself, and noise. */
#include <math.h>

#include "tests/attack/attack_parts.h"

/* Runs every sample through TABLE. */
static tmk_status through(const attack_job *job, const tmk_picture *in,
                          const uint8_t table[256], tmk_picture *out)
{
    tmk_status status = attack_like(job, in, out);

    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int i = 0; i < in->width * in->channels; i++)
            to[i] = table[from[i]];
    }
    return status;
}

/* As ImageMagick's -gamma: above 1 is lighter. */
static tmk_status gamma_curve(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    uint8_t table[256];

    if (!(job->number[0] > 0))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a gamma of %g", job->number[0]);
    for (int i = 0; i < 256; i++)
        table[i] = attack_clip(255 * pow(i / 255.0, 1 / job->number[0]));
    return through(job, in, table, out);
}

static tmk_status brightness(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = attack_clip(i * job->number[0]);
    return through(job, in, table, out);
}

/* Around the page's mean luma, as Pillow's ImageEnhance.Contrast. */
static tmk_status contrast(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    uint8_t table[256];
    double sum = 0, mean;

    for (int y = 0; y < in->height; y++) {
        const uint8_t *p = tmk_picture_row(in, y);

        for (int x = 0; x < in->width; x++, p += in->channels)
            sum += attack_luma(p, in->channels);
    }
    mean = floor(sum / in->width / in->height + 0.5);
    for (int i = 0; i < 256; i++)
        table[i] = attack_clip(mean + (i - mean) * job->number[0]);
    return through(job, in, table, out);
}

/* The upper bits stay, as Pillow's ImageOps.posterize. */
static tmk_status posterise(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    int bits = (int)job->number[0];
    uint8_t table[256];

    if (bits < 1 || bits > 8)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "%d bits; 1 to 8 can stay", bits);
    for (int i = 0; i < 256; i++)
        table[i] = (uint8_t)(i & (0xff << (8 - bits)));
    return through(job, in, table, out);
}

static tmk_status grey(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    tmk_status status = tmk_picture_alloc(out, in->width, in->height, 1, 8, job->error);

    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < in->width; x++, from += in->channels)
            to[x] = (uint8_t)attack_luma(from, in->channels);
    }
    return status;
}

static tmk_status noise(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 4);
    double sigma = job->number[0];
    tmk_status status = attack_like(job, in, out);

    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int i = 0; i < in->width * in->channels; i++)
            to[i] = attack_clip(from[i] + sigma * dice_bell(&d));
    }
    return status;
}

const attack_row attack_tone_rows[] = {
    {{"grey", "grey", "luma alone, one channel"}, 0, 0, grey},
    {{"gamma", "gamma:G", "above 1 is lighter"}, 1, 1, gamma_curve},
    {{"brightness", "brightness:FACTOR", "every sample times a factor"}, 1, 1, brightness},
    {{"contrast", "contrast:FACTOR", "the distance from the mean luma times a factor"},
     1,
     1,
     contrast},
    {{"posterise", "posterise:BITS", "the upper bits of every sample"}, 1, 1, posterise},
    {{"noise", "noise:SIGMA", "Gaussian noise on every sample"}, 1, 1, noise},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
