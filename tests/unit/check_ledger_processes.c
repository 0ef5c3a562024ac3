/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many programs and threads at one ledger, programs that are killed at any moment, a
 * ledger that somebody keeps locked, and a full disk: nothing is lost that a call has
 * acknowledged, nothing doubled, no transaction seen in part.
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/ledger_support.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static void wait_for(int processes)
{
    while (processes-- > 0) {
        int status = -1;

        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
}

static void is_sound(const char *name)
{
    tmk_ledger *ledger = NULL;

    OK(tmk_ledger_open(name, TMK_LEDGER_READ, &ledger, error));
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);
}

/* ------------------------------------------------------------------ all at once */

enum { PROCESSES = 16, EACH = 12 };

/* Adds channels, of which one is also wanted by all others, and releases. */
static int add_many(unsigned process)
{
    tmk_ledger *ledger = NULL;
    char name[32], output[32];
    int failed = tmk_ledger_open("l.db", TMK_LEDGER_WRITE, &ledger, NULL) != TMK_OK;
    tmk_status common;

    for (unsigned i = 0; i < EACH && !failed; i++) {
        tmk_release releases[2];

        snprintf(name, sizeof name, "channel %u-%u", process, i);
        snprintf(output, sizeof output, "/out/%u/%u", process, i);
        releases[0] = made_up(output, i);
        releases[1] = made_up("/out/common", 100 * process + i);
        failed |= tmk_ledger_add_channel(ledger, name, NULL, "n", NULL, NULL) != TMK_OK;
        failed |= tmk_ledger_record(ledger, releases, 2, NULL) != TMK_OK;
    }
    common = failed ? TMK_OK
                    : tmk_ledger_add_channel(ledger, "common", NULL, NULL, NULL, NULL);
    tmk_ledger_close(&ledger);
    return failed ? 1 : common == TMK_OK ? 0 : common == TMK_EXISTS ? 0 : 2;
}

START_TEST(test_sixteen_processes)
{
    tmk_ledger *ledger = NULL;

    for (unsigned p = 0; p < PROCESSES; p++) {
        if (fork() == 0)
            _exit(add_many(p));
    }
    wait_for(PROCESSES);
    is_sound("l.db");
    ledger = open_ledger("l.db");
    ck_assert_uint_eq(count_channels(ledger), PROCESSES * EACH + 1);
    ck_assert_uint_eq(count_releases(ledger, NULL), 2 * PROCESSES * EACH);
    ck_assert_uint_eq(count_releases(ledger, &(tmk_release_filter){.newest = 1}),
                      PROCESSES * EACH + 1);
    tmk_ledger_close(&ledger);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(DISTINCT mark) FROM channels"),
                     PROCESSES * EACH + 1);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(DISTINCT time) FROM releases"
                                          " WHERE output = '/out/common'"),
                     PROCESSES * EACH);
}
END_TEST

/* Whoever comes while another one makes the tables finds a ledger, whole or empty. */
START_TEST(test_new_at_once)
{
    for (unsigned round = 0; round < 100; round++) {
        char name[32];

        snprintf(name, sizeof name, "new%u.db", round);
        for (unsigned p = 0; p < 4; p++) {
            if (fork() == 0) {
                tmk_ledger *ledger = NULL;
                tmk_error error = {0};
                tmk_status status = tmk_ledger_open(name, TMK_LEDGER_WRITE, &ledger, &error);

                if (status != TMK_OK)
                    fprintf(stderr, "%s\n", error.text);
                tmk_ledger_close(&ledger);
                _exit(status != TMK_OK);
            }
        }
        wait_for(4);
    }
}
END_TEST

static void *record_some(void *ledger)
{
    static unsigned char names[8];
    static int next;
    int me = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
    size_t failed = 0;

    for (unsigned i = 0; i < 15; i++) {
        char output[32];
        tmk_release r;

        snprintf(output, sizeof output, "/thread/%d/%u", me, i);
        r = made_up(output, i);
        failed += tmk_ledger_record(ledger, &r, 1, NULL) != TMK_OK;
        failed += count_releases(ledger, &(tmk_release_filter){.output = output}) != 1;
    }
    return failed == 0 ? NULL : &names[me % 8];
}

START_TEST(test_threads)
{
    tmk_ledger *ledger = open_ledger("l.db");
    pthread_t threads[8];

    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, record_some, ledger), 0);
    for (int i = 0; i < 8; i++) {
        void *failed;

        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_uint_eq(count_releases(ledger, NULL), 8 * 15);
    tmk_ledger_close(&ledger);
}
END_TEST

/* Two ledgers, and how they are merged by one of two threads. */
typedef struct merges {
    tmk_ledger *into, *from;
    int failed;
} merges;

static void *merge_many(void *context)
{
    merges *m = context;

    for (int i = 0; i < 500; i++)
        m->failed += tmk_ledger_merge(m->into, m->from, NULL, NULL) != TMK_OK;
    return NULL;
}

/* One thread merges a into b while another one merges b into a: neither waits for ever. */
START_TEST(test_merges_both_ways)
{
    tmk_ledger *a = open_ledger(NULL), *b = open_ledger(NULL);
    tmk_release in_a = made_up("/a", 1), in_b = made_up("/b", 2);
    merges there = {a, b, 0}, back = {b, a, 0};
    pthread_t thread;

    OK(tmk_ledger_record(a, &in_a, 1, error));
    OK(tmk_ledger_record(b, &in_b, 1, error));
    ck_assert_int_eq(pthread_create(&thread, NULL, merge_many, &there), 0);
    merge_many(&back);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(there.failed + back.failed, 0);
    ck_assert_uint_eq(count_releases(a, NULL), 2);
    ck_assert_uint_eq(count_releases(b, NULL), 2);
    tmk_ledger_close(&a);
    tmk_ledger_close(&b);
}
END_TEST

/* ------------------------------------------------------------------------ kill -9 */

enum { GROUP = 3, WRITERS = 2 };

/* Records groups of releases, one transaction each, and reports each that was acknowledged;
 * opens the ledger anew now and then, as that writes too. */
static void write_until_killed(unsigned number, unsigned round, int report)
{
    tmk_ledger *ledger = NULL;

    for (unsigned group = 0;; group++) {
        char outputs[GROUP][48], name[48];
        tmk_release releases[GROUP];

        for (unsigned i = 0; i < GROUP; i++) {
            snprintf(outputs[i], sizeof outputs[i], "/w%u/%u/%u/%u", number, round, group, i);
            releases[i] = made_up(outputs[i], group);
        }
        snprintf(name, sizeof name, "w%u %u %u", number, round, group);
        if (group % 8 == 0)
            tmk_ledger_close(&ledger);
        if ((ledger == NULL &&
             tmk_ledger_open("l.db", TMK_LEDGER_WRITE, &ledger, NULL) != TMK_OK) ||
            tmk_ledger_record(ledger, releases, GROUP, NULL) != TMK_OK ||
            tmk_ledger_add_channel(ledger, name, NULL, NULL, NULL, NULL) != TMK_OK)
            _exit(1);
        if (write(report, &group, sizeof group) != sizeof group)
            _exit(1);
    }
}

/* One writer, killed after a while; the number of groups that it reported. */
typedef struct writer {
    pid_t process;
    int pipe[2];
    unsigned groups;
} writer;

static void start_writer(writer *w, unsigned number, unsigned round)
{
    ck_assert_int_eq(pipe(w->pipe), 0);
    w->groups = 0;
    w->process = fork();
    ck_assert_int_ge(w->process, 0);
    if (w->process == 0) {
        close(w->pipe[0]);
        write_until_killed(number, round, w->pipe[1]);
    }
    close(w->pipe[1]);
}

static void kill_writer(writer *w)
{
    int status = 0;
    unsigned group;

    ck_assert_int_eq(kill(w->process, SIGKILL), 0);
    ck_assert_int_eq(waitpid(w->process, &status, 0), w->process);
    ck_assert_msg(WIFSIGNALED(status), "a writer gave up");
    while (read(w->pipe[0], &group, sizeof group) == sizeof group) {
        ck_assert_uint_eq(group, w->groups);
        w->groups++;
    }
    close(w->pipe[0]);
}

/* All that was acknowledged is there, whole, and at most one group more, whole too. */
static void check_writer(tmk_ledger *ledger, unsigned number, unsigned round, unsigned groups)
{
    char folder[48], channels[128];
    size_t found;
    long long names;

    snprintf(folder, sizeof folder, "/w%u/%u", number, round);
    found = count_releases(ledger, &(tmk_release_filter){.under = folder});
    ck_assert_uint_eq(found % GROUP, 0);
    ck_assert_uint_ge(found / GROUP, groups);
    ck_assert_uint_le(found / GROUP, groups + 1);
    snprintf(channels, sizeof channels,
             "SELECT count(*) FROM channels WHERE name GLOB 'w%u %u *'", number, round);
    names = run_sql("l.db", channels);
    ck_assert_int_ge(names, groups);
    ck_assert_int_le(names, groups + 1);
}

/* TOONMARK_KILLS is the number of kills; WRITERS die in each round. */
START_TEST(test_kills)
{
    const char *wanted = getenv("TOONMARK_KILLS");
    unsigned kills = wanted != NULL ? (unsigned)atoi(wanted) : 30, seed = 7, total = 0;
    unsigned rounds = (kills + WRITERS - 1) / WRITERS;
    unsigned(*groups)[WRITERS] = calloc(rounds, sizeof *groups);
    tmk_ledger *ledger = NULL;

    ck_assert_ptr_nonnull(groups);
    for (unsigned round = 0; round < rounds; round++) {
        writer writers[WRITERS];

        for (unsigned w = 0; w < WRITERS; w++)
            start_writer(&writers[w], w, round);
        for (unsigned w = 0; w < WRITERS; w++) {
            seed = seed * 1103515245u + 12345u;
            usleep((seed >> 8) % 120000);
            kill_writer(&writers[w]);
            groups[round][w] = writers[w].groups;
            total += writers[w].groups;
        }
        is_sound("l.db");
        OK(tmk_ledger_open("l.db", TMK_LEDGER_READ, &ledger, error));
        for (unsigned w = 0; w < WRITERS; w++)
            check_writer(ledger, w, round, groups[round][w]);
        tmk_ledger_close(&ledger);
    }
    ledger = open_ledger("l.db");
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned w = 0; w < WRITERS; w++)
            check_writer(ledger, w, round, groups[round][w]);
    }
    tmk_ledger_close(&ledger);
    free(groups);
    printf("%u kills, %u groups acknowledged\n", rounds * WRITERS, total);
}
END_TEST

/* ------------------------------------------------------------------------- trouble */

START_TEST(test_locked)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/o", 1);
    sqlite3 *other;

    ck_assert_int_eq(sqlite3_open("l.db", &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    tmk_ledger_set_patience(ledger, 200);
    FAILS(tmk_ledger_record(ledger, &r, 1, error), TMK_NOT_WRITABLE,
          "l.db: another program has kept it locked for 0.2 s");
    FAILS(tmk_ledger_add_channel(ledger, "c", NULL, NULL, NULL, error), TMK_NOT_WRITABLE,
          "locked");
    ck_assert_uint_eq(count_releases(ledger, NULL), 0); /* reading does not wait */
    ck_assert_int_eq(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    OK(tmk_ledger_record(ledger, &r, 1, error));
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    tmk_ledger_close(&ledger);
}
END_TEST

/* Fills the ledger until no file may grow any more, and reports how many releases it was
 * that were acknowledged. */
static void write_until_full(int report)
{
    const struct rlimit limit = {500000, 500000};
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_status status = TMK_OK;
    tmk_error error = {0};
    unsigned count = 0;

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(1);
    while (count < 10000 && status == TMK_OK) {
        char output[300];
        tmk_release r;

        snprintf(output, sizeof output, "/out/%0250u", count);
        r = made_up(output, count);
        status = tmk_ledger_record(ledger, &r, 1, &error);
        count += status == TMK_OK;
    }
    if (status != TMK_NOT_WRITABLE || strstr(error.text, "l.db: can't be ") == NULL)
        _exit(2);
    tmk_ledger_close(&ledger);
    _exit(write(report, &count, sizeof count) != sizeof count);
}

START_TEST(test_full_disk)
{
    int report[2];
    unsigned count = 0;
    tmk_ledger *ledger;

    ck_assert_int_eq(pipe(report), 0);
    if (fork() == 0)
        write_until_full(report[1]);
    wait_for(1);
    ck_assert_int_eq(read(report[0], &count, sizeof count), sizeof count);
    close(report[0]);
    close(report[1]);
    ck_assert_uint_gt(count, 5);
    is_sound("l.db");
    ledger = open_ledger("l.db");
    ck_assert_uint_eq(count_releases(ledger, NULL), count);
    OK(tmk_ledger_add_channel(ledger, "later", NULL, NULL, NULL, error));
    tmk_ledger_close(&ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger_processes");
    TCase *tests = tcase_create("ledger_processes"), *brief = tcase_create("waiting");

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 1200);
    tcase_add_test(tests, test_sixteen_processes);
    tcase_add_test(tests, test_new_at_once);
    tcase_add_test(tests, test_threads);
    tcase_add_test(tests, test_kills);
    tcase_add_test(tests, test_locked);
    tcase_add_test(tests, test_full_disk);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(brief, scratch_begin, scratch_end);
    tcase_set_timeout(brief, 60); /* what hangs is found soon */
    tcase_add_test(brief, test_merges_both_ways);
    suite_add_tcase(suite, brief);
    return run_suite(suite);
}
