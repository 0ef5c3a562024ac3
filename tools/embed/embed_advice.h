/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would help a page whose mark is weak: nothing is advised that was not tried. */
#ifndef TOOLS_EMBED_ADVICE_H
#define TOOLS_EMBED_ADVICE_H

#include "embed/strip_job.h"

/* Notes in the result of JOB, a page of one file that was written, why its mark is weak, or
 * what would strengthen it; nothing where no mark is weak. */
void advise(strip_job *job);

#endif
