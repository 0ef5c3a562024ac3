/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of the mark a place hides: the order of things, not their exact amounts. */
#include "tests/support/pictures.h"
#include "mark/analysis.h"
#include "signal/gradient.h"
#include "signal/mask.h"

#include <math.h>

static const tmk_manner painted = {1, 0}, drawn = {1, 1}, grey_painted = {0, 0};

enum { SIDE = 64 };

typedef struct masked {
    tmk_plane luma, chroma, luma_amplitude, chroma_amplitude;
} masked;

static masked blank_page(int height)
{
    return (masked){new_plane(SIDE, height), new_plane(SIDE, height), new_plane(SIDE, height),
                    new_plane(SIDE, height)};
}

static void run_as(masked *m, tmk_manner manner)
{
    ck_assert_int_eq(tmk_mask(&m->luma_amplitude, &m->chroma_amplitude, &m->luma, &m->chroma,
                              0, manner, NULL),
                     TMK_OK);
}

static void run(masked *m)
{
    run_as(m, painted);
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
    run_as(&m, _i ? drawn : painted);
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

/* Texture hides more than a flat, line art no more than that on its edges, and between them
 * no more than a flat with a little grain; nothing is extreme. */
START_TEST(test_texture)
{
    pair flat = amplitudes(128, 0, 0), texture = amplitudes(128, 0, 10);
    pair faint = amplitudes(128, 0, 2), lines = amplitudes(128, 0, 90);

    ck_assert_double_gt(texture.luma, 1.2 * flat.luma);
    ck_assert_double_gt(texture.chroma, 1.1 * flat.chroma);
    ck_assert(faint.luma >= flat.luma && faint.luma <= texture.luma);
    ck_assert_double_le(lines.luma, texture.luma);
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

        coloured.luma.samples[i] = grey.luma.samples[i] = kind == 0 ? 0.0f
                                                          : kind == 1
                                                              ? 255.0f
                                                              : (float)dice_int(&d, 100, 130);
    }
    run_as(&grey, grey_painted);
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
    run_as(&a, _i ? drawn : painted);
    run_as(&b, _i ? drawn : painted);
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

/* A slope's gradient is its steepness, whatever its direction. */
START_TEST(test_slopes)
{
    float squares[SIDE], room[TMK_GRADIENT_ROOM(SIDE)];

    for (int degrees = 0; degrees < 360; degrees += 30) {
        tmk_plane slope = new_plane(SIDE, 8);
        float dx = 3 * cosf((float)degrees * 0.0174533f);
        float dy = 3 * sinf((float)degrees * 0.0174533f);

        for (int i = 0; i < SIDE * 8; i++)
            slope.samples[i] = dx * (float)(i % SIDE) + dy * (float)(i / SIDE);
        tmk_gradient_row(squares, &slope, 4, room);
        for (int x = 2; x < SIDE - 2; x++)
            ck_assert_double_eq_tol(squares[x], 9, 1e-2);
        tmk_plane_release(&slope);
    }
}
END_TEST

/* A page with an upright edge in its middle: LOW, the mean of both, HIGH. */
static masked edge_page(float low, float high, tmk_manner manner)
{
    masked m = blank_page(SIDE);

    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = i % SIDE;

        m.luma.samples[i] = x < SIDE / 2 ? low : x > SIDE / 2 ? high : (low + high) / 2;
    }
    run_as(&m, manner);
    return m;
}

/* On a drawn page a soft edge may move by a quarter of a pixel, a steep one change by 3.5
 * levels; on a painted page ten times less.  The figures are worked out by hand. */
START_TEST(test_edges)
{
    /* After (1 4 1) / 6 the neighbours are 100.333 and 103.667: gradient 1.667.  The mean
     * square deviation of 100, 100, 102, 104, 104 is 3.2, which is 0.1626 of the best
     * texture's, so that the area alone hides 0.32 (1 + 2.2 0.1626) = 0.4345. */
    masked soft = edge_page(100, 104, drawn), faint = edge_page(100, 104, painted);
    /* Gradient 50; a local deviation of 53.7 is line art's. */
    masked steep = edge_page(60, 180, drawn), grey = edge_page(60, 180, (tmk_manner){0, 1});
    const int at = SIDE / 2 * SIDE + SIDE / 2;

    ck_assert_double_eq_tol(soft.luma_amplitude.samples[at], hypot(0.4345, 0.25 * 1.667),
                            1e-3);
    ck_assert_double_eq_tol(faint.luma_amplitude.samples[at], hypot(0.4345, 0.025 * 1.667),
                            1e-3);
    ck_assert_double_eq_tol(steep.luma_amplitude.samples[at], hypot(0.32, 3.5), 1e-3);
    ck_assert_double_gt(grey.luma_amplitude.samples[at], 3);
    ck_assert_double_lt(grey.luma_amplitude.samples[at], 3.5);
    ck_assert(soft.chroma_amplitude.samples[at] == faint.chroma_amplitude.samples[at]);
    release(&soft);
    release(&faint);
    release(&steep);
    release(&grey);
}
END_TEST

/* Out of an edge's reach a page is as flat as without it. */
START_TEST(test_beside_an_edge)
{
    masked m = edge_page(60, 180, drawn);

    for (int x = 0; x < SIDE; x++)
        if (abs(x - SIDE / 2) > TMK_MASK_MARGIN + 1)
            ck_assert(m.luma_amplitude.samples[x] == m.luma_amplitude.samples[0]);
    release(&m);
}
END_TEST

/* Flats of a drawn page hold half of a painted one's luma, and three quarters of its chroma;
 * halfway between, halfway between. */
START_TEST(test_drawn_flats)
{
    masked m = blank_page(SIDE);
    double luma[3], chroma[3];

    for (int i = 0; i < SIDE * SIDE; i++)
        m.luma.samples[i] = 128;
    for (int i = 0; i < 3; i++) {
        run_as(&m, (tmk_manner){1, (float)i / 2});
        luma[i] = middle_of(&m.luma_amplitude);
        chroma[i] = middle_of(&m.chroma_amplitude);
    }
    ck_assert_double_eq_tol(luma[2], 0.5 * luma[0], 1e-6);
    ck_assert_double_eq_tol(chroma[2], 0.75 * chroma[0], 1e-6);
    ck_assert_double_eq_tol(luma[1], 0.5 * (luma[0] + luma[2]), 1e-6);
    ck_assert_double_eq_tol(chroma[1], 0.5 * (chroma[0] + chroma[2]), 1e-6);
    release(&m);
}
END_TEST

/* Paper and fills are clean, soft tones grainy, lines neither; what is more than 16 columns from
 * any edge, as gutters are, does not count. */
START_TEST(test_ground)
{
    tmk_plane page = new_plane(SIDE, SIDE);
    dice d = dice_of(5, 0);
    tmk_ground ground;

    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = i % SIDE;

        page.samples[i] = x < 24 ? 255 : x < 32 ? 90 : (float)dice_int(&d, 126, 130);
    }
    ck_assert_int_eq(tmk_ground_count(&ground, &page, SIDE / 2, NULL), TMK_OK);
    /* Columns 22 to 25 and 30 to 33 see an edge, so that 6 to 49 count.  White is pure there
     * as well; fill and tone are without the pixels that see an edge. */
    ck_assert_int_eq(ground.clean, (24 - 6) + (30 - 26));
    ck_assert_int_eq(ground.grainy, 50 - 34);
    ck_assert(tmk_ground_drawn(0, 0) == 0);
    ck_assert(tmk_ground_drawn(100, 0) == 1 && tmk_ground_drawn(61, 39) == 1);
    ck_assert(tmk_ground_drawn(0, 100) == 0 && tmk_ground_drawn(41, 59) == 0);
    ck_assert_double_eq_tol(tmk_ground_drawn(51, 49), 0.5, 1e-5);
    tmk_plane_release(&page);
}
END_TEST

/* A survey tells what is drawn, and it does not matter in which parts the rows come. */
START_TEST(test_survey_manner)
{
    static unsigned char pixels[160][160];
    tmk_rows rows = {0, {160, 160, 1, 8, 160, pixels}};
    dice d = dice_of(6, 0);

    for (int grain = 0; grain < 2; grain++)
        for (int step = 32; step <= 160; step *= 5) {
            tmk_survey survey;
            tmk_manner manner;

            for (int i = 0; i < 160 * 160; i++)
                pixels[i / 160][i % 160] = (unsigned char)(grain ? dice_int(&d, 120, 126)
                                                           : i % 160 < 80 ? 255
                                                                          : 40);
            ck_assert_int_eq(tmk_survey_begin(&survey, 160, 160, NULL), TMK_OK);
            for (int y = 0; y < 160; y += step)
                ck_assert_int_eq(tmk_survey_rows(&survey, &rows, y, step, 2, NULL), TMK_OK);
            manner = tmk_survey_manner(&survey);
            ck_assert_int_eq(manner.coloured, 0);
            ck_assert(manner.drawn == (grain ? 0 : 1));
            tmk_survey_release(&survey);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mask");
    TCase *tests = tcase_create("mask");

    tcase_add_test(tests, test_pure);
    tcase_add_loop_test(tests, test_pure_in_a_drawing, 0, 2);
    tcase_add_test(tests, test_flats);
    tcase_add_test(tests, test_fringe);
    tcase_add_test(tests, test_texture);
    tcase_add_test(tests, test_grey);
    tcase_add_loop_test(tests, test_margin, 0, 2);
    tcase_add_test(tests, test_slopes);
    tcase_add_test(tests, test_edges);
    tcase_add_test(tests, test_beside_an_edge);
    tcase_add_test(tests, test_drawn_flats);
    tcase_add_test(tests, test_ground);
    tcase_add_test(tests, test_survey_manner);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
