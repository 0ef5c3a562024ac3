/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Releases that are made up by number, and short ways to use a ledger in tests. */
#ifndef TESTS_LEDGER_SUPPORT_H
#define TESTS_LEDGER_SUPPORT_H

#include "toonmark-ledger.h"

/* A call that must succeed. */
#define OK(call)                                                                             \
    do {                                                                                     \
        tmk_error problem = {0};                                                             \
        tmk_error *error = &problem;                                                         \
        ck_assert_msg((call) == TMK_OK, "%s: %s", #call, problem.text);                      \
    } while (0)

/* A call that must fail with STATUS and a message that holds WORDS. */
#define FAILS(call, wanted, words)                                                           \
    do {                                                                                     \
        tmk_error problem = {0};                                                             \
        tmk_error *error = &problem;                                                         \
        ck_assert_int_eq((call), wanted);                                                    \
        ck_assert_int_eq(problem.status, wanted);                                            \
        ck_assert_msg(strstr(problem.text, words) != NULL, "%s", problem.text);              \
    } while (0)

/* Opens the ledger NAME for writing. */
tmk_ledger *open_ledger(const char *name);

/* A release of the output OUTPUT, all else following from NUMBER; time 0. */
tmk_release made_up(const char *output, unsigned number);

/* The number of releases that FILTER means. */
size_t count_releases(tmk_ledger *ledger, const tmk_release_filter *filter);
size_t count_channels(tmk_ledger *ledger);

/* All that the ledger holds but the numbers, as one text that free() ends. */
char *content_of(tmk_ledger *ledger);

/* All events of all logs, likewise. */
char *log_of(tmk_ledger *ledger);

/* Runs SQL on the file NAME by SQLite itself; the first column of the last row. */
long long run_sql(const char *name, const char *sql);

#endif
