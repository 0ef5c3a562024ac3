/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channel code against definitions, slow decoders, golden values and noise. */
#include "code/crc.h"
#include "code/payload.h"
#include "code/polar.h"
#include "tests/support/noise.h"
#include "tests/support/suite.h"

#include <check.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_bits(const uint8_t *bits, int size)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (int i = 0; i < size; i++)
        hash = (hash ^ bits[i]) * 0x100000001b3u;
    return hash;
}

static tmk_decoder *new_decoder(void)
{
    tmk_decoder *decoder = NULL;

    ck_assert_int_eq(tmk_decoder_new(TMK_DECODER_DEFAULT_LIST, &decoder, NULL), TMK_OK);
    return decoder;
}

/* ---------------------------------------------------------------------- crc */

START_TEST(crc_has_published_check_values)
{
    const uint8_t *text = (const uint8_t *)"123456789";

    /* The catalogue's CRC-32/BZIP2, CRC-32/MPEG-2 and CRC-32/CKSUM: same generator. */
    ck_assert_uint_eq(tmk_crc_bytes(0xffffffff, text, 9) ^ 0xffffffff, 0xfc891918);
    ck_assert_uint_eq(tmk_crc_bytes(0xffffffff, text, 9), 0x0376e6e7);
    ck_assert_uint_eq(tmk_crc_bytes(0, text, 9) ^ 0xffffffff, 0x765e7680);
}
END_TEST

/* -------------------------------------------------------------------- polar */

/* x_j is the sum of u_i over the rows i of the Kronecker power that have a 1 in column j:
 * those whose binary digits cover j's. */
static void multiply_by_definition(const uint8_t *u, uint8_t *x, int size)
{
    for (int j = 0; j < size; j++) {
        x[j] = 0;
        for (int i = 0; i < size; i++)
            if ((i & j) == j)
                x[j] ^= u[i];
    }
}

/* A code of 1 << LOG2_LENGTH with BITS information bits and checks, at random. */
static tmk_polar_code random_code(dice *d, int log2_length, int bits)
{
    tmk_polar_code code = {.log2_length = log2_length};
    int length = 1 << log2_length, placed = 0;

    while (placed < bits) {
        int place = (int)(dice_next(d) % (uint64_t)length);

        placed += code.places[place] == TMK_POLAR_ZERO;
        code.places[place] = TMK_POLAR_INFORMATION;
    }
    for (int i = 0, before = 0; i < length; i++) {
        if (code.places[i] == TMK_POLAR_INFORMATION) {
            before++;
        } else if (dice_next(d) % 2) {
            code.places[i] = TMK_POLAR_CHECK;
            code.checks[i] = dice_next(d) & (((uint64_t)1 << before) - 1);
        }
    }
    return code;
}

/* The codeword of INFORMATION by the fast transform, N bytes of 0 or 1. */
static void polar_encode(const tmk_polar_code *code, uint64_t information, uint8_t *coded)
{
    int length = 1 << code->log2_length;
    uint64_t rest = information;

    for (int i = 0; i < length; i++) {
        coded[i] = 0;
        if (code->places[i] == TMK_POLAR_INFORMATION) {
            coded[i] = rest & 1;
            rest >>= 1;
        } else if (code->places[i] == TMK_POLAR_CHECK) {
            coded[i] = (uint8_t)__builtin_parityll(code->checks[i] & information);
        }
    }
    tmk_polar_transform(coded, length);
}

START_TEST(polar_encoder_follows_the_definition)
{
    dice d = {1};

    for (int log2_length = TMK_POLAR_MIN_LOG2; log2_length <= 9; log2_length++) {
        int bits = 1 << (log2_length - 1) < 20 ? 1 << (log2_length - 1) : 20;
        tmk_polar_code code = random_code(&d, log2_length, bits);
        uint64_t information = dice_next(&d) & (((uint64_t)1 << bits) - 1);
        uint8_t u[512] = {0}, x[512], coded[512];

        for (int i = 0, k = 0; i < 1 << log2_length; i++)
            if (code.places[i] == TMK_POLAR_INFORMATION)
                u[i] = (information >> k++) & 1;
            else if (code.places[i] == TMK_POLAR_CHECK)
                for (int bit = 0; bit < bits; bit++)
                    u[i] = (uint8_t)(u[i] ^ ((code.checks[i] & information) >> bit & 1));
        multiply_by_definition(u, x, 1 << log2_length);
        polar_encode(&code, information, coded);
        ck_assert_mem_eq(coded, x, (size_t)1 << log2_length);
    }
}
END_TEST

/* log2 P(codeword | soft), the halves left out. */
static double log2_likelihood(const tmk_polar_code *code, uint64_t information,
                              const float *soft)
{
    uint8_t coded[TMK_POLAR_MAX_LENGTH];
    double sum = 0;

    polar_encode(code, information, coded);
    for (int i = 0; i < 1 << code->log2_length; i++)
        sum += log2(1.0 + (coded[i] ? -1.0 : 1.0) * (double)soft[i]);
    return sum;
}

/* Maximum likelihood by trying all words; returns it and its log2 odds. */
static uint64_t decode_by_trying(const tmk_polar_code *code, int bits, const float *soft,
                                 double *odds)
{
    uint64_t best = 0;
    double top = log2_likelihood(code, 0, soft), others = 0;

    for (uint64_t word = 1; word < (uint64_t)1 << bits; word++)
        if (log2_likelihood(code, word, soft) > top) {
            top = log2_likelihood(code, word, soft);
            best = word;
        }
    for (uint64_t word = 0; word < (uint64_t)1 << bits; word++)
        if (word != best)
            others += exp2(log2_likelihood(code, word, soft) - top);
    *odds = -log2(others);
    return best;
}

static void random_soft(dice *d, float *soft, int size)
{
    for (int i = 0; i < size; i += 2) {
        double noise[2];

        noise_pair(d, noise);
        soft[i] = (float)tanh(noise[0]);
        soft[i + 1] = (float)tanh(noise[1]);
    }
}

START_TEST(full_list_is_maximum_likelihood_with_true_odds)
{
    dice d = {2};

    for (int trial = 0; trial < 200; trial++) {
        int log2_length = 2 + trial % 5, bits = 1 + trial % (log2_length == 2 ? 4 : 7);
        tmk_polar_code code = random_code(&d, log2_length, bits);
        tmk_polar_decoder *decoder = NULL;
        tmk_polar_result result;
        float soft[64];
        double odds;
        uint64_t best;

        random_soft(&d, soft, 1 << log2_length);
        ck_assert_int_eq(tmk_polar_decoder_new(&code, 1 << bits, &decoder, NULL), TMK_OK);
        tmk_polar_decode(decoder, soft, 1 << bits, &result);
        best = decode_by_trying(&code, bits, soft, &odds);
        /* A soft value ends at TMK_POLAR_CERTAIN, so that odds above some 15 bits do too. */
        if (odds < 12)
            ck_assert_double_lt(fabs(result.log2_odds - odds), 0.01);
        else
            ck_assert_double_gt(result.log2_odds, 12 - 0.01);
        if (odds > 1e-3) /* else two words are equally likely to within rounding */
            ck_assert_uint_eq(result.information, best);
        tmk_polar_decoder_free(&decoder);
        ck_assert_ptr_null(decoder);
    }
}
END_TEST

/* Where every place holds information, nothing of what leaves the list is estimated: the
 * odds of the word found must be exact however short the list. */
START_TEST(short_list_accounts_for_what_it_lost)
{
    dice d = {3};

    for (int trial = 0; trial < 100; trial++) {
        int log2_length = 2 + trial % 3, length = 1 << log2_length;
        tmk_polar_code code = random_code(&d, log2_length, length);
        tmk_polar_decoder *decoder = NULL;
        tmk_polar_result result;
        float soft[16];
        double share;

        random_soft(&d, soft, length);
        ck_assert_int_eq(tmk_polar_decoder_new(&code, 64, &decoder, NULL), TMK_OK);
        tmk_polar_decode(decoder, soft, 1 + trial % 9, &result);
        share = exp2(log2_likelihood(&code, result.information, soft) - length);
        ck_assert_double_lt(fabs(result.log2_odds - log2(share / (1 - share))), 0.01);
        tmk_polar_decoder_free(&decoder);
    }
}
END_TEST

START_TEST(polar_refuses_bad_codes)
{
    dice d = {4};
    tmk_polar_code code = random_code(&d, 4, 5), bad = code;
    tmk_polar_decoder *decoder = NULL;
    tmk_error error;

    ck_assert_int_eq(tmk_polar_decoder_new(&code, 0, &decoder, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_polar_decoder_new(&code, TMK_POLAR_MAX_LIST + 1, &decoder, &error),
                     TMK_BAD_ARGUMENT);
    bad.log2_length = 1;
    ck_assert_int_eq(tmk_polar_decoder_new(&bad, 8, &decoder, &error), TMK_BAD_ARGUMENT);
    bad.log2_length = TMK_POLAR_MAX_LOG2 + 1;
    ck_assert_int_eq(tmk_polar_decoder_new(&bad, 8, &decoder, &error), TMK_BAD_ARGUMENT);
    bad = code;
    memset(bad.places, TMK_POLAR_ZERO, sizeof bad.places);
    ck_assert_int_eq(tmk_polar_decoder_new(&bad, 8, &decoder, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_null(decoder);
    tmk_polar_decoder_free(&decoder);
}
END_TEST

/* ------------------------------------------------------------------- format */

START_TEST(format_never_changes)
{
    static const struct {
        uint64_t payload, hash;
    } golden[] = {
        {0x0000000000000001u, 0x3d1b72ea8487d9c5u},
        {0x0123456789abcdefu, 0x56ca66068a21b205u},
        {0x8000000000000000u, 0x6700d31a82105325u},
        {0xffffffffffffffffu, 0xa3f3022fc3dbe965u},
    };
    uint8_t coded[TMK_CODE_BITS];

    for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
        tmk_payload_encode(golden[i].payload, coded);
        ck_assert_uint_eq(hash_bits(coded, TMK_CODE_BITS), golden[i].hash);
    }
}
END_TEST

START_TEST(code_is_linear)
{
    uint8_t a[TMK_CODE_BITS], b[TMK_CODE_BITS], sum[TMK_CODE_BITS];
    dice d = {5};

    tmk_payload_encode(0, a);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        ck_assert_uint_eq(a[i], 0);
    for (int trial = 0; trial < 50; trial++) {
        uint64_t x = dice_next(&d), y = dice_next(&d);

        tmk_payload_encode(x, a);
        tmk_payload_encode(y, b);
        tmk_payload_encode(x ^ y, sum);
        for (int i = 0; i < TMK_CODE_BITS; i++)
            ck_assert_uint_eq(sum[i], a[i] ^ b[i]);
    }
}
END_TEST

/* No two payloads that differ in one to three bits are near each other. */
START_TEST(close_payloads_have_distant_codewords)
{
    for (int i = 0; i < 64; i++)
        for (int j = i; j < 64; j++)
            for (int k = j; k < 64; k += 7) {
                uint64_t bit = 1, payload = bit << i | bit << j | bit << k;
                uint8_t coded[TMK_CODE_BITS];
                int weight = 0;

                tmk_payload_encode(payload, coded);
                for (int n = 0; n < TMK_CODE_BITS; n++)
                    weight += coded[n];
                ck_assert_int_ge(weight, 256);
                ck_assert_int_le(weight, TMK_CODE_BITS - 256);
            }
}
END_TEST

/* The coded bits are the definition's product of a u that is zero outside the format's
 * places, the first of which is 1023. */
START_TEST(codewords_follow_the_definition)
{
    dice d = {6};
    uint8_t used[TMK_CODE_BITS] = {0}, coded[TMK_CODE_BITS], u[TMK_CODE_BITS];
    int places = 0;

    for (int trial = 0; trial < 40; trial++) {
        uint64_t payload = dice_next(&d);

        tmk_payload_encode(payload, coded);
        multiply_by_definition(coded, u, TMK_CODE_BITS); /* its own inverse */
        ck_assert_uint_eq(u[1023], payload & 1);
        for (int i = 0; i < TMK_CODE_BITS; i++)
            used[i] |= u[i];
    }
    for (int i = 0; i < TMK_CODE_BITS; i++)
        places += used[i];
    ck_assert_int_eq(places, 64 + 83);
}
END_TEST

/* ----------------------------------------------------------------- decoding */

START_TEST(clean_payloads_are_read)
{
    tmk_decoder *decoder = new_decoder();
    dice d = {7};

    for (int trial = 0; trial < 200; trial++) {
        uint64_t payload = trial == 0 ? 0 : trial == 1 ? UINT64_MAX : dice_next(&d);
        uint8_t coded[TMK_CODE_BITS];
        float llr[TMK_CODE_BITS];
        tmk_decoding found;

        tmk_payload_encode(payload, coded);
        for (int i = 0; i < TMK_CODE_BITS; i++)
            llr[i] = coded[i] ? -3.0f : 3.0f;
        tmk_decoder_run(decoder, llr, &found);
        ck_assert_uint_eq(found.payload, payload);
        ck_assert_int_ne(found.accepted, 0);
        ck_assert_int_eq(found.list_size, 8);
        ck_assert_double_lt(fabs(found.score - sqrt(TMK_CODE_BITS)), 1e-3);

        noise_transmit(&d, payload, 40, llr);
        tmk_decoder_run(decoder, llr, &found);
        ck_assert_uint_eq(found.payload, payload);
        ck_assert_int_ne(found.accepted, 0);
    }
    tmk_decoder_free(&decoder);
}
END_TEST

static int count_missed(uint64_t seed, double z, int trials, int erase_every, int *accepted)
{
    tmk_decoder *decoder = new_decoder();
    dice d = {seed};
    int missed = 0;

    *accepted = 0;
    for (int trial = 0; trial < trials; trial++) {
        uint64_t payload = dice_next(&d);
        float llr[TMK_CODE_BITS];
        tmk_decoding found;

        noise_transmit(&d, payload, z, llr);
        for (int i = 0; erase_every > 0 && i < TMK_CODE_BITS; i += erase_every)
            llr[i] = 0;
        tmk_decoder_run(decoder, llr, &found);
        missed += found.payload != payload;
        *accepted += found.accepted;
        ck_assert(!found.accepted || found.payload == payload); /* 5e-5 at worst */
    }
    tmk_decoder_free(&decoder);
    return missed;
}

/* The rate of misses at z = 13 is 0.001, of rejections 0.037: 6 or more of 600 missed have
 * probability 4e-4, fewer than 551 accepted 1e-6; the seed is fixed. */
START_TEST(weak_marks_are_read)
{
    int accepted;

    ck_assert_int_lt(count_missed(8, 13.0, 600, 0, &accepted), 6);
    ck_assert_int_gt(accepted, 550);
}
END_TEST

/* A third erased of z = 17.15 leaves z = 14, where a miss has probability below 1e-4: 3 or
 * more of 150 have probability below 1e-6. */
START_TEST(erasures_cost_their_energy_alone)
{
    int accepted;

    ck_assert_int_lt(count_missed(9, 14.0 * sqrt(1.5), 150, 3, &accepted), 3);
    ck_assert_int_gt(accepted, 140);
}
END_TEST

START_TEST(noise_is_not_accepted)
{
    int accepted;

    count_missed(10, 1e-3, 60, 0, &accepted);
    ck_assert_int_eq(accepted, 0);
}
END_TEST

START_TEST(scale_does_not_matter)
{
    static const float exact[] = {0x1p-60f, 0x1p-3f, 0x1p20f, 0x1p80f};
    tmk_decoder *decoder = new_decoder();
    dice d = {11};
    float llr[TMK_CODE_BITS], scaled[TMK_CODE_BITS];
    tmk_decoding found, other;

    noise_transmit(&d, 0x5eed, 14, llr);
    tmk_decoder_run(decoder, llr, &found);
    ck_assert_uint_eq(found.payload, 0x5eed);
    for (size_t k = 0; k < sizeof exact / sizeof exact[0]; k++) {
        for (int i = 0; i < TMK_CODE_BITS; i++)
            scaled[i] = exact[k] * llr[i];
        tmk_decoder_run(decoder, scaled, &other);
        ck_assert_uint_eq(other.payload, found.payload);
        ck_assert(other.log2_odds == found.log2_odds && other.score == found.score);
    }
    for (int i = 0; i < TMK_CODE_BITS; i++)
        scaled[i] = 0.037f * llr[i];
    tmk_decoder_run(decoder, scaled, &other);
    ck_assert_uint_eq(other.payload, found.payload);
    ck_assert_double_lt(fabs(other.log2_odds - found.log2_odds), 0.05);
    tmk_decoder_free(&decoder);
}
END_TEST

START_TEST(odd_values_do_no_harm)
{
    tmk_decoder *decoder = new_decoder();
    dice d = {12};
    float llr[TMK_CODE_BITS] = {0};
    tmk_decoding found;

    tmk_decoder_run(decoder, llr, &found);
    ck_assert_int_eq(found.accepted, 0);
    ck_assert(found.score == 0);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        llr[i] = i % 2 ? NAN : -INFINITY;
    tmk_decoder_run(decoder, llr, &found);
    ck_assert_int_eq(found.accepted, 0);
    llr[77] = 1e38f; /* a single value carries all */
    tmk_decoder_run(decoder, llr, &found);
    ck_assert_int_eq(found.accepted, 0);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        llr[i] = i % 2 ? FLT_MAX : -FLT_MAX;
    tmk_decoder_run(decoder, llr, &found);
    ck_assert(isfinite(found.log2_odds) && isfinite(found.score));

    noise_transmit(&d, 0xabcdef, 20, llr);
    for (int i = 0; i < TMK_CODE_BITS; i += 5)
        llr[i] = i % 2 ? NAN : INFINITY;
    tmk_decoder_run(decoder, llr, &found);
    ck_assert_uint_eq(found.payload, 0xabcdef);
    ck_assert_int_ne(found.accepted, 0);
    tmk_decoder_free(&decoder);
}
END_TEST

START_TEST(decoder_forgets_what_it_did)
{
    tmk_decoder *decoder = new_decoder(), *fresh = new_decoder();
    dice d = {13};
    float noise[TMK_CODE_BITS], llr[TMK_CODE_BITS];
    tmk_decoding first, again;

    noise_transmit(&d, 1, 0.01, noise);
    noise_transmit(&d, 2, 12, llr);
    tmk_decoder_run(fresh, llr, &first);
    tmk_decoder_free(&fresh);
    tmk_decoder_run(decoder, noise, &again);
    tmk_decoder_run(decoder, llr, &again);
    ck_assert_uint_eq(again.payload, first.payload);
    ck_assert(again.log2_odds == first.log2_odds && again.score == first.score);
    ck_assert_int_eq(again.list_size, first.list_size);
    tmk_decoder_free(&decoder);
}
END_TEST

START_TEST(list_sizes_are_checked)
{
    tmk_decoder *decoder = NULL;
    tmk_error error;

    ck_assert_int_eq(tmk_decoder_new(0, &decoder, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_null(decoder);
    ck_assert_int_eq(tmk_decoder_new(TMK_DECODER_MAX_LIST + 1, &decoder, &error),
                     TMK_BAD_ARGUMENT);
    ck_assert_ptr_null(decoder);
    tmk_decoder_free(&decoder);
    ck_assert_int_eq(tmk_decoder_new(1, &decoder, &error), TMK_OK);
    tmk_decoder_free(&decoder);
    ck_assert_ptr_null(decoder);
}
END_TEST

/* --------------------------------------------------------------------- suite */

static Suite *code_suite(void)
{
    Suite *suite = suite_create("code");
    TCase *blocks = tcase_create("blocks"), *format = tcase_create("format"),
          *decoding = tcase_create("decoding");

    tcase_add_test(blocks, crc_has_published_check_values);
    tcase_add_test(blocks, polar_encoder_follows_the_definition);
    tcase_add_test(blocks, full_list_is_maximum_likelihood_with_true_odds);
    tcase_add_test(blocks, short_list_accounts_for_what_it_lost);
    tcase_add_test(blocks, polar_refuses_bad_codes);
    tcase_add_test(format, format_never_changes);
    tcase_add_test(format, code_is_linear);
    tcase_add_test(format, close_payloads_have_distant_codewords);
    tcase_add_test(format, codewords_follow_the_definition);
    tcase_add_test(decoding, clean_payloads_are_read);
    tcase_add_test(decoding, weak_marks_are_read);
    tcase_add_test(decoding, erasures_cost_their_energy_alone);
    tcase_add_test(decoding, noise_is_not_accepted);
    tcase_add_test(decoding, scale_does_not_matter);
    tcase_add_test(decoding, odd_values_do_no_harm);
    tcase_add_test(decoding, decoder_forgets_what_it_did);
    tcase_add_test(decoding, list_sizes_are_checked);
    tcase_set_timeout(blocks, 120);
    tcase_set_timeout(format, 120);
    tcase_set_timeout(decoding, 240); /* with sanitizers on a slow machine */
    suite_add_tcase(suite, blocks);
    suite_add_tcase(suite, format);
    suite_add_tcase(suite, decoding);
    return suite;
}

int main(void)
{
    return run_suite(code_suite());
}
