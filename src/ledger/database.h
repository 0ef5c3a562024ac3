/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An SQLite file that many programs write at once: opening, waiting, transactions and
 * statements, each failure being a status and a line that names the file.  database.c and
 * connect.c are the only users of libsqlite3.
 *
 * A database serves one thread at a time; its caller holds the lock.
 */
#ifndef TMK_LEDGER_DATABASE_H
#define TMK_LEDGER_DATABASE_H

#include "base/status.h"
#include "toonmark-ledger.h"

typedef struct tmk_database tmk_database;

/* How long to wait for other programs, where nothing else is asked for. */
#define TMK_PATIENCE_MS 60000

typedef enum tmk_database_mode {
    TMK_DATABASE_READ,     /* must be there; is never changed */
    TMK_DATABASE_WRITE,    /* is made, private to its user, if it is missing */
    TMK_DATABASE_TEMPORARY /* starts empty, deleted when closed; PATH is for messages */
} tmk_database_mode;

/*
 * Opens PATH.  Nothing is read or written but what shows that this is a database: the
 * caller then looks whose it is, and before it writes calls tmk_database_prepare.
 */
TMK_MUST_USE tmk_status tmk_database_open(const char *path, tmk_database_mode mode,
                                          tmk_database **database, tmk_error *error);
void tmk_database_close(tmk_database **database);

/*
 * A temporary copy, for changes that must not reach the file.  It takes the
 * place of *DATABASE, which is closed.
 */
TMK_MUST_USE tmk_status tmk_database_detach(tmk_database **database, tmk_error *error);

/*
 * Chooses the journal: a write-ahead log, or where IS_SHARED (the file is on a network
 * file system, see tmk_is_network_file) a rollback journal, as the log's index can't be
 * shared between machines.  Each transaction is on the disk when its commit returns.
 */
TMK_MUST_USE tmk_status tmk_database_prepare(tmk_database *database, int is_shared,
                                             tmk_error *error);

/* Whether PATH lies on a file system that other machines may write too. */
int tmk_is_network_file(const char *path);

/* Whether it is deleted when it is closed. */
int tmk_database_is_temporary(const tmk_database *database);

/* What the database calls itself in messages. */
const char *tmk_database_path(const tmk_database *database);

/* How long calls wait for other programs before they fail, in milliseconds. */
void tmk_database_set_patience(tmk_database *database, int milliseconds);

/* How much memory its pages may take, in KiB.  SQLite's own measure serves single releases;
 * many rows in one transaction are faster with more. */
#define TMK_CACHE_KIB 2000
#define TMK_LARGE_CACHE_KIB 65536
void tmk_database_set_cache(tmk_database *database, int kibibytes);

/* --------------------------------------------------------------- transactions */

/* Begins a transaction that may write, waiting for its turn. */
TMK_MUST_USE tmk_status tmk_database_begin(tmk_database *database, tmk_error *error);

/*
 * Ends the transaction that began: by a commit if STATUS is TMK_OK, else, or where the
 * commit fails, as if it had never begun.  Returns STATUS or the commit's own failure.
 */
TMK_MUST_USE tmk_status tmk_database_end(tmk_database *database, tmk_status status,
                                         tmk_error *error);

/* Runs the statements of SQL, whose rows are ignored. */
TMK_MUST_USE tmk_status tmk_database_run(tmk_database *database, const char *sql,
                                         tmk_error *error);

/* The number that SQL, a query of one row and column, gives. */
TMK_MUST_USE tmk_status tmk_database_number(tmk_database *database, const char *sql,
                                            int64_t *number, tmk_error *error);

/* The key of the row that was inserted last, and the rows that were changed last. */
int64_t tmk_database_last_id(const tmk_database *database);
int64_t tmk_database_changes(const tmk_database *database);

/* ----------------------------------------------------------------- statements */

/* One statement, to be run any number of times with other values. */
typedef struct tmk_query tmk_query;

TMK_MUST_USE tmk_status tmk_query_new(tmk_database *database, const char *sql,
                                      tmk_query **query, tmk_error *error);
void tmk_query_free(tmk_query **query);

/*
 * Gives parameter INDEX, from 1, a value; the next step reports a failure.  A text
 * that is not UTF-8 is kept as a BLOB, so that every byte comes back.  Texts and bytes
 * must live until the query is reset, unless they are copied.
 */
void tmk_query_bind_number(tmk_query *query, int index, int64_t value);
void tmk_query_bind_real(tmk_query *query, int index, double value); /* NAN: NULL */
void tmk_query_bind_text(tmk_query *query, int index, const char *text);
void tmk_query_bind_copy(tmk_query *query, int index, const char *text); /* of UTF-8 */
void tmk_query_bind_blob(tmk_query *query, int index, const void *bytes, size_t size);

/* Goes to the next row; *HAS_ROW is 0 beyond the last one. */
TMK_MUST_USE tmk_status tmk_query_step(tmk_query *query, int *has_row, tmk_error *error);

/* Runs the statement, which gives no rows, and resets it. */
TMK_MUST_USE tmk_status tmk_query_run(tmk_query *query, tmk_error *error);

/* Makes the statement ready to be run again, and ends what it holds of the database. */
void tmk_query_reset(tmk_query *query);

/*
 * Values of the row, by column from 0.  The text and the bytes, of *SIZE bytes, belong to
 * the query until the next step.  A text ends with a NUL and may hold others; without
 * memory it is NULL.
 */
int64_t tmk_query_number(tmk_query *query, int column);
double tmk_query_real(tmk_query *query, int column); /* NULL: NAN */
const char *tmk_query_text(tmk_query *query, int column, size_t *size);

#endif
