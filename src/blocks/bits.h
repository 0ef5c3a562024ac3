/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What JPEG's entropy coder (ITU-T T.81, annex F) spends on a plane's coefficients, as an
 * estimate in plain C that is the same on every machine: each symbol costs the logarithm of
 * how rare it is in the plane.
 */
#ifndef TMK_BLOCKS_BITS_H
#define TMK_BLOCKS_BITS_H

#include "blocks/blocks.h"

/* Natural index of each coefficient in the coder's order. */
extern const unsigned char tmk_zigzag[TMK_BLOCK_SIZE];

typedef struct tmk_bits {
    float ac[256]; /* of a symbol: zeros before a coefficient x 16 + its size */
    float dc[16];  /* of a difference's size */
} tmk_bits;

/* Learns the costs from what PLANE holds. */
void tmk_bits_learn(tmk_bits *bits, const tmk_block_plane *plane);

/* A block in the coder's order. */
typedef struct tmk_bits_block {
    int16_t values[TMK_BLOCK_SIZE];
    uint64_t nonzero; /* bit k: values[k] is not 0; the first, DC, is left out */
} tmk_bits_block;

void tmk_bits_load(tmk_bits_block *block, const int16_t coefficients[TMK_BLOCK_SIZE]);

/* Sets the coefficient that stands at POSITION in the coder's order, 1 to 63. */
void tmk_bits_set(tmk_bits_block *block, int position, int value);

/* By how many bits the block grows if POSITION, 1 to 63, gets VALUE. */
float tmk_bits_growth(const tmk_bits *bits, const tmk_bits_block *block, int position,
                      int value);

/* Bits of a DC coefficient that differs by DIFFERENCE from the one before it. */
float tmk_bits_dc(const tmk_bits *bits, int difference);

#endif
