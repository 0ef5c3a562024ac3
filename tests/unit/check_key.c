/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and their files. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key/key.h"
#include "tests/support/scratch.h"
#include "toonmark.h"
#include "tests/support/suite.h"

#define SIZE 109 /* bytes of a key file */

static const char golden[] =
    "toonmark key 2\n"
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "fingerprint 866b9ec28a34015c\n";

/* Loading the file NAME fails with STATUS and one line that says WORDS. */
static void check_refused(const char *name, tmk_status status, const char *words)
{
    tmk_key *key = (tmk_key *)1;
    tmk_error error = {0};

    ck_assert_int_eq(tmk_key_load(name, &key, &error), status);
    ck_assert_ptr_null(key);
    ck_assert_int_eq(error.status, status);
    ck_assert_ptr_nonnull(strstr(error.text, words));
    ck_assert_int_eq(strncmp(error.text, name, strlen(name)), 0);
    ck_assert_ptr_null(strchr(error.text, '\n'));
    ck_assert_ptr_null(strstr(error.text, "0102")); /* nothing of the secret */
}

START_TEST(test_round_trip)
{
    tmk_key *key, *again;
    struct stat facts;
    char text[2 * SIZE];

    umask(0);
    ck_assert_int_eq(tmk_key_generate(&key, NULL), TMK_OK);
    ck_assert_int_eq(tmk_key_save(key, "k", NULL), TMK_OK);
    ck_assert_int_eq(stat("k", &facts), 0);
    ck_assert_uint_eq(facts.st_mode & 07777u, 0600u);
    ck_assert_uint_eq(scratch_read("k", text, sizeof text), SIZE);
    ck_assert_int_eq(tmk_key_load("k", &again, NULL), TMK_OK);
    ck_assert_mem_eq(tmk_key_bytes(key), tmk_key_bytes(again), TMK_KEY_BYTES);
    tmk_key_free(&key);
    ck_assert_ptr_null(key);
    tmk_key_free(&key);
    tmk_key_free(NULL);
    tmk_key_free(&again);
}
END_TEST

START_TEST(test_keys_differ)
{
    tmk_key *one, *other;

    ck_assert_int_eq(tmk_key_generate(&one, NULL), TMK_OK);
    ck_assert_int_eq(tmk_key_generate(&other, NULL), TMK_OK);
    ck_assert_mem_ne(tmk_key_bytes(one), tmk_key_bytes(other), TMK_KEY_BYTES);
    tmk_key_free(&one);
    tmk_key_free(&other);
}
END_TEST

START_TEST(test_golden_file)
{
    uint8_t bytes[TMK_KEY_BYTES];
    tmk_key *key;
    char text[2 * SIZE];

    for (int i = 0; i < TMK_KEY_BYTES; i++)
        bytes[i] = (uint8_t)i;
    ck_assert_int_eq(tmk_key_from_bytes(bytes, &key, NULL), TMK_OK);
    ck_assert_int_eq(tmk_key_save(key, "k", NULL), TMK_OK);
    scratch_read("k", text, sizeof text);
    ck_assert_str_eq(text, golden);
    tmk_key_free(&key);
    scratch_write("without newline", golden, SIZE - 1, 0600);
    ck_assert_int_eq(tmk_key_load("without newline", &key, NULL), TMK_OK);
    ck_assert_mem_eq(tmk_key_bytes(key), bytes, TMK_KEY_BYTES);
    tmk_key_free(&key);
}
END_TEST

START_TEST(test_never_replaced)
{
    tmk_key *key;
    tmk_error error;
    char text[16];

    scratch_write("k", "precious", 8, 0644);
    ck_assert_int_eq(symlink("nowhere", "link"), 0);
    ck_assert_int_eq(tmk_key_generate(&key, NULL), TMK_OK);
    ck_assert_int_eq(tmk_key_save(key, "k", &error), TMK_EXISTS);
    ck_assert_int_eq(tmk_key_save(key, "link", &error), TMK_EXISTS);
    ck_assert_int_eq(access("nowhere", F_OK), -1);
    ck_assert_int_eq(tmk_key_save(key, "no such directory/k", &error), TMK_NOT_WRITABLE);
    scratch_read("k", text, sizeof text);
    ck_assert_str_eq(text, "precious");
    tmk_key_free(&key);
}
END_TEST

START_TEST(test_open_to_others)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777};

    scratch_write("k", golden, SIZE, modes[_i]);
    check_refused("k", TMK_BAD_KEY, "chmod 600");
}
END_TEST

START_TEST(test_links_are_followed)
{
    tmk_key *key;

    scratch_write("k", golden, SIZE, 0600);
    ck_assert_int_eq(symlink("k", "link"), 0);
    ck_assert_int_eq(tmk_key_load("link", &key, NULL), TMK_OK);
    tmk_key_free(&key);
    scratch_write("open", golden, SIZE, 0644);
    ck_assert_int_eq(symlink("open", "link to open"), 0);
    check_refused("link to open", TMK_BAD_KEY, "chmod 600");
}
END_TEST

START_TEST(test_not_a_file)
{
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    ck_assert_int_eq(mkdir("directory", 0700), 0);
    check_refused("pipe", TMK_BAD_KEY, "regular file");
    check_refused("directory", TMK_BAD_KEY, "regular file");
    check_refused("missing", TMK_NOT_READABLE, "No such file");
    check_refused("/dev/null", TMK_BAD_KEY, "regular file");
}
END_TEST

/* Every byte changed in every bit, and every length cut off: refused, or the same key. */
START_TEST(test_damage)
{
    char text[SIZE];
    tmk_error error;
    int accepted = 0;

    for (size_t place = 0; place < SIZE; place++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            tmk_key *key;
            char fingerprint[17];

            memcpy(text, golden, SIZE);
            text[place] = (char)(text[place] ^ (1 << bit));
            scratch_write("k", text, SIZE, 0600);
            if (tmk_key_load("k", &key, &error) == TMK_OK) {
                tmk_key_fingerprint(key, fingerprint);
                ck_assert_str_eq(fingerprint, "866b9ec28a34015c");
                ck_assert_uint_eq(bit, 5); /* a capital letter */
                accepted++;
            }
            tmk_key_free(&key);
        }
    }
    ck_assert_int_eq(accepted, 12); /* letters in the secret above */
    for (size_t size = 0; size < SIZE - 1; size++) {
        scratch_write("k", golden, size, 0600);
        check_refused("k", TMK_BAD_KEY, "key file");
    }
}
END_TEST

START_TEST(test_other_content)
{
    static char large[100000];
    char text[2 * SIZE];

    scratch_write("k", "\211PNG\r\n\032\n", 8, 0600);
    check_refused("k", TMK_BAD_KEY, "not a key file");
    memset(large, 'a', sizeof large);
    scratch_write("k", large, sizeof large, 0600);
    check_refused("k", TMK_BAD_KEY, "not a key file");
    snprintf(text, sizeof text, "%smore\n", golden);
    scratch_write("k", text, strlen(text), 0600);
    check_refused("k", TMK_BAD_KEY, "damaged");
}
END_TEST

START_TEST(test_newer_format)
{
    static const char *const texts[] = {"toonmark key 3\nwhatever\n", "toonmark key 10\n",
                                        "toonmark key 999999999\n", "toonmark key 01\n"};

    scratch_write("k", texts[_i], strlen(texts[_i]), 0600);
    check_refused("k", TMK_UNSUPPORTED, "newer");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("key");
    TCase *tests = tcase_create("key");

    tcase_add_checked_fixture(tests, scratch_begin, scratch_end);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_round_trip);
    tcase_add_test(tests, test_keys_differ);
    tcase_add_test(tests, test_golden_file);
    tcase_add_test(tests, test_never_replaced);
    tcase_add_loop_test(tests, test_open_to_others, 0, 9);
    tcase_add_test(tests, test_links_are_followed);
    tcase_add_test(tests, test_not_a_file);
    tcase_add_test(tests, test_damage);
    tcase_add_test(tests, test_other_content);
    tcase_add_loop_test(tests, test_newer_format, 0, 4);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
