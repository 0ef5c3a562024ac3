/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an attack left of the mark may differ from place to place: a filter that keeps edges and
 * subtracts what it removes from flats leaves the mark's negative there and the mark itself in
 * texture, and the two cancel.  So the residual is taken apart into layers (signal/layers.h),
 * and each counts by what the carriers of known sign show in it, with its sign.
 */
#ifndef TMK_MARK_LAYERED_H
#define TMK_MARK_LAYERED_H

#include "mark/spectra.h"

/* SPECTRA become the sum of LAYERS, as below. */
void tmk_layered_combine(tmk_spectra *spectra, const tmk_spectra layers[TMK_LAYERS],
                         const tmk_carriers *carriers, int band);

/* The layers of one base of a picture's residuals: made when they are first asked for, and
 * kept.  Starts as zeros; tmk_layered_release where the residuals end. */
typedef struct tmk_layered {
    const tmk_pyramid *base; /* NULL: of none */
    tmk_layers layers;
} tmk_layered;

void tmk_layered_release(tmk_layered *layered);

/*
 * SPECTRA, measured of RESIDUALS under MAP, become the sum of the layers' spectra, each times
 * its amplitude over power, relative to that of the whole, by component and class of frequency.
 * Where the sync carriers, and the index carriers if plane row 0 begins band BAND (which may
 * be TMK_NO_BAND), do not show that layers differ, SPECTRA stay nearly as they are.  Data
 * carriers are not looked at.  Rows that are empty stay so; pictures beyond 16 million pixels
 * are left alone.
 */
tmk_status tmk_layered_gather(tmk_layered *layered, tmk_spectra *spectra,
                              const tmk_carriers *carriers, const tmk_fft *fft,
                              const tmk_residuals *residuals, const tmk_affine *map, int band,
                              tmk_error *error);

#endif
