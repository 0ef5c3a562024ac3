/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SIDE TMK_PILOT_SIDE
#define STEP TMK_PILOT_STEP

struct tmk_searcher {
    const tmk_pilots *pilots;
    const tmk_fft *fft;
    float *torus;                             /* SIDE x SIDE */
    float *row;                               /* one row of samples */
    size_t row_length;
    float complex *residual[TMK_COMPONENTS];  /* whitened spectra */
    float complex *product;
};

tmk_status tmk_searcher_new(tmk_searcher **searcher, const tmk_pilots *pilots,
                            const tmk_fft *fft, tmk_error *error)
{
    tmk_searcher *made = tmk_calloc(1, sizeof *made);
    int complete = made != NULL;

    *searcher = NULL;
    if (complete) {
        made->pilots = pilots;
        made->fft = fft;
        made->torus = tmk_calloc((size_t)SIDE * SIDE, sizeof(float));
        made->row_length = SIDE;
        made->row = tmk_calloc(made->row_length, sizeof(float));
        made->product = tmk_calloc(TMK_PILOT_BINS, sizeof(float complex));
        complete = made->torus != NULL && made->row != NULL && made->product != NULL;
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            made->residual[c] = tmk_calloc(TMK_PILOT_BINS, sizeof(float complex));
            complete = complete && made->residual[c] != NULL;
        }
    }
    if (!complete) {
        tmk_searcher_free(&made);
        return tmk_fail_memory(error, "the search");
    }
    *searcher = made;
    return TMK_OK;
}

void tmk_searcher_free(tmk_searcher **searcher)
{
    tmk_searcher *s = *searcher;

    if (s == NULL)
        return;
    tmk_free(s->torus);
    tmk_free(s->row);
    tmk_free(s->product);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_free(s->residual[c]);
    tmk_free(s);
    *searcher = NULL;
}

/* The box that WINDOW of the picture takes up before SHAPE, in steps of the torus. */
static void box_of(const double window[4], const tmk_affine *shape, int box[4])
{
    tmk_affine back = tmk_affine_inverse(shape);
    double low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {-HUGE_VAL, -HUGE_VAL};

    for (int corner = 0; corner < 4; corner++) {
        double u = window[corner & 1 ? 2 : 0], v = window[corner & 2 ? 3 : 1];
        double x = tmk_affine_x(&back, u, v), y = tmk_affine_y(&back, u, v);

        low[0] = fmin(low[0], x);
        high[0] = fmax(high[0], x);
        low[1] = fmin(low[1], y);
        high[1] = fmax(high[1], y);
    }
    for (int i = 0; i < 2; i++) {
        box[i] = (int)floor(low[i] / STEP);
        box[2 + i] = (int)ceil(high[i] / STEP);
    }
}

/* Samples the residual row by row and folds it onto the torus, SIDE samples at a time. */
static void fold(tmk_searcher *s, const tmk_pyramid *residual, const int box[4],
                 const tmk_affine *shape)
{
    memset(s->torus, 0, (size_t)SIDE * SIDE * sizeof *s->torus);
    for (int y = box[1]; y < box[3]; y++)
        for (int x = box[0]; x < box[2]; x += SIDE) {
            int width = box[2] - x < SIDE ? box[2] - x : SIDE;
            tmk_grid grid = {(double)x * STEP, (double)y * STEP, STEP, width, 1};
            float *to = s->torus + (size_t)(y & (SIDE - 1)) * SIDE;

            tmk_resample(s->row, &grid, residual, shape);
            for (int i = 0; i < width; i++)
                to[(x + i) & (SIDE - 1)] += s->row[i];
        }
}

/* Tempers peaks of the spectrum: partly phase-only, which mutes periodic screens. */
static void whiten(float complex *spectrum)
{
    const int low = SIDE * 5 * STEP / TMK_TILE, high = SIDE * 15 * STEP / TMK_TILE;
    double power = 0;
    float mean;
    int bins = 0;

    for (int ky = 0; ky < SIDE; ky++)
        for (int kx = 0; kx < TMK_FFT_COLUMNS(SIDE); kx++) {
            float complex *v = spectrum + (size_t)ky * TMK_FFT_COLUMNS(SIDE) + kx;
            int y = ky < SIDE / 2 ? ky : ky - SIDE, square = kx * kx + y * y;

            if (square < low * low || square > high * high)
                continue;
            power += crealf(*v) * crealf(*v) + cimagf(*v) * cimagf(*v);
            bins++;
        }
    mean = (float)(power / bins) + 1e-20f;
    for (size_t i = 0; i < TMK_PILOT_BINS; i++) {
        float re = crealf(spectrum[i]), im = cimagf(spectrum[i]);

        spectrum[i] /= sqrtf(re * re + im * im + mean);
    }
}

/* The correlation for all offsets of both components, each over its own deviation. */
static int correlate(tmk_searcher *s, int orientation, const int used[TMK_COMPONENTS])
{
    float gains[TMK_COMPONENTS] = {0};
    int any = 0;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        const float complex *pilot =
            s->pilots->spectra[c] + (size_t)orientation * TMK_PILOT_BINS;
        double power = 0;

        for (size_t i = 0; used[c] && i < TMK_PILOT_BINS; i++) {
            float pr = crealf(pilot[i]), pi = cimagf(pilot[i]);
            float rr = crealf(s->residual[c][i]), ri = cimagf(s->residual[c][i]);

            power += (pr * pr + pi * pi) * (rr * rr + ri * ri);
        }
        if (power > 0) {
            gains[c] = (float)(1 / sqrt(power));
            any++;
        }
    }
    for (size_t i = 0; i < TMK_PILOT_BINS; i++) {
        float re = 0, im = 0;

        for (int c = 0; c < TMK_COMPONENTS; c++)
            if (gains[c] > 0) {
                float complex p =
                    s->pilots->spectra[c][(size_t)orientation * TMK_PILOT_BINS + i];
                float pr = crealf(p) * gains[c], pi = cimagf(p) * gains[c];
                float rr = crealf(s->residual[c][i]), ri = cimagf(s->residual[c][i]);

                re += rr * pr + ri * pi;
                im += rr * pi - ri * pr;
            }
        s->product[i] = re + im * I;
    }
    tmk_fft_inverse(s->fft, s->product, s->torus);
    return any;
}

static int near(double a, double b, double period, double within)
{
    double d = fabs(remainder(a - b, period));

    return d < within;
}

static int beside(const tmk_candidate *a, const tmk_candidate *b)
{
    double scale = sqrt(fabs(a->map.xx * a->map.yy - a->map.xy * a->map.yx));
    tmk_affine back_a = tmk_affine_inverse(&a->map), back_b = tmk_affine_inverse(&b->map);

    return a->orientation == b->orientation &&
           fabs(a->map.xx - b->map.xx) + fabs(a->map.yy - b->map.yy) +
                   fabs(a->map.xy - b->map.xy) + fabs(a->map.yx - b->map.yx) <
               0.04 * scale &&
           near(back_a.x0, back_b.x0, TMK_PERIOD, 12) &&
           near(back_a.y0, back_b.y0, TMK_PERIOD, 12);
}

void tmk_candidates_add(tmk_candidates *candidates, const tmk_candidate *candidate)
{
    tmk_candidate *list = candidates->list;
    int at;

    for (int i = 0; i < candidates->count; i++)
        if (beside(&list[i], candidate)) {
            if (list[i].score >= candidate->score)
                return;
            memmove(&list[i], &list[i + 1],
                    (size_t)(candidates->count - i - 1) * sizeof *list);
            candidates->count--;
            break;
        }
    for (at = 0; at < candidates->count && list[at].score >= candidate->score; at++)
        ;
    if (at >= candidates->limit)
        return;
    if (candidates->count == candidates->limit)
        candidates->count--;
    memmove(&list[at + 1], &list[at], (size_t)(candidates->count - at) * sizeof *list);
    list[at] = *candidate;
    candidates->count++;
}

/* Enters the highest point of the torus, blots out its surroundings, and again. */
static void take_peaks(tmk_searcher *s, const tmk_affine *shape, int orientation, int peaks,
                       double deviation, tmk_candidates *candidates)
{
    for (int peak = 0; peak < peaks; peak++) {
        tmk_affine shifted = tmk_orientations[orientation];
        tmk_candidate found = {.orientation = orientation};
        int best = 0, x, y;

        for (int i = 1; i < SIDE * SIDE; i++)
            if (s->torus[i] > s->torus[best])
                best = i;
        x = best % SIDE;
        y = best / SIDE;
        found.score = s->torus[best] / deviation;
        shifted.x0 = -(double)x * STEP;
        shifted.y0 = -(double)y * STEP;
        found.map = tmk_affine_then(&shifted, shape);
        tmk_candidates_add(candidates, &found);
        for (int dy = -2; dy <= 2; dy++)
            for (int dx = -2; dx <= 2; dx++)
                s->torus[((y + dy) & (SIDE - 1)) * SIDE + ((x + dx) & (SIDE - 1))] = 0;
    }
}

void tmk_search(tmk_searcher *s, const tmk_residuals *residuals, const double window[4],
                const tmk_affine *shape, unsigned orientations, int peaks,
                tmk_candidates *candidates)
{
    const tmk_pyramid *pyramids = tmk_residuals_for(residuals, shape);
    int box[4], used[TMK_COMPONENTS];

    box_of(window, shape, box);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        used[c] = pyramids[c].levels > 0;
        if (!used[c])
            continue;
        fold(s, &pyramids[c], box, shape);
        tmk_fft_forward(s->fft, s->torus, s->residual[c]);
        whiten(s->residual[c]);
    }
    for (int o = 0; o < TMK_ORIENTATIONS; o++) {
        int any;
        double power = 0;

        if (!(orientations >> o & 1) || (any = correlate(s, o, used)) == 0)
            continue;
        for (int i = 0; i < SIDE * SIDE; i++)
            power += (double)s->torus[i] * s->torus[i];
        take_peaks(s, shape, o, peaks, sqrt(power / (SIDE * SIDE)) + 1e-30, candidates);
    }
}
