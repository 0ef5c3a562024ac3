/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a database, whatever the file and its place, and copies of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "ledger/handle.h"

#define ROW_LIMIT (1 << 20) /* bytes of a row at the most: texts have 32 KiB each */

/* -------------------------------------------------------------------- opening */

/* Makes the file, empty and private, if it is missing.  No descriptor is opened: closing
 * it would end the locks that another thread's SQLite holds on the same file. */
static tmk_status make_private(const char *path, tmk_error *error)
{
    if (mknod(path, S_IFREG | S_IRUSR | S_IWUSR, 0) == 0 || errno == EEXIST)
        return TMK_OK;
    return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be created: %s", path,
                    strerror(errno));
}

static tmk_status check_kind(const char *path, tmk_error *error)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be opened: %s", path,
                        strerror(errno));
    if (!S_ISREG(about.st_mode))
        return tmk_fail(error, TMK_BAD_FILE, "%s: not a toonmark ledger; name another file",
                        path);
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
        code = sqlite3_busy_handler(database->handle, tmk_database_wait, database);
    if (code == SQLITE_OK)
        code = configure(database->handle); /* which may wait for one who makes the file */
    return code == SQLITE_OK ? TMK_OK : tmk_database_fail(database, code, error);
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
        tmk_milliseconds_now() < database->deadline && !has_journal(database->path)) {
        status = connect_immutable(database, error);
        if (status == TMK_OK)
            status = tmk_database_number(database, "PRAGMA schema_version", &unused, error);
    }
    return status;
}

static tmk_status open_file(tmk_database *database, tmk_database_mode mode, tmk_error *error)
{
    const char *path = database->path;

    if (mode == TMK_DATABASE_WRITE)
        TMK_TRY(make_private(path, error));
    TMK_TRY(check_kind(path, error));
    TMK_TRY(connect_to(database, path, SQLITE_OPEN_READWRITE, error));
    if (mode == TMK_DATABASE_READ)
        return begin_reading(database, error);
    return sqlite3_db_readonly(database->handle, "main") == 1
               ? tmk_database_fail(database, SQLITE_READONLY, error)
               : TMK_OK;
}

static tmk_status open_temporary(tmk_database *database, tmk_error *error)
{
    database->is_temporary = 1;
    TMK_TRY(connect_to(database, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error));
    TMK_TRY(tmk_database_run(database, "PRAGMA journal_mode = MEMORY", error));
    tmk_database_set_cache(database, TMK_LARGE_CACHE_KIB);
    return TMK_OK;
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
    tmk_database_start_waiting(*database);
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
    while (tmk_database_try_again(from, code, &try));
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

tmk_status tmk_database_detach(tmk_database **database, tmk_error *error)
{
    tmk_database *copy = NULL;
    tmk_status status = tmk_database_open((*database)->path, TMK_DATABASE_TEMPORARY, &copy,
                                          error);
    int code;

    if (status != TMK_OK)
        return status;
    tmk_database_start_waiting(*database);
    code = copy_all(*database, copy);
    if (code != SQLITE_OK) {
        status = tmk_database_fail(*database, code, error);
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
