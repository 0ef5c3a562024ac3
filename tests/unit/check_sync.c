/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Planted truths: a marked page is laid differently, and the answer must say how. */
#include <stdio.h>

#include "tests/attack/attack.h"
#include "base/memory.h"
#include "tests/support/pictures.h"
#include "tests/support/content.h"
#include "tests/pages/draw.h"
#include "sync/pilots.h"
#include "sync/refine.h"
#include "sync/search.h"

#define MARK UINT64_C(0x0123456789abcdef)

/* A page of WIDTH x HEIGHT, marked, and where it lies on the plane. */
typedef struct planted {
    tmk_key *key;
    tmk_picture page;
    tmk_origin origin;
} planted;

static void mark(planted *p)
{
    uint8_t content[TMK_CONTENT_BYTES];

    p->key = key_of(1);
    content_of(content, &p->page);
    tmk_origin_of(&p->origin, p->key, MARK, 0, content);
    ck_assert_int_eq(tmk_embed(p->key, &p->page, MARK, NULL, NULL, NULL), TMK_OK);
}

static planted plant(int width, int height, unsigned seed)
{
    planted p = {.page = new_picture(width, height, 3, 8)};

    fill_gradients(&p.page, seed);
    mark(&p);
    return p;
}

static planted plant_gradients(int width, int height)
{
    return plant(width, height, 1);
}

static void release(planted *p)
{
    tmk_picture_release(&p->page);
    tmk_key_free(&p->key);
}

/* The truth about a copy: MAP leads from the released page to it. */
static tmk_affine plane_to_copy(const planted *p, const tmk_affine *map)
{
    tmk_affine shift = {1, 0, -p->origin.x, 0, 1, -p->origin.y};

    return tmk_affine_then(&shift, map);
}

static double circular(double a, double b, double period)
{
    return fabs(remainder(a - b, period));
}

typedef struct tolerance {
    double scale, degrees, pixels;
} tolerance;

/* What the public header says of the geometry, derived from the planted map. */
static void assert_geometry(const tmk_found *found, const planted *p, const tmk_affine *map,
                            tolerance t)
{
    tmk_affine truth = plane_to_copy(p, map), back = tmk_affine_inverse(&truth);
    int flipped = truth.xx * truth.yy - truth.xy * truth.yx < 0;
    double sign = flipped ? -1 : 1;
    double degrees = atan2(-sign * truth.yx, sign * truth.xx) * 180 / M_PI;
    double scale_x = hypot(truth.xx, truth.yx), scale_y = hypot(truth.xy, truth.yy);

    ck_assert_uint_eq(found->mark, MARK);
    ck_assert_int_eq(found->flipped != 0, flipped);
    ck_assert_double_le(fabs(found->scale_x / scale_x - 1), t.scale);
    ck_assert_double_le(fabs(found->scale_y / scale_y - 1), t.scale);
    ck_assert_double_le(circular(found->rotation_deg, degrees, 360), t.degrees);
    ck_assert_double_le(circular(found->offset_x, back.x0, TMK_PERIOD), t.pixels);
    ck_assert_double_le(circular(found->offset_y, back.y0, TMK_PERIOD), t.pixels);
    ck_assert(found->offset_x >= 0 && found->offset_x <= TMK_PERIOD);
    ck_assert(found->offset_y >= 0 && found->offset_y <= TMK_PERIOD);
}

/* Reads PICTURE, whose one mark must lie as MAP says. */
static void assert_reads(const planted *p, const tmk_picture *picture, tmk_effort effort,
                         const tmk_affine *map, tolerance t)
{
    tmk_extract_options options;
    tmk_extract_result result;

    tmk_extract_options_init(&options);
    options.effort = effort;
    ck_assert_int_eq(tmk_extract(p->key, picture, &options, &result, NULL), TMK_OK);
    ck_assert_int_eq(result.count, 1);
    assert_geometry(&result.marks[0], p, map, t);
}

/* The same of a copy made by ATTACK. */
static void assert_found(const planted *p, const char *attack, tmk_effort effort,
                         const tmk_affine *map, tolerance t)
{
    tmk_picture copy = {0};

    ck_assert_int_eq(attack_apply(attack, 1, &p->page, &copy, NULL), TMK_OK);
    assert_reads(p, &copy, effort, map, t);
    tmk_picture_release(&copy);
}

static const tolerance close_fit = {0.001, 0.05, 1};

/* ---------------------------------------------------------- what was planted */

static const tmk_affine identity = {1, 0, 0, 0, 1, 0};

START_TEST(test_as_released)
{
    planted p = plant_gradients(600, 800);

    assert_found(&p, "none", TMK_FAST, &identity, close_fit);
    release(&p);
}
END_TEST

/* Pixels off each side, as many as leave the tiles anywhere. */
START_TEST(test_cut)
{
    static const struct {
        const char *attack;
        int left, top;
    } cuts[] = {{"cut:1:0:0:0", 1, 0},
                {"cut:37:61:20:11", 37, 61},
                {"cut:0:128:99:0", 0, 128},
                {"cut:255:1:0:300", 255, 1}};
    planted p = plant_gradients(600, 800);
    tmk_affine map = {1, 0, -cuts[_i].left, 0, 1, -cuts[_i].top};

    assert_found(&p, cuts[_i].attack, TMK_FAST, &map, close_fit);
    release(&p);
}
END_TEST

/* Likely scales, and one that only the search of all scales tries. */
START_TEST(test_scales)
{
    static const struct {
        const char *attack;
        double scale;
        tmk_effort effort;
    } scales[] = {{"resize:0.5", 0.5, TMK_FAST},
                  {"resize:0.75", 0.75, TMK_FAST},
                  {"resize:1.35", 1.35, TMK_FAST},
                  {"resize:2", 2, TMK_FAST},
                  {"resize:0.845", 0.845, TMK_NORMAL}};
    double scale = scales[_i].scale;
    tmk_affine map = {scale, 0, 0, 0, scale, 0};
    planted p = plant_gradients(600, 800);

    assert_found(&p, scales[_i].attack, scales[_i].effort, &map, close_fit);
    release(&p);
}
END_TEST

/* The pixels move, and nothing else: copies made here, not by the code under test. */
START_TEST(test_mirrors_and_turns)
{
    enum { W = 400, H = 520 };
    static const tmk_affine ways[] = {
        {-1, 0, W, 0, 1, 0},  /* mirrored */
        {-1, 0, W, 0, -1, H}, /* a half turn */
        {0, 1, 0, -1, 0, W},  /* a quarter turn counter-clockwise */
        {0, -1, H, 1, 0, 0},  /* clockwise */
        {1, 0, 0, 0, -1, H},  /* mirrored, then a half turn */
        {0, 1, 0, 1, 0, 0},   /* mirrored and turned, both ways */
        {0, -1, H, -1, 0, W},
    };
    const tmk_affine *map = &ways[_i];
    planted p = plant_gradients(W, H);
    int sideways = map->xx == 0;
    tmk_picture copy = new_picture(sideways ? H : W, sideways ? W : H, 3, 8);

    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            memcpy(tmk_picture_row(&copy, (int)floor(tmk_affine_y(map, x + 0.5, y + 0.5))) +
                       3 * (int)floor(tmk_affine_x(map, x + 0.5, y + 0.5)),
                   tmk_picture_row(&p.page, y) + 3 * x, 3);
    assert_reads(&p, &copy, TMK_NORMAL, map, close_fit);
    tmk_picture_release(&copy);
    release(&p);
}
END_TEST

/* Around the centre, counter-clockwise, on a canvas of the same size. */
START_TEST(test_rotation)
{
    static const double angles[] = {1, -1, 2.4};
    planted p = plant_gradients(600, 800);
    double c = cos(angles[_i] * M_PI / 180), s = sin(angles[_i] * M_PI / 180);
    tmk_affine map = {c, s, 300 - 300 * c - 400 * s, -s, c, 400 + 300 * s - 400 * c};
    char attack[32];

    snprintf(attack, sizeof attack, "rotate:%g", angles[_i]);
    assert_found(&p, attack, TMK_DEEP, &map, close_fit);
    release(&p);
}
END_TEST

/* A drawn page hides less and has lines of its own: the place is good to a pixel or two. */
START_TEST(test_drawn)
{
    static const struct {
        const char *attack;
        double scale;
    } copies[] = {{"none", 1}, {"resize:0.75+jpeg:75", 0.75}, {"resize:0.5", 0.5}};
    planted p = {0};
    tmk_affine map = {copies[_i].scale, 0, 0, 0, copies[_i].scale, 0};

    ck_assert_int_eq(draw_page(7, DRAW_COLOUR, 640, 900, &p.page, NULL), TMK_OK);
    mark(&p);
    assert_found(&p, copies[_i].attack, TMK_FAST, &map, (tolerance){0.002, 0.15, 1.5});
    release(&p);
}
END_TEST

/* -------------------------------------------------------------- the parts */

/* The eight ways are the group of the square, each once. */
START_TEST(test_orientations)
{
    for (int i = 0; i < TMK_ORIENTATIONS; i++) {
        const tmk_affine *o = &tmk_orientations[i];

        ck_assert(o->x0 == 0 && o->y0 == 0);
        ck_assert_double_eq(fabs(o->xx) + fabs(o->xy), 1);
        ck_assert_double_eq(fabs(o->yx) + fabs(o->yy), 1);
        ck_assert_double_eq(fabs(o->xx * o->yy - o->xy * o->yx), 1);
        for (int j = 0; j < i; j++)
            ck_assert(memcmp(o, &tmk_orientations[j], sizeof *o) != 0);
    }
    ck_assert_double_eq(tmk_orientations[0].xx + tmk_orientations[0].yy, 2);
    ck_assert_double_eq(tmk_orientations[1].xx - tmk_orientations[1].yy, -2);
}
END_TEST

static tmk_candidate candidate_at(double x, double y, double score)
{
    return (tmk_candidate){{1, 0, -x, 0, 1, -y}, 0, score, {1, 1}};
}

/* The best stay, in order; neighbours are one, across the period's border too. */
START_TEST(test_candidates)
{
    tmk_candidates list = {.limit = 5};
    tmk_candidate candidate;
    static const double scores[] = {3, 9, 1, 7, 5, 8, 2, 6, 4};

    for (int i = 0; i < 9; i++) {
        candidate = candidate_at(100 * i, 50 * i, scores[i]);
        tmk_candidates_add(&list, &candidate);
    }
    ck_assert_int_eq(list.count, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_double_eq(list.list[i].score, 9 - i);
    candidate = candidate_at(103 + TMK_PERIOD, 48, 8.5); /* beside 9 */
    tmk_candidates_add(&list, &candidate);
    ck_assert_double_eq(list.list[1].score, 8);
    candidate = candidate_at(97, 52 - TMK_PERIOD, 9.5);
    tmk_candidates_add(&list, &candidate);
    ck_assert_int_eq(list.count, 5);
    ck_assert_double_eq(list.list[0].score, 9.5);
    ck_assert_double_eq(list.list[1].score, 8);
    candidate = candidate_at(100, 50, 9.25);
    candidate.orientation = 1; /* the same place, otherwise laid */
    tmk_candidates_add(&list, &candidate);
    ck_assert_double_eq(list.list[1].score, 9.25);
    candidate = candidate_at(600, 600, 0.5);
    tmk_candidates_add(&list, &candidate);
    ck_assert_double_eq(list.list[4].score, 6);
}
END_TEST

typedef struct bench {
    tmk_carriers *carriers;
    tmk_pilots pilots;
    tmk_residuals residuals;
} bench;

static bench bench_of(const planted *p)
{
    bench b = {0};

    ck_assert_int_eq(tmk_carriers_new(&b.carriers, p->key, NULL), TMK_OK);
    ck_assert_int_eq(tmk_pilots_make(&b.pilots, b.carriers, NULL), TMK_OK);
    ck_assert_int_eq(tmk_residuals_make(&b.residuals, &p->page, TMK_PREDICT_PLAIN, NULL),
                     TMK_OK);
    return b;
}

static void release_bench(bench *b)
{
    tmk_residuals_release(&b->residuals);
    tmk_pilots_release(&b->pilots);
    tmk_carriers_free(&b->carriers);
}

/* The peak lies at the origin, to a step of the search, and high above the second. */
START_TEST(test_search)
{
    planted p = plant_gradients(400, 520);
    bench b = bench_of(&p);
    tmk_searcher *searcher = NULL;
    tmk_candidates list = {.limit = TMK_MAX_CANDIDATES};
    const tmk_box window = {0, 0, 400, 520};
    tmk_affine back;

    ck_assert_int_eq(tmk_searcher_new(&searcher, &b.pilots, NULL), TMK_OK);
    tmk_search(searcher, &b.residuals, &window, &identity, 0xff, 4, &list);
    ck_assert_int_gt(list.count, 1);
    back = tmk_affine_inverse(&list.list[0].map);
    ck_assert_int_eq(list.list[0].orientation, 0);
    ck_assert_double_le(circular(back.x0, p.origin.x, TMK_PERIOD), TMK_PILOT_STEP);
    ck_assert_double_le(circular(back.y0, p.origin.y, TMK_PERIOD), TMK_PILOT_STEP);
    ck_assert_double_gt(list.list[0].score, 2 * list.list[1].score);
    tmk_searcher_free(&searcher);
    ck_assert_ptr_null(searcher);
    release_bench(&b);
    release(&p);
}
END_TEST

/* From a few pixels and some drift beside it, the fit comes to the truth. */
START_TEST(test_refine)
{
    static const tmk_affine errors[] = {
        {1, 0, 0, 0, 1, 0},           {1, 0, 4, 0, 1, -3},
        {1.005, 0, -1, 0, 1.005, -2}, {1.004, 0, 0, 0, 0.996, 2},
        {1, 0.006, -1, -0.006, 1, 1},
    };
    planted p = plant_gradients(600, 800);
    bench b = bench_of(&p);
    tmk_refiner *refiner = NULL;
    tmk_affine truth = plane_to_copy(&p, &identity);
    tmk_affine around = {1, 0, 300, 0, 1, 400}, centred = {1, 0, -300, 0, 1, -400}, map;
    double score, unmarked;

    map = tmk_affine_then(&truth, &centred);
    map = tmk_affine_then(&map, &errors[_i]);
    map = tmk_affine_then(&map, &around);
    ck_assert_int_eq(tmk_refiner_new(&refiner, b.carriers, NULL), TMK_OK);
    ck_assert_int_eq(tmk_refine(refiner, &(tmk_fit_of){&b.residuals, 300, 400, {1, 1}, 500},
                                TMK_FIT_AFFINE, &map, &score, NULL),
                     TMK_OK);
    for (int corner = 0; corner < 4; corner++) {
        double x = p.origin.x + (corner & 1 ? 600 : 0);
        double y = p.origin.y + (corner & 2 ? 800 : 0);

        ck_assert_double_le(hypot(tmk_affine_x(&map, x, y) - tmk_affine_x(&truth, x, y),
                                  tmk_affine_y(&map, x, y) - tmk_affine_y(&truth, x, y)),
                            0.7);
    }
    map = truth;
    map.x0 += 500; /* another place */
    ck_assert_int_eq(tmk_refine(refiner, &(tmk_fit_of){&b.residuals, 300, 400, {1, 1}, 500},
                                TMK_FIT_AFFINE, &map, &unmarked, NULL),
                     TMK_OK);
    ck_assert_double_gt(score, 4 * unmarked);
    tmk_refiner_free(&refiner);
    ck_assert_ptr_null(refiner);
    release_bench(&b);
    release(&p);
}
END_TEST

/* A fit of offset and size never slants, whatever the noise, and ends within the drift of 1.5
 * pixels at the edge that the search allows for (DRIFT in mark/shapes.c). */
START_TEST(test_refine_zoom)
{
    planted p = plant(300, 400, (unsigned)_i + 1);
    tmk_picture noisy = {0};
    bench b;
    tmk_refiner *refiner = NULL;
    tmk_affine truth = plane_to_copy(&p, &identity), map = truth;
    double score;

    ck_assert_int_eq(attack_apply("noise:4", 1, &p.page, &noisy, NULL), TMK_OK);
    tmk_picture_release(&p.page);
    p.page = noisy;
    b = bench_of(&p);
    map.xx = map.yy = 1.004;
    map.x0 = truth.x0 * 1.004 - 1.6;
    map.y0 = truth.y0 * 1.004 + 0.4;
    ck_assert_int_eq(tmk_refiner_new(&refiner, b.carriers, NULL), TMK_OK);
    ck_assert_int_eq(tmk_refine(refiner, &(tmk_fit_of){&b.residuals, 150, 200, {1, 1}, 250},
                                TMK_FIT_ZOOM, &map, &score, NULL),
                     TMK_OK);
    ck_assert(map.xy == 0 && map.yx == 0);
    ck_assert_double_eq_tol(map.xx, map.yy, 1e-12);
    for (int corner = 0; corner < 4; corner++) {
        double x = p.origin.x + (corner & 1 ? 300 : 0);
        double y = p.origin.y + (corner & 2 ? 400 : 0);

        ck_assert_double_le(hypot(tmk_affine_x(&map, x, y) - tmk_affine_x(&truth, x, y),
                                  tmk_affine_y(&map, x, y) - tmk_affine_y(&truth, x, y)),
                            1.5);
    }
    tmk_refiner_free(&refiner);
    release_bench(&b);
    release(&p);
}
END_TEST

/*
 * A fit of the offset alone leaves the shape as it was, to the last bit, and ends within half
 * a pixel: that costs the highest data carriers, of 20 cycles a tile, no more than
 * 1 - cos(2 pi 20 / 128 / 2) = 12 % of their correlation.  Pages differ in content and origin.
 */
START_TEST(test_refine_shift)
{
    planted p = plant(600, 800, (unsigned)_i + 1);
    bench b = bench_of(&p);
    tmk_refiner *refiner = NULL;
    tmk_affine truth = plane_to_copy(&p, &identity), map = truth;
    double score;

    map.x0 += 5;
    map.y0 -= 4;
    ck_assert_int_eq(tmk_refiner_new(&refiner, b.carriers, NULL), TMK_OK);
    ck_assert_int_eq(tmk_refine(refiner, &(tmk_fit_of){&b.residuals, 300, 400, {1, 1}, 500},
                                TMK_FIT_SHIFT, &map, &score, NULL),
                     TMK_OK);
    ck_assert(map.xx == 1 && map.xy == 0 && map.yx == 0 && map.yy == 1);
    ck_assert_double_eq_tol(map.x0, truth.x0, 0.5);
    ck_assert_double_eq_tol(map.y0, truth.y0, 0.5);
    tmk_refiner_free(&refiner);
    release_bench(&b);
    release(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync");
    TCase *parts = tcase_create("parts"), *whole = tcase_create("planted");

    tcase_set_timeout(parts, 300);
    tcase_add_test(parts, test_orientations);
    tcase_add_test(parts, test_candidates);
    tcase_add_test(parts, test_search);
    tcase_add_loop_test(parts, test_refine, 0, 5);
    tcase_add_loop_test(parts, test_refine_zoom, 0, 8);
    tcase_add_loop_test(parts, test_refine_shift, 0, 8);
    tcase_set_timeout(whole, 600);
    tcase_add_test(whole, test_as_released);
    tcase_add_loop_test(whole, test_cut, 0, 4);
    tcase_add_loop_test(whole, test_scales, 0, SANITIZED && !long_tests() ? 4 : 5);
    tcase_add_loop_test(whole, test_mirrors_and_turns, 0,
                        long_tests() ? 7
                        : SANITIZED  ? 1
                                     : 4);
    tcase_add_loop_test(whole, test_rotation, 0, long_tests() ? 3 : SANITIZED ? 1 : 2);
    tcase_add_loop_test(whole, test_drawn, 0, 3);
    suite_add_tcase(suite, parts);
    suite_add_tcase(suite, whole);
    return run_suite(suite);
}
