/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changes of channels and releases once they are recorded: that it is logged as
 * doc/ledger.md says, that a row set back shows, and that merging gives the same whatever
 * comes first.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ledger_support.h"
#include "tests/support/scratch.h"

#define MARK 0x00112233445566aaULL
#define OTHER_MARK 0xffffffffffffffffULL

static void add(tmk_ledger *ledger, const char *name, uint64_t mark)
{
    OK(tmk_ledger_add_channel(ledger, name, &mark, "", NULL, error));
}

/* Name, state and note of the channel MARK, as one text that free() ends. */
static char *look(tmk_ledger *ledger, uint64_t mark)
{
    tmk_channels *channels;
    const tmk_channel *channel;
    char *text = malloc(2000);

    OK(tmk_ledger_channels(ledger, &channels, error));
    channel = tmk_channels_find_mark(channels, mark);
    ck_assert_ptr_nonnull(channel);
    snprintf(text, 2000, "%s %s %s", channel->name,
             channel->state == TMK_CHANNEL_RETIRED ? "retired" : "active", channel->note);
    tmk_channels_free(&channels);
    return text;
}

static void is_channel(tmk_ledger *ledger, uint64_t mark, const char *wanted)
{
    char *text = look(ledger, mark);

    ck_assert_str_eq(text, wanted);
    free(text);
}

static int take_release(void *context, const tmk_release *release)
{
    *(tmk_release *)context = *release;
    return 1;
}

/* The release of OUTPUT, without its texts. */
static tmk_release release_of(tmk_ledger *ledger, const char *output)
{
    tmk_release found = {.id = 0};

    OK(tmk_ledger_each(ledger, &(tmk_release_filter){.output = output}, take_release, &found,
                       error));
    ck_assert_int_ne((int)found.id, 0);
    return found;
}

static void set_state(tmk_ledger *ledger, const char *output, tmk_release_state state)
{
    int64_t id = release_of(ledger, output).id;

    OK(tmk_ledger_set_release_state(ledger, &id, 1, state, error));
}

static void merge(tmk_ledger *ledger, tmk_ledger *other)
{
    OK(tmk_ledger_merge(ledger, other, NULL, error));
    OK(tmk_ledger_check(ledger, error));
}

/* ------------------------------------------------------------------- by hand */

START_TEST(test_channel)
{
    tmk_ledger *ledger = open_ledger("l.db");

    add(ledger, "app", MARK);
    add(ledger, "taken", OTHER_MARK);
    OK(tmk_ledger_set_channel_state(ledger, "app", TMK_CHANNEL_RETIRED, error));
    OK(tmk_ledger_set_channel_state(ledger, "app", TMK_CHANNEL_RETIRED, error));
    OK(tmk_ledger_note_channel(ledger, "app", "closed in May", error));
    OK(tmk_ledger_rename_channel(ledger, "app", "us-app", error));
    is_channel(ledger, MARK, "us-app retired closed in May");
    is_channel(ledger, OTHER_MARK, "taken active ");
    OK(tmk_ledger_set_channel_state(ledger, "us-app", TMK_CHANNEL_ACTIVE, error));
    OK(tmk_ledger_note_channel(ledger, "us-app", NULL, error));
    is_channel(ledger, MARK, "us-app active ");
    FAILS(tmk_ledger_rename_channel(ledger, "us-app", "taken", error), TMK_EXISTS,
          "channel taken is there already");
    FAILS(tmk_ledger_rename_channel(ledger, "us-app", "", error), TMK_BAD_ARGUMENT, "empty");
    FAILS(tmk_ledger_note_channel(ledger, "us-app", "a\nb", error), TMK_BAD_ARGUMENT,
          "control character");
    FAILS(tmk_ledger_set_channel_state(ledger, "us-app", (tmk_channel_state)2, error),
          TMK_BAD_ARGUMENT, "state");
    FAILS(tmk_ledger_set_channel_state(ledger, "app", TMK_CHANNEL_RETIRED, error),
          TMK_BAD_ARGUMENT, "no such channel: app");
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);

    /* One event each, in the words of doc/ledger.md; what is so already is none. */
    ck_assert_int_eq(
        (int)run_sql("l.db", "SELECT count(*) FROM events WHERE kind LIKE '%-%'"), 5);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events WHERE kind ="
                                          " 'channel-state' AND payload ="
                                          " CAST('00112233445566aaretired' AS BLOB)"),
                     1);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events WHERE kind ="
                                          " 'channel-name' AND payload ="
                                          " CAST('00112233445566aaus-app' AS BLOB)"),
                     1);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events WHERE kind ="
                                          " 'channel-note' AND payload ="
                                          " CAST('00112233445566aaclosed in May' AS BLOB)"),
                     1);
    ck_assert_int_eq((int)run_sql("l.db",
                                  "SELECT count(*) FROM channel_names WHERE mark ="
                                  " '00112233445566aa' AND name IN ('app', 'us-app')"),
                     2);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT n.time = e.time FROM channel_names AS n,"
                                          " events AS e WHERE n.name = 'us-app' AND e.kind ="
                                          " 'channel-name'"),
                     1);
}
END_TEST

START_TEST(test_release)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r[2] = {made_up("/out/a", 1), made_up("/out/b", 2)};
    int64_t ids[3];

    OK(tmk_ledger_record(ledger, r, 2, error));
    ids[0] = release_of(ledger, "/out/a").id;
    ids[1] = release_of(ledger, "/out/b").id;
    ids[2] = 99;
    FAILS(tmk_ledger_set_release_state(ledger, ids, 3, TMK_ARCHIVED, error), TMK_BAD_ARGUMENT,
          "no such release: 99");
    ck_assert_int_eq(release_of(ledger, "/out/a").state, TMK_RELEASED); /* all or none */
    FAILS(tmk_ledger_set_release_state(ledger, ids, 1, (tmk_release_state)3, error),
          TMK_BAD_ARGUMENT, "no such state");
    OK(tmk_ledger_set_release_state(ledger, ids, 2, TMK_ARCHIVED, error));
    OK(tmk_ledger_set_release_state(ledger, ids, 1, TMK_WITHDRAWN, error));
    OK(tmk_ledger_set_release_state(ledger, ids, 1, TMK_WITHDRAWN, error));
    ck_assert_int_eq(release_of(ledger, "/out/a").state, TMK_WITHDRAWN);
    ck_assert_int_eq(release_of(ledger, "/out/b").state, TMK_ARCHIVED);
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM events"
                                          " WHERE kind = 'release-state'"),
                     3);

    /* The subject: its mark's, digest's and path's bytes, a NUL, and the word. */
    ck_assert_int_eq(
        (int)run_sql("l.db",
                     "SELECT count(*) FROM events, releases WHERE output = '/out/b' AND"
                     " kind = 'release-state' AND substr(hex(payload), 33) ="
                     " hex(output_digest) || hex('/out/b') || '00' || hex('archived')"),
        1);
}
END_TEST

/* A row that is set to what it was once is not what the log says last. */
START_TEST(test_set_back)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/out/a", 1);

    add(ledger, "app", MARK);
    OK(tmk_ledger_record(ledger, &r, 1, error));
    OK(tmk_ledger_set_channel_state(ledger, "app", TMK_CHANNEL_RETIRED, error));
    set_state(ledger, "/out/a", TMK_WITHDRAWN);
    OK(tmk_ledger_check(ledger, error));
    tmk_ledger_close(&ledger);

    run_sql("l.db", "UPDATE channels SET state = 'active'");
    ledger = open_ledger("l.db");
    FAILS(tmk_ledger_check(ledger, error), TMK_BAD_FILE,
          "channel app is not what the log says");
    tmk_ledger_close(&ledger);
    run_sql("l.db", "UPDATE channels SET state = 'retired'");
    run_sql("l.db", "UPDATE releases SET state = 'released'");
    ledger = open_ledger("l.db");
    FAILS(tmk_ledger_check(ledger, error), TMK_BAD_FILE,
          "release /out/a is not what the log says");
    tmk_ledger_close(&ledger);
}
END_TEST

/* -------------------------------------------------------------------- merging */

enum { DESKS = 3 };

/* Ledgers that were one and then changed apart, one after the other. */
static void part(tmk_ledger *desks[DESKS])
{
    static const char *const names[DESKS] = {"d0.db", "d1.db", "d2.db"};
    tmk_release r[2] = {made_up("/out/a", 1), made_up("/out/b", 2)};

    for (int i = 0; i < DESKS; i++)
        desks[i] = open_ledger(names[i]);
    add(desks[0], "one", MARK);
    add(desks[0], "two", OTHER_MARK);
    OK(tmk_ledger_record(desks[0], r, 2, error));
    for (int i = 1; i < DESKS; i++)
        merge(desks[i], desks[0]);

    OK(tmk_ledger_set_channel_state(desks[0], "one", TMK_CHANNEL_RETIRED, error));
    OK(tmk_ledger_note_channel(desks[0], "one", "of the first", error));
    set_state(desks[0], "/out/a", TMK_WITHDRAWN);
    OK(tmk_ledger_rename_channel(desks[1], "one", "three", error)); /* names change places */
    OK(tmk_ledger_rename_channel(desks[1], "two", "one", error));
    OK(tmk_ledger_rename_channel(desks[1], "three", "two", error));
    set_state(desks[1], "/out/a", TMK_ARCHIVED);
    OK(tmk_ledger_note_channel(desks[2], "one", "of the last", error));
    set_state(desks[2], "/out/b", TMK_ARCHIVED);
    set_state(desks[2], "/out/b", TMK_RELEASED);
}

/* Each order gives the same: the latest of each kind. */
START_TEST(test_orders)
{
    static const int orders[6][DESKS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    tmk_ledger *desks[DESKS], *all[6];
    char name[16], *first, *content;

    part(desks);
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof name, "m%d.db", i);
        all[i] = open_ledger(name);
        for (int j = 0; j < DESKS; j++)
            merge(all[i], desks[orders[i][j]]);
        is_channel(all[i], MARK, "two retired of the last");
        is_channel(all[i], OTHER_MARK, "one active ");
        ck_assert_int_eq(release_of(all[i], "/out/a").state, TMK_ARCHIVED);
        ck_assert_int_eq(release_of(all[i], "/out/b").state, TMK_RELEASED);
    }
    first = content_of(all[0]);
    for (int i = 0; i < DESKS; i++) { /* and those that took part, among themselves */
        for (int j = 0; j < DESKS; j++) {
            if (i != j)
                merge(desks[j], desks[i]);
        }
    }
    merge(desks[0], desks[2]);
    content = content_of(desks[0]);
    ck_assert_str_eq(first, content);
    free(content);
    for (int i = 1; i < 6; i++) {
        merge(all[i], all[i - 1]);
        content = content_of(all[i]);
        ck_assert_str_eq(first, content);
        free(content);
    }
    free(first);
    for (int i = 0; i < 6; i++)
        tmk_ledger_close(&all[i]);
    for (int i = 0; i < DESKS; i++)
        tmk_ledger_close(&desks[i]);
}
END_TEST

/* A change counts as later than those it was made in knowledge of, though their clock was
 * ahead by a year. */
START_TEST(test_clock_ahead)
{
    tmk_ledger *ahead = open_ledger("a.db"), *behind = open_ledger("b.db");

    add(ahead, "app", MARK);
    tmk_ledger_close(&ahead);
    run_sql("a.db", "UPDATE events SET time = time + 31536000000000");
    ahead = open_ledger("a.db"); /* its log does not chain now, but goes on from there */
    OK(tmk_ledger_set_channel_state(ahead, "app", TMK_CHANNEL_RETIRED, error));
    tmk_ledger_close(&ahead);
    run_sql("a.db", "ATTACH 'b.db' AS b; INSERT INTO b.events SELECT * FROM events;"
                    " INSERT INTO b.channels SELECT * FROM channels;"
                    " INSERT INTO b.channel_names SELECT * FROM channel_names");
    OK(tmk_ledger_set_channel_state(behind, "app", TMK_CHANNEL_ACTIVE, error));
    tmk_ledger_close(&behind);
    ck_assert_int_eq((int)run_sql("b.db",
                                  "SELECT substr(payload, 17) = CAST('active' AS BLOB) FROM"
                                  " events WHERE kind = 'channel-state' ORDER BY time"),
                     1);
}
END_TEST

/* Two channels that would both have a name: nothing of the other ledger is added. */
START_TEST(test_names_clash)
{
    tmk_ledger *one = open_ledger("a.db"), *other = open_ledger("b.db");
    char *before, *after;

    add(one, "app", MARK);
    add(other, "site", OTHER_MARK);
    merge(one, other);
    OK(tmk_ledger_rename_channel(other, "site", "portal", error));
    OK(tmk_ledger_rename_channel(one, "app", "portal", error));
    before = content_of(one);
    FAILS(tmk_ledger_merge(one, other, NULL, error), TMK_EXISTS, "channel portal");
    after = content_of(one);
    ck_assert_str_eq(before, after);
    OK(tmk_ledger_rename_channel(other, "portal", "web", error));
    merge(one, other);
    is_channel(one, OTHER_MARK, "web active ");
    free(before);
    free(after);
    tmk_ledger_close(&one);
    tmk_ledger_close(&other);
}
END_TEST

/* Rows that come with a state, as from an export, change those of the ledgers merged later. */
START_TEST(test_born_so)
{
    tmk_ledger *one = open_ledger("a.db"), *other = open_ledger("b.db");
    tmk_channel channel = {"app", MARK, "", 1000, TMK_CHANNEL_ACTIVE};
    tmk_release r = made_up("/out/a", 1);

    r.time = 2000;
    OK(tmk_ledger_put_channel(one, &channel, error));
    OK(tmk_ledger_record(one, &r, 1, error));
    channel.state = TMK_CHANNEL_RETIRED;
    r.state = TMK_WITHDRAWN;
    OK(tmk_ledger_put_channel(other, &channel, error));
    OK(tmk_ledger_record(other, &r, 1, error));
    OK(tmk_ledger_check(other, error));
    merge(other, one);
    merge(one, other);
    is_channel(one, MARK, "app retired ");
    is_channel(other, MARK, "app retired ");
    ck_assert_int_eq(release_of(one, "/out/a").state, TMK_WITHDRAWN);
    tmk_ledger_close(&one);
    tmk_ledger_close(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("changes");
    TCase *tests = tcase_create("changes");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_channel);
    tcase_add_test(tests, test_release);
    tcase_add_test(tests, test_set_back);
    tcase_add_test(tests, test_orders);
    tcase_add_test(tests, test_clock_ahead);
    tcase_add_test(tests, test_names_clash);
    tcase_add_test(tests, test_born_so);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
