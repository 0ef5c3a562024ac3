/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The choice of whole numbers for wished changes of quantised coefficients.
 *
 * Where a wish is less than half a quantiser's step, which in flats is the rule, rounding
 * it loses it, and with it the mark.  But a mark is a correlation: it does not matter which
 * coefficients carry it.  So each coefficient is given the change n, in steps and towards
 * its wish w, that is worth most:
 *
 *     value of n = w (a q n + b d75(n) + c d50(n))     correlation, now and later
 *                - theta (q n)^2 (1 + beta x)          energy that could be seen
 *                - lambda bits(n)                      growth of the file
 *
 * per what the block can hide.  d75 and d50 are the changes that are left after a codec's
 * re-encoding at these qualities: a coefficient that stands just below one of its
 * thresholds turns one of our steps into a whole one of its own.  theta = 1/2 is plain
 * rounding; it is lowered, region by region, until the correlation that was wished for is
 * there, but not below a bound.  Bits are those of the entropy coder: many choices cost
 * nothing, and some shrink the file.
 */
#ifndef TMK_MARK_ROUNDING_H
#define TMK_MARK_ROUNDING_H

#include "image/blocks.h"
#include "signal/bits.h"

typedef struct tmk_tuning {
    float now, at75, at50;       /* a, b, c */
    float theta_high, theta_low; /* price of energy */
    float beta;
    float lambda; /* price of a bit */
    float target; /* share of the wished correlation */
    int plain;
} tmk_tuning;
extern tmk_tuning tmk_tunings[2];

/* What is known of a plane before its blocks are marked; the same for every mark. */
typedef struct tmk_rounding {
    const uint16_t *quantiser;
    int is_chroma;
    int on_grid; /* a re-encoding would have the same blocks */
    float step75[TMK_BLOCK_SIZE], step50[TMK_BLOCK_SIZE]; /* of the codec */
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
    tmk_block_plane *marked; /* a copy of it */
    int column, row, columns, rows; /* of blocks; at most TMK_REGION */
    float room[TMK_REGION * TMK_REGION]; /* squared amplitude that each block can hide */
    float wish[TMK_REGION * TMK_REGION][TMK_BLOCK_SIZE]; /* changes, in samples' units */
} tmk_region;

/* Chooses the region's coefficients; blocks without room stay as they are. */
void tmk_round_region(const tmk_rounding *rounding, const tmk_region *region);

#endif
