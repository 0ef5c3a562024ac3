/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Today's format is yesterday's: values and pages that were stored, see golden.h. */
#include <stdio.h>

#include "tests/support/pictures.h"
#include "tests/golden/golden.h"
#include "tests/support/content.h"
#include "toonmark-file.h"

static void path_of(char path[4096], const char *name)
{
    ck_assert_int_lt(snprintf(path, 4096, "%s/%s", GOLDEN_DIR, name), 4096);
}

START_TEST(test_values)
{
    golden_value values[GOLDEN_VALUES];
    char path[4096], name[33], value[66];
    FILE *file;

    path_of(path, "values");
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s can't be read", path);
    golden_compute(values);
    for (int i = 0; i < GOLDEN_VALUES; i++) {
        ck_assert_int_eq(fscanf(file, "%32s %65s", name, value), 2);
        ck_assert_str_eq(name, values[i].name);
        ck_assert_msg(strcmp(value, values[i].value) == 0,
                      "%s was %s and is %s: the format has changed", name, value,
                      values[i].value);
    }
    ck_assert_int_eq(fscanf(file, "%32s", name), EOF);
    fclose(file);
}
END_TEST

/* A page of this format that was marked before. */
START_TEST(test_pages)
{
    const golden_file *golden = &golden_files[_i];
    tmk_picture page = golden_page(golden->width, golden->height, golden->channels, 8);
    tmk_key *key = golden_key();
    tmk_image *image = NULL;
    tmk_extract_result result;
    tmk_error error = {TMK_OK, ""};
    uint8_t content[TMK_CONTENT_BYTES];
    tmk_origin origin;
    char path[4096];

    path_of(path, golden->name);
    content_of(content, &page);
    tmk_origin_of(&origin, key, GOLDEN_MARK, 0, content);
    ck_assert_msg(tmk_image_read(path, &image, &error) == TMK_OK, "%s", error.text);
    ck_assert_int_eq(tmk_extract(key, tmk_image_picture(image), NULL, &result, NULL), TMK_OK);
    ck_assert_int_eq(result.count, 1);
    ck_assert_uint_eq(result.marks[0].mark, GOLDEN_MARK);
    ck_assert_double_eq_tol(result.marks[0].scale_x, 1, 0.005);
    ck_assert_double_eq_tol(result.marks[0].scale_y, 1, 0.005);
    ck_assert_double_le(fabs(remainder(result.marks[0].offset_x - origin.x, 1024)), 2);
    ck_assert_double_le(fabs(remainder(result.marks[0].offset_y - origin.y, 1024)), 2);
    tmk_image_free(&image);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

/* Marking the page again gives the stored one, to the last pixel, where nothing was lost. */
START_TEST(test_lossless_page)
{
    tmk_picture page = golden_page(golden_files[0].width, golden_files[0].height,
                                   golden_files[0].channels, 8);
    tmk_key *key = golden_key();
    tmk_image *image = NULL;
    char path[4096];

    path_of(path, golden_files[0].name);
    ck_assert_int_eq(tmk_image_read(path, &image, NULL), TMK_OK);
    ck_assert_int_eq(tmk_embed(key, &page, GOLDEN_MARK, NULL, NULL, NULL), TMK_OK);
    ck_assert(same_pixels(&page, tmk_image_picture(image)));
    tmk_image_free(&image);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden");
    TCase *tests = tcase_create("golden");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, test_values);
    tcase_add_loop_test(tests, test_pages, 0, GOLDEN_FILES);
    tcase_add_test(tests, test_lossless_page);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
