/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts a mark into pixels. */
#ifndef TMK_MARK_EMBED_H
#define TMK_MARK_EMBED_H

#include "mark/pattern.h"

/* How much pixels were changed, in squared 8-bit grey levels; all zero: not at all. */
typedef struct tmk_change {
    double squares, luma_squares; /* over all colour samples; over luma */
    double pixels, samples;       /* how many there are */
} tmk_change;

/*
 * Adds PATTERN to the pixels of ROWS of a page, and what that changed to CHANGE.  ANALYSIS
 * of the untouched page must hold these rows.
 */
tmk_status tmk_embed_rows(const tmk_rows *rows, const tmk_pattern *pattern,
                          const tmk_analysis *analysis, int threads, tmk_change *change,
                          tmk_error *error);

/* Adds the difference of two pictures of one shape to CHANGE. */
void tmk_change_between(tmk_change *change, const tmk_picture *old, const tmk_picture *new);

/* Adds MORE to CHANGE. */
void tmk_change_add(tmk_change *change, const tmk_change *more);

/* The PSNRs of REPORT. */
void tmk_change_report(const tmk_change *change, tmk_embed_report *report);

/* As tmk_embed; the arguments have been checked. */
tmk_status tmk_embed_page(const tmk_key *key, const tmk_picture *picture, uint64_t mark,
                          const tmk_embed_options *options, tmk_embed_report *report,
                          tmk_error *error);

#endif
