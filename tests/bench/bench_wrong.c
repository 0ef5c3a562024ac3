/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In the band of another mark: how often the decoder takes a mark for another one.
 *
 *     bench_wrong [TRIALS]
 *
 * The proof of the bound does not speak of pages that carry another mark of the same key
 * (doc/evidence.md).  Here random marks are sent through white Gaussian noise at strength
 * z, all 2048 coded bits of them or, as in a small fragment, a random few.  "Wrong" counts
 * answers that are another mark and pass the default bound.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/noise.h"
#include "evidence/bound.h"

#define SEED 20240302u
#define LOG10_BOUND (-9.0)
#define LIST TMK_DECODER_QUICK_LIST /* as extraction has it */

typedef struct tally {
    int right, wrong, wrong_accepted; /* beyond the bound */
    double most;                      /* largest z of another mark */
} tally;

/* Sets all but SHOWN values, drawn at random, to zero. */
static void hide(dice *d, float llr[TMK_CODE_BITS], int shown)
{
    int order[TMK_CODE_BITS];

    for (int i = 0; i < TMK_CODE_BITS; i++)
        order[i] = i;
    for (int i = TMK_CODE_BITS - 1; i > 0; i--) {
        int other = (int)(dice_next(d) % (uint64_t)(i + 1)), held = order[i];

        order[i] = order[other];
        order[other] = held;
    }
    for (int i = shown; i < TMK_CODE_BITS; i++)
        llr[order[i]] = 0;
}

/* z of PAYLOAD as extraction computes it; the noise of a value has the deviation UNIT. */
static double z_of(const float llr[TMK_CODE_BITS], uint64_t payload, int shown, double unit)
{
    uint8_t coded[TMK_CODE_BITS];
    double sum = 0;

    tmk_payload_encode(payload, coded);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        sum += coded[i] ? -llr[i] : llr[i];
    return sum / (unit * sqrt(shown));
}

static void try_once(tmk_decoder *decoder, dice *d, int shown, double z, tally *t)
{
    /* noise_transmit spreads its strength over all bits */
    double whole = z * sqrt((double)TMK_CODE_BITS / shown);
    double unit = 2 * whole / sqrt(TMK_CODE_BITS), own;
    uint64_t payload = dice_next(d);
    float llr[TMK_CODE_BITS];
    tmk_decoding found;
    int passes;

    noise_transmit(d, payload, whole, llr);
    hide(d, llr, shown);
    tmk_decoder_run(decoder, llr, &found);
    own = z_of(llr, found.payload, shown, unit);
    passes = tmk_bound_blind(own, 1) <= LOG10_BOUND;
    if (found.payload == payload) {
        t->right += passes;
        return;
    }
    t->wrong += passes;
    t->wrong_accepted += passes && found.accepted;
    t->most = own > t->most ? own : t->most;
}

int main(int argc, char **argv)
{
    static const int shown[] = {128, 160, 200, 256, 320, 400, 512, 1024, TMK_CODE_BITS};
    static const double strengths[] = {11, 12, 12.5, 13, 13.5, 14, 16, 20};
    int trials = argc > 1 ? atoi(argv[1]) : 2000;
    tmk_decoder *decoder = NULL;
    tmk_error error;

    if (trials < 1 || tmk_decoder_new(LIST, &decoder, &error) != TMK_OK) {
        fprintf(stderr, "bench_wrong: %s\n", trials < 1 ? "no trials" : error.text);
        return 2;
    }
    printf("%d trials each; right, wrong: beyond the bound of 1e-9\n\n", trials);
    printf("| coded bits seen | z | right | wrong | wrong, and accepted by the decoder | "
           "largest z of a wrong mark |\n|---|---|---|---|---|---|\n");
    for (size_t s = 0; s < sizeof shown / sizeof shown[0]; s++)
        for (size_t i = 0; i < sizeof strengths / sizeof strengths[0]; i++) {
            dice d = {SEED + 1000 * (uint64_t)shown[s] + i};
            tally t = {0};

            for (int trial = 0; trial < trials; trial++)
                try_once(decoder, &d, shown[s], strengths[i], &t);
            printf("| %d | %.1f | %d | %d | %d | %.2f |\n", shown[s], strengths[i], t.right,
                   t.wrong, t.wrong_accepted, t.most);
            fflush(stdout);
        }
    tmk_decoder_free(&decoder);
    return 0;
}
