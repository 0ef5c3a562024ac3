/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the tests of the signal core: keys, pictures, planes, and the suite's run. */
#ifndef TESTS_CORE_SUPPORT_H
#define TESTS_CORE_SUPPORT_H

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/picture.h"
#include "image/plane.h"
#include "tests/support/dice.h"

/* Sanitizers and TOONMARK_TESTS=long decide how much a slow test does. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static inline int long_tests(void)
{
    const char *level = getenv("TOONMARK_TESTS");

    return level != NULL && strcmp(level, "long") == 0;
}

/* Key number NUMBER. */
static inline tmk_key *key_of(unsigned number)
{
    uint8_t bytes[TMK_KEY_BYTES] = {(uint8_t)number, (uint8_t)(number >> 8), 0x5a};
    tmk_key *key = NULL;

    ck_assert_int_eq(tmk_key_from_bytes(bytes, &key, NULL), TMK_OK);
    return key;
}

static inline tmk_picture new_picture(int width, int height, int channels, int depth)
{
    tmk_picture picture = {0};

    ck_assert_int_eq(tmk_picture_alloc(&picture, width, height, channels, depth, NULL),
                     TMK_OK);
    return picture;
}

static inline tmk_picture copy_of(const tmk_picture *source)
{
    tmk_picture copy = {0};

    ck_assert_int_eq(tmk_picture_copy(&copy, source, NULL), TMK_OK);
    return copy;
}

static inline int same_pixels(const tmk_picture *a, const tmk_picture *b)
{
    size_t row = (size_t)a->width * tmk_picture_pixel_size(a);

    ck_assert(a->width == b->width && a->height == b->height &&
              a->channels == b->channels && a->depth == b->depth);
    for (int y = 0; y < a->height; y++)
        if (memcmp(tmk_picture_row(a, y), tmk_picture_row(b, y), row) != 0)
            return 0;
    return 1;
}

/* Sample C of pixel (X, Y), and its change. */
static inline int get_sample(const tmk_picture *picture, int x, int y, int c)
{
    const unsigned char *row = tmk_picture_row(picture, y);
    int i = x * picture->channels + c;

    return picture->depth == 8 ? row[i] : ((const uint16_t *)(const void *)row)[i];
}

static inline void set_sample(const tmk_picture *picture, int x, int y, int c, int value)
{
    unsigned char *row = tmk_picture_row(picture, y);
    int i = x * picture->channels + c;

    if (picture->depth == 8)
        row[i] = (unsigned char)value;
    else
        ((uint16_t *)(void *)row)[i] = (uint16_t)value;
}

/* Fills all samples with noise, every value equally likely. */
static inline void fill_noise(const tmk_picture *picture, uint64_t seed)
{
    int most = picture->depth == 8 ? 255 : 65535;
    dice d = dice_of(seed, 0);

    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            for (int c = 0; c < picture->channels; c++)
                set_sample(picture, x, y, c, dice_int(&d, 0, most));
}

/*
 * A page in the simplest sense, by whole numbers alone: slow gradients of colour between
 * 40 and 215 with a grain of two levels, which hides a mark everywhere.
 */
static inline void fill_gradients(const tmk_picture *picture, uint64_t seed)
{
    dice d = dice_of(seed, 1);
    int unit = picture->depth == 8 ? 1 : 257;
    int colours = picture->channels >= 3 ? 3 : 1;

    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            for (int c = 0; c < picture->channels; c++) {
                int wave = (x * (c + 2) + y * (4 - c)) / 4 % 350;
                int level = 40 + (wave < 175 ? wave : 349 - wave) + dice_int(&d, 0, 1);

                set_sample(picture, x, y, c, c < colours ? level * unit : 255 * unit);
            }
}

static inline tmk_plane new_plane(int width, int height)
{
    tmk_plane plane = {0};

    ck_assert_int_eq(tmk_plane_alloc(&plane, width, height, NULL), TMK_OK);
    return plane;
}

static inline tmk_plane noise_plane(int width, int height, double low, double high,
                                    uint64_t seed)
{
    tmk_plane plane = new_plane(width, height);
    dice d = dice_of(seed, 2);

    for (int i = 0; i < width * height; i++)
        plane.samples[i] = (float)dice_between(&d, low, high);
    return plane;
}

/* Pearson's statistic of COUNT cells that should be equally full. */
static inline double chi_squared_of(const unsigned *cells, size_t count, double expected)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (cells[i] - expected) * (cells[i] - expected) / expected;
    return sum;
}

/* Runs SUITE; the program's exit status. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
