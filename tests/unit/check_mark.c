/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two calls as a user makes them: what is embedded is read, and nothing else is. */
#include <stdint.h>

#include "base/memory.h"
#include "mark/origin.h"
#include "tests/support/pictures.h"
#include "tests/attack/attack.h"
#include "tests/pages/draw.h"

#define MARK UINT64_C(0xfedcba9876543210)

static tmk_embed_report embed(unsigned key_number, const tmk_picture *picture, uint64_t mark,
                              double strength)
{
    tmk_key *key = key_of(key_number);
    tmk_embed_options options;
    tmk_embed_report report;
    tmk_error error = {TMK_OK, ""};

    tmk_embed_options_init(&options);
    options.strength = strength;
    ck_assert_msg(tmk_embed(key, picture, mark, &options, &report, &error) == TMK_OK, "%s",
                  error.text);
    tmk_key_free(&key);
    return report;
}

static tmk_extract_result extract(unsigned key_number, const tmk_picture *picture,
                                  const tmk_extract_options *options)
{
    tmk_key *key = key_of(key_number);
    tmk_extract_result result;
    tmk_error error = {TMK_OK, ""};

    ck_assert_msg(tmk_extract(key, picture, options, &result, &error) == TMK_OK, "%s",
                  error.text);
    ck_assert(result.count >= 0 && result.count <= TMK_MAX_FOUND);
    tmk_key_free(&key);
    return result;
}

static tmk_extract_options with_effort(tmk_effort effort)
{
    tmk_extract_options options;

    tmk_extract_options_init(&options);
    options.effort = effort;
    return options;
}

static tmk_extract_result extract_fast(unsigned key_number, const tmk_picture *picture)
{
    tmk_extract_options options = with_effort(TMK_FAST);

    return extract(key_number, picture, &options);
}

static void assert_only(const tmk_extract_result *result, uint64_t mark)
{
    ck_assert_int_eq(result->count, 1);
    ck_assert_uint_eq(result->marks[0].mark, mark);
    ck_assert_double_le(result->marks[0].log10_p, -9);
    ck_assert_double_gt(result->marks[0].score, 8);
}

static int holds(const tmk_extract_result *result, uint64_t mark)
{
    for (int i = 0; i < result->count; i++)
        if (result->marks[i].mark == mark)
            return 1;
    return 0;
}

/* ---------------------------------------------------------------- round trips */

/* All channels and depths; the loop's number names them. */
START_TEST(test_kinds)
{
    tmk_picture page = gradients(400, 520, 1 + _i % 4, _i < 4 ? 8 : 16, 1);
    tmk_picture untouched = copy_of(&page);
    tmk_embed_report report = embed(1, &page, MARK, 1);
    tmk_extract_result result = extract_fast(1, &page);

    assert_only(&result, MARK);
    ck_assert(!same_pixels(&page, &untouched));
    ck_assert(report.psnr_db > 35 && report.psnr_db < 60);
    ck_assert(report.luma_psnr_db >= report.psnr_db - 1e-9);
    ck_assert_double_gt(report.margin_db, 0);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

START_TEST(test_drawn_pages)
{
    static const draw_kind kinds[] = {DRAW_COLOUR, DRAW_MANGA, DRAW_STRIP};
    tmk_picture page = {0};
    tmk_extract_result result;
    tmk_embed_report report;

    ck_assert_int_eq(draw_page(11, kinds[_i], 600, 800, &page, NULL), TMK_OK);
    report = embed(1, &page, MARK, 1);
    result = extract_fast(1, &page);
    /* hard black and white, all of it untouchable, holds too little: embedding says so */
    if (kinds[_i] == DRAW_MANGA && report.margin_db < 0)
        ck_assert(result.count == 0 || holds(&result, MARK));
    else
        assert_only(&result, MARK);
    tmk_picture_release(&page);
}
END_TEST

/* Dark modes, editors and night lights: seen from the sync carriers, nothing is lost. */
START_TEST(test_colours)
{
    static const struct {
        draw_kind kind;
        const char *attack;
    } cases[] = {
        {DRAW_COLOUR, "invert"}, {DRAW_COLOUR, "invert+hue:180"}, {DRAW_COLOUR, "hue:90"},
        {DRAW_STRIP, "hue:180"}, {DRAW_STRIP, "night:3400"},      {DRAW_STRIP, "invert"},
        {DRAW_STRIP, "sepia"},   {DRAW_COLOUR, "dim:2:0.5"},
    };
    tmk_picture page = {0}, seized = {0};
    tmk_extract_result result;

    ck_assert_int_eq(draw_page(11, cases[_i].kind, 600, 800, &page, NULL), TMK_OK);
    embed(1, &page, MARK, 1);
    ck_assert_int_eq(attack_apply(cases[_i].attack, 1, &page, &seized, NULL), TMK_OK);
    result = extract_fast(1, &seized);
    assert_only(&result, MARK);
    tmk_picture_release(&seized);
    tmk_picture_release(&page);
}
END_TEST

/* A stretched copy is reported as it lies, to 0.2 % and 0.1 degrees. */
START_TEST(test_geometry)
{
    tmk_extract_options options = with_effort(TMK_DEEP);
    tmk_picture page = {0}, seized = {0};
    tmk_extract_result result;

    ck_assert_int_eq(draw_page(11, DRAW_COLOUR, 600, 800, &page, NULL), TMK_OK);
    embed(1, &page, MARK, 1);
    ck_assert_int_eq(attack_apply("aspect:1.03:1+jpeg:75", 1, &page, &seized, NULL), TMK_OK);
    result = extract(1, &seized, &options);
    assert_only(&result, MARK);
    ck_assert_double_eq_tol(result.marks[0].scale_x, 1.03, 0.002);
    ck_assert_double_eq_tol(result.marks[0].scale_y, 1, 0.002);
    ck_assert_double_eq_tol(result.marks[0].rotation_deg, 0, 0.1);
    tmk_picture_release(&seized);
    tmk_picture_release(&page);
}
END_TEST

START_TEST(test_marks)
{
    static const uint64_t marks[] = {0, 1, UINT64_C(1) << 63, UINT64_MAX};
    tmk_picture page = gradients(300, 400, 3, 8, 2);
    tmk_extract_result result;

    embed(1, &page, marks[_i], 1);
    result = extract_fast(1, &page);
    assert_only(&result, marks[_i]);
    tmk_picture_release(&page);
}
END_TEST

/* Transparent pixels keep their bytes, and no alpha changes. */
START_TEST(test_alpha)
{
    int channels = _i & 1 ? 4 : 2, depth = _i & 2 ? 16 : 8;
    int most = depth == 8 ? 255 : 65535;
    tmk_picture page = gradients(400, 520, channels, depth, 3), untouched;
    tmk_extract_result result;

    for (int y = 0; y < 520; y++)
        for (int x = 0; x < 400; x++) {
            int hole = x > 250 && y<200, soft = y> 400;

            set_sample(&page, x, y, channels - 1, hole ? 0 : soft ? 1 + most / 3 : most);
        }
    untouched = copy_of(&page);
    embed(1, &page, MARK, 1);
    for (int y = 0; y < 520; y++)
        for (int x = 0; x < 400; x++) {
            int alpha = get_sample(&untouched, x, y, channels - 1);

            ck_assert_int_eq(get_sample(&page, x, y, channels - 1), alpha);
            for (int c = 0; alpha == 0 && c < channels; c++)
                ck_assert_int_eq(get_sample(&page, x, y, c), get_sample(&untouched, x, y, c));
        }
    result = extract_fast(1, &page);
    assert_only(&result, MARK);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

/* Longer rows give the same pixels, and what lies beyond them stays. */
START_TEST(test_stride)
{
    enum { EXTRA = 38 };
    tmk_picture tight = gradients(300, 200, 3, _i == 0 ? 8 : 16, 4), loose = tight;
    size_t row = tight.stride;
    unsigned char *bytes;

    loose.stride = row + EXTRA;
    loose.pixels = bytes = tmk_calloc(200, loose.stride);
    ck_assert_ptr_nonnull(bytes);
    memset(bytes, 0xa7, 200 * loose.stride);
    for (int y = 0; y < 200; y++)
        memcpy(tmk_picture_row(&loose, y), tmk_picture_row(&tight, y), row);
    embed(1, &tight, MARK, 1);
    embed(1, &loose, MARK, 1);
    ck_assert(same_pixels(&tight, &loose));
    for (size_t y = 0; y < 200; y++)
        for (size_t i = row; i < loose.stride; i++)
            ck_assert_int_eq(bytes[y * loose.stride + i], 0xa7);
    tmk_free(bytes);
    tmk_picture_release(&tight);
}
END_TEST

static int same_found(const tmk_extract_result *a, const tmk_extract_result *b)
{
    if (a->count != b->count)
        return 0;
    for (int i = 0; i < a->count; i++) {
        const tmk_found *x = &a->marks[i], *y = &b->marks[i];

        if (x->mark != y->mark || x->log10_tail != y->log10_tail || x->score != y->score ||
            x->scale_x != y->scale_x || x->scale_y != y->scale_y ||
            x->rotation_deg != y->rotation_deg || x->flipped != y->flipped ||
            x->offset_x != y->offset_x || x->offset_y != y->offset_y)
            return 0;
    }
    return 1;
}

/* Threads change neither a pixel nor a digit of the report or the answer. */
START_TEST(test_threads)
{
    static const int threads[] = {1, 2, 7};
    tmk_picture page = gradients(500, 1500, 3, 8, 5), first = {0};
    tmk_embed_report first_report = {.psnr_db = 0};
    tmk_extract_result first_result = {0};
    tmk_key *key = key_of(1);

    for (int i = 0; i < 3; i++) {
        tmk_picture copy = copy_of(&page);
        tmk_embed_options how;
        tmk_extract_options options = with_effort(TMK_FAST);
        tmk_embed_report report;
        tmk_extract_result result;

        tmk_embed_options_init(&how);
        how.threads = options.threads = threads[i];
        ck_assert_int_eq(tmk_embed(key, &copy, MARK, &how, &report, NULL), TMK_OK);
        ck_assert_int_eq(tmk_extract(key, &copy, &options, &result, NULL), TMK_OK);
        assert_only(&result, MARK);
        if (i == 0) {
            first = copy;
            first_report = report;
            first_result = result;
            continue;
        }
        ck_assert(same_pixels(&copy, &first));
        ck_assert(report.psnr_db == first_report.psnr_db &&
                  report.luma_psnr_db == first_report.luma_psnr_db &&
                  report.margin_db == first_report.margin_db);
        ck_assert(same_found(&result, &first_result));
        tmk_picture_release(&copy);
    }
    tmk_key_free(&key);
    tmk_picture_release(&first);
    tmk_picture_release(&page);
}
END_TEST

/* Another mark, key or page each gives a change of its own. */
START_TEST(test_changes_differ)
{
    tmk_picture page = gradients(200, 200, 3, 8, 6), base, other;

    base = copy_of(&page);
    embed(1, &base, MARK, 1);
    for (int i = 0; i < 3; i++) {
        other = copy_of(&page);
        embed(i == 1 ? 2 : 1, &other, i == 2 ? MARK ^ 1 : MARK, 1);
        ck_assert_int_eq(same_pixels(&base, &other), i == 0);
        tmk_picture_release(&other);
    }
    tmk_picture_release(&base);
    tmk_picture_release(&page);
}
END_TEST

/* ---------------------------------------------------------------------- sizes */

START_TEST(test_smallest)
{
    tmk_picture page = gradients(TMK_MIN_SIDE, TMK_MIN_SIDE, 3, 8, 7);
    tmk_extract_options options = with_effort(TMK_NORMAL);
    tmk_extract_result result;

    embed(1, &page, MARK, 1);
    result = extract(1, &page, &options);
    ck_assert(result.count == 0 || (result.count == 1 && result.marks[0].mark == MARK));
    tmk_picture_release(&page);
}
END_TEST

START_TEST(test_long_and_wide)
{
    tmk_picture page = _i == 0 ? gradients(100, 3000, 3, 8, 8)
                               : gradients(3000, 100, 3, 8, 8);
    tmk_extract_result result;

    embed(1, &page, MARK, 1);
    result = extract_fast(1, &page);
    assert_only(&result, MARK);
    tmk_picture_release(&page);
}
END_TEST

/* Long sides; a piece out of the middle can be read. */
START_TEST(test_longest)
{
    enum { LONG = 100000 };
    tmk_picture page = _i == 0 ? gradients(TMK_MIN_SIDE, LONG, 3, 8, 9)
                               : gradients(LONG, TMK_MIN_SIDE, 3, 8, 9);
    tmk_picture piece = page;
    tmk_embed_report report = embed(1, &page, MARK, 1);
    tmk_extract_result result;

    ck_assert(report.psnr_db > 35 && report.psnr_db < 60);
    if (_i == 0) {
        piece.height = 3000;
        piece.pixels = tmk_picture_row(&page, 80000);
    } else {
        piece.width = 3000;
        piece.pixels = (unsigned char *)page.pixels + 80000 * tmk_picture_pixel_size(&page);
    }
    result = extract_fast(1, &piece);
    assert_only(&result, MARK);
    tmk_picture_release(&page);
}
END_TEST

/* -------------------------------------------------------- nothing to be found */

/* Each of these would name a mark wrongly with a probability below 10^-9. */
START_TEST(test_wrong_key)
{
    tmk_picture page = gradients(400, 520, 3, 8, 10);
    tmk_extract_options options = with_effort(_i == 0 ? TMK_FAST : TMK_NORMAL);
    tmk_extract_result result;

    embed(1, &page, MARK, 1);
    result = extract(2, &page, &options);
    ck_assert_int_eq(result.count, 0);
    tmk_picture_release(&page);
}
END_TEST

START_TEST(test_unmarked)
{
    tmk_picture page = {0};
    tmk_extract_options options = with_effort(_i == 0 ? TMK_NORMAL : TMK_FAST);
    tmk_extract_result result;

    ck_assert_int_eq(draw_page(12, _i == 1 ? DRAW_MANGA : DRAW_COLOUR, 400, 520, &page, NULL),
                     TMK_OK);
    result = extract(1, &page, &options);
    ck_assert_int_eq(result.count, 0);
    tmk_picture_release(&page);
}
END_TEST

/* White, black, mid grey with no alpha at all: nothing changes and nothing is read. */
START_TEST(test_blank)
{
    tmk_picture page = new_picture(300, 260, 4, 8), untouched;
    tmk_embed_report report;
    tmk_extract_result result;

    for (int y = 0; y < 260; y++)
        for (int x = 0; x < 300; x++)
            for (int c = 0; c < 4; c++)
                set_sample(&page, x, y, c,
                           c == 3    ? (_i == 2 ? 0 : 255)
                           : _i == 0 ? 255
                           : _i == 1 ? 0
                                     : 128);
    untouched = copy_of(&page);
    report = embed(1, &page, MARK, 1);
    ck_assert(same_pixels(&page, &untouched));
    ck_assert(report.psnr_db == HUGE_VAL && report.luma_psnr_db == HUGE_VAL);
    ck_assert(report.margin_db == -HUGE_VAL);
    result = extract_fast(1, &page);
    ck_assert_int_eq(result.count, 0);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

/* -------------------------------------------------------- more than one mark */

/* MEAN becomes that of three pictures of its size, pixel by pixel. */
static void average(tmk_picture *mean, const tmk_picture copies[3])
{
    for (int y = 0; y < mean->height; y++)
        for (int x = 0; x < mean->width; x++)
            for (int c = 0; c < mean->channels; c++) {
                int sum = 0;

                for (int i = 0; i < 3; i++)
                    sum += get_sample(&copies[i], x, y, c);
                set_sample(mean, x, y, c, (sum + 1) / 3);
            }
}

/* Three channels' copies, averaged: all three are named. */
START_TEST(test_average)
{
    static const uint64_t marks[3] = {MARK, ~MARK, 77};
    tmk_picture page = gradients(600, 800, 3, 8, 13), copies[3];
    tmk_extract_result result;

    for (int i = 0; i < 3; i++) {
        copies[i] = copy_of(&page);
        embed(1, &copies[i], marks[i], 1);
    }
    average(&page, copies);
    result = extract_fast(1, &page);
    ck_assert_int_eq(result.count, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert(holds(&result, marks[i]));
        ck_assert(i == 0 || result.marks[i - 1].log10_tail <= result.marks[i].log10_tail);
        tmk_picture_release(&copies[i]);
    }
    tmk_picture_release(&page);
}
END_TEST

static tmk_embed_report embed_variant(const tmk_picture *page, uint64_t mark, int variant)
{
    tmk_key *key = key_of(1);
    tmk_embed_options options;
    tmk_embed_report report;

    tmk_embed_options_init(&options);
    options.variant = variant;
    ck_assert_int_eq(tmk_embed(key, page, mark, &options, &report, NULL), TMK_OK);
    tmk_key_free(&key);
    return report;
}

/* The entry of VARIANT, whose mark must be MARK. */
static const tmk_found *find_variant(const tmk_extract_result *result, int variant)
{
    for (int i = 0; i < result->count; i++)
        if (result->marks[i].variant == variant) {
            ck_assert_uint_eq(result->marks[i].mark, MARK);
            return &result->marks[i];
        }
    ck_abort_msg("variant %d was not found", variant);
    return NULL;
}

static tmk_extract_result extract_variants(const tmk_picture *picture, int variants)
{
    tmk_extract_options options = with_effort(TMK_FAST);

    options.variants = variants;
    return extract(1, picture, &options);
}

/* Variants of a mark lie at one place, 4096 bands apart; their mean shows them all, each with
 * its own band. */
START_TEST(test_variants)
{
    static const int variants[3] = {0, 7, TMK_VARIANTS - 1};
    tmk_picture page = gradients(600, 800, 3, 8, 13), copies[3];
    tmk_embed_report reports[3];
    tmk_extract_result result;

    for (int i = 0; i < 3; i++) {
        copies[i] = copy_of(&page);
        reports[i] = embed_variant(&copies[i], MARK, variants[i]);
        ck_assert_int_eq(reports[i].place.x, reports[0].place.x);
        ck_assert_int_eq(reports[i].place.y, reports[0].place.y);
        ck_assert_int_eq(reports[i].place.band, reports[0].place.band + 4096 * variants[i]);
        ck_assert_int_eq(reports[i].place.band / 4096, variants[i]);
    }
    average(&page, copies);
    result = extract_variants(&page, TMK_VARIANTS);
    ck_assert_int_eq(result.count, 3);
    for (int i = 0; i < 3; i++) {
        const tmk_found *found = find_variant(&result, variants[i]);

        ck_assert_int_eq(found->band, reports[i].place.band);
        ck_assert_double_eq_tol(found->offset_x, reports[i].place.x, 1);
        ck_assert_double_eq_tol(found->offset_y, reports[i].place.y, 1);
        tmk_picture_release(&copies[i]);
    }
    tmk_picture_release(&page);
}
END_TEST

/* Only the variants that are asked for are read, and asking for more is counted. */
START_TEST(test_variants_asked)
{
    tmk_picture page = gradients(600, 800, 3, 8, 13);
    tmk_extract_result few, many;
    const tmk_found *one, *other;

    embed_variant(&page, MARK, 3);
    few = extract_variants(&page, 3);
    ck_assert_int_eq(few.count, 0);
    few = extract_variants(&page, 4);
    many = extract_variants(&page, 8);
    one = find_variant(&few, 3);
    other = find_variant(&many, 3);
    ck_assert_double_eq(one->score, other->score);
    ck_assert_double_eq_tol(other->log10_tail - one->log10_tail, log10(2), 1e-9);
    tmk_picture_release(&page);
}
END_TEST

/* A slice from below a page's first band shows where it lies itself. */
START_TEST(test_variant_below)
{
    tmk_picture page = gradients(300, 2600, 3, 8, 15), slice = page;
    tmk_embed_report report = embed_variant(&page, MARK, 1);
    tmk_extract_result result;
    int below = report.place.y + 1900;

    slice.pixels = tmk_picture_row(&page, 1900);
    slice.height = 700;
    result = extract_variants(&slice, 2);
    ck_assert_int_eq(result.count, 1);
    ck_assert_int_eq(find_variant(&result, 1)->band,
                     4096 + (report.place.band - 4096 + below / 1024) % 4096);
    ck_assert_double_eq_tol(result.marks[0].offset_y, below % 1024, 2);
    tmk_picture_release(&page);
}
END_TEST

/* All rows of a page, however tall, lie in bands of its variant. */
START_TEST(test_origins)
{
    tmk_key *key = key_of(3);
    uint8_t content[TMK_CONTENT_BYTES] = {0};

    for (int i = 0; i < 2000; i++) {
        int variant = i % TMK_VARIANTS;
        tmk_origin top, end;

        content[0] = (uint8_t)i;
        content[1] = (uint8_t)(i >> 8);
        tmk_origin_of(&top, key, MARK, variant, content);
        end = tmk_origin_below(&top, 1000 * i);
        ck_assert(top.x >= 0 && top.x < 1024 && top.y >= 0 && top.y < 1024);
        ck_assert_int_eq(top.band / 4096, variant);
        ck_assert_int_eq(end.band / 4096, variant);
        ck_assert_int_eq(end.band % 4096,
                         (top.band % 4096 + (top.y + 1000 * i) / 1024) % 4096);
        ck_assert_int_eq(end.y, (top.y + 1000 * i) % 1024);
    }
    tmk_key_free(&key);
}
END_TEST

/* Two pages for two channels, one below the other in one slice. */
START_TEST(test_joined)
{
    tmk_picture slice = gradients(500, 1200, 3, 8, 14), part = slice;
    tmk_extract_result result;

    part.height = 700;
    embed(1, &part, MARK, 1);
    part.pixels = tmk_picture_row(&slice, 700);
    part.height = 500;
    embed(1, &part, ~MARK, 1);
    result = extract_fast(1, &slice);
    ck_assert_int_eq(result.count, 2);
    ck_assert(holds(&result, MARK) && holds(&result, ~MARK));
    tmk_picture_release(&slice);
}
END_TEST

/* ------------------------------------------------------------------- strength */

/* Mean squared change per colour sample, as PSNR in 8-bit terms. */
static double psnr_of(const tmk_picture *a, const tmk_picture *b, int luma)
{
    static const double weights[3] = {0.299, 0.587, 0.114};
    int colours = a->channels >= 3 ? 3 : 1;
    double unit = a->depth == 8 ? 1 : 257, sum = 0, count;

    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            double change = 0;

            for (int c = 0; c < colours; c++) {
                double d = (get_sample(a, x, y, c) - get_sample(b, x, y, c)) / unit;

                change += luma ? d * (colours == 3 ? weights[c] : 1) : d * d;
            }
            sum += luma ? change * change : change;
        }
    count = (double)a->width * a->height * (luma ? 1 : colours);
    return 10 * log10(255.0 * 255.0 * count / sum);
}

START_TEST(test_psnr)
{
    tmk_picture page = gradients(300, 200, 1 + _i % 4, _i < 4 ? 8 : 16, 15);
    tmk_picture untouched = copy_of(&page);
    tmk_embed_report report = embed(1, &page, MARK, 1);

    ck_assert_double_eq_tol(report.psnr_db, psnr_of(&page, &untouched, 0), 1e-9);
    ck_assert_double_eq_tol(report.luma_psnr_db, psnr_of(&page, &untouched, 1), 1e-9);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

/* Twice the strength is 6.02 dB; 16 bits a sample leave rounding aside. */
START_TEST(test_strength)
{
    static const double strengths[] = {0.25, 0.5, 1, 2, 4};
    double before = 0, margin = 0;

    for (int i = 0; i < 5; i++) {
        tmk_picture page = gradients(400, 520, 3, 16, 16);
        tmk_embed_report report = embed(1, &page, MARK, strengths[i]);
        tmk_extract_result result = extract_fast(1, &page);

        assert_only(&result, MARK);
        if (i > 0) {
            ck_assert_double_eq_tol(before - report.psnr_db, 20 * log10(2), 0.02);
            ck_assert_double_gt(report.margin_db, margin);
        }
        before = report.psnr_db;
        margin = report.margin_db;
        tmk_picture_release(&page);
    }
}
END_TEST

/* ---------------------------------------------------------------- known marks */

/* Adds uniform noise of +-RANGE to every sample. */
static void add_noise(const tmk_picture *page, int range, uint64_t seed)
{
    dice d = dice_of(seed, 5);

    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++)
            for (int c = 0; c < page->channels; c++) {
                int value = get_sample(page, x, y, c) + dice_int(&d, -range, range);

                set_sample(page, x, y, c, value < 0 ? 0 : value > 255 ? 255 : value);
            }
}

/* Between what a list of marks needs and what blind reading needs lies some noise. */
START_TEST(test_known)
{
    tmk_picture marked = gradients(320, 400, 3, 8, 17);
    uint64_t known[10], others[10];
    int helped = 0;

    for (uint64_t i = 0; i < 10; i++) {
        known[i] = i == 6 ? MARK : 1000 + i;
        others[i] = 2000 + i;
    }
    embed(1, &marked, MARK, 0.25);
    for (int attempt = 0; attempt < 60 && !helped; attempt++) {
        tmk_picture page = copy_of(&marked);
        tmk_extract_options options = with_effort(TMK_FAST);
        tmk_extract_result blind, listed, unlisted;

        add_noise(&page, 1 + attempt / 4, (uint64_t)attempt);
        blind = extract(1, &page, &options);
        options.known_marks = known;
        options.known_count = 10;
        listed = extract(1, &page, &options);
        options.known_marks = others;
        unlisted = extract(1, &page, &options);
        ck_assert_int_le(listed.count, 1);
        ck_assert(listed.count == 0 || listed.marks[0].mark == MARK);
        ck_assert(unlisted.count == 0 || unlisted.marks[0].mark == MARK);
        if (blind.count == 1)
            ck_assert_int_eq(listed.count, 1);
        else
            ck_assert_int_eq(unlisted.count, 0);
        helped = blind.count == 0 && listed.count == 1;
        tmk_picture_release(&page);
    }
    ck_assert(helped);
    tmk_picture_release(&marked);
}
END_TEST

/* A mark is reported at the bound and below, and not above it. */
START_TEST(test_bound)
{
    tmk_picture page = gradients(250, 250, 3, 8, 18);
    tmk_extract_options options = with_effort(TMK_FAST);
    tmk_extract_result result;

    embed(1, &page, MARK, 0.25);
    result = extract(1, &page, &options);
    assert_only(&result, MARK);
    ck_assert_double_gt(result.marks[0].log10_p, -40);
    options.log10_bound = result.marks[0].log10_p + 0.5;
    result = extract(1, &page, &options);
    assert_only(&result, MARK);
    /* Where nothing is found the very place is looked for, which may be a little better. */
    options.log10_bound = result.marks[0].log10_p - 0.5;
    result = extract(1, &page, &options);
    ck_assert(result.count == 0 || result.marks[0].log10_p <= options.log10_bound);
    options.log10_bound -= 9;
    result = extract(1, &page, &options);
    ck_assert_int_eq(result.count, 0);
    options.log10_bound += 10;
    result = extract(1, &page, &options);
    assert_only(&result, MARK);
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------ bad arguments */

/* Pictures that must be refused, or the process is lost. */
static const struct {
    int width, height, channels, depth;
    size_t stride;
} bad_pictures[] = {
    {0, 200, 3, 8, 600},           {200, 0, 3, 8, 600},
    {-200, 200, 3, 8, 600},        {200, -1, 3, 8, 600},
    {INT32_MAX, 200, 3, 8, 600},   {200, INT32_MIN, 3, 8, 600},
    {200, 200, 0, 8, 600},         {200, 200, 5, 8, 1000},
    {200, 200, -3, 8, 600},        {200, 200, 3, 7, 600},
    {200, 200, 3, 0, 600},         {200, 200, 3, -8, 600},
    {200, 200, 3, 32, 2400},       {200, 200, 3, 8, 599},
    {200, 200, 3, 16, 600},        {200, 200, 3, 8, 0},
    {63, 200, 3, 8, 600},          {200, 63, 3, 8, 600},
    {1000001, 64, 1, 8, 1000001},  {65500, 65500, 4, 16, SIZE_MAX},
    {65500, 6107, 1, 8, 65500},    {200, 200, INT32_MAX, 8, 600},
    {200, 200, 3, INT32_MAX, 600},
};
enum { BAD_PICTURES = sizeof bad_pictures / sizeof bad_pictures[0] };

START_TEST(test_bad_pictures)
{
    tmk_picture real = gradients(200, 200, 3, 8, 19), untouched = copy_of(&real), bad;
    tmk_key *key = key_of(1);
    tmk_extract_result result;
    tmk_error error = {TMK_OK, ""};

    bad = (tmk_picture){bad_pictures[_i].width,    bad_pictures[_i].height,
                        bad_pictures[_i].channels, bad_pictures[_i].depth,
                        bad_pictures[_i].stride,   real.pixels};
    ck_assert_int_ne(tmk_embed(key, &bad, MARK, NULL, NULL, &error), TMK_OK);
    ck_assert(error.status != TMK_OK && error.text[0] != '\0');
    ck_assert_int_eq(tmk_extract(key, &bad, NULL, &result, NULL), error.status);
    ck_assert(same_pixels(&real, &untouched));
    tmk_key_free(&key);
    tmk_picture_release(&real);
    tmk_picture_release(&untouched);
}
END_TEST

START_TEST(test_nothing_given)
{
    tmk_picture page = gradients(200, 200, 3, 8, 20), empty = page;
    tmk_key *key = key_of(1);
    tmk_extract_result result;

    empty.pixels = NULL;
    ck_assert_int_eq(tmk_embed(NULL, &page, MARK, NULL, NULL, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_embed(key, NULL, MARK, NULL, NULL, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_embed(key, &empty, MARK, NULL, NULL, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_extract(NULL, &page, NULL, &result, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_extract(key, NULL, NULL, &result, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_extract(key, &empty, NULL, &result, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_embed(key, &page, MARK, NULL, NULL, NULL), TMK_OK);
    ck_assert_int_eq(tmk_extract(key, &page, NULL, &result, NULL), TMK_OK);
    assert_only(&result, MARK);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

START_TEST(test_bad_embed_options)
{
    static const struct {
        double strength;
        int threads, variant;
    } cases[] = {{0, 1, 0},        {0.2499, 1, 0},      {4.0001, 1, 0},    {-1, 1, 0},
                 {INFINITY, 1, 0}, {-INFINITY, 1, 0},   {NAN, 1, 0},       {1, 0, 0},
                 {1, -1, 0},       {1, 65, 0},          {1, INT32_MAX, 0}, {1, INT32_MIN, 0},
                 {1, 1, -1},       {1, 1, TMK_VARIANTS}};
    tmk_picture page = gradients(200, 200, 3, 8, 21), untouched = copy_of(&page);
    tmk_key *key = key_of(1);
    tmk_embed_options options;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tmk_embed_options_init(&options);
        options.strength = cases[i].strength;
        options.threads = cases[i].threads;
        options.variant = cases[i].variant;
        ck_assert_int_eq(tmk_embed(key, &page, MARK, &options, NULL, NULL), TMK_BAD_ARGUMENT);
        ck_assert(same_pixels(&page, &untouched));
    }
    tmk_embed_options_init(&options);
    ck_assert(options.strength == 1 && options.threads >= 1 && options.progress == NULL);
    ck_assert_int_eq(options.variant, 0);
    tmk_key_free(&key);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

START_TEST(test_bad_extract_options)
{
    static const struct {
        int effort;
        double bound;
        size_t known;
        int threads, variants;
    } cases[] = {{TMK_AS_RELEASED - 1, -9, 0, 1, 1},
                 {TMK_EXHAUSTIVE + 1, -9, 0, 1, 1},
                 {INT32_MAX, -9, 0, 1, 1},
                 {0, -50.5, 0, 1, 1},
                 {0, -1.9, 0, 1, 1},
                 {0, 0, 0, 1, 1},
                 {0, NAN, 0, 1, 1},
                 {0, INFINITY, 0, 1, 1},
                 {0, -INFINITY, 0, 1, 1},
                 {0, -9, 1, 1, 1},
                 {0, -9, SIZE_MAX, 1, 1},
                 {0, -9, 0, 0, 1},
                 {0, -9, 0, -5, 1},
                 {0, -9, 0, 65, 1},
                 {0, -9, 0, 1, 0},
                 {0, -9, 0, 1, TMK_VARIANTS + 1}};
    tmk_picture page = gradients(100, 100, 3, 8, 22);
    tmk_key *key = key_of(1);
    tmk_extract_options options;
    tmk_extract_result result;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tmk_extract_options_init(&options);
        options.effort = (tmk_effort)cases[i].effort;
        options.log10_bound = cases[i].bound;
        options.known_count = cases[i].known;
        options.threads = cases[i].threads;
        options.variants = cases[i].variants;
        ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_BAD_ARGUMENT);
    }
    for (size_t i = 0; i < 5; i++) {
        tmk_extract_options_init(&options);
        options.questions = (const double[]){0, 0.5, -1, NAN, 1e13}[i];
        ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_BAD_ARGUMENT);
    }
    tmk_extract_options_init(&options);
    ck_assert(options.effort == TMK_DEEP && options.log10_bound == -9 &&
              options.questions == 1 && options.known_marks == NULL && options.threads >= 1 &&
              options.variants == 1);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------------- progress */

typedef struct calls {
    int count, cancel_at;
    double last;
} calls;

static int note_progress(void *context, double done)
{
    calls *c = context;

    ck_assert(done >= 0 && done <= 1 && done >= c->last);
    c->last = done;
    return ++c->count == c->cancel_at;
}

/* Cancelled at any call, embedding leaves the page as it was. */
START_TEST(test_cancel_embedding)
{
    tmk_picture page = gradients(100, 3000, 3, 8, 23), untouched = copy_of(&page);
    tmk_key *key = key_of(1);
    calls c = {0, 0, 0};
    tmk_embed_options options;
    int all;

    tmk_embed_options_init(&options);
    options.progress = note_progress;
    options.context = &c;
    ck_assert_int_eq(tmk_embed(key, &page, MARK, &options, NULL, NULL), TMK_OK);
    all = c.count;
    ck_assert_int_gt(all, 1);
    for (int i = 1; i <= all; i++) {
        tmk_picture copy = copy_of(&untouched);

        c = (calls){0, i, 0};
        ck_assert_int_eq(tmk_embed(key, &copy, MARK, &options, NULL, NULL), TMK_CANCELLED);
        ck_assert_int_eq(c.count, i);
        ck_assert(same_pixels(&copy, &untouched));
        tmk_picture_release(&copy);
    }
    tmk_key_free(&key);
    tmk_picture_release(&page);
    tmk_picture_release(&untouched);
}
END_TEST

START_TEST(test_cancel_extraction)
{
    tmk_picture page = gradients(100, 100, 3, 8, 24);
    tmk_key *key = key_of(1);
    calls c = {0, 0, 0};
    tmk_extract_options options = with_effort(TMK_FAST);
    tmk_extract_result result;
    int all;

    options.progress = note_progress;
    options.context = &c;
    ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_OK);
    all = c.count;
    ck_assert_int_gt(all, 0);
    for (int i = 1; i <= all; i++) {
        c = (calls){0, i, 0};
        ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_CANCELLED);
        ck_assert_int_eq(c.count, i);
    }
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

/* A picture of few colours is predicted twice: the second time goes on where the first
 * ended. */
START_TEST(test_progress_of_few_colours)
{
    tmk_picture page = gradients(100, 100, 3, 8, 25);
    tmk_key *key = key_of(1);
    calls c = {0, 0, 0};
    tmk_extract_options options = with_effort(TMK_FAST);
    tmk_extract_result result;

    for (int y = 0; y < page.height; y++)
        for (int i = 0; i < 3 * page.width; i++)
            tmk_picture_row(&page, y)[i] &= 0xc0;
    options.progress = note_progress;
    options.context = &c;
    ck_assert_int_eq(tmk_extract(key, &page, &options, &result, NULL), TMK_OK);
    ck_assert_double_ge(c.last, 0.5);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mark");
    TCase *trips = tcase_create("round trips"), *sizes = tcase_create("sizes");
    TCase *none = tcase_create("nothing"), *several = tcase_create("several");
    TCase *strength = tcase_create("strength"), *bad = tcase_create("bad arguments");

    tcase_set_timeout(trips, 300);
    tcase_add_loop_test(trips, test_kinds, 0, 8);
    tcase_add_loop_test(trips, test_drawn_pages, 0, 3);
    tcase_add_loop_test(trips, test_colours, 0, 8);
    tcase_add_test(trips, test_geometry);
    tcase_add_loop_test(trips, test_marks, 0, 4);
    tcase_add_loop_test(trips, test_alpha, 0, 4);
    tcase_add_loop_test(trips, test_stride, 0, 2);
    tcase_add_test(trips, test_threads);
    tcase_add_test(trips, test_changes_differ);
    tcase_set_timeout(sizes, 600);
    tcase_add_test(sizes, test_smallest);
    tcase_add_loop_test(sizes, test_long_and_wide, 0, 2);
    tcase_add_loop_test(sizes, test_longest, 0, 2);
    tcase_set_timeout(none, 600);
    tcase_add_loop_test(none, test_wrong_key, 0, long_tests() ? 2 : 1);
    tcase_add_loop_test(none, test_unmarked, SANITIZED && !long_tests() ? 1 : 0, 3);
    tcase_add_loop_test(none, test_blank, 0, 3);
    tcase_set_timeout(several, 300);
    tcase_add_test(several, test_average);
    tcase_add_test(several, test_joined);
    tcase_add_test(several, test_variants);
    tcase_add_test(several, test_variants_asked);
    tcase_add_test(several, test_variant_below);
    tcase_add_test(several, test_origins);
    tcase_set_timeout(strength, 600);
    tcase_add_loop_test(strength, test_psnr, 0, 8);
    tcase_add_test(strength, test_strength);
    tcase_add_test(strength, test_known);
    tcase_add_test(strength, test_bound);
    tcase_set_timeout(bad, 300);
    tcase_add_loop_test(bad, test_bad_pictures, 0, BAD_PICTURES);
    tcase_add_test(bad, test_nothing_given);
    tcase_add_test(bad, test_bad_embed_options);
    tcase_add_test(bad, test_bad_extract_options);
    tcase_add_test(bad, test_cancel_embedding);
    tcase_add_test(bad, test_cancel_extraction);
    tcase_add_test(bad, test_progress_of_few_colours);
    suite_add_tcase(suite, trips);
    suite_add_tcase(suite, sizes);
    suite_add_tcase(suite, none);
    suite_add_tcase(suite, several);
    suite_add_tcase(suite, strength);
    suite_add_tcase(suite, bad);
    return run_suite(suite);
}
