/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pattern: that it is the same however it is cut, and shows nowhere where tiles lie. */
#include "base/memory.h"
#include "carrier/tile.h"
#include "mark/pattern.h"
#include "tests/support/pictures.h"
#include "tests/support/suite.h"

enum { SIDE = 1024 };

/* A page that hides as much everywhere, and a pattern on it. */
typedef struct scene {
    tmk_carriers *carriers;
    tmk_analysis analysis;
    uint8_t coded[TMK_CODE_BITS];
    tmk_pattern pattern;
    tmk_plane delta[TMK_COMPONENTS];
} scene;

static void begin(scene *s, unsigned key_number, int width, int height)
{
    tmk_key *key = key_of(key_number);

    memset(s, 0, sizeof *s);
    ck_assert_int_eq(tmk_carriers_new(&s->carriers, key, NULL), TMK_OK);
    ck_assert_int_eq(tmk_analysis_alloc(&s->analysis, width, height, NULL), TMK_OK);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        for (int i = 0; i < width * height; i++)
            s->analysis.amplitude[c].samples[i] = 1;
        ck_assert_int_eq(tmk_plane_alloc(&s->delta[c], width, height, NULL), TMK_OK);
    }
    tmk_payload_encode(UINT64_C(0xfedcba9876543210), s->coded);
    s->pattern = (tmk_pattern){s->carriers, {77, 1000, 4095}, s->coded, 1, 1};
    tmk_key_free(&key);
}

static void draw(scene *s)
{
    ck_assert_int_eq(tmk_pattern_rows(s->delta, &s->pattern, 0, &s->analysis, NULL), TMK_OK);
}

static void end(scene *s)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&s->delta[c]);
    tmk_analysis_release(&s->analysis);
    tmk_carriers_free(&s->carriers);
}

/* Rows cut anywhere are those of the whole, bit by bit. */
START_TEST(test_parts)
{
    static const int cuts[] = {0, 1, 50, 63, 300, 301, 500};
    scene s;

    begin(&s, 1, 200, 500);
    draw(&s);
    for (size_t i = 0; i + 1 < sizeof cuts / sizeof cuts[0]; i++) {
        int rows = cuts[i + 1] - cuts[i];
        tmk_plane part[TMK_COMPONENTS] = {{0}, {0}};

        for (int c = 0; c < TMK_COMPONENTS; c++)
            ck_assert_int_eq(tmk_plane_alloc(&part[c], 200, rows, NULL), TMK_OK);
        ck_assert_int_eq(tmk_pattern_rows(part, &s.pattern, cuts[i], &s.analysis, NULL),
                         TMK_OK);
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            ck_assert_mem_eq(part[c].samples, tmk_plane_row(&s.delta[c], cuts[i]),
                             (size_t)rows * 200 * sizeof(float));
            tmk_plane_release(&part[c]);
        }
    }
    end(&s);
}
END_TEST

/* The best places to cut lie where no more rows of tiles meet than must. */
START_TEST(test_next)
{
    scene s;
    int y = 0;

    begin(&s, 1, 64, 64);
    while (y < 3000) {
        int next = tmk_pattern_next(&s.pattern, y);

        ck_assert_int_gt(next, y);
        ck_assert_int_eq((s.pattern.origin.y + next + TMK_TILE_REACH) % TMK_TILE, 0);
        y = next;
    }
    end(&s);
}
END_TEST

/* A page that begins elsewhere on the plane shows the same there. */
START_TEST(test_origin)
{
    scene s, moved;

    begin(&s, 2, 400, 400);
    begin(&moved, 2, 300, 300);
    moved.pattern.origin = (tmk_origin){177, 76, 0}; /* 100 columns and rows further */
    draw(&s);
    draw(&moved);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int y = 0; y < 300; y++)
            ck_assert_mem_eq(tmk_plane_row(&moved.delta[c], y),
                             tmk_plane_row(&s.delta[c], y + 100) + 100, 300 * sizeof(float));
    end(&s);
    end(&moved);
}
END_TEST

/* ---------------------------------------------------------------------- seams */

/* Mean square of the pattern, or of its steps along x or y, by the position in a tile. */
static void fold(double means[TMK_TILE], const tmk_plane *plane, int step_x, int step_y,
                 int along_y)
{
    int counts[TMK_TILE] = {0};

    memset(means, 0, TMK_TILE * sizeof *means);
    for (int y = 0; y < SIDE - 1; y++)
        for (int x = 0; x < SIDE - 1; x++) {
            double step = tmk_plane_row(plane, y)[x];
            int at = (along_y ? y : x) % TMK_TILE;

            if (step_x + step_y > 0)
                step -= tmk_plane_row(plane, y + step_y)[x + step_x];
            means[at] += step * step;
            counts[at]++;
        }
    for (int i = 0; i < TMK_TILE; i++)
        means[i] /= counts[i];
}

/*
 * No position has more, or less, than all others have on the mean: not of the pattern's
 * power, nor of its steps.  Tiles that end abruptly have steps of ten times the power there.
 */
START_TEST(test_seams)
{
    scene s;
    double sums[3][2][TMK_TILE] = {{{0}}};

    for (unsigned key = 0; key < 4; key++) {
        begin(&s, 10 + key, SIDE, SIDE);
        draw(&s);
        for (int kind = 0; kind < 3; kind++)
            for (int along_y = 0; along_y < 2; along_y++) {
                double means[TMK_TILE];

                fold(means, &s.delta[_i], kind == 1, kind == 2, along_y);
                for (int i = 0; i < TMK_TILE; i++)
                    sums[kind][along_y][i] += means[i] / 4;
            }
        end(&s);
    }
    for (int kind = 0; kind < 3; kind++)
        for (int along_y = 0; along_y < 2; along_y++) {
            double mean = 0;

            for (int i = 0; i < TMK_TILE; i++)
                mean += sums[kind][along_y][i] / TMK_TILE;
            if (kind == 0)
                ck_assert_double_eq_tol(mean, 1, 0.01);
            for (int i = 0; i < TMK_TILE; i++)
                ck_assert_double_eq_tol(sums[kind][along_y][i] / mean, 1, 0.15);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pattern");
    TCase *tests = tcase_create("pattern");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_parts);
    tcase_add_test(tests, test_next);
    tcase_add_test(tests, test_origin);
    tcase_add_loop_test(tests, test_seams, 0, TMK_COMPONENTS);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
