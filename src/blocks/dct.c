/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/dct.h"

#include "base/wider.h"

/* Row u: c(u) cos((2 x + 1) u pi / 16), c(0) = sqrt(1/8), c(u) = 1/2 otherwise. */
/* clang-format off */
static const float basis[8][8] = {
    { 0.353553391f,  0.353553391f,  0.353553391f,  0.353553391f,
      0.353553391f,  0.353553391f,  0.353553391f,  0.353553391f},
    { 0.490392640f,  0.415734806f,  0.277785117f,  0.097545161f,
     -0.097545161f, -0.277785117f, -0.415734806f, -0.490392640f},
    { 0.461939766f,  0.191341716f, -0.191341716f, -0.461939766f,
     -0.461939766f, -0.191341716f,  0.191341716f,  0.461939766f},
    { 0.415734806f, -0.097545161f, -0.490392640f, -0.277785117f,
      0.277785117f,  0.490392640f,  0.097545161f, -0.415734806f},
    { 0.353553391f, -0.353553391f, -0.353553391f,  0.353553391f,
      0.353553391f, -0.353553391f, -0.353553391f,  0.353553391f},
    { 0.277785117f, -0.490392640f,  0.097545161f,  0.415734806f,
     -0.415734806f, -0.097545161f,  0.490392640f, -0.277785117f},
    { 0.191341716f, -0.461939766f,  0.461939766f, -0.191341716f,
     -0.191341716f,  0.461939766f, -0.461939766f,  0.191341716f},
    { 0.097545161f, -0.277785117f,  0.415734806f, -0.490392640f,
      0.490392640f, -0.415734806f,  0.277785117f, -0.097545161f},
};
/* clang-format on */

/* OUT = LEFT RIGHT, 8 x 8 each; sums run in one order, so that every machine rounds alike. */
static inline void multiply(float out[8][8], const float left[8][8], const float right[8][8])
{
    for (int i = 0; i < 8; i++) {
        float row[8] = {0};

        for (int k = 0; k < 8; k++)
            for (int j = 0; j < 8; j++)
                row[j] += left[i][k] * right[k][j];
        for (int j = 0; j < 8; j++)
            out[i][j] = row[j];
    }
}

static inline void transpose(float out[8][8], const float in[8][8])
{
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++)
            out[j][i] = in[i][j];
}

TMK_WIDER
void tmk_dct(float coefficients[8][8], const float samples[8][8])
{
    float columns[8][8], turned[8][8];

    transpose(turned, basis);
    multiply(columns, basis, samples);
    multiply(coefficients, (const float(*)[8])columns, (const float(*)[8])turned);
}

TMK_WIDER
void tmk_dct_inverse(float samples[8][8], const float coefficients[8][8])
{
    float columns[8][8], turned[8][8];

    transpose(turned, basis);
    multiply(columns, (const float(*)[8])turned, coefficients);
    multiply(samples, (const float(*)[8])columns, basis);
}
