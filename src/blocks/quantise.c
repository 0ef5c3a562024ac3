/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/quantise.h"

#include <math.h>

#include "blocks/dct.h"

/* clang-format off */
const unsigned char tmk_quantiser_luma[64] = {
     16,  11,  10,  16,  24,  40,  51,  61,
     12,  12,  14,  19,  26,  58,  60,  55,
     14,  13,  16,  24,  40,  57,  69,  56,
     14,  17,  22,  29,  51,  87,  80,  62,
     18,  22,  37,  56,  68, 109, 103,  77,
     24,  35,  55,  64,  81, 104, 113,  92,
     49,  64,  78,  87, 103, 121, 120, 101,
     72,  92,  95,  98, 112, 100, 103,  99,
};

const unsigned char tmk_quantiser_chroma[64] = {
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
};
/* clang-format on */

static void quantise_block(tmk_plane *plane, int left, int top, const unsigned char table[64])
{
    float block[8][8];

    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            block[y][x] = tmk_plane_row(plane, top + y)[left + x];
    tmk_dct(block, (const float(*)[8])block);
    for (int i = 0; i < 64; i++)
        block[i / 8][i % 8] = rintf(block[i / 8][i % 8] / (float)table[i]) * (float)table[i];
    tmk_dct_inverse(block, (const float(*)[8])block);
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            tmk_plane_row(plane, top + y)[left + x] = rintf(block[y][x]);
}

void tmk_quantise(tmk_plane *plane, const unsigned char table[64])
{
    for (int y = 0; y + 8 <= plane->height; y += 8)
        for (int x = 0; x + 8 <= plane->width; x += 8)
            quantise_block(plane, x, y, table);
}
