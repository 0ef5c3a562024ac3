/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statement "not chance": its formula, its lemma, and the law of its score. */
#include <complex.h>

#include "tests/support/pictures.h"
#include "evidence/bound.h"
#include "mark/focus.h"
#include "mark/layered.h"
#include "mark/poses.h"
#include "mark/soft.h"
#include "mark/spectra.h"
#include "tests/pages/draw.h"

/* ---------------------------------------------------------------- the formula */

/* log10 of HYPOTHESES exp(-z^2 / 2), at most 0. */
static double define_bound(double log2_hypotheses, double z)
{
    double natural = log2_hypotheses * log(2) - (z > 0 ? z * z / 2 : 0);

    return natural < 0 ? natural / log(10) : 0;
}

/* 2 questions, 2^8 places, 2^12 bands of each variant, and 2^64 payloads or the known ones. */
START_TEST(test_formula)
{
    static const size_t known[] = {1, 2, 7, 1000, 1000000};

    ck_assert_int_eq(TMK_MAX_POSES, 1 << 8);
    ck_assert_int_eq(TMK_BANDS, 1 << 12);
    for (double z = -5; z < 120; z += 0.37) {
        ck_assert_double_eq_tol(tmk_bound_blind(z, 1), define_bound(1 + 8 + 12 + 64, z),
                                1e-9);
        ck_assert_double_eq_tol(tmk_bound_blind(z, 16), define_bound(1 + 8 + 16 + 64, z),
                                1e-9);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            ck_assert_double_eq_tol(
                tmk_bound_known(z, known[i], 1),
                define_bound(1 + 8 + 12 + log((double)known[i]) / log(2), z), 1e-9);
    }
    /* The score at which the default, one in a thousand million, is reached. */
    ck_assert_double_eq_tol(tmk_bound_blind(sqrt(2 * (85 * log(2) + 9 * log(10))), 1), -9,
                            1e-9);
}
END_TEST

START_TEST(test_monotone)
{
    double blind = 0, known = 0;

    for (double z = 0; z < 200; z += 0.125) {
        ck_assert_double_le(tmk_bound_blind(z, 1), blind);
        ck_assert_double_le(tmk_bound_known(z, 10, 1), known);
        ck_assert_double_le(tmk_bound_known(z, 10, 1), tmk_bound_known(z, 11, 1));
        ck_assert_double_le(tmk_bound_known(z, 1000000, 1), tmk_bound_blind(z, 1));
        blind = tmk_bound_blind(z, 1);
        known = tmk_bound_known(z, 10, 1);
    }
    ck_assert_double_lt(blind, -1000);
}
END_TEST

/* Whatever is no score proves nothing. */
START_TEST(test_no_evidence)
{
    static const double scores[] = {0, -1, -1000, -INFINITY, NAN};

    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++) {
        ck_assert(tmk_bound_blind(scores[i], 1) == 0);
        ck_assert(tmk_bound_known(scores[i], 1, 1) == 0);
        ck_assert(tmk_bound_known(scores[i], 0, 1) == 0);
    }
}
END_TEST

/*
 * What is stated: no less than 10^-60 for one question, as a random key is the very key that
 * marked the picture with 2^-256 = 10^-77; times the questions; at most 1.
 */
START_TEST(test_stated)
{
    static const struct {
        double tail, questions, stated;
    } cases[] = {{-12.5, 1, -12.5},   {-12.5, 1000, -9.5},   {-59.9, 1, -59.9},
                 {-347.1, 1, -60},    {-5116, 100000, -55},  {-3, 1e6, 0},
                 {-INFINITY, 1, -60}, {-1e300, 1e12, -48},   {0, 1, 0},
                 {-8, 0, -8},         {-60.0001, 10, -59.0}, {-76.8, 1, -60}};

    ck_assert_double_ge(TMK_LEAST_LOG10_P, -256 * log10(2));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_double_eq_tol(tmk_bound_stated(cases[i].tail, cases[i].questions),
                                cases[i].stated, 1e-9);
}
END_TEST

/* What an extraction reports is the bound of the score that it reports, for all questions. */
START_TEST(test_reported)
{
    tmk_key *key = key_of(1);
    tmk_picture page = new_picture(300, 300, 3, 8);
    tmk_extract_options options;
    tmk_extract_result result;

    fill_gradients(&page, 1);
    ck_assert_int_eq(tmk_embed(key, &page, 5, NULL, NULL, NULL), TMK_OK);
    tmk_extract_options_init(&options);
    for (options.questions = 1; options.questions <= 1000; options.questions *= 1000) {
        ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_OK);
        ck_assert_int_eq(result.count, 1);
        ck_assert_int_eq(result.marks[0].question, TMK_BLIND);
        ck_assert_double_lt(result.marks[0].log10_tail, -100);
        ck_assert_double_eq_tol(result.marks[0].log10_tail,
                                define_bound(85, result.marks[0].score), 1e-9);
        ck_assert_double_eq_tol(result.marks[0].log10_p, -60 + log10(options.questions),
                                1e-9);
    }
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------------ the lemma */

/* E exp(t Re(Y conj u)) <= exp(t^2 |Y|^2 / 4) over the 16 phases u, any angle of Y. */
START_TEST(test_lemma)
{
    double least = HUGE_VAL;

    for (int degree = 0; degree < 360; degree++)
        for (double t = -12; t <= 12; t += 0.03125) {
            double complex y = cexp(degree * M_PI / 180 * I);
            double mean = 0, limit = exp(t * t / 4);

            for (unsigned phase = 0; phase < TMK_PHASES; phase++)
                mean += exp(t * creal(y * conj((double complex)tmk_phase(phase)))) / 16;
            ck_assert_double_le(mean, limit * (1 + 1e-6));
            if (t > 1)
                least = fmin(least, limit / mean);
        }
    ck_assert_double_gt(least, 1); /* and it is not an equation */
}
END_TEST

/* ---------------------------------------------------- the score, and its law */

typedef struct scene {
    tmk_fft *fft;
    tmk_residuals residuals;
    tmk_affine map;
    uint8_t coded[TMK_CODE_BITS];
} scene;

static scene scene_of(draw_kind kind)
{
    scene s = {.map = {1, 0, -333, 0, 1, -777}};
    tmk_picture page = {0};

    ck_assert_int_eq(draw_page(21, kind, 280, 360, &page, NULL), TMK_OK);
    ck_assert_int_eq(tmk_residuals_make(&s.residuals, &page, TMK_PREDICT_PLAIN, NULL),
                     TMK_OK);
    ck_assert_int_eq(tmk_fft_new(&s.fft, TMK_TILE, NULL), TMK_OK);
    tmk_payload_encode(UINT64_C(0x123456789), s.coded);
    tmk_picture_release(&page);
    return s;
}

static void release(scene *s)
{
    tmk_residuals_release(&s->residuals);
    tmk_fft_free(&s->fft);
}

static tmk_carriers *carriers_of(unsigned number)
{
    tmk_key *key = key_of(number);
    tmk_carriers *carriers = NULL;

    ck_assert_int_eq(tmk_carriers_new(&carriers, key, NULL), TMK_OK);
    tmk_key_free(&key);
    return carriers;
}

/* What is read is always among the poses of the list that no reading has seen, a page whose
 * mark was found included: their number stays, and no two of them are alike. */
START_TEST(test_poses_are_fixed)
{
    const tmk_share share = {0, 1};
    tmk_carriers *carriers = carriers_of(1);
    tmk_key *key = key_of(1);
    tmk_picture page = {0};
    tmk_extract_options options;
    tmk_extract_result result;
    tmk_residuals residuals;
    tmk_poses *poses = NULL;
    const tmk_pose *pose;
    int count = 0, met = 0;

    tmk_extract_options_init(&options);
    options.effort = TMK_FAST;
    ck_assert_int_eq(draw_page(21, DRAW_COLOUR, 400, 400, &page, NULL), TMK_OK);
    ck_assert_int_eq(tmk_embed(key, &page, 5, NULL, NULL, NULL), TMK_OK);
    ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_OK);
    ck_assert_int_eq(result.count, 1);
    ck_assert_int_eq(tmk_residuals_make(&residuals, &page, TMK_PREDICT_PLAIN, NULL), TMK_OK);
    ck_assert_int_eq(tmk_poses_new(&poses, carriers, &options, NULL), TMK_OK);
    tmk_poses_begin(poses, &residuals, 0, 2, &share);
    while (tmk_poses_next(poses, &pose, NULL) == TMK_OK && pose != NULL) {
        tmk_affine back = tmk_affine_inverse(&pose->map);

        count++;
        met += fabs(remainder(back.x0 - result.marks[0].offset_x, TMK_PERIOD)) < 1 &&
               fabs(remainder(back.y0 - result.marks[0].offset_y, TMK_PERIOD)) < 1 &&
               fabs(hypot(pose->map.xx, pose->map.yx) - result.marks[0].scale_x) < 0.002;
    }
    ck_assert_int_ge(met, 1);
    ck_assert_int_gt(count, 1); /* a search that stopped at the find would end there */
    ck_assert_int_le(count, TMK_MAX_POSES);
    tmk_poses_free(&poses);
    tmk_residuals_release(&residuals);
    tmk_picture_release(&page);
    tmk_carriers_free(&carriers);
    tmk_key_free(&key);
}
END_TEST

/* Two marked pages, one below the other. */
static tmk_picture stacked(const tmk_key *key)
{
    tmk_picture both = new_picture(400, 800, 3, 8);

    for (int i = 0; i < 2; i++) {
        tmk_picture page = {0};

        ck_assert_int_eq(draw_page(21 + (unsigned)i, DRAW_COLOUR, 400, 400, &page, NULL),
                         TMK_OK);
        ck_assert_int_eq(tmk_embed(key, &page, 5, NULL, NULL, NULL), TMK_OK);
        for (int y = 0; y < 400; y++)
            memcpy(tmk_picture_row(&both, 400 * i + y), tmk_picture_row(&page, y), 3 * 400);
        tmk_picture_release(&page);
    }
    return both;
}

/* The poses of PICTURE as released and at likely scales; those after a clear one that show
 * the same place are left out if LEAVE.  *LISTED becomes how many cost no further search. */
static int list_poses(tmk_affine list[TMK_MAX_POSES], const tmk_picture *picture, int leave,
                      int *listed)
{
    const tmk_share share = {0, 1};
    tmk_carriers *carriers = carriers_of(1);
    tmk_extract_options options;
    tmk_residuals residuals;
    tmk_poses *poses = NULL;
    const tmk_pose *pose;
    int count = 0;

    *listed = 0;
    tmk_extract_options_init(&options);
    ck_assert_int_eq(tmk_residuals_make(&residuals, picture, TMK_PREDICT_PLAIN, NULL),
                     TMK_OK);
    ck_assert_int_eq(tmk_poses_new(&poses, carriers, &options, NULL), TMK_OK);
    tmk_poses_begin(poses, &residuals, 0, 2, &share);
    while (tmk_poses_next(poses, &pose, NULL) == TMK_OK && pose != NULL) {
        list[count++] = pose->map;
        if (leave)
            tmk_poses_leave(poses);
        if (*listed == 0 && !tmk_poses_listed(poses))
            *listed = count;
    }
    tmk_poses_free(&poses);
    tmk_residuals_release(&residuals);
    tmk_carriers_free(&carriers);
    return count;
}

/* What was read may decide which poses are left out, never what the others are. */
START_TEST(test_poses_left_out)
{
    tmk_key *key = key_of(1);
    tmk_picture both = stacked(key);
    tmk_affine all[TMK_MAX_POSES], some[TMK_MAX_POSES];
    int listed, count = list_poses(all, &both, 0, &listed), left, at = 0;

    left = list_poses(some, &both, 1, &listed);
    ck_assert_int_eq(listed, 2); /* a pose for each page, and no ghosts a tile beside it */
    ck_assert_int_lt(left, count);
    for (int i = 0; i < left; i++) {
        while (at < count && memcmp(&all[at], &some[i], sizeof all[at]) != 0)
            at++;
        ck_assert_int_lt(at, count);
    }
    tmk_picture_release(&both);
    tmk_key_free(&key);
}
END_TEST

/* One carrier's part of the statistic, as evidence/bound.h writes it, and of its variance. */
typedef struct part {
    double value, variance;
    int bit;
} part;

static part part_of(const tmk_carriers *carriers, const tmk_spectra *spectra,
                    const tmk_weights *weights, int component, int row, int column, int band,
                    int index)
{
    int count, position = tmk_spectra_position(spectra, row, column);
    const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)component, TMK_DATA,
                                               position, &count);
    uint8_t phases[TMK_MAX_BINS];
    uint16_t bits[TMK_MAX_BINS];
    double complex y, u;

    tmk_carriers_bits(carriers, (tmk_component)component, position, bits);
    tmk_carriers_phases(carriers, (tmk_component)component, TMK_DATA,
                        tmk_spectra_band(spectra, row, band), position, phases);
    y = spectra->values[component]
                       [(row * TMK_PERIOD_TILES + column) * spectra->counts[component] +
                        slots[index]] *
        (double)weights->bins[component][slots[index]];
    u = tmk_phase(phases[index]);
    return (part){creal(y * conj(u)), creal(y * conj(y)) / 2, bits[index]};
}

/* Soft values, variance and score against the slow sum of a small page's carriers. */
START_TEST(test_score_definition)
{
    tmk_carriers *carriers = carriers_of(3);
    scene s = scene_of(DRAW_COLOUR);
    double values[TMK_CODE_BITS] = {0}, variance = 0, sum = 0;
    tmk_spectra spectra;
    tmk_weights weights;
    tmk_soft soft;
    int band = 1234, count;

    ck_assert_int_eq(
        tmk_spectra_measure(&spectra, carriers, s.fft, &s.residuals, &s.map, NULL), TMK_OK);
    tmk_weights_estimate(&weights, carriers, &spectra, band);
    tmk_soft_read(&soft, carriers, &spectra, &weights, band);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_carriers_slots(carriers, (tmk_component)c, TMK_DATA, 0, &count);
        for (int row = 0; row < spectra.rows; row++)
            for (int column = 0; column < TMK_PERIOD_TILES; column++)
                for (int i = 0; i < count; i++) {
                    part p = part_of(carriers, &spectra, &weights, c, row, column, band, i);

                    values[p.bit] += p.value;
                    variance += p.variance;
                }
    }
    ck_assert_double_gt(variance, 0);
    ck_assert_double_eq_tol(soft.power / variance, 1, 1e-5);
    for (int i = 0; i < TMK_CODE_BITS; i++) {
        ck_assert_double_eq_tol(soft.values[i] / sqrt(variance), values[i] / sqrt(variance),
                                1e-5);
        sum += s.coded[i] ? -values[i] : values[i];
    }
    ck_assert_double_eq_tol(tmk_soft_score(&soft, s.coded), sum / sqrt(variance), 1e-4);
    tmk_spectra_release(&spectra);
    tmk_carriers_free(&carriers);
    release(&s);
}
END_TEST

/* Weights look at no data carrier: a change of those changes no weight. */
START_TEST(test_weights_are_blind)
{
    tmk_carriers *carriers = carriers_of(4);
    scene s = scene_of(DRAW_MANGA);
    tmk_weights before, after;
    tmk_spectra spectra;
    int count;

    ck_assert_int_eq(
        tmk_spectra_measure(&spectra, carriers, s.fft, &s.residuals, &s.map, NULL), TMK_OK);
    memset(&before, 0, sizeof before);
    memset(&after, 0, sizeof after);
    tmk_weights_estimate(&before, carriers, &spectra, 9);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int tile = 0; tile < spectra.rows * TMK_PERIOD_TILES; tile++) {
            int position = tmk_spectra_position(&spectra, tile / TMK_PERIOD_TILES,
                                                tile % TMK_PERIOD_TILES);
            const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)c, TMK_DATA,
                                                       position, &count);

            for (int i = 0; i < count; i++)
                spectra.values[c][tile * spectra.counts[c] + slots[i]] = 1e6f - 3e5f * I;
        }
    tmk_weights_estimate(&after, carriers, &spectra, 9);
    ck_assert_mem_eq(&before, &after, sizeof before);
    tmk_spectra_release(&spectra);
    tmk_carriers_free(&carriers);
    release(&s);
}
END_TEST

/* Nor does the choice of rows: marked data carriers turned, the same rows stay. */
START_TEST(test_focus_is_blind)
{
    tmk_carriers *carriers = carriers_of(5);
    scene s = scene_of(DRAW_COLOUR);
    tmk_spectra spectra[2];
    int count, total = 0;

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(tmk_spectra_measure(&spectra[i], carriers, s.fft, &s.residuals,
                                             &s.map, NULL),
                         TMK_OK);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int tile = 0; tile < spectra[1].rows * TMK_PERIOD_TILES; tile++) {
            int position = tmk_spectra_position(&spectra[1], tile / TMK_PERIOD_TILES,
                                                tile % TMK_PERIOD_TILES);
            const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)c, TMK_DATA,
                                                       position, &count);

            for (int i = 0; i < count; i++) {
                float complex *v =
                    &spectra[1].values[c][tile * spectra[1].counts[c] + slots[i]];

                *v *= I; /* another phase of the same power */
            }
        }
    for (int i = 0; i < 2; i++)
        tmk_focus(&spectra[i], carriers, (int[]){1, 1});
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int i = 0; i < spectra[0].rows * TMK_PERIOD_TILES * spectra[0].counts[c]; i++) {
            ck_assert_int_eq(spectra[0].values[c][i] == 0, spectra[1].values[c][i] == 0);
            total += spectra[0].values[c][i] != 0;
        }
    ck_assert_int_gt(total, 0);
    for (int i = 0; i < 2; i++)
        tmk_spectra_release(&spectra[i]);
    tmk_carriers_free(&carriers);
    release(&s);
}
END_TEST

/* A page that carries a mark of key 6 and lies at MAP, and what the layers of its residual
 * show there. */
typedef struct layered_scene {
    tmk_carriers *carriers;
    tmk_place place;
    uint8_t coded[TMK_CODE_BITS];
    tmk_spectra whole, layers[TMK_LAYERS];
} layered_scene;

static layered_scene layered_scene_of(draw_kind kind)
{
    layered_scene s = {.carriers = carriers_of(6)};
    tmk_key *key = key_of(6);
    tmk_picture page = {0};
    tmk_embed_report report;
    tmk_residuals residuals;
    tmk_layers layers;
    tmk_fft *fft = NULL;
    tmk_affine map;

    ck_assert_int_eq(draw_page(31, kind, 600, 700, &page, NULL), TMK_OK);
    ck_assert_int_eq(tmk_embed(key, &page, 77, NULL, &report, NULL), TMK_OK);
    s.place = report.place;
    map = (tmk_affine){1, 0, -report.place.x, 0, 1, -report.place.y};
    tmk_payload_encode(77, s.coded);
    ck_assert_int_eq(tmk_fft_new(&fft, TMK_TILE, NULL), TMK_OK);
    ck_assert_int_eq(tmk_residuals_make(&residuals, &page, TMK_PREDICT_PLAIN, NULL), TMK_OK);
    ck_assert_int_eq(tmk_spectra_measure(&s.whole, s.carriers, fft, &residuals, &map, NULL),
                     TMK_OK);
    ck_assert_int_eq(tmk_layers_split(&layers, tmk_residuals_for(&residuals, &map), NULL),
                     TMK_OK);
    ck_assert_int_eq(tmk_spectra_measure_layers(s.layers, s.carriers, fft, &residuals,
                                                &layers, &map, NULL),
                     TMK_OK);
    tmk_layers_release(&layers);
    tmk_residuals_release(&residuals);
    tmk_fft_free(&fft);
    tmk_picture_release(&page);
    tmk_key_free(&key);
    return s;
}

static void release_layered(layered_scene *s)
{
    tmk_spectra_release(&s->whole);
    for (int i = 0; i < TMK_LAYERS; i++)
        tmk_spectra_release(&s->layers[i]);
    tmk_carriers_free(&s->carriers);
}

/* Multiplies what SPECTRA show at the carriers of ROLE. */
static void multiply(tmk_spectra *spectra, const tmk_carriers *carriers, tmk_role role,
                     float complex factor)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_walk walk = tmk_walk_of(carriers, spectra, c, role, 0);

        while (tmk_walk_next(&walk))
            for (int i = 0; i < walk.tile.count; i++)
                walk.values[walk.tile.slots[i]] *= factor;
    }
}

static double score_at(const layered_scene *s, const tmk_spectra *spectra)
{
    tmk_weights weights;
    tmk_soft soft;

    tmk_weights_estimate(&weights, s->carriers, spectra, s->place.band);
    tmk_soft_read(&soft, s->carriers, spectra, &weights, s->place.band);
    return tmk_soft_score(&soft, s->coded);
}

/* The layers' spectra add up to those of the whole. */
START_TEST(test_layers_add_up)
{
    layered_scene s = layered_scene_of(DRAW_COLOUR);
    double difference = 0, power = 0;

    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int i = 0; i < s.whole.rows * TMK_PERIOD_TILES * s.whole.counts[c]; i++) {
            float complex sum = 0;

            for (int layer = 0; layer < TMK_LAYERS; layer++)
                sum += s.layers[layer].values[c][i];
            difference += tmk_power(sum - s.whole.values[c][i]);
            power += tmk_power(s.whole.values[c][i]);
        }
    ck_assert_double_gt(power, 0);
    ck_assert_double_lt(difference, 1e-6 * power);
    release_layered(&s);
}
END_TEST

/* How layers count doesn't depend on data carriers: these turned, what comes out is the same,
 * but for them, and they are turned. */
START_TEST(test_layers_are_blind)
{
    layered_scene s = layered_scene_of(DRAW_COLOUR);
    size_t sizes[TMK_COMPONENTS];
    float complex *first[TMK_COMPONENTS];

    tmk_layered_combine(&s.whole, s.layers, s.carriers, s.place.band);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        sizes[c] = (size_t)s.whole.rows * TMK_PERIOD_TILES * (size_t)s.whole.counts[c] *
                   sizeof(float complex);
        first[c] = malloc(sizes[c]);
        ck_assert_ptr_nonnull(first[c]);
        memcpy(first[c], s.whole.values[c], sizes[c]);
    }
    for (int layer = 0; layer < TMK_LAYERS; layer++)
        multiply(&s.layers[layer], s.carriers, TMK_DATA, -1);
    tmk_layered_combine(&s.whole, s.layers, s.carriers, s.place.band);
    multiply(&s.whole, s.carriers, TMK_DATA, -1);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        for (size_t i = 0; i < sizes[c] / sizeof(float complex); i++)
            ck_assert(first[c][i] == s.whole.values[c][i]);
        free(first[c]);
    }
    release_layered(&s);
}
END_TEST

/* A filter that turns the mark in flats alone costs a sum of all places most of its score, and
 * one that knows signs next to nothing. */
START_TEST(test_turned_flats)
{
    layered_scene s = layered_scene_of(DRAW_COLOUR);
    double untouched, plain, layered;

    tmk_layered_combine(&s.whole, s.layers, s.carriers, s.place.band);
    untouched = score_at(&s, &s.whole);
    for (int role = 0; role < TMK_ROLES; role++)
        multiply(&s.layers[0], s.carriers, (tmk_role)role, -2);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int i = 0; i < s.whole.rows * TMK_PERIOD_TILES * s.whole.counts[c]; i++) {
            s.whole.values[c][i] = 0;
            for (int layer = 0; layer < TMK_LAYERS; layer++)
                s.whole.values[c][i] += s.layers[layer].values[c][i];
        }
    plain = score_at(&s, &s.whole);
    tmk_layered_combine(&s.whole, s.layers, s.carriers, s.place.band);
    layered = score_at(&s, &s.whole);
    ck_assert_double_lt(fabs(plain), 0.7 * untouched);
    ck_assert_double_gt(layered, 0.95 * untouched);
    release_layered(&s);
}
END_TEST

/* Sync carriers that were subtracted, and are gone or turned by that, have no say in the
 * weights of the others: reading loses next to nothing. */
START_TEST(test_sync_taken)
{
    static const float factors[] = {0.0f, -0.5f, -1.0f};
    layered_scene s = layered_scene_of(DRAW_COLOUR);
    double untouched = score_at(&s, &s.whole);

    multiply(&s.whole, s.carriers, TMK_SYNC, factors[_i]);
    ck_assert_double_gt(score_at(&s, &s.whole), 0.97 * untouched);
    release_layered(&s);
}
END_TEST

typedef struct law {
    int count, beyond_2, beyond_3;
    double sum, squares;
} law;

static void add_scores(law *l, const scene *s, unsigned key_number, int bands)
{
    tmk_carriers *carriers = carriers_of(key_number);
    tmk_spectra spectra;
    tmk_weights weights;
    tmk_soft soft;

    ck_assert_int_eq(tmk_spectra_measure(&spectra, carriers, s->fft, &s->residuals, &s->map,
                                         NULL),
                     TMK_OK);
    for (int band = 0; band < bands; band++) {
        double z;

        tmk_weights_estimate(&weights, carriers, &spectra, 100 * band);
        tmk_soft_read(&soft, carriers, &spectra, &weights, 100 * band);
        z = tmk_soft_score(&soft, s->coded);
        l->count++;
        l->sum += z;
        l->squares += z * z;
        l->beyond_2 += z >= 2;
        l->beyond_3 += z >= 3;
    }
    tmk_spectra_release(&spectra);
    tmk_carriers_free(&carriers);
}

/* No more than exp(-z^2 / 2) of all, but for 6 deviations of the count. */
static void assert_below(int count, double z, int all)
{
    double expected = all * exp(-z * z / 2);

    ck_assert_double_le(count, expected + 6 * sqrt(expected));
}

/*
 * An unmarked page under random keys.  Given the page, the phases of the data carriers
 * are uniform and independent, so z has mean 0 and variance 1 exactly; the limits are six
 * deviations of their estimates, which are passed by chance once in 10^8.
 */
START_TEST(test_null_law)
{
    static const draw_kind kinds[] = {DRAW_COLOUR, DRAW_MANGA};
    int keys = SANITIZED && !long_tests() ? 60 : long_tests() ? 2000 : 300;
    scene s = scene_of(kinds[_i]);
    law l = {0, 0, 0, 0, 0};

    for (int i = 0; i < keys; i++)
        add_scores(&l, &s, (unsigned)(1000 + i), 8);
    ck_assert_double_le(fabs(l.sum / l.count), 6 / sqrt(l.count));
    ck_assert_double_le(fabs(l.squares / l.count - 1), 6 * sqrt(2.0 / l.count));
    assert_below(l.beyond_2, 2, l.count);
    assert_below(l.beyond_3, 3, l.count);
    release(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evidence");
    TCase *tests = tcase_create("evidence");

    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, test_formula);
    tcase_add_test(tests, test_monotone);
    tcase_add_test(tests, test_no_evidence);
    tcase_add_test(tests, test_stated);
    tcase_add_test(tests, test_reported);
    tcase_add_test(tests, test_lemma);
    tcase_add_test(tests, test_score_definition);
    tcase_add_test(tests, test_weights_are_blind);
    tcase_add_test(tests, test_poses_are_fixed);
    tcase_add_test(tests, test_poses_left_out);
    tcase_add_test(tests, test_focus_is_blind);
    tcase_add_test(tests, test_layers_add_up);
    tcase_add_test(tests, test_layers_are_blind);
    tcase_add_test(tests, test_turned_flats);
    tcase_add_loop_test(tests, test_sync_taken, 0, 3);
    tcase_add_loop_test(tests, test_null_law, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
