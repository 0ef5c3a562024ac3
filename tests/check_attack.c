/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attacks do what their names say: shapes, seeds, constants, ramps and PSNR. */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "image/picture.h"
#include "samples/dice.h"
#include "samples/draw.h"

static tmk_picture apply_seeded(const char *name, uint64_t seed, const tmk_picture *in)
{
    tmk_error error = {TMK_OK, ""};
    tmk_picture out = {0};

    ck_assert_msg(attack_apply(name, seed, in, &out, &error) == TMK_OK, "%s: %s", name,
                  error.text);
    ck_assert_int_eq(out.depth, 8);
    return out;
}

static tmk_picture apply(const char *name, const tmk_picture *in)
{
    return apply_seeded(name, 1, in);
}

static tmk_picture drawn(draw_kind kind, int width, int height)
{
    tmk_picture page = {0};

    ck_assert_int_eq(draw_page(7, kind, width, height, &page, NULL), TMK_OK);
    return page;
}

static tmk_picture blank(int width, int height, int channels)
{
    tmk_picture page = {0};

    ck_assert_int_eq(tmk_picture_alloc(&page, width, height, channels, 8, NULL), TMK_OK);
    return page;
}

/* A page of one value. */
static tmk_picture constant(int width, int height, int channels, int value)
{
    tmk_picture page = blank(width, height, channels);

    memset(page.pixels, value, page.stride * (size_t)height);
    return page;
}

static double psnr_after(const char *name, const tmk_picture *in)
{
    tmk_picture out = apply(name, in);
    double psnr = attack_psnr(in, &out);

    tmk_picture_release(&out);
    return psnr;
}

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
        "",          "foo",          "jpeg",        "jpeg:101",    "jpeg:50:123", "jpeg:x",
        "cut:1:2",   "rows:320",     "rows:1e30",   "resize:0",    "resize:nan",  "resize:0.5:foo",
        "none+",     "+none",        "palette:1",   "blur:0",      "median:5",    "crop-area:2",
        "reslice:2", "posterise:9",  "resize:1e6",  "text-boxes:1", "noise:1:2",  "stirmark-rows:320:0",
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

/* --------------------------------------------------------------------- resizing */

static const char *const kernels[] = {"nearest", "bilinear",       "area",         "bicubic",
                                      "lanczos", "bilinear-alias", "bicubic-alias"};
static const double scales[] = {0.31, 0.5, 0.75, 1, 1.7};

START_TEST(test_resize)
{
    const char *kernel = kernels[_i / 5];
    double scale = scales[_i % 5];
    tmk_picture flat = constant(90, 70, 3, 201), ramp = blank(200, 20, 1), out;
    char name[64];

    snprintf(name, sizeof name, "resize:%g:%s", scale, kernel);
    out = apply(name, &flat);
    for (int y = 0; y < out.height; y++)
        for (int i = 0; i < 3 * out.width; i++)
            ck_assert_int_eq(tmk_picture_row(&out, y)[i], 201);
    tmk_picture_release(&out);
    for (int y = 0; y < ramp.height; y++)
        for (int x = 0; x < ramp.width; x++)
            tmk_picture_row(&ramp, y)[x] = (uint8_t)(x + 20);
    out = apply(name, &ramp);
    for (int x = (int)(10 * scale) + 1; x < out.width - (int)(10 * scale) - 1; x++) {
        double exact = (x + 0.5) * ramp.width / out.width - 0.5 + 20;
        double slack = strcmp(kernel, "nearest") == 0 ? 0.51 : 0.7;

        ck_assert_double_le(fabs(tmk_picture_row(&out, out.height / 2)[x] - exact), slack + 0.01);
    }
    tmk_picture_release(&out);
    tmk_picture_release(&flat);
    tmk_picture_release(&ramp);
}
END_TEST

/* Stripes finer than the target's pixels: averaged when widened, aliased when not. */
START_TEST(test_aliasing)
{
    tmk_picture in = blank(90, 90, 1), out;
    uint8_t *row;

    for (int y = 0; y < 90; y++)
        for (int x = 0; x < 90; x++)
            tmk_picture_row(&in, y)[x] = x % 3 == 1 ? 255 : 0;
    out = apply("aspect:0.3333333333:1:bilinear", &in);
    row = tmk_picture_row(&out, 45);
    ck_assert_int_eq(out.width, 30);
    ck_assert_int_le(abs(row[15] - 85), 1);
    tmk_picture_release(&out);
    out = apply("aspect:0.3333333333:1:bilinear-alias", &in);
    ck_assert_int_eq(tmk_picture_row(&out, 45)[15], 255);
    tmk_picture_release(&out);
    out = apply("aspect:0.3333333333:1:area", &in);
    ck_assert_int_eq(tmk_picture_row(&out, 45)[15], 85);
    tmk_picture_release(&out);
    tmk_picture_release(&in);
}
END_TEST

/* --------------------------------------------------------------------- geometry */

START_TEST(test_turns)
{
    tmk_picture in = drawn(DRAW_COLOUR, 120, 120), out, turned;

    ck_assert(psnr_after("flip+flip", &in) == HUGE_VAL);
    ck_assert(psnr_after("rot90+rot270", &in) == HUGE_VAL);
    ck_assert(psnr_after("rot90+rot90+rot180", &in) == HUGE_VAL);
    ck_assert(psnr_after("rotate:0", &in) == HUGE_VAL);
    ck_assert(psnr_after("shear:0", &in) == HUGE_VAL);
    out = apply("rot90", &in);
    ck_assert_mem_eq(tmk_picture_row(&out, 119), tmk_picture_row(&in, 0), 3);
    turned = apply("rotate:90", &in);
    ck_assert_double_ge(attack_psnr(&out, &turned), 50);
    tmk_picture_release(&out);
    tmk_picture_release(&turned);
    tmk_picture_release(&in);
}
END_TEST

START_TEST(test_cutout_is_drawn)
{
    tmk_picture in = constant(400, 400, 1, 255), out;
    int dark = 0;

    for (int y = 300; y < 400; y++)
        for (int x = 0; x < 400; x++)
            tmk_picture_row(&in, y)[x] = (uint8_t)(x * 7 + y * 5);
    out = apply("cutout:64", &in);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++)
            dark += tmk_picture_row(&out, y)[x] < 250;
    ck_assert_int_gt(dark, 64 * 64 / 4);
    tmk_picture_release(&out);
    tmk_picture_release(&in);
}
END_TEST

/* ----------------------------------------------------------------- tone, filters */

START_TEST(test_codecs)
{
    tmk_picture in = drawn(DRAW_COLOUR, 400, 640);

    ck_assert_double_gt(psnr_after("jpeg:95:444", &in), 35);
    ck_assert_double_gt(psnr_after("jpeg:90", &in), psnr_after("jpeg:50", &in));
    ck_assert_double_gt(psnr_after("jpeg:50", &in), 22);
    ck_assert_double_gt(psnr_after("jpeg:95:444", &in), psnr_after("jpeg:95", &in));
    ck_assert_double_gt(psnr_after("webp:90", &in), psnr_after("webp:30", &in));
    ck_assert_double_gt(psnr_after("webp:30", &in), 22);
#ifdef HAVE_AVIF
    ck_assert_double_gt(psnr_after("avif:90", &in), psnr_after("avif:30", &in));
    ck_assert_double_gt(psnr_after("avif:30", &in), 22);
#endif
    tmk_picture_release(&in);
}
END_TEST

START_TEST(test_noise)
{
    tmk_picture in = constant(300, 300, 3, 128);

    ck_assert_double_eq_tol(psnr_after("noise:5", &in), 20 * log10(255 / 5.0), 0.1);
    tmk_picture_release(&in);
}
END_TEST

static int colours_of(const tmk_picture *p)
{
    int seen[300], count = 0;

    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            const uint8_t *q = tmk_picture_row(p, y) + x * p->channels;
            int value = p->channels == 1 ? q[0] : q[0] << 16 | q[1] << 8 | q[2], i = 0;

            while (i < count && seen[i] != value)
                i++;
            if (i == count && count < 300)
                seen[count++] = value;
        }
    return count;
}

START_TEST(test_palettes)
{
    static const struct {
        const char *name;
        int most;
    } cases[] = {{"palette:16", 16}, {"palette:16:fs", 16}, {"palette:64:fs", 64},
                 {"grey-levels:16:fs", 16}, {"posterise:2", 64}};
    tmk_picture in = drawn(DRAW_COLOUR, 200, 320);

    for (size_t i = 0; i < 5; i++) {
        tmk_picture out = apply(cases[i].name, &in);

        ck_assert_int_le(colours_of(&out), cases[i].most);
        ck_assert_int_gt(colours_of(&out), 4);
        tmk_picture_release(&out);
    }
    ck_assert_double_gt(psnr_after("palette:64", &in), psnr_after("palette:16", &in));
    ck_assert_double_gt(psnr_after("palette:16", &in), 20);
    tmk_picture_release(&in);
}
END_TEST

static int compare_bytes(const void *a, const void *b)
{
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

START_TEST(test_median)
{
    tmk_picture in = drawn(DRAW_COLOUR, 100, 100), out = apply("median:3", &in);

    for (int y = 1; y < 99; y++)
        for (int i = 3; i < 297; i++) {
            uint8_t v[9];

            for (int k = 0; k < 9; k++)
                v[k] = tmk_picture_row(&in, y - 1 + k / 3)[i - 3 + 3 * (k % 3)];
            qsort(v, 9, 1, compare_bytes);
            ck_assert_int_eq(tmk_picture_row(&out, y)[i], v[4]);
        }
    tmk_picture_release(&in);
    tmk_picture_release(&out);
}
END_TEST

/* Non-local means by its definition, at a pixel far from the edges. */
static double naive_nlm(const tmk_picture *p, int x, int y, double h)
{
    double total = 0, sum = 0;

    for (int dy = -10; dy <= 10; dy++)
        for (int dx = -10; dx <= 10; dx++) {
            double distance = 0, w;

            for (int j = -3; j <= 3; j++)
                for (int i = -3; i <= 3; i++)
                    distance += pow(tmk_picture_row(p, y + j)[x + i] -
                                        tmk_picture_row(p, y + dy + j)[x + dx + i],
                                    2);
            w = exp(-distance / 49 / (h * h));
            total += w;
            sum += w * tmk_picture_row(p, y + dy)[x + dx];
        }
    return sum / total;
}

START_TEST(test_nlm)
{
    tmk_picture page = drawn(DRAW_COLOUR, 200, 320);
    tmk_picture in = apply("grey+cut:60:100:80:150+noise:6", &page), out = apply("nlm:5", &in);

    for (int y = 14; y < in.height - 14; y += 3)
        for (int x = 14; x < in.width - 14; x += 3)
            ck_assert_double_le(
                fabs(tmk_picture_row(&out, y)[x] - naive_nlm(&in, x, y, 5)), 0.75);
    tmk_picture_release(&in);
    tmk_picture_release(&out);
    tmk_picture_release(&page);
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
    ck_assert_int_eq(attack_apply_beside("aggregator:600", 3, &in, &second, &out, NULL), TMK_OK);
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
    tmk_picture a = drawn((draw_kind)_i, 160, 400), b = drawn((draw_kind)_i, 160, 400), c = {0};

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
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_shapes, 0, (int)(sizeof shapes / sizeof shapes[0]));
    tcase_add_test(tests, test_table);
    tcase_add_test(tests, test_bad_names);
    tcase_add_test(tests, test_alpha_and_depth);
    tcase_add_loop_test(tests, test_resize, 0, 7 * 5);
    tcase_add_test(tests, test_aliasing);
    tcase_add_test(tests, test_turns);
    tcase_add_test(tests, test_cutout_is_drawn);
    tcase_add_test(tests, test_codecs);
    tcase_add_test(tests, test_noise);
    tcase_add_test(tests, test_palettes);
    tcase_add_test(tests, test_median);
    tcase_add_test(tests, test_nlm);
    tcase_add_test(tests, test_text_boxes);
    tcase_add_test(tests, test_second_page);
    tcase_add_loop_test(tests, test_pages, 0, 3);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
