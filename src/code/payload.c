/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A polar code of 64 bits in 2048 whose checks run through it: a CRC register takes each
 * information bit as it is placed, and at each check place gives its highest bit away.
 * Like the convolution before a polar transform (Arikan 2019, "From sequential decoding to
 * channel polarization and back again") this rids the code of its lightest words; unlike a
 * CRC at the end it throws wrong paths off the list early.
 *
 * Places were chosen by density evolution under the Gaussian approximation (Trifonov 2012)
 * at z = 13: the best 72 whose row weighs 256 or more, eight of which, spread over the
 * later half, are checks; and 75 more checks at next best places, which would hold zero
 * otherwise.  The tables are the result, so that nobody has to compute it again.
 *
 * A wrong answer is kept out by the odds that the decoder gives it (Forney 1968), at no
 * cost in check bits.
 */
#include "code/payload.h"

#include "base/memory.h"
#include "code/crc.h"
#include "code/polar.h"

#include <math.h>

#define LOG2_CODE_BITS 11

/*
 * The strength of mark that the odds assume, as z: a lower one makes marks of any strength
 * look doubtful, a higher one makes weak marks look better than they are.
 */
#define ASSUMED_Z 12.0

/*
 * A candidate is accepted at these odds, or at more if its score is low: that is what a mark
 * weaker than ASSUMED_Z has, whose odds are overstated.  One more bit of odds halves the wrong
 * answers (1e-5 to 5e-5 at worst, near z = 11) and costs 0.4 % of the marks of z = 13.2.
 */
#define ACCEPTED_LOG2_ODDS 8.0
#define STRONG_SCORE 11.75
#define DOUBTFUL_SLOPE 8.0 /* bits of odds for each unit of score below STRONG_SCORE */

/* The byte that the register takes for a one; for a zero or a check it takes 0.  This one
 * spreads soon over the register, so that early checks are not empty. */
#define REGISTER_ONE 0x31

/* clang-format off */
static const uint16_t information_places[TMK_PAYLOAD_BITS] = {
    1023, 1533, 1534, 1535, 1783, 1787, 1789, 1790, 1791, 1887, 1903, 1911, 1914, 1915,
    1916, 1917, 1918, 1919, 1951, 1966, 1967, 1973, 1974, 1975, 1977, 1978, 1979, 1980,
    1981, 1982, 1983, 1995, 1997, 1998, 1999, 2003, 2006, 2007, 2009, 2010, 2012, 2013,
    2014, 2015, 2021, 2022, 2023, 2025, 2027, 2028, 2029, 2030, 2033, 2034, 2035, 2036,
    2038, 2039, 2040, 2041, 2043, 2044, 2045, 2046,
};

static const uint16_t check_places[] = {
    1523, 1527, 1757, 1758, 1759, 1767, 1771, 1773, 1774, 1775, 1779, 1781, 1782, 1784,
    1786, 1851, 1853, 1854, 1855, 1871, 1879, 1883, 1885, 1886, 1895, 1899, 1900, 1901,
    1902, 1905, 1906, 1907, 1908, 1909, 1910, 1912, 1913, 1935, 1943, 1946, 1947, 1948,
    1949, 1950, 1957, 1958, 1959, 1961, 1962, 1963, 1964, 1965, 1969, 1970, 1971, 1972,
    1976, 1987, 1989, 1990, 1991, 1993, 1994, 1996, 2000, 2001, 2002, 2004, 2005, 2008,
    2011, 2016, 2017, 2018, 2019, 2020, 2024, 2026, 2031, 2032, 2037, 2042, 2047,
};
/* clang-format on */

/* Tried in this order, up to the decoder's own size.  A short list may have lost the truth
 * and overrate what is left, so it has to show more odds. */
static const struct {
    int size;
    double extra_odds;
} lists[] = {{8, 8.0}, {32, 4.0}, {256, 0.0}, {TMK_DECODER_MAX_LIST, 0.0}};

struct tmk_decoder {
    tmk_polar_decoder *polar;
    int list_size;
    float soft[TMK_CODE_BITS];
    uint8_t coded[TMK_CODE_BITS];
};

/* ------------------------------------------------------------------ the code */

static void mark_places(uint8_t places[TMK_CODE_BITS])
{
    for (int i = 0; i < TMK_CODE_BITS; i++)
        places[i] = TMK_POLAR_ZERO;
    for (size_t i = 0; i < TMK_PAYLOAD_BITS; i++)
        places[information_places[i]] = TMK_POLAR_INFORMATION;
    for (size_t i = 0; i < sizeof check_places / sizeof check_places[0]; i++)
        places[check_places[i]] = TMK_POLAR_CHECK;
}

/* Writes u for PAYLOAD: information from its lowest bit up, and what the register gives. */
static void fill_places(const uint8_t places[TMK_CODE_BITS], uint64_t payload,
                        uint8_t values[TMK_CODE_BITS])
{
    const uint8_t zero = 0, one = REGISTER_ONE;
    uint32_t state = 0;

    for (int i = 0; i < TMK_CODE_BITS; i++) {
        values[i] = 0;
        if (places[i] == TMK_POLAR_INFORMATION) {
            values[i] = payload & 1;
            payload >>= 1;
            state = tmk_crc_bytes(state, values[i] ? &one : &zero, 1);
        } else if (places[i] == TMK_POLAR_CHECK) {
            values[i] = (uint8_t)(state >> 31);
            state = tmk_crc_bytes(state, &zero, 1);
        }
    }
}

void tmk_payload_encode(uint64_t payload, uint8_t coded[TMK_CODE_BITS])
{
    uint8_t places[TMK_CODE_BITS];

    mark_places(places);
    fill_places(places, payload, coded);
    tmk_polar_transform(coded, TMK_CODE_BITS);
}

/* The same code for the decoder; what each check adds up shows in the unit payloads. */
static void describe_code(tmk_polar_code *code)
{
    uint8_t values[TMK_CODE_BITS];

    code->log2_length = LOG2_CODE_BITS;
    mark_places(code->places);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        code->checks[i] = 0;
    for (int bit = 0; bit < TMK_PAYLOAD_BITS; bit++) {
        fill_places(code->places, (uint64_t)1 << bit, values);
        for (int i = 0; i < TMK_CODE_BITS; i++)
            if (code->places[i] == TMK_POLAR_CHECK && values[i])
                code->checks[i] |= (uint64_t)1 << bit;
    }
}

/* --------------------------------------------------------------- the decoder */

tmk_status tmk_decoder_new(int list_size, tmk_decoder **decoder, tmk_error *error)
{
    tmk_decoder *d = NULL;
    tmk_polar_code *code = NULL;
    tmk_status status = TMK_OK;

    *decoder = NULL;
    if (list_size < TMK_DECODER_MIN_LIST || list_size > TMK_DECODER_MAX_LIST)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "decoder list of %d: use %d to %d",
                        list_size, TMK_DECODER_MIN_LIST, TMK_DECODER_MAX_LIST);
    d = tmk_calloc(1, sizeof *d);
    code = tmk_calloc(1, sizeof *code);
    if (d == NULL || code == NULL) {
        status = tmk_fail_memory(error, "the decoder");
        goto done;
    }
    describe_code(code);
    d->list_size = list_size;
    status = tmk_polar_decoder_new(code, list_size, &d->polar, error);
done:
    tmk_free(code);
    if (status == TMK_OK)
        *decoder = d;
    else
        tmk_free(d);
    return status;
}

void tmk_decoder_free(tmk_decoder **decoder)
{
    if (*decoder == NULL)
        return;
    tmk_polar_decoder_free(&(*decoder)->polar);
    tmk_free(*decoder);
    *decoder = NULL;
}

/* -------------------------------------------------------------------- decode */

static double finite_or_erased(float llr)
{
    return isfinite(llr) ? (double)llr : 0.0;
}

static double energy(const float llr[TMK_CODE_BITS])
{
    double sum = 0;

    for (int i = 0; i < TMK_CODE_BITS; i++)
        sum += finite_or_erased(llr[i]) * finite_or_erased(llr[i]);
    return sum;
}

/* tanh(x) to about 1e-6, less than one in any case: Lambert's continued fraction. */
static float tanh_of(double x)
{
    double q, value;

    if (x > 4 || x < -4)
        x = x > 0 ? 4 : -4;
    q = x * x;
    value = x * (135135 + q * (17325 + q * (378 + q))) /
            (135135 + q * (62370 + q * (3150 + q * 28)));
    return (float)value;
}

/*
 * Soft values on the scale that a mark of ASSUMED_Z has.  With llr = 2 a y / s^2, y a value
 * of amplitude a in noise of deviation s, the mean of sum (llr / 2)^2 is
 * z^2 (1 + z^2 / N) if all a and s are alike.
 */
static void scale(tmk_decoder *d, const float llr[TMK_CODE_BITS], double sum)
{
    double z2 = ASSUMED_Z * ASSUMED_Z;
    double factor = sqrt(z2 * (1 + z2 / TMK_CODE_BITS) / sum);

    for (int i = 0; i < TMK_CODE_BITS; i++)
        d->soft[i] = tanh_of(factor * finite_or_erased(llr[i]));
}

static double score_of(tmk_decoder *d, const float llr[TMK_CODE_BITS], double sum,
                       uint64_t payload)
{
    double correlation = 0;

    tmk_payload_encode(payload, d->coded);
    for (int i = 0; i < TMK_CODE_BITS; i++)
        correlation += d->coded[i] ? -finite_or_erased(llr[i]) : finite_or_erased(llr[i]);
    return correlation / sqrt(sum);
}

/* The odds that a candidate of SCORE needs after a list that is not short. */
static double needed_odds(double score)
{
    double doubt = STRONG_SCORE - score;

    return ACCEPTED_LOG2_ODDS + (doubt > 0 ? DOUBTFUL_SLOPE * doubt : 0);
}

void tmk_decoder_run(tmk_decoder *decoder, const float llr[TMK_CODE_BITS],
                     tmk_decoding *decoding)
{
    double sum = energy(llr);

    *decoding = (tmk_decoding){.log2_odds = -1000};
    if (!(sum > 0))
        return;
    scale(decoder, llr, sum);
    for (size_t i = 0; !decoding->accepted && decoding->list_size < decoder->list_size; i++) {
        int size = lists[i].size < decoder->list_size ? lists[i].size : decoder->list_size;
        tmk_polar_result result;

        tmk_polar_decode(decoder->polar, decoder->soft, size, &result);
        decoding->payload = result.information;
        decoding->log2_odds = result.log2_odds;
        decoding->score = score_of(decoder, llr, sum, result.information);
        decoding->list_size = size;
        decoding->accepted = result.log2_odds >=
                             needed_odds(decoding->score) + lists[i].extra_odds;
    }
}
