/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a mark adds to a JPEG's quantised coefficients: for blocks/add.h, what tmk_pattern_rows
 * would add to the pixels, turned as the file stores them.
 */
#ifndef TMK_MARK_EMBED_BLOCKS_H
#define TMK_MARK_EMBED_BLOCKS_H

#include "blocks/add.h"
#include "mark/pattern.h"

/* What a page's pattern asks of its blocks. */
typedef struct tmk_page_targets {
    tmk_target_source source; /* for tmk_blocks_add */
    const tmk_pattern *pattern;
    const tmk_analysis *analysis;
    tmk_targets turned; /* of the whole picture as it is stored, if that is not upright */
} tmk_page_targets;

/*
 * PAGE asks for the mark PATTERN, and stays where it is.  ORIENTATION turns the stored picture
 * to the upright page, all of whose rows ANALYSIS must hold.  Ends with tmk_page_targets_end,
 * also after a failure.
 */
tmk_status tmk_page_targets_begin(tmk_page_targets *page, const tmk_pattern *pattern,
                                  const tmk_analysis *analysis, tmk_orientation orientation,
                                  tmk_error *error);
void tmk_page_targets_end(tmk_page_targets *page);

#endif
