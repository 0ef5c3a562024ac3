/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the mark each place can hide. */
#ifndef TMK_SIGNAL_MASK_H
#define TMK_SIGNAL_MASK_H

#include "image/plane.h"

/* Rows and columns around a place on which its mask depends. */
#define TMK_MASK_MARGIN 2

/*
 * AMPLITUDE_LUMA and AMPLITUDE_CHROMA, planes of LUMA's width, become the deviation, in
 * 8-bit grey levels, that the mark may have there at strength 1; their row 0 is row FIRST of
 * LUMA and CHROMA, whose border rows are repeated outwards.  A picture that is not COLOURED
 * hides nothing in chroma, and more in luma.
 */
tmk_status tmk_mask(tmk_plane *amplitude_luma, tmk_plane *amplitude_chroma,
                    const tmk_plane *luma, const tmk_plane *chroma, int first, int coloured,
                    tmk_error *error);

#endif
