/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a ledger's file may be: new, old, newer, of another program, damaged, read-only. */
#include <check.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/database.h"
#include "tests/support/ledger_support.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static void fails_to_open(const char *name, tmk_ledger_mode mode, tmk_status status,
                          const char *words)
{
    tmk_ledger *ledger = (tmk_ledger *)1;

    FAILS(tmk_ledger_open(name, mode, &ledger, error), status, words);
    ck_assert_ptr_null(ledger);
}

/* ------------------------------------------------------------------ a new file */

START_TEST(test_new_file)
{
    mode_t before = umask(0);
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/o", 1);
    struct stat about;

    OK(tmk_ledger_record(ledger, &r, 1, error));
    ck_assert_int_eq(stat("l.db", &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0600);
    ck_assert_int_eq(stat("l.db-wal", &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0600);
    ck_assert_int_eq((int)run_sql("l.db", "PRAGMA application_id"), 0x746d6b6c);
    ck_assert_int_eq((int)run_sql("l.db", "PRAGMA user_version"), 3);
    ck_assert_int_eq(
        (int)run_sql("l.db", "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    tmk_ledger_close(&ledger);
    ck_assert_int_ne(access("l.db-wal", F_OK), 0); /* the last one tidies up */

    ck_assert_int_eq(chmod("l.db", 0640), 0); /* as its user wants it */
    ledger = open_ledger("l.db");
    OK(tmk_ledger_record(ledger, &r, 1, error));
    ck_assert_int_eq(stat("l.db", &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0640);
    tmk_ledger_close(&ledger);
    umask(before);
}
END_TEST

/* Names that mean something to SQLite are names of files here. */
START_TEST(test_strange_names)
{
    static const char *const names[] = {":memory:", "file:x?mode=memory", "a\xff\n%41.db"};
    struct stat about;

    for (size_t i = 0; i < 3; i++) {
        tmk_ledger *ledger = open_ledger(names[i]);

        tmk_ledger_close(&ledger);
        ck_assert_int_eq(stat(names[i], &about), 0);
        ck_assert_int_gt((int)about.st_size, 0);
        OK(tmk_ledger_open(names[i], TMK_LEDGER_READ, &ledger, error));
        tmk_ledger_close(&ledger);
    }
    fails_to_open("", TMK_LEDGER_WRITE, TMK_BAD_ARGUMENT, "empty");
}
END_TEST

START_TEST(test_never_made_for_reading)
{
    fails_to_open("l.db", TMK_LEDGER_READ, TMK_NOT_READABLE,
                  "l.db: can't be opened: No such");
    ck_assert_int_ne(access("l.db", F_OK), 0);
    fails_to_open("no/l.db", TMK_LEDGER_WRITE, TMK_NOT_WRITABLE, "no/l.db: can't be created");
    fails_to_open(".", TMK_LEDGER_WRITE, TMK_BAD_FILE, "not a toonmark ledger");
    fails_to_open("/dev/null", TMK_LEDGER_READ, TMK_BAD_FILE, "not a toonmark ledger");
}
END_TEST

/* A program that was killed before its first transaction leaves an empty file. */
START_TEST(test_empty_file)
{
    tmk_ledger *ledger = NULL;
    struct stat about;

    scratch_write("l.db", "", 0, 0600);
    OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
    ck_assert_uint_eq(count_channels(ledger) + count_releases(ledger, NULL), 0);
    tmk_ledger_close(&ledger);
    ck_assert_int_eq(stat("l.db", &about), 0);
    ck_assert_int_eq((int)about.st_size, 0);
    ledger = open_ledger("l.db");
    OK(tmk_ledger_add_channel(ledger, "one", NULL, NULL, NULL, error));
    tmk_ledger_close(&ledger);
}
END_TEST

START_TEST(test_reading_changes_nothing)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/o", 1);

    tmk_ledger_close(&ledger);
    OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
    FAILS(tmk_ledger_add_channel(ledger, "one", NULL, NULL, NULL, error), TMK_NOT_WRITABLE,
          "l.db");
    FAILS(tmk_ledger_record(ledger, &r, 1, error), TMK_NOT_WRITABLE, "l.db");
    ck_assert_uint_eq(count_channels(ledger) + count_releases(ledger, NULL), 0);
    tmk_ledger_close(&ledger);
}
END_TEST

/* --------------------------------------------------------------- other versions */

/* A ledger as version 1 made it, written here by hand. */
static const char version_1[] =
    "CREATE TABLE channels (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,"
    " name TEXT NOT NULL UNIQUE, mark TEXT NOT NULL UNIQUE, note TEXT NOT NULL) STRICT;"
    "CREATE TABLE inputs (id INTEGER PRIMARY KEY AUTOINCREMENT, path ANY NOT NULL,"
    " digest BLOB NOT NULL, bytes INTEGER NOT NULL, UNIQUE (digest, path)) STRICT;"
    "CREATE TABLE releases (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,"
    " mark TEXT NOT NULL, channel ANY NOT NULL, fingerprint TEXT NOT NULL,"
    " input INTEGER NOT NULL REFERENCES inputs (id), output ANY NOT NULL,"
    " output_digest BLOB NOT NULL, output_bytes INTEGER NOT NULL, title ANY NOT NULL,"
    " episode ANY NOT NULL, page ANY NOT NULL, slice INTEGER NOT NULL, strength REAL NOT "
    "NULL,"
    " quality INTEGER NOT NULL, options ANY NOT NULL, margin_db REAL, psnr_db REAL,"
    " verified ANY NOT NULL, version ANY NOT NULL,"
    " UNIQUE (output, time, mark, output_digest)) STRICT;"
    "CREATE INDEX releases_input ON releases (input);"
    "CREATE INDEX releases_mark ON releases (mark);"
    "CREATE INDEX releases_work ON releases (title, episode);"
    "INSERT INTO channels VALUES (1, 1000, 'kr', '00000000000000ab', 'a note');"
    "INSERT INTO inputs VALUES (1, '/in/1.png',"
    " x'0101010101010101010101010101010101010101010101010101010101010101', 11);"
    "INSERT INTO releases VALUES (1, 2000, '00000000000000ab', 'kr', '0123456789abcdef', 1,"
    " x'2f6f2fff', x'0202020202020202020202020202020202020202020202020202020202020202', 22,"
    " 'T', '1', '01', 0, 1.0, 0, '', 3.5, NULL, '', '0.9');"
    "PRAGMA application_id = 1953327980; PRAGMA user_version = 1;";

/* What version 2, of toonmark 0.2, made of it. */
static const char version_2[] =
    "ALTER TABLE releases ADD COLUMN width INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE releases ADD COLUMN height INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX releases_output_digest ON releases (output_digest);"
    "CREATE VIEW overview AS SELECT r.id AS id,"
    " strftime('%Y-%m-%dT%H:%M:%SZ', r.time / 1000000, 'unixepoch') AS released,"
    " r.channel AS channel, r.mark AS mark, r.title AS title, r.episode AS episode,"
    " r.page AS page, r.output AS output, lower(hex(r.output_digest)) AS digest,"
    " i.path AS input, lower(hex(i.digest)) AS input_digest,"
    " round(r.margin_db, 1) AS margin_db,"
    " NOT EXISTS (SELECT 1 FROM releases AS n WHERE n.output = r.output"
    " AND (n.time, n.mark, n.output_digest) > (r.time, r.mark, r.output_digest)) AS newest"
    " FROM releases AS r JOIN inputs AS i ON i.id = r.input;"
    "PRAGMA user_version = 2;";

static int is_the_old_release(void *context, const tmk_release *r)
{
    ++*(int *)context;
    ck_assert_int_eq(r->time, 2000);
    ck_assert_uint_eq(r->mark, 0xab);
    ck_assert_str_eq(r->output, "/o/\xff");
    ck_assert_str_eq(r->input, "/in/1.png");
    ck_assert_uint_eq(r->input_bytes, 11);
    ck_assert(r->margin_db == 3.5);
    ck_assert_int_eq(r->width, 0);
    ck_assert_int_eq((int)r->height, 0);
    ck_assert_int_eq(r->format_version, 0);
    ck_assert_int_eq((int)r->state, TMK_RELEASED);
    ck_assert_uint_eq(r->content.size, 0);
    ck_assert_int_eq(r->clock, 0);
    return 0;
}

static void is_the_old_ledger(tmk_ledger *ledger)
{
    int releases = 0;

    ck_assert_uint_eq(count_channels(ledger), 1);
    OK(tmk_ledger_each(ledger, NULL, is_the_old_release, &releases, error));
    ck_assert_int_eq(releases, 1);
    OK(tmk_ledger_check(ledger, error));
}

START_TEST(test_old_version)
{
    static char before[100000], after[100000];
    tmk_ledger *ledger = NULL, *other = open_ledger("o.db");
    tmk_release r = made_up("/o/2", 1);
    size_t size;

    run_sql("l.db", version_1);
    if (_i == 2)
        run_sql("l.db", version_2);
    size = scratch_read("l.db", before, sizeof before);

    OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
    is_the_old_ledger(ledger);
    OK(tmk_ledger_merge(other, ledger, NULL, error));
    OK(tmk_ledger_merge(other, ledger, NULL, error));
    ck_assert_int_eq((int)run_sql("o.db", "SELECT count(*) FROM events"), 2);
    OK(tmk_ledger_check(other, error));
    tmk_ledger_close(&other);
    tmk_ledger_close(&ledger);
    ck_assert_uint_eq(scratch_read("l.db", after, sizeof after), size);
    ck_assert_mem_eq(before, after, size); /* reading has changed nothing */

    ledger = open_ledger("l.db");
    is_the_old_ledger(ledger);
    r.width = 800;
    OK(tmk_ledger_record(ledger, &r, 1, error));
    tmk_ledger_close(&ledger);
    ck_assert_int_eq((int)run_sql("l.db", "PRAGMA user_version"), 3);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM overview WHERE newest"), 2);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT sum(width) FROM releases"), 800);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM origin"), 1);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events"), 3);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM channel_names"
                                          " WHERE name = 'kr' AND time = 1000"),
                     1);
}
END_TEST

/* Sixteen programs find the old ledger at the same moment. */
START_TEST(test_old_version_at_once)
{
    tmk_ledger *ledger;

    run_sql("l.db", version_1);
    for (unsigned p = 0; p < 16; p++) {
        if (fork() == 0) {
            char output[16];
            tmk_release r;
            int failed = tmk_ledger_open("l.db", TMK_LEDGER_WRITE, &ledger, NULL) != TMK_OK;

            snprintf(output, sizeof output, "/p/%u", p);
            r = made_up(output, p);
            _exit(failed || tmk_ledger_record(ledger, &r, 1, NULL) != TMK_OK);
        }
    }
    for (int p = 0; p < 16; p++) {
        int status = -1;

        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    ledger = open_ledger("l.db");
    ck_assert_uint_eq(count_releases(ledger, NULL), 17);
    tmk_ledger_close(&ledger);
}
END_TEST

START_TEST(test_newer_version)
{
    tmk_ledger *ledger = open_ledger("l.db");

    tmk_ledger_close(&ledger);
    run_sql("l.db", "PRAGMA user_version = 4");
    for (int mode = 0; mode < 2; mode++)
        fails_to_open("l.db", (tmk_ledger_mode)mode, TMK_UNSUPPORTED,
                      "a ledger of version 4, made by a newer toonmark");
    ck_assert_int_eq((int)run_sql("l.db", "PRAGMA user_version"), 4);
}
END_TEST

START_TEST(test_other_files)
{
    static char text[5000], after[5001];

    memset(text, 'x', sizeof text);
    scratch_write("text", text, sizeof text, 0600);
    run_sql("other.db", "CREATE TABLE channels (name TEXT)");
    run_sql("third.db",
            "CREATE TABLE t (a); PRAGMA application_id = 7; PRAGMA user_version = 2");
    for (int mode = 0; mode < 2; mode++) {
        fails_to_open("text", (tmk_ledger_mode)mode, TMK_BAD_FILE,
                      "text: not a toonmark ledger");
        fails_to_open("other.db", (tmk_ledger_mode)mode, TMK_BAD_FILE, "another program");
        fails_to_open("third.db", (tmk_ledger_mode)mode, TMK_BAD_FILE, "another program");
    }
    ck_assert_uint_eq(scratch_read("text", after, sizeof after), sizeof text);
    ck_assert_mem_eq(text, after, sizeof text);
    ck_assert_int_eq((int)run_sql("other.db",
                                  "SELECT journal_mode = 'delete' FROM pragma_journal_mode"),
                     1);
}
END_TEST

/* ------------------------------------------------------------------------ damage */

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

static int look_at_all(void *context, const tmk_release *release)
{
    *(size_t *)context += strlen(release->output) + strlen(release->input);
    return 0;
}

static int look_at_channel(void *context, const tmk_channel *channel)
{
    *(size_t *)context += strlen(channel->name) + (size_t)channel->time;
    return 0;
}

/* Uses a ledger whatever it is; every failure has a status and names the file. */
static void use(const char *name, tmk_ledger_mode mode)
{
    tmk_ledger *ledger = NULL;
    tmk_error error = {0};
    tmk_release r = made_up("/out/new", 1);
    size_t sum = 0;
    tmk_status results[6] = {tmk_ledger_open(name, mode, &ledger, &error)};

    ck_assert(results[0] == TMK_OK || strstr(error.text, name) != NULL);
    if (ledger == NULL)
        return;
    results[1] = tmk_ledger_each(ledger, NULL, look_at_all, &sum, NULL);
    results[2] = tmk_ledger_each_channel(ledger, look_at_channel, &sum, NULL);
    results[3] = tmk_ledger_check(ledger, NULL);
    results[4] = tmk_ledger_record(ledger, &r, 1, &error);
    results[5] = tmk_ledger_add_channel(ledger, "new", NULL, NULL, NULL, &error);
    for (int i = 0; i < 6; i++)
        ck_assert(results[i] != TMK_CANCELLED);
    tmk_ledger_close(&ledger);
}

/* TOONMARK_DAMAGES is the number of rounds. */
START_TEST(test_damage)
{
    static char whole[200000], bytes[200000];
    const char *wanted = getenv("TOONMARK_DAMAGES");
    int rounds = wanted != NULL ? atoi(wanted) : 60;
    unsigned seed = 1;
    tmk_ledger *ledger = open_ledger("l.db");
    size_t size;

    for (unsigned i = 0; i < 100; i++) {
        char output[64];
        tmk_release r;

        snprintf(output, sizeof output, "/out/%u", i);
        r = made_up(output, i);
        OK(tmk_ledger_record(ledger, &r, 1, error));
    }
    OK(tmk_ledger_add_channel(ledger, "one", NULL, NULL, NULL, error));
    tmk_ledger_close(&ledger);
    size = scratch_read("l.db", whole, sizeof whole);

    for (int round = 0; round < rounds; round++) {
        size_t length = round % 5 == 0 ? next(&seed) % size : size;

        memcpy(bytes, whole, size);
        for (unsigned i = 0; i < 1u << (round % 9); i++)
            bytes[next(&seed) % (round % 3 == 0 ? 4096 : size)] = (char)next(&seed);
        if (round % 2 == 0)
            memcpy(bytes, whole, 100); /* a header that is fine */
        scratch_write("d.db", bytes, length, 0600);
        use("d.db", TMK_LEDGER_READ);
        use("d.db", TMK_LEDGER_WRITE);
        unlink("d.db-wal");
        unlink("d.db-shm");
        unlink("d.db-journal");
    }
}
END_TEST

/* Damage that SQLite itself can't see: texts with a NUL, marks and names that are none. */
START_TEST(test_strange_content)
{
    static const char *const changes[] = {
        "UPDATE releases SET output = x'2f00'",
        "UPDATE inputs SET path = '/a' || char(0) || 'b'",
        "PRAGMA ignore_check_constraints = 1; UPDATE releases SET mark = 'x'",
        "PRAGMA ignore_check_constraints = 1; UPDATE releases SET output_digest = x'00'",
        "UPDATE releases SET fingerprint = '0123456789abcdef0123456789abcdef'",
        "PRAGMA foreign_keys = 0; DELETE FROM inputs",
        "UPDATE releases SET time = 9223372036854775807",
        "UPDATE inputs SET path = '/' || hex(zeroblob(1000000))",
        "INSERT INTO channels VALUES (1, -1, 'a', '0000000000000001', '', 'active')",
        "INSERT INTO channels VALUES (1, 1, 'a' || char(10), '0000000000000001', '', "
        "'active')",
        "ALTER TABLE channels RENAME TO others",
    };
    tmk_ledger *ledger = open_ledger("l.db"), *other = open_ledger("o.db");
    tmk_release r = made_up("/o", 1);
    tmk_status status;

    OK(tmk_ledger_record(ledger, &r, 1, error));
    tmk_ledger_close(&ledger);
    run_sql("l.db", changes[_i]);
    OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
    status = tmk_ledger_merge(other, ledger, NULL, NULL);
    if (status == TMK_OK)
        status = tmk_ledger_check(ledger, NULL);
    ck_assert_int_eq(status, TMK_BAD_FILE);
    ck_assert_uint_eq(count_releases(other, NULL), 0);
    tmk_ledger_close(&ledger);
    tmk_ledger_close(&other);
}
END_TEST

/* ------------------------------------------------------------- places to be read */

/* Runs in a process without root's powers, which no permission stops. */
static void without_powers(void (*run)(void))
{
    pid_t child = fork();
    int status = -1;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(99);
        run();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static void read_but_not_write(void)
{
    tmk_ledger *ledger = NULL;

    OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    tmk_ledger_close(&ledger);
    FAILS(tmk_ledger_open("l.db", TMK_LEDGER_WRITE, &ledger, error), TMK_NOT_WRITABLE,
          "it and its directory must be writable");
}

static void neither_read_nor_write(void)
{
    fails_to_open("l.db", TMK_LEDGER_READ, TMK_NOT_READABLE, "Permission denied");
    fails_to_open("l.db", TMK_LEDGER_WRITE, TMK_NOT_READABLE, "Permission denied");
    fails_to_open("new.db", TMK_LEDGER_WRITE, TMK_NOT_WRITABLE, "Permission denied");
}

START_TEST(test_read_only)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/o", 1);

    OK(tmk_ledger_record(ledger, &r, 1, error));
    tmk_ledger_close(&ledger);
    ck_assert_int_eq(chmod("l.db", 0444), 0);
    ck_assert_int_eq(chmod(".", 0555), 0);
    without_powers(read_but_not_write);
    ck_assert_int_eq(chmod("l.db", 0), 0);
    without_powers(neither_read_nor_write);
    ck_assert_int_eq(chmod(".", 0700), 0);
}
END_TEST

/* On a network file system there is no write-ahead log, not even of a ledger that had one. */
START_TEST(test_shared)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_database *database = NULL;

    tmk_ledger_close(&ledger);
    ck_assert_int_eq(tmk_is_network_file("l.db"), 0);
    OK(tmk_database_open("l.db", TMK_DATABASE_WRITE, &database, error));
    OK(tmk_database_prepare(database, 1, error));
    OK(tmk_database_begin(database, error));
    ck_assert_int_eq(access("l.db-wal", F_OK), -1);
    OK(tmk_database_end(database, TMK_OK, error));
    tmk_database_close(&database);
    ck_assert_int_eq(
        (int)run_sql("l.db", "SELECT journal_mode = 'delete' FROM pragma_journal_mode"), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_file");
    TCase *tests = tcase_create("ledger_file");

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_new_file);
    tcase_add_test(tests, test_strange_names);
    tcase_add_test(tests, test_never_made_for_reading);
    tcase_add_test(tests, test_empty_file);
    tcase_add_test(tests, test_reading_changes_nothing);
    tcase_add_loop_test(tests, test_old_version, 1, 3);
    tcase_add_test(tests, test_old_version_at_once);
    tcase_add_test(tests, test_newer_version);
    tcase_add_test(tests, test_other_files);
    tcase_add_test(tests, test_damage);
    tcase_add_loop_test(tests, test_strange_content, 0, 11);
    tcase_add_test(tests, test_read_only);
    tcase_add_test(tests, test_shared);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
