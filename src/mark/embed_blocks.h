/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts a mark into a JPEG's quantised coefficients, so that nothing else of it changes.
 *
 *     delta     what tmk_pattern_rows would add to the pixels, turned as the file stores them
 *     planes    luma's delta goes to Y, blue-yellow's to Cb (luma held constant, Cr stays);
 *               in a file of RGB to R, G and B as they make these up; each averaged over
 *               the pixels that a sample of the plane stands for
 *     blocks    DCT of the delta, and a choice of whole numbers: mark/rounding.h
 *
 * Blocks that have nothing to hide stay as they are, bit by bit.
 */
#ifndef TMK_MARK_EMBED_BLOCKS_H
#define TMK_MARK_EMBED_BLOCKS_H

#include "image/blocks.h"
#include "mark/pattern.h"

/*
 * MARKED, a copy of BLOCKS, gets the mark PATTERN.  ORIENTATION turns the stored picture to
 * the upright page, all of whose rows ANALYSIS must hold.  After a failure MARKED is of no
 * use.
 */
tmk_status tmk_embed_blocks(tmk_blocks *marked, const tmk_blocks *blocks,
                            tmk_orientation orientation, const tmk_pattern *pattern,
                            const tmk_analysis *analysis, int threads, tmk_error *error);

#endif
