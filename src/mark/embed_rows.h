/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts a mark into pixels. */
#ifndef TMK_MARK_EMBED_ROWS_H
#define TMK_MARK_EMBED_ROWS_H

#include "mark/change.h"
#include "mark/pattern.h"

/*
 * Adds PATTERN to the pixels of ROWS of a page, and what that changed to CHANGE.  ANALYSIS
 * of the untouched page must hold these rows.
 */
tmk_status tmk_embed_rows(const tmk_rows *rows, const tmk_pattern *pattern,
                          const tmk_analysis *analysis, int threads, tmk_change *change,
                          tmk_error *error);

#endif
