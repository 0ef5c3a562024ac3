/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Coded bits, 64 to a word, and scores of very many marks at once.
 *
 * The code is linear, so the coded bits of a payload are those of its 16 digits added up;
 * and a score is a sum over 256 bytes of coded bits, of which each has one of 256 values
 * that are computed before.
 */
#ifndef TMK_CODE_PACKED_H
#define TMK_CODE_PACKED_H

#include "code/payload.h"

#define TMK_CODE_WORDS (TMK_CODE_BITS / 64)

/* Coded bit 64 w + i is bit i of word w. */
typedef struct tmk_packed {
    uint64_t words[TMK_CODE_WORDS];
} tmk_packed;

/* What each digit of a payload adds. */
typedef struct tmk_packer {
    tmk_packed digits[TMK_PAYLOAD_BITS / 4][16];
} tmk_packer;

void tmk_packer_init(tmk_packer *packer);

/* The coded bits of PAYLOAD. */
void tmk_packed_encode(tmk_packed *packed, const tmk_packer *packer, uint64_t payload);

/* In how many coded bits A and B differ. */
int tmk_packed_distance(const tmk_packed *a, const tmk_packed *b);

#define TMK_CODE_BYTES (TMK_CODE_BITS / 8)

/* The sums that each byte of coded bits may give. */
typedef struct tmk_scorer {
    float sums[TMK_CODE_BYTES][256];
} tmk_scorer;

/* Scores are sum of (-1)^c SUMS[c] times SCALE. */
void tmk_scorer_init(tmk_scorer *scorer, const double sums[TMK_CODE_BITS], double scale);
double tmk_scorer_score(const tmk_scorer *scorer, const tmk_packed *packed);

#endif
