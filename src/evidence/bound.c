/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence/bound.h"

#include <math.h>

#include "carrier/carrier.h"
#include "code/payload.h"

/* One picture is asked two questions, blind and known, hence the factor of two. */
#define QUESTIONS 2.0

static double bound(double z, double log10_payloads, int variants)
{
    double log10_hypotheses = log10(QUESTIONS * TMK_MAX_POSES * TMK_BANDS * variants) +
                              log10_payloads;
    double value = z > 0 ? log10_hypotheses - z * z / 2 / M_LN10 : log10_hypotheses;

    return fmin(value, 0);
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
