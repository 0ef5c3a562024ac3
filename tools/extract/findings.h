/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is printed of the marks that a file holds: each finding is several statements, named
 * one by one, and says what is not stated.
 */
#ifndef TOOLS_FINDINGS_H
#define TOOLS_FINDINGS_H

#include "report.h"
#include "toonmark-ledger.h"

/* What has been asked of a file, and what came of it. */
typedef struct findings {
    const tmk_extract_result *result;
    double questions;             /* that are counted */
    const tmk_channels *channels; /* NULL: there is none */
} findings;

/* Adds "found", "registered", the strongest mark's members, and all "marks". */
void findings_put(json_t *object, const findings *f);

/* Prints what there is, one mark at least, without the line's end. */
void findings_print(FILE *stream, const findings *f);

/* Says on standard error, once for all files, what no statement covers. */
void findings_print_limits(void);

#endif
