/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resizing with the kernels of the common tools: separable, rows first, rounded to
 * 8 bits between the passes as Pillow does.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "base/memory.h"

/* ----------------------------------------------------------------- the kernels */

static double triangle(double x)
{
    return x < 1 ? 1 - x : 0;
}

/* Keys' cubic (1981); A = -0.5 in Pillow, -0.75 in OpenCV. */
static double cubic(double x, double a)
{
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static double lanczos3(double x)
{
    const double pi = 3.14159265358979323846;

    if (x >= 3)
        return 0;
    return x < 1e-9 ? 1 : 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x);
}

/* What a tap at distance X (0 or more, in taps) from the centre weighs. */
static double weight_at(attack_kernel kernel, double x)
{
    switch (kernel) {
    case KERNEL_BICUBIC:
        return cubic(x, -0.5);
    case KERNEL_BICUBIC_ALIAS:
        return cubic(x, -0.75);
    case KERNEL_LANCZOS:
        return lanczos3(x);
    default:
        return triangle(x);
    }
}

static double support_of(attack_kernel kernel)
{
    if (kernel == KERNEL_LANCZOS)
        return 3;
    return kernel == KERNEL_BICUBIC || kernel == KERNEL_BICUBIC_ALIAS ? 2 : 1;
}

/* ------------------------------------------------------------- taps of one axis */

/* For every target position, MOST weights and the first of the source positions. */
typedef struct taps {
    int count, most;
    int *first;
    float *weight;
} taps;

static void taps_free(taps *t)
{
    tmk_free(t->first);
    tmk_free(t->weight);
}

static void nearest_tap(taps *t, int i, int from, double step)
{
    t->first[i] = attack_inside((int)floor((i + 0.5) * step), from);
    t->weight[(size_t)i * (size_t)t->most] = 1;
}

/* The share of each source pixel that lies under target pixel I. */
static void area_taps(taps *t, int i, int from, double step)
{
    double low = i * step, high = (i + 1) * step;
    float *w = t->weight + (size_t)i * (size_t)t->most;
    int first = attack_inside((int)floor(low + 1e-9), from);

    t->first[i] = first;
    for (int k = 0; k < t->most && first + k < from; k++) {
        double a = fmax(low, first + k), b = fmin(high, first + k + 1);

        w[k] = (float)(fmax(0, b - a) / step);
    }
}

/* A kernel around the centre; edges lose taps (widened) or repeat pixels (alias). */
static void kernel_taps(taps *t, int i, int from, double step, attack_kernel kernel)
{
    int alias = kernel == KERNEL_BILINEAR_ALIAS || kernel == KERNEL_BICUBIC_ALIAS;
    double wide = alias || step < 1 ? 1 : step;
    double reach = support_of(kernel) * wide, centre = (i + 0.5) * step, sum = 0;
    int low = (int)floor(centre - reach), high = (int)ceil(centre + reach);
    int first = attack_inside(low, from);
    float *w = t->weight + (size_t)i * (size_t)t->most;
    double exact;

    t->first[i] = first;
    for (int pass = 0; pass < 2; pass++)
        for (int k = low; k < high; k++) {
            int at = attack_inside(k, from);

            if ((at != k && !alias) || at - first >= t->most)
                continue;
            exact = weight_at(kernel, fabs(k + 0.5 - centre) / wide);
            if (pass == 0)
                sum += exact;
            else
                w[at - first] += (float)(exact / sum);
        }
}

static int taps_make(taps *t, int from, int to, attack_kernel kernel)
{
    double step = (double)from / to;
    double wide = step < 1 ? 1 : step;

    /* Enlarging by area repeats nothing in between: OpenCV interpolates there. */
    if (kernel == KERNEL_AREA && step < 1)
        kernel = KERNEL_BILINEAR_ALIAS;
    t->count = to;
    t->most = kernel == KERNEL_NEAREST ? 1 : (int)ceil(2 * support_of(kernel) * wide) + 2;
    t->first = tmk_calloc((size_t)to, sizeof *t->first);
    t->weight = tmk_calloc((size_t)to * (size_t)t->most, sizeof *t->weight);
    if (t->first == NULL || t->weight == NULL)
        return 0;
    for (int i = 0; i < to; i++) {
        if (kernel == KERNEL_NEAREST)
            nearest_tap(t, i, from, step);
        else if (kernel == KERNEL_AREA)
            area_taps(t, i, from, step);
        else
            kernel_taps(t, i, from, step, kernel);
    }
    return 1;
}

/* Taps of position I that lie inside a source of FROM pixels. */
static int taps_inside(const taps *t, int i, int from)
{
    return t->most < from - t->first[i] ? t->most : from - t->first[i];
}

/* ------------------------------------------------------------------ the passes */

static void resize_rows(const tmk_picture *in, const taps *t, tmk_picture *out)
{
    int n = in->channels;

    for (int y = 0; y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < t->count; x++) {
            const float *w = t->weight + (size_t)x * (size_t)t->most;
            const uint8_t *p = from + t->first[x] * n;
            int inside = taps_inside(t, x, in->width);
            float sum[3] = {0, 0, 0};

            for (int k = 0; k < inside; k++, p += n)
                for (int c = 0; c < n; c++)
                    sum[c] += w[k] * (float)p[c];
            for (int c = 0; c < n; c++)
                *to++ = attack_clip((double)sum[c]);
        }
    }
}

/* SUM is room for one row. */
static void resize_columns(const tmk_picture *in, const taps *t, float *sum, tmk_picture *out)
{
    int samples = in->width * in->channels;

    for (int y = 0; y < t->count; y++) {
        const float *w = t->weight + (size_t)y * (size_t)t->most;
        int inside = taps_inside(t, y, in->height);
        uint8_t *to = tmk_picture_row(out, y);

        memset(sum, 0, (size_t)samples * sizeof *sum);
        for (int k = 0; k < inside; k++) {
            const uint8_t *from = tmk_picture_row(in, t->first[y] + k);

            if (w[k] != 0)
                for (int i = 0; i < samples; i++)
                    sum[i] += w[k] * (float)from[i];
        }
        for (int i = 0; i < samples; i++)
            to[i] = attack_clip((double)sum[i]);
    }
}

tmk_status attack_resize(const attack_job *job, const tmk_picture *in, int width, int height,
                         attack_kernel kernel, tmk_picture *out)
{
    taps across = {0}, down = {0};
    tmk_picture half = {0};
    float *sum = NULL;
    tmk_status status = tmk_picture_alloc(out, width, height, in->channels, 8, job->error);

    if (status != TMK_OK)
        return status;
    status = tmk_picture_alloc(&half, width, in->height, in->channels, 8, job->error);
    if (status == TMK_OK) {
        sum = tmk_calloc(half.stride, sizeof *sum);
        if (sum == NULL || !taps_make(&across, in->width, width, kernel) ||
            !taps_make(&down, in->height, height, kernel))
            status = tmk_fail_memory(job->error, "a resized page");
    }
    if (status == TMK_OK) {
        resize_rows(in, &across, &half);
        resize_columns(&half, &down, sum, out);
    } else {
        tmk_picture_release(out);
    }
    taps_free(&across);
    taps_free(&down);
    tmk_free(sum);
    tmk_picture_release(&half);
    return status;
}

/* ----------------------------------------------------------------- the attacks */

static tmk_status kernel_of(const attack_job *job, attack_kernel *kernel)
{
    static const char *const names[] = {"nearest",      "bilinear", "area",
                                        "bicubic",      "lanczos",  "bilinear-alias",
                                        "bicubic-alias"};

    *kernel = KERNEL_LANCZOS;
    if (job->word[0] == '\0')
        return TMK_OK;
    for (int i = 0; i < 7; i++)
        if (strcmp(job->word, names[i]) == 0) {
            *kernel = (attack_kernel)i;
            return TMK_OK;
        }
    return tmk_fail(job->error, TMK_BAD_ARGUMENT, "\"%s\" is no kernel", job->word);
}

static tmk_status scaled(const attack_job *job, const tmk_picture *in, double sx, double sy,
                         tmk_picture *out)
{
    double width = floor(in->width * sx + 0.5), height = floor(in->height * sy + 0.5);
    attack_kernel kernel;
    tmk_status status = kernel_of(job, &kernel);

    if (status != TMK_OK)
        return status;
    if (!(width >= 1 && width <= TMK_MAX_SIDE && height >= 1 && height <= TMK_MAX_SIDE))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a page scaled to %g x %g", width,
                        height);
    return attack_resize(job, in, (int)width, (int)height, kernel, out);
}

static tmk_status resize(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return scaled(job, in, job->number[0], job->number[0], out);
}

static tmk_status aspect(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return scaled(job, in, job->number[0], job->number[1], out);
}

static tmk_status width_to(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double scale = job->number[0] / in->width;

    return scaled(job, in, scale, scale, out);
}

/* Messengers shrink the longest side; one tool averages areas, another one filters. */
static tmk_status messenger(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 1);
    double longest = in->width > in->height ? in->width : in->height;
    double scale = attack_number(job, 0, 1280) / longest;
    char name[96];

    if (scale < 1)
        snprintf(name, sizeof name, "resize:%.12g:%s+jpeg:80", scale,
                 dice_chance(&d, 0.5) ? "area" : "lanczos");
    else
        strcpy(name, "jpeg:80");
    return attack_steps(job, name, in, out);
}

#define KERNELS "[:nearest|bilinear|area|bicubic|lanczos|bilinear-alias|bicubic-alias]"

const attack_row attack_resize_rows[] = {
    {{"resize", "resize:SCALE" KERNELS, "both sides by a factor; lanczos by default"},
     1,
     1,
     resize},
    {{"width", "width:PIXELS" KERNELS, "to a width, same aspect"}, 1, 1, width_to},
    {{"aspect", "aspect:SCALE_X:SCALE_Y" KERNELS, "each side by its own factor"},
     2,
     2,
     aspect},
    {{"messenger", "messenger[:LONGEST]", "longest side at most 1280, then JPEG 80"},
     0,
     1,
     messenger},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
