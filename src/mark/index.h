/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which band a synchronised picture begins in: all 4096 are correlated, of each variant. */
#ifndef TMK_MARK_INDEX_H
#define TMK_MARK_INDEX_H

#include "mark/soft.h"

/* A band and the correlation of its index carriers over its deviation. */
typedef struct tmk_band {
    int band;
    float score;
} tmk_band;

/* BANDS, TMK_BANDS for each of VARIANTS, become the bands of plane row 0, best first. */
tmk_status tmk_index_search(tmk_band *bands, int variants, const tmk_carriers *carriers,
                            const tmk_spectra *spectra, const tmk_weights *weights,
                            tmk_error *error);

#endif
