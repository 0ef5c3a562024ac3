/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page that is marked already is no page to mark: the copy would name two channels.  The
 * ledger knows released files by their digest; --verify reads the page itself as well.
 */
#ifndef TOOLS_EMBED_MARKED_H
#define TOOLS_EMBED_MARKED_H

#include "embed/strip_job.h"

/* Refuses the strip if one of its files was released, unless --allow-marked is given.  The
 * digests of the files become known. */
tmk_status marked_check_ledger(strip_job *job, tmk_error *error);

/* The same if a mark of the key is read in one of them, upright and at its own size. */
tmk_status marked_check_pixels(const strip_job *job, tmk_error *error);

/* The output OUT, which was read back, fails and is removed if it holds another mark too. */
void marked_check_output(const strip_job *job, output_result *out);

#endif
