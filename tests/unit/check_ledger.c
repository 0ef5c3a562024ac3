/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a ledger keeps: channels, releases and their history, and what merging adds. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ledger_support.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

/* ------------------------------------------------------------------- channels */

START_TEST(test_channels)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_channels *channels = NULL;
    const uint64_t largest = UINT64_MAX;
    uint64_t one = 0, two = 0;

    OK(tmk_ledger_add_channel(ledger, "zeta", NULL, "a note", &one, error));
    OK(tmk_ledger_add_channel(ledger, "\xec\x9b\xb9 x", &largest, NULL, &two, error));
    OK(tmk_ledger_add_channel(ledger, "alpha", NULL, NULL, NULL, error));
    ck_assert_uint_eq(two, UINT64_MAX);
    FAILS(tmk_ledger_add_channel(ledger, "zeta", NULL, NULL, NULL, error), TMK_EXISTS,
          "l.db: channel zeta exists already");
    FAILS(tmk_ledger_add_channel(ledger, "new", &largest, NULL, NULL, error), TMK_EXISTS,
          "has this mark");
    FAILS(tmk_ledger_add_channel(ledger, "", NULL, NULL, NULL, error), TMK_BAD_ARGUMENT,
          "empty");
    FAILS(tmk_ledger_add_channel(ledger, "a\xff", NULL, NULL, NULL, error), TMK_BAD_ARGUMENT,
          "UTF-8");
    FAILS(tmk_ledger_add_channel(ledger, "new", NULL, "a\tb", NULL, error), TMK_BAD_ARGUMENT,
          "control");

    OK(tmk_ledger_channels(ledger, &channels, error));
    ck_assert_uint_eq(tmk_channels_count(channels), 3);
    ck_assert_str_eq(tmk_channels_at(channels, 0)->name, "zeta");
    ck_assert_uint_eq(tmk_channels_at(channels, 0)->mark, one);
    ck_assert_str_eq(tmk_channels_at(channels, 0)->note, "a note");
    ck_assert_str_eq(tmk_channels_find_mark(channels, UINT64_MAX)->name, "\xec\x9b\xb9 x");
    ck_assert_str_eq(tmk_channels_at(channels, 2)->name, "alpha");
    tmk_channels_free(&channels);
    tmk_ledger_close(&ledger);
    tmk_ledger_close(&ledger);
    tmk_ledger_close(NULL);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM channels"
                                          " WHERE mark = 'ffffffffffffffff'"),
                     1);
}
END_TEST

START_TEST(test_put_channel)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_channel channel = {"name", 5, "first", 1000, TMK_CHANNEL_RETIRED};
    tmk_channel again = {"name", 5, "second", 2000, TMK_CHANNEL_ACTIVE};
    tmk_channel same_name = {.name = "name", .mark = 6, .note = ""};
    tmk_channel same_mark = {.name = "other", .mark = 5};
    char *content;

    OK(tmk_ledger_put_channel(ledger, &channel, error));
    OK(tmk_ledger_put_channel(ledger, &again, error));
    FAILS(tmk_ledger_put_channel(ledger, &same_name, error), TMK_EXISTS,
          "with the mark 0000000000000005");
    FAILS(tmk_ledger_put_channel(ledger, &same_mark, error), TMK_EXISTS,
          "channel name has the mark 0000000000000005 that is meant for other");
    content = content_of(ledger);
    ck_assert_str_eq(content, "1000 name 5 first (retired)\n");
    free(content);
    tmk_ledger_close(&ledger);
}
END_TEST

/* ------------------------------------------------------------------- releases */

static int compare(void *context, const tmk_release *r)
{
    const tmk_release *wanted = context;

    ck_assert_int_eq(r->id, wanted->id);
    ck_assert_int_eq(r->time, wanted->time);
    ck_assert_uint_eq(r->mark, wanted->mark);
    ck_assert_str_eq(r->channel, wanted->channel);
    ck_assert_str_eq(r->key, wanted->key);
    ck_assert_str_eq(r->input, wanted->input);
    ck_assert_mem_eq(r->input_digest, wanted->input_digest, TMK_DIGEST_BYTES);
    ck_assert_uint_eq(r->input_bytes, wanted->input_bytes);
    ck_assert_str_eq(r->output, wanted->output);
    ck_assert_mem_eq(r->output_digest, wanted->output_digest, TMK_DIGEST_BYTES);
    ck_assert_uint_eq(r->output_bytes, wanted->output_bytes);
    ck_assert_int_eq(r->width, wanted->width);
    ck_assert_int_eq(r->height, wanted->height);
    ck_assert_str_eq(r->title, wanted->title);
    ck_assert_str_eq(r->episode, wanted->episode);
    ck_assert_str_eq(r->page, wanted->page);
    ck_assert_int_eq(r->slice, wanted->slice);
    ck_assert_int_eq(r->quality, wanted->quality);
    ck_assert_str_eq(r->options, wanted->options);
    ck_assert_mem_eq(&r->strength, &wanted->strength, sizeof r->strength);
    ck_assert_mem_eq(&r->psnr_db, &wanted->psnr_db, sizeof r->psnr_db);
    ck_assert(isnan(wanted->margin_db) ? isnan(r->margin_db)
                                       : r->margin_db == wanted->margin_db);
    ck_assert_str_eq(r->verified, wanted->verified);
    ck_assert_str_eq(r->version, wanted->version);
    ck_assert_int_eq(r->format_version, wanted->format_version);
    ck_assert_mem_eq(&r->place, &wanted->place, sizeof r->place);
    ck_assert_int_eq(r->variant, wanted->variant);
    ck_assert_int_eq((int)r->state, (int)wanted->state);
    ck_assert_uint_eq(r->content.size, wanted->content.size);
    if (r->content.size > 0)
        ck_assert_mem_eq(r->content.bytes, wanted->content.bytes, r->content.size);
    ck_assert_int_eq(r->clock, wanted->clock);
    ck_assert_int_eq(r->is_newest, 1);
    return 0;
}

/* Every field comes back, at the ends of its range too. */
START_TEST(test_every_field)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/out/\xff\xfe\n'\".png", 7);
    static const uint8_t content[524288] = {0, 1, 0xff};

    r.mark = 0xfedcba9876543210u;
    r.time = 1795568969700805;
    r.channel = "\xec\x9b\xb9";
    r.input = "-";
    r.input_bytes = INT64_MAX;
    r.width = INT32_MAX;
    r.height = INT64_MAX;
    r.title = "\xc3\x28";
    r.episode = "12";
    r.page = "a;DROP TABLE releases";
    r.slice = 31;
    r.strength = 0.1 + 0.2;
    r.quality = 100;
    r.options = "strip=3";
    r.psnr_db = HUGE_VAL;
    r.verified = "normal";
    r.version = "1.2.3";
    r.format_version = INT32_MAX;
    r.place = (tmk_place){1023, 7, 4095};
    r.variant = 15;
    r.state = TMK_ARCHIVED;
    r.content = (tmk_bytes){content, sizeof content};
    r.clock = 1;
    OK(tmk_ledger_record(ledger, &r, 1, error));
    r.id = 1;
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    OK(tmk_ledger_each(ledger, NULL, compare, &r, error));
    r.output = "/out/2";
    r.margin_db = -HUGE_VAL;
    OK(tmk_ledger_record(ledger, &r, 1, error));
    r.id = 2;
    OK(tmk_ledger_each(ledger, &(tmk_release_filter){.id = 2}, compare, &r, error));
    tmk_ledger_close(&ledger);
}
END_TEST

START_TEST(test_null_texts)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/out/1", 7), wanted = r;

    r.channel = r.title = r.episode = r.page = r.options = r.verified = r.version = NULL;
    r.time = wanted.time = 5;
    wanted.channel = "";
    wanted.id = 1;
    OK(tmk_ledger_record(ledger, &r, 1, error));
    OK(tmk_ledger_each(ledger, NULL, compare, &wanted, error));
    tmk_ledger_close(&ledger);
}
END_TEST

START_TEST(test_refused)
{
    static char huge[40000];
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release good = made_up("/o", 1), all[3] = {good, good, good};
    tmk_release *bad = &all[2];

    all[1].output = "/p";
#define REFUSED(change, words)                                                               \
    do {                                                                                     \
        *bad = good;                                                                         \
        change;                                                                              \
        FAILS(tmk_ledger_record(ledger, all, 3, error), TMK_BAD_ARGUMENT, words);            \
    } while (0)
    memset(huge, 'x', sizeof huge - 1);
    REFUSED(bad->output = "out/1", "not absolute");
    REFUSED(bad->output = NULL, "not absolute");
    REFUSED(bad->input = "in/1", "not absolute");
    REFUSED(bad->input = NULL, "not absolute");
    REFUSED(bad->title = huge, "longer than 32768");
    REFUSED(memset(bad->output_digest, 0, TMK_DIGEST_BYTES), "digest");
    REFUSED(memset(bad->input_digest, 0, TMK_DIGEST_BYTES), "digest");
    REFUSED(strcpy(bad->key, "0123"), "fingerprint");
    REFUSED(memset(bad->key, 'a', sizeof bad->key), "fingerprint");
    REFUSED(bad->time = -1, "out of range");
    REFUSED(bad->time = INT64_MAX, "out of range");
    REFUSED(bad->input_bytes = UINT64_MAX, "out of range");
    REFUSED(bad->height = -1, "out of range");
    REFUSED(bad->slice = -1, "out of range");
    REFUSED(bad->strength = NAN, "out of range");
    REFUSED(bad->quality = 101, "out of range");
    REFUSED(bad->place.band = -1, "out of range");
    REFUSED(bad->state = (tmk_release_state)3, "out of range");
    REFUSED(bad->clock = -1, "out of range");
    REFUSED(bad->content.size = 524289, "longer than 524288");
    REFUSED(bad->input_bytes = 7, "of the same digest has 1001 bytes in the ledger, not 7");
    ck_assert_uint_eq(count_releases(ledger, NULL), 0); /* of three, all or none */
    tmk_ledger_close(&ledger);
    ck_assert_int_eq((int)run_sql("l.db", "SELECT count(*) FROM inputs"), 0);
}
END_TEST

/* -------------------------------------------------------------------- history */

static int note_time(void *context, const tmk_release *release)
{
    *(int64_t *)context = release->time;
    return 0;
}

START_TEST(test_history)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release first = made_up("/out/1", 1), second = made_up("/out/1", 2);
    tmk_release other = made_up("/out/2", 1);
    const tmk_release_filter newest = {.output = "/out/1", .newest = 1};
    int64_t time = 0;
    uint64_t mark = 1;

    OK(tmk_ledger_record(ledger, &first, 1, error));
    /* By a clock that was wrong: the year 2100. */
    first.time = run_sql("l.db",
                         "UPDATE releases SET time = 4102444800000000 RETURNING time");
    OK(tmk_ledger_record(ledger, &other, 1, error));
    OK(tmk_ledger_record(ledger, &second, 1, error));
    ck_assert_uint_eq(count_releases(ledger, &(tmk_release_filter){.output = "/out/1"}), 2);
    ck_assert_uint_eq(count_releases(ledger, &newest), 1);
    OK(tmk_ledger_each(ledger, &newest, note_time, &time, error));
    ck_assert_int_eq(time, first.time + 1); /* what is recorded later is later */
    ck_assert_uint_eq(count_releases(ledger, &(tmk_release_filter){.newest = 1}), 2);
    ck_assert_uint_eq(
        count_releases(ledger, &(tmk_release_filter){.newest = 1, .mark = &mark}), 1);
    tmk_ledger_close(&ledger);
}
END_TEST

START_TEST(test_not_doubled)
{
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release r = made_up("/out/1", 1);
    tmk_release twice[2];

    r.time = 77;
    twice[0] = twice[1] = r;
    OK(tmk_ledger_record(ledger, twice, 2, error));
    OK(tmk_ledger_record(ledger, &r, 1, error));
    ck_assert_uint_eq(count_releases(ledger, NULL), 1);
    r.output_digest[31] ^= 1;
    OK(tmk_ledger_record(ledger, &r, 1, error));
    ck_assert_uint_eq(count_releases(ledger, NULL), 2);
    ck_assert_uint_eq(count_releases(ledger, &(tmk_release_filter){.newest = 1}), 1);
    tmk_ledger_close(&ledger);
}
END_TEST

/* -------------------------------------------------------------------- filters */

START_TEST(test_filters)
{
    static const char *const outputs[] = {
        "/out/a",     "/out/a/1", "/out/a/\xff/2", "/out/a/b/3", "/out/a-",
        "/out/a.png", "/out/a0",  "/out/b",        "/other",
    };
    enum { COUNT = sizeof outputs / sizeof outputs[0] };
    tmk_ledger *ledger = open_ledger("l.db");
    tmk_release releases[COUNT];
    uint64_t mark = 3;

    for (unsigned i = 0; i < COUNT; i++) {
        releases[i] = made_up(outputs[i], i);
        releases[i].title = i < 4 ? "T" : "";
        releases[i].episode = i < 2 ? "1" : "2";
        releases[i].page = "p";
    }
    OK(tmk_ledger_record(ledger, releases, COUNT, error));
#define COUNT_IS(wanted, ...)                                                                \
    ck_assert_uint_eq(count_releases(ledger, &(tmk_release_filter){__VA_ARGS__}), wanted)
    COUNT_IS(COUNT, 0);
    COUNT_IS(1, .output = "/out/a");
    COUNT_IS(0, .output = "/out/A");
    COUNT_IS(4, .under = "/out/a");
    COUNT_IS(4, .under = "/out/a/");
    COUNT_IS(1, .under = "/out/a/\xff");
    COUNT_IS(COUNT, .under = "/");
    COUNT_IS(1, .under = "/other");
    COUNT_IS(0, .under = "/oth");
    COUNT_IS(1, .mark = &mark);
    COUNT_IS(4, .channel = "odd");
    COUNT_IS(1, .channel = "odd", .under = "/out/b");
    COUNT_IS(4, .title = "T");
    COUNT_IS(5, .title = "");
    COUNT_IS(2, .title = "T", .episode = "2");
    COUNT_IS(COUNT, .page = "p");
    COUNT_IS(0, .page = "");
    COUNT_IS(1, .output_digest = releases[2].output_digest);
    COUNT_IS(1, .input_digest = releases[2].input_digest);
    COUNT_IS(0, .input_digest = releases[2].output_digest);
    COUNT_IS(1, .id = 5);
    COUNT_IS(0, .id = 50);
    COUNT_IS(0, .id = 5, .title = "T");
    tmk_ledger_close(&ledger);
}
END_TEST

/* A visit may use the ledger, ends when it says so, and does not see what it adds. */
static int visit_and_add(void *context, const tmk_release *release)
{
    tmk_ledger *ledger = context;
    char output[32];
    tmk_release more;

    snprintf(output, sizeof output, "/more/%d", (int)release->id);
    more = made_up(output, 1);
    ck_assert_int_eq(tmk_ledger_record(ledger, &more, 1, NULL), TMK_OK);
    return release->id == 3;
}

START_TEST(test_visits)
{
    tmk_ledger *ledger = open_ledger("l.db");
    char output[32];

    for (unsigned i = 0; i < 5; i++) {
        tmk_release r;

        snprintf(output, sizeof output, "/out/%u", i);
        r = made_up(output, i);
        OK(tmk_ledger_record(ledger, &r, 1, error));
    }
    OK(tmk_ledger_each(ledger, NULL, visit_and_add, ledger, error));
    ck_assert_uint_eq(count_releases(ledger, NULL), 8);
    tmk_ledger_close(&ledger);
}
END_TEST

/* -------------------------------------------------------------------- merging */

/* Fills the ledger SHARD of many: a channel of its own, one of all, and releases. */
static tmk_ledger *make_shard(unsigned shard)
{
    tmk_ledger *ledger = open_ledger(NULL);
    tmk_channel common = {"common", 1000, "all", 5, 0}, own = {"own", 0, "", 10 + shard, 0};
    char name[32], output[32];

    snprintf(name, sizeof name, "own %u", shard);
    own.name = name;
    own.mark = shard + 1;
    OK(tmk_ledger_put_channel(ledger, &common, error));
    OK(tmk_ledger_put_channel(ledger, &own, error));
    for (unsigned i = 0; i < 20; i++) {
        tmk_release r;

        snprintf(output, sizeof output, "/out/%u", 7 * i + shard); /* some of them shared */
        r = made_up(output, i);
        r.time = 1000 * i + shard + 1;
        OK(tmk_ledger_record(ledger, &r, 1, error));
    }
    return ledger;
}

/* Merging in any order, once or twice, gives the same content. */
START_TEST(test_merge_shards)
{
    enum { SHARDS = 8 };
    tmk_ledger *shards[SHARDS], *forward = open_ledger("f.db"), *back = open_ledger("b.db");
    tmk_merge_counts counts;
    char *contents[3];

    for (unsigned i = 0; i < SHARDS; i++)
        shards[i] = make_shard(i);
    for (unsigned i = 0; i < SHARDS; i++) {
        OK(tmk_ledger_merge(forward, shards[i], &counts, error));
        ck_assert_uint_eq(counts.channels_added, i == 0 ? 2 : 1);
        ck_assert_uint_eq(counts.channels_known, i == 0 ? 0 : 1);
        ck_assert_uint_eq(counts.releases_added, 20);
        ck_assert_uint_eq(counts.releases_known, 0);
        OK(tmk_ledger_merge(back, shards[SHARDS - 1 - i], NULL, error));
    }
    contents[0] = content_of(forward);
    contents[1] = content_of(back);
    for (unsigned i = 0; i < SHARDS; i++) {
        OK(tmk_ledger_merge(forward, shards[i], &counts, error));
        ck_assert_uint_eq(counts.channels_added + counts.releases_added, 0);
        ck_assert_uint_eq(counts.channels_known, 2);
        ck_assert_uint_eq(counts.releases_known, 20);
        tmk_ledger_close(&shards[i]);
    }
    contents[2] = content_of(forward);
    ck_assert_uint_eq(count_releases(forward, NULL), 20 * SHARDS);
    ck_assert_str_eq(contents[0], contents[1]);
    ck_assert_str_eq(contents[0], contents[2]);
    for (int i = 0; i < 3; i++)
        free(contents[i]);
    tmk_ledger_close(&forward);
    tmk_ledger_close(&back);
}
END_TEST

START_TEST(test_merge_conflicts)
{
    static const tmk_channel contrary[] = {{"one", 2, "", 2, 0}, {"two", 1, "", 2, 0}};
    tmk_channel mine = {"one", 1, "", 0, 0}, fresh = {"fresh", 9, "", 1, 0};
    tmk_ledger *ledger = open_ledger("l.db"), *other = open_ledger(NULL);
    tmk_release r = made_up("/out/1", 1);
    tmk_merge_counts counts = {9, 9, 9, 9};
    char *before, *after;

    OK(tmk_ledger_put_channel(ledger, &mine, error));
    OK(tmk_ledger_put_channel(other, &fresh, error));
    OK(tmk_ledger_put_channel(other, &contrary[_i], error));
    OK(tmk_ledger_record(other, &r, 1, error));
    before = content_of(ledger);
    FAILS(tmk_ledger_merge(ledger, other, &counts, error), TMK_EXISTS, "channel one");
    after = content_of(ledger);
    ck_assert_str_eq(before, after);
    ck_assert_uint_eq(counts.channels_added + counts.releases_added, 0);
    FAILS(tmk_ledger_merge(ledger, ledger, NULL, error), TMK_BAD_ARGUMENT, "itself");
    OK(tmk_ledger_check(ledger, error));
    free(before);
    free(after);
    tmk_ledger_close(&other);
    tmk_ledger_close(&ledger);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger");
    TCase *tests = tcase_create("ledger");

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_channels);
    tcase_add_test(tests, test_put_channel);
    tcase_add_test(tests, test_every_field);
    tcase_add_test(tests, test_null_texts);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_history);
    tcase_add_test(tests, test_not_doubled);
    tcase_add_test(tests, test_filters);
    tcase_add_test(tests, test_visits);
    tcase_add_test(tests, test_merge_shards);
    tcase_add_loop_test(tests, test_merge_conflicts, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
