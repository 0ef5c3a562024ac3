/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Channels as a list in memory, which is built once and then only read: the object of
 * the public tmk_channels_* functions, whose descriptions in toonmark-ledger.h hold.
 */
#ifndef TMK_LEDGER_CHANNEL_LIST_H
#define TMK_LEDGER_CHANNEL_LIST_H

#include "base/status.h"
#include "toonmark-ledger.h"

/* An empty list, to which channels are added; NULL without memory. */
tmk_channels *tmk_channels_new(void);

/* Adds a copy of CHANNEL, which stands in line LINE of its file (0: of none). */
TMK_MUST_USE tmk_status tmk_channels_append(tmk_channels *channels,
                                            const tmk_channel *channel, size_t line,
                                            tmk_error *error);

/* Makes the lookups, when all channels are there; a name or mark that is there twice is a
 * failure.  PATH is for messages. */
TMK_MUST_USE tmk_status tmk_channels_finish(tmk_channels *channels, const char *path,
                                            tmk_error *error);

/* Reads the text registry of version 0.1 from SIZE bytes of TEXT; PATH is for messages. */
TMK_MUST_USE tmk_status tmk_channels_parse(const char *text, size_t size, const char *path,
                                           tmk_channels **channels, tmk_error *error);

#endif
