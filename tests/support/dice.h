/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeded numbers that are alike on every machine: SplitMix64 (Steele, Lea, Flood 2014). */
#ifndef TESTS_DICE_H
#define TESTS_DICE_H

#include <stdint.h>

typedef struct dice {
    uint64_t state;
} dice;

static inline uint64_t dice_next(dice *d)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 32 bits from the middle of the next number. */
static inline uint32_t dice_bits(dice *d)
{
    return (uint32_t)(dice_next(d) >> 16);
}

/* The dice number STREAM of SEED; neighbouring seeds and streams are unrelated. */
static inline dice dice_of(uint64_t seed, uint64_t stream)
{
    dice first = {seed}, second;

    second.state = dice_next(&first) ^ (stream * 0xd1342543de82ef95u);
    second.state = dice_next(&second);
    return second;
}

/* Uniform in [0, 1). */
static inline double dice_unit(dice *d)
{
    return (double)(dice_next(d) >> 11) * 0x1p-53;
}

/* Uniform in [LOW, HIGH). */
static inline double dice_between(dice *d, double low, double high)
{
    return low + (high - low) * dice_unit(d);
}

/* A whole number from LOW to HIGH, both included; LOW where HIGH is below it. */
static inline int dice_int(dice *d, int low, int high)
{
    if (high <= low)
        return low;
    return low + (int)((dice_next(d) >> 33) % (uint64_t)(high - low + 1));
}

/* True with probability P. */
static inline int dice_chance(dice *d, double p)
{
    return dice_unit(d) < p;
}

/* Bell-shaped, deviation 1, within -6 to 6: twelve uniform numbers, no libm. */
static inline double dice_bell(dice *d)
{
    int64_t sum = 0;

    for (int word = 0; word < 3; word++) {
        uint64_t bits = dice_next(d);

        for (int part = 0; part < 4; part++)
            sum += (int64_t)(bits >> (16 * part) & 0xffff);
    }
    return (double)(2 * sum - 12 * 65535) * (0.5 / 65536.0);
}

#endif
