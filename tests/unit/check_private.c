/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages are found by the index carriers of their bands alone. */
#include "tests/attack/attack_template.h"
#include "mark/poses.h"
#include "signal/residuals.h"
#include "sync/index_plane.h"
#include "sync/private.h"
#include "sync/refine.h"
#include "tests/support/pictures.h"

#define MARK UINT64_C(0x0123456789abcdef)

/* A marked page of 600 x 800, and what is left of it. */
typedef struct planted {
    tmk_key *key;
    tmk_carriers *carriers;
    tmk_place place;
    tmk_picture page;
    tmk_residuals residuals;
} planted;

static planted plant(unsigned seed)
{
    planted p = {.key = key_of(1), .page = gradients(600, 800, 3, 8, seed)};
    tmk_embed_report report;

    ck_assert_int_eq(tmk_carriers_new(&p.carriers, p.key, NULL), TMK_OK);
    ck_assert_int_eq(tmk_embed(p.key, &p.page, MARK, NULL, &report, NULL), TMK_OK);
    p.place = report.place;
    return p;
}

static void predict(planted *p)
{
    ck_assert_int_eq(tmk_residuals_make(&p->residuals, &p->page, TMK_PREDICT_PLAIN, NULL),
                     TMK_OK);
}

static void release(planted *p)
{
    tmk_residuals_release(&p->residuals);
    tmk_picture_release(&p->page);
    tmk_carriers_free(&p->carriers);
    tmk_key_free(&p->key);
}

/* Takes the sync carriers away K times, as a template of other pages does. */
static void subtract_sync(planted *p, double k)
{
    attack_template template;

    ck_assert_int_eq(attack_template_begin(&template, TMK_PERIOD, NULL), TMK_OK);
    for (unsigned i = 0; i < 6; i++) {
        planted other = plant(100 + i);

        ck_assert_int_eq(attack_template_add(&template, &other.page, other.place.x,
                                             other.place.y, NULL),
                         TMK_OK);
        release(&other);
    }
    ck_assert_int_eq(attack_template_learn(&template, &attack_common, NULL), TMK_OK);
    ck_assert_int_eq(attack_template_subtract(&template, &p->page, p->place.x, p->place.y, k,
                                              NULL),
                     TMK_OK);
    attack_template_release(&template);
}

/* How far apart two maps put the corners of the page, in pixels: the most. */
static double apart(const tmk_affine *one, const tmk_affine *other)
{
    double most = 0;

    for (int corner = 0; corner < 4; corner++) {
        tmk_affine back = tmk_affine_inverse(other);
        double x = corner & 1 ? 600 : 0, y = corner & 2 ? 800 : 0;
        double u = tmk_affine_x(&back, x, y), v = tmk_affine_y(&back, x, y);

        most = fmax(most, hypot(tmk_affine_x(one, u, v) - x, tmk_affine_y(one, u, v) - y));
    }
    return most;
}

/* ------------------------------------------------------------------ the spectrum */

/* The spectrum along one axis of tile NUMBER's window times the wave of K cycles a tile, at
 * F cycles a period. */
static double complex axis(int f, int k, int number)
{
    double complex sum = 0;

    for (int n = 0; n < 2 * TMK_TILE; n++) {
        double x = n + TMK_TILE * number - TMK_TILE / 2.0;
        double turn = 2 * M_PI * (k * x / TMK_TILE - f * x / TMK_PERIOD);

        sum += sin(M_PI * (n + 0.5) / (2 * TMK_TILE)) * (cos(turn) + sin(turn) * I);
    }
    return sum;
}

/* What doc/format.md says of a band's index carriers, all of amplitude 1, at the frequency
 * (X, Y). */
static double complex defined(const tmk_carriers *carriers, tmk_component component, int band,
                              int x, int y)
{
    double complex sum = 0;

    for (int position = 0; position < TMK_POSITIONS; position++) {
        tmk_tile_role tile = tmk_carriers_role(carriers, component, TMK_INDEX, band,
                                               position);
        int column = position % TMK_PERIOD_TILES, row = position / TMK_PERIOD_TILES;

        for (int i = 0; i < tile.count; i++) {
            tmk_bin bin = tile.bins[tile.slots[i]];
            double complex u = tmk_phase(tile.phases[i]);

            sum += u * axis(x, bin.x, column) * axis(y, bin.y, row) +
                   conj(u) * axis(x, -bin.x, column) * axis(y, -bin.y, row);
        }
    }
    return sum;
}

/* What is drawn is the spectrum, but for a hundredth of its energy, and that the plane is
 * moved. */
START_TEST(test_index_plane)
{
    static const int frequencies[][2] = {{80, 3}, {0, 77}, {3, -90}, {117, -64}, {40, 40}};
    planted p = plant(1);
    tmk_index_plane *plane = NULL;
    double difference = 0, power = 0;

    ck_assert_int_eq(tmk_index_plane_new(&plane, p.carriers, NULL), TMK_OK);
    for (int i = 0; i < 5; i++) {
        int x = frequencies[i][0], y = frequencies[i][1];
        const float complex *drawn = tmk_index_plane_draw(plane, TMK_LUMA, 77);
        double turn = -2 * M_PI * TMK_INDEX_SHIFT * (x + y) / TMK_PERIOD;
        double complex own = drawn[(y + TMK_INDEX_REACH) * TMK_INDEX_COLUMNS + x];
        double complex truth = defined(p.carriers, TMK_LUMA, 77, x, y) /
                               (TMK_TILE * TMK_TILE);

        own *= cos(turn) + sin(turn) * I;
        difference += creal((own - truth) * conj(own - truth));
        power += creal(truth * conj(truth));
    }
    ck_assert_double_gt(power, 1);
    ck_assert_double_lt(difference, 0.01 * power);
    tmk_index_plane_free(&plane);
    ck_assert_ptr_null(plane);
    release(&p);
}
END_TEST

/* -------------------------------------------------------------------- the search */

/*
 * Sync carriers subtracted, the page's band gives the highest peak of 64, within two points of
 * its place, in either grid; fitted with its index carriers, it lies right within 0.7 pixels.
 */
START_TEST(test_search)
{
    planted p = plant(1);
    const tmk_box all = {0, 0, 600, 800};
    const tmk_private_shape shape = {{1, 0, 0, 0, 1, 0}, _i};
    tmk_affine truth, map;
    tmk_private_search *search = NULL;
    tmk_private_places places = {0};
    tmk_refiner *refiner = NULL;
    tmk_known_mark index;
    double score;
    int first = p.place.band < 62 ? 0 : p.place.band - 62, band, below;

    subtract_sync(&p, 2);
    predict(&p);
    ck_assert_int_eq(tmk_private_search_new(&search, p.carriers, &p.residuals, &all, &shape,
                                            1, NULL),
                     TMK_OK);
    ck_assert_int_eq(tmk_private_search_bands(search, first, 64, 2, &places, NULL), TMK_OK);
    tmk_private_search_free(&search);
    ck_assert_ptr_null(search);
    ck_assert_int_eq(places.count, 64);
    for (int i = 1; i < places.count; i++)
        ck_assert_double_ge(places.list[i - 1].score, places.list[i].score);
    band = places.list[0].band;
    below = band - p.place.band; /* the page may show more of the band below its first one */
    ck_assert(below == 0 || below == 1);
    map = places.list[0].map;
    truth = (tmk_affine){1, 0, -p.place.x, 0, 1, -p.place.y};
    ck_assert_double_le(fabs(remainder(map.x0 - truth.x0, TMK_PERIOD)), _i ? 4 : 8);
    ck_assert_double_le(fabs(remainder(map.y0 - truth.y0, TMK_PERIOD)), _i ? 4 : 8);
    truth.x0 += round((map.x0 - truth.x0) / TMK_PERIOD) * TMK_PERIOD;
    truth.y0 += round((map.y0 - truth.y0) / TMK_PERIOD) * TMK_PERIOD;
    index = (tmk_known_mark){p.place.band, NULL};
    ck_assert_int_eq(tmk_refiner_new(&refiner, p.carriers, NULL), TMK_OK);
    ck_assert_int_eq(tmk_refine_index(refiner,
                                      &(tmk_fit_of){&p.residuals, 300, 400, {1, 1}, 500},
                                      &index, TMK_FIT_AFFINE, &map, &score, NULL),
                     TMK_OK);
    ck_assert_double_le(apart(&map, &truth), 0.7);
    tmk_refiner_free(&refiner);
    release(&p);
}
END_TEST

/* At a place that index carriers gave, sync carriers that were turned hide neither the band
 * nor the mark's rows. */
START_TEST(test_pose)
{
    planted p = plant(2);
    const tmk_share share = {0, 1};
    const tmk_affine map = {1, 0, -p.place.x, 0, 1, -p.place.y};
    tmk_extract_options options;
    tmk_poses *poses = NULL;
    const tmk_pose *pose;

    tmk_extract_options_init(&options);
    subtract_sync(&p, 4);
    predict(&p);
    ck_assert_int_eq(tmk_poses_new(&poses, p.carriers, &options, NULL), TMK_OK);
    tmk_poses_begin(poses, &p.residuals, 0, 0, &share);
    ck_assert_int_eq(tmk_poses_at(poses, &map, p.place.band, &pose, NULL), TMK_OK);
    ck_assert_ptr_nonnull(pose);
    ck_assert_int_eq(pose->bands[0].band, p.place.band);
    ck_assert_double_gt(pose->bands[0].score, 8);
    tmk_poses_free(&poses);
    release(&p);
}
END_TEST

/* Such a page, saved as JPEG, is found by nothing else. */
START_TEST(test_exhaustive)
{
    planted p = plant(1);
    tmk_picture saved = {0};

    subtract_sync(&p, 2);
    ck_assert_int_eq(attack_apply("jpeg:80", 1, &p.page, &saved, NULL), TMK_OK);
    for (int effort = TMK_NORMAL; effort <= TMK_EXHAUSTIVE; effort += 2) {
        tmk_extract_options options;
        tmk_extract_result result;

        tmk_extract_options_init(&options);
        options.effort = (tmk_effort)effort;
        ck_assert_int_eq(tmk_extract(p.key, &saved, &options, &result, NULL), TMK_OK);
        ck_assert_int_eq(result.count, effort == TMK_EXHAUSTIVE);
        if (result.count > 0) {
            ck_assert_uint_eq(result.marks[0].mark, MARK);
            ck_assert_double_le(fabs(result.marks[0].scale_x - 1), 0.002);
            ck_assert_int_eq(result.marks[0].band, p.place.band);
        }
    }
    tmk_picture_release(&saved);
    release(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("private");
    TCase *tests = tcase_create("private");

    tcase_set_timeout(tests, 1200);
    tcase_add_test(tests, test_index_plane);
    tcase_add_loop_test(tests, test_search, 0, 2);
    tcase_add_test(tests, test_pose);
    if (long_tests())
        tcase_add_test(tests, test_exhaustive);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
