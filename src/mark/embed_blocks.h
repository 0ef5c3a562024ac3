/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts a mark into a JPEG's quantised coefficients: blocks/add.h adds what tmk_pattern_rows
 * would add to the pixels, turned as the file stores them.
 */
#ifndef TMK_MARK_EMBED_BLOCKS_H
#define TMK_MARK_EMBED_BLOCKS_H

#include "blocks/blocks.h"
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
