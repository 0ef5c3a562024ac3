/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Denoising with OpenCV's defaults: the bilateral filter (Tomasi, Manduchi 1998) and
 * non-local means (Buades, Coll, Morel 2005), the latter on L and on a, b apart.
 *
 * Non-local means compares 7 x 7 patches over a search window of 21 x 21.  The squared
 * differences for one shift are summed by running sums, and the shift and its opposite
 * share them: 220 passes over the page instead of 441 x 49 differences a pixel.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "base/memory.h"

/* ------------------------------------------------------------------- bilateral */

enum { BILATERAL_RADIUS = 4 }; /* OpenCV's d = 9, a disc */

typedef struct bilateral_tables {
    float colour[3 * 255 + 1];
    float space[2 * BILATERAL_RADIUS + 1][2 * BILATERAL_RADIUS + 1]; /* 0 outside the disc */
} bilateral_tables;

static void bilateral_prepare(bilateral_tables *t, double colour, double space)
{
    int r = BILATERAL_RADIUS;

    for (int i = 0; i <= 3 * 255; i++)
        t->colour[i] = (float)exp(-0.5 * i * i / (colour * colour));
    for (int y = -r; y <= r; y++)
        for (int x = -r; x <= r; x++) {
            int squared = x * x + y * y;

            t->space[y + r][x + r] = squared > r * r
                                         ? 0
                                         : (float)exp(-0.5 * squared / (space * space));
        }
}

static void bilateral_pixel(const bilateral_tables *t, const tmk_picture *in, int x, int y,
                            uint8_t *to)
{
    int r = BILATERAL_RADIUS, n = in->channels;
    const uint8_t *centre = tmk_picture_row(in, y) + x * n;
    float sum[3] = {0, 0, 0}, total = 0;

    for (int j = -r; j <= r; j++) {
        const uint8_t *row = tmk_picture_row(in, attack_inside(y + j, in->height));

        for (int i = -r; i <= r; i++) {
            const uint8_t *p = row + attack_inside(x + i, in->width) * n;
            float w = t->space[j + r][i + r];
            int distance = 0;

            if (w == 0)
                continue;
            for (int c = 0; c < n; c++)
                distance += abs(p[c] - centre[c]);
            w *= t->colour[distance];
            total += w;
            for (int c = 0; c < n; c++)
                sum[c] += w * (float)p[c];
        }
    }
    for (int c = 0; c < n; c++)
        to[c] = attack_clip((double)(sum[c] / total));
}

static tmk_status bilateral(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double colour = attack_number(job, 0, 50), space = attack_number(job, 1, 5);
    bilateral_tables tables;
    tmk_status status;

    if (!(colour > 0 && space > 0))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "bilateral sigmas of %g and %g", colour,
                        space);
    bilateral_prepare(&tables, colour, space);
    status = attack_like(job, in, out);
    for (int y = 0; status == TMK_OK && y < in->height; y++)
        for (int x = 0; x < in->width; x++)
            bilateral_pixel(&tables, in, x, y, tmk_picture_row(out, y) + x * in->channels);
    return status;
}

/* ------------------------------------------------------------------ CIE L*a*b* */

/* Planes L (0 to 255), a and b, as OpenCV's 8-bit Lab but unrounded; grey has L alone. */
typedef struct planes {
    int width, height, count;
    float *plane[3];
} planes;

static const double white[3] = {0.950456, 1, 1.088754};

static double lab_curve(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static double lab_uncurve(double f)
{
    return f > 0.206893 ? f * f * f : (f - 16.0 / 116) / 7.787;
}

static double to_linear(int v)
{
    double s = v / 255.0;

    return s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
}

static double from_linear(double s)
{
    if (s <= 0)
        return 0;
    return s <= 0.0031308 ? 12.92 * s : 1.055 * pow(s, 1 / 2.4) - 0.055;
}

static void lab_of(const double linear[256], const uint8_t *p, float lab[3])
{
    double r = linear[p[0]], g = linear[p[1]], b = linear[p[2]];
    double x = lab_curve((0.412453 * r + 0.357580 * g + 0.180423 * b) / white[0]);
    double y = lab_curve(0.212671 * r + 0.715160 * g + 0.072169 * b);
    double z = lab_curve((0.019334 * r + 0.119193 * g + 0.950227 * b) / white[2]);

    lab[0] = (float)((116 * y - 16) * 2.55);
    lab[1] = (float)(500 * (x - y));
    lab[2] = (float)(200 * (y - z));
}

static void rgb_of(const float lab[3], uint8_t *p)
{
    double fy = ((double)lab[0] / 2.55 + 16) / 116;
    double y = lab_uncurve(fy);
    double x = lab_uncurve(fy + (double)lab[1] / 500) * white[0];
    double z = lab_uncurve(fy - (double)lab[2] / 200) * white[2];

    p[0] = attack_clip(255 * from_linear(3.240479 * x - 1.537150 * y - 0.498535 * z));
    p[1] = attack_clip(255 * from_linear(-0.969256 * x + 1.875991 * y + 0.041556 * z));
    p[2] = attack_clip(255 * from_linear(0.055648 * x - 0.204043 * y + 1.057311 * z));
}

static void planes_free(planes *p)
{
    for (int c = 0; c < 3; c++)
        tmk_free(p->plane[c]);
}

static int planes_make(planes *p, int width, int height, int count)
{
    *p = (planes){width, height, count, {NULL, NULL, NULL}};
    for (int c = 0; c < count; c++) {
        p->plane[c] = tmk_calloc((size_t)width * (size_t)height, sizeof(float));
        if (p->plane[c] == NULL)
            return 0;
    }
    return 1;
}

static void planes_fill(planes *p, const tmk_picture *in)
{
    double linear[256];
    size_t i = 0;

    for (int v = 0; v < 256; v++)
        linear[v] = to_linear(v);
    for (int y = 0; y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);

        for (int x = 0; x < in->width; x++, i++) {
            float lab[3] = {(float)from[x * in->channels], 0, 0};

            if (in->channels == 3)
                lab_of(linear, from + 3 * x, lab);
            for (int c = 0; c < p->count; c++)
                p->plane[c][i] = lab[c];
        }
    }
}

static void planes_store(const planes *p, tmk_picture *out)
{
    size_t i = 0;

    for (int y = 0; y < out->height; y++) {
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < out->width; x++, i++) {
            if (p->count == 1) {
                to[x] = attack_clip((double)p->plane[0][i]);
            } else {
                float lab[3] = {p->plane[0][i], p->plane[1][i], p->plane[2][i]};

                rgb_of(lab, to + 3 * x);
            }
        }
    }
}

/* -------------------------------------------------------------- non-local means */

enum { PATCH = 3, SEARCH = 10, BAND = 64 }; /* radii: 7 x 7 and 21 x 21; rows */

/* One group of planes that is denoised together, and its running sums. */
typedef struct nlm {
    const float *from[2]; /* COUNT planes */
    float *sum[2], *total;
    int count, width, height;
    float *column; /* per x + PATCH: squared differences over the patch's rows */
    float *across; /* per x: those over the whole patch */
    float cut;     /* 1 / (h^2 * count * patch area) */
} nlm;

/* exp(-x) as (1 - x/256)^256: eight squarings, no libm in the inner loop. */
static inline float decay(float x)
{
    float v = 1 - (x < 0 ? 0 : x < 256 ? x : 256) * (1.0f / 256);

    for (int i = 0; i < 8; i++)
        v *= v;
    return v;
}

/* Adds SIGN times the squared differences between row Y and itself shifted. */
static void nlm_row(nlm *n, int y, int dx, int dy, float sign)
{
    size_t row = (size_t)attack_inside(y, n->height) * (size_t)n->width;
    size_t other = (size_t)attack_inside(y + dy, n->height) * (size_t)n->width;
    int low = dx < 0 ? -dx : 0, high = dx > 0 ? n->width - dx : n->width;
    float *column = n->column + PATCH;

    for (int p = 0; p < n->count; p++) {
        const float *restrict a = n->from[p] + row;
        const float *b = n->from[p] + other + dx;

        for (int x = low; x < high; x++)
            column[x] += sign * (a[x] - b[x]) * (a[x] - b[x]);
    }
}

/* Widens the column sums to whole patches; beyond LOW and HIGH the edge repeats. */
static void nlm_widen(nlm *n, int low, int high)
{
    const float *column = n->column;
    float *restrict across = n->across;

    for (int k = 0; k < PATCH; k++) {
        n->column[low + k] = column[low + PATCH];
        n->column[high + PATCH + k] = column[high + PATCH - 1];
    }
    for (int x = low; x < high; x++)
        across[x] = column[x] + column[x + 1] + column[x + 2] + column[x + 3] +
                    column[x + 4] + column[x + 5] + column[x + 6];
}

/* Gives every pixel of row Y its share of the pixel at the shift, and the reverse. */
static void nlm_share(nlm *n, int y, int dx, int dy, int low, int high)
{
    size_t here = (size_t)y * (size_t)n->width;
    size_t there = (size_t)(y + dy) * (size_t)n->width;
    float *total = n->total + here, *far_total = n->total + there + dx;
    float *restrict weight = n->across;

    for (int x = low; x < high; x++)
        weight[x] = decay(weight[x] * n->cut);
    for (int x = low; x < high; x++)
        total[x] += weight[x];
    for (int x = low; x < high; x++)
        far_total[x] += weight[x];
    for (int p = 0; p < n->count; p++) {
        const float *near_from = n->from[p] + here, *far_from = n->from[p] + there + dx;
        float *near_sum = n->sum[p] + here, *far_sum = n->sum[p] + there + dx;

        for (int x = low; x < high; x++)
            near_sum[x] += weight[x] * far_from[x];
        for (int x = low; x < high; x++)
            far_sum[x] += weight[x] * near_from[x];
    }
}

/* Compares rows FIRST to LAST - 1 with those at the shift. */
static void nlm_shift(nlm *n, int dx, int dy, int first, int last)
{
    int low = dx < 0 ? -dx : 0, high = dx > 0 ? n->width - dx : n->width;

    if (low >= high)
        return;
    memset(n->column, 0, (size_t)(n->width + 2 * PATCH) * sizeof *n->column);
    for (int y = first - PATCH; y < first + PATCH; y++)
        nlm_row(n, y, dx, dy, 1);
    for (int y = first; y < last && y + dy < n->height; y++) {
        nlm_row(n, y + PATCH, dx, dy, 1);
        nlm_widen(n, low, high);
        nlm_share(n, y, dx, dy, low, high);
        nlm_row(n, y - PATCH, dx, dy, -1);
    }
}

/* Every shift but (0, 0) once with its opposite; the pixel itself weighs 1.  By bands of
 * rows, whose sums stay in the cache. */
static void nlm_run(nlm *n)
{
    size_t pixels = (size_t)n->width * (size_t)n->height;

    for (size_t i = 0; i < pixels; i++) {
        n->total[i] = 1;
        for (int p = 0; p < n->count; p++)
            n->sum[p][i] = n->from[p][i];
    }
    for (int y = 0; y < n->height; y += BAND)
        for (int dy = 0; dy <= SEARCH; dy++)
            for (int dx = dy == 0 ? 1 : -SEARCH; dx <= SEARCH; dx++)
                nlm_shift(n, dx, dy, y, y + BAND < n->height ? y + BAND : n->height);
    for (size_t i = 0; i < pixels; i++)
        for (int p = 0; p < n->count; p++)
            n->sum[p][i] /= n->total[i];
}

/* Denoises planes FIRST to FIRST + COUNT - 1 of FROM into TO. */
static int nlm_planes(const planes *from, planes *to, int first, int count, double h)
{
    size_t pixels = (size_t)from->width * (size_t)from->height;
    nlm n = {.count = count, .width = from->width, .height = from->height};
    int area = (2 * PATCH + 1) * (2 * PATCH + 1), ready;

    for (int p = 0; p < count; p++) {
        n.from[p] = from->plane[first + p];
        n.sum[p] = to->plane[first + p];
    }
    n.cut = (float)(1 / (h * h * count * area));
    n.total = tmk_calloc(pixels, sizeof(float));
    n.column = tmk_calloc((size_t)n.width + 2 * PATCH, sizeof(float));
    n.across = tmk_calloc((size_t)n.width, sizeof(float));
    ready = n.total != NULL && n.column != NULL && n.across != NULL;
    if (ready)
        nlm_run(&n);
    tmk_free(n.total);
    tmk_free(n.column);
    tmk_free(n.across);
    return ready;
}

static tmk_status non_local_means(const attack_job *job, const tmk_picture *in,
                                  tmk_picture *out)
{
    double h = attack_number(job, 0, 5);
    int count = in->channels, ready;
    planes from, to = {0, 0, 0, {NULL, NULL, NULL}};
    tmk_status status;

    if (!(h > 0))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a strength of %g", h);
    ready = planes_make(&from, in->width, in->height, count) &&
            planes_make(&to, in->width, in->height, count);
    if (ready) {
        planes_fill(&from, in);
        ready = nlm_planes(&from, &to, 0, 1, h) &&
                (count == 1 || nlm_planes(&from, &to, 1, 2, attack_number(job, 1, h)));
    }
    status = ready ? attack_like(job, in, out) : tmk_fail_memory(job->error, "denoising");
    if (status == TMK_OK)
        planes_store(&to, out);
    planes_free(&from);
    planes_free(&to);
    return status;
}

const attack_row attack_denoise_rows[] = {
    {{"bilateral", "bilateral[:SIGMA_COLOUR:SIGMA_SPACE]", "diameter 9; 50 and 5"},
     0,
     2,
     bilateral},
    {{"nlm", "nlm[:H:H_COLOUR]", "non-local means 7 x 7 in 21 x 21 on L and a, b; 5 and 5"},
     0,
     2,
     non_local_means},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
