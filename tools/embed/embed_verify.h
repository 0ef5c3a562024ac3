/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading back: each output, from the disk, after an attack.  A page whose mark does not
 * survive it is marked stronger, a quarter more each time, as far as --max-strength.
 */
#ifndef TOOLS_EMBED_VERIFY_H
#define TOOLS_EMBED_VERIFY_H

#include "embed/strip_job.h"

/* Reads back what was written and is not settled.  What can't be read and may be marked
 * stronger is pending again. */
void verify_written(strip_job *job);

/* The strength to try after that of JOB; the same where there is none. */
double stronger(const strip_job *job);

#endif
