/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables are made by the same steps whether a ledger is new or old: step V leads from
 * version V to V + 1, version 0 being an empty file.  A step that was released is never
 * changed.  From version 3 on a step also adds the columns that columns.c has for it, so a
 * new column needs no text here.
 */
#include "ledger/schema.h"

#include <stdio.h>

#include "ledger/columns.h"

/* Paths and the texts made of them may hold any bytes: TEXT if they are UTF-8, else BLOB,
 * which the type ANY of a STRICT table keeps as it is. */
#define BYTES(column) column " ANY NOT NULL CHECK (typeof(" column ") IN ('text', 'blob'))"
#define HEX16(column)                                                                        \
    column " TEXT NOT NULL CHECK (length(" column ") = 16 AND " column                       \
           " NOT GLOB '*[^0-9a-f]*')"
#define DIGEST(column) column " BLOB NOT NULL CHECK (length(" column ") = 32)"

static const char first_version[] =
    "CREATE TABLE channels ("
    "    id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "    time INTEGER NOT NULL,"
    "    name TEXT NOT NULL UNIQUE,"
    "    " HEX16(
        "mark") " UNIQUE,"
                "    note TEXT NOT NULL"
                ") STRICT;"
                "CREATE TABLE inputs ("
                "    id INTEGER PRIMARY KEY AUTOINCREMENT,"
                "    " BYTES(
                    "path") ","
                            "    " DIGEST(
                                "digest") ","
                                          "    bytes INTEGER NOT NULL CHECK (bytes >= 0),"
                                          "    UNIQUE (digest, path)"
                                          ") STRICT;"
                                          "CREATE TABLE releases ("
                                          "    id INTEGER PRIMARY KEY AUTOINCREMENT,"
                                          "    time INTEGER NOT NULL CHECK (time > 0),"
                                          "    " HEX16(
                                              "mark") ","
                                                      "    " BYTES(
                                                          "channel") ","
                                                                     "    fingerprint TEXT "
                                                                     "NOT NULL,"
                                                                     "    input INTEGER NOT "
                                                                     "NULL REFERENCES inputs "
                                                                     "(id),"
                                                                     "    " BYTES(
                                                                         "output") ","
                                                                                   "   "
                                                                                   " " DIGEST(
                                                                                       "outpu"
                                                                                       "t_"
                                                                                       "diges"
                                                                                       "t") ","
                                                                                            "    output_bytes INTEGER NOT NULL CHECK (output_bytes >= 0),"
                                                                                            "    " BYTES(
                                                                                                "title") ","
                                                                                                         "    " BYTES(
                                                                                                             "episode") ","
                                                                                                                        "    " BYTES(
                                                                                                                            "page") ","
                                                                                                                                    "    slice INTEGER NOT NULL,"
                                                                                                                                    "    strength REAL NOT NULL,"
                                                                                                                                    "    quality INTEGER NOT NULL,"
                                                                                                                                    "    " BYTES(
                                                                                                                                        "options") ","
                                                                                                                                                   "    margin_db REAL,"
                                                                                                                                                   "    psnr_db REAL,"
                                                                                                                                                   "    " BYTES(
                                                                                                                                                       "verified") ","
                                                                                                                                                                   "    " BYTES(
                                                                                                                                                                       "version") ","
                                                                                                                                                                                  "    UNIQUE (output, time, mark, output_digest)"
                                                                                                                                                                                  ") STRICT;"
                                                                                                                                                                                  "CREATE INDEX releases_input ON releases (input);"
                                                                                                                                                                                  "CREATE INDEX releases_mark ON releases (mark);"
                                                                                                                                                                                  "CREATE INDEX releases_work ON releases (title, episode);";

/* Sizes of pictures; a released file is found by its digest; a view for people. */
static const char second_version[] =
    "ALTER TABLE releases ADD COLUMN width INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE releases ADD COLUMN height INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX releases_output_digest ON releases (output_digest);"
    "CREATE VIEW overview AS"
    "    SELECT r.id AS id,"
    "        strftime('%Y-%m-%dT%H:%M:%SZ', r.time / 1000000, 'unixepoch') AS released,"
    "        r.channel AS channel, r.mark AS mark, r.title AS title, r.episode AS episode,"
    "        r.page AS page, r.output AS output, lower(hex(r.output_digest)) AS digest,"
    "        i.path AS input, lower(hex(i.digest)) AS input_digest,"
    "        round(r.margin_db, 1) AS margin_db,"
    "        NOT EXISTS (SELECT 1 FROM releases AS n WHERE n.output = r.output"
    "            AND (n.time, n.mark, n.output_digest)"
    "                > (r.time, r.mark, r.output_digest)) AS newest"
    "    FROM releases AS r JOIN inputs AS i ON i.id = r.input;";

/* The name that the ledger got when it was made; the logs; the names that channels had. */
static const char third_version[] =
    "CREATE TABLE origin ("
    "    id INTEGER PRIMARY KEY CHECK (id = 1),"
    "    origin BLOB NOT NULL CHECK (length(origin) = 16)"
    ") STRICT;"
    "CREATE TABLE events ("
    "    origin BLOB NOT NULL CHECK (length(origin) = 16),"
    "    sequence INTEGER NOT NULL CHECK (sequence > 0),"
    "    time INTEGER NOT NULL CHECK (time > 0),"
    "    kind TEXT NOT NULL,"
    "    payload BLOB NOT NULL,"
    "    hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "    PRIMARY KEY (origin, sequence)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX events_payload ON events (payload);"
    "CREATE TABLE channel_names ("
    "    " HEX16("mark") ","
                         "    time INTEGER NOT NULL,"
                         "    name TEXT NOT NULL,"
                         "    PRIMARY KEY (mark, time, name)"
                         ") STRICT, WITHOUT ROWID;"
                         "INSERT INTO channel_names SELECT mark, time, name FROM channels;";

static const char *const steps[] = {first_version, second_version, third_version};

#define STEPS ((int64_t)(sizeof steps / sizeof steps[0]))
#define FROZEN 2 /* versions whose columns stand in the text of their steps */

static int64_t current_version(void)
{
    return tmk_columns_version() > STEPS ? tmk_columns_version() : STEPS;
}

static tmk_status fail_newer(const tmk_database *database, int64_t version, tmk_error *error)
{
    return tmk_fail(error, TMK_UNSUPPORTED,
                    "%s: a ledger of version %lld, made by a newer toonmark; this one knows "
                    "versions up to %lld: update it",
                    tmk_database_path(database), (long long)version,
                    (long long)current_version());
}

/* The version of DATABASE, 0 if it is an empty file; fails if it is not a ledger. */
static tmk_status read_version(tmk_database *database, int64_t *version, tmk_error *error)
{
    int64_t application = 0, objects = 0;

    TMK_TRY(tmk_database_number(database, "PRAGMA application_id", &application, error));
    TMK_TRY(tmk_database_number(database, "PRAGMA user_version", version, error));
    TMK_TRY(
        tmk_database_number(database, "SELECT count(*) FROM sqlite_schema", &objects, error));
    if (application == 0 && *version == 0 && objects == 0)
        return TMK_OK;
    if (application != TMK_LEDGER_APPLICATION || *version < 1)
        return tmk_fail(
            error, TMK_BAD_FILE,
            "%s: a database of another program, not a toonmark ledger; name another file",
            tmk_database_path(database));
    return *version > current_version() ? fail_newer(database, *version, error) : TMK_OK;
}

tmk_status tmk_schema_look(tmk_database *database, tmk_schema_state *state, tmk_error *error)
{
    int64_t version = 0;
    /* All of it from one moment: another program may be making the tables right now. */
    TMK_TRY(tmk_database_run(database, "SAVEPOINT look", error));
    TMK_TRY(read_version(database, &version, error));
    TMK_TRY(tmk_database_run(database, "RELEASE look", error));
    *state = version == current_version() ? TMK_SCHEMA_CURRENT : TMK_SCHEMA_OLD;
    return TMK_OK;
}

/* Takes the step from VERSION to the next one. */
static tmk_status take_step(tmk_database *database, int64_t version, tmk_error *error)
{
    char sql[TMK_SQL_BYTES];

    if (version < STEPS)
        TMK_TRY(tmk_database_run(database, steps[version], error));
    if (version < FROZEN)
        return TMK_OK;
    tmk_table_alter(tmk_channel_table(), (int)version + 1, sql);
    TMK_TRY(tmk_database_run(database, sql, error));
    tmk_table_alter(tmk_release_table(), (int)version + 1, sql);
    return tmk_database_run(database, sql, error);
}

/* Takes the steps that lead from VERSION to today's. */
static tmk_status take_steps(tmk_database *database, int64_t version, tmk_error *error)
{
    char sql[128];

    for (; version < current_version(); version++)
        TMK_TRY(take_step(database, version, error));
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %lld",
             TMK_LEDGER_APPLICATION, (long long)current_version());
    return tmk_database_run(database, sql, error);
}

tmk_status tmk_schema_update(tmk_database *database, tmk_schema_finish *finish, void *context,
                             tmk_error *error)
{
    int64_t version = 0;
    tmk_status status;

    TMK_TRY(tmk_database_begin(database, error));
    status = read_version(database, &version, error); /* again, now that nobody writes */
    if (status == TMK_OK && version < current_version()) {
        status = take_steps(database, version, error);
        if (status == TMK_OK)
            status = finish(context, version, error);
    }
    return tmk_database_end(database, status, error);
}
