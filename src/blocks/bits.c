/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/bits.h"

#include <string.h>

#define END_OF_BLOCK 0x00
#define SIXTEEN_ZEROS 0xF0
#define LONGEST_CODE 16.0f

/* clang-format off */
const unsigned char tmk_zigzag[TMK_BLOCK_SIZE] = {
     0,  1,  8, 16,  9,  2,  3, 10,
    17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34,
    27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36,
    29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46,
    53, 60, 61, 54, 47, 55, 62, 63,
};
/* clang-format on */

/* Bits that the magnitude of VALUE takes: the coder's category. */
static inline int size_of(int value)
{
    unsigned magnitude = (unsigned)(value < 0 ? -value : value);

    return magnitude == 0 ? 0 : 32 - __builtin_clz(magnitude);
}

/* The binary logarithm of a whole number, good to 0.01: a parabola between powers. */
static float log2_of(uint64_t value)
{
    int power = 63 - __builtin_clzll(value);
    float x = (float)value / (float)((uint64_t)1 << power) - 1;

    return (float)power + x * (1.3465553f - 0.3465553f * x);
}

/* The costs of COUNT symbols that were seen so many times, in halves. */
static void learn(float *cost, const uint64_t *seen, int count)
{
    uint64_t total = 0;

    for (int i = 0; i < count; i++)
        total += 2 * seen[i] + 1;
    for (int i = 0; i < count; i++) {
        float bits = log2_of(total) - log2_of(2 * seen[i] + 1);

        cost[i] = bits < 1 ? 1 : bits > LONGEST_CODE ? LONGEST_CODE : bits;
    }
}

static void count_block(uint64_t ac[256], const tmk_bits_block *block)
{
    uint64_t left = block->nonzero;
    int last = 0;

    while (left != 0) {
        int position = __builtin_ctzll(left);
        int run = position - last - 1;

        ac[SIXTEEN_ZEROS] += (uint64_t)(run / 16);
        ac[run % 16 * 16 + size_of(block->values[position]) % 16]++;
        last = position;
        left &= left - 1;
    }
    ac[END_OF_BLOCK] += last < TMK_BLOCK_SIZE - 1;
}

void tmk_bits_learn(tmk_bits *bits, const tmk_block_plane *plane)
{
    uint64_t ac[256] = {0}, dc[16] = {0};
    tmk_bits_block block;

    for (int y = 0; y < plane->rows; y++)
        for (int x = 0; x < plane->columns; x++) {
            const int16_t *own = tmk_block_at(plane, x, y);

            tmk_bits_load(&block, own);
            count_block(ac, &block);
            if (x > 0)
                dc[size_of(own[0] - tmk_block_at(plane, x - 1, y)[0]) % 16]++;
        }
    learn(bits->ac, ac, 256);
    learn(bits->dc, dc, 16);
}

void tmk_bits_load(tmk_bits_block *block, const int16_t coefficients[TMK_BLOCK_SIZE])
{
    block->nonzero = 0;
    for (int k = 0; k < TMK_BLOCK_SIZE; k++) {
        block->values[k] = coefficients[tmk_zigzag[k]];
        block->nonzero |= (uint64_t)(k > 0 && block->values[k] != 0) << k;
    }
}

void tmk_bits_set(tmk_bits_block *block, int position, int value)
{
    uint64_t bit = (uint64_t)1 << position;

    block->values[position] = (int16_t)value;
    block->nonzero = value != 0 ? block->nonzero | bit : block->nonzero & ~bit;
}

/* A run of zeros and the coefficient after them, its own bits included. */
static inline float pair(const tmk_bits *bits, int run, int value)
{
    int size = size_of(value);

    return (float)(run / 16) * bits->ac[SIXTEEN_ZEROS] + bits->ac[run % 16 * 16 + size % 16] +
           (float)size;
}

/* What follows position LAST, if NEXT (64: none) is the next coefficient. */
static inline float rest(const tmk_bits *bits, const tmk_bits_block *block, int last,
                         int next)
{
    if (next < TMK_BLOCK_SIZE)
        return pair(bits, next - last - 1, block->values[next]);
    return last < TMK_BLOCK_SIZE - 1 ? bits->ac[END_OF_BLOCK] : 0;
}

float tmk_bits_growth(const tmk_bits *bits, const tmk_bits_block *block, int position,
                      int value)
{
    uint64_t below = block->nonzero & (((uint64_t)1 << position) - 1);
    uint64_t above = block->nonzero & (~(uint64_t)1 << position);
    int last = below != 0 ? 63 - __builtin_clzll(below) : 0;
    int next = above != 0 ? __builtin_ctzll(above) : TMK_BLOCK_SIZE;
    int old = block->values[position], run = position - last - 1;
    float before, after;

    if (old != 0 && value != 0)
        return pair(bits, run, value) - pair(bits, run, old);
    before = old == 0 ? rest(bits, block, last, next)
                      : pair(bits, run, old) + rest(bits, block, position, next);
    after = value == 0 ? rest(bits, block, last, next)
                       : pair(bits, run, value) + rest(bits, block, position, next);
    return after - before;
}

float tmk_bits_dc(const tmk_bits *bits, int difference)
{
    int size = size_of(difference);

    return bits->dc[size % 16] + (float)size;
}
