/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is named: a known mark, and no other in its place. */
#include "code/packed.h"
#include "evidence/bound.h"
#include "mark/asked.h"
#include "tests/support/pictures.h"

/* Two marks whose codewords differ in 256 bits of 2048. */
#define MARK_A UINT64_C(0x0400000000000001)
#define MARK_B UINT64_C(0x0000000000000001)

/* ----------------------------------------------------------------- packed bits */

/* As the code itself has them, and scores as their definition has them. */
START_TEST(test_packed)
{
    static tmk_packer packer;
    static tmk_scorer scorer;
    double sums[TMK_CODE_BITS];
    dice d = dice_of(1, 0);

    tmk_packer_init(&packer);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        sums[i] = dice_bell(&d);
    tmk_scorer_init(&scorer, sums, 0.5);
    for (int trial = 0; trial < 200; trial++) {
        uint64_t payload = dice_next(&d);
        uint8_t coded[TMK_CODE_BITS];
        tmk_packed packed;
        double sum = 0;

        tmk_payload_encode(payload, coded);
        tmk_packed_encode(&packed, &packer, payload);
        for (int i = 0; i < TMK_CODE_BITS; i++) {
            ck_assert_int_eq(packed.words[i / 64] >> (i % 64) & 1, coded[i]);
            sum += coded[i] ? -sums[i] : sums[i];
        }
        ck_assert_double_eq_tol(tmk_scorer_score(&scorer, &packed), 0.5 * sum, 1e-3);
    }
}
END_TEST

/* The coded bits that differ, counted one by one. */
START_TEST(test_distance)
{
    dice d = dice_of(6, 0);

    ck_assert_int_eq(tmk_mark_distance(MARK_A, MARK_B), 256);
    for (int trial = 0; trial < 20; trial++) {
        uint64_t a = dice_next(&d), b = dice_next(&d);
        uint8_t one[TMK_CODE_BITS], other[TMK_CODE_BITS];
        int differ = 0;

        tmk_payload_encode(a, one);
        tmk_payload_encode(b, other);
        for (int i = 0; i < TMK_CODE_BITS; i++)
            differ += one[i] != other[i];
        ck_assert_int_eq(tmk_mark_distance(a, b), differ);
        ck_assert_int_eq(tmk_mark_distance(a, a), 0);
    }
}
END_TEST

/* ----------------------------------------------------------------- what is asked */

/* Offers a pair in which MARK stands at Z deviations in white noise. */
static void offer(tmk_asked *asked, dice *d, uint64_t mark, double z, double likely)
{
    static uint8_t coded[TMK_CODE_BITS];
    tmk_pose pose = {.map = {1, 0, 0, 0, 1, 0}, .sync = likely};
    tmk_band band = {7, (float)likely};
    tmk_soft soft = {.power = TMK_CODE_BITS};

    tmk_payload_encode(mark, coded);
    for (int i = 0; i < TMK_CODE_BITS; i++) {
        soft.sums[i] = (coded[i] ? -1 : 1) * z / sqrt(TMK_CODE_BITS) + dice_bell(d);
        soft.values[i] = (float)soft.sums[i];
    }
    tmk_asked_offer(asked, &pose, &band, &soft);
}

/* Asks for LIST in one such pair; the mark that is named, or 0. */
static uint64_t named(dice *d, uint64_t mark, double z, const uint64_t *list, size_t count,
                      double least, int decoys)
{
    tmk_asking asking = {list, count, decoys, least, {0}};
    tmk_asked_answer answers[TMK_ASKED_ANSWERS];
    tmk_asked *asked;
    uint64_t name = 0;
    int found;

    for (size_t i = 0; i < sizeof asking.seed; i++)
        asking.seed[i] = (uint8_t)dice_next(d);
    ck_assert_int_eq(tmk_asked_new(&asked, NULL), TMK_OK);
    offer(asked, d, mark, z, 5);
    ck_assert_int_eq(tmk_asked_ask(asked, &asking, answers, &found, NULL), TMK_OK);
    if (found > 0)
        name = answers[0].mark;
    tmk_asked_free(&asked);
    return name;
}

/*
 * The page holds A, at the strength where B, 256 coded bits away, stands at the score that the
 * default bound asks for, and the list holds B alone: it is not named.  The best of the two is
 * B only where the noise of 256 bits turns them round: at z = 11.5 with
 * P(N > 11.5 sqrt(256 / 2048)) = P(N > 4.07) = 2.4e-5, three times in 10^5.
 */
START_TEST(test_near_is_not_named)
{
    static const uint64_t list[] = {MARK_B};
    double least = tmk_bound_least(-9, 1, 1, 1);
    int trials = SANITIZED ? 40 : long_tests() ? 2000 : 200, reached = 0;
    dice d = dice_of(2, 0);

    ck_assert_double_eq_tol(least, sqrt(2 * log(10) * (log10(2 * 256 * 4096) + 9)), 1e-9);
    for (int i = 0; i < trials; i++) {
        double z = 11.5 + i % 4 * 0.5;

        ck_assert_uint_eq(named(&d, MARK_A, z, list, 1, least, 0), 0);
        reached += dice_bell(&d) + 0.75 * z > least; /* as often as B's score would */
    }
    ck_assert_int_gt(reached, trials / 2);
}
END_TEST

/* It is named where it is there, at the same score: all but a few, which noise or a
 * neighbour hides. */
START_TEST(test_there_is_named)
{
    static const uint64_t list[] = {UINT64_C(0x66a1), MARK_B, UINT64_C(0x123456789abcdef0)};
    int trials = SANITIZED ? 20 : 100, hits = 0;
    dice d = dice_of(3, 0);

    for (int i = 0; i < trials; i++)
        hits += named(&d, MARK_B, 10.5, list, 3, 8.6, 2000) == MARK_B;
    ck_assert_int_ge(hits, trials * 85 / 100);
}
END_TEST

/*
 * The rank: marks of the list that are not in the picture are named no more often than
 * n / (n + M), whatever is in the picture: here a mark of z = 60, beside which every other
 * stands at up to 60 / 45 deviations more.  With n = 20 and M = 180 that is a tenth; of 400
 * trials it is passed by chance, 40 + 6 x 6, once in 10^8.
 */
START_TEST(test_rank)
{
    int trials = SANITIZED ? 100 : 400, wrong = 0;
    double expected = trials * pow(10, tmk_another_known(20, 180, 1));
    dice d = dice_of(4, 0);

    ck_assert_double_eq_tol(expected, trials / 10.0, 1e-6);
    for (int i = 0; i < trials; i++) {
        uint64_t list[20], there = dice_next(&d);

        for (int k = 0; k < 20; k++)
            list[k] = dice_next(&d);
        wrong += named(&d, there, 60, list, 20, -100, 180) != 0;
    }
    ck_assert_double_le(wrong, expected + 6 * sqrt(expected));
}
END_TEST

/* Of more pairs than are kept, those stay that carriers of known sign speak for. */
START_TEST(test_pairs)
{
    static const uint64_t list[] = {MARK_B};
    tmk_asking asking = {list, 1, 1000, 9, {0}};
    tmk_asked_answer answers[TMK_ASKED_ANSWERS];
    tmk_asked *asked;
    dice d = dice_of(5, 0);
    int count;

    ck_assert_int_eq(tmk_asked_new(&asked, NULL), TMK_OK);
    offer(asked, &d, MARK_B, 14, 2); /* the mark, at a pair of little promise */
    for (int i = 0; i < TMK_ASKED_PAIRS - 1; i++)
        offer(asked, &d, 1, 0, 3);
    ck_assert_int_eq(tmk_asked_ask(asked, &asking, answers, &count, NULL), TMK_OK);
    ck_assert_int_eq(count, 1);
    ck_assert_uint_eq(answers[0].mark, MARK_B);
    offer(asked, &d, 1, 0, 1); /* worse: not kept */
    ck_assert_int_eq(tmk_asked_ask(asked, &asking, answers, &count, NULL), TMK_OK);
    ck_assert_int_eq(count, 1);
    offer(asked, &d, 1, 0, 4); /* better: takes its place */
    ck_assert_int_eq(tmk_asked_ask(asked, &asking, answers, &count, NULL), TMK_OK);
    ck_assert_int_eq(count, 0);
    tmk_asked_free(&asked);
}
END_TEST

/* The formulas: 20,480 words that are decoded at most, n marks of 2^64; and the rank. */
START_TEST(test_formulas)
{
    ck_assert_double_eq_tol(tmk_another_blind(100, 1),
                            log10(256 * 80 * 100.0) - 64 * log10(2), 1e-9);
    ck_assert_double_eq_tol(tmk_another_blind(1, 1000), log10(256 * 80e3) - 64 * log10(2),
                            1e-9);
    ck_assert(isnan(tmk_another_blind(0, 1)));
    ck_assert_double_eq_tol(tmk_another_known(100, 99900, 1), -3, 1e-9);
    ck_assert_double_eq_tol(tmk_another_known(100, 99900, 10), -2, 1e-9);
    ck_assert_double_eq(tmk_another_known(100, 900, 1e6), 0);
    ck_assert(isnan(tmk_another_known(5, 0, 1)));
    ck_assert(tmk_bound_least(-50, 1e12, 5, 1) == HUGE_VAL);
    for (size_t n = 1; n < 2000; n *= 7) {
        double z = tmk_bound_least(-9, 100, n, 2);

        ck_assert_double_eq_tol(tmk_bound_stated(tmk_bound_known(z, n, 2), 100), -9, 1e-9);
    }
}
END_TEST

/* ------------------------------------------------------------------ in pictures */

/*
 * Pages that hold A are cut until little is left, and the list holds B alone.  Whatever is
 * reported is not B; where the list holds A as well, it is A.
 */
START_TEST(test_pages)
{
    static const uint64_t lists[2][2] = {{MARK_B, 0}, {MARK_B, MARK_A}};
    tmk_key *key = key_of(1);
    tmk_picture page = gradients(300, 300, 3, 8, 4);
    tmk_embed_options weak;
    tmk_extract_options options;
    tmk_extract_result result;
    int known = 0;

    tmk_embed_options_init(&weak);
    weak.strength = TMK_MIN_STRENGTH;
    ck_assert_int_eq(tmk_embed(key, &page, MARK_A, &weak, NULL, NULL), TMK_OK);
    tmk_extract_options_init(&options);
    options.effort = TMK_AS_RELEASED;
    options.log10_bound = -6;
    for (int side = 160; side <= 230; side += SANITIZED ? 20 : 5)
        for (int with = 0; with < 2; with++) {
            tmk_picture part = page;

            part.width = part.height = side;
            options.known_marks = lists[with];
            options.known_count = with + 1;
            ck_assert_int_eq(tmk_extract(key, &part, &options, &result, NULL), TMK_OK);
            for (int i = 0; i < result.count; i++) {
                ck_assert_uint_eq(result.marks[i].mark, MARK_A);
                known += result.marks[i].question == TMK_KNOWN;
            }
        }
    ck_assert_int_gt(known, 0);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("named");
    TCase *tests = tcase_create("named");

    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, test_packed);
    tcase_add_test(tests, test_distance);
    tcase_add_test(tests, test_near_is_not_named);
    tcase_add_test(tests, test_there_is_named);
    tcase_add_test(tests, test_rank);
    tcase_add_test(tests, test_pairs);
    tcase_add_test(tests, test_formulas);
    tcase_add_test(tests, test_pages);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
