/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/attack_template.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/picture.h"
#include "image/colour.h"
#include "mark/analysis.h"
#include "signal/fft.h"
#include "signal/residuals.h"

#define WIDTH 1024 /* after which columns recur */

const attack_carriers attack_common = {{5, 1.1}, {14.9, 7.9}, {90.0 / 608, 15.0 / 84}};
const attack_carriers attack_all = {{5, 1.1}, {20.9, 7.9}, {1, 1}};

tmk_status attack_template_begin(attack_template *t, int side, tmk_error *error)
{
    memset(t, 0, sizeof *t);
    t->side = side;
    for (int c = 0; c < 2; c++)
        TMK_TRY(tmk_plane_alloc(&t->sum[c], WIDTH, side, error));
    return tmk_plane_alloc(&t->count, WIDTH, side, error);
}

void attack_template_release(attack_template *t)
{
    for (int c = 0; c < 2; c++)
        tmk_plane_release(&t->sum[c]);
    tmk_plane_release(&t->count);
}

/* Lays ROW, WIDTH samples of the page from (X, Y) on, onto PLANE. */
static void lay(const attack_template *t, const tmk_plane *plane, int x, int y,
                const float *row, int width)
{
    float *to = tmk_plane_row(plane, y & (t->side - 1));

    for (int i = 0; i < width; i++)
        to[(x + i) & (WIDTH - 1)] += row[i];
}

tmk_status attack_template_add(attack_template *t, const tmk_picture *page, int x, int y,
                               tmk_error *error)
{
    const tmk_affine as_it_is = {1, 0, 0, 0, 1, 0};
    tmk_residuals residuals = {0};
    float *row = tmk_calloc((size_t)page->width, sizeof *row);
    tmk_status status = row == NULL ? tmk_fail_memory(error, "a template") : TMK_OK;

    if (status == TMK_OK)
        status = tmk_residuals_make(&residuals, page, TMK_PREDICT_PLAIN, error);
    for (int c = 0; status == TMK_OK && c < 2; c++)
        for (int j = 0; residuals.bases[0].pyramids[c].levels > 0 && j < page->height; j++) {
            const tmk_grid grid = {0, j, 1, page->width, 1};

            tmk_resample(row, &grid, &residuals.bases[0].pyramids[c], &as_it_is);
            lay(t, &t->sum[c], x, y + j, row, page->width);
        }
    for (int i = 0; row != NULL && i < page->width; i++)
        row[i] = 1;
    for (int j = 0; status == TMK_OK && j < page->height; j++)
        lay(t, &t->count, x, y + j, row, page->width);
    tmk_residuals_release(&residuals);
    tmk_free(row);
    return status;
}

/* Keeps the frequencies between INNER and OUTER, cycles a tile, of the mean. */
static tmk_status keep(attack_template *t, int component, double inner, double outer,
                       tmk_error *error)
{
    size_t columns = TMK_FFT_COLUMNS(t->side), side = (size_t)t->side;
    float *samples = tmk_calloc(side * side, sizeof *samples);
    float complex *spectrum = tmk_calloc(side * columns, sizeof *spectrum);
    double tile = (double)t->side / TMK_TILE;
    tmk_fft *fft = NULL;
    tmk_status status = tmk_fft_new(&fft, t->side, error);

    if (status == TMK_OK && (samples == NULL || spectrum == NULL))
        status = tmk_fail_memory(error, "a template");
    if (status == TMK_OK) {
        for (size_t i = 0; i < side * side; i++) {
            size_t at = i / side * WIDTH + i % side % WIDTH;

            samples[i] = t->sum[component].samples[at] / fmaxf(t->count.samples[at], 1);
        }
        tmk_fft_forward(fft, samples, spectrum);
        for (size_t i = 0; i < side * columns; i++) {
            double ky = (double)(i / columns), radius;

            ky = ky < (double)side / 2 ? ky : ky - (double)side;
            radius = hypot(ky, (double)(i % columns)) / tile;
            if (radius < inner || radius > outer)
                spectrum[i] = 0;
        }
        tmk_fft_inverse(fft, spectrum, samples);
        for (size_t y = 0; y < side; y++)
            memcpy(t->sum[component].samples + y * WIDTH, samples + y * side,
                   WIDTH * sizeof *samples);
    }
    tmk_fft_free(&fft);
    tmk_free(samples);
    tmk_free(spectrum);
    return status;
}

/* Scales what pages have shown to DEVIATION, and clears the rest. */
static void scale(attack_template *t, int component, double deviation)
{
    float *samples = t->sum[component].samples;
    double power = 0, seen = 0;
    size_t count = (size_t)t->side * WIDTH;

    for (size_t i = 0; i < count; i++) {
        samples[i] = t->count.samples[i] > 0 ? samples[i] : 0;
        power += samples[i] * samples[i];
        seen += t->count.samples[i] > 0;
    }
    for (size_t i = 0; power > 0 && i < count; i++)
        samples[i] *= (float)(deviation / sqrt(power / seen));
}

tmk_status attack_template_learn(attack_template *t, const attack_carriers *carriers,
                                 tmk_error *error)
{
    for (int c = 0; c < 2; c++) {
        TMK_TRY(keep(t, c, carriers->inner[c], carriers->outer[c], error));
        scale(t, c, sqrt(carriers->share[c]));
    }
    return TMK_OK;
}

/* What PAGE can hide, as embedding sees it. */
static tmk_status mask_of(tmk_analysis *mask, const tmk_picture *page, tmk_error *error)
{
    const tmk_rows all = {0, *page};
    tmk_survey survey;
    tmk_status status = tmk_survey_begin(&survey, page->width, page->height, error);

    if (status == TMK_OK)
        status = tmk_survey_rows(&survey, &all, 0, page->height, 1, error);
    if (status == TMK_OK)
        status = tmk_analyse(mask, &all, 0, page->height, tmk_survey_manner(&survey), 1,
                             error);
    tmk_survey_release(&survey);
    return status;
}

static void subtract_row(const attack_template *t, const tmk_picture *page,
                         tmk_analysis *mask, int x, int y, int j, double k)
{
    for (int c = 0; c < 2; c++) {
        const float *from = tmk_plane_row(&t->sum[c], (y + j) & (t->side - 1));
        float *delta = tmk_plane_row(&mask->amplitude[c], j);

        for (int i = 0; i < page->width; i++)
            delta[i] *= (float)-k * from[(x + i) & (WIDTH - 1)];
    }
    tmk_colour_add(page, tmk_picture_row(page, j), page->width,
                   tmk_plane_row(&mask->amplitude[0], j),
                   tmk_plane_row(&mask->amplitude[1], j));
}

tmk_status attack_template_subtract(const attack_template *t, const tmk_picture *page, int x,
                                    int y, double k, tmk_error *error)
{
    tmk_analysis mask;
    tmk_status status = tmk_analysis_alloc(&mask, page->width, page->height, error);

    if (status == TMK_OK)
        status = mask_of(&mask, page, error);
    for (int j = 0; status == TMK_OK && j < page->height; j++)
        subtract_row(t, page, &mask, x, y, j, k);
    tmk_analysis_release(&mask);
    return status;
}
