/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plane of sync carriers, one period of it, as the search needs it. */
#ifndef TMK_SYNC_PILOTS_H
#define TMK_SYNC_PILOTS_H

#include "carrier/carrier.h"
#include "signal/affine.h"
#include "signal/fft.h"

/* The period at a quarter of the size: no sync carrier lies above its Nyquist frequency. */
#define TMK_PILOT_STEP 4
#define TMK_PILOT_SIDE (TMK_PERIOD / TMK_PILOT_STEP)
#define TMK_PILOT_BINS ((size_t)TMK_PILOT_SIDE * TMK_FFT_COLUMNS(TMK_PILOT_SIDE))

/* How a picture can lie: the plane's axes map to these signed axes of the picture. */
#define TMK_ORIENTATIONS 8
extern const tmk_affine tmk_orientations[TMK_ORIENTATIONS]; /* 0 upright, 1 mirrored, then
                                                               turned by quarters */

typedef struct tmk_pilots {
    float complex *spectra[TMK_COMPONENTS]; /* [orientation][bin] */
} tmk_pilots;

/* FFT has the side TMK_PILOT_SIDE. */
tmk_status tmk_pilots_make(tmk_pilots *pilots, const tmk_carriers *carriers,
                           const tmk_fft *fft, tmk_error *error);
void tmk_pilots_release(tmk_pilots *pilots);

#endif
