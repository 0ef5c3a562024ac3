/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --resume: what is there already, as the ledger knows it, is not written again. */
#ifndef TOOLS_EMBED_RESUME_H
#define TOOLS_EMBED_RESUME_H

#include "embed/strip_job.h"

/* Whether OUT, which is SLICE for the target TARGET, is there already as it would be written
 * now; else how it may be replaced is put into OUT.  In doubt it is written. */
int resume_is_done(strip_job *job, output_result *out, size_t target, size_t slice);

#endif
