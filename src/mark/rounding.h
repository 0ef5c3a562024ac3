/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TMK_MARK_ROUNDING_H
#define TMK_MARK_ROUNDING_H

#include "image/blocks.h"
#include "signal/bits.h"

typedef struct tmk_rounding_tuning {
    float now, at75, at50; /* weights of the correlation */
    float theta_high, theta_low; /* price of energy; .5 is plain rounding */
    float lambda; /* price of a bit */
    float target; /* share of wanted correlation */
    float most; /* energy cap relative */
    int plain; float beta;
} tmk_rounding_tuning;
extern tmk_rounding_tuning tmk_tuning[2];

typedef struct tmk_rounding {
    const tmk_rounding_tuning *tuning;
    const uint16_t *quantiser;
    float codec75[TMK_BLOCK_SIZE], codec50[TMK_BLOCK_SIZE];
    tmk_bits bits;
} tmk_rounding;

void tmk_rounding_init(tmk_rounding *r, const tmk_block_plane *plane, int is_chroma, int aligned);

float tmk_round_block(const tmk_rounding *r, int16_t *out, const int16_t *in, const float *wish,
    float value, float theta, int dc_left, int dc_right);
#endif
