/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The choice of whole numbers for target changes of quantised coefficients.
 *
 * Where a target is less than half a quantiser's step, which in flats is the rule, rounding
 * loses it, and with it the mark.  But a mark is a correlation: it does not matter which
 * coefficients carry it.  So each coefficient is given that change of n steps of q, towards
 * its target w, whose gain is largest:
 *
 *     gain of n  = w ((1 - b - c) n q + b d75(n) + c d50(n))   correlation, now and later
 *                  - theta (n q)^2                             energy, which could be seen
 *                  - lambda bits(n)                            growth of the file
 *
 * where correlation and energy count per what the block can hide.  d75 and d50 are what a
 * re-encoding at these qualities leaves of the change: of a coefficient that stands just
 * below one of the coarser thresholds it makes a whole coarse step, of others nothing.
 * theta = 1/2 is plain rounding; in each region it is the highest price, within bounds, at
 * which the correlation of the targets is reached.  Bits are those of the entropy coder:
 * many choices cost none, and some shrink the file.
 */
#ifndef TMK_BLOCKS_ROUNDING_H
#define TMK_BLOCKS_ROUNDING_H

#include "blocks/blocks.h"
#include "blocks/bits.h"

/* What is known of a plane before its blocks are marked; the same for every mark. */
typedef struct tmk_rounding {
    const uint16_t *quantiser;
    int is_chroma;
    int on_grid; /* luma of which a re-encoding would have the same blocks */
    float step75[TMK_BLOCK_SIZE], step50[TMK_BLOCK_SIZE]; /* its quantisers then */
    tmk_bits bits;
} tmk_rounding;

/* Learns plane number PLANE of BLOCKS, which must stay.  IS_CHROMA: a codec's table for
 * chroma would be used for it. */
void tmk_rounding_init(tmk_rounding *rounding, const tmk_blocks *blocks, int plane,
                       int is_chroma);

#define TMK_REGION 8 /* blocks along a side of a region */

/* A region of a plane: blocks that make up for each other's losses. */
typedef struct tmk_region {
    const tmk_block_plane *plane;
    tmk_block_plane *marked;             /* a copy of it */
    int column, row, columns, rows;      /* of blocks; at most TMK_REGION */
    float room[TMK_REGION * TMK_REGION]; /* squared amplitude that each block can hide */
    float target[TMK_REGION * TMK_REGION][TMK_BLOCK_SIZE]; /* changes, in samples' units */
} tmk_region;

/* Chooses the region's coefficients; blocks without room stay as they are. */
void tmk_round_region(const tmk_rounding *rounding, const tmk_region *region);

#endif
