/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/database.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"

#define ROW_LIMIT (1 << 20) /* bytes of a row at the most: texts have 32 KiB each */

struct tmk_database {
    sqlite3 *handle;
    char *path;
    int is_temporary;
    int patience;     /* milliseconds */
    int64_t deadline; /* when the call that runs gives up waiting */
};

struct tmk_query {
    tmk_database *database;
    sqlite3_stmt *statement;
    int problem; /* the first failure of a bind, or SQLITE_OK */
    int began;   /* rows were asked for since the last reset */
};

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

/* The failure CODE of SQLite in words that say what to do. */
static tmk_status fail(const tmk_database *database, int code, tmk_error *error)
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
        return tmk_fail(error, TMK_BAD_FILE, "%s: is no ledger; name another file", path);
    case SQLITE_CORRUPT:
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged (%s); use a backup", path, text);
    case SQLITE_NOMEM:
        return tmk_fail_memory(error, path);
    case SQLITE_TOOBIG:
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: a row is too large; use a backup",
                        path);
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%s: refused: %s", path, text);
    case SQLITE_ERROR: /* a table or column that should be there */
        return tmk_fail(error, TMK_BAD_FILE, "%s: is not as a ledger should be: %s", path,
                        text);
    default:
        return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be used: %s", path, text);
    }
}

/* -------------------------------------------------------------------- waiting */

static int64_t milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void start_waiting(tmk_database *database)
{
    database->deadline = milliseconds_now() + database->patience;
}

/*
 * Sleeps a little before attempt TRY, 1 to 16 ms, not alike in all programs lest they
 * stay in step; 0 if patience is at its end.  (SQLite's own handler sleeps up to 100 ms,
 * many times what a transaction takes.)
 */
static int wait_a_little(void *context, int try)
{
    const tmk_database *database = context;
    struct timespec pause = {0};

    if (milliseconds_now() >= database->deadline)
        return 0;
    clock_gettime(CLOCK_MONOTONIC, &pause);
    pause.tv_sec = 0;
    pause.tv_nsec = (1000000L << (try < 4 ? try : 4)) / 2 * (1 + (pause.tv_nsec >> 8) % 2);
    nanosleep(&pause, NULL);
    return 1;
}

/* Whether CODE can pass by waiting, after having waited.  SQLite does not call its busy
 * handler where two programs could wait for each other. */
static int worth_another_try(tmk_database *database, int code, int *try)
{
    int primary = code & 0xff;

    return (primary == SQLITE_BUSY || primary == SQLITE_PROTOCOL) &&
           wait_a_little(database, (*try)++);
}

void tmk_database_set_patience(tmk_database *database, int milliseconds)
{
    database->patience = milliseconds > 0 ? milliseconds : 0;
}

void tmk_database_set_cache(tmk_database *database, int kibibytes)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", kibibytes);
    sqlite3_exec(database->handle, sql, NULL, NULL, NULL); /* else it is but slower */
}

/* -------------------------------------------------------------------- opening */

const char *tmk_database_path(const tmk_database *database)
{
    return database->path;
}

/* Makes the file, empty and private, if it is missing.  No descriptor is opened: closing
 * it would end the locks that another thread's SQLite holds on the same file. */
static tmk_status make_private(const char *path, tmk_error *error)
{
    if (mknod(path, S_IFREG | S_IRUSR | S_IWUSR, 0) == 0 || errno == EEXIST)
        return TMK_OK;
    return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be made: %s", path, strerror(errno));
}

static tmk_status check_kind(const char *path, tmk_error *error)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be opened: %s", path,
                        strerror(errno));
    if (!S_ISREG(about.st_mode))
        return tmk_fail(error, TMK_BAD_FILE, "%s: is no ledger; name another file", path);
    return TMK_OK;
}

/* What holds of every connection, however hostile the file, which is not read yet. */
static int configure(sqlite3 *handle)
{
    static const struct {
        int name, value;
    } settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, /* a ledger has none */
                    {SQLITE_DBCONFIG_ENABLE_VIEW, 0}};   /* its view is for people */
    int code = sqlite3_extended_result_codes(handle, 1);

    for (size_t i = 0; i < sizeof settings / sizeof settings[0] && code == SQLITE_OK; i++)
        code = sqlite3_db_config(handle, settings[i].name, settings[i].value, NULL);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, ROW_LIMIT);
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle,
                            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                            "PRAGMA foreign_keys = ON;",
                            NULL, NULL, NULL);
    return code;
}

/* Connects to NAME, as SQLite understands it. */
static tmk_status connect_to(tmk_database *database, const char *name, int flags,
                             tmk_error *error)
{
    int code = sqlite3_open_v2(name, &database->handle,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_busy_handler(database->handle, wait_a_little, database);
    if (code == SQLITE_OK)
        code = configure(database->handle); /* which may wait for one who makes the file */
    return code == SQLITE_OK ? TMK_OK : fail(database, code, error);
}

/* PATH as a URI of SQLite's, for a file that nobody changes; NULL without memory. */
static char *immutable_uri(const char *path)
{
    static const char beginning[] = "file:", end[] = "?immutable=1";
    char *uri = malloc(sizeof beginning + 3 * strlen(path) + sizeof end), *next;

    if (uri == NULL)
        return NULL;
    next = stpcpy(uri, beginning);
    for (; *path != '\0'; path++)
        next += sprintf(next, "%%%02x", (unsigned char)*path);
    strcpy(next, end);
    return uri;
}

/* Whether changes wait beside PATH for being taken over into it. */
static int has_journal(const char *path)
{
    static const char *const endings[] = {"-wal", "-journal"};
    char *name = malloc(strlen(path) + 16);
    struct stat about;
    int found = name == NULL;

    for (size_t i = 0; i < 2 && !found; i++) {
        strcpy(stpcpy(name, path), endings[i]);
        found = stat(name, &about) == 0 && about.st_size > 0;
    }
    free(name);
    return found;
}

/* A ledger in a directory that can't be written, where SQLite finds no place for its
 * index of the log, is read as it stands if nothing is in the log. */
static tmk_status connect_immutable(tmk_database *database, tmk_error *error)
{
    char *uri = immutable_uri(database->path);
    tmk_status status;

    if (uri == NULL)
        return tmk_fail_memory(error, database->path);
    sqlite3_close(database->handle);
    database->handle = NULL;
    status = connect_to(database, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
    free(uri);
    return status;
}

static tmk_status begin_reading(tmk_database *database, tmk_error *error)
{
    int64_t unused;
    tmk_status status = tmk_database_run(database, "PRAGMA query_only = ON", error);

    if (status == TMK_OK)
        status = tmk_database_number(database, "PRAGMA schema_version", &unused, error);
    if ((status == TMK_NOT_READABLE || status == TMK_NOT_WRITABLE) &&
        milliseconds_now() < database->deadline && !has_journal(database->path)) {
        status = connect_immutable(database, error);
        if (status == TMK_OK)
            status = tmk_database_number(database, "PRAGMA schema_version", &unused, error);
    }
    return status;
}

static tmk_status open_file(tmk_database *database, tmk_database_mode mode, tmk_error *error)
{
    const char *path = database->path;
    tmk_status status =
        mode == TMK_DATABASE_WRITE ? make_private(path, error) : TMK_OK;

    if (status == TMK_OK)
        status = check_kind(path, error);
    if (status == TMK_OK)
        status = connect_to(database, path, SQLITE_OPEN_READWRITE, error);
    if (status == TMK_OK && mode == TMK_DATABASE_READ)
        status = begin_reading(database, error);
    else if (status == TMK_OK && sqlite3_db_readonly(database->handle, "main") == 1)
        status = fail(database, SQLITE_READONLY, error);
    return status;
}

static tmk_status open_temporary(tmk_database *database, tmk_error *error)
{
    tmk_status status =
        connect_to(database, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

    database->is_temporary = 1;
    if (status == TMK_OK)
        status = tmk_database_run(database, "PRAGMA journal_mode = MEMORY", error);
    if (status == TMK_OK)
        tmk_database_set_cache(database, TMK_LARGE_CACHE_KIB);
    return status;
}

/* The path as SQLite takes it literally: ":memory:" and "file:..." mean more to it. */
static char *literal_path(const char *path)
{
    char *copy = malloc(strlen(path) + 3);
    int has_meaning = *path == ':' || strncmp(path, "file:", 5) == 0;

    if (copy != NULL)
        strcpy(stpcpy(copy, has_meaning ? "./" : ""), path);
    return copy;
}

tmk_status tmk_database_open(const char *path, tmk_database_mode mode,
                             tmk_database **database, tmk_error *error)
{
    tmk_status status;

    *database = NULL;
    if (*path == '\0')
        return tmk_fail(error, TMK_BAD_ARGUMENT, "the ledger's name is empty");
    *database = tmk_calloc(1, sizeof **database);
    if (*database != NULL)
        (*database)->path = literal_path(path);
    if (*database == NULL || (*database)->path == NULL) {
        tmk_database_close(database);
        return tmk_fail_memory(error, path);
    }
    (*database)->patience = TMK_PATIENCE_MS;
    start_waiting(*database);
    if (mode == TMK_DATABASE_TEMPORARY)
        status = open_temporary(*database, error);
    else
        status = open_file(*database, mode, error);
    if (status != TMK_OK)
        tmk_database_close(database);
    return status;
}

void tmk_database_close(tmk_database **database)
{
    if (*database == NULL)
        return;
    sqlite3_close((*database)->handle);
    free((*database)->path);
    tmk_free(*database);
    *database = NULL;
}

/* ----------------------------------------------------------- copy and journal */

static int copy_all(tmk_database *from, tmk_database *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    int code, try = 0;

    if (backup == NULL)
        return sqlite3_errcode(to->handle);
    do
        code = sqlite3_backup_step(backup, -1);
    while (worth_another_try(from, code, &try));
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

tmk_status tmk_database_detach(tmk_database **database, tmk_error *error)
{
    tmk_database *copy = NULL;
    tmk_status status =
        tmk_database_open((*database)->path, TMK_DATABASE_TEMPORARY, &copy, error);
    int code;

    if (status != TMK_OK)
        return status;
    start_waiting(*database);
    code = copy_all(*database, copy);
    if (code != SQLITE_OK) {
        status = fail(*database, code, error);
        tmk_database_close(&copy);
        return status;
    }
    copy->patience = (*database)->patience;
    tmk_database_close(database);
    *database = copy;
    return TMK_OK;
}

tmk_status tmk_database_prepare(tmk_database *database, int is_shared, tmk_error *error)
{
    return tmk_database_run(database,
                            is_shared ? "PRAGMA journal_mode = DELETE;"
                                        "PRAGMA synchronous = EXTRA"
                                      : "PRAGMA journal_mode = WAL;"
                                        "PRAGMA synchronous = FULL",
                            error);
}

/* ----------------------------------------------------------------- statements */

tmk_status tmk_query_new(tmk_database *database, const char *sql, tmk_query **query,
                         tmk_error *error)
{
    int code, try = 0;

    *query = tmk_calloc(1, sizeof **query);
    if (*query == NULL)
        return tmk_fail_memory(error, database->path);
    (*query)->database = database;
    start_waiting(database);
    do
        code = sqlite3_prepare_v2(database->handle, sql, -1, &(*query)->statement, NULL);
    while (worth_another_try(database, code, &try));
    if (code == SQLITE_OK)
        return TMK_OK;
    tmk_query_free(query);
    return fail(database, code, error);
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

void tmk_query_bind_blob(tmk_query *query, int index, const void *bytes, size_t size)
{
    note_problem(query, sqlite3_bind_blob64(query->statement, index, bytes, size,
                                            SQLITE_STATIC));
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
        start_waiting(database);
        code = sqlite3_step(query->statement);
        /* Within a transaction nothing is worth waiting for: it holds what it needs. */
        while (!query->began && sqlite3_get_autocommit(database->handle) &&
               worth_another_try(database, code, &try)) {
            sqlite3_reset(query->statement);
            code = sqlite3_step(query->statement);
        }
        query->began = 1;
    }
    *has_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return TMK_OK;
    return fail(database, code, error);
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

    start_waiting(database);
    do
        code = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);
    while (sqlite3_get_autocommit(database->handle) &&
           worth_another_try(database, code, &try));
    return code == SQLITE_OK ? TMK_OK : fail(database, code, error);
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
