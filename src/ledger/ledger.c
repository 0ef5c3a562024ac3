/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger.h"

#include <string.h>

#include "base/memory.h"
#include "ledger/events.h"
#include "ledger/schema.h"

void tmk_ledger_set_patience(tmk_ledger *ledger, int milliseconds)
{
    pthread_mutex_lock(&ledger->lock);
    tmk_database_set_patience(ledger->database, milliseconds);
    pthread_mutex_unlock(&ledger->lock);
}

/* The first row of SQL, a check of SQLite's; *TEXT, "" without a row, is the QUERY's. */
static tmk_status first_row(tmk_ledger *ledger, const char *sql, tmk_query **query,
                            const char **text, int *has_row, tmk_error *error)
{
    *text = "";
    TMK_TRY(tmk_query_new(ledger->database, sql, query, error));
    TMK_TRY(tmk_query_step(*query, has_row, error));
    return *has_row ? tmk_ledger_text(ledger, *query, 0, text, error) : TMK_OK;
}

static tmk_status check_tables(tmk_ledger *ledger, tmk_error *error)
{
    const char *path = tmk_database_path(ledger->database), *text;
    tmk_query *query = NULL;
    int has_row = 0;
    tmk_status status = first_row(ledger, "PRAGMA integrity_check(1)", &query, &text,
                                  &has_row, error);

    if (status == TMK_OK && has_row && strcmp(text, "ok") != 0)
        status = tmk_fail(error, TMK_BAD_FILE, "%s: is damaged (%s); use a backup", path,
                          text);
    tmk_query_free(&query);
    if (status != TMK_OK)
        return status;
    status = first_row(ledger, "PRAGMA foreign_key_check", &query, &text, &has_row, error);
    if (status == TMK_OK && has_row)
        status = tmk_fail(error, TMK_BAD_FILE,
                          "%s: is damaged (a release without its input); use a backup", path);
    tmk_query_free(&query);
    return status;
}

tmk_status tmk_ledger_check(tmk_ledger *ledger, tmk_error *error)
{
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = check_tables(ledger, error);
    if (status == TMK_OK)
        status = tmk_log_check(ledger, error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}

/* ----------------------------------------------------------- locking and lifetime */

/* A merge holds the locks of both ledgers while the functions that it calls take them again. */
static int make_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;
    int problem = pthread_mutexattr_init(&kind);

    if (problem != 0)
        return 0;
    problem = pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    if (problem == 0)
        problem = pthread_mutex_init(lock, &kind);
    pthread_mutexattr_destroy(&kind);
    return problem == 0;
}

void tmk_ledger_lock_both(tmk_ledger *one, tmk_ledger *other)
{
    int in_order = (uintptr_t)one < (uintptr_t)other;

    pthread_mutex_lock(in_order ? &one->lock : &other->lock);
    pthread_mutex_lock(in_order ? &other->lock : &one->lock);
}

void tmk_ledger_unlock_both(tmk_ledger *one, tmk_ledger *other)
{
    pthread_mutex_unlock(&one->lock);
    pthread_mutex_unlock(&other->lock);
}

/* A ledger that is new, or that kept no log so far, begins one, with all that it holds. */
static tmk_status begin_log(void *context, int64_t from, tmk_error *error)
{
    tmk_ledger *ledger = context;

    if (from > 2 || tmk_database_is_temporary(ledger->database))
        return TMK_OK;
    TMK_TRY(tmk_log_begin(ledger, error));
    return tmk_log_all_rows(ledger, error);
}

/* Looks whether the database is a ledger, and makes it one of today's. */
static tmk_status adopt(tmk_ledger *ledger, tmk_database_mode mode, tmk_error *error)
{
    tmk_schema_state state;
    tmk_status status = tmk_schema_look(ledger->database, &state, error);

    if (status == TMK_OK && mode == TMK_DATABASE_WRITE)
        status = tmk_database_prepare(
            ledger->database, tmk_is_network_file(tmk_database_path(ledger->database)),
            error);
    if (status != TMK_OK || state == TMK_SCHEMA_CURRENT)
        return status;
    if (mode == TMK_DATABASE_READ)
        status = tmk_database_detach(&ledger->database, error);
    if (status == TMK_OK)
        status = tmk_schema_update(ledger->database, begin_log, ledger, error);
    return status;
}

tmk_status tmk_ledger_open(const char *path, tmk_ledger_mode mode, tmk_ledger **ledger,
                           tmk_error *error)
{
    tmk_database_mode how = path == NULL               ? TMK_DATABASE_TEMPORARY
                            : mode == TMK_LEDGER_WRITE ? TMK_DATABASE_WRITE
                                                       : TMK_DATABASE_READ;
    tmk_status status;

    *ledger = tmk_calloc(1, sizeof **ledger);
    if (*ledger == NULL)
        return tmk_fail_memory(error, "the ledger");
    if (!make_lock(&(*ledger)->lock)) {
        tmk_free(*ledger);
        *ledger = NULL;
        return tmk_fail_memory(error, "the ledger");
    }
    status = tmk_database_open(path != NULL ? path : "temporary ledger", how,
                               &(*ledger)->database, error);
    if (status == TMK_OK)
        status = adopt(*ledger, how, error);
    if (status != TMK_OK)
        tmk_ledger_close(ledger);
    return status;
}

void tmk_ledger_close(tmk_ledger **ledger)
{
    if (ledger == NULL || *ledger == NULL)
        return;
    tmk_inserts_free(&(*ledger)->inserts);
    tmk_log_free(&(*ledger)->log);
    tmk_database_close(&(*ledger)->database);
    pthread_mutex_destroy(&(*ledger)->lock);
    tmk_free(*ledger);
    *ledger = NULL;
}
