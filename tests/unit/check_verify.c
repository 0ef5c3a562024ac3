/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the disk is read back, worn down, and judged; how many slices are needed. */
#include "tests/support/pictures.h"
#include "release/wear.h"
#include "tests/pages/draw.h"
#include "tests/support/scratch.h"

#define MARK 0x0123456789abcdefu
#define OTHER 0xfedcba9876543210u
#define NEEDED 16.0 /* as src/release/gain.h says */

static const tmk_verify_level levels[] = {TMK_VERIFY_NONE, TMK_VERIFY_LIGHT,
                                          TMK_VERIFY_NORMAL, TMK_VERIFY_HARD};

/* ------------------------------------------------------------------- the files */

static tmk_picture drawn(uint64_t seed, draw_kind kind, int width, int height)
{
    tmk_picture page = {0};

    ck_assert_int_eq(draw_page(seed, kind, width, height, &page, NULL), TMK_OK);
    return page;
}

static tmk_place embed(unsigned key_number, const tmk_picture *page, uint64_t mark,
                       double strength)
{
    tmk_key *key = key_of(key_number);
    tmk_embed_options options;
    tmk_embed_report report;

    tmk_embed_options_init(&options);
    options.strength = strength;
    ck_assert_int_eq(tmk_embed(key, page, mark, &options, &report, NULL), TMK_OK);
    tmk_key_free(&key);
    return report.place;
}

/* A verdict on MARK under key 1. */
static tmk_verdict verify(const char *name, const tmk_place *place, tmk_verify_level level)
{
    tmk_key *key = key_of(1);
    tmk_verdict verdict;
    tmk_error error = {TMK_OK, ""};

    ck_assert_msg(tmk_verify_file(key, name, MARK, place, level, 1, &verdict, &error) ==
                      TMK_OK,
                  "%s", error.text);
    tmk_key_free(&key);
    return verdict;
}

/* ------------------------------------------------------------------ good pages */

START_TEST(test_good_page)
{
    static const char *const names[] = {"page.png", "page.jpg", "page.webp"};
    tmk_picture page = drawn(11, DRAW_COLOUR, 800, 1000);
    /* at strength 1 its score after the hardest wear is 12.7 to 14.4, by the key */
    tmk_place place = embed(1, &page, MARK, 1.25);
    double before = HUGE_VAL;

    save_picture(&page, names[_i], 92);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        tmk_verdict verdict = verify(names[_i], i % 2 == 0 ? &place : NULL, levels[i]);

        ck_assert(verdict.passed == 1 && verdict.others == 0);
        ck_assert(verdict.windows == 1 && verdict.windows_passed == 1);
        ck_assert(verdict.rows == 1000 && verdict.rows_needed == 1000);
        ck_assert_double_le(verdict.log10_p, -9);
        ck_assert_double_gt(verdict.score, 12.6);
        ck_assert_double_lt(verdict.score, before);
        before = verdict.score;
    }
    tmk_picture_release(&page);
}
END_TEST

/* Grey, grey with alpha, RGBA, and 16 bits: no codec of a level stores them all.  Grey
 * has no chroma to carry a part, and need not survive the worst. */
START_TEST(test_kinds)
{
    static const int kinds[][2] = {{1, 8}, {2, 8}, {4, 8}, {3, 16}, {2, 16}, {4, 16}};
    tmk_picture page = gradients(560, 560, kinds[_i][0], kinds[_i][1], 31);

    embed(1, &page, MARK, 1);
    save_picture(&page, "kind.png", 0);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        ck_assert(verify("kind.png", NULL, levels[i]).passed ||
                  (kinds[_i][0] < 3 && levels[i] == TMK_VERIFY_HARD));
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------------- bad pages */

/* Another page's place, which is none of this one's, must not help either. */
START_TEST(test_nothing_there)
{
    tmk_picture page = drawn(12, DRAW_COLOUR, 400, 500), copy = copy_of(&page);
    tmk_place place = embed(1, &copy, MARK, 1);

    save_picture(&page, "unmarked.png", 0);
    embed(2, &page, MARK, 1);
    save_picture(&page, "other-key.png", 0);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        for (int j = 0; j < 4; j++) {
            tmk_verdict verdict = verify(j % 2 ? "unmarked.png" : "other-key.png",
                                         j / 2 ? &place : NULL, levels[i]);

            ck_assert(verdict.passed == 0 && verdict.others == 0);
            ck_assert(verdict.windows_passed == 0 && verdict.rows_needed == 0);
            ck_assert_double_eq(verdict.log10_p, 0);
            ck_assert_double_lt(verdict.score, 4.5);
        }
    tmk_picture_release(&page);
    tmk_picture_release(&copy);
}
END_TEST

START_TEST(test_other_mark)
{
    tmk_picture page = drawn(12, DRAW_COLOUR, 600, 800);

    embed(1, &page, OTHER, 1);
    save_picture(&page, "other.png", 0);
    for (size_t i = 0; i < 3; i++) {
        tmk_verdict verdict = verify("other.png", NULL, levels[i]);

        ck_assert(verdict.passed == 0 && verdict.others == 1 && verdict.other == OTHER);
        ck_assert_double_eq(verdict.score, 0);
    }
    embed(1, &page, MARK, 1);
    save_picture(&page, "both.png", 0);
    for (size_t i = 0; i < 3; i++) {
        tmk_verdict verdict = verify("both.png", NULL, levels[i]);

        ck_assert(verdict.passed == 1 && verdict.others == 1 && verdict.other == OTHER);
    }
    tmk_picture_release(&page);
}
END_TEST

/* A small page survives a portal, and not the worst; a stronger mark survives that too. */
START_TEST(test_weak_page)
{
    tmk_picture page = drawn(5, DRAW_COLOUR, 400, 400), again = copy_of(&page);
    tmk_place place = embed(1, &page, MARK, 1);
    tmk_verdict light, hard, known, strong;

    save_picture(&page, "weak.png", 0);
    light = verify("weak.png", &place, TMK_VERIFY_LIGHT);
    hard = verify("weak.png", NULL, TMK_VERIFY_HARD);
    known = verify("weak.png", &place, TMK_VERIFY_HARD);
    ck_assert(light.passed && !hard.passed && !known.passed);
    ck_assert_double_gt(known.score, 2);
    ck_assert_double_lt(known.score, light.score);
    ck_assert_int_eq(hard.rows_needed, 0);
    place = embed(1, &again, MARK, 4);
    save_picture(&again, "strong.png", 0);
    strong = verify("strong.png", &place, TMK_VERIFY_HARD);
    ck_assert_int_eq(strong.passed, 1);
    ck_assert_double_gt(strong.score, known.score);
    tmk_picture_release(&page);
    tmk_picture_release(&again);
}
END_TEST

/* Blank, and too small to be looked at once it is worn: verdicts, not failures. */
START_TEST(test_hopeless)
{
    tmk_picture blank = new_picture(300, 300, 3, 8), small = new_picture(70, 300, 3, 8);
    tmk_picture thin = new_picture(300, 20, 3, 8);

    fill_gradients(&small, 3);
    fill_gradients(&thin, 3);
    save_picture(&blank, "blank.png", 0);
    save_picture(&small, "small.png", 0);
    save_picture(&thin, "thin.png", 0);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        tmk_verdict verdicts[] = {verify("blank.png", NULL, levels[i]),
                                  verify("small.png", NULL, levels[i]),
                                  verify("thin.png", NULL, levels[i])};

        for (int j = 0; j < 3; j++)
            ck_assert(!verdicts[j].passed && verdicts[j].score < 4.5);
        ck_assert_int_eq(verdicts[0].windows, 1);
        ck_assert_int_eq(verdicts[1].windows, levels[i] != TMK_VERIFY_HARD);
        ck_assert_int_eq(verdicts[2].windows, 0);
    }
    tmk_picture_release(&blank);
    tmk_picture_release(&small);
    tmk_picture_release(&thin);
}
END_TEST

/* ------------------------------------------------------------------ tall files */

/* Of two windows the lower one alone is marked; windows cut at rows of whole blocks. */
START_TEST(test_tall)
{
    tmk_picture page = new_picture(80, 16401, 3, 8), untouched;
    tmk_place place;
    tmk_verdict verdict;

    fill_gradients(&page, 41);
    untouched = copy_of(&page);
    place = embed(1, &page, MARK, 1);
    save_picture(&page, "tall.png", 0);
    verdict = verify("tall.png", &place, TMK_VERIFY_NORMAL);
    ck_assert(verdict.passed && verdict.windows == 2 && verdict.windows_passed == 2);
    ck_assert_int_eq(verdict.rows, 16401);
    ck_assert_int_eq(verdict.rows_needed, 16401);
    for (int y = 0; y < 8200; y++)
        memcpy(tmk_picture_row(&page, y), tmk_picture_row(&untouched, y), page.stride);
    save_picture(&page, "half.png", 0);
    verdict = verify("half.png", &place, TMK_VERIFY_NORMAL);
    ck_assert(verdict.passed && verdict.windows == 2 && verdict.windows_passed == 1);
    ck_assert_int_eq(verdict.rows_needed, 16401);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

/* A weak mark's score is that of its place in every window. */
START_TEST(test_tall_and_weak)
{
    tmk_picture page = new_picture(72, 16500, 1, 8);
    tmk_place place;
    tmk_verdict seen, unseen;

    fill_noise(&page, 42);
    for (int y = 0; y < page.height; y++)
        for (int x = 0; x < page.width; x++)
            set_sample(&page, x, y, 0, 64 + get_sample(&page, x, y, 0) / 2);
    place = embed(1, &page, MARK, 0.33);
    save_picture(&page, "tall.png", 0);
    seen = verify("tall.png", &place, TMK_VERIFY_NORMAL);
    place.band = (place.band + 1) % 4096;
    unseen = verify("tall.png", &place, TMK_VERIFY_NORMAL);
    ck_assert(seen.windows == 2 && unseen.windows == 2);
    ck_assert_msg(seen.score > unseen.score + 4, "%g against %g", seen.score, unseen.score);
    tmk_picture_release(&page);
}
END_TEST

/* -------------------------------------------------------------------- failures */

START_TEST(test_failures)
{
    tmk_picture page = drawn(13, DRAW_COLOUR, 300, 300);
    tmk_key *key = key_of(1);
    tmk_place place = {0, 0, TMK_VARIANTS * 4096};
    tmk_verdict verdict;
    tmk_error error;
    static char bytes[1 << 20];
    size_t size;

    embed(1, &page, MARK, 1);
    save_picture(&page, "page.png", 0);
    size = scratch_read("page.png", bytes, sizeof bytes);
    scratch_write("short.png", bytes, size / 2, 0600);
    bytes[size / 2] ^= 1;
    scratch_write("damaged.png", bytes, size, 0600);
    scratch_write("empty.png", "", 0, 0600);
    ck_assert_int_eq(tmk_verify_file(key, "none.png", MARK, NULL, TMK_VERIFY_NORMAL, 1,
                                     &verdict, &error),
                     TMK_NOT_READABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "none.png"));
    ck_assert_int_eq(tmk_verify_file(key, "short.png", MARK, NULL, TMK_VERIFY_NORMAL, 1,
                                     &verdict, &error),
                     TMK_BAD_FILE);
    ck_assert_ptr_nonnull(strstr(error.text, "short.png"));
    ck_assert_int_eq(tmk_verify_file(key, "damaged.png", MARK, NULL, TMK_VERIFY_NORMAL, 1,
                                     &verdict, &error),
                     TMK_BAD_FILE);
    ck_assert_int_eq(tmk_verify_file(key, "empty.png", MARK, NULL, TMK_VERIFY_NORMAL, 1,
                                     &verdict, NULL),
                     TMK_BAD_FILE);
    ck_assert_int_eq(tmk_verify_file(NULL, "page.png", MARK, NULL, TMK_VERIFY_NORMAL, 1,
                                     &verdict, &error),
                     TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_verify_file(key, NULL, MARK, NULL, TMK_VERIFY_NORMAL, 1, &verdict,
                                     &error),
                     TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_verify_file(key, "page.png", MARK, &place, TMK_VERIFY_NORMAL, 1,
                                     &verdict, &error),
                     TMK_BAD_ARGUMENT);
    for (int i = -1; i < 100; i += 5)
        ck_assert_int_eq(tmk_verify_file(key, "page.png", MARK, NULL,
                                         (tmk_verify_level)(i < 0 ? -1 : 4 + i), 1, &verdict,
                                         &error),
                         TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_verify_file(key, "page.png", MARK, NULL, TMK_VERIFY_NORMAL, 0,
                                     &verdict, &error),
                     TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_verify_file(key, "page.png", MARK, NULL, TMK_VERIFY_NORMAL, 65,
                                     &verdict, &error),
                     TMK_BAD_ARGUMENT);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

START_TEST(test_threads)
{
    tmk_picture page = drawn(5, DRAW_COLOUR, 400, 400);
    tmk_place place = embed(1, &page, MARK, 1);
    tmk_key *key = key_of(1);

    save_picture(&page, "page.png", 0);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        tmk_verdict one = verify("page.png", &place, levels[i]);

        for (int threads = 2; threads <= 5; threads += 3) {
            tmk_verdict several;

            ck_assert_int_eq(tmk_verify_file(key, "page.png", MARK, &place, levels[i],
                                             threads, &several, NULL),
                             TMK_OK);
            ck_assert(one.passed == several.passed && one.score == several.score &&
                      one.log10_p == several.log10_p && one.others == several.others &&
                      one.rows_needed == several.rows_needed);
        }
    }
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------------------ wear */

/* Three pixels for every four, each the mean of what lies under it: of a plane that rises
 * by 2 a pixel both ways, the value at the middle of the new pixel, but for the codec. */
START_TEST(test_shrink)
{
    tmk_picture page = new_picture(48, 48, 1, 8);
    tmk_image *worn = NULL;
    tmk_picture *small;
    double sum = 0, squares = 0;

    for (int y = 0; y < 48; y++)
        for (int x = 0; x < 48; x++)
            set_sample(&page, x, y, 0, 30 + 2 * x + 2 * y);
    ck_assert_int_eq(tmk_wear(&page, TMK_VERIFY_HARD, &worn, NULL), TMK_OK);
    small = tmk_image_picture(worn);
    ck_assert(small->width == 36 && small->height == 36);
    for (int y = 0; y < 36; y++)
        for (int x = 0; x < 36; x++) {
            double change = get_sample(small, x, y, 0) - 30 - 2 * ((x + y + 1) / 0.75 - 1);

            ck_assert_double_lt(fabs(change), 12);
            sum += change;
            squares += change * change;
        }
    ck_assert_double_lt(fabs(sum), 36 * 36 * 0.5);
    ck_assert_double_lt(squares, 36 * 36 * 3.0 * 3.0);
    tmk_image_free(&worn);
    tmk_picture_release(&page);
}
END_TEST

/* ---------------------------------------------------------------------- slices */

/* By its definition: the smallest n such that all runs of n are read. */
static size_t brute_force(const tmk_verdict *slices, size_t count, int joined)
{
    for (size_t n = 1; n <= count; n++) {
        size_t good = 0;

        for (size_t from = 0; from + n <= count; from++) {
            double square = 0;
            int passed = 0;

            for (size_t i = from; i < from + n; i++) {
                passed |= slices[i].passed;
                if (slices[i].score >= 2)
                    square += slices[i].score * slices[i].score - 1;
            }
            good += passed || (joined && square >= NEEDED * NEEDED);
        }
        if (good == count - n + 1)
            return n;
    }
    return 0;
}

START_TEST(test_needed)
{
    dice d = dice_of(7, (uint64_t)_i);
    tmk_verdict slices[40] = {{0}};

    for (int trial = 0; trial < 500; trial++) {
        size_t count = (size_t)dice_int(&d, 0, 40);
        double most = dice_between(&d, 0, 20), pass = dice_between(&d, 0, 1);

        for (size_t i = 0; i < count; i++) {
            slices[i].score = dice_between(&d, -1, most);
            slices[i].passed = dice_chance(&d, pass * pass);
        }
        for (int joined = 0; joined < 2; joined++)
            ck_assert_uint_eq(tmk_slices_needed(slices, count, joined),
                              brute_force(slices, count, joined));
    }
}
END_TEST

START_TEST(test_needed_by_hand)
{
    tmk_verdict slices[8] = {{0}};

    ck_assert_uint_eq(tmk_slices_needed(NULL, 0, 0), 0);
    ck_assert_uint_eq(tmk_slices_needed(NULL, 0, 1), 0);
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 0), 0);
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 1), 0);
    slices[2].passed = slices[6].passed = 1;
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 0), 4);
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 1), 4);
    slices[3].score = slices[5].score = 12;
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 0), 4);
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 1), 3);
    for (int i = 0; i < 8; i++)
        slices[i] = (tmk_verdict){.passed = 1, .score = 5};
    ck_assert_uint_eq(tmk_slices_needed(slices, 8, 0), 1);
}
END_TEST

/*
 * A strip whose slices can't be read alone, cut by a pirate into runs of slices: all runs
 * that are long enough, by what the slices' own verdicts add up to, are read; of runs a
 * third as long, 9 deviations in the mean, hardly one is.
 */
START_TEST(test_joined)
{
    enum { SLICE = 72, SLICES = 32 };
    tmk_picture strip = drawn(9, DRAW_STRIP, 400, SLICE * SLICES);
    tmk_place place = embed(1, &strip, MARK, 0.74), own = place;
    tmk_verdict slices[SLICES];
    int needed, alone = 0, thirds = 0;

    for (int i = 0; i < SLICES; i++) {
        tmk_picture rows = rows_of(&strip, i * SLICE, SLICE);

        save_picture(&rows, "slice.png", 0);
        own.y = (place.y + i * SLICE) % 1024;
        own.band = (place.band + (place.y + i * SLICE) / 1024) % 4096;
        slices[i] = verify("slice.png", &own, TMK_VERIFY_NORMAL);
        alone += slices[i].passed;
    }
    ck_assert_int_eq(alone, 0);
    ck_assert_uint_eq(tmk_slices_needed(slices, SLICES, 0), 0);
    needed = (int)tmk_slices_needed(slices, SLICES, 1);
    ck_assert(needed > 5 && needed < SLICES);
    for (int i = 0; i + needed <= SLICES; i++) {
        tmk_picture run = rows_of(&strip, i * SLICE, needed * SLICE);
        tmk_picture third = rows_of(&strip, i * SLICE, needed / 3 * SLICE);

        save_picture(&run, "run.png", 0);
        save_picture(&third, "half.png", 0);
        ck_assert_msg(verify("run.png", NULL, TMK_VERIFY_NORMAL).passed, "slices %d to %d", i,
                      i + needed - 1);
        thirds += verify("half.png", NULL, TMK_VERIFY_NORMAL).passed;
    }
    ck_assert_int_le(thirds, (SLICES - needed) / 4);
    tmk_picture_release(&strip);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verify");
    TCase *pages = tcase_create("pages"), *tall = tcase_create("tall");
    TCase *slices = tcase_create("slices");

    tcase_add_checked_fixture(pages, scratch_begin, scratch_end);
    tcase_set_timeout(pages, 300);
    tcase_add_loop_test(pages, test_good_page, 0, 3);
    tcase_add_loop_test(pages, test_kinds, 0, 6);
    tcase_add_test(pages, test_nothing_there);
    tcase_add_test(pages, test_other_mark);
    tcase_add_test(pages, test_weak_page);
    tcase_add_test(pages, test_hopeless);
    tcase_add_test(pages, test_failures);
    tcase_add_test(pages, test_threads);
    tcase_add_checked_fixture(tall, scratch_begin, scratch_end);
    tcase_set_timeout(tall, 300);
    tcase_add_test(tall, test_tall);
    tcase_add_test(tall, test_tall_and_weak);
    tcase_add_test(tall, test_joined);
    tcase_add_test(slices, test_shrink);
    tcase_add_loop_test(slices, test_needed, 0, 4);
    tcase_add_test(slices, test_needed_by_hand);
    suite_add_tcase(suite, pages);
    suite_add_tcase(suite, tall);
    suite_add_tcase(suite, slices);
    return run_suite(suite);
}
