/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text registry of version 0.1: what it may hold, what is refused and where. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/channel_text.h"
#include "ledger/channel_list.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static tmk_channels *parse(const char *text)
{
    tmk_channels *channels = NULL;
    tmk_error error = {0};
    tmk_status status = tmk_channels_parse(text, strlen(text), "r", &channels, &error);

    ck_assert_msg(status == TMK_OK, "%s", error.text);
    return channels;
}

START_TEST(test_lookups)
{
    tmk_channels *channels = parse("# heading\n"
                                   "zeta\t0000000000000002\tlast, by name\n"
                                   "\n"
                                   "  # indented\n"
                                   "alpha\tFFFFFFFFFFFFFFFF\n"
                                   "\xec\x9b\xb9\xed\x88\xb0 x\t0000000000000000\t\n");
    const tmk_channel *channel;

    ck_assert_uint_eq(tmk_channels_count(channels), 3);
    ck_assert_str_eq(tmk_channels_at(channels, 0)->name, "zeta");
    ck_assert_str_eq(tmk_channels_at(channels, 0)->note, "last, by name");
    ck_assert_str_eq(tmk_channels_at(channels, 1)->note, "");
    ck_assert_ptr_null(tmk_channels_at(channels, 3));
    channel = tmk_channels_find_name(channels, "alpha");
    ck_assert_uint_eq(channel->mark, UINT64_MAX);
    channel = tmk_channels_find_mark(channels, 0);
    ck_assert_str_eq(channel->name, "\xec\x9b\xb9\xed\x88\xb0 x");
    ck_assert_ptr_null(tmk_channels_find_mark(channels, 1));
    ck_assert_ptr_null(tmk_channels_find_name(channels, "Alpha"));
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(tmk_channels_marks(channels)[i],
                          tmk_channels_at(channels, i)->mark);
    tmk_channels_free(&channels);
    tmk_channels_free(&channels);
    tmk_channels_free(NULL);
}
END_TEST

START_TEST(test_empty_texts)
{
    static const char *const texts[] = {"", "\n", "\n\n\n", "# only", "\xef\xbb\xbf", "\r\n"};
    tmk_channels *channels = parse(texts[_i]);

    ck_assert_uint_eq(tmk_channels_count(channels), 0);
    ck_assert_ptr_null(tmk_channels_find_name(channels, "a"));
    ck_assert_ptr_null(tmk_channels_find_mark(channels, 0));
    tmk_channels_free(&channels);
}
END_TEST

/* As editors of other systems leave it: byte order mark, CR LF, no last line's end. */
START_TEST(test_editors)
{
    tmk_channels *channels =
        parse("\xef\xbb\xbfone\t0000000000000001\tnote\r\ntwo\t0000000000000002");

    ck_assert_uint_eq(tmk_channels_count(channels), 2);
    ck_assert_str_eq(tmk_channels_find_name(channels, "one")->note, "note");
    ck_assert_uint_eq(tmk_channels_find_name(channels, "two")->mark, 2);
    tmk_channels_free(&channels);
}
END_TEST

#define M "\t0000000000000001"
#define LONG "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN" /* 50 bytes */

static const struct {
    const char *text, *words;
} refused[] = {
    {"name\n", "line 1: no tab"},
    {"# c\n\nname 0000000000000001\n", "line 3: no tab"},
    {"name\t000000000000001\n", "line 1: the mark must be 16"},
    {"name\t00000000000000011\n", "line 1: the mark must be 16"},
    {"name\t000000000000000g\n", "line 1: the mark must be 16"},
    {"name\t0000000000000001 \n", "line 1: the mark must be 16"},
    {"name\t\t0000000000000001\n", "line 1: the mark must be 16"},
    {"a" M "\n\nb" M "\n", "line 3: same mark as in line 1"},
    {"a" M "\nc\t0000000000000002\na\t0000000000000003", "line 3: same name as in line 1"},
    {M, "line 1: the name is empty"},
    {" a" M, "line 1: the name begins or ends with a space"},
    {"a " M, "line 1: the name begins or ends with a space"},
    {"a\x1b[1m" M, "line 1: the name holds a control"},
    {"a\x7f" M, "line 1: the name holds a control"},
    {"a\xc2\x9bx" M, "line 1: the name holds a control"},
    {"a\r" M, "line 1: the name holds a control"},
    {"a\xff" M, "line 1: the name is not UTF-8"},
    {"a" M "\tn\x07", "line 1: the note holds a control"},
    {"a" M "\tn\tmore", "line 1: the note holds a control"},
    {"a" M "\tn\xfe", "line 1: the note is not UTF-8"},
    {LONG LONG LONG LONG "1" M, "line 1: the name is longer than 200"},
};

#define REFUSED (int)(sizeof refused / sizeof refused[0])

START_TEST(test_refused)
{
    tmk_channels *channels = (tmk_channels *)1;
    tmk_error error = {0};

    ck_assert_int_eq(tmk_channels_parse(refused[_i].text, strlen(refused[_i].text), "r",
                                        &channels, &error),
                     TMK_BAD_FILE);
    ck_assert_ptr_null(channels);
    ck_assert_msg(strstr(error.text, refused[_i].words) != NULL, "%s", error.text);
    ck_assert_int_eq(strncmp(error.text, "r: ", 3), 0);
}
END_TEST

START_TEST(test_longest_name)
{
    tmk_channels *channels = parse(LONG LONG LONG LONG M);

    ck_assert_uint_eq(strlen(tmk_channels_at(channels, 0)->name), TMK_CHANNEL_NAME_BYTES);
    tmk_channels_free(&channels);
}
END_TEST

START_TEST(test_not_text)
{
    tmk_channels *channels;
    tmk_error error;

    ck_assert_int_eq(tmk_channels_parse("a\0b", 3, "r", &channels, &error), TMK_BAD_FILE);
    ck_assert_int_eq(tmk_channels_load("missing", &channels, &error), TMK_NOT_READABLE);
    ck_assert_int_eq(tmk_channels_load(".", &channels, &error), TMK_NOT_READABLE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("channels");
    TCase *tests = tcase_create("channels");

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_lookups);
    tcase_add_loop_test(tests, test_empty_texts, 0, 6);
    tcase_add_test(tests, test_editors);
    tcase_add_loop_test(tests, test_refused, 0, REFUSED);
    tcase_add_test(tests, test_longest_name);
    tcase_add_test(tests, test_not_text);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
