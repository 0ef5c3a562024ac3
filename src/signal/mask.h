/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the mark each place can hide. */
#ifndef TMK_SIGNAL_MASK_H
#define TMK_SIGNAL_MASK_H

#include "image/plane.h"

/* Rows and columns around a place on which its mask depends. */
#define TMK_MASK_MARGIN 2

/* What a page is like as a whole. */
typedef struct tmk_manner {
    int coloured; /* without colour nothing is hidden in chroma, and more in luma */
    float drawn;  /* 0: painted or photographed, 1: lines and flat fills */
} tmk_manner;

/*
 * AMPLITUDE_LUMA and AMPLITUDE_CHROMA, planes of LUMA's width, become the deviation, in
 * 8-bit grey levels, that the mark may have there at strength 1 on a page of MANNER; their
 * row 0 is row FIRST of LUMA and CHROMA, whose border rows are repeated outwards.
 */
tmk_status tmk_mask(tmk_plane *amplitude_luma, tmk_plane *amplitude_chroma,
                    const tmk_plane *luma, const tmk_plane *chroma, int first,
                    tmk_manner manner, tmk_error *error);

/* Pixels that give a page's manner: those in reach of an edge, which are smooth. */
typedef struct tmk_ground {
    int clean;  /* pure white or black, or without any grain */
    int grainy; /* soft tones, brush strokes, film */
} tmk_ground;

/* Counts row Y of LUMA, on which TMK_MASK_MARGIN rows on each side have a say. */
tmk_status tmk_ground_count(tmk_ground *ground, const tmk_plane *luma, int y,
                            tmk_error *error);

/* How much of a page with so many CLEAN and GRAINY pixels is drawn. */
float tmk_ground_drawn(double clean, double grainy);

#endif
