/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/embed_blocks.h"

#include <math.h>
#include <string.h>
#include <stdio.h>
#include "base/memory.h"
#include "base/parallel.h"
#include "mark/rounding.h"
#include "signal/dct.h"

#define REGION 8

typedef struct job {
    tmk_blocks *marked;
    const tmk_blocks *blocks;
    int component;
    tmk_rounding *rounding;
    const tmk_plane *luma, *chroma, *luma_amplitude, *chroma_amplitude;
    float of_luma, of_chroma, strength;
} job;

/* mean over the footprint of sample (x, y) of the component */
static float footprint(const job *j, const tmk_plane *a, const tmk_plane *b, int x, int y, int square)
{
    const tmk_block_plane *plane = &j->blocks->planes[j->component];
    int H = j->blocks->h, V = j->blocks->v, W = j->blocks->width, HT = j->blocks->height;
    int x0 = x * H / plane->h, x1 = (x + 1) * H / plane->h;
    int y0 = y * V / plane->v, y1 = (y + 1) * V / plane->v;
    float sum = 0;
    int n = 0;

    if (x1 == x0) x1 = x0 + 1;
    if (y1 == y0) y1 = y0 + 1;
    for (int yy = y0; yy < y1; yy++)
        for (int xx = x0; xx < x1; xx++) {
            int px = xx < W ? xx : W - 1, py = yy < HT ? yy : HT - 1;
            float l = tmk_plane_row(a, py)[px] * j->of_luma, c = tmk_plane_row(b, py)[px] * j->of_chroma;
            if (xx < W && yy < HT) {
            sum += square ? l * l + c * c : l + c;
            }
            n++;
        }
    return sum / (float)n;
}

static void region(const job *j, int bx0, int by0)
{
    const tmk_block_plane *plane = &j->blocks->planes[j->component];
    int bx1 = bx0 + REGION, by1 = by0 + REGION;
    float wish[REGION * REGION][8][8], value[REGION * REGION];
    const tmk_rounding_tuning *t = j->rounding->tuning;
    float wanted = 0, theta = t->theta_high, lo = t->theta_low, hi = t->theta_high;

    if (bx1 > plane->columns) bx1 = plane->columns;
    if (by1 > plane->rows) by1 = plane->rows;
    for (int by = by0; by < by1; by++)
        for (int bx = bx0; bx < bx1; bx++) {
            float (*w)[8] = wish[(by - by0) * REGION + bx - bx0], energy = 0;
            for (int y = 0; y < 8; y++)
                for (int x = 0; x < 8; x++) {
                    w[y][x] = footprint(j, j->luma, j->chroma, bx * 8 + x, by * 8 + y, 0);
                    energy += footprint(j, j->luma_amplitude, j->chroma_amplitude, bx * 8 + x, by * 8 + y, 1);
                }
            energy *= j->strength * j->strength;
            tmk_dct(w, (const float (*)[8])w);
            value[(by - by0) * REGION + bx - bx0] = energy > 0 ? 64 / energy : 0;
            if (energy > 0)
                for (int y = 0; y < 8; y++)
                    for (int x = 0; x < 8; x++)
                        wanted += w[y][x] * w[y][x] * 64 / energy;
        }
    if (wanted <= 0)
        return;
    for (int round = 0; round < 5; round++) {
        float got = 0;

        for (int by = by0; by < by1; by++)
            for (int bx = bx0; bx < bx1; bx++) {
                int i = (by - by0) * REGION + bx - bx0;
                const int16_t *in = tmk_block_at(plane, bx, by);
                int16_t *out = tmk_block_at(&j->marked->planes[j->component], bx, by);
                int left = bx > 0 ? tmk_block_at(&j->marked->planes[j->component], bx - 1, by)[0] : in[0];
                int right = bx + 1 < plane->columns ? tmk_block_at(plane, bx + 1, by)[0] : in[0];

                if (value[i] > 0)
                    got += tmk_round_block(j->rounding, out, in, wish[i][0], value[i], theta, left, right);
            }
        if (t->plain)
            return;
        /* the largest theta that reaches the target */
        if (got >= t->target * wanted) {
            if (round == 0) return;
            lo = theta;
        } else {
            hi = theta;
            if (round == 0) { theta = lo; continue; }
            if (round == 1) return; /* even the lowest does not reach it */
        }
        theta = sqrtf(lo * hi);
    }
}

static void region_row(size_t index, void *context)
{
    job *j = context;

    for (int bx = 0; bx < j->blocks->planes[j->component].columns; bx += REGION)
        region(j, bx, (int)index * REGION);
}

tmk_status tmk_embed_blocks_planes(tmk_blocks *marked, const tmk_blocks *blocks,
    const tmk_plane *luma, const tmk_plane *chroma, const tmk_plane *luma_amplitude,
    const tmk_plane *chroma_amplitude, float strength, int threads, tmk_error *error)
{
    tmk_rounding rounding;
    static const float gl_ycc[3] = {1, 0, 0}, gc_ycc[3] = {0, 1, 0};
    static const float gl_rgb[3] = {1, 1, 1}, gc_rgb[3] = {0, -0.344136f, 1.772f};

    (void)error;
    for (int c = 0; c < blocks->count; c++) {
        int rgb = blocks->colours == TMK_BLOCKS_RGB;
        job j = {marked, blocks, c, &rounding, luma, chroma, luma_amplitude, chroma_amplitude,
                 (rgb ? gl_rgb : gl_ycc)[c], (rgb ? gc_rgb : gc_ycc)[c], strength};

        if (c == 2 && !rgb)
            continue;
        tmk_rounding_init(&rounding, &blocks->planes[c], !rgb && c > 0, 1);
        tmk_parallel((size_t)(blocks->planes[c].rows + REGION - 1) / REGION, threads, region_row, &j);
    }
    return TMK_OK;
}
