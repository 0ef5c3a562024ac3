/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the mark a place hides: the order of things, not their exact amounts. */
#include "tests/support/pictures.h"
#include "signal/mask.h"

enum { SIDE = 64 };

typedef struct masked {
    tmk_plane luma, chroma, luma_amplitude, chroma_amplitude;
} masked;

static masked blank_page(int height)
{
    return (masked){new_plane(SIDE, height), new_plane(SIDE, height),
                    new_plane(SIDE, height), new_plane(SIDE, height)};
}

static void run_as(masked *m, int coloured)
{
    ck_assert_int_eq(tmk_mask(&m->luma_amplitude, &m->chroma_amplitude, &m->luma, &m->chroma,
                              0, coloured, NULL),
                     TMK_OK);
}

static void run(masked *m)
{
    run_as(m, 1);
}

static void release(masked *m)
{
    tmk_plane_release(&m->luma);
    tmk_plane_release(&m->chroma);
    tmk_plane_release(&m->luma_amplitude);
    tmk_plane_release(&m->chroma_amplitude);
}

/* Mean amplitude of luma or chroma in the middle of the page. */
static double middle_of(const tmk_plane *amplitude)
{
    double sum = 0;

    for (int y = 16; y < SIDE - 16; y++)
        for (int x = 16; x < SIDE - 16; x++)
            sum += tmk_plane_row(amplitude, y)[x];
    return sum / ((SIDE - 32) * (SIDE - 32));
}

typedef struct pair {
    double luma, chroma;
} pair;

/* Amplitudes on a page of one luma and Cb, with a deviation of DEVIATION in luma. */
static pair amplitudes(float luma, float chroma, float deviation)
{
    masked m = blank_page(SIDE);
    dice d = dice_of(1, 0);
    pair result;

    for (int i = 0; i < SIDE * SIDE; i++) {
        m.luma.samples[i] = luma + (dice_int(&d, 0, 1) ? deviation : -deviation);
        m.chroma.samples[i] = chroma;
    }
    run(&m);
    result = (pair){middle_of(&m.luma_amplitude), middle_of(&m.chroma_amplitude)};
    release(&m);
    return result;
}

START_TEST(test_pure)
{
    pair black = amplitudes(0, 0, 0), white = amplitudes(255, 0, 0);

    ck_assert(black.luma == 0 && black.chroma == 0);
    ck_assert(white.luma == 0 && white.chroma == 0);
}
END_TEST

/* Pure pixels stay at zero in the densest drawing. */
START_TEST(test_pure_in_a_drawing)
{
    masked m = blank_page(SIDE);
    dice d = dice_of(2, 0);

    for (int i = 0; i < SIDE * SIDE; i++) {
        int kind = dice_int(&d, 0, 2);

        m.luma.samples[i] = kind == 0 ? 0.0f : kind == 1 ? 255.0f : 128.0f;
    }
    run(&m);
    for (int i = 0; i < SIDE * SIDE; i++) {
        int grey = m.luma.samples[i] == 128.0f;

        ck_assert_int_eq(m.luma_amplitude.samples[i] > 0, grey);
        ck_assert_int_eq(m.chroma_amplitude.samples[i] > 0, grey);
    }
    release(&m);
}
END_TEST

/* Any flat that is not nearly white or black hides the same faint, even mark. */
START_TEST(test_flats)
{
    pair grey = amplitudes(128, 0, 0);

    ck_assert_double_gt(grey.luma, 0.1);
    ck_assert_double_lt(grey.luma, 1);
    ck_assert_double_gt(grey.chroma, 0.3);
    ck_assert_double_lt(grey.chroma, 3);
    for (float luma = 24; luma <= 232; luma += 13)
        for (float chroma = -60; chroma <= 60; chroma += 30) {
            pair flat = amplitudes(luma, chroma, 0);

            ck_assert_double_eq_tol(flat.luma, grey.luma, 1e-5);
            ck_assert_double_eq_tol(flat.chroma, grey.chroma, 1e-5);
        }
}
END_TEST

/* Beside pure white and black the mark fades in, and a tint is no longer white. */
START_TEST(test_fringe)
{
    for (float step = 0; step < 24; step++) {
        pair white = amplitudes(255 - step, 0, 0), whiter = amplitudes(256 - step, 0, 0);
        pair black = amplitudes(step, 0, 0), blacker = amplitudes(step - 1, 0, 0);
        pair tinted = amplitudes(255 - step, -40, 0);

        ck_assert(white.luma >= whiter.luma && white.chroma >= whiter.chroma);
        ck_assert(black.luma >= blacker.luma && black.chroma >= blacker.chroma);
        ck_assert(tinted.luma >= white.luma && tinted.chroma >= white.chroma);
    }
    ck_assert_double_gt(amplitudes(240, -60, 0).luma, 0);
}
END_TEST

/* Texture hides more than a flat, line art no more than a flat with a little grain; nothing
 * is extreme. */
START_TEST(test_texture)
{
    pair flat = amplitudes(128, 0, 0), texture = amplitudes(128, 0, 10);
    pair faint = amplitudes(128, 0, 2), lines = amplitudes(128, 0, 90);

    ck_assert_double_gt(texture.luma, 1.2 * flat.luma);
    ck_assert_double_gt(texture.chroma, 1.1 * flat.chroma);
    ck_assert(faint.luma >= flat.luma && faint.luma <= texture.luma);
    ck_assert_double_le(lines.luma, faint.luma);
    ck_assert_double_le(lines.chroma, faint.chroma);
    for (float deviation = 0; deviation < 100; deviation += 4) {
        pair at = amplitudes(128, 0, deviation);

        ck_assert(at.luma > 0 && at.luma < 3 && at.chroma > 0 && at.chroma < 5);
    }
}
END_TEST

/* Without colour there is no chroma to mark, and luma has more to carry; pure pixels are
 * left alone all the same. */
START_TEST(test_grey)
{
    masked grey = blank_page(SIDE), coloured = blank_page(SIDE);
    dice d = dice_of(4, 0);

    for (int i = 0; i < SIDE * SIDE; i++) {
        int kind = dice_int(&d, 0, 3);

        coloured.luma.samples[i] = grey.luma.samples[i] =
            kind == 0 ? 0.0f : kind == 1 ? 255.0f : (float)dice_int(&d, 100, 130);
    }
    run_as(&grey, 0);
    run(&coloured);
    for (int i = 0; i < SIDE * SIDE; i++) {
        int pure = grey.luma.samples[i] < 1 || grey.luma.samples[i] > 254;

        ck_assert(grey.chroma_amplitude.samples[i] == 0);
        ck_assert_int_eq(grey.luma_amplitude.samples[i] == 0, pure);
        ck_assert(grey.luma_amplitude.samples[i] >= coloured.luma_amplitude.samples[i]);
    }
    release(&grey);
    release(&coloured);
}
END_TEST

/* What lies TMK_MASK_MARGIN rows above or below a place says nothing of it. */
START_TEST(test_margin)
{
    enum { HEIGHT = 96, FIRST = 40, LAST = 55 };
    masked a = blank_page(HEIGHT), b = blank_page(HEIGHT);
    dice d = dice_of(3, 0);

    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < SIDE; x++) {
            int own = y >= FIRST - TMK_MASK_MARGIN && y <= LAST + TMK_MASK_MARGIN;
            float luma = (float)dice_between(&d, 0, 255);

            tmk_plane_row(&a.luma, y)[x] = luma;
            tmk_plane_row(&b.luma, y)[x] = own ? luma : (float)dice_between(&d, 0, 255);
            tmk_plane_row(&b.chroma, y)[x] = own ? 0 : 90;
        }
    run(&a);
    run(&b);
    for (int y = FIRST; y <= LAST; y++)
        for (int x = 0; x < SIDE; x++) {
            ck_assert_double_eq_tol(tmk_plane_row(&a.luma_amplitude, y)[x],
                                    tmk_plane_row(&b.luma_amplitude, y)[x], 1e-5);
            ck_assert_double_eq_tol(tmk_plane_row(&a.chroma_amplitude, y)[x],
                                    tmk_plane_row(&b.chroma_amplitude, y)[x], 1e-5);
        }
    release(&a);
    release(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mask");
    TCase *tests = tcase_create("mask");

    tcase_add_test(tests, test_pure);
    tcase_add_test(tests, test_pure_in_a_drawing);
    tcase_add_test(tests, test_flats);
    tcase_add_test(tests, test_fringe);
    tcase_add_test(tests, test_texture);
    tcase_add_test(tests, test_grey);
    tcase_add_test(tests, test_margin);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
