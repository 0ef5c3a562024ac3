/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adds to a JPEG's quantised coefficients what would be added to its pixels, so that nothing
 * else of it changes.
 *
 *     planes    luma's target goes to Y, blue-yellow's to Cb (luma held constant, Cr stays);
 *               in a file of RGB to R, G and B as they make these up; each averaged over
 *               the pixels that a sample of the plane stands for
 *     blocks    DCT of the target, and a choice of whole numbers: blocks/rounding.h
 *
 * Blocks that have nothing to hide stay as they are, bit by bit.
 */
#ifndef TMK_BLOCKS_ADD_H
#define TMK_BLOCKS_ADD_H

#include "blocks/blocks.h"
#include "image/plane.h"

/* Rows of the picture, as it is stored, from FIRST on, in 8-bit grey levels. */
typedef struct tmk_targets {
    int first;
    tmk_plane luma, chroma;           /* what is to be added */
    tmk_plane luma_room, chroma_room; /* deviations that can be hidden at strength 1 */
} tmk_targets;

/* Where targets come from.  Both functions are called on any thread. */
typedef struct tmk_target_source {
    void *context;
    float strength; /* of what is added */
    /* Fills TARGETS, all zero, with rows that include FIRST to FIRST + COUNT - 1. */
    tmk_status (*rows)(void *context, int first, int count, tmk_targets *targets,
                       tmk_error *error);
    /* Ends them, also after a failure. */
    void (*release)(void *context, tmk_targets *targets);
} tmk_target_source;

/* MARKED, a copy of BLOCKS, gets what SOURCE gives.  After a failure MARKED is of no use. */
tmk_status tmk_blocks_add(tmk_blocks *marked, const tmk_blocks *blocks,
                          const tmk_target_source *source, int threads, tmk_error *error);

#endif
