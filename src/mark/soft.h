/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From observations to the soft values of the coded bits. */
#ifndef TMK_MARK_SOFT_H
#define TMK_MARK_SOFT_H

#include "code/payload.h"
#include "mark/spectra.h"

/*
 * How much each component's observations count: the amplitude of its sync carriers over
 * the power of what is observed there.  Depends on sync carriers alone.
 */
void tmk_soft_weights(float weights[TMK_COMPONENTS], const tmk_carriers *carriers,
                      const tmk_spectra *spectra);

/* What a band's data carriers say. */
typedef struct tmk_soft {
    float values[TMK_CODE_BITS]; /* proportional to log-likelihood ratios ln P(0) / P(1) */
    double power; /* variance of the sum of (-1)^c values[c] over uniform random phases */
} tmk_soft;

/* SOFT under the hypothesis that plane row 0 begins band BAND. */
void tmk_soft_read(tmk_soft *soft, const tmk_carriers *carriers, const tmk_spectra *spectra,
                   const float weights[TMK_COMPONENTS], int band);

/* z of CODED: its correlation with SOFT over the deviation. */
double tmk_soft_score(const tmk_soft *soft, const uint8_t coded[TMK_CODE_BITS]);

#endif
