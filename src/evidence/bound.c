/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence/bound.h"

#include <math.h>

#include "carrier/carrier.h"
#include "code/payload.h"

/* One picture is asked two questions, blind and known, hence the factor of two. */
#define QUESTIONS 2.0

static double log10_hypotheses(double log10_payloads, int variants)
{
    return log10(QUESTIONS * TMK_MAX_POSES * TMK_BANDS * variants) + log10_payloads;
}

static double bound(double z, double log10_payloads, int variants)
{
    double hypotheses = log10_hypotheses(log10_payloads, variants);

    return fmin(z > 0 ? hypotheses - z * z / 2 / M_LN10 : hypotheses, 0);
}

double tmk_bound_stated(double log10_tail, double questions)
{
    return fmin(fmax(log10_tail, TMK_LEAST_LOG10_P) + log10(fmax(questions, 1)), 0);
}

double tmk_bound_blind(double z, int variants)
{
    return bound(z, TMK_PAYLOAD_BITS * log10(2), variants);
}

double tmk_bound_known(double z, size_t known_count, int variants)
{
    return bound(z, log10(known_count > 0 ? (double)known_count : 1), variants);
}

double tmk_bound_least(double log10_bound, double questions, size_t known_count, int variants)
{
    double tail = log10_bound - log10(fmax(questions, 1));
    double payloads = log10(known_count > 0 ? (double)known_count : 1);

    if (tail < TMK_LEAST_LOG10_P)
        return HUGE_VAL;
    return sqrt(fmax(2 * M_LN10 * (log10_hypotheses(payloads, variants) - tail), 0));
}

double tmk_another_blind(size_t known_count, double questions)
{
    double words = (double)TMK_MAX_DECODED * (double)known_count;

    if (known_count == 0)
        return NAN; /* nobody can be named */
    return fmin(log10(words * fmax(questions, 1)) - TMK_PAYLOAD_BITS * log10(2), 0);
}

double tmk_another_known(size_t known_count, int decoys, double questions)
{
    double n = (double)known_count;

    if (known_count == 0 || decoys <= 0)
        return NAN;
    return fmin(log10(n / (n + decoys) * fmax(questions, 1)), 0);
}
