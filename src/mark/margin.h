/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a mark lies above what decoding needs after a standard attack. */
#ifndef TMK_MARK_MARGIN_H
#define TMK_MARK_MARGIN_H

#include "carrier/carrier.h"
#include "image/plane.h"
#include "mark/origin.h"

/* Data score at which nearly every payload decodes (the code misses 0.1 % there). */
#define TMK_SCORE_NEEDED 13.0

/*
 * *MARGIN_DB becomes 20 log10 of the score that CODED, embedded in PICTURE at ORIGIN, is
 * expected to have after JPEG at quality 50 with halved chroma, over the score that
 * decoding needs; -HUGE_VAL where the picture hides nothing.  A few pieces of the picture
 * are put through the codec's arithmetic and read; the amplitude planes of the mask say how
 * much of the mark they hold.
 */
tmk_status tmk_margin(double *margin_db, const tmk_carriers *carriers,
                      const tmk_picture *picture, const tmk_origin *origin,
                      const uint8_t *coded, const tmk_plane *luma_amplitude,
                      const tmk_plane *chroma_amplitude, tmk_error *error);

#endif
