/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeatable payloads and Gaussian noise for the tests of the channel code. */
#ifndef TESTS_NOISE_H
#define TESTS_NOISE_H

#include <math.h>

#include "code/payload.h"
#include "tests/support/dice.h"

/* Uniform, above 0 and below 1. */
static inline double noise_uniform(dice *d)
{
    return ((double)(dice_next(d) >> 12) + 0.5) / 4503599627370496.0;
}

/* Two independent normal values of deviation 1 (Box and Muller 1958). */
static inline void noise_pair(dice *d, double pair[2])
{
    double radius = sqrt(-2 * log(noise_uniform(d)));
    double angle = 6.283185307179586 * noise_uniform(d);

    pair[0] = radius * cos(angle);
    pair[1] = radius * sin(angle);
}

/* What a channel of total strength Z makes of PAYLOAD: amplitude z / sqrt(N), noise 1. */
static inline void noise_transmit(dice *d, uint64_t payload, double z,
                                  float llr[TMK_CODE_BITS])
{
    double amplitude = z / sqrt(TMK_CODE_BITS);
    uint8_t coded[TMK_CODE_BITS];

    tmk_payload_encode(payload, coded);
    for (int i = 0; i < TMK_CODE_BITS; i += 2) {
        double noise[2];

        noise_pair(d, noise);
        for (int j = 0; j < 2; j++)
            llr[i + j] =
                (float)(2 * amplitude * ((coded[i + j] ? -amplitude : amplitude) + noise[j]));
    }
}

#endif
