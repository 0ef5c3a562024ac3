/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transforms, sampling and prediction against their definitions, summed slowly. */
#include <complex.h>

#include "base/memory.h"
#include "tests/support/pictures.h"
#include "signal/affine.h"
#include "signal/fft.h"
#include "blocks/quantise.h"
#include "signal/resample.h"
#include "signal/residual.h"
#include "signal/residuals.h"
#include "signal/synthesis.h"

static double decibels(double error, double signal)
{
    return 10 * log10((error + 1e-300) / signal);
}

/* ---------------------------------------------------------------------- fft */

typedef struct transform {
    int side;
    size_t samples, bins;
    tmk_fft *fft;
    float *in;
    float complex *out;
} transform;

static transform transform_of(int side)
{
    transform t = {.side = side,
                   .samples = (size_t)side * (size_t)side,
                   .bins = (size_t)side * (size_t)TMK_FFT_COLUMNS(side)};

    ck_assert_int_eq(tmk_fft_new(&t.fft, side, NULL), TMK_OK);
    t.in = tmk_calloc(t.samples, sizeof *t.in);
    t.out = tmk_calloc(t.bins, sizeof *t.out);
    ck_assert(t.in != NULL && t.out != NULL);
    return t;
}

static void release(transform *t)
{
    tmk_fft_free(&t->fft);
    tmk_free(t->in);
    tmk_free(t->out);
}

static void randomise(transform *t, uint64_t seed)
{
    dice d = dice_of(seed, 0);

    for (size_t i = 0; i < t->samples; i++)
        t->in[i] = (float)dice_between(&d, -1, 1);
}

static complex double turn(double part)
{
    return cexp(2 * M_PI * I * part);
}

/* The doc comment's sum, rows first. */
static void define_dft(const transform *t, double complex *bins)
{
    int side = t->side, columns = TMK_FFT_COLUMNS(side);
    double complex *rows = tmk_calloc(t->bins, sizeof *rows);
    double complex *turns = tmk_calloc((size_t)side, sizeof *turns);

    ck_assert(rows != NULL && turns != NULL);
    for (int i = 0; i < side; i++)
        turns[i] = turn(-(double)i / side);
    for (int y = 0; y < side; y++)
        for (int kx = 0; kx < columns; kx++)
            for (int x = 0; x < side; x++)
                rows[y * columns + kx] += t->in[y * side + x] * turns[kx * x % side];
    for (int ky = 0; ky < side; ky++)
        for (int kx = 0; kx < columns; kx++) {
            bins[ky * columns + kx] = 0;
            for (int y = 0; y < side; y++)
                bins[ky * columns + kx] += rows[y * columns + kx] * turns[ky * y % side];
        }
    tmk_free(rows);
    tmk_free(turns);
}

/* Error over signal, of BINS against the transform's output. */
static double spectrum_error(const transform *t, const double complex *bins)
{
    double error = 0, signal = 0;

    for (size_t i = 0; i < t->bins; i++) {
        double difference = cabs(t->out[i] - bins[i]);

        error += difference * difference;
        signal += cabs(bins[i]) * cabs(bins[i]);
    }
    return decibels(error, signal);
}

/* All the sides that the library uses, and a small one. */
static const int sides[] = {8, 32, 128, 256};

START_TEST(test_fft_definition)
{
    transform t = transform_of(sides[_i]);
    double complex *bins = tmk_calloc(t.bins, sizeof *bins);
    float *kept = tmk_calloc(t.samples, sizeof *kept);

    ck_assert(bins != NULL && kept != NULL);
    randomise(&t, 1);
    memcpy(kept, t.in, t.samples * sizeof *kept);
    tmk_fft_forward(t.fft, t.in, t.out);
    ck_assert_mem_eq(t.in, kept, t.samples * sizeof *kept);
    define_dft(&t, bins);
    ck_assert_double_lt(spectrum_error(&t, bins), -130);
    tmk_free(bins);
    tmk_free(kept);
    release(&t);
}
END_TEST

START_TEST(test_fft_inverse)
{
    transform t = transform_of(sides[_i]);
    float *back = tmk_calloc(t.samples, sizeof *back);
    double error = 0, signal = 0;

    ck_assert_ptr_nonnull(back);
    randomise(&t, 2);
    tmk_fft_forward(t.fft, t.in, t.out);
    tmk_fft_inverse(t.fft, t.out, back);
    for (size_t i = 0; i < t.samples; i++) {
        double difference = back[i] / (double)t.samples - t.in[i];

        error += difference * difference;
        signal += (double)t.in[i] * t.in[i];
    }
    ck_assert_double_lt(decibels(error, signal), -130);
    tmk_free(back);
    release(&t);
}
END_TEST

/* With a few columns only: the same bins there and, of a spectrum that is zero beyond, the same
 * samples. */
START_TEST(test_fft_low)
{
    transform t = transform_of(sides[_i]);
    int all = TMK_FFT_COLUMNS(t.side), columns = (all + 1) / 2;
    float *back[2] = {tmk_calloc(t.samples, sizeof(float)),
                      tmk_calloc(t.samples, sizeof(float))};
    float complex *low = tmk_calloc(t.bins, sizeof *low);
    double errors[2] = {0}, signals[2] = {0};
    tmk_fft *narrow = NULL;

    ck_assert(back[0] != NULL && back[1] != NULL && low != NULL);
    ck_assert_int_eq(tmk_fft_new_low(&narrow, t.side, columns, NULL), TMK_OK);
    randomise(&t, 3);
    tmk_fft_forward(t.fft, t.in, t.out);
    tmk_fft_forward(narrow, t.in, low);
    for (size_t i = 0; i < t.bins; i++)
        if ((int)(i % (size_t)all) < columns) {
            errors[0] += pow(cabsf(low[i] - t.out[i]), 2);
            signals[0] += pow(cabsf(t.out[i]), 2);
        } else
            low[i] = 0;
    memcpy(t.out, low, t.bins * sizeof *low);
    tmk_fft_inverse(t.fft, t.out, back[0]);
    tmk_fft_inverse(narrow, low, back[1]);
    for (size_t i = 0; i < t.samples; i++) {
        errors[1] += pow(back[1][i] - back[0][i], 2);
        signals[1] += pow(back[0][i], 2);
    }
    for (int way = 0; way < 2; way++)
        ck_assert_double_lt(decibels(errors[way], signals[way]), -130);
    tmk_free(back[0]);
    tmk_free(back[1]);
    tmk_free(low);
    tmk_fft_free(&narrow);
    release(&t);
}
END_TEST

/* F(a x + b y) = a F(x) + b F(y). */
START_TEST(test_fft_linear)
{
    transform x = transform_of(32), y = transform_of(32), both = transform_of(32);
    double complex *sum = tmk_calloc(x.bins, sizeof *sum);

    ck_assert_ptr_nonnull(sum);
    randomise(&x, 3);
    randomise(&y, 4);
    for (size_t i = 0; i < x.samples; i++)
        both.in[i] = 0.75f * x.in[i] - 2.5f * y.in[i];
    tmk_fft_forward(x.fft, x.in, x.out);
    tmk_fft_forward(y.fft, y.in, y.out);
    tmk_fft_forward(both.fft, both.in, both.out);
    for (size_t i = 0; i < x.bins; i++)
        sum[i] = 0.75 * x.out[i] - 2.5 * y.out[i];
    ck_assert_double_lt(spectrum_error(&both, sum), -125);
    tmk_free(sum);
    release(&x);
    release(&y);
    release(&both);
}
END_TEST

/* An impulse at (X, Y) is a wave over the bins. */
START_TEST(test_fft_impulse)
{
    static const int places[][2] = {{0, 0}, {1, 0}, {0, 1}, {31, 31}, {5, 18}};
    transform t = transform_of(32);
    double complex *wave = tmk_calloc(t.bins, sizeof *wave);

    ck_assert_ptr_nonnull(wave);
    t.in[places[_i][1] * 32 + places[_i][0]] = 3;
    tmk_fft_forward(t.fft, t.in, t.out);
    for (int ky = 0; ky < 32; ky++)
        for (int kx = 0; kx <= 16; kx++)
            wave[ky * 17 + kx] = 3 * turn(-(kx * places[_i][0] + ky * places[_i][1]) / 32.0);
    ck_assert_double_lt(spectrum_error(&t, wave), -130);
    tmk_free(wave);
    release(&t);
}
END_TEST

/* What is moved round the torus by (5, 27) has its bins turned. */
START_TEST(test_fft_shift)
{
    transform t = transform_of(32), moved = transform_of(32);
    double complex *turned = tmk_calloc(t.bins, sizeof *turned);

    ck_assert_ptr_nonnull(turned);
    randomise(&t, 5);
    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 32; x++)
            moved.in[(y + 27) % 32 * 32 + (x + 5) % 32] = t.in[y * 32 + x];
    tmk_fft_forward(t.fft, t.in, t.out);
    tmk_fft_forward(moved.fft, moved.in, moved.out);
    for (int ky = 0; ky < 32; ky++)
        for (int kx = 0; kx <= 16; kx++)
            turned[ky * 17 + kx] = t.out[ky * 17 + kx] * turn(-(5 * kx + 27 * ky) / 32.0);
    ck_assert_double_lt(spectrum_error(&moved, turned), -125);
    tmk_free(turned);
    release(&t);
    release(&moved);
}
END_TEST

/* ----------------------------------------------------------------- synthesis */

enum { TILE = TMK_SYNTHESIS_SIDE, MOST = TMK_SYNTHESIS_MAX_BIN };

typedef struct wave {
    int component, kx, ky;
    float complex value;
} wave;

/* The doc comment's sum of waves. */
static void define_patterns(const wave *waves, size_t count, double *patterns[2])
{
    double complex turns[TILE];

    for (int i = 0; i < TILE; i++)
        turns[i] = turn((double)i / TILE);
    for (int c = 0; c < 2; c++)
        memset(patterns[c], 0, TILE * TILE * sizeof(double));
    for (size_t w = 0; w < count; w++)
        for (int y = 0; y < TILE; y++)
            for (int x = 0; x < TILE; x++) {
                int part = (waves[w].kx * x + waves[w].ky * y) & (TILE - 1);

                patterns[waves[w].component][y * TILE + x] +=
                    2 * creal(waves[w].value * turns[part]);
            }
}

/* Synthesises WAVES twice, to see that a run leaves no trace, and compares; an absent
 * component must be as silent as the other is exact. */
static void compare_patterns(tmk_synthesis *s, const wave *waves, size_t count)
{
    double *expected[2] = {tmk_calloc(TILE * TILE, sizeof(double)),
                           tmk_calloc(TILE * TILE, sizeof(double))};

    ck_assert(expected[0] != NULL && expected[1] != NULL);
    define_patterns(waves, count, expected);
    for (int round = 0; round < 2; round++) {
        const float *patterns[2];
        double error = 0, signal = 0;

        tmk_synthesis_clear(s);
        for (size_t w = 0; w < count; w++)
            tmk_synthesis_add(s, waves[w].component, waves[w].kx, waves[w].ky,
                              waves[w].value);
        tmk_synthesis_run(s, &patterns[0], &patterns[1]);
        for (int c = 0; c < 2; c++)
            for (int i = 0; i < TILE * TILE; i++) {
                double difference = patterns[c][i] - expected[c][i];

                error += difference * difference;
                signal += expected[c][i] * expected[c][i];
            }
        ck_assert_double_lt(decibels(error, signal), -120);
    }
    tmk_free(expected[0]);
    tmk_free(expected[1]);
}

static float complex random_value(dice *d)
{
    return (float)dice_between(d, -1, 1) + (float)dice_between(d, -1, 1) * I;
}

/* Every bin at once, opposite ones too, in both components. */
START_TEST(test_synthesis_all)
{
    enum { COUNT = 2 * (2 * MOST + 1) * (2 * MOST + 1) };
    wave *waves = tmk_calloc(COUNT, sizeof *waves);
    tmk_synthesis *s = NULL;
    dice d = dice_of(6, 0);
    size_t count = 0;

    ck_assert_ptr_nonnull(waves);
    ck_assert_int_eq(tmk_synthesis_new(&s, NULL), TMK_OK);
    for (int component = 0; component < 2; component++)
        for (int ky = -MOST; ky <= MOST; ky++)
            for (int kx = -MOST; kx <= MOST; kx++)
                waves[count++] = (wave){component, kx, ky, random_value(&d)};
    compare_patterns(s, waves, count);
    tmk_synthesis_free(&s);
    ck_assert_ptr_null(s);
    tmk_free(waves);
}
END_TEST

/* The corners and axes of the square of bins, one by one. */
START_TEST(test_synthesis_one)
{
    static const int bins[] = {-MOST, -1, 0, 1, MOST};
    tmk_synthesis *s = NULL;
    dice d = dice_of(7, 0);

    ck_assert_int_eq(tmk_synthesis_new(&s, NULL), TMK_OK);
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 5; x++) {
            wave one = {_i, bins[x], bins[y], random_value(&d)};

            compare_patterns(s, &one, 1);
        }
    tmk_synthesis_free(&s);
}
END_TEST

START_TEST(test_synthesis_silent)
{
    const float *patterns[2];
    tmk_synthesis *s = NULL;

    ck_assert_int_eq(tmk_synthesis_new(&s, NULL), TMK_OK);
    tmk_synthesis_add(s, 0, 3, 4, 1);
    tmk_synthesis_clear(s);
    tmk_synthesis_run(s, &patterns[0], &patterns[1]);
    for (int i = 0; i < TILE * TILE; i++)
        ck_assert(patterns[0][i] == 0 && patterns[1][i] == 0);
    tmk_synthesis_free(&s);
}
END_TEST

/* --------------------------------------------------------------- affine maps */

static const tmk_affine maps[] = {
    {1, 0, 0, 0, 1, 0},
    {0.5, 0, 12.25, 0, 0.5, -7},
    {0.9998, 0.0175, -3, -0.0175, 0.9998, 40},
    {-1.35, 0, 300, 0, 1.35, 0.5},
    {0, 2, 5, -2, 0, 111},
    {1.1, 0.2, -50, -0.07, 0.8, 33},
};
enum { MAPS = sizeof maps / sizeof maps[0] };

START_TEST(test_affine)
{
    const tmk_affine *map = &maps[_i];
    tmk_affine back = tmk_affine_inverse(map);

    for (int i = 0; i < 50; i++) {
        double x = 37.5 * i - 700, y = 1000 - 29.25 * i;
        double u = tmk_affine_x(map, x, y), v = tmk_affine_y(map, x, y);

        ck_assert_double_eq_tol(u, map->xx * x + map->xy * y + map->x0, 1e-9);
        ck_assert_double_eq_tol(v, map->yx * x + map->yy * y + map->y0, 1e-9);
        ck_assert_double_eq_tol(tmk_affine_x(&back, u, v), x, 1e-9);
        ck_assert_double_eq_tol(tmk_affine_y(&back, u, v), y, 1e-9);
        for (int other = 0; other < MAPS; other++) {
            tmk_affine both = tmk_affine_then(map, &maps[other]);

            ck_assert_double_eq_tol(tmk_affine_x(&both, x, y),
                                    tmk_affine_x(&maps[other], u, v), 1e-9);
            ck_assert_double_eq_tol(tmk_affine_y(&both, x, y),
                                    tmk_affine_y(&maps[other], u, v), 1e-9);
        }
    }
}
END_TEST

/* ---------------------------------------------------------------- resampling */

/* A pyramid of the ramp 3 + 0.5 x - 0.25 y over a picture of 256 x 192 pixels. */
static tmk_pyramid ramp(double unit)
{
    tmk_plane base = new_plane((int)(256 / unit), (int)(192 / unit));
    tmk_pyramid pyramid;

    for (int y = 0; y < base.height; y++)
        for (int x = 0; x < base.width; x++)
            tmk_plane_row(&base, y)[x] =
                (float)(3 + 0.5 * (x + 0.5) * unit - 0.25 * (y + 0.5) * unit);
    ck_assert_int_eq(tmk_pyramid_build(&pyramid, &base, unit, NULL), TMK_OK);
    ck_assert_ptr_null(base.samples);
    ck_assert_int_eq(pyramid.levels, TMK_PYRAMID_LEVELS);
    return pyramid;
}

/* The identity gives the plane itself, but for its border, where a neighbour is missing. */
START_TEST(test_resample_identity)
{
    tmk_plane base = noise_plane(40, 30, -9, 9, 8), kept = noise_plane(40, 30, -9, 9, 8);
    tmk_grid grid = {0, 0, 1, 40, 30};
    tmk_pyramid pyramid;
    float out[40 * 30];

    ck_assert_int_eq(tmk_pyramid_build(&pyramid, &base, 1, NULL), TMK_OK);
    tmk_resample(out, &grid, &pyramid, &maps[0]);
    for (int y = 0; y < 29; y++)
        for (int x = 0; x < 39; x++)
            ck_assert(out[y * 40 + x] == tmk_plane_row(&kept, y)[x]);
    tmk_plane_release(&kept);
    tmk_pyramid_release(&pyramid);
    ck_assert_int_eq(pyramid.levels, 0);
}
END_TEST

/*
 * Halving and straight lines leave a ramp a ramp, whatever the level, the step and the
 * map; outside of the picture there is nothing.
 */
START_TEST(test_resample_ramp)
{
    static const double steps[] = {0.6, 1, 1.5, 2, 3, 4, 7, 8};
    const tmk_affine *map = &maps[_i];
    tmk_affine back = tmk_affine_inverse(map);
    double centre_x = tmk_affine_x(&back, 128, 96), centre_y = tmk_affine_y(&back, 128, 96);

    for (int unit = 1; unit <= 2; unit++) {
        tmk_pyramid pyramid = ramp(unit);

        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            tmk_grid grid = {centre_x - 30 * steps[s] + 0.3, centre_y - 20 * steps[s] - 0.7,
                             steps[s], 61, 43};
            float out[61 * 43];
            int inside = 0;

            tmk_resample(out, &grid, &pyramid, map);
            for (int j = 0; j < 43; j++)
                for (int i = 0; i < 61; i++) {
                    double x = grid.x0 + (i + 0.5) * steps[s];
                    double y = grid.y0 + (j + 0.5) * steps[s];
                    double u = tmk_affine_x(map, x, y), v = tmk_affine_y(map, x, y);

                    if (u > 16 && v > 16 && u < 240 && v < 176) {
                        ck_assert_double_eq_tol(out[j * 61 + i], 3 + 0.5 * u - 0.25 * v,
                                                1e-3);
                        inside++;
                    } else if (u < 0 || v < 0 || u > 256 || v > 192) {
                        ck_assert(out[j * 61 + i] == 0);
                    }
                }
            ck_assert_int_gt(inside, 100);
        }
        tmk_pyramid_release(&pyramid);
    }
}
END_TEST

/* The level is the one whose samples are closest to the distance of the grid's points. */
START_TEST(test_resample_level)
{
    static const struct {
        double unit, scale, step;
        int level;
    } cases[] = {
        {1, 1, 1, 0},   {1, 0.5, 1, 0}, {1, 1.35, 1, 0}, {1, 1.5, 1, 1}, {1, 2, 1, 1},
        {1, 2.5, 1, 1}, {1, 3, 1, 2},   {1, 1, 4, 2},    {1, 0.5, 4, 1}, {1, 2, 4, 3},
        {1, 2, 16, 3},  {2, 1, 1, 0},   {2, 1, 4, 1},    {2, 2, 4, 2},   {2, 0.5, 4, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tmk_pyramid pyramid = ramp(cases[i].unit);
        tmk_affine map = {cases[i].scale, 0, 0, 0, -cases[i].scale, 192};
        tmk_grid grid = {64 / cases[i].scale, 64 / cases[i].scale, cases[i].step, 1, 1};
        float out;

        for (int level = 0; level < pyramid.levels; level++) {
            tmk_plane *plane = &pyramid.plane[level];

            for (int j = 0; j < plane->width * plane->height; j++)
                plane->samples[j] = (float)(level + 1);
        }
        tmk_resample(&out, &grid, &pyramid, &map);
        ck_assert_msg(out == (float)(cases[i].level + 1), "case %zu: level %g", i, out - 1);
        tmk_pyramid_release(&pyramid);
    }
}
END_TEST

/* ---------------------------------------------------------------- prediction */

static const tmk_residual_options predictors[] = {
    {4, 18.0f, 1.0f, 4}, {5, 18.0f, 1.0f, 4}, {2, 30.0f, 0.5f, 7}, {1, 5.0f, 2.0f, 1}};

static tmk_plane predict(const tmk_plane *host, const tmk_residual_options *options)
{
    tmk_plane residual = {0};

    ck_assert_int_eq(tmk_residual(&residual, host, options, NULL), TMK_OK);
    ck_assert_int_eq(residual.width, host->width);
    ck_assert_int_eq(residual.height, host->height);
    return residual;
}

/* HOST with its border repeated. */
static double host_at(const tmk_plane *host, int x, int y)
{
    x = x < 0 ? 0 : x >= host->width ? host->width - 1 : x;
    y = y < 0 ? 0 : y >= host->height ? host->height - 1 : y;
    return tmk_plane_row(host, y)[x];
}

/* The disc of the window: RADIUS, and half a sample around it. */
static int in_window(int dx, int dy, int radius)
{
    return dx * dx + dy * dy < (radius + 0.5) * (radius + 0.5);
}

/* A sample less the mean of its neighbours, each weighted by Tukey's biweight of its
 * difference. */
static double define_residual(const tmk_plane *host, int x, int y,
                              const tmk_residual_options *o)
{
    double sum = 0, weights = 0, own = host_at(host, x, y);

    for (int dy = -o->radius; dy <= o->radius; dy++)
        for (int dx = -o->radius; dx <= o->radius; dx++) {
            double other = host_at(host, x + dx, y + dy), part = (other - own) / o->range;
            double weight = fabs(part) < 1 ? pow(1 - part * part, 2) : 0;

            if (!in_window(dx, dy, o->radius))
                continue;
            sum += weight * other;
            weights += weight;
        }
    return own - sum / weights;
}

/* Its root mean square around (X, Y), inside the plane, and what is taken for granted. */
static double define_deviation(const tmk_plane *raw, int x, int y,
                               const tmk_residual_options *o)
{
    double squares = 0;
    int count = 0;

    for (int v = y - o->spread; v <= y + o->spread; v++)
        for (int u = x - o->spread; u <= x + o->spread; u++)
            if (u >= 0 && v >= 0 && u < raw->width && v < raw->height) {
                squares += pow(tmk_plane_row(raw, v)[u], 2);
                count++;
            }
    return sqrt(squares / count + o->floor * o->floor);
}

/* On soft noise, where all weights count, with a step in it. */
START_TEST(test_residual_definition)
{
    tmk_plane host = noise_plane(37, 29, 80, 112, 9), raw = new_plane(37, 29), residual;
    const tmk_residual_options *o = &predictors[_i];

    for (int y = 0; y < 29; y++)
        for (int x = 20; x < 37; x++)
            tmk_plane_row(&host, y)[x] += 40;
    for (int y = 0; y < 29; y++)
        for (int x = 0; x < 37; x++)
            tmk_plane_row(&raw, y)[x] = (float)define_residual(&host, x, y, o);
    residual = predict(&host, o);
    for (int y = 0; y < 29; y++)
        for (int x = 0; x < 37; x++)
            ck_assert_double_eq_tol(
                tmk_plane_row(&residual, y)[x],
                tmk_plane_row(&raw, y)[x] / define_deviation(&raw, x, y, o), 1e-4);
    tmk_plane_release(&host);
    tmk_plane_release(&raw);
    tmk_plane_release(&residual);
}
END_TEST

/* A flat, and any drawing of flats that differ by more than the range, leave nothing. */
START_TEST(test_residual_of_flats)
{
    tmk_plane host = new_plane(50, 40), residual;

    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 50; x++)
            tmk_plane_row(&host, y)[x] = _i == 0                 ? 77.25f
                                         : x + y < 45            ? 30
                                         : x % 7 == 0 || y == 31 ? 255
                                                                 : 120.5f;
    residual = predict(&host, &predictors[0]);
    for (int i = 0; i < 50 * 40; i++)
        ck_assert(residual.samples[i] == 0);
    tmk_plane_release(&host);
    tmk_plane_release(&residual);
}
END_TEST

/*
 * A faint wave on a flat has all weights near 1, so the predictor is the plain mean over
 * the window, and the wave passes with one minus the window's own transform.
 */
START_TEST(test_residual_gain)
{
    static const int bins[][2] = {{2, 0}, {5, 3}, {0, 9}, {10, -10}, {14, 14}, {20, 0}};
    const tmk_residual_options *o = &predictors[0];
    double kx = bins[_i][0] / 128.0, ky = bins[_i][1] / 128.0, gain = 0;
    tmk_plane host = new_plane(128, 128), residual;
    int window = 0;

    for (int y = 0; y < 128; y++)
        for (int x = 0; x < 128; x++)
            tmk_plane_row(&host,
                          y)[x] = (float)(100 + 0.05 * cos(2 * M_PI * (kx * x + ky * y)));
    for (int dy = -o->radius; dy <= o->radius; dy++)
        for (int dx = -o->radius; dx <= o->radius; dx++)
            if (in_window(dx, dy, o->radius)) {
                gain += cos(2 * M_PI * (kx * dx + ky * dy));
                window++;
            }
    gain = 1 - gain / window;
    residual = predict(&host, o);
    for (int y = 8; y < 120; y++)
        for (int x = 8; x < 120; x++)
            ck_assert_double_eq_tol(tmk_plane_row(&residual, y)[x],
                                    gain * (tmk_plane_row(&host, y)[x] - 100), 2e-4);
    tmk_plane_release(&host);
    tmk_plane_release(&residual);
}
END_TEST

/* With colour: full and half size, chroma half of luma.  Without: full size twice, once
 * smoothed, and half size.  A map takes the base of the largest scale that it reaches. */
START_TEST(test_residuals)
{
    static const double scales[] = {0.5, 0.84, 0.86, 1.44, 1.46, 2.5};
    static const int expected[2][6] = {{0, 0, 0, 0, 1, 1}, {0, 0, 1, 1, 2, 2}};
    static const double units[2][3] = {{1, 2, 0}, {1, 1, 2}};
    tmk_picture page = new_picture(90, 70, _i == 0 ? 3 : 1, 8);
    tmk_residuals residuals;

    fill_noise(&page, 10);
    ck_assert_int_eq(tmk_residuals_make(&residuals, &page, TMK_PREDICT_PLAIN, NULL), TMK_OK);
    ck_assert_int_eq(residuals.count, _i == 0 ? 2 : 3);
    for (int base = 0; base < residuals.count; base++) {
        const tmk_pyramid *pyramids = residuals.bases[base].pyramids;
        int halved = units[_i][base] > 1;

        ck_assert_double_eq(pyramids[0].unit, units[_i][base]);
        ck_assert_int_eq(pyramids[0].plane[0].width, halved ? 45 : 90);
        ck_assert_int_eq(pyramids[1].levels, _i == 0 ? TMK_PYRAMID_LEVELS : 0);
        if (_i == 0)
            ck_assert_double_eq(pyramids[1].unit, 2 * units[_i][base]);
    }
    for (int i = 0; i < 6; i++) {
        tmk_affine map = {scales[i], 0, 3, 0, -scales[i], 4};

        ck_assert_ptr_eq(tmk_residuals_for(&residuals, &map),
                         residuals.bases[expected[_i][i]].pyramids);
    }
    tmk_residuals_release(&residuals);
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------------ quantising */

/* T.81, A.3.3: coefficient (U, V) of the block at (LEFT, TOP). */
static double define_dct(const tmk_plane *plane, int left, int top, int u, int v)
{
    double sum = 0;

    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            sum += tmk_plane_row(plane, top + y)[left + x] *
                   cos((2 * x + 1) * u * M_PI / 16) * cos((2 * y + 1) * v * M_PI / 16);
    return sum / 4 * (u == 0 ? sqrt(0.5) : 1) * (v == 0 ? sqrt(0.5) : 1);
}

/* What is left are whole grey levels, within their rounding of the quantised transform;
 * blocks that the border cuts are as they were. */
START_TEST(test_quantise)
{
    const unsigned char *table = _i == 0 ? tmk_quantiser_luma : tmk_quantiser_chroma;
    tmk_plane plane = noise_plane(37, 26, 0, 255, 11), kept = noise_plane(37, 26, 0, 255, 11);

    tmk_quantise(&plane, table);
    for (int y = 0; y < 26; y++)
        for (int x = 0; x < 37; x++) {
            if (x >= 32 || y >= 24)
                ck_assert(tmk_plane_row(&plane, y)[x] == tmk_plane_row(&kept, y)[x]);
            else
                ck_assert(tmk_plane_row(&plane, y)[x] == rintf(tmk_plane_row(&plane, y)[x]));
        }
    for (int top = 0; top < 24; top += 8)
        for (int left = 0; left < 32; left += 8)
            for (int v = 0; v < 8; v++)
                for (int u = 0; u < 8; u++) {
                    double step = table[8 * v + u];
                    double old = define_dct(&kept, left, top, u, v);
                    double new = define_dct(&plane, left, top, u, v);

                    /* half a level a sample is 4 at most in any coefficient */
                    ck_assert_double_le(fabs(new - step *rint(old / step)), 4.01);
                }
    tmk_plane_release(&plane);
    tmk_plane_release(&kept);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signal");
    TCase *tests = tcase_create("signal");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_fft_definition, 0, 4);
    tcase_add_loop_test(tests, test_fft_inverse, 0, 4);
    tcase_add_loop_test(tests, test_fft_low, 0, 4);
    tcase_add_test(tests, test_fft_linear);
    tcase_add_loop_test(tests, test_fft_impulse, 0, 5);
    tcase_add_test(tests, test_fft_shift);
    tcase_add_test(tests, test_synthesis_all);
    tcase_add_loop_test(tests, test_synthesis_one, 0, 2);
    tcase_add_test(tests, test_synthesis_silent);
    tcase_add_loop_test(tests, test_affine, 0, MAPS);
    tcase_add_test(tests, test_resample_identity);
    tcase_add_loop_test(tests, test_resample_ramp, 0, MAPS);
    tcase_add_test(tests, test_resample_level);
    tcase_add_loop_test(tests, test_residual_definition, 0, 4);
    tcase_add_loop_test(tests, test_residual_of_flats, 0, 2);
    tcase_add_loop_test(tests, test_residual_gain, 0, 6);
    tcase_add_loop_test(tests, test_residuals, 0, 2);
    tcase_add_loop_test(tests, test_quantise, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
