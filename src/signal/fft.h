/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two-dimensional real transforms in single precision.  The only user of FFTW: plans are
 * made by estimate, under one lock, and any number of threads may run them.
 */
#ifndef TMK_SIGNAL_FFT_H
#define TMK_SIGNAL_FFT_H

#include <complex.h>

#include "base/status.h"

/* A square transform of SIDE x SIDE samples. */
typedef struct tmk_fft tmk_fft;

/* Columns of a half spectrum: bins kx = 0 .. SIDE / 2 of each row. */
#define TMK_FFT_COLUMNS(side) ((side) / 2 + 1)

/* Makes plans for sides of SIDE; ends with tmk_fft_free. */
tmk_status tmk_fft_new(tmk_fft **fft, int side, tmk_error *error);

/* The same where only the first COLUMNS columns of half spectra matter: the others of a
 * spectrum that is made are meaningless, and of one that is transformed back, zero. */
tmk_status tmk_fft_new_low(tmk_fft **fft, int side, int columns, tmk_error *error);
void tmk_fft_free(tmk_fft **fft);

/*
 * SPECTRUM[ky * (SIDE / 2 + 1) + kx] = sum over x, y of
 *     SAMPLES[y * SIDE + x] exp(-2 pi j (kx x + ky y) / SIDE).
 * Both arrays come from tmk_calloc.  SAMPLES is kept.
 */
void tmk_fft_forward(const tmk_fft *fft, float *samples, float complex *spectrum);

/* The inverse without the factor 1 / SIDE^2; SPECTRUM is destroyed. */
void tmk_fft_inverse(const tmk_fft *fft, float complex *spectrum, float *samples);

#endif
