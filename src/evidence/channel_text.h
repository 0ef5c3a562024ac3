/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a channel's name, mark and note may look like in text. */
#ifndef TMK_EVIDENCE_CHANNEL_TEXT_H
#define TMK_EVIDENCE_CHANNEL_TEXT_H

#include "base/status.h"

/* NULL if NAME may name a channel, else what is wrong with it. */
const char *tmk_channel_name_problem(const char *name);

/* NULL if NOTE may stand beside a channel, else what is wrong with it. */
const char *tmk_channel_note_problem(const char *note);

#endif
