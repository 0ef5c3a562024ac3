/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a mark adds to a page: for a page with its origin on the plane of tiles,
 *
 *     tile      pattern = sum over carriers k of 2 A_k Re(s_k u_k exp(2 pi j k x / 128)),
 *               u_k its keyed phase, s_k = 1 for sync and index, (-1)^c for data carriers
 *     delta     strength * amplitude the place can hide * pattern, for luma and for Cb
 */
#ifndef TMK_MARK_PATTERN_H
#define TMK_MARK_PATTERN_H

#include "code/payload.h"
#include "mark/analysis.h"
#include "mark/origin.h"

/* A codeword of a key at an origin. */
typedef struct tmk_pattern {
    const tmk_carriers *carriers;
    tmk_origin origin;    /* of the page's upper left corner */
    const uint8_t *coded; /* TMK_CODE_BITS bits, 0 or 1 */
    float strength;
    int coloured; /* as the page's survey has it: chroma is marked as well */
} tmk_pattern;

/*
 * DELTA, planes of the page's width, become what is to be added to its rows from FIRST on,
 * in 8-bit grey levels: zero where nothing can be hidden.  ANALYSIS must hold these rows.
 */
tmk_status tmk_pattern_rows(tmk_plane delta[TMK_COMPONENTS], const tmk_pattern *pattern,
                            int first, const tmk_analysis *analysis, tmk_error *error);

/* The first row below Y that begins a row of tiles.  Parts that end there are cheapest: a
 * tile is computed again for each part of it that is asked for. */
int tmk_pattern_next(const tmk_pattern *pattern, int y);

#endif
