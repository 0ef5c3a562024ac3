/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/wider.h"

#define SIDE TMK_PILOT_SIDE
#define POINTS ((size_t)SIDE * SIDE)
#define TORUS_BINS ((size_t)TMK_TORUS_SIDE * TMK_FFT_COLUMNS(TMK_TORUS_SIDE))
#define ROWS 32  /* of samples that are made at once */
#define LANES 16 /* of sums, so that their order is the same for all vectors */
/* How far a peak between the points may exceed the highest of them: three quarters is seen of
 * a peak of 10. */
#define MOST_TOP 1.5

struct tmk_searcher {
    const tmk_pilots *pilots;
    float *torus;                       /* of a component, or the correlation */
    float *rows;                        /* ROWS x TMK_TORUS_SIDE samples */
    float complex *spectrum;            /* of either */
    float complex *product;             /* bins of the annulus */
    float *correlation[TMK_COMPONENTS]; /* for all offsets, and what that is to be times */
    float gain[TMK_COMPONENTS];         /* to be over its deviation */
    float complex *residual[TMK_COMPONENTS]; /* whitened, the bins of the annulus */
    float tops[SIDE];                        /* the greatest of each row of the torus */
};

tmk_status tmk_searcher_new(tmk_searcher **searcher, const tmk_pilots *pilots,
                            tmk_error *error)
{
    tmk_searcher *self = tmk_calloc(1, sizeof *self);
    int complete = self != NULL;

    *searcher = NULL;
    if (complete) {
        self->pilots = pilots;
        self->torus = tmk_calloc((size_t)TMK_TORUS_SIDE * TMK_TORUS_SIDE, sizeof(float));
        self->rows = tmk_calloc((size_t)ROWS * TMK_TORUS_SIDE, sizeof(float));
        self->spectrum = tmk_calloc(TORUS_BINS, sizeof(float complex));
        self->product = tmk_calloc(pilots->count[TMK_LUMA] + pilots->count[TMK_CHROMA],
                                   sizeof(float complex));
        complete = self->torus != NULL && self->rows != NULL && self->spectrum != NULL &&
                   self->product != NULL;
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            self->residual[c] = tmk_calloc(pilots->count[c], sizeof(float complex));
            self->correlation[c] = tmk_calloc(POINTS, sizeof(float));
            complete = complete && self->residual[c] != NULL && self->correlation[c] != NULL;
        }
    }
    if (!complete) {
        tmk_searcher_free(&self);
        return tmk_fail_memory(error, "the search");
    }
    *searcher = self;
    return TMK_OK;
}

void tmk_searcher_free(tmk_searcher **searcher)
{
    tmk_searcher *s = *searcher;

    if (s == NULL)
        return;
    tmk_free(s->torus);
    tmk_free(s->rows);
    tmk_free(s->spectrum);
    tmk_free(s->product);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_free(s->residual[c]);
        tmk_free(s->correlation[c]);
    }
    tmk_free(s);
    *searcher = NULL;
}

/* Adds a row of WIDTH samples, the first of which lies at X of the torus' row TO. */
static void add_row(float *to, int side, int x, const float *row, int width)
{
    int start = x & (side - 1), split = side - start;

    for (int i = 0; i < width && i < split; i++)
        to[start + i] += row[i];
    for (int i = split; i < width; i++)
        to[i - split] += row[i];
}

/* Samples the residual and folds it onto the torus, at most a period at a time. */
static void fold(tmk_searcher *s, const tmk_pyramid *residual, tmk_component component,
                 const tmk_box *section, const tmk_affine *shape)
{
    int step = tmk_pilot_step(component), side = tmk_pilot_side(component);
    tmk_affine back = tmk_affine_inverse(shape);
    tmk_box box = tmk_affine_box(&back, section);
    int left = (int)floor(box.left / step), right = (int)ceil(box.right / step);
    int top = (int)floor(box.top / step), bottom = (int)ceil(box.bottom / step);

    memset(s->torus, 0, (size_t)side * (size_t)side * sizeof *s->torus);
    for (int y = top; y < bottom; y += ROWS)
        for (int x = left; x < right; x += side) {
            int width = right - x < side ? right - x : side;
            int height = bottom - y < ROWS ? bottom - y : ROWS;
            tmk_grid grid = {(double)x * step, (double)y * step, step, width, height};

            tmk_resample(s->rows, &grid, residual, shape);
            for (int j = 0; j < height; j++)
                add_row(s->torus + ((y + j) & (side - 1)) * side, side, x,
                        s->rows + j * width, width);
        }
}

/*
 * The annulus of the folded residual's spectrum: each ring is evened out, since the noise
 * may fall steeply with frequency, and peaks are tempered (partly phase-only), which mutes
 * periodic screens.
 */
static void whiten(tmk_searcher *s, tmk_component component)
{
    const tmk_pilot_bin *bins = s->pilots->bins[component];
    size_t count = s->pilots->count[component];
    float *values = (float *)s->residual[component], mean[TMK_PILOT_RINGS];
    double power[TMK_PILOT_RINGS] = {0}, members[TMK_PILOT_RINGS] = {0};

    for (size_t i = 0; i < count; i++) {
        float re = crealf(s->spectrum[bins[i].own]), im = cimagf(s->spectrum[bins[i].own]);

        values[2 * i] = re;
        values[2 * i + 1] = im;
        power[bins[i].ring] += re * re + im * im;
        members[bins[i].ring]++;
    }
    for (int ring = 0; ring < TMK_PILOT_RINGS; ring++)
        mean[ring] = (float)(power[ring] / fmax(members[ring], 1)) + 1e-20f;
    for (size_t i = 0; i < count; i++) {
        float re = values[2 * i], im = values[2 * i + 1];
        float gain = 1.0f / sqrtf(re * re + im * im + mean[bins[i].ring]);

        values[2 * i] = re * gain;
        values[2 * i + 1] = im * gain;
    }
}

/* PRODUCT becomes the cross spectrum of COUNT bins; returns its power, added up in lanes. */
TMK_WIDER static double multiply(float *restrict product, const float *restrict residual,
                                 const float *restrict pilot, size_t count)
{
    float lanes[LANES] = {0};
    double power = 0;
    size_t i = 0;

    for (size_t k = 0; k < 2 * count; k += 2) {
        product[k] = residual[k] * pilot[k] + residual[k + 1] * pilot[k + 1];
        product[k + 1] = residual[k] * pilot[k + 1] - residual[k + 1] * pilot[k];
    }
    for (; i + LANES <= 2 * count; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] += product[i + lane] * product[i + lane];
    for (; i < 2 * count; i++)
        power += product[i] * product[i];
    for (size_t lane = 0; lane < LANES; lane++)
        power += lanes[lane];
    return power;
}

/* The component's correlation for all offsets, and the gain that it wants. */
static void correlate(tmk_searcher *s, int component, int orientation)
{
    const tmk_pilots *p = s->pilots;
    size_t count = p->count[component];
    double power =
        multiply((float *)s->product, (const float *)s->residual[component],
                 (const float *)(p->spectra[component] + (size_t)orientation * count), count);

    memset(s->spectrum, 0, TMK_PILOT_BINS * sizeof *s->spectrum);
    for (size_t i = 0; i < p->run_count[component]; i++) {
        const tmk_pilot_run *run = &p->runs[component][i];

        memcpy(s->spectrum + run->joint, s->product + run->first,
               run->count * sizeof *s->product);
    }
    /* each bin of the half spectrum stands for two */
    s->gain[component] = power > 0 ? (float)(1 / sqrt(2 * power)) : 0;
    tmk_fft_inverse(p->correlation[component], s->spectrum, s->correlation[component]);
}

#define HALF_POWER 0.70710678f

/* Deviations by which a peak of an inverted picture, or of turned colours, must be higher to
 * rank as high: there are few of them, and twice or four times as many of its kind. */
#define UNUSUAL 0.6f

/* The rank of luma's correlation alone, and of both together, whatever their signs.  Choices
 * are between constants, so that they can be made in vectors. */
static inline float alone(float luma)
{
    return fabsf(luma) - (luma > 0 ? 0 : UNUSUAL);
}

static inline float joint(float luma, float chroma)
{
    float least = luma < chroma ? luma : chroma;

    return HALF_POWER * (fabsf(luma) + fabsf(chroma)) - (least > 0 ? 0 : UNUSUAL);
}

/* A row of the torus becomes the greater of the two; returns the greatest of that. */
TMK_WIDER static float combine_row(float *restrict torus, const float *restrict luma,
                                   const float *restrict chroma, float luma_gain,
                                   float chroma_gain)
{
    float best[LANES], most;

    for (size_t i = 0; i < SIDE; i++) {
        float y = luma_gain * luma[i], c = chroma_gain * chroma[i];
        float one = alone(y), both = joint(y, c);

        torus[i] = both > one ? both : one;
    }
    memcpy(best, torus, sizeof best);
    for (size_t i = LANES; i < SIDE; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            best[lane] = torus[i + lane] > best[lane] ? torus[i + lane] : best[lane];
    most = best[0];
    for (size_t lane = 1; lane < LANES; lane++)
        most = best[lane] > most ? best[lane] : most;
    return most;
}

static void combine(tmk_searcher *s)
{
    for (size_t y = 0; y < SIDE; y++)
        s->tops[y] = combine_row(s->torus + y * SIDE, s->correlation[TMK_LUMA] + y * SIDE,
                                 s->correlation[TMK_CHROMA] + y * SIDE, s->gain[TMK_LUMA],
                                 s->gain[TMK_CHROMA]);
}

static int sign_of(float value)
{
    return value < 0 ? -1 : 1;
}

static int near(double a, double b, double period, double within)
{
    double d = fabs(remainder(a - b, period));

    return d < within;
}

static int beside(const tmk_candidate *a, const tmk_candidate *b)
{
    double scale = tmk_affine_scale(&a->map);
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

    if (candidates->count == candidates->limit &&
        list[candidates->count - 1].score >= candidate->score)
        return;
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

/* The index of the greatest of the torus' points. */
static size_t greatest(const tmk_searcher *s)
{
    size_t row = 0, at;

    for (size_t y = 1; y < SIDE; y++)
        if (s->tops[y] > s->tops[row])
            row = y;
    at = row * SIDE;
    while (s->torus[at] != s->tops[row])
        at++;
    return at;
}

/* Blots out what lies around the point (X, Y) of the torus. */
static void blot(tmk_searcher *s, int x, int y)
{
    for (int dy = -2; dy <= 2; dy++) {
        size_t row = (size_t)((y + dy) & (SIDE - 1));
        float *points = s->torus + row * SIDE;

        for (int dx = -2; dx <= 2; dx++)
            points[(x + dx) & (SIDE - 1)] = 0;
        s->tops[row] = 0;
        for (size_t i = 0; i < SIDE; i++)
            if (points[i] > s->tops[row])
                s->tops[row] = points[i];
    }
}

/* The top of the parabola through BEFORE, AT and AFTER, of which AT is the greatest: returns
 * how much it exceeds AT, and moves *PLACE there from AT. */
static double top_of(double before, double at, double after, double *place)
{
    double slope = 0.5 * (after - before), bend = 2 * at - before - after;

    if (!(bend > 0) || fabs(slope) > bend)
        return 0;
    *place += slope / bend;
    return 0.5 * slope * slope / bend;
}

/* The candidate at the point (X, Y) of the torus, between whose points the peak lies. */
static tmk_candidate candidate_at(const tmk_searcher *s, const tmk_affine *shape,
                                  int orientation, int x, int y)
{
    const float luma = s->gain[TMK_LUMA] * s->correlation[TMK_LUMA][y * SIDE + x];
    const float chroma = s->gain[TMK_CHROMA] * s->correlation[TMK_CHROMA][y * SIDE + x];
    const float *row = s->torus + (size_t)y * SIDE;
    const float *above = s->torus + (size_t)((y - 1) & (SIDE - 1)) * SIDE;
    const float *below = s->torus + (size_t)((y + 1) & (SIDE - 1)) * SIDE;
    tmk_candidate found = {.orientation = orientation};
    tmk_affine shifted = tmk_orientations[orientation];
    double px = x, py = y, value = row[x];

    value += top_of(row[(x - 1) & (SIDE - 1)], row[x], row[(x + 1) & (SIDE - 1)], &px);
    value += top_of(above[x], row[x], below[x], &py);
    shifted.x0 = -px * TMK_PILOT_STEP;
    shifted.y0 = -py * TMK_PILOT_STEP;
    found.map = tmk_affine_then(&shifted, shape);
    found.score = value;
    found.signs[TMK_LUMA] = sign_of(luma);
    if (joint(luma, chroma) > alone(luma))
        found.signs[TMK_CHROMA] = sign_of(chroma);
    return found;
}

/* Enters the highest point of the torus, blots out its surroundings, and again. */
static void take_peaks(tmk_searcher *s, const tmk_affine *shape, int orientation, int peaks,
                       tmk_candidates *candidates)
{
    for (int peak = 0; peak < peaks; peak++) {
        size_t best = greatest(s);
        int x = (int)(best % SIDE), y = (int)(best / SIDE);
        tmk_candidate found;

        if (candidates->count == candidates->limit &&
            s->torus[best] + MOST_TOP < candidates->list[candidates->count - 1].score)
            break;
        found = candidate_at(s, shape, orientation, x, y);
        tmk_candidates_add(candidates, &found);
        blot(s, x, y);
    }
}

void tmk_search(tmk_searcher *s, const tmk_residuals *residuals, const tmk_box *section,
                const tmk_affine *shape, unsigned orientations, int peaks,
                tmk_candidates *candidates)
{
    const tmk_pyramid *pyramids = tmk_residuals_for(residuals, shape);

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        s->gain[c] = 0;
        if (pyramids[c].levels == 0)
            continue;
        fold(s, &pyramids[c], (tmk_component)c, section, shape);
        tmk_fft_forward(s->pilots->fft[c], s->torus, s->spectrum);
        whiten(s, (tmk_component)c);
    }
    for (int o = 0; o < TMK_ORIENTATIONS; o++)
        if (orientations >> o & 1) {
            for (int c = 0; c < TMK_COMPONENTS; c++)
                if (pyramids[c].levels > 0)
                    correlate(s, c, o);
            combine(s);
            take_peaks(s, shape, o, peaks, candidates);
        }
}
