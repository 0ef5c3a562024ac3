/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyed streams against published vectors, permutations, threads. */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key/keystream.h"
#include "base/parallel.h"
#include "base/utf8.h"
#include "tests/support/suite.h"

static void from_hex(const char *hex, uint8_t *bytes, size_t size)
{
    ck_assert_uint_eq(strlen(hex), 2 * size);
    for (size_t i = 0; i < size; i++) {
        unsigned value;

        ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &value), 1);
        bytes[i] = (uint8_t)value;
    }
}

/* The sub-key of bytes 0, 1, 2, ... */
static tmk_subkey counting_subkey(void)
{
    tmk_subkey subkey;

    for (size_t i = 0; i < sizeof subkey.bytes; i++)
        subkey.bytes[i] = (uint8_t)i;
    return subkey;
}

static tmk_key *counting_key(void)
{
    tmk_subkey bytes = counting_subkey();
    tmk_key *key = NULL;

    ck_assert_int_eq(tmk_key_from_bytes(bytes.bytes, &key, NULL), TMK_OK);
    return key;
}

/* -------------------------------------------------------------------- streams */

/* draft-agl-tls-chacha20poly1305-04 (A. Langley, W. Chang, 2013), section 7. */
static const struct {
    const char *key, *stream;
    uint64_t nonce; /* the draft's eight bytes, the first one least */
} chacha20[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
     "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
     0},
    {"0000000000000000000000000000000000000000000000000000000000000001",
     "4540f05a9f1fb296d7736e7b208e3c96eb4fe1834688d2604f450952ed432d41"
     "bbe2a0b6ea7566d2a5d1e7e20d42af2c53d792b1c43fea817e9ad275ae546963",
     0},
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "ef3fdfd6c61578fbf5cf35bd3dd33b8009631634d21e42ac33960bd138e50d32"
     "111e4caf237ee53ca8ad6426194a88545ddc497a0b466e7d6bbdb0041b2f586b",
     1},
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "de9cba7bf3d69ef5e786dc63973f653a0b49e015adbff7134fcb7df137821031"
     "e85a050278a7084527214f73efc7fa5b5277062eb7a0433e445f41e3",
     UINT64_C(0x0100000000000000)},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "f798a189f195e66982105ffb640bb7757f579da31602fc93ec01ac56f85ac3c1"
     "34a4547b733b46413042c9440049176905d3be59ea1c53f15916155c2be8241a"
     "38008b9a26bc35941e2444177c8ade6689de95264986d95889fb60e84629c9bd"
     "9a5acb1cc118be563eb9b3a4a472f82e09a7e778492b562ef7130e88dfe031c7"
     "9db9d4f7c7a899151b9a475032b63fc385245fe054e3dd5a97a5f576fe064025"
     "d3ce042c566ab2c507b138db853e3d6959660996546cc9c4a6eafdc777c040d7"
     "0eaf46f76dad3979e5c5360c3317166a1c894c94a371876a94df7628fe4eaaf2"
     "ccb27d5aaae0ad7ad0f9d4b6ad3b54098746d4524d38407a6deb3ab78fab78c9",
     UINT64_C(0x0706050403020100)},
};

START_TEST(test_keystream_vectors)
{
    uint8_t expected[256], stream[256];
    size_t size = strlen(chacha20[_i].stream) / 2;
    tmk_subkey subkey;

    from_hex(chacha20[_i].key, subkey.bytes, sizeof subkey.bytes);
    from_hex(chacha20[_i].stream, expected, size);
    for (size_t cut = 0; cut <= size; cut++) {
        memset(stream, 0xaa, sizeof stream);
        tmk_keystream(&subkey, chacha20[_i].nonce, stream, cut);
        ck_assert_mem_eq(stream, expected, cut);
        ck_assert(cut == sizeof stream || stream[cut] == 0xaa);
    }
    for (size_t from = 0; from <= size; from++)
        for (size_t cut = 0; from + cut <= size; cut += 7) {
            memset(stream, 0xaa, sizeof stream);
            tmk_keystream_from(&subkey, chacha20[_i].nonce, from, stream, cut);
            ck_assert_mem_eq(stream, expected + from, cut);
            ck_assert(cut == sizeof stream || stream[cut] == 0xaa);
        }
}
END_TEST

/*
 * Keyed BLAKE2b with 32 bytes of digest, as the function hashlib.blake2b of Python
 * (the authors' own code) gives it: digest_size=32, key=bytes(range(32)).
 */
START_TEST(test_keyed_hash)
{
    uint8_t message[255], digest[TMK_HASH_BYTES], expected[TMK_HASH_BYTES];
    tmk_subkey subkey = counting_subkey();
    tmk_hash hash;

    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    from_hex("f60f5c4a575c43db6c93608515866ea998e04b35792f5a92b27aa5880cd6721e", expected,
             sizeof expected);
    for (size_t cut = 0; cut <= sizeof message; cut += 17) {
        tmk_keyed_hash_init(&hash, &subkey);
        tmk_hash_update(&hash, message, cut);
        tmk_hash_update(&hash, message + cut, sizeof message - cut);
        tmk_hash_final(&hash, digest);
        ck_assert_mem_eq(digest, expected, sizeof digest);
    }
    from_hex("4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d", expected,
             sizeof expected);
    tmk_keyed_hash_init(&hash, &subkey);
    tmk_hash_final(&hash, digest);
    ck_assert_mem_eq(digest, expected, sizeof digest);
}
END_TEST

/* The same function over "toonmark 2 NAME": tomorrow's sub-keys must be today's. */
START_TEST(test_subkeys)
{
    uint8_t expected[sizeof(tmk_subkey)];
    tmk_key *key = counting_key();
    tmk_subkey one, other;
    char fingerprint[17];

    tmk_subkey_derive(&one, key, "data carriers");
    from_hex("d6aacf58da52849a8fc0e711334efc5fb4840aa4910d305171077d1b64c16500", expected,
             sizeof expected);
    ck_assert_mem_eq(one.bytes, expected, sizeof expected);
    tmk_subkey_derive(&other, key, "data carriert");
    ck_assert_mem_ne(one.bytes, other.bytes, sizeof expected);
    tmk_subkey_number(&other, &one, 0x0123456789);
    from_hex("464e6f5e05602a7f2214b90a707d71dfdb16a44e36a50b5623884fd993bc9e1b", expected,
             sizeof expected);
    ck_assert_mem_eq(other.bytes, expected, sizeof expected);
    tmk_key_fingerprint(key, fingerprint);
    ck_assert_str_eq(fingerprint, "866b9ec28a34015c");
    tmk_key_free(&key);
}
END_TEST

/* --------------------------------------------------------------- permutations */

/* The shuffle once more, straight from the definition, over one long stream. */
static void slow_permutation(const tmk_subkey *subkey, uint64_t nonce, uint16_t *order,
                             size_t count)
{
    static uint8_t stream[1 << 20];
    size_t used = 0;

    tmk_keystream(subkey, nonce, stream, sizeof stream);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint16_t)i;
    for (size_t last = count; last-- > 1;) {
        const uint64_t all = UINT64_C(1) << 32, choices = last + 1;
        uint64_t word;
        uint16_t held = order[last];

        do {
            ck_assert_uint_lt(used + 4, sizeof stream);
            word = tmk_load32(stream + used);
            used += 4;
        } while (word < all % choices);
        order[last] = order[word % choices];
        order[word % choices] = held;
    }
}

START_TEST(test_permutation)
{
    static const size_t counts[] = {0, 1, 2, 3, 128, 1000, 65536};
    static uint16_t order[65536], expected[65536];
    static uint8_t seen[65536];
    tmk_subkey subkey = counting_subkey();
    size_t count = counts[_i];

    tmk_permutation(&subkey, 7, order, count);
    slow_permutation(&subkey, 7, expected, count);
    if (count > 0)
        ck_assert_mem_eq(order, expected, count * sizeof *order);
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_lt(order[i], count);
        ck_assert(!seen[order[i]]);
        seen[order[i]] = 1;
    }
    if (count >= 128) {
        tmk_permutation(&subkey, 8, expected, count);
        ck_assert_mem_ne(order, expected, count * sizeof *order);
    }
}
END_TEST

/* Pearson's statistic of COUNT cells that should be equally full. */
static double chi_squared(const unsigned *cells, size_t count, double expected)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (cells[i] - expected) * (cells[i] - expected) / expected;
    return sum;
}

/*
 * All 24 orders of 4 things are equally frequent, and so is every place for one of 100
 * things.  The limits are passed by chance once in 10^6 (23 and 99 degrees of freedom);
 * the streams are fixed, so the test gives the same result for ever.
 */
START_TEST(test_permutation_uniform)
{
    enum { TRIALS = 24000 };
    unsigned orders[24] = {0}, places[100] = {0};
    tmk_subkey subkey = counting_subkey();

    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        uint16_t order[100];
        size_t rank = 0, place = 0;

        tmk_permutation(&subkey, trial, order, 4);
        for (size_t i = 0; i < 4; i++) {
            size_t smaller = 0;

            for (size_t j = i + 1; j < 4; j++)
                smaller += order[j] < order[i];
            rank = rank * (4 - i) + smaller;
        }
        orders[rank]++;
        tmk_permutation(&subkey, trial, order, 100);
        while (order[place] != 42)
            place++;
        places[place]++;
    }
    ck_assert_double_lt(chi_squared(orders, 24, TRIALS / 24.0), 70.6);
    ck_assert_double_lt(chi_squared(places, 100, TRIALS / 100.0), 181.0);
}
END_TEST

/* -------------------------------------------------------------------- threads */

typedef struct tally {
    atomic_uint calls;
    uint64_t values[1000];
} tally;

static void count_task(size_t index, void *context)
{
    tally *t = context;

    atomic_fetch_add(&t->calls, 1);
    t->values[index] += index * index + 1;
}

START_TEST(test_parallel)
{
    static const int threads[] = {-1, 0, 1, 2, 3, 8, TMK_MAX_THREADS, 1000};
    static const size_t counts[] = {0, 1, 2, 1000};

    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        tally t = {0};

        tmk_parallel(counts[c], threads[_i], count_task, &t);
        ck_assert_uint_eq(atomic_load(&t.calls), counts[c]);
        for (size_t i = 0; i < 1000; i++)
            ck_assert_uint_eq(t.values[i], i < counts[c] ? i * i + 1 : 0);
    }
}
END_TEST

static void order_task(size_t index, void *context)
{
    size_t *next = context;

    ck_assert_uint_eq(index, *next);
    ++*next;
}

START_TEST(test_one_thread_is_a_loop)
{
    size_t next = 0;

    tmk_parallel(100, 1, order_task, &next);
    ck_assert_uint_eq(next, 100);
}
END_TEST

/* Tasks 7, 11, 18, ... fail, each in its own way; all are to be called. */
static tmk_status failing_task(size_t index, void *context, tmk_error *error)
{
    atomic_fetch_add((atomic_size_t *)context, 1);
    if (index % 11 == 7)
        return tmk_fail(error, TMK_BAD_FILE, "task %zu", index);
    return index % 11 == 0 && index > 0 ? tmk_fail(error, TMK_NO_MEMORY, "task %zu", index)
                                        : TMK_OK;
}

/* The failure that is reported is the lowest one with any number of threads. */
START_TEST(test_first_failure)
{
    static const int threads[] = {1, 2, 3, 8, TMK_MAX_THREADS};

    for (size_t count = 6; count <= 8; count++) {
        atomic_size_t calls = 0;
        tmk_error error = {0};
        tmk_status status = tmk_parallel_try(count, threads[_i], failing_task, &calls,
                                             &error);

        ck_assert_uint_eq(atomic_load(&calls), count);
        ck_assert_int_eq(status, count == 8 ? TMK_BAD_FILE : TMK_OK);
        ck_assert_str_eq(error.text, count == 8 ? "task 7" : "");
    }
    for (int repeat = 0; repeat < 100; repeat++) {
        atomic_size_t calls = 0;
        tmk_error error = {0};

        ck_assert_int_eq(tmk_parallel_try(1000, threads[_i], failing_task, &calls, &error),
                         TMK_BAD_FILE);
        ck_assert_uint_eq(atomic_load(&calls), 1000);
        ck_assert_int_eq(error.status, TMK_BAD_FILE);
        ck_assert_str_eq(error.text, "task 7");
        ck_assert_int_eq(tmk_parallel_try(1000, threads[_i], failing_task, &calls, NULL),
                         TMK_BAD_FILE);
    }
}
END_TEST

/* ----------------------------------------------------------------------- text */

START_TEST(test_utf8)
{
    static const struct {
        const char *text;
        size_t size;
        uint32_t code;
    } cases[] = {
        {"a", 1, 'a'},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xec\x9b\xb9", 3, 0xc6f9},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"\x80", 0, 0},     /* a continuation alone */
        {"\xc0\x80", 0, 0}, /* overlong forms */
        {"\xc1\xbf", 0, 0},
        {"\xe0\x9f\xbf", 0, 0},
        {"\xf0\x8f\xbf\xbf", 0, 0},
        {"\xed\xa0\x80", 0, 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 0, 0}, /* beyond the last */
        {"\xff", 0, 0},
        {"\xe2\x82", 0, 0}, /* cut off */
        {"\xf0\x9f", 0, 0},
        {"\xc3", 0, 0},
    };
    uint32_t code = 0;
    size_t size = tmk_utf8_next(cases[_i].text, &code);

    ck_assert_uint_eq(size, cases[_i].size);
    if (size > 0)
        ck_assert_uint_eq(code, cases[_i].code);
}
END_TEST

START_TEST(test_marks_as_text)
{
    static const char *const bad[] = {"",
                                      "0",
                                      "00112233445566a",
                                      "00112233445566aab",
                                      "00112233445566ag",
                                      " 0112233445566aa",
                                      "0x112233445566aa",
                                      "-0112233445566aa"};
    uint64_t mark = 5;
    char text[17];

    ck_assert(tmk_mark_parse("00112233445566aA", &mark));
    ck_assert_uint_eq(mark, UINT64_C(0x00112233445566aa));
    tmk_mark_format(mark, text);
    ck_assert_str_eq(text, "00112233445566aa");
    ck_assert(tmk_mark_parse("ffffffffffffffff", &mark));
    ck_assert_uint_eq(mark, UINT64_MAX);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert(!tmk_mark_parse(bad[i], &mark));
    ck_assert_uint_eq(mark, UINT64_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_keystream_vectors, 0, 5);
    tcase_add_test(tests, test_keyed_hash);
    tcase_add_test(tests, test_subkeys);
    tcase_add_loop_test(tests, test_permutation, 0, 7);
    tcase_add_test(tests, test_permutation_uniform);
    tcase_add_loop_test(tests, test_parallel, 0, 8);
    tcase_add_test(tests, test_one_thread_is_a_loop);
    tcase_add_loop_test(tests, test_first_failure, 0, 5);
    tcase_add_loop_test(tests, test_utf8, 0, 20);
    tcase_add_test(tests, test_marks_as_text);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
