/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JPEG in, JPEG out, coefficient by coefficient. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "file/imagefile.h"
#include "file/jpeg_blocks.h"
#include "filemaker.h"
#include "image/blocks.h"
#include "support.h"

#define COUNT(array) ((int)(sizeof array / sizeof array[0]))
#define JPEG_RGB 2 /* libjpeg's J_COLOR_SPACE */
#define ARITHMETIC 2

static const filemaker_marker all_markers[] = {
    {0xEE, "Adobe\0d\0\0\0\0\1", 12},
    {0xFE, "first", 5},
    {0xE1, "Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", 20},
    {0xE2, "ICC_PROFILE\0\1\2half a profile", 28},
    {0xE1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>", 41},
    {0xE2, "ICC_PROFILE\0\2\2and the rest", 26},
    {0xED, "Photoshop 3.0\0", 14},
    {0xE5, "", 0},
    {0xFE, "last", 4},
    {0, NULL, 0},
};

static const struct {
    int width, height, channels;
    filemaker_jpeg setup;
} kinds[] = {
    {131, 77, 1, {90, 1, 1, 0, 0, 0, NULL}},
    {131, 77, 1, {75, 2, 2, 0, 0, 0, all_markers}},
    {128, 64, 3, {95, 1, 1, 0, 0, 0, NULL}},
    {131, 77, 3, {60, 2, 1, 0, 0, 0, all_markers}},
    {129, 65, 3, {85, 2, 2, 1, 0, 0, all_markers}},
    {131, 77, 3, {50, 1, 2, 0, 3, 0, NULL}},
    {127, 95, 3, {30, 2, 2, 0, 5, 0, all_markers}},
    {131, 77, 3, {97, 1, 1, 0, 0, JPEG_RGB, NULL}},
    {131, 77, 3, {80, 4, 1, 1, 2, 0, NULL}},
    {131, 77, 3, {1, 2, 2, 0, 0, 0, NULL}},
    {131, 77, 3, {85, 2, 2, ARITHMETIC, 0, 0, NULL}},
    {131, 77, 3, {85, 1, 1, ARITHMETIC | 1, 4, 0, all_markers}},
    {1, 1, 3, {90, 2, 2, 0, 0, 0, NULL}},
    {9, 3, 1, {90, 1, 1, 1, 0, 0, NULL}},
    {16, 200, 3, {90, 2, 2, 1, 0, 0, NULL}},
};

static tmk_image *decode(const filemaker_file *file)
{
    tmk_image *image = NULL;
    tmk_error error = {0};

    ck_assert_msg(tmk_image_decode(file->bytes, file->size, "page", &image, &error) == TMK_OK,
                  "%s", error.text);
    return image;
}

static filemaker_file encode(const tmk_image *image)
{
    void *bytes = NULL;
    size_t size = 0;
    tmk_error error = {0};

    ck_assert_msg(tmk_image_encode(image, NULL, &bytes, &size, &error) == TMK_OK, "%s",
                  error.text);
    return (filemaker_file){bytes, size};
}

static tmk_blocks blocks_of(const filemaker_file *file)
{
    tmk_source source = {file->bytes, file->size, "page"};
    tmk_blocks blocks;
    tmk_error error = {0};

    ck_assert_msg(tmk_jpeg_read_blocks(&source, &blocks, &error) == TMK_OK, "%s", error.text);
    return blocks;
}

static size_t blocks_in(const tmk_block_plane *plane)
{
    return (size_t)plane->columns * (size_t)plane->rows;
}

/* How many blocks differ; everything else must be the same. */
static size_t differing(const tmk_blocks *one, const tmk_blocks *other)
{
    size_t count = 0;

    ck_assert(one->width == other->width && one->height == other->height &&
              one->count == other->count && one->colours == other->colours);
    for (int c = 0; c < one->count; c++) {
        const tmk_block_plane *a = &one->planes[c], *b = &other->planes[c];

        ck_assert(a->h == b->h && a->v == b->v && a->columns == b->columns &&
                  a->rows == b->rows);
        ck_assert_mem_eq(a->quantiser, b->quantiser, sizeof a->quantiser);
        for (size_t i = 0; i < blocks_in(a); i++)
            count += memcmp(a->blocks[i], b->blocks[i], sizeof a->blocks[i]) != 0;
    }
    return count;
}

static void assert_same_facts(const filemaker_file *one, const filemaker_file *other)
{
    filemaker_file before = filemaker_describe_jpeg(one);
    filemaker_file after = filemaker_describe_jpeg(other);

    ck_assert_uint_eq(after.size, before.size);
    ck_assert_mem_eq(after.bytes, before.bytes, before.size);
    free(before.bytes);
    free(after.bytes);
}

/* ------------------------------------------------------------------------- files */

/* What is not changed comes back: all coefficients, markers, and the way of coding. */
START_TEST(files_come_back)
{
    tmk_picture picture = support_draw(kinds[_i].width, kinds[_i].height, kinds[_i].channels,
                                       8, 9);
    filemaker_file file = filemaker_make_jpeg(&picture, &kinds[_i].setup), out;
    tmk_image *image = decode(&file), *again;
    tmk_blocks after;

    image->blocks = blocks_of(&file);
    out = encode(image);
    assert_same_facts(&file, &out);
    after = blocks_of(&out);
    ck_assert_uint_eq(differing(&image->blocks, &after), 0);
    again = decode(&out);
    ck_assert(support_same(tmk_image_picture(image), tmk_image_picture(again)));
    ck_assert_int_eq(again->coding.jpeg.is_arithmetic,
                     (kinds[_i].setup.progressive & ARITHMETIC) != 0);
    tmk_image_free(&again);
    tmk_image_free(&image);
    tmk_blocks_release(&after);
    free(out.bytes);
    free(file.bytes);
    support_release(&picture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blocks");
    TCase *all = tcase_create("blocks");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(all, 300);
    tcase_add_loop_test(all, files_come_back, 0, COUNT(kinds));
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
