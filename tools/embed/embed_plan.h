/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be done for each output of a strip, before any of them is written. */
#ifndef TOOLS_EMBED_PLAN_H
#define TOOLS_EMBED_PLAN_H

#include "embed/strip_job.h"

/* Names all outputs of JOB and decides about each: what is pending afterwards can be
 * written, and if anything is the strip is open. */
tmk_status plan_strip(strip_job *job, tmk_error *error);

#endif
