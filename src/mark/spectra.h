/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a picture holds at the carriers' frequencies, tile by tile, once it is known how
 * it lies on the plane.
 */
#ifndef TMK_MARK_SPECTRA_H
#define TMK_MARK_SPECTRA_H

#include "carrier/carrier.h"
#include "signal/fft.h"
#include "signal/resample.h"

/* Whitened observations of the tiles that the picture touches. */
typedef struct tmk_spectra {
    int x0, y0;         /* the first tile, counted on the plane (may be negative) */
    int columns, rows;  /* of tiles */
    int counts[TMK_COMPONENTS];
    float complex *values[TMK_COMPONENTS]; /* [tile][bin] */
} tmk_spectra;

/*
 * SPECTRA of the residuals, one pyramid for each component, under MAP, which leads from
 * the plane to the picture of WIDTH x HEIGHT pixels.  FFT has the side TMK_TILE.
 */
tmk_status tmk_spectra_measure(tmk_spectra *spectra, const tmk_carriers *carriers,
                               const tmk_fft *fft,
                               const tmk_pyramid residuals[TMK_COMPONENTS], int width,
                               int height, const tmk_affine *map, tmk_error *error);
void tmk_spectra_release(tmk_spectra *spectra);

#endif
