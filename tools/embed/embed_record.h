/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was released goes into the ledger, as soon as it is on the disk. */
#ifndef TOOLS_EMBED_RECORD_H
#define TOOLS_EMBED_RECORD_H

#include "embed/strip_job.h"

/* Settles what was written: it is recorded, if anything is; what can't be, fails. */
void record_written(strip_job *job);

#endif
