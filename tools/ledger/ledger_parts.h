/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The larger parts of "toonmark ledger", each given the open ledger; they return the exit
 * status after having said what is wrong. */
#ifndef TOOLS_LEDGER_PARTS_H
#define TOOLS_LEDGER_PARTS_H

#include "arguments.h"
#include "toonmark-ledger.h"

/* The releases that A's options mean. */
tmk_release_filter ledger_filter(const arguments *a);

/* PATH as outputs are recorded, which ends with free(); what is gone, with its folder, lies
 * below the current one as it is written. */
char *ledger_path(const char *path);

/* Calls VISIT with the releases that FILTER means; EXIT_ALL or EXIT_TROUBLE. */
int ledger_visit(tmk_ledger *ledger, const tmk_release_filter *filter,
                 int (*visit)(void *context, const tmk_release *release), void *context);

/* Prints one release as a line of JSON, with its number in the ledger. */
void ledger_print_json(const tmk_release *release);

int ledger_export(const arguments *a, tmk_ledger *ledger);
int ledger_import(const arguments *a, tmk_ledger *ledger);
int ledger_check(const arguments *a, tmk_ledger *ledger);

/* Change the states of releases. */
int ledger_withdraw(const arguments *a, tmk_ledger *ledger);
int ledger_archive(const arguments *a, tmk_ledger *ledger);
int ledger_restore(const arguments *a, tmk_ledger *ledger);

/* Says what the merge of FILE found. */
void ledger_print_counts(const char *file, const tmk_merge_counts *counts, int json);

#endif
