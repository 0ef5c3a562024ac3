/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attacks keep their promises on shapes, seeds, names, other pages and balloons. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/attack_support.h"
#include "tests/support/suite.h"

/* ----------------------------------------------------------------------- shapes */

static const struct {
    const char *name;
    int width, height, channels, seeded;
} shapes[] = {
    {"none", 200, 320, 3, 0},
    {"jpeg:50", 200, 320, 3, 0},
    {"jpeg:80:444", 200, 320, 3, 0},
    {"jpeg-twice", 200, 320, 3, 0},
    {"platform", 200, 320, 3, 0},
    {"webp:60", 200, 320, 3, 0},
    {"resize:0.75", 150, 240, 3, 0},
    {"resize:1.5:area", 300, 480, 3, 0},
    {"width:180:bicubic", 180, 288, 3, 0},
    {"aspect:0.9:1.1", 180, 352, 3, 0},
    {"messenger", 200, 320, 3, 0},
    {"messenger:160", 100, 160, 3, 1},
    {"cut:1:2:3:4", 196, 314, 3, 0},
    {"rows:37", 200, 283, 3, 0},
    {"crop-area:0.25", 100, 160, 3, 1},
    {"cutout:64", 64, 64, 3, 1},
    {"stirmark-rows:5:3", 197, 315, 3, 0},
    {"flip", 200, 320, 3, 0},
    {"rot90", 320, 200, 3, 0},
    {"rot180", 200, 320, 3, 0},
    {"rot270", 320, 200, 3, 0},
    {"rotate:0.5", 200, 320, 3, 0},
    {"shear:0.01", 200, 320, 3, 0},
    {"grey", 200, 320, 1, 0},
    {"gamma:1.2", 200, 320, 3, 0},
    {"brightness:1.1", 200, 320, 3, 0},
    {"contrast:0.8", 200, 320, 3, 0},
    {"posterise:5", 200, 320, 3, 0},
    {"noise:4", 200, 320, 3, 1},
    {"invert", 200, 320, 3, 0},
    {"grey+invert", 200, 320, 1, 0},
    {"hue:90", 200, 320, 3, 0},
    {"sepia", 200, 320, 3, 0},
    {"grey+sepia:0.5", 200, 320, 3, 0},
    {"night:3400", 200, 320, 3, 0},
    {"dim:2:0.5", 200, 320, 3, 0},
    {"warp:2:100", 200, 320, 3, 1},
    {"elastic:4:60", 200, 320, 3, 1},
    {"perspective:0.03", 200, 320, 3, 1},
    {"coring", 200, 320, 3, 0},
    {"blur:1", 200, 320, 3, 0},
    {"sharpen", 200, 320, 3, 0},
    {"median:3", 200, 320, 3, 0},
    {"bilateral", 200, 320, 3, 0},
    {"nlm:5", 200, 320, 3, 0},
    {"palette:16", 200, 320, 3, 0},
    {"palette:64:fs", 200, 320, 3, 0},
    {"grey-levels:16:fs", 200, 320, 1, 0},
    {"text-boxes:0.15", 200, 320, 3, 1},
    {"logo-border", 240, 360, 3, 1},
    {"status-bar:30", 200, 320, 3, 1},
    {"reslice", 200, 320, 3, 1},
    {"aggregator:400", 180, 400, 3, 1},
    {"screenshot:300", 300, 480, 3, 1},
    {"ebook:214", 214, 342, 1, 0},
    {"resize:0.75:lanczos+jpeg:70", 150, 240, 3, 0},
    {"grey+nlm:3+text-boxes:0.1+webp:50", 200, 320, 1, 1},
#ifdef HAVE_AVIF
    {"avif:60", 200, 320, 3, 0},
    {"grey+avif:60:444", 200, 320, 1, 0},
#endif
};

START_TEST(test_shapes)
{
    tmk_picture in = drawn(DRAW_COLOUR, 200, 320);
    tmk_picture a = apply_seeded(shapes[_i].name, 1, &in);
    tmk_picture b = apply_seeded(shapes[_i].name, 1, &in);

    ck_assert_int_eq(a.width, shapes[_i].width);
    ck_assert_int_eq(a.height, shapes[_i].height);
    ck_assert_int_eq(a.channels, shapes[_i].channels);
    ck_assert_msg(attack_psnr(&a, &b) == HUGE_VAL, "%s: not repeatable", shapes[_i].name);
    tmk_picture_release(&b);
    if (shapes[_i].seeded) {
        int differs = 0;

        for (uint64_t seed = 2; seed < 8 && !differs; seed++) {
            b = apply_seeded(shapes[_i].name, seed, &in);
            differs = attack_psnr(&a, &b) != HUGE_VAL;
            tmk_picture_release(&b);
        }
        ck_assert_msg(differs, "%s: the seed changes nothing", shapes[_i].name);
    }
    tmk_picture_release(&a);
    tmk_picture_release(&in);
}
END_TEST

/* Every word of the table is tried above. */
START_TEST(test_table)
{
    const attack_entry *entry;

    for (size_t i = 0; (entry = attack_table(i)) != NULL; i++) {
        size_t length = strlen(entry->word);
        int found = 0;

        for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++)
            found |= strncmp(shapes[k].name, entry->word, length) == 0 &&
                     strchr(":+", shapes[k].name[length]) != NULL;
        ck_assert_msg(found, "no test for %s", entry->word);
        ck_assert(strncmp(entry->syntax, entry->word, length) == 0);
    }
}
END_TEST

START_TEST(test_bad_names)
{
    static const char *const names[] = {
        "",          "foo",         "jpeg",         "jpeg:101",    "jpeg:50:123",
        "jpeg:x",    "cut:1:2",     "rows:320",     "rows:1e30",   "resize:0",
        "none+",     "+none",       "palette:1",    "blur:0",      "resize:nan",
        "median:5",  "crop-area:2", "text-boxes:1", "noise:1:2",   "resize:0.5:foo",
        "night:900", "dim:3:1",     "warp:1:2",     "elastic:1:2", "perspective:2",
        "reslice:2", "posterise:9", "resize:1e6",   "none:1",      "stirmark-rows:320:0",
    };
    tmk_picture in = drawn(DRAW_COLOUR, 200, 320);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tmk_picture out = {0};
        tmk_error error = {TMK_OK, ""};

        ck_assert_msg(attack_apply(names[i], 1, &in, &out, &error) == TMK_BAD_ARGUMENT,
                      "\"%s\" was taken", names[i]);
        ck_assert_ptr_null(out.pixels);
        ck_assert(error.text[0] != '\0');
    }
    tmk_picture_release(&in);
}
END_TEST

START_TEST(test_alpha_and_depth)
{
    tmk_picture in = {0}, out;
    uint16_t pixel[4] = {257 * 10, 257 * 20, 257 * 30, 0};

    ck_assert_int_eq(tmk_picture_alloc(&in, 2, 1, 4, 16, NULL), TMK_OK);
    memcpy(in.pixels, pixel, sizeof pixel);
    pixel[3] = 65535;
    memcpy((char *)in.pixels + sizeof pixel, pixel, sizeof pixel);
    out = apply("none", &in);
    ck_assert_int_eq(out.channels, 3);
    ck_assert_mem_eq(out.pixels, "\377\377\377\012\024\036", 6);
    tmk_picture_release(&out);
    tmk_picture_release(&in);
}
END_TEST

/* ------------------------------------------------------------- overlays, chains */

START_TEST(test_text_boxes)
{
    tmk_picture in = constant(800, 1280, 3, 128);
    double pixels = 800 * 1280;

    for (uint64_t seed = 1; seed < 5; seed++) {
        tmk_picture out = apply_seeded("text-boxes:0.15", seed, &in);
        int changed = 0;

        for (int y = 0; y < 1280; y++)
            for (int x = 0; x < 800; x++)
                changed += tmk_picture_row(&out, y)[3 * x] != 128;
        ck_assert_double_gt(changed / pixels, 0.149);
        ck_assert_double_lt(changed / pixels, 0.25);
        tmk_picture_release(&out);
    }
    tmk_picture_release(&in);
}
END_TEST

static int rows_of(const tmk_picture *p, int value)
{
    int rows = 0;

    for (int y = 0; y < p->height; y++)
        rows += abs(tmk_picture_row(p, y)[p->width * p->channels / 2] - value) < 4;
    return rows;
}

START_TEST(test_second_page)
{
    tmk_picture in = constant(200, 320, 3, 200), second = constant(90, 50, 1, 40), out = {0};

    for (uint64_t seed = 1; seed < 5; seed++) {
        ck_assert_int_eq(attack_apply_beside("reslice:0.25", seed, &in, &second, &out, NULL),
                         TMK_OK);
        ck_assert_int_eq(rows_of(&out, 200), 80);
        ck_assert_int_eq(rows_of(&out, 40), 240);
        tmk_picture_release(&out);
    }
    ck_assert_int_eq(attack_apply_beside("aggregator:600", 3, &in, &second, &out, NULL),
                     TMK_OK);
    ck_assert_int_eq(out.height, 600);
    ck_assert_int_gt(rows_of(&out, 200), 100);
    ck_assert_int_gt(rows_of(&out, 40), 100);
    tmk_picture_release(&out);
    tmk_picture_release(&in);
    tmk_picture_release(&second);
}
END_TEST

START_TEST(test_pages)
{
    tmk_picture a = drawn((draw_kind)_i, 160, 400), b = drawn((draw_kind)_i, 160, 400),
                c = {0};

    ck_assert(attack_psnr(&a, &b) == HUGE_VAL);
    ck_assert_int_gt(colours_of(&a), _i == DRAW_MANGA ? 100 : 290);
    ck_assert_int_eq(draw_page(8, (draw_kind)_i, 160, 400, &c, NULL), TMK_OK);
    ck_assert_double_lt(attack_psnr(&a, &c), 20);
    for (int i = 0; _i == DRAW_MANGA && i < 160 * 400; i++) {
        const uint8_t *p = (const uint8_t *)a.pixels + 3 * i;

        ck_assert(p[0] == p[1] && p[1] == p[2]);
    }
    tmk_picture_release(&a);
    tmk_picture_release(&b);
    tmk_picture_release(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("attack");
    TCase *tests = tcase_create("attack");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_shapes, 0, (int)(sizeof shapes / sizeof shapes[0]));
    tcase_add_test(tests, test_table);
    tcase_add_test(tests, test_bad_names);
    tcase_add_test(tests, test_alpha_and_depth);
    tcase_add_test(tests, test_text_boxes);
    tcase_add_test(tests, test_second_page);
    tcase_add_loop_test(tests, test_pages, 0, 3);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
