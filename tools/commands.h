/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands: each takes parsed arguments and returns the exit status. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "arguments.h"

int cmd_keygen(const arguments *a);
int cmd_channel(const arguments *a);
int cmd_embed(const arguments *a);
int cmd_extract(const arguments *a);
int cmd_ledger(const arguments *a);

/* Help texts, each ending with a newline and short enough for one screen. */
extern const char help_toonmark[];
extern const char help_keygen[];
extern const char help_channel[];
extern const char help_embed[];
extern const char help_extract[];
extern const char help_ledger[];

/*
 * What embed and extract begin with: the key that A names, for the command NAME.
 * EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int load_key(const arguments *a, const char *name, tmk_key **key);

/* Seconds on a clock that only runs forward. */
double seconds_now(void);

/* The exit status of a run over TOTAL files: GOOD of them did fully what was asked, and
 * FAILED gave no result at all. */
int exit_status(size_t total, size_t good, size_t failed);

#endif
