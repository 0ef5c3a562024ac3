/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns the spectra of a tile's two components into their patterns.
 *
 * This is the transform whose result decides the bytes of a marked page, so it must round
 * alike on every machine, which a tuned library does not promise.  It is therefore plain
 * C: a Stockham transform of radix 4 (W. T. Cochran et al., 1967; C. Van Loan, 1992) over
 * many columns at once, luma as the real and chroma as the imaginary part, and the many
 * bins above the carriers left out.
 */
#ifndef TMK_SIGNAL_SYNTHESIS_H
#define TMK_SIGNAL_SYNTHESIS_H

#include <complex.h>

#include "base/status.h"

#define TMK_SYNTHESIS_SIDE 128
#define TMK_SYNTHESIS_MAX_BIN 20

typedef struct tmk_synthesis tmk_synthesis;

tmk_status tmk_synthesis_new(tmk_synthesis **synthesis, tmk_error *error);
void tmk_synthesis_free(tmk_synthesis **synthesis);

/* Clears both spectra. */
void tmk_synthesis_clear(tmk_synthesis *synthesis);

/* Adds to component 0 or 1 the wave  2 Re(VALUE exp(2 pi j (KX x + KY y) / 128)). */
void tmk_synthesis_add(tmk_synthesis *synthesis, int component, int kx, int ky,
                       float complex value);

/* The patterns, 128 x 128 each; valid until the next call.  Destroys the spectra. */
void tmk_synthesis_run(tmk_synthesis *synthesis, const float **first, const float **second);

#endif
