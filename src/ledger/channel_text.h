/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a channel's name and note may look like. */
#ifndef TMK_LEDGER_CHANNEL_TEXT_H
#define TMK_LEDGER_CHANNEL_TEXT_H

#define TMK_CHANNEL_NAME_BYTES 200  /* longest name */
#define TMK_CHANNEL_NOTE_BYTES 1000 /* longest note */

/* NULL if NAME may name a channel, else what is wrong with it. */
const char *tmk_channel_name_problem(const char *name);

/* NULL if NOTE may stand beside a channel, else what is wrong with it. */
const char *tmk_channel_note_problem(const char *note);

#endif
