/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Image files that are cut, damaged or made to do harm: all are refused, none crashes. */
#include <check.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/support/filemaker.h"
#include "tests/support/pictures.h"
#include "toonmark-file.h"

#include <png.h> /* colour types */

#define VICTIMS 9

static filemaker_file make_full_png(const filemaker_file *exif)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_RGB, 8, 0, 0};
    filemaker_file file = filemaker_make_png(48, 40, &kind, 21);

    filemaker_insert(&file, "IDAT", "sBIT", "\5\6\5", 3);
    filemaker_insert(&file, "IDAT", "zTXt", "Note\0\0not really packed", 23);
    filemaker_insert(&file, "IEND", "eXIf", exif->bytes, exif->size);
    return file;
}

static filemaker_file make_full_webp(const tmk_picture *picture, const filemaker_file *exif)
{
    filemaker_file file = filemaker_make_webp(picture, 75);

    file = filemaker_add_to_webp(file, "ICCP", "a profile of sorts", 18);
    file = filemaker_add_to_webp(file, "EXIF", exif->bytes, exif->size);
    return filemaker_add_to_webp(file, "XMP ", "<x/>", 4);
}

/* Small files with all that is parsed. */
static filemaker_file make_victim(int which)
{
    static const filemaker_marker markers[] = {
        {0xE1, "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", 32},
        {0xE1, "http://ns.adobe.com/xap/1.0/\0<x/>", 33},
        {0xE2, "ICC_PROFILE\0\1\1profile", 21},
        {0xFE, "a comment", 9},
        {0, NULL, 0},
    };
    tmk_picture colour = panels(48, 40, 3, 8, 23), alpha = panels(48, 40, 4, 8, 24);
    tmk_picture grey = panels(48, 40, 1, 8, 25);
    const filemaker_png palette = {PNG_COLOR_TYPE_PALETTE, 4, 1, 1};
    const filemaker_jpeg baseline = {80, 2, 2, 0, 2, 0, markers};
    const filemaker_jpeg progressive = {70, 2, 1, 1, 0, 0, NULL};
    filemaker_file exif = filemaker_make_exif(5, 1), file;

    switch (which) {
    case 0:
        file = make_full_png(&exif);
        break;
    case 1:
        file = filemaker_make_png(48, 40, &palette, 25);
        break;
    case 2:
        file = filemaker_make_jpeg(&colour, &baseline);
        break;
    case 3:
        file = filemaker_make_jpeg(&colour, &progressive);
        break;
    case 4:
        file = filemaker_make_jpeg(&grey, &progressive);
        break;
    case 5:
        file = filemaker_make_webp(&alpha, 0);
        break;
    case 6:
        file = filemaker_make_webp(&alpha, 60);
        break;
    case 7:
        file = make_full_webp(&colour, &exif);
        break;
    default:
        file = filemaker_make_avif(&alpha, 8, 1, 1);
        break;
    }
    free(exif.bytes);
    tmk_picture_release(&grey);
    tmk_picture_release(&alpha);
    tmk_picture_release(&colour);
    return file;
}

/* What could be read can be written, and read again, in every format that holds it. */
static void try_writing(const tmk_image *image)
{
    for (int format = TMK_PNG; format <= TMK_WEBP; format++) {
        tmk_write_options options = {(tmk_format)format, 0, 0};
        tmk_image *again = NULL;
        tmk_error error = {0};
        void *bytes = NULL;
        size_t size;

        if (tmk_image_encode(image, &options, &bytes, &size, &error) == TMK_OK)
            ck_assert_int_eq(tmk_image_decode(bytes, size, "again", &again, &error), TMK_OK);
        else
            ck_assert_int_eq(error.status, TMK_UNSUPPORTED);
        tmk_image_free(&again);
        free(bytes);
    }
}

/* Reads a copy of exactly SIZE bytes, so that a sanitizer sees a read beyond them. */
static tmk_status try_bytes(const unsigned char *bytes, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);
    tmk_image *image = NULL;
    tmk_error error = {0};
    tmk_status status;

    memcpy(copy, bytes, size);
    status = tmk_image_decode(copy, size, "page", &image, &error);
    ck_assert_int_eq(status == TMK_OK, image != NULL);
    if (status != TMK_OK)
        ck_assert_msg(strncmp(error.text, "page: ", 6) == 0 || status == TMK_NO_MEMORY, "%s",
                      error.text);
    else if (tmk_image_picture(image)->width < 200 && tmk_image_picture(image)->height < 200)
        try_writing(image);
    tmk_image_free(&image);
    free(copy);
    return status;
}

/* The first bytes give the format; from there on any cut is damage. */
START_TEST(truncation_is_damage)
{
    filemaker_file file = make_victim(_i);
    size_t stride = file.size > 4000 ? file.size / 1500 : 1;

    ck_assert_msg(file.size == 0 || try_bytes(file.bytes, file.size) == TMK_OK, "whole file");
    for (size_t size = 0; size + 1 < file.size; size += size < 64 ? 1 : stride) {
        tmk_status status = try_bytes(file.bytes, size);

        ck_assert_msg(status == TMK_BAD_FILE || (size < 32 && status == TMK_UNSUPPORTED),
                      "%zu of %zu bytes: %s", size, file.size, tmk_status_text(status));
    }
    if (file.size > 0)
        ck_assert_int_eq(try_bytes(file.bytes, file.size - 1), TMK_BAD_FILE);
    free(file.bytes);
}
END_TEST

START_TEST(flipped_bits_do_no_harm)
{
    filemaker_file file = make_victim(_i);
    dice d = {100 + (uint64_t)_i};

    for (int round = 0; file.size > 0 && round < 400; round++) {
        unsigned char *copy = malloc(file.size);
        int flips = 1 + (int)(dice_bits(&d) % 6);

        memcpy(copy, file.bytes, file.size);
        for (int i = 0; i < flips; i++) {
            /* Half of them in the headers, where they do most. */
            size_t reach = i % 2 == 0 && file.size > 200 ? 200 : file.size;

            copy[dice_bits(&d) % reach] ^= (unsigned char)(1u << dice_bits(&d) % 8);
        }
        /* Damage with right checksums gets further. */
        if (round % 2 == 0 && memcmp(copy, "\x89PNG", 4) == 0)
            filemaker_repair(copy, file.size);
        try_bytes(copy, file.size);
        free(copy);
    }
    free(file.bytes);
}
END_TEST

START_TEST(claims_beyond_the_limits)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_GRAY, 8, 0, 0};
    filemaker_file good = filemaker_make_png(64, 64, &kind, 26), file = {0};
    unsigned char header[13] = {0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0};
    static const struct {
        uint32_t width, height;
        tmk_status status;
    } claims[] = {
        {1000001, 1, TMK_NO_MEMORY},   {64, 1000001, TMK_NO_MEMORY},
        {40000, 40000, TMK_NO_MEMORY}, {20000, 20000, TMK_BAD_FILE},
        {0, 64, TMK_BAD_FILE},         {0x7FFFFFFF, 0x7FFFFFFF, TMK_NO_MEMORY},
    };

    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        file.size = good.size - 25; /* all but the header, which is put in again */
        file.bytes = malloc(file.size);
        memcpy(file.bytes, good.bytes, 8);
        memcpy(file.bytes + 8, good.bytes + 33, file.size - 8);
        png_save_uint_32(header, claims[i].width);
        png_save_uint_32(header + 4, claims[i].height);
        filemaker_insert(&file, "IDAT", "IHDR", header, 13);
        ck_assert_int_eq(try_bytes(file.bytes, file.size), claims[i].status);
        free(file.bytes);
    }
    free(good.bytes);
}
END_TEST

/* A chunk that claims more than the file has must not get the room that it asks for. */
START_TEST(chunks_beyond_the_end)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_GRAY, 8, 0, 0};
    filemaker_file file = filemaker_make_png(64, 64, &kind, 26);
    struct rusage used;
    unsigned char *text;

    filemaker_insert(&file, "IDAT", "tEXt", "Note\0text", 9);
    text = memmem(file.bytes, file.size, "tEXt", 4);
    ck_assert_ptr_nonnull(text);
    png_save_uint_32(text - 4, 0x70000000);
    ck_assert_int_eq(try_bytes(file.bytes, file.size), TMK_BAD_FILE);
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &used), 0);
    ck_assert_int_lt(used.ru_maxrss, 1 << 20); /* KiB */
    free(file.bytes);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ /* which needs terabytes of addresses */
/* Leaves this process SPARE more bytes of addresses than it has. */
static void limit_memory(size_t spare)
{
    FILE *file = fopen("/proc/self/statm", "r");
    struct rlimit limit;
    long pages = 0;

    malloc_trim(0);
    ck_assert(file != NULL && fscanf(file, "%ld", &pages) == 1);
    fclose(file);
    limit.rlim_cur = limit.rlim_max = (rlim_t)pages * 4096 + spare;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

/* A row of 8 MB, which libpng asks for before there is a picture. */
START_TEST(png_without_memory)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_RGB_ALPHA, 16, 0, 0};
    filemaker_file file = filemaker_make_png(1000000, 1, &kind, 3);
    tmk_image *image = NULL;
    tmk_error error = {0};

    ck_assert_int_eq(try_bytes(file.bytes, file.size), TMK_OK);
    limit_memory((size_t)4 << 20);
    ck_assert_int_eq(tmk_image_decode(file.bytes, file.size, "page", &image, &error),
                     TMK_NO_MEMORY);
    ck_assert_ptr_null(strstr(error.text, "damaged"));
    free(file.bytes);
}
END_TEST
#endif

/* Finds the first quantisation table and sets its entry 5 to VALUE. */
static void set_quantiser(filemaker_file *jpeg, unsigned char value)
{
    unsigned char *table = memmem(jpeg->bytes, jpeg->size, "\xFF\xDB", 2);

    ck_assert_ptr_nonnull(table);
    table[5 + 5] = value;
}

START_TEST(quantisers_of_zero)
{
    filemaker_file file = make_victim(2);

    set_quantiser(&file, 77);
    ck_assert_int_eq(try_bytes(file.bytes, file.size), TMK_OK);
    set_quantiser(&file, 0);
    ck_assert_int_eq(try_bytes(file.bytes, file.size), TMK_BAD_FILE);
    free(file.bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("badfile");
    TCase *all = tcase_create("badfile");

    tcase_set_timeout(all, 300);
    tcase_add_loop_test(all, truncation_is_damage, 0, VICTIMS);
    tcase_add_loop_test(all, flipped_bits_do_no_harm, 0, VICTIMS);
    tcase_add_test(all, claims_beyond_the_limits);
    tcase_add_test(all, chunks_beyond_the_end);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_test(all, png_without_memory);
#endif
    tcase_add_test(all, quantisers_of_zero);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
