/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far the channel code is from the best that any code could do.
 *
 *     bench_code [TRIALS [LIST_SIZE [Z_FROM Z_TO]]]
 *
 * For each strength z, TRIALS random payloads are sent through white Gaussian noise (z^2 is
 * the sum of (amplitude / deviation)^2 over the coded bits).  Beside the measured rates
 * stands the normal approximation for binary input and 64 bits (Polyanskiy, Poor and Verdu
 * 2010): log2 M = nC - sqrt(nV) Q^-1(error) + log2(n) / 2, C and V by integration.
 */
#include "tests/support/noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CALLER_SCORE 12.5 /* what a rigorous bound over all payloads asks for, about */
#define SEED 20240229u

typedef struct tally {
    int trials;
    int missed;       /* best candidate wrong */
    int rejected;     /* not accepted, or wrong */
    int wrong;        /* accepted and wrong */
    int strong;       /* right, accepted and above CALLER_SCORE */
    int strong_wrong; /* wrong, accepted and above CALLER_SCORE */
    double seconds, worst_seconds;
} tally;

static double tail(double x)
{
    return 0.5 * erfc(x / sqrt(2));
}

/* Mean and variance of the information density, bits, of one use at AMPLITUDE. */
static void information_density(double amplitude, double *mean, double *variance)
{
    double sum[3] = {0, 0, 0};

    for (int i = -10000; i <= 10000; i++) {
        double noise = i / 1000.0, weight = exp(-noise * noise / 2);
        double density = 1 - log2(1 + exp(-2 * amplitude * (amplitude + noise)));

        sum[0] += weight;
        sum[1] += weight * density;
        sum[2] += weight * density * density;
    }
    *mean = sum[1] / sum[0];
    *variance = sum[2] / sum[0] - *mean * *mean;
}

/* The block error rate that the best code has, about. */
static double limit(double z)
{
    double n = TMK_CODE_BITS, mean, variance;

    if (z <= 0)
        return 1;
    information_density(z / sqrt(n), &mean, &variance);
    return tail((n * mean - TMK_PAYLOAD_BITS + log2(n) / 2) / sqrt(n * variance));
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void try_once(tmk_decoder *decoder, dice *d, double z, tally *t)
{
    float llr[TMK_CODE_BITS];
    uint64_t payload = dice_next(d);
    tmk_decoding found;
    double from, taken;
    int right;

    /* Pure noise: any amplitude will do to scale it by. */
    noise_transmit(d, payload, z > 0 ? z : 1e-6, llr);
    from = seconds_now();
    tmk_decoder_run(decoder, llr, &found);
    taken = seconds_now() - from;
    right = found.payload == payload;
    t->trials++;
    t->missed += !right;
    t->rejected += !(right && found.accepted);
    t->wrong += !right && found.accepted;
    t->strong += right && found.accepted && found.score > CALLER_SCORE;
    t->strong_wrong += !right && found.accepted && found.score > CALLER_SCORE;
    t->seconds += taken;
    t->worst_seconds = taken > t->worst_seconds ? taken : t->worst_seconds;
}

static void print_rate(int count, int trials)
{
    double rate = (double)count / trials;

    printf("  %7.5f +- %7.5f", rate, sqrt(rate * (1 - rate) / trials));
}

static void bench(tmk_decoder *decoder, double z, int trials)
{
    dice d = {SEED + (uint64_t)llround(1000 * z)};
    tally t = {0};

    while (t.trials < trials)
        try_once(decoder, &d, z, &t);
    printf("%5.2f  %9.2e", z, limit(z));
    print_rate(t.missed, trials);
    print_rate(t.rejected, trials);
    printf("  %5d  %7.5f  %5d  %6d  %5.2f  %5.2f\n", t.wrong, (double)t.strong / trials,
           t.strong_wrong, trials, 1e3 * t.seconds / trials, 1e3 * t.worst_seconds);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int trials = argc > 1 ? atoi(argv[1]) : 2000;
    int list_size = argc > 2 ? atoi(argv[2]) : TMK_DECODER_DEFAULT_LIST;
    double from = argc > 3 ? atof(argv[3]) : 11, to = argc > 4 ? atof(argv[4]) : 15;
    tmk_decoder *decoder = NULL;
    tmk_error error;

    if (trials < 1 || tmk_decoder_new(list_size, &decoder, &error) != TMK_OK) {
        fprintf(stderr, "bench_code: %s\n", trials < 1 ? "no trials" : error.text);
        return 2;
    }
    printf("list %d; missed: best candidate wrong; rejected: wrong or not accepted;\n"
           "wrong: accepted all the same; > %.1f: that with a score above %.1f\n\n"
           "    z      limit  missed               rejected             wrong  > %.1f"
           "   wrong  trials     ms  worst\n",
           list_size, CALLER_SCORE, CALLER_SCORE, CALLER_SCORE);
    if (argc <= 3)
        bench(decoder, 0, trials / 2);
    for (double z = from; z < to + 0.01; z += 0.5)
        bench(decoder, z, trials);
    tmk_decoder_free(&decoder);
    return 0;
}
