/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What connect.c and database.c, the only users of libsqlite3, share. */
#ifndef TMK_LEDGER_HANDLE_H
#define TMK_LEDGER_HANDLE_H

#include <sqlite3.h>

#include "ledger/database.h"

struct tmk_database {
    sqlite3 *handle;
    char *path;
    int is_temporary;
    int patience;     /* milliseconds */
    int64_t deadline; /* when the call that runs gives up waiting */
};

/* The failure CODE of SQLite in words that say what to do; returns its status. */
tmk_status tmk_database_fail(const tmk_database *database, int code, tmk_error *error);

/* On a clock that only runs forward. */
int64_t tmk_milliseconds_now(void);

/* From now on the database's patience runs. */
void tmk_database_start_waiting(tmk_database *database);

/*
 * Sleeps a little before attempt TRY, 1 to 16 ms, not alike in all programs lest they
 * stay in step; 0 if patience is at its end.  (SQLite's own handler sleeps up to 100 ms,
 * many times what a transaction takes.)  CONTEXT is the database.
 */
int tmk_database_wait(void *context, int try);

/* Whether CODE can pass by waiting, after having waited.  SQLite does not call its busy
 * handler where two programs could wait for each other. */
int tmk_database_try_again(tmk_database *database, int code, int *try);

#endif
