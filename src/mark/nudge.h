/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A place that is a pixel or two beside the right one.  Where a mark is weak, noise moves
 * the peak of its sync carriers by that much, and the data carriers of high frequency are
 * lost.  Once the band is known, its index carriers help to find the very place.
 */
#ifndef TMK_MARK_NUDGE_H
#define TMK_MARK_NUDGE_H

#include "mark/soft.h"
#include "signal/affine.h"

/*
 * Moves MAP, at which SPECTRA were measured, by up to 3 released pixels each way to where
 * the sync carriers and the index carriers of BAND, plane row 0's, correlate best; returns
 * whether that is elsewhere.  Data carriers are not looked at.
 */
int tmk_nudge(tmk_affine *map, const tmk_carriers *carriers, const tmk_spectra *spectra,
              const tmk_weights *weights, int band);

#endif
