/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From observations to the soft values of the coded bits. */
#ifndef TMK_MARK_SOFT_H
#define TMK_MARK_SOFT_H

#include "code/payload.h"
#include "mark/spectra.h"

/* How much each carrier's observation counts: amplitude over power, by its frequency. */
typedef struct tmk_weights {
    float bins[TMK_COMPONENTS][TMK_MAX_BINS];
} tmk_weights;

/* No band is known yet: only sync carriers are asked. */
#define TMK_NO_BAND (-1)

/* Classes of frequency, and that of a bin of COMPONENT. */
#define TMK_CLASSES 4
int tmk_class_of(int component, tmk_bin bin);

/* Correlation and power of some carriers of known sign, by class. */
typedef struct tmk_tally {
    double sum[TMK_CLASSES], power[TMK_CLASSES];
} tmk_tally;

/* What the sync carriers of COMPONENT show, and the index carriers if plane row 0 begins band
 * BAND. */
typedef struct tmk_known_signs {
    tmk_tally sync, index;
} tmk_known_signs;

void tmk_known_signs_count(tmk_known_signs *known, const tmk_carriers *carriers,
                           const tmk_spectra *spectra, int component, int band);

/* Whether sync carriers show less of the mark than index carriers do, which nothing gives them
 * but their subtraction: then they say nothing of data carriers. */
int tmk_sync_was_taken(const tmk_known_signs *known);

/* All that is to be believed of them. */
tmk_tally tmk_known_signs_tally(const tmk_known_signs *known);

/* Amplitude over power of each class with a sign for all, negative where they show an inverted
 * picture; 0 for a class without carriers. */
void tmk_tally_amplitudes(double amplitudes[TMK_CLASSES], const tmk_tally *tally);

/*
 * What an attack left of the mark differs by component and frequency (a codec keeps the
 * low ones, a conversion to grey no chroma), and the carriers of known sign show it: those of
 * sync, and those of index under the hypothesis that plane row 0 begins band BAND; those of
 * index alone where sync was taken away.  Data carriers are not looked at.
 */
void tmk_weights_estimate(tmk_weights *weights, const tmk_carriers *carriers,
                          const tmk_spectra *spectra, int band);

/* What a band's data carriers say. */
typedef struct tmk_soft {
    double sums[TMK_CODE_BITS];  /* proportional to log-likelihood ratios ln P(0) / P(1) */
    float values[TMK_CODE_BITS]; /* the same for the decoder */
    double power; /* variance of the sum of (-1)^c sums[c] over uniform random phases */
} tmk_soft;

/* SOFT under the hypothesis that plane row 0 begins band BAND. */
void tmk_soft_read(tmk_soft *soft, const tmk_carriers *carriers, const tmk_spectra *spectra,
                   const tmk_weights *weights, int band);

/* z of CODED: its correlation with SOFT over the deviation. */
double tmk_soft_score(const tmk_soft *soft, const uint8_t coded[TMK_CODE_BITS]);

#endif
