/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged files of which what decodes is kept, for extraction, and what is no picture. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/filemaker.h"
#include "tests/support/pictures.h"
#include "toonmark-file.h"

#include <png.h> /* colour types */

#define WIDTH 48
#define HEIGHT 40
#define KINDS 9

/* A file, and how its rows become right. */
typedef struct victim {
    filemaker_file file;
    int coarse_first; /* rows are all there at first, though coarsely */
    int needs_next;   /* the last row before the cut depends on the one after it */
    size_t tail;      /* bytes at the end that no pixel depends on */
} victim;

static filemaker_file jpeg_of(int channels, const filemaker_jpeg *setup)
{
    tmk_picture picture = panels(WIDTH, HEIGHT, channels, 8, 31);
    filemaker_file file = filemaker_make_jpeg(&picture, setup);

    tmk_picture_release(&picture);
    return file;
}

static filemaker_file webp_of(int channels, int quality)
{
    tmk_picture picture = panels(WIDTH, HEIGHT, channels, 8, 32);
    filemaker_file file = filemaker_make_webp(&picture, quality);

    tmk_picture_release(&picture);
    return file;
}

static victim make_victim(int which)
{
    static const filemaker_png colour = {PNG_COLOR_TYPE_RGB, 8, 0, 0},
                               palette = {PNG_COLOR_TYPE_PALETTE, 4, 0, 1},
                               interlaced = {PNG_COLOR_TYPE_GRAY, 16, 1, 0};
    static const filemaker_jpeg full = {85, 1, 1, 0, 0, 0, NULL},
                                halved = {80, 2, 2, 0, 2, 0, NULL},
                                progressive = {70, 1, 1, 1, 0, 0, NULL};

    switch (which) {
    case 0:
        return (victim){filemaker_make_png(WIDTH, HEIGHT, &colour, 33), 0, 0, 12};
    case 1:
        return (victim){filemaker_make_png(WIDTH, HEIGHT, &palette, 34), 0, 0, 12};
    case 2:
        return (victim){filemaker_make_png(WIDTH, HEIGHT, &interlaced, 35), 1, 0, 12};
    case 3:
        return (victim){jpeg_of(3, &full), 0, 0, 2};
    case 4:
        return (victim){jpeg_of(3, &halved), 0, 1, 2};
    case 5:
        return (victim){jpeg_of(3, &progressive), 1, 0, 2};
    case 6:
        return (victim){jpeg_of(1, &full), 0, 0, 2};
    case 7:
        return (victim){webp_of(4, 0), 0, 0, 0};
    default:
        return (victim){webp_of(3, 75), 0, 0, 0};
    }
}

/* Reads a copy of exactly SIZE bytes, so that a sanitizer sees a read beyond them. */
static tmk_status salvage(const unsigned char *bytes, size_t size, tmk_image **image,
                          tmk_error *error)
{
    const tmk_read_options options = {.salvage = 1};
    unsigned char *copy = malloc(size > 0 ? size : 1);
    tmk_status status;

    memcpy(copy, bytes, size);
    status = tmk_image_decode_with(copy, size, "page", &options, image, error);
    free(copy);
    return status;
}

static tmk_image *whole_of(const filemaker_file *file)
{
    tmk_image *image = NULL;
    tmk_error error;

    ck_assert_msg(tmk_image_decode(file->bytes, file->size, "page", &image, &error) == TMK_OK,
                  "%s", error.text);
    return image;
}

/* The first ROWS rows of PART are those of WHOLE, opaque where that has no alpha; the rest is
 * transparent. */
static void check_rows(const tmk_picture *part, const tmk_picture *whole, int rows, int right)
{
    int colours = whole->channels - tmk_picture_has_alpha(whole);
    int opaque = whole->depth == 8 ? 255 : 65535;

    ck_assert_int_eq(part->width, whole->width);
    ck_assert_int_eq(part->height, whole->height);
    if (rows < part->height)
        ck_assert(tmk_picture_has_alpha(part));
    for (int y = 0; y < part->height; y++)
        for (int x = 0; x < part->width; x++) {
            int alpha = tmk_picture_has_alpha(part)
                            ? get_sample(part, x, y, part->channels - 1)
                            : opaque;

            if (y >= rows)
                ck_assert_int_eq(alpha, 0);
            else if (!tmk_picture_has_alpha(whole))
                ck_assert_int_eq(alpha, opaque);
            for (int c = 0; y < right && c < colours; c++)
                ck_assert_int_eq(get_sample(part, x, y, c), get_sample(whole, x, y, c));
        }
}

/* Wherever a download ends: the rows that it brought are those of the whole file, and of more
 * bytes there are never fewer rows. */
START_TEST(cut_anywhere)
{
    victim v = make_victim(_i);
    tmk_image *whole = whole_of(&v.file);
    int most = 0;

    for (size_t size = 1; size < v.file.size; size++) {
        tmk_image *part = NULL, *strict = NULL;
        tmk_error error = {0};
        tmk_status status = salvage(v.file.bytes, size, &part, &error);
        int rows = status == TMK_OK ? tmk_image_rows_read(part) : 0;

        ck_assert_int_eq(status == TMK_OK, part != NULL);
        ck_assert_msg(rows >= most, "%zu of %zu bytes: %d rows after %d: %s", size,
                      v.file.size, rows, most, error.text);
        most = rows;
        ck_assert_int_ne(tmk_image_decode(v.file.bytes, size, "page", &strict, NULL), TMK_OK);
        if (status == TMK_OK) {
            ck_assert_int_ge(rows, 1);
            ck_assert(tmk_image_is_damaged(part));
            check_rows(tmk_image_picture(part), tmk_image_picture(whole), rows,
                       v.coarse_first ? 0 : rows - v.needs_next);
        } else {
            ck_assert(strstr(error.text, "export it again") == NULL);
        }
        tmk_image_free(&part);
    }
    ck_assert_int_ge(most, HEIGHT - 8 * (1 + v.needs_next));
    tmk_image_free(&whole);
    free(v.file.bytes);
}
END_TEST

/* Without the bytes that end the file, all of the picture is there. */
START_TEST(tail_is_missing)
{
    victim v = make_victim(_i);
    tmk_image *whole = whole_of(&v.file), *part = NULL;
    tmk_error error;

    if (v.tail > 0) {
        ck_assert_int_eq(salvage(v.file.bytes, v.file.size - v.tail, &part, &error), TMK_OK);
        ck_assert(tmk_image_is_damaged(part));
        ck_assert_int_eq(tmk_image_rows_read(part), HEIGHT);
        ck_assert(same_pixels(tmk_image_picture(part), tmk_image_picture(whole)));
    }
    tmk_image_free(&part);
    tmk_image_free(&whole);
    free(v.file.bytes);
}
END_TEST

/* A whole file is read as ever, and nothing is said of damage. */
START_TEST(whole_is_whole)
{
    victim v = make_victim(_i);
    tmk_image *whole = whole_of(&v.file), *same = NULL;
    tmk_error error;

    ck_assert_int_eq(salvage(v.file.bytes, v.file.size, &same, &error), TMK_OK);
    ck_assert(!tmk_image_is_damaged(same));
    ck_assert_int_eq(tmk_image_rows_read(same), HEIGHT);
    ck_assert(same_pixels(tmk_image_picture(same), tmk_image_picture(whole)));
    tmk_image_free(&same);
    tmk_image_free(&whole);
    free(v.file.bytes);
}
END_TEST

/* A PNG's checksums: of a chunk, after its data, and of the pixels, at the end of the last. */
START_TEST(wrong_checksums)
{
    for (size_t before = 0; before <= 4; before += 4) {
        victim v = make_victim(0);
        tmk_image *whole = whole_of(&v.file), *part = NULL;
        size_t size;
        unsigned char *data = (unsigned char *)filemaker_chunk(&v.file, "IDAT", &size);
        tmk_error error;

        data[size - before] ^= 0x55;
        if (before > 0)
            filemaker_repair(v.file.bytes, v.file.size);
        ck_assert_int_eq(tmk_image_decode(v.file.bytes, v.file.size, "page", &part, &error),
                         TMK_BAD_FILE);
        ck_assert_int_eq(salvage(v.file.bytes, v.file.size, &part, &error), TMK_OK);
        ck_assert(tmk_image_is_damaged(part));
        ck_assert_int_eq(tmk_image_rows_read(part), HEIGHT);
        ck_assert(same_pixels(tmk_image_picture(part), tmk_image_picture(whole)));
        tmk_image_free(&part);
        tmk_image_free(&whole);
        free(v.file.bytes);
    }
}
END_TEST

/* Bytes that flipped on the way: whatever is read, it is said, or the file is refused. */
START_TEST(flipped_bytes)
{
    victim v = make_victim(_i);

    for (size_t at = 0; at < v.file.size; at += 3) {
        tmk_image *part = NULL;
        tmk_error error;

        v.file.bytes[at] ^= 0xa5;
        if (salvage(v.file.bytes, v.file.size, &part, &error) == TMK_OK)
            ck_assert_int_le(tmk_image_rows_read(part), tmk_image_rows(part));
        tmk_image_free(&part);
        v.file.bytes[at] ^= 0xa5;
    }
    free(v.file.bytes);
}
END_TEST

/* A file that was turned by EXIF: its missing rows are where a viewer shows them. */
START_TEST(turned_file)
{
    static const filemaker_marker upside_down[] = {
        {0xE1, "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\3\0\0\0\0\0\0", 32},
        {0, NULL, 0}};
    const filemaker_jpeg setup = {85, 1, 1, 0, 0, 0, upside_down};
    filemaker_file file = jpeg_of(3, &setup);
    tmk_image *part = NULL;
    tmk_error error;
    int rows;

    ck_assert_int_eq(salvage(file.bytes, file.size * 3 / 4, &part, &error), TMK_OK);
    rows = tmk_image_rows_read(part);
    ck_assert_int_lt(rows, HEIGHT);
    ck_assert_int_eq(get_sample(tmk_image_picture(part), 0, HEIGHT - rows - 1, 3), 0);
    ck_assert_int_eq(get_sample(tmk_image_picture(part), 0, HEIGHT - rows, 3), 255);
    tmk_image_free(&part);
    free(file.bytes);
}
END_TEST

/* What is no picture is named; the magic numbers are those of the formats' specifications. */
START_TEST(no_pictures)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *name;
    } files[] = {
        {"PK\3\4\x14\0\0\0\x08\0", 10, "page: a ZIP archive"},
        {"Rar!\x1a\7\1\0....", 12, "page: a RAR archive"},
        {"%PDF-1.7\n%....", 14, "page: a PDF document"},
        {"<!DOCTYPE html>\n<html>", 22, "page: an HTML page"},
        {"\xef\xbb\xbf \r\n<HTML lang=ko>", 20, "page: an HTML page"},
        {"WARC/1.1\r\nWARC-Type: ", 21, "page: a WARC web archive"},
        {"404 Not Found\n", 14, "page: a text file"},
        {"\0\0\0\x1c"
         "ftypmp42\0\0\0\0",
         16, "page: a video (MP4)"},
        {"\3\1\4\1\5\x9\2\6", 8, "page: not an image of a known format"},
    };

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        tmk_image *image = NULL;
        tmk_error error;

        ck_assert_int_eq(tmk_image_decode(files[i].bytes, files[i].size, "page", &image,
                                          &error),
                         TMK_UNSUPPORTED);
        ck_assert_msg(strncmp(error.text, files[i].name, strlen(files[i].name)) == 0, "%s",
                      error.text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("salvage");
    TCase *test = tcase_create("salvage");

    tcase_set_timeout(test, 60);
    tcase_add_loop_test(test, cut_anywhere, 0, KINDS);
    tcase_add_loop_test(test, tail_is_missing, 0, KINDS);
    tcase_add_loop_test(test, whole_is_whole, 0, KINDS);
    tcase_add_test(test, wrong_checksums);
    tcase_add_loop_test(test, flipped_bytes, 0, KINDS);
    tcase_add_test(test, turned_file);
    tcase_add_test(test, no_pictures);
    suite_add_tcase(suite, test);
    return run_suite(suite);
}
