/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The channels, which the ledger holds.  Before there were ledgers they stood in a text
 * file, channels.txt in the data directory or one that --channels or $TOONMARK_CHANNELS
 * names: such a file is refused with the command that imports it.
 */
#ifndef TOOLS_LOAD_CHANNELS_H
#define TOOLS_LOAD_CHANNELS_H

#include "ledger/ledger_file.h"

/*
 * Loads the channels of the ledger that A means; *CHANNELS is NULL where none is named and
 * none there.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int channels_load(const arguments *a, tmk_channels **channels);

/* Reports that CHANNELS (NULL: there are none) has none of this NAME, which one is close, and
 * REMEDY. */
void channels_report_unknown(const tmk_channels *channels, const char *name,
                             const char *remedy);

/* Warns of each channel whose mark is too near to MARK, which was chosen by hand. */
void channels_warn_near(const tmk_channels *channels, uint64_t mark);

/* Opens the ledger for adding channels.  EXIT_ALL, or EXIT_TROUBLE after having said what
 * is wrong. */
int channels_open_ledger(const arguments *a, tmk_ledger **ledger);

#endif
