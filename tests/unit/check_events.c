/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's log: that its hashes are what doc/ledger.md says, recomputed here from the
 * tables by SQLite alone; that changes show; and that logs merge.
 */
#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "ledger/events.h"
#include "tests/support/ledger_support.h"
#include "tests/support/scratch.h"

/* ------------------------------------------------------- by the document alone */

/* Bytes that are hashed, in the making. */
typedef struct message {
    uint8_t bytes[4096];
    size_t size;
} message;

static void put(message *m, const void *bytes, size_t size)
{
    ck_assert_uint_le(m->size + size, sizeof m->bytes);
    memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
}

static void put_number(message *m, uint64_t number)
{
    for (int i = 0; i < 8; i++) {
        uint8_t byte = (uint8_t)(number & 255);

        put(m, &byte, 1);
        number >>= 8;
    }
}

static void put_bytes(message *m, const void *bytes, size_t size)
{
    put_number(m, size);
    put(m, bytes, size);
}

/* NAME and the value of COLUMN, of which KIND says how it is written: n a number, m a mark,
 * r a real, b bytes, and w whether it is another word than the first. */
static void put_field(message *m, sqlite3_stmt *row, int column, const char *name, char kind)
{
    const void *bytes = sqlite3_column_blob(row, column);
    size_t size = (size_t)sqlite3_column_bytes(row, column);
    uint64_t number = (uint64_t)sqlite3_column_int64(row, column);
    double real = sqlite3_column_double(row, column);

    if (kind == 'm')
        number = strtoull((const char *)sqlite3_column_text(row, column), NULL, 16);
    if (kind == 'w')
        number = strcmp((const char *)sqlite3_column_text(row, column), "withdrawn") == 0;
    if (kind == 'r'   ? sqlite3_column_type(row, column) == SQLITE_NULL
        : kind == 'b' ? size == 0
                      : number == 0)
        return;
    put_bytes(m, name, strlen(name));
    if (kind == 'b') {
        put_bytes(m, bytes, size);
    } else {
        if (kind == 'r')
            memcpy(&number, &real, sizeof number); /* IEEE 754, as these machines have it */
        put_number(m, number);
    }
}

/* The digest of the first row of SQL, by the NAMES and KINDS of its columns. */
static void digest_row(sqlite3 *handle, const char *sql, const char *const *names,
                       const char *kinds, uint8_t digest[32])
{
    sqlite3_stmt *row;
    message m = {.size = 0};

    ck_assert_msg(sqlite3_prepare_v2(handle, sql, -1, &row, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(handle));
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    for (int i = 0; kinds[i] != '\0'; i++)
        put_field(&m, row, i, names[i], kinds[i]);
    sqlite3_finalize(row);
    tmk_digest_of(m.bytes, m.size, digest);
}

static const char channel_sql[] = "SELECT time, name, mark, note, state FROM channels";
static const char *const channel_names[] = {"time", "channel", "mark", "note", "state"};
static const char *const release_names[] = {
    "time",          "channel",      "mark",        "key",
    "title",         "episode",      "page",        "slice",
    "input",         "input_digest", "input_bytes", "output",
    "output_digest", "output_bytes", "width",       "height",
    "strength",      "quality",      "options",     "margin_db",
    "psnr_db",       "verified",     "version",     "format_version",
    "place_x",       "place_y",      "band",        "variant",
    "state",         "content",      "clock"};

static void same_as_in_log(sqlite3 *handle, int sequence, const char *kind,
                           const uint8_t digest[32], uint8_t hash[32])
{
    sqlite3_stmt *row;
    message m = {.size = 0};
    char sql[128];

    snprintf(sql, sizeof sql,
             "SELECT origin, sequence, time, kind, payload, hash FROM events"
             " WHERE sequence = %d",
             sequence);
    ck_assert_int_eq(sqlite3_prepare_v2(handle, sql, -1, &row, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(row, 3), kind);
    ck_assert_int_eq(sqlite3_column_bytes(row, 4), 32);
    ck_assert_mem_eq(sqlite3_column_blob(row, 4), digest, 32);
    put(&m, hash, 32);
    put(&m, sqlite3_column_blob(row, 0), 16);
    put_number(&m, (uint64_t)sqlite3_column_int64(row, 1));
    put_number(&m, (uint64_t)sqlite3_column_int64(row, 2));
    put_bytes(&m, kind, strlen(kind));
    put_bytes(&m, digest, 32);
    tmk_digest_of(m.bytes, m.size, hash);
    ck_assert_mem_eq(sqlite3_column_blob(row, 5), hash, 32);
    sqlite3_finalize(row);
}

START_TEST(test_by_the_document)
{
    static const uint8_t content[] = {1, 0, 2};
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/out/\xff", 0xabcdef);
    uint8_t digest[32], hash[32] = {0};
    sqlite3 *handle;

    OK(tmk_ledger_add_channel(ledger, "kr", NULL, "a note", NULL, error));
    r.title = "T";
    r.slice = 3;
    r.strength = 1.25;
    r.psnr_db = 0;
    r.format_version = 1;
    r.place = (tmk_place){5, 0, 4095};
    r.state = TMK_WITHDRAWN;
    r.content = (tmk_bytes){content, sizeof content};
    OK(tmk_ledger_record(ledger, &r, 1, error));
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);
    ck_assert_int_eq(sqlite3_open("l.db", &handle), SQLITE_OK);
    digest_row(handle, channel_sql, channel_names, "nbmbw", digest);
    same_as_in_log(handle, 1, "channel", digest, hash);
    digest_row(handle,
               "SELECT time, channel, mark, fingerprint, title, episode, page, slice, path,"
               " digest, bytes, output, output_digest, output_bytes, width, height, strength,"
               " quality, options, margin_db, psnr_db, verified, version, format_version,"
               " place_x, place_y, band, variant, state, content, clock"
               " FROM releases JOIN inputs ON inputs.id = input",
               release_names, "nbmbbbbnbbnbbnnnrnbrrbbnnnnnwbn", digest);
    same_as_in_log(handle, 2, "release", digest, hash);
    sqlite3_close(handle);
}
END_TEST

/* ------------------------------------------------------------------------ damage */

START_TEST(test_changes_show)
{
    static const struct {
        const char *sql, *words;
    } changes[] = {
        {"UPDATE releases SET output_bytes = 1 WHERE id = 2",
         "the release /out/1 is not what"},
        {"UPDATE releases SET state = 'withdrawn' WHERE id = 1",
         "/out/0 is not what the log"},
        {"UPDATE channels SET note = 'x'", "the channel one is not what the log says"},
        {"UPDATE inputs SET path = '/other'", "is not what the log says"},
        {"DELETE FROM events WHERE sequence = 2", "event 3 of the log"},
        {"DELETE FROM events WHERE sequence = 4", "/out/2 is not what the log says"},
        {"UPDATE events SET time = time + 1 WHERE sequence = 2", "event 2 of the log"},
        {"UPDATE events SET kind = 'channel' WHERE sequence = 2", "event 2 of the log"},
        {"UPDATE events SET payload = x'00' WHERE sequence = 4", "event 4 of the log"},
        {"UPDATE events SET hash = zeroblob(32) WHERE sequence = 2", "event 2 of the log"},
        {"UPDATE events SET origin = zeroblob(16)", "event 1 of the log"},
        {"DELETE FROM releases WHERE id = 1", "1 channels or releases that the log names"},
        {"DELETE FROM releases", "3 channels or releases that the log names are missing"},
        {"DELETE FROM channels", "1 channels or releases that the log names are missing"},
    };
    tmk_ledger *ledger = open_ledger("l.db");

    OK(tmk_ledger_add_channel(ledger, "one", NULL, NULL, NULL, error));
    for (unsigned i = 0; i < 3; i++) {
        char output[16];
        tmk_release r;

        snprintf(output, sizeof output, "/out/%u", i);
        r = made_up(output, i);
        OK(tmk_ledger_record(ledger, &r, 1, error));
    }
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);
    run_sql("l.db", changes[_i].sql);
    OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
    FAILS(tmk_ledger_check(ledger, error), TMK_BAD_FILE, changes[_i].words);
    tmk_ledger_close(&ledger);
}
END_TEST

/* ----------------------------------------------------------------------- clocks */

static int take(void *context, const tmk_release *release)
{
    *(tmk_release *)context = *release;
    return 0;
}

/* A clock that was a year ahead once: what comes later is later, and says what it read. */
START_TEST(test_clock_set_back)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/a", 1), got = {0};
    int64_t ahead;

    OK(tmk_ledger_record(ledger, &r, 1, error));
    ahead = run_sql("l.db", "UPDATE events SET time = time + 31536000000000;"
                            "SELECT max(time) FROM events");
    r = made_up("/b", 2);
    OK(tmk_ledger_record(ledger, &r, 1, error));
    OK(tmk_ledger_each(ledger, &(tmk_release_filter){.output = "/b"}, take, &got, error));
    ck_assert_int_eq(got.time, ahead + 1);
    ck_assert_int_gt(got.clock, ahead - 31536000000000 - 1);
    ck_assert_int_lt(got.clock, ahead);
    tmk_ledger_close(&ledger);
}
END_TEST

#define LAST "253402300799999999" /* the end of the year 9999 */

/* Nothing is later than the last time that a ledger may hold: it stays readable. */
START_TEST(test_last_time)
{
    static const char *const sql[] = {"UPDATE releases SET time = " LAST,
                                      "UPDATE events SET time = " LAST};
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/a", 1);

    OK(tmk_ledger_record(ledger, &r, 1, error));
    run_sql("l.db", sql[_i]);
    r = made_up("/a", 2);
    FAILS(tmk_ledger_record(ledger, &r, 1, error), TMK_BAD_ARGUMENT, "the year 9999");
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    tmk_ledger_close(&ledger);
}
END_TEST

/* An event of another ledger as that one would have appended it. */
static void forge_event(const char *name, int64_t time)
{
    static const uint8_t zeros[TMK_DIGEST_BYTES];
    tmk_event event = {.origin = "0123456789abcde",
                       .sequence = 1,
                       .time = time,
                       .kind = "release",
                       .payload = {zeros, TMK_DIGEST_BYTES}};
    char sql[512];
    size_t length;

    tmk_event_hash(zeros, &event, event.hash);
    length =
        (size_t)snprintf(sql, sizeof sql,
                         "INSERT INTO events VALUES (x'30313233343536373839616263646500', 1,"
                         " %lld, 'release', zeroblob(32), x'",
                         (long long)time);
    for (int i = 0; i < TMK_DIGEST_BYTES; i++)
        length += (size_t)snprintf(sql + length, sizeof sql - length, "%02x", event.hash[i]);
    snprintf(sql + length, sizeof sql - length, "')");
    run_sql(name, sql);
}

/* What comes from elsewhere may be a day ahead of the clock, as clocks differ, and no more. */
START_TEST(test_ahead)
{
    const int64_t day = 86400000000;
    tmk_ledger *ledger = open_ledger("l.db"), *other = open_ledger("o.db");
    tmk_release r = made_up("/a", 1);
    tmk_channel channel = {"one", 1, "", tmk_ledger_now() + 2 * day, TMK_CHANNEL_ACTIVE};

    r.time = tmk_ledger_now() + day / 2;
    OK(tmk_ledger_record(ledger, &r, 1, error));
    r.time = tmk_ledger_now() + 2 * day;
    FAILS(tmk_ledger_record(ledger, &r, 1, error), TMK_BAD_ARGUMENT, "/a: its time is more");
    FAILS(tmk_ledger_put_channel(ledger, &channel, error), TMK_BAD_ARGUMENT, "one: its time");
    forge_event("o.db", tmk_ledger_now() + day / 2);
    OK(tmk_ledger_merge(ledger, other, NULL, error));
    run_sql("o.db", "DELETE FROM events");
    run_sql("l.db", "DELETE FROM events WHERE kind = 'release' AND payload = zeroblob(32)");
    forge_event("o.db", tmk_ledger_now() + 2 * day);
    FAILS(tmk_ledger_merge(ledger, other, NULL, error), TMK_BAD_ARGUMENT, "o.db: its time");
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    tmk_ledger_close(&other);
    tmk_ledger_close(&ledger);
}
END_TEST

/* Without an origin there is no log to write: that is damage, not silence. */
START_TEST(test_no_origin)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/a", 1);

    OK(tmk_ledger_record(ledger, &r, 1, error));
    tmk_ledger_close(&ledger);
    run_sql("l.db", "DELETE FROM origin");
    ledger = open_ledger("l.db");
    FAILS(tmk_ledger_check(ledger, error), TMK_BAD_FILE,
          "l.db: is damaged: it has no origin");
    r = made_up("/b", 2);
    FAILS(tmk_ledger_record(ledger, &r, 1, error), TMK_BAD_FILE, "it has no origin");
    FAILS(tmk_ledger_add_channel(ledger, "one", NULL, NULL, NULL, error), TMK_BAD_FILE,
          "it has no origin");
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    tmk_ledger_close(&ledger);
}
END_TEST

/* ---------------------------------------------------------------------- merging */

enum { SHARDS = 4 };

static tmk_ledger *open_shard(unsigned shard)
{
    char name[16];

    snprintf(name, sizeof name, "s%u.db", shard);
    return open_ledger(name);
}

static void fill_shard(unsigned shard)
{
    tmk_ledger *ledger = open_shard(shard);
    tmk_channel common = {"common", 1000, "all", 5, TMK_CHANNEL_ACTIVE};
    char output[32];

    OK(tmk_ledger_put_channel(ledger, &common, error));
    for (unsigned i = 0; i < 10; i++) {
        tmk_release r;

        snprintf(output, sizeof output, "/out/%u/%u", shard % 2, i);
        r = made_up(output, shard);
        OK(tmk_ledger_record(ledger, &r, 1, error));
    }
    tmk_ledger_close(&ledger);
}

static void is_same(char *one, char *other)
{
    ck_assert_str_eq(one, other);
    free(one);
    free(other);
}

/* In whatever order, also by way of each other, and twice: the same rows and logs. */
START_TEST(test_merge_logs)
{
    tmk_ledger *forward = open_ledger("f.db"), *back = open_ledger("b.db"), *shard;

    for (unsigned i = 0; i < SHARDS; i++)
        fill_shard(i);
    for (unsigned i = 0; i < SHARDS; i++) {
        shard = open_shard(i);
        OK(tmk_ledger_merge(forward, shard, NULL, error));
        tmk_ledger_close(&shard);
        shard = open_shard(SHARDS - 1 - i);
        OK(tmk_ledger_merge(back, shard, NULL, error));
        tmk_ledger_close(&shard);
    }
    is_same(log_of(forward), log_of(back));
    is_same(content_of(forward), content_of(back));
    OK(tmk_ledger_merge(forward, back, NULL, error));
    is_same(log_of(forward), log_of(back));
    ck_assert_int_eq((int)run_sql("f.db", "SELECT count(*) FROM events"), SHARDS * 11);
    OK(tmk_ledger_check(forward, error));
    OK(tmk_ledger_check(back, error));
    tmk_ledger_close(&forward);
    tmk_ledger_close(&back);
}
END_TEST

/* A copy that was written to: its events are in the ledger's own log, which nobody else may
 * continue, or are two of one number. */
START_TEST(test_forks_are_refused)
{
    tmk_ledger *ledger = open_ledger("l.db"), *copy, *fresh;
    tmk_release r = made_up("/a", 1);
    char *before, *log_before;

    OK(tmk_ledger_record(ledger, &r, 1, error));
    tmk_ledger_close(&ledger);
    run_sql("l.db", "VACUUM INTO 'copy.db'");
    ledger = open_ledger("l.db");
    copy = open_ledger("copy.db");
    r = made_up("/b", 2);
    OK(tmk_ledger_record(copy, &r, 1, error));
    before = content_of(ledger), log_before = log_of(ledger);
    FAILS(tmk_ledger_merge(ledger, copy, NULL, error), TMK_BAD_FILE,
          "copy.db: contradicts the log of l.db, which has no event 2");
    OK(tmk_ledger_merge(copy, ledger, NULL, error)); /* nothing is new there */
    fresh = open_ledger("new.db"); /* the remedy, while the copy alone went on */
    OK(tmk_ledger_merge(fresh, ledger, NULL, error));
    OK(tmk_ledger_merge(fresh, copy, NULL, error));
    ck_assert_uint_eq(count_releases(fresh, NULL), 2);
    OK(tmk_ledger_check(fresh, error));
    is_same(before, content_of(ledger));
    is_same(log_before, log_of(ledger));
    r = made_up("/c", 3);
    OK(tmk_ledger_record(ledger, &r, 1, error));
    before = content_of(ledger), log_before = log_of(ledger);
    FAILS(tmk_ledger_merge(ledger, copy, NULL, error), TMK_BAD_FILE,
          "copy.db: contradicts the log of l.db from event 2 on");
    is_same(before, content_of(ledger));
    is_same(log_before, log_of(ledger));
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);
    tmk_ledger_close(&copy);
    tmk_ledger_close(&fresh);
}
END_TEST

/* What comes from where no log is kept is logged by the ledger that takes it in, once. */
START_TEST(test_rows_without_a_log)
{
    tmk_ledger *ledger = open_ledger("l.db"), *draft = open_ledger(NULL);
    tmk_release r = made_up("/a", 1);
    char *log;

    OK(tmk_ledger_record(draft, &r, 1, error));
    OK(tmk_ledger_add_channel(draft, "one", NULL, NULL, NULL, error));
    log = log_of(draft);
    ck_assert_str_eq(log, "");
    free(log);
    OK(tmk_ledger_merge(ledger, draft, NULL, error));
    log = log_of(ledger);
    OK(tmk_ledger_merge(ledger, draft, NULL, error));
    is_same(log, log_of(ledger));
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events"), 2);
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&draft);
    tmk_ledger_close(&ledger);
}
END_TEST

/* Two ledgers record one release and one channel, each with details of its own: one row of
 * two is left, which is no damage; what is deleted afterwards is. */
START_TEST(test_replaced)
{
    tmk_ledger *ledger = open_ledger("l.db"), *other = open_ledger("o.db");
    tmk_release r = made_up("/a", 1);
    char *log;

    r.time = 1000;
    OK(tmk_ledger_add_channel(ledger, "one", &r.mark, "here", NULL, error));
    OK(tmk_ledger_record(ledger, &r, 1, error));
    r.title = "T";
    OK(tmk_ledger_add_channel(other, "one", &r.mark, "there", NULL, error));
    OK(tmk_ledger_record(other, &r, 1, error));
    OK(tmk_ledger_merge(ledger, other, NULL, error));
    OK(tmk_ledger_check(ledger, error));
    log = log_of(ledger);
    OK(tmk_ledger_merge(ledger, other, NULL, error));
    is_same(log, log_of(ledger));
    OK(tmk_ledger_merge(other, ledger, NULL, error));
    OK(tmk_ledger_check(other, error));
    tmk_ledger_close(&ledger);
    run_sql("l.db", _i == 0 ? "DELETE FROM releases" : "DELETE FROM channels");
    ledger = open_ledger("l.db");
    FAILS(tmk_ledger_check(ledger, error), TMK_BAD_FILE, "1 channels or releases that");
    tmk_ledger_close(&ledger);
    tmk_ledger_close(&other);
}
END_TEST

/* What was changed and changed back is missed, too. */
START_TEST(test_changed_back)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/a", 1);
    const int64_t id = 1;

    OK(tmk_ledger_add_channel(ledger, "one", NULL, "note", NULL, error));
    OK(tmk_ledger_rename_channel(ledger, "one", "two", error));
    OK(tmk_ledger_note_channel(ledger, "two", "other", error));
    OK(tmk_ledger_check(ledger, error));
    OK(tmk_ledger_rename_channel(ledger, "two", "one", error));
    OK(tmk_ledger_note_channel(ledger, "one", "note", error));
    OK(tmk_ledger_record(ledger, &r, 1, error));
    OK(tmk_ledger_set_release_state(ledger, &id, 1, TMK_WITHDRAWN, error));
    OK(tmk_ledger_check(ledger, error));
    OK(tmk_ledger_set_release_state(ledger, &id, 1, TMK_RELEASED, error));
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);
    run_sql("l.db", _i == 0 ? "DELETE FROM releases" : "DELETE FROM channels");
    ledger = open_ledger("l.db");
    FAILS(tmk_ledger_check(ledger, error), TMK_BAD_FILE, "that the log names are missing");
    tmk_ledger_close(&ledger);
}
END_TEST

/* Merging while another program records: each row comes with its own event, and none is
 * logged a second time by the ledger that takes it in. */
START_TEST(test_merge_while_recording)
{
    enum { RELEASES = 150 };
    tmk_ledger *ledger = open_ledger("l.db"), *other = open_ledger("o.db");
    pid_t child;
    int status = -1, is_over = 0;

    tmk_ledger_close(&other);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        other = open_ledger("o.db");
        for (unsigned i = 0; i < RELEASES; i++) {
            char output[16];
            tmk_release r;

            snprintf(output, sizeof output, "/out/%u", i);
            r = made_up(output, i);
            if (tmk_ledger_record(other, &r, 1, NULL) != TMK_OK)
                _exit(1);
        }
        tmk_ledger_close(&other);
        _exit(0);
    }
    while (!is_over) {
        is_over = waitpid(child, &status, WNOHANG) == child;
        OK(tmk_ledger_open("o.db", TMK_LEDGER_READ, &other, error));
        OK(tmk_ledger_merge(ledger, other, NULL, error));
        tmk_ledger_close(&other);
    }
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(count_releases(ledger, NULL), RELEASES);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events"), RELEASES);
    tmk_ledger_close(&ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("events");
    TCase *tests = tcase_create("events");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_by_the_document);
    tcase_add_loop_test(tests, test_changes_show, 0, 14);
    tcase_add_test(tests, test_clock_set_back);
    tcase_add_loop_test(tests, test_last_time, 0, 2);
    tcase_add_test(tests, test_ahead);
    tcase_add_test(tests, test_no_origin);
    tcase_add_test(tests, test_merge_logs);
    tcase_add_test(tests, test_forks_are_refused);
    tcase_add_test(tests, test_rows_without_a_log);
    tcase_add_loop_test(tests, test_replaced, 0, 2);
    tcase_add_loop_test(tests, test_changed_back, 0, 2);
    tcase_add_test(tests, test_merge_while_recording);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
