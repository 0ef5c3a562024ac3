/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the attacks do to pixels: against definitions, constants, ramps and PSNR. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/attack/attack_template.h"
#include "tests/support/attack_support.h"
#include "tests/support/dice.h"
#include "tests/support/suite.h"

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

        ck_assert_double_le(fabs(tmk_picture_row(&out, out.height / 2)[x] - exact), 0.71);
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

START_TEST(test_palettes)
{
    static const struct {
        const char *name;
        int most;
    } cases[] = {{"palette:16", 16},
                 {"palette:16:fs", 16},
                 {"palette:64:fs", 64},
                 {"grey-levels:16:fs", 16},
                 {"posterise:2", 64}};
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
    tmk_picture in = apply("grey+cut:60:100:80:150+noise:6", &page),
                out = apply("nlm:5", &in);

    for (int y = 14; y < in.height - 14; y += 3)
        for (int x = 14; x < in.width - 14; x += 3)
            ck_assert_double_le(fabs(tmk_picture_row(&out, y)[x] - naive_nlm(&in, x, y, 5)),
                                0.75);
    tmk_picture_release(&in);
    tmk_picture_release(&out);
    tmk_picture_release(&page);
}
END_TEST

/* ---------------------------------------------------------------------- colours */

static void expect_colour(const char *name, const int colour[3], const int expected[3])
{
    tmk_picture in = blank(4, 4, 3), out;

    for (int i = 0; i < 16; i++)
        for (int c = 0; c < 3; c++)
            ((uint8_t *)in.pixels)[3 * i + c] = (uint8_t)colour[c];
    out = apply(name, &in);
    for (int c = 0; c < 3; c++)
        ck_assert_msg(abs(tmk_picture_row(&out, 2)[6 + c] - expected[c]) <= 1,
                      "%s: %d for %d in channel %d", name, tmk_picture_row(&out, 2)[6 + c],
                      expected[c], c);
    tmk_picture_release(&out);
    tmk_picture_release(&in);
}

/* By hand from the matrices of Filter Effects, and from the published table of blackbody
 * colours (3000 K: 255 177 110 by that fit). */
START_TEST(test_colours)
{
    static const int colour[3] = {200, 100, 50}, grey[3] = {120, 120, 120};

    expect_colour("invert", colour, (int[]){55, 155, 205});
    expect_colour("hue:0", colour, colour);
    expect_colour("hue:90", grey, grey);
    expect_colour("hue:360", colour, colour);
    expect_colour("hue:180", colour, (int[]){35, 135, 185}); /* 2 luma - colour */
    expect_colour("sepia", colour, (int[]){165, 147, 114});
    expect_colour("sepia:0", colour, colour);
    expect_colour("night:3000", (int[]){200, 200, 200}, (int[]){200, 139, 86});
    expect_colour("dim:1:0.5", colour, (int[]){200, 50, 50});
}
END_TEST

/* ------------------------------------------------------------------------ warps */

/* On a ramp along x the value shows where it came from: as far as it may be, and there. */
static void expect_warp(const char *name, double least, double most)
{
    tmk_picture ramp = blank(200, 60, 1), out;
    double reached = 0;

    for (int y = 0; y < ramp.height; y++)
        for (int x = 0; x < ramp.width; x++)
            tmk_picture_row(&ramp, y)[x] = (uint8_t)(x + 20);
    for (uint64_t seed = 1; seed < 6; seed++) {
        out = apply_seeded(name, seed, &ramp);
        for (int y = 10; y < 50; y++)
            for (int x = 10; x < 190; x++)
                reached = fmax(reached, abs(tmk_picture_row(&out, y)[x] - (x + 20)));
        tmk_picture_release(&out);
    }
    ck_assert_msg(reached >= least && reached <= most, "%s: %g pixels", name, reached);
    tmk_picture_release(&ramp);
}

START_TEST(test_warps)
{
    expect_warp("warp:0:100", 0, 0);
    expect_warp("warp:4:100", 3, 4.5);
    expect_warp("elastic:4:60", 2, 4.5);
    expect_warp("perspective:0", 0, 0);
    expect_warp("perspective:0.04", 1, 2.1); /* a quarter of the width, times the share */
}
END_TEST

/* A faint wave in a flat comes back turned over, an edge of 60 levels stays. */
START_TEST(test_coring)
{
    tmk_picture in = blank(160, 160, 1), out;
    double before = 0, after = 0;

    for (int y = 0; y < 160; y++)
        for (int x = 0; x < 160; x++)
            tmk_picture_row(&in, y)[x] =
                (uint8_t)((x < 80 ? 100 : 160) + floor(1.5 * cos(x * 0.628) + 0.5));
    out = apply("coring", &in);
    for (int x = 20; x < 60; x++) {
        before += cos(x * 0.628) * (tmk_picture_row(&in, 80)[x] - 100);
        after += cos(x * 0.628) * (tmk_picture_row(&out, 80)[x] - 100);
    }
    ck_assert_double_gt(before, 15);
    ck_assert_double_lt(after, -0.2 * before);
    ck_assert_int_gt(tmk_picture_row(&out, 80)[84] - tmk_picture_row(&out, 80)[76], 50);
    tmk_picture_release(&out);
    tmk_picture_release(&in);
}
END_TEST

/* A page at X on a plane that carries two waves, of 10 and of 18 cycles a tile. */
static tmk_picture waves_at(uint64_t seed, int x0)
{
    tmk_picture page = blank(256, 256, 1);
    dice d = dice_of(seed, 0);

    for (int y = 0; y < 256; y++)
        for (int x = 0; x < 256; x++) {
            double turn = 2 * M_PI * (x0 + x) / 128;

            tmk_picture_row(&page, y)[x] =
                (uint8_t)(128.5 + cos(10 * turn) + cos(18 * turn) + 2 * dice_bell(&d));
        }
    return page;
}

/* How much of the wave of CYCLES a page at X carries. */
static double wave_of(const tmk_picture *page, int x0, int cycles)
{
    double sum = 0;

    for (int y = 0; y < 256; y++)
        for (int x = 0; x < 256; x++)
            sum += cos(2 * M_PI * cycles * (x0 + x) / 128) * tmk_picture_row(page, y)[x];
    return sum / (256 * 256 / 2.0);
}

/* What pages have in common is learned and taken from another, and nothing that lies beyond
 * the frequencies that the attack asks for. */
START_TEST(test_template)
{
    tmk_picture victim = waves_at(9, 800);
    attack_template template;

    ck_assert_int_eq(attack_template_begin(&template, 1024, NULL), TMK_OK);
    for (int i = 0; i < 4; i++) {
        tmk_picture page = waves_at((uint64_t)i, 720 + 50 * i);

        ck_assert_int_eq(attack_template_add(&template, &page, 720 + 50 * i, 5 * i, NULL),
                         TMK_OK);
        tmk_picture_release(&page);
    }
    ck_assert_double_eq_tol(wave_of(&victim, 800, 10), 1, 0.05);
    ck_assert_int_eq(attack_template_learn(&template, &attack_common, NULL), TMK_OK);
    ck_assert_int_eq(attack_template_subtract(&template, &victim, 800, 0, 3, NULL), TMK_OK);
    ck_assert_double_lt(wave_of(&victim, 800, 10), 0.5);
    ck_assert_double_eq_tol(wave_of(&victim, 800, 18), 1, 0.05);
    attack_template_release(&template);
    tmk_picture_release(&victim);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("attack pixels");
    TCase *tests = tcase_create("pixels");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_resize, 0, 7 * 5);
    tcase_add_test(tests, test_aliasing);
    tcase_add_test(tests, test_turns);
    tcase_add_test(tests, test_cutout_is_drawn);
    tcase_add_test(tests, test_codecs);
    tcase_add_test(tests, test_noise);
    tcase_add_test(tests, test_palettes);
    tcase_add_test(tests, test_median);
    tcase_add_test(tests, test_nlm);
    tcase_add_test(tests, test_colours);
    tcase_add_test(tests, test_warps);
    tcase_add_test(tests, test_coring);
    tcase_add_test(tests, test_template);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
