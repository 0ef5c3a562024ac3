/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outputs in the release directory whose page is gone, removed or renamed since. */
#ifndef TOOLS_EMBED_PRUNE_H
#define TOOLS_EMBED_PRUNE_H

#include "embed/embed.h"

/*
 * After a run over directories (-r) into one (-d): lists what the ledger knows there as
 * released, to the targets of this run, from a page below the walked directories that no
 * longer exists.  With --prune such files are removed and count as withdrawn, unless they
 * were changed since.  EXIT_ALL, or EXIT_PARTLY after having said what failed.
 */
int prune_outputs(embed_run *run);

#endif
