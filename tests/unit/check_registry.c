/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel registry: what it accepts, what it refuses and where, and adding to it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/registry.h"
#include "tests/support/scratch.h"

static tmk_registry *parse(const char *text)
{
    tmk_registry *registry = NULL;
    tmk_error error = {0};
    tmk_status status = tmk_registry_parse(text, strlen(text), "r", &registry, &error);

    ck_assert_msg(status == TMK_OK, "%s", error.text);
    return registry;
}

START_TEST(test_lookups)
{
    tmk_registry *registry = parse("# heading\n"
                                   "zeta\t0000000000000002\tlast, by name\n"
                                   "\n"
                                   "  # indented\n"
                                   "alpha\tFFFFFFFFFFFFFFFF\n"
                                   "\xec\x9b\xb9\xed\x88\xb0 x\t0000000000000000\t\n");
    const tmk_channel *channel;

    ck_assert_uint_eq(tmk_registry_count(registry), 3);
    ck_assert_str_eq(tmk_registry_at(registry, 0)->name, "zeta");
    ck_assert_str_eq(tmk_registry_at(registry, 0)->note, "last, by name");
    ck_assert_str_eq(tmk_registry_at(registry, 1)->note, "");
    ck_assert_ptr_null(tmk_registry_at(registry, 3));
    channel = tmk_registry_find_name(registry, "alpha");
    ck_assert_uint_eq(channel->mark, UINT64_MAX);
    channel = tmk_registry_find_mark(registry, 0);
    ck_assert_str_eq(channel->name, "\xec\x9b\xb9\xed\x88\xb0 x");
    ck_assert_ptr_null(tmk_registry_find_mark(registry, 1));
    ck_assert_ptr_null(tmk_registry_find_name(registry, "Alpha"));
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(tmk_registry_marks(registry)[i], tmk_registry_at(registry, i)->mark);
    tmk_registry_free(&registry);
    tmk_registry_free(&registry);
    tmk_registry_free(NULL);
}
END_TEST

START_TEST(test_empty_texts)
{
    static const char *const texts[] = {"", "\n", "\n\n\n", "# only", "\xef\xbb\xbf", "\r\n"};
    tmk_registry *registry = parse(texts[_i]);

    ck_assert_uint_eq(tmk_registry_count(registry), 0);
    ck_assert_ptr_null(tmk_registry_find_name(registry, "a"));
    ck_assert_ptr_null(tmk_registry_find_mark(registry, 0));
    tmk_registry_free(&registry);
}
END_TEST

/* As editors of other systems leave it: byte order mark, CR LF, no last line's end. */
START_TEST(test_editors)
{
    tmk_registry *registry =
        parse("\xef\xbb\xbfone\t0000000000000001\tnote\r\ntwo\t0000000000000002");

    ck_assert_uint_eq(tmk_registry_count(registry), 2);
    ck_assert_str_eq(tmk_registry_find_name(registry, "one")->note, "note");
    ck_assert_uint_eq(tmk_registry_find_name(registry, "two")->mark, 2);
    tmk_registry_free(&registry);
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
    tmk_registry *registry = (tmk_registry *)1;
    tmk_error error = {0};

    ck_assert_int_eq(tmk_registry_parse(refused[_i].text, strlen(refused[_i].text), "r",
                                        &registry, &error),
                     TMK_BAD_FILE);
    ck_assert_ptr_null(registry);
    ck_assert_msg(strstr(error.text, refused[_i].words) != NULL, "%s", error.text);
    ck_assert_int_eq(strncmp(error.text, "r: ", 3), 0);
}
END_TEST

START_TEST(test_longest_name)
{
    tmk_registry *registry = parse(LONG LONG LONG LONG M);

    ck_assert_uint_eq(strlen(tmk_registry_at(registry, 0)->name), TMK_CHANNEL_NAME_BYTES);
    tmk_registry_free(&registry);
}
END_TEST

START_TEST(test_not_text)
{
    tmk_registry *registry;
    tmk_error error;

    ck_assert_int_eq(tmk_registry_parse("a\0b", 3, "r", &registry, &error), TMK_BAD_FILE);
    ck_assert_int_eq(tmk_registry_load("missing", &registry, &error), TMK_NOT_READABLE);
    ck_assert_int_eq(tmk_registry_load(".", &registry, &error), TMK_NOT_READABLE);
}
END_TEST

/* --------------------------------------------------------------------- adding */

/* Adds NAME with WANTED to the file r, whose former TEXT must then stand before AFTER. */
static void check_add(const char *text, const char *name, uint64_t wanted, const char *after)
{
    char content[4096];
    uint64_t mark = 0;
    tmk_error error = {0};

    scratch_write("r", text, strlen(text), 0600);
    ck_assert_msg(tmk_registry_add("r", name, &wanted, NULL, &mark, &error) == TMK_OK, "%s",
                  error.text);
    ck_assert_uint_eq(mark, wanted);
    scratch_read("r", content, sizeof content);
    ck_assert_int_eq(strncmp(content, text, strlen(text)), 0);
    ck_assert_str_eq(content + strlen(text), after);
}

START_TEST(test_what_stands_is_kept)
{
    check_add("# mine\na" M "\t x \n", "b", 2, "b\t0000000000000002\n");
    check_add("a" M, "b", 2, "\nb\t0000000000000002\n");
    check_add("# a comment", "b", 2, "\nb\t0000000000000002\n");
    check_add("a" M "\r\n", "b c", 2, "b c\t0000000000000002\n");
    check_add("\n", "b", 2, "b\t0000000000000002\n");
}
END_TEST

START_TEST(test_new_file)
{
    tmk_registry *registry;
    uint64_t one, two;

    ck_assert_int_eq(tmk_registry_add("r", "one", NULL, "a note", &one, NULL), TMK_OK);
    ck_assert_int_eq(tmk_registry_add("r", "two", NULL, NULL, &two, NULL), TMK_OK);
    ck_assert_uint_ne(one, two);
    ck_assert_int_eq(tmk_registry_load("r", &registry, NULL), TMK_OK);
    ck_assert_uint_eq(tmk_registry_count(registry), 2);
    ck_assert_uint_eq(tmk_registry_find_name(registry, "two")->mark, two);
    ck_assert_str_eq(tmk_registry_find_mark(registry, one)->note, "a note");
    tmk_registry_free(&registry);
}
END_TEST

START_TEST(test_add_refused)
{
    static const char text[] = "a" M "\n", damaged[] = "a" M "\nb\n";
    static const uint64_t taken = 1;
    char content[100];
    tmk_error error;

    scratch_write("r", text, strlen(text), 0600);
    ck_assert_int_eq(tmk_registry_add("r", "a", NULL, NULL, NULL, &error), TMK_EXISTS);
    ck_assert_int_eq(tmk_registry_add("r", "b", &taken, NULL, NULL, &error), TMK_EXISTS);
    ck_assert_ptr_nonnull(strstr(error.text, "channel a"));
    ck_assert_int_eq(tmk_registry_add("r", "b\n", NULL, NULL, NULL, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_registry_add("r", "", NULL, NULL, NULL, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_registry_add("r", "b", NULL, "x\ny", NULL, &error),
                     TMK_BAD_ARGUMENT);
    scratch_read("r", content, sizeof content);
    ck_assert_str_eq(content, text);
    scratch_write("r", damaged, strlen(damaged), 0600);
    ck_assert_int_eq(tmk_registry_add("r", "c", NULL, NULL, NULL, &error), TMK_BAD_FILE);
    ck_assert_ptr_nonnull(strstr(error.text, "line 2"));
    scratch_read("r", content, sizeof content);
    ck_assert_str_eq(content, damaged);
    ck_assert_int_eq(tmk_registry_add("no/r", "c", NULL, NULL, NULL, &error),
                     TMK_NOT_WRITABLE);
}
END_TEST

/* Eight processes add 25 channels each to a file without a last line's end. */
START_TEST(test_concurrent)
{
    enum { PROCESSES = 8, EACH = 25 };
    tmk_registry *registry;

    scratch_write("r", "first" M, strlen("first" M), 0600);
    for (int p = 0; p < PROCESSES; p++) {
        pid_t child = fork();

        ck_assert_int_ge(child, 0);
        if (child == 0) {
            int failed = 0;

            for (int i = 0; i < EACH; i++) {
                char name[32];

                snprintf(name, sizeof name, "channel %d-%d", p, i);
                failed += tmk_registry_add("r", name, NULL, "n", NULL, NULL) != TMK_OK;
            }
            _exit(failed);
        }
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status = -1;

        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(tmk_registry_load("r", &registry, NULL), TMK_OK);
    ck_assert_uint_eq(tmk_registry_count(registry), PROCESSES * EACH + 1);
    tmk_registry_free(&registry);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry");
    TCase *tests = tcase_create("registry");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_lookups);
    tcase_add_loop_test(tests, test_empty_texts, 0, 6);
    tcase_add_test(tests, test_editors);
    tcase_add_loop_test(tests, test_refused, 0, REFUSED);
    tcase_add_test(tests, test_longest_name);
    tcase_add_test(tests, test_not_text);
    tcase_add_test(tests, test_what_stands_is_kept);
    tcase_add_test(tests, test_new_file);
    tcase_add_test(tests, test_add_refused);
    tcase_add_test(tests, test_concurrent);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
