/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/synthesis.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/wider.h"

#define SIDE TMK_SYNTHESIS_SIDE
#define MOST TMK_SYNTHESIS_MAX_BIN
#define LANES 48 /* 2 * MOST + 1 columns of the spectrum, rounded up for vectors */

struct tmk_synthesis {
    float cosine[SIDE], sine[SIDE];
    float spectrum[2][SIDE * LANES]; /* real, imaginary; row ky, column kx + MOST */
    float wave[2][SIDE * SIDE];
    float scratch[2][SIDE * SIDE];
};

tmk_status tmk_synthesis_new(tmk_synthesis **synthesis, tmk_error *error)
{
    tmk_synthesis *self = tmk_calloc(1, sizeof *self);

    *synthesis = NULL;
    if (self == NULL)
        return tmk_fail_memory(error, "a tile's transform");
    for (int i = 0; i < SIDE; i++) {
        self->cosine[i] = (float)cos(2 * M_PI * i / SIDE);
        self->sine[i] = (float)sin(2 * M_PI * i / SIDE);
    }
    *synthesis = self;
    return TMK_OK;
}

void tmk_synthesis_free(tmk_synthesis **synthesis)
{
    tmk_free(*synthesis);
    *synthesis = NULL;
}

void tmk_synthesis_clear(tmk_synthesis *synthesis)
{
    memset(synthesis->spectrum, 0, sizeof synthesis->spectrum);
}

void tmk_synthesis_add(tmk_synthesis *synthesis, int component, int kx, int ky,
                       float complex value)
{
    size_t at = (size_t)(ky & (SIDE - 1)) * LANES + (size_t)(kx + MOST);
    size_t opposite = (size_t)(-ky & (SIDE - 1)) * LANES + (size_t)(MOST - kx);
    float re = crealf(value), im = cimagf(value);

    if (component == 0) {
        synthesis->spectrum[0][at] += re;
        synthesis->spectrum[1][at] += im;
        synthesis->spectrum[0][opposite] += re;
        synthesis->spectrum[1][opposite] -= im;
    } else { /* times j, so that the pattern comes out as the imaginary part */
        synthesis->spectrum[0][at] -= im;
        synthesis->spectrum[1][at] += re;
        synthesis->spectrum[0][opposite] += im;
        synthesis->spectrum[1][opposite] += re;
    }
}

/* One butterfly of four rows of LANES columns; W holds the three twiddle factors. */
static inline void butterfly(const float *const in[2], size_t step_in, float *const out[2],
                             size_t step_out, const float w[6], size_t lanes)
{
    const float *re = in[0], *im = in[1];
    float *to_re = out[0], *to_im = out[1];

    for (size_t i = 0; i < lanes; i++) {
        float ar = re[i], ai = im[i];
        float br = re[i + step_in], bi = im[i + step_in];
        float cr = re[i + 2 * step_in], ci = im[i + 2 * step_in];
        float dr = re[i + 3 * step_in], di = im[i + 3 * step_in];
        float sum_r = ar + cr, sum_i = ai + ci, dif_r = ar - cr, dif_i = ai - ci;
        float odd_r = br + dr, odd_i = bi + di;
        float turn_r = di - bi, turn_i = br - dr; /* j (b - d) */
        float r1 = dif_r + turn_r, i1 = dif_i + turn_i;
        float r2 = sum_r - odd_r, i2 = sum_i - odd_i;
        float r3 = dif_r - turn_r, i3 = dif_i - turn_i;

        to_re[i] = sum_r + odd_r;
        to_im[i] = sum_i + odd_i;
        to_re[i + step_out] = r1 * w[0] - i1 * w[1];
        to_im[i + step_out] = r1 * w[1] + i1 * w[0];
        to_re[i + 2 * step_out] = r2 * w[2] - i2 * w[3];
        to_im[i + 2 * step_out] = r2 * w[3] + i2 * w[2];
        to_re[i + 3 * step_out] = r3 * w[4] - i3 * w[5];
        to_im[i + 3 * step_out] = r3 * w[5] + i3 * w[4];
    }
}

/* A Stockham pass: LENGTH is the transforms' remaining length, STRIDE their number. */
static inline void pass_of_four(const tmk_synthesis *s, float *const from[2],
                                float *const to[2], size_t length, size_t stride,
                                size_t lanes)
{
    size_t quarter = length / 4, turn = SIDE / length;

    for (size_t p = 0; p < quarter; p++) {
        size_t t1 = p * turn, t2 = 2 * t1, t3 = 3 * t1;
        const float w[6] = {s->cosine[t1], s->sine[t1],   s->cosine[t2],
                            s->sine[t2],   s->cosine[t3], s->sine[t3]};
        size_t in = stride * p * lanes, out = stride * 4 * p * lanes;
        const float *const source[2] = {from[0] + in, from[1] + in};
        float *const target[2] = {to[0] + out, to[1] + out};

        butterfly(source, stride * quarter * lanes, target, stride * lanes, w,
                  stride * lanes);
    }
}

static inline void pass_of_two(float *const from[2], float *const to[2], size_t count)
{
    for (int part = 0; part < 2; part++) {
        const float *in = from[part];
        float *out = to[part];

        for (size_t i = 0; i < count; i++) {
            out[i] = in[i] + in[i + count];
            out[i + count] = in[i] - in[i + count];
        }
    }
}

/* Inverse transforms of length 128 down LANES columns, in place: 128 = 4 x 4 x 4 x 2. */
TMK_WIDER static void transform_columns(const tmk_synthesis *s, float *re, float *im,
                                        float *scratch_re, float *scratch_im, size_t lanes)
{
    float *const data[2] = {re, im};
    float *const other[2] = {scratch_re, scratch_im};

    pass_of_four(s, data, other, 128, 1, lanes);
    pass_of_four(s, other, data, 32, 4, lanes);
    pass_of_four(s, data, other, 8, 16, lanes);
    pass_of_two(other, data, SIDE / 2 * lanes);
}

/* Row y of the half-transformed spectrum becomes column y; unused bins stay zero. */
static void transpose(tmk_synthesis *s)
{
    memset(s->wave, 0, sizeof s->wave);
    for (int part = 0; part < 2; part++)
        for (int kx = -MOST; kx <= MOST; kx++) {
            float *to = s->wave[part] + (size_t)(kx & (SIDE - 1)) * SIDE;
            const float *from = s->spectrum[part] + (kx + MOST);

            for (size_t y = 0; y < SIDE; y++)
                to[y] = from[y * LANES];
        }
}

/* Back to rows of pixels. */
static void transpose_back(tmk_synthesis *s)
{
    for (int part = 0; part < 2; part++)
        for (size_t y0 = 0; y0 < SIDE; y0 += 16)
            for (size_t x = 0; x < SIDE; x++)
                for (size_t y = y0; y < y0 + 16; y++)
                    s->scratch[part][y * SIDE + x] = s->wave[part][x * SIDE + y];
}

void tmk_synthesis_run(tmk_synthesis *s, const float **first, const float **second)
{
    transform_columns(s, s->spectrum[0], s->spectrum[1], s->scratch[0], s->scratch[1], LANES);
    transpose(s);
    transform_columns(s, s->wave[0], s->wave[1], s->scratch[0], s->scratch[1], SIDE);
    transpose_back(s);
    *first = s->scratch[0];
    *second = s->scratch[1];
}
