/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements and transactions of a database that is open, its failures, and waiting. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "ledger/handle.h"

const char *tmk_database_path(const tmk_database *database)
{
    return database->path;
}

int tmk_database_is_temporary(const tmk_database *database)
{
    return database->is_temporary;
}

/* ------------------------------------------------------------------- failures */

static tmk_status fail_io(const tmk_database *database, tmk_error *error)
{
    int number = sqlite3_system_errno(database->handle);

    return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be read or written: %s",
                    database->path,
                    number != 0 ? strerror(number) : sqlite3_errmsg(database->handle));
}

static tmk_status fail_opening(const tmk_database *database, tmk_error *error)
{
    int number = sqlite3_system_errno(database->handle);
    int is_there = access(database->path, F_OK) == 0;

    return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be opened: %s%s", database->path,
                    number != 0 ? strerror(number) : "unknown reason",
                    is_there ? "; its directory must be writable too, for the files that "
                               "SQLite keeps beside it"
                             : "");
}

tmk_status tmk_database_fail(const tmk_database *database, int code, tmk_error *error)
{
    const char *path = database->path, *text = sqlite3_errmsg(database->handle);

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return tmk_fail(error, TMK_NOT_WRITABLE,
                        "%s: another program has kept it locked for %.3g s; try again later",
                        path, database->patience / 1000.0);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return tmk_fail(error, TMK_NOT_WRITABLE,
                        "%s: can't be written; it and its directory must be writable", path);
    case SQLITE_FULL:
        return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be written: the disk is full",
                        path);
    case SQLITE_IOERR:
        return fail_io(database, error);
    case SQLITE_CANTOPEN:
        return fail_opening(database, error);
    case SQLITE_NOTADB:
        return tmk_fail(error, TMK_BAD_FILE, "%s: not a toonmark ledger; name another file",
                        path);
    case SQLITE_CORRUPT:
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged (%s); use a backup", path, text);
    case SQLITE_NOMEM:
        return tmk_fail_memory(error, path);
    case SQLITE_TOOBIG:
        return tmk_fail(error, TMK_BAD_FILE,
                        "%s: is damaged: a row is too large; use a backup", path);
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%s: refused: %s", path, text);
    case SQLITE_ERROR: /* a table or column that should be there */
        return tmk_fail(error, TMK_BAD_FILE, "%s: the tables are not those of a ledger: %s",
                        path, text);
    default:
        return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be used: %s", path, text);
    }
}

/* -------------------------------------------------------------------- waiting */

int64_t tmk_milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void tmk_database_start_waiting(tmk_database *database)
{
    database->deadline = tmk_milliseconds_now() + database->patience;
}

int tmk_database_wait(void *context, int try)
{
    const tmk_database *database = context;
    struct timespec pause = {0};

    if (tmk_milliseconds_now() >= database->deadline)
        return 0;
    clock_gettime(CLOCK_MONOTONIC, &pause);
    pause.tv_sec = 0;
    pause.tv_nsec = (1000000L << (try < 4 ? try : 4)) / 2 * (1 + (pause.tv_nsec >> 8) % 2);
    nanosleep(&pause, NULL);
    return 1;
}

int tmk_database_try_again(tmk_database *database, int code, int *try)
{
    int primary = code & 0xff;

    return (primary == SQLITE_BUSY || primary == SQLITE_PROTOCOL) &&
           tmk_database_wait(database, (*try)++);
}

void tmk_database_set_patience(tmk_database *database, int milliseconds)
{
    database->patience = milliseconds > 0 ? milliseconds : 0;
}

void tmk_database_set_cache(tmk_database *database, int kibibytes)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", kibibytes);
    sqlite3_exec(database->handle, sql, NULL, NULL, NULL); /* failure only costs speed */
}

/* ----------------------------------------------------------------- statements */

struct tmk_query {
    tmk_database *database;
    sqlite3_stmt *statement;
    int problem; /* the first failure of a bind, or SQLITE_OK */
    int began;   /* rows were asked for since the last reset */
};

tmk_status tmk_query_new(tmk_database *database, const char *sql, tmk_query **query,
                         tmk_error *error)
{
    int code, try = 0;

    *query = tmk_calloc(1, sizeof **query);
    if (*query == NULL)
        return tmk_fail_memory(error, database->path);
    (*query)->database = database;
    tmk_database_start_waiting(database);
    do
        code = sqlite3_prepare_v2(database->handle, sql, -1, &(*query)->statement, NULL);
    while (tmk_database_try_again(database, code, &try));
    if (code == SQLITE_OK)
        return TMK_OK;
    tmk_query_free(query);
    return tmk_database_fail(database, code, error);
}

void tmk_query_free(tmk_query **query)
{
    if (*query == NULL)
        return;
    sqlite3_finalize((*query)->statement);
    tmk_free(*query);
    *query = NULL;
}

static void note_problem(tmk_query *query, int code)
{
    if (query->problem == SQLITE_OK)
        query->problem = code;
}

void tmk_query_bind_number(tmk_query *query, int index, int64_t value)
{
    note_problem(query, sqlite3_bind_int64(query->statement, index, value));
}

void tmk_query_bind_real(tmk_query *query, int index, double value)
{
    note_problem(query, sqlite3_bind_double(query->statement, index, value));
}

static int is_utf8(const char *text)
{
    uint32_t code;
    size_t size;

    for (; *text != '\0'; text += size) {
        size = tmk_utf8_next(text, &code);
        if (size == 0)
            return 0;
    }
    return 1;
}

void tmk_query_bind_text(tmk_query *query, int index, const char *text)
{
    size_t size = strlen(text);

    if (is_utf8(text))
        note_problem(query, sqlite3_bind_text64(query->statement, index, text, size,
                                                SQLITE_STATIC, SQLITE_UTF8));
    else
        tmk_query_bind_blob(query, index, text, size);
}

void tmk_query_bind_copy(tmk_query *query, int index, const char *text)
{
    note_problem(query, sqlite3_bind_text64(query->statement, index, text, strlen(text),
                                            SQLITE_TRANSIENT, SQLITE_UTF8));
}

void tmk_query_bind_blob(tmk_query *query, int index, const void *bytes, size_t size)
{
    note_problem(query,
                 sqlite3_bind_blob64(query->statement, index, bytes, size, SQLITE_STATIC));
}

void tmk_query_reset(tmk_query *query)
{
    sqlite3_reset(query->statement);
    query->problem = SQLITE_OK;
    query->began = 0;
}

tmk_status tmk_query_step(tmk_query *query, int *has_row, tmk_error *error)
{
    tmk_database *database = query->database;
    int code = query->problem, try = 0;

    *has_row = 0;
    if (code == SQLITE_OK) {
        tmk_database_start_waiting(database);
        code = sqlite3_step(query->statement);
        /* Within a transaction there is nothing to wait for: it holds what it needs. */
        while (!query->began && sqlite3_get_autocommit(database->handle) &&
               tmk_database_try_again(database, code, &try)) {
            sqlite3_reset(query->statement);
            code = sqlite3_step(query->statement);
        }
        query->began = 1;
    }
    *has_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return TMK_OK;
    return tmk_database_fail(database, code, error);
}

tmk_status tmk_query_run(tmk_query *query, tmk_error *error)
{
    int has_row;
    tmk_status status = tmk_query_step(query, &has_row, error);

    tmk_query_reset(query);
    return status;
}

int64_t tmk_query_number(tmk_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double tmk_query_real(tmk_query *query, int column)
{
    if (sqlite3_column_type(query->statement, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(query->statement, column);
}

const char *tmk_query_text(tmk_query *query, int column, size_t *size)
{
    const char *text = (const char *)sqlite3_column_text(query->statement, column);

    *size = (size_t)sqlite3_column_bytes(query->statement, column);
    if (text == NULL && sqlite3_errcode(query->database->handle) != SQLITE_NOMEM)
        text = ""; /* of a BLOB without bytes, or of NULL */
    return text;
}

/* --------------------------------------------------------------- transactions */

tmk_status tmk_database_run(tmk_database *database, const char *sql, tmk_error *error)
{
    int code, try = 0;

    tmk_database_start_waiting(database);
    do
        code = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);
    while (sqlite3_get_autocommit(database->handle) &&
           tmk_database_try_again(database, code, &try));
    return code == SQLITE_OK ? TMK_OK : tmk_database_fail(database, code, error);
}

tmk_status tmk_database_number(tmk_database *database, const char *sql, int64_t *number,
                               tmk_error *error)
{
    tmk_query *query = NULL;
    int has_row = 0;
    tmk_status status = tmk_query_new(database, sql, &query, error);

    *number = 0;
    if (status == TMK_OK)
        status = tmk_query_step(query, &has_row, error);
    if (has_row)
        *number = tmk_query_number(query, 0);
    tmk_query_free(&query);
    return status;
}

/*
 * A temporary database needs no commits, each of which would look at all of its changed
 * pages: it has one transaction from its first change to its end, and savepoints within.
 */
static tmk_status begin_temporary(tmk_database *database, tmk_error *error)
{
    tmk_status status = TMK_OK;

    if (sqlite3_get_autocommit(database->handle))
        status = tmk_database_run(database, "BEGIN", error);
    return status == TMK_OK ? tmk_database_run(database, "SAVEPOINT part", error) : status;
}

static tmk_status end_temporary(tmk_database *database, tmk_status status, tmk_error *error)
{
    if (status == TMK_OK)
        return tmk_database_run(database, "RELEASE part", error);
    /* This does nothing where a failure such as a full disk has ended all of it. */
    sqlite3_exec(database->handle, "ROLLBACK TO part; RELEASE part", NULL, NULL, NULL);
    return status;
}

tmk_status tmk_database_begin(tmk_database *database, tmk_error *error)
{
    if (database->is_temporary)
        return begin_temporary(database, error);
    return tmk_database_run(database, "BEGIN IMMEDIATE", error);
}

tmk_status tmk_database_end(tmk_database *database, tmk_status status, tmk_error *error)
{
    if (database->is_temporary)
        return end_temporary(database, status, error);
    if (status == TMK_OK)
        status = tmk_database_run(database, "COMMIT", error);
    if (status != TMK_OK && !sqlite3_get_autocommit(database->handle))
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

int64_t tmk_database_last_id(const tmk_database *database)
{
    return sqlite3_last_insert_rowid(database->handle);
}

int64_t tmk_database_changes(const tmk_database *database)
{
    return sqlite3_changes64(database->handle);
}
