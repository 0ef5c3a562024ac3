/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plane of carriers: what its header promises, and that its streams are random. */
#include "base/memory.h"
#include "carrier/carrier.h"
#include "carrier/tile.h"
#include "code/payload.h"
#include "tests/support/pictures.h"
#include "signal/synthesis.h"

static tmk_carriers *carriers_of(unsigned number)
{
    tmk_key *key = key_of(number);
    tmk_carriers *carriers = NULL;

    ck_assert_int_eq(tmk_carriers_new(&carriers, key, NULL), TMK_OK);
    tmk_key_free(&key);
    return carriers;
}

static int slots_of(const tmk_carriers *carriers, tmk_component component, tmk_role role)
{
    int count;

    tmk_carriers_slots(carriers, component, role, 0, &count);
    return count;
}

/* The loop's number is the component, here and below. */
START_TEST(test_bins)
{
    tmk_carriers *carriers = carriers_of(1);
    uint8_t seen[2 * TMK_MAX_BIN + 1][2 * TMK_MAX_BIN + 1] = {{0}};
    double inner = HUGE_VAL, outer = 0;
    int count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)_i, &count);

    ck_assert(count > 0 && count <= TMK_MAX_BINS);
    for (int i = 0; i < count; i++) {
        int x = bins[i].x, y = bins[i].y;

        ck_assert(x >= 0 && x <= TMK_MAX_BIN && y >= -TMK_MAX_BIN && y <= TMK_MAX_BIN);
        ck_assert(!seen[TMK_MAX_BIN + y][TMK_MAX_BIN + x]);
        ck_assert(!seen[TMK_MAX_BIN - y][TMK_MAX_BIN - x]);
        seen[TMK_MAX_BIN + y][TMK_MAX_BIN + x] = 1;
        inner = fmin(inner, hypot(x, y));
        outer = fmax(outer, hypot(x, y));
    }
    ck_assert_double_ge(inner, 1);
    ck_assert_double_lt(outer, TMK_MAX_BIN + 1);
    /* An annulus: every frequency between the two radii is there, once. */
    for (int y = -TMK_MAX_BIN; y <= TMK_MAX_BIN; y++)
        for (int x = -TMK_MAX_BIN; x <= TMK_MAX_BIN; x++) {
            int both = seen[TMK_MAX_BIN + y][TMK_MAX_BIN + x] +
                       seen[TMK_MAX_BIN - y][TMK_MAX_BIN - x];

            ck_assert_int_eq(both, hypot(x, y) >= inner && hypot(x, y) <= outer);
        }
    tmk_carriers_free(&carriers);
    ck_assert_ptr_null(carriers);
}
END_TEST

/* In every tile each bin has one role; sync carriers are low enough for a quarter. */
START_TEST(test_roles)
{
    tmk_carriers *carriers = carriers_of(2);
    int total, counts[TMK_ROLES];
    const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)_i, &total);

    for (int role = 0; role < TMK_ROLES; role++) {
        counts[role] = slots_of(carriers, (tmk_component)_i, (tmk_role)role);
        ck_assert_int_gt(counts[role], 0);
    }
    for (int position = 0; position < TMK_POSITIONS; position++) {
        uint8_t seen[TMK_MAX_BINS] = {0};
        int all = 0;

        for (int role = 0; role < TMK_ROLES; role++) {
            int count;
            const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)_i,
                                                       (tmk_role)role, position, &count);

            ck_assert_int_eq(count, counts[role]);
            all += count;
            for (int i = 0; i < count; i++) {
                ck_assert_int_lt(slots[i], total);
                ck_assert(!seen[slots[i]]);
                seen[slots[i]] = 1;
                if (role == TMK_SYNC) {
                    ck_assert_int_le(abs(bins[slots[i]].x), TMK_MAX_SYNC_BIN);
                    ck_assert_int_le(abs(bins[slots[i]].y), TMK_MAX_SYNC_BIN);
                }
            }
        }
        ck_assert_int_eq(all, total);
    }
    tmk_carriers_free(&carriers);
}
END_TEST

/*
 * Index carriers are drawn from all bins alike, so those of luma above the highest sync
 * carrier are as many as bins there are.  In a tile their number is hypergeometric; six
 * deviations of the sum over all tiles are passed by chance once in 10^8.
 */
START_TEST(test_index_spread)
{
    tmk_carriers *carriers = carriers_of(2);
    int total, count = 0, high = 0;
    double limit = 0, above = 0, share, deviation;
    const tmk_bin *bins = tmk_carriers_bins(carriers, TMK_LUMA, &total);

    for (int position = 0; position < TMK_POSITIONS; position++) {
        const uint16_t *sync = tmk_carriers_slots(carriers, TMK_LUMA, TMK_SYNC, position,
                                                  &count);

        for (int i = 0; i < count; i++)
            limit = fmax(limit, hypot(bins[sync[i]].x, bins[sync[i]].y));
    }
    for (int i = 0; i < total; i++)
        above += hypot(bins[i].x, bins[i].y) > limit;
    for (int position = 0; position < TMK_POSITIONS; position++) {
        const uint16_t *index = tmk_carriers_slots(carriers, TMK_LUMA, TMK_INDEX, position,
                                                   &count);

        for (int i = 0; i < count; i++)
            high += hypot(bins[index[i]].x, bins[index[i]].y) > limit;
    }
    share = above / total;
    ck_assert_double_gt(share, 0.3); /* or there is little to test */
    deviation =
        sqrt(TMK_POSITIONS * count * share * (1 - share) * (total - count) / (total - 1.0));
    ck_assert_double_lt(fabs(high - TMK_POSITIONS * count * share), 6 * deviation);
    tmk_carriers_free(&carriers);
}
END_TEST

/* Roles move from tile to tile and from key to key. */
START_TEST(test_roles_vary)
{
    tmk_carriers *one = carriers_of(3), *other = carriers_of(4);
    int count;
    const uint16_t *first = tmk_carriers_slots(one, (tmk_component)_i, TMK_SYNC, 0, &count);
    size_t size = (size_t)count * sizeof *first;

    for (int position = 1; position < TMK_POSITIONS; position++)
        ck_assert_mem_ne(tmk_carriers_slots(one, (tmk_component)_i, TMK_SYNC, position,
                                            &count),
                         first, size);
    ck_assert_mem_ne(tmk_carriers_slots(other, (tmk_component)_i, TMK_SYNC, 0, &count), first,
                     size);
    tmk_carriers_free(&one);
    tmk_carriers_free(&other);
}
END_TEST

/* Waves 2 A cos(...) of distinct bins have variances 2 A^2 that add up. */
START_TEST(test_amplitudes)
{
    tmk_carriers *carriers = carriers_of(5);
    tmk_synthesis *synthesis = NULL;
    const float *patterns[TMK_COMPONENTS];
    double power = 0, sum = 0, squares = 0;
    int count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)_i, &count);
    const float *amplitudes = tmk_carriers_amplitudes(carriers, (tmk_component)_i);
    dice d = dice_of(1, 0);

    ck_assert_int_eq(tmk_synthesis_new(&synthesis, NULL), TMK_OK);
    for (int i = 0; i < count; i++) {
        ck_assert_double_gt(amplitudes[i], 0);
        power += 2.0 * amplitudes[i] * amplitudes[i];
        tmk_synthesis_add(synthesis, _i, bins[i].x, bins[i].y,
                          amplitudes[i] * tmk_phase((unsigned)dice_int(&d, 0, 15)));
    }
    ck_assert_double_eq_tol(power, 1, 1e-5);
    tmk_synthesis_run(synthesis, &patterns[0], &patterns[1]);
    for (int i = 0; i < TMK_TILE * TMK_TILE; i++) {
        sum += patterns[_i][i];
        squares += (double)patterns[_i][i] * patterns[_i][i];
    }
    ck_assert_double_eq_tol(sum / (TMK_TILE * TMK_TILE), 0, 1e-5);
    ck_assert_double_eq_tol(squares / (TMK_TILE * TMK_TILE), 1, 1e-4);
    tmk_synthesis_free(&synthesis);
    tmk_carriers_free(&carriers);
}
END_TEST

/* Sixteen unit vectors, a sixteenth of a turn apart, the first half of one from 1. */
START_TEST(test_phase)
{
    for (unsigned phase = 0; phase < TMK_PHASES; phase++) {
        double complex u = cexp(2 * M_PI * (phase + 0.5) / 16 * I);

        ck_assert_double_lt(cabs(u - (double complex)tmk_phase(phase)), 1e-7);
    }
    ck_assert_uint_eq(TMK_PHASES, 16);
}
END_TEST

/* ----------------------------------------------------------------- coded bits */

/* Over the period every bit is carried equally often: the runs fit together. */
START_TEST(test_bits_even)
{
    tmk_carriers *carriers = carriers_of(6);
    int count = slots_of(carriers, (tmk_component)_i, TMK_DATA);
    int uses[TMK_CODE_BITS] = {0}, least = count * TMK_POSITIONS / TMK_CODE_BITS;
    uint16_t bits[TMK_MAX_BINS];

    for (int position = 0; position < TMK_POSITIONS; position++) {
        uint8_t seen[TMK_CODE_BITS] = {0};

        tmk_carriers_bits(carriers, (tmk_component)_i, position, bits);
        for (int i = 0; i < count; i++) {
            ck_assert_int_lt(bits[i], TMK_CODE_BITS);
            ck_assert(!seen[bits[i]]);
            seen[bits[i]] = 1;
            uses[bits[i]]++;
        }
    }
    /* Runs start at 64 places 32 bits apart, so a bit's uses differ by one at most. */
    for (int i = 0; i < TMK_CODE_BITS; i++)
        ck_assert(uses[i] == least || uses[i] == least + 1);
    tmk_carriers_free(&carriers);
}
END_TEST

/*
 * Any two by two tiles, across the period's border too, carry as many different bits as
 * four runs that start a quarter apart and overlap by half of a run at most.
 */
START_TEST(test_bits_nearby)
{
    tmk_carriers *carriers = carriers_of(7);
    int count = slots_of(carriers, TMK_LUMA, TMK_DATA), least = TMK_CODE_BITS;
    double mean = 0;
    uint16_t bits[TMK_MAX_BINS];

    for (int corner = 0; corner < TMK_POSITIONS; corner++) {
        uint8_t seen[TMK_CODE_BITS] = {0};
        int different = 0;

        for (int tile = 0; tile < 4; tile++) {
            int x = (corner + (tile & 1)) % TMK_PERIOD_TILES;
            int y = (corner / TMK_PERIOD_TILES + (tile >> 1)) % TMK_PERIOD_TILES;

            tmk_carriers_bits(carriers, TMK_LUMA, y * TMK_PERIOD_TILES + x, bits);
            for (int i = 0; i < count; i++) {
                different += !seen[bits[i]];
                seen[bits[i]] = 1;
            }
        }
        least = different < least ? different : least;
        mean += different / (double)TMK_POSITIONS;
    }
    ck_assert_int_ge(least, 2 * (count < TMK_CODE_BITS / 4 ? count : TMK_CODE_BITS / 4));
    ck_assert_double_ge(mean, 3 * fmin(count, TMK_CODE_BITS / 4));
    tmk_carriers_free(&carriers);
}
END_TEST

/* -------------------------------------------------------------------- phases */

/* tmk_carriers_phases unpacks tmk_carriers_stream as the header says. */
START_TEST(test_stream)
{
    tmk_carriers *carriers = carriers_of(8);

    for (int role = 0; role < TMK_ROLES; role++) {
        int count = slots_of(carriers, (tmk_component)_i, (tmk_role)role);
        size_t bytes = tmk_carriers_stream_bytes(carriers, (tmk_component)_i, (tmk_role)role);
        uint8_t *packed = tmk_calloc(TMK_POSITIONS, bytes), phases[TMK_MAX_BINS];

        ck_assert_ptr_nonnull(packed);
        ck_assert_uint_eq(bytes, (size_t)(count + 1) / 2);
        tmk_carriers_stream(carriers, (tmk_component)_i, (tmk_role)role, 77, TMK_POSITIONS,
                            packed);
        for (int position = 0; position < TMK_POSITIONS; position += 7) {
            const uint8_t *own = packed + (size_t)position * bytes;

            tmk_carriers_phases(carriers, (tmk_component)_i, (tmk_role)role, 77, position,
                                phases);
            for (int i = 0; i < count; i++)
                ck_assert_int_eq(phases[i], own[i / 2] >> (i % 2 * 4) & 15);
        }
        tmk_free(packed);
    }
    tmk_carriers_free(&carriers);
}
END_TEST

/* How many of all phases of ROLE in a band are alike in A's BAND_A and B's BAND_B. */
static double alike(const tmk_carriers *a, int band_a, const tmk_carriers *b, int band_b,
                    tmk_component component, tmk_role role, double *deviations)
{
    int count = slots_of(a, component, role), same = 0;
    double number = (double)count * TMK_POSITIONS;
    uint8_t one[TMK_MAX_BINS], other[TMK_MAX_BINS];

    for (int position = 0; position < TMK_POSITIONS; position++) {
        tmk_carriers_phases(a, component, role, band_a, position, one);
        tmk_carriers_phases(b, component, role, band_b, position, other);
        for (int i = 0; i < count; i++)
            same += one[i] == other[i];
    }
    *deviations = (same - number / 16) / sqrt(number * 15 / 256);
    return same / number;
}

/* Chance alone makes a sixteenth alike; 6 deviations are passed by chance once in 10^8. */
static void assert_unlike(const tmk_carriers *a, int band_a, const tmk_carriers *b,
                          int band_b, tmk_component component, tmk_role role)
{
    double deviations;

    alike(a, band_a, b, band_b, component, role, &deviations);
    ck_assert_double_lt(fabs(deviations), 6);
}

START_TEST(test_bands)
{
    static const int others[] = {1, 2, 100, TMK_BANDS - 1};
    tmk_component component = (tmk_component)_i;
    tmk_carriers *carriers = carriers_of(9);
    double unused;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_double_eq(
            alike(carriers, 0, carriers, others[i], component, TMK_SYNC, &unused), 1);
        assert_unlike(carriers, 0, carriers, others[i], component, TMK_INDEX);
        assert_unlike(carriers, 0, carriers, others[i], component, TMK_DATA);
    }
    tmk_carriers_free(&carriers);
}
END_TEST

START_TEST(test_keys)
{
    tmk_carriers *one = carriers_of(10), *other = carriers_of(11), *same = carriers_of(10);
    double unused;

    for (int role = 0; role < TMK_ROLES; role++) {
        assert_unlike(one, 5, other, 5, (tmk_component)_i, (tmk_role)role);
        ck_assert_double_eq(
            alike(one, 5, same, 5, (tmk_component)_i, (tmk_role)role, &unused), 1);
    }
    tmk_carriers_free(&one);
    tmk_carriers_free(&other);
    tmk_carriers_free(&same);
}
END_TEST

/* Luma and chroma, and the three roles, have streams of their own. */
START_TEST(test_streams_differ)
{
    enum { BYTES = 64 };
    tmk_carriers *carriers = carriers_of(12);
    uint8_t streams[TMK_COMPONENTS * TMK_ROLES][4096];
    int count = 0;

    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int role = 0; role < TMK_ROLES; role++) {
            size_t bytes = tmk_carriers_stream_bytes(carriers, (tmk_component)c,
                                                     (tmk_role)role);
            int positions = (int)((BYTES + bytes - 1) / bytes);

            tmk_carriers_stream(carriers, (tmk_component)c, (tmk_role)role, 0, positions,
                                streams[count]);
            for (int before = 0; before < count; before++)
                ck_assert_mem_ne(streams[count], streams[before], BYTES);
            count++;
        }
    tmk_carriers_free(&carriers);
}
END_TEST

/*
 * All 16 phases are equally frequent over 64 bands, and so are the 256 pairs of
 * neighbours.  The limits are passed by chance once in 10^6 (15 and 255 degrees of
 * freedom); keys are fixed, so the test gives the same result for ever.
 */
START_TEST(test_phases_uniform)
{
    tmk_carriers *carriers = carriers_of(13);
    int count = slots_of(carriers, (tmk_component)_i, TMK_DATA), pairs_seen = 0, seen = 0;
    unsigned singles[16] = {0}, pairs[256] = {0};
    uint8_t phases[TMK_MAX_BINS];

    for (int band = 0; band < 64; band++)
        for (int position = 0; position < TMK_POSITIONS; position += 9) {
            tmk_carriers_phases(carriers, (tmk_component)_i, TMK_DATA, band, position,
                                phases);
            for (int i = 0; i < count; i++, seen++) {
                ck_assert_int_lt(phases[i], 16);
                singles[phases[i]]++;
            }
            for (int i = 0; i + 1 < count; i += 2, pairs_seen++)
                pairs[16 * phases[i] + phases[i + 1]]++;
        }
    ck_assert_double_lt(chi_squared_of(singles, 16, seen / 16.0), 56.5);
    ck_assert_double_lt(chi_squared_of(pairs, 256, pairs_seen / 256.0), 378);
    tmk_carriers_free(&carriers);
}
END_TEST

/* --------------------------------------------------------------------- tiles */

/* Quarters of a sine, at the centres of samples of 1, 2, 4 and 8 pixels. */
START_TEST(test_window)
{
    int step = 1 << _i, half = TMK_TILE / step;
    float w[TMK_TILE_SPAN];

    tmk_tile_window(w, step);
    for (int i = 0; i < 2 * half; i++)
        ck_assert_double_eq_tol(w[i], sin(M_PI * (i + 0.5) * step / TMK_TILE_SPAN), 1e-7);
    for (int i = 0; i + 1 < half; i++) {
        double power = w[i] * w[i] + w[half + i] * w[half + i];
        double beside = w[i] * w[i + 1] + w[half + i] * w[half + i + 1];

        ck_assert_double_eq_tol(power, 1, 1e-6);
        ck_assert_double_eq_tol(beside, cos(M_PI * step / TMK_TILE_SPAN), 1e-6);
    }
}
END_TEST

/* Sampling leaves out the last row and column, beyond which there is nothing to mix. */
static float sample(const tmk_plane *plane, int x, int y)
{
    int inside = x >= 0 && y >= 0 && x + 1 < plane->width && y + 1 < plane->height;

    return inside ? tmk_plane_row(plane, y)[x] : 0;
}

/* What a tile covers, a pixel a sample, folded as the definition has it. */
static double folded(const tmk_plane *plane, int tile_x, int tile_y, int x, int y)
{
    double sum = 0;

    for (int part = 0; part < 4; part++) {
        int u = (x + TMK_TILE_REACH) % TMK_TILE + (part & 1 ? TMK_TILE : 0);
        int v = (y + TMK_TILE_REACH) % TMK_TILE + (part & 2 ? TMK_TILE : 0);

        sum += sin(M_PI * (u + 0.5) / TMK_TILE_SPAN) * sin(M_PI * (v + 0.5) / TMK_TILE_SPAN) *
               sample(plane, tile_x * TMK_TILE - TMK_TILE_REACH + u,
                      tile_y * TMK_TILE - TMK_TILE_REACH + v);
    }
    return sum;
}

/* Tiles asked for from left to right, in another order, and again. */
START_TEST(test_tile_reader)
{
    static const int places[][2] = {{0, 0}, {1, 0}, {2, 0}, {2, 0}, {1, 0}, {1, 1}, {0, 1}};
    const tmk_affine identity = {1, 0, 0, 0, 1, 0};
    tmk_tile_reader *reader = NULL;
    tmk_plane plane = {0}, copy = {0};
    tmk_pyramid pyramid = {0};
    float *samples = tmk_calloc(TMK_TILE * TMK_TILE, sizeof *samples);
    dice d = dice_of(2, 0);

    ck_assert_ptr_nonnull(samples);
    ck_assert_int_eq(tmk_plane_alloc(&plane, 300, 280, NULL), TMK_OK);
    ck_assert_int_eq(tmk_plane_alloc(&copy, 300, 280, NULL), TMK_OK);
    for (int i = 0; i < 300 * 280; i++)
        copy.samples[i] = plane.samples[i] = (float)dice_int(&d, -100, 100);
    ck_assert_int_eq(tmk_pyramid_build(&pyramid, &plane, 1, NULL), TMK_OK);
    ck_assert_int_eq(tmk_tile_reader_new(&reader, 1, NULL), TMK_OK);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        tmk_tile_read(reader, samples, places[i][0], places[i][1], &pyramid, &identity);
        for (int y = 0; y < TMK_TILE; y += 3)
            for (int x = 0; x < TMK_TILE; x++)
                ck_assert_double_eq_tol(samples[y * TMK_TILE + x],
                                        folded(&copy, places[i][0], places[i][1], x, y),
                                        1e-3);
    }
    tmk_tile_reader_free(&reader);
    ck_assert_ptr_null(reader);
    tmk_pyramid_release(&pyramid);
    tmk_plane_release(&copy);
    tmk_free(samples);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("carrier");
    TCase *tests = tcase_create("carrier");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_bins, 0, TMK_COMPONENTS);
    tcase_add_loop_test(tests, test_roles, 0, TMK_COMPONENTS);
    tcase_add_test(tests, test_index_spread);
    tcase_add_loop_test(tests, test_roles_vary, 0, TMK_COMPONENTS);
    tcase_add_loop_test(tests, test_amplitudes, 0, TMK_COMPONENTS);
    tcase_add_test(tests, test_phase);
    tcase_add_loop_test(tests, test_bits_even, 0, TMK_COMPONENTS);
    tcase_add_test(tests, test_bits_nearby);
    tcase_add_loop_test(tests, test_stream, 0, TMK_COMPONENTS);
    tcase_add_loop_test(tests, test_bands, 0, TMK_COMPONENTS);
    tcase_add_loop_test(tests, test_keys, 0, TMK_COMPONENTS);
    tcase_add_test(tests, test_streams_differ);
    tcase_add_loop_test(tests, test_phases_uniform, 0, TMK_COMPONENTS);
    tcase_add_loop_test(tests, test_window, 0, 4);
    tcase_add_test(tests, test_tile_reader);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
