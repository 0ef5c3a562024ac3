/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/packed.h"

#include <string.h>

static void pack(tmk_packed *packed, const uint8_t coded[TMK_CODE_BITS])
{
    memset(packed, 0, sizeof *packed);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        packed->words[i / 64] |= (uint64_t)(coded[i] & 1) << (i % 64);
}

void tmk_packer_init(tmk_packer *packer)
{
    uint8_t coded[TMK_CODE_BITS];

    for (int digit = 0; digit < TMK_PAYLOAD_BITS / 4; digit++)
        for (uint64_t value = 0; value < 16; value++) {
            tmk_payload_encode(value << (4 * digit), coded);
            pack(&packer->digits[digit][value], coded);
        }
}

void tmk_packed_encode(tmk_packed *packed, const tmk_packer *packer, uint64_t payload)
{
    memset(packed, 0, sizeof *packed);
    for (int digit = 0; digit < TMK_PAYLOAD_BITS / 4; digit++) {
        const tmk_packed *add = &packer->digits[digit][payload >> (4 * digit) & 15];

        for (int w = 0; w < TMK_CODE_WORDS; w++)
            packed->words[w] ^= add->words[w];
    }
}

int tmk_packed_distance(const tmk_packed *a, const tmk_packed *b)
{
    int distance = 0;

    for (int w = 0; w < TMK_CODE_WORDS; w++)
        distance += __builtin_popcountll(a->words[w] ^ b->words[w]);
    return distance;
}

void tmk_scorer_init(tmk_scorer *scorer, const double sums[TMK_CODE_BITS], double scale)
{
    for (int byte = 0; byte < TMK_CODE_BYTES; byte++)
        for (int value = 0; value < 256; value++) {
            double sum = 0;

            for (int i = 0; i < 8; i++)
                sum += value >> i & 1 ? -sums[8 * byte + i] : sums[8 * byte + i];
            scorer->sums[byte][value] = (float)(sum * scale);
        }
}

double tmk_scorer_score(const tmk_scorer *scorer, const tmk_packed *packed)
{
    float sum[8] = {0};

    for (int w = 0; w < TMK_CODE_WORDS; w++)
        for (int i = 0; i < 8; i++)
            sum[i] += scorer->sums[8 * w + i][packed->words[w] >> (8 * i) & 255];
    return ((double)sum[0] + sum[1]) + ((double)sum[2] + sum[3]) +
           (((double)sum[4] + sum[5]) + ((double)sum[6] + sum[7]));
}

int tmk_mark_distance(uint64_t a, uint64_t b)
{
    const uint64_t difference = a ^ b; /* the code is linear */
    uint8_t coded[TMK_CODE_BITS];
    int distance = 0;

    tmk_payload_encode(difference, coded);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        distance += coded[i];
    return distance;
}
