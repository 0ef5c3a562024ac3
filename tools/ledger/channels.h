/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where channels are kept: in the text registry that --channels or $TOONMARK_CHANNELS
 * names, else in the ledger.  Before there were ledgers the user's own registry was
 * channels.txt in the data directory; as long as the ledger at its default place holds no
 * channels, that file still counts.
 */
#ifndef TOOLS_CHANNELS_H
#define TOOLS_CHANNELS_H

#include "ledger/ledger_file.h"

/* The text registry that A names; its path is NULL if the ledger is meant. */
file_place channels_find_text(const arguments *a);

/*
 * Loads the channels that A means; *REGISTRY is NULL where nothing is named and nothing
 * there.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int channels_load(const arguments *a, tmk_registry **registry);

/* Opens the ledger for adding channels: an empty one takes over those of the user's old
 * registry first.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong. */
int channels_open_ledger(const arguments *a, tmk_ledger **ledger);

/* Adds all channels of REGISTRY to LEDGER, or none where one contradicts. */
tmk_status channels_import(tmk_ledger *ledger, const tmk_registry *registry,
                           tmk_merge_counts *counts, tmk_error *error);

#endif
