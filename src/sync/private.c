/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/private.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/wider.h"
#include "signal/fft.h"
#include "sync/index_plane.h"
#include "sync/pilots.h"

/* Points of a correlation along a side.  The coarse ones leave a quarter of the carriers out:
 * those of the highest frequencies, which die first. */
enum { COARSE, FINE, GRIDS };
static const int sides[GRIDS] = {256, 512};
#define MOST_POINTS ((size_t)512 * 512)
#define MOST_BINS ((size_t)512 * TMK_FFT_COLUMNS(512))

#define RINGS 16
#define BLUR 6 /* cycles a period by which a tile's window spreads a carrier */
#define RUNS 16

/* A frequency: where a band's spectrum and that of a correlation have it. */
typedef struct point {
    uint32_t own, joint;
    float x, y, ring; /* cycles a period */
} point;

typedef struct component {
    size_t count;
    point *points;
} component;

typedef struct grid {
    int side;
    tmk_fft *fft;
    component components[TMK_COMPONENTS];
} grid;

/* A shape, and what the picture shows in it: conjugate, whitened. */
typedef struct view {
    tmk_affine shape;
    const grid *grid;
    float complex *residual[TMK_COMPONENTS];
} view;

struct tmk_private_search {
    const tmk_carriers *carriers;
    grid grids[GRIDS];
    int count;
    view *views;
};

/* ------------------------------------------------------------------- the picture */

/* The range of the component's radii, cycles a period. */
static void annulus(const tmk_carriers *carriers, tmk_component which, double range[2])
{
    int count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, which, &count);

    range[0] = HUGE_VAL;
    range[1] = 0;
    for (int i = 0; i < count; i++) {
        double radius = TMK_PERIOD_TILES * hypot(bins[i].x, bins[i].y);

        range[0] = fmin(range[0], radius - BLUR);
        range[1] = fmax(range[1], radius + BLUR);
    }
}

static tmk_status list_points(component *to, int side, const tmk_carriers *carriers,
                              tmk_component which, tmk_error *error)
{
    int most = side / 2 - 1 < TMK_INDEX_REACH ? side / 2 - 1 : TMK_INDEX_REACH;
    double range[2];

    annulus(carriers, which, range);
    to->points = tmk_calloc((size_t)(2 * most + 1) * (size_t)(most + 1), sizeof *to->points);
    if (to->points == NULL)
        return tmk_fail_memory(error, "the search");
    for (int y = -most; y <= most; y++)
        for (int x = 0; x <= most; x++) {
            double radius = hypot(x, y);
            double ring = RINGS * (radius - range[0]) / (range[1] - range[0]);

            if (radius < range[0] || radius > range[1] || (x == 0 && y <= 0))
                continue;
            to->points[to->count++] =
                (point){(uint32_t)((y + TMK_INDEX_REACH) * TMK_INDEX_COLUMNS + x),
                        (uint32_t)((y & (side - 1)) * TMK_FFT_COLUMNS(side) + x), (float)x,
                        (float)y, (float)fmin(ring, RINGS - 1)};
        }
    return TMK_OK;
}

/* Samples a row of SECTION as SHAPE shows it and folds it onto TORUS. */
static void fold_row(float *torus, int step, int side, const tmk_pyramid *residual,
                     const tmk_affine *shape, int left, int right, int y)
{
    float row[TMK_TORUS_SIDE];
    float *to = torus + (size_t)(y & (side - 1)) * (size_t)side;

    for (int x = left; x < right; x += side) {
        int width = right - x < side ? right - x : side;
        tmk_grid samples = {(double)x * step, (double)y * step, step, width, 1};

        tmk_resample(row, &samples, residual, shape);
        for (int i = 0; i < width; i++)
            to[(x + i) & (side - 1)] += row[i];
    }
}

static void fold(float *torus, tmk_component which, const tmk_pyramid *residual,
                 const tmk_affine *shape, const tmk_box *section)
{
    int step = tmk_pilot_step(which), side = tmk_pilot_side(which);
    tmk_affine back = tmk_affine_inverse(shape);
    tmk_box box = tmk_affine_box(&back, section);

    memset(torus, 0, (size_t)side * (size_t)side * sizeof *torus);
    for (int y = (int)floor(box.top / step); y < (int)ceil(box.bottom / step); y++)
        fold_row(torus, step, side, residual, shape, (int)floor(box.left / step),
                 (int)ceil(box.right / step), y);
}

/* Each ring is evened out and peaks are tempered, as in sync/search.c; what is kept is
 * conjugate, and of samples that lie where their pixels do. */
static void whiten(float complex *to, const component *c, tmk_component which,
                   const float complex *spectrum)
{
    double centre = 0.5 * tmk_pilot_step(which) - 0.5;
    double power[RINGS] = {0}, members[RINGS] = {0};
    int side = tmk_pilot_side(which);

    for (size_t i = 0; i < c->count; i++) {
        const point *p = &c->points[i];
        int row = (int)p->y & (side - 1);
        double turn = 2 * M_PI * centre * (p->x + p->y) / TMK_PERIOD;

        to[i] = conjf(spectrum[(size_t)row * (size_t)TMK_FFT_COLUMNS(side) + (size_t)p->x]) *
                ((float)cos(turn) + (float)sin(turn) * I);
        power[(int)p->ring] += 2 * tmk_power(to[i]);
        members[(int)p->ring]++;
    }
    for (size_t i = 0; i < c->count; i++) {
        int ring = (int)c->points[i].ring;
        double gain = 1 / sqrt(2 * tmk_power(to[i]) + power[ring] / members[ring] + 1e-20);

        to[i] *= (float)gain;
    }
}

/* Takes down COMPONENT of the picture in each shape. */
static tmk_status look_at(tmk_private_search *s, int which, const tmk_residuals *residuals,
                          const tmk_box *section, tmk_error *error)
{
    int side = tmk_pilot_side((tmk_component)which);
    float *torus = tmk_calloc((size_t)side * (size_t)side, sizeof *torus);
    float complex *spectrum = tmk_calloc((size_t)side * (size_t)TMK_FFT_COLUMNS(side),
                                         sizeof *spectrum);
    tmk_fft *fft = NULL;
    tmk_status status = tmk_fft_new(&fft, side, error);

    if (status == TMK_OK && (torus == NULL || spectrum == NULL))
        status = tmk_fail_memory(error, "the search");
    for (int i = 0; status == TMK_OK && i < s->count; i++) {
        view *v = &s->views[i];
        const tmk_pyramid *pyramids = tmk_residuals_for(residuals, &v->shape);

        if (pyramids[which].levels == 0)
            continue;
        fold(torus, (tmk_component)which, &pyramids[which], &v->shape, section);
        tmk_fft_forward(fft, torus, spectrum);
        whiten(v->residual[which], &v->grid->components[which], (tmk_component)which,
               spectrum);
    }
    tmk_fft_free(&fft);
    tmk_free(torus);
    tmk_free(spectrum);
    return status;
}

static tmk_status make_grids(tmk_private_search *s, tmk_error *error)
{
    for (int i = 0; i < GRIDS; i++) {
        grid *g = &s->grids[i];

        g->side = sides[i];
        TMK_TRY(tmk_fft_new(&g->fft, g->side, error));
        for (int c = 0; c < TMK_COMPONENTS; c++)
            TMK_TRY(list_points(&g->components[c], g->side, s->carriers, (tmk_component)c,
                                error));
    }
    return TMK_OK;
}

static tmk_status make_views(tmk_private_search *s, const tmk_private_shape *shapes,
                             tmk_error *error)
{
    s->views = tmk_calloc((size_t)s->count, sizeof *s->views);
    if (s->views == NULL)
        return tmk_fail_memory(error, "the search");
    for (int i = 0; i < s->count; i++) {
        view *v = &s->views[i];

        v->shape = shapes[i].map;
        v->grid = &s->grids[shapes[i].fine ? FINE : COARSE];
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            v->residual[c] = tmk_calloc(v->grid->components[c].count, sizeof(float complex));
            if (v->residual[c] == NULL)
                return tmk_fail_memory(error, "the search");
        }
    }
    return TMK_OK;
}

tmk_status tmk_private_search_new(tmk_private_search **search, const tmk_carriers *carriers,
                                  const tmk_residuals *residuals, const tmk_box *section,
                                  const tmk_private_shape *shapes, int count,
                                  tmk_error *error)
{
    tmk_private_search *s = tmk_calloc(1, sizeof *s);
    tmk_status status;

    *search = s;
    if (s == NULL)
        return tmk_fail_memory(error, "the search");
    s->carriers = carriers;
    s->count = count;
    status = make_grids(s, error);
    if (status == TMK_OK)
        status = make_views(s, shapes, error);
    for (int c = 0; status == TMK_OK && c < TMK_COMPONENTS; c++)
        status = look_at(s, c, residuals, section, error);
    if (status != TMK_OK)
        tmk_private_search_free(search);
    return status;
}

void tmk_private_search_free(tmk_private_search **search)
{
    tmk_private_search *s = *search;

    if (s == NULL)
        return;
    for (int i = 0; s->views != NULL && i < s->count; i++)
        for (int c = 0; c < TMK_COMPONENTS; c++)
            tmk_free(s->views[i].residual[c]);
    for (int i = 0; i < GRIDS; i++) {
        tmk_fft_free(&s->grids[i].fft);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            tmk_free(s->grids[i].components[c].points);
    }
    tmk_free(s->views);
    tmk_free(s);
    *search = NULL;
}

/* --------------------------------------------------------------------- the bands */

/* A run of bands, on one thread. */
typedef struct run {
    tmk_index_plane *plane;
    float complex *planes[GRIDS][TMK_COMPONENTS]; /* of a band, at the components' points */
    float complex *joint;
    float *correlation;
    tmk_private_places places;
} run;

static void end_run(run *r)
{
    tmk_index_plane_free(&r->plane);
    for (int i = 0; i < GRIDS; i++)
        for (int c = 0; c < TMK_COMPONENTS; c++)
            tmk_free(r->planes[i][c]);
    tmk_free(r->joint);
    tmk_free(r->correlation);
}

static tmk_status begin_run(run *r, const tmk_private_search *s, tmk_error *error)
{
    int complete;

    TMK_TRY(tmk_index_plane_new(&r->plane, s->carriers, error));
    r->joint = tmk_calloc(MOST_BINS, sizeof *r->joint);
    r->correlation = tmk_calloc(MOST_POINTS, sizeof *r->correlation);
    complete = r->joint != NULL && r->correlation != NULL;
    for (int i = 0; i < GRIDS; i++)
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            r->planes[i][c] = tmk_calloc(s->grids[i].components[c].count,
                                         sizeof(float complex));
            complete = complete && r->planes[i][c] != NULL;
        }
    return complete ? TMK_OK : tmk_fail_memory(error, "the search");
}

/* Takes the points of C from ALL, and gives them the power 1. */
static void take_points(float complex *to, const component *c, const float complex *all)
{
    double power = 0;

    for (size_t i = 0; i < c->count; i++) {
        to[i] = all[c->points[i].own];
        power += tmk_power(to[i]);
    }
    for (size_t i = 0; power > 0 && i < c->count; i++)
        to[i] *= (float)(1 / sqrt(power));
}

static void draw(run *r, const tmk_private_search *s, int band)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        const float complex *all = tmk_index_plane_draw(r->plane, (tmk_component)c, band);

        for (int i = 0; i < GRIDS; i++)
            take_points(r->planes[i][c], &s->grids[i].components[c], all);
    }
}

static void enter(tmk_private_places *places, const tmk_private_place *place)
{
    int at = places->count;

    if (at == TMK_MOST_PRIVATE && places->list[at - 1].score >= place->score)
        return;
    if (at == TMK_MOST_PRIVATE)
        at--;
    else
        places->count++;
    for (; at > 0 && places->list[at - 1].score < place->score; at--)
        places->list[at] = places->list[at - 1];
    places->list[at] = *place;
}

/* Adds the product of both spectra to JOINT. */
static void multiply(float complex *joint, const component *c, const float complex *residual,
                     const float complex *plane)
{
    const float *a = (const float *)residual, *b = (const float *)plane;
    float *to = (float *)joint;

    for (size_t i = 0; i < c->count; i++) {
        size_t at = 2 * (size_t)c->points[i].joint;

        to[at] += a[2 * i] * b[2 * i] - a[2 * i + 1] * b[2 * i + 1];
        to[at + 1] += a[2 * i] * b[2 * i + 1] + a[2 * i + 1] * b[2 * i];
    }
}

TMK_WIDER static double power_of(const float complex *values, size_t count)
{
    const float *parts = (const float *)values;
    float lanes[16] = {0};
    double power = 0;

    for (size_t i = 0; i + 16 <= 2 * count; i += 16)
        for (size_t lane = 0; lane < 16; lane++)
            lanes[lane] += parts[i + lane] * parts[i + lane];
    for (int lane = 0; lane < 16; lane++)
        power += lanes[lane];
    return power;
}

/* The index of the greatest of COUNT points. */
TMK_WIDER static size_t greatest(const float *points, size_t count)
{
    float best[16], most;
    size_t at = 0;

    memcpy(best, points, sizeof best);
    for (size_t i = 16; i < count; i += 16)
        for (size_t lane = 0; lane < 16; lane++)
            best[lane] = points[i + lane] > best[lane] ? points[i + lane] : best[lane];
    most = best[0];
    for (size_t lane = 1; lane < 16; lane++)
        most = best[lane] > most ? best[lane] : most;
    while (points[at] != most)
        at++;
    return at;
}

/* Enters the highest peak of BAND, which is drawn, in a view. */
static void correlate(run *r, const view *v, int band)
{
    int side = v->grid->side;
    size_t bins = (size_t)side * (size_t)TMK_FFT_COLUMNS(side), at;
    const double step = (double)TMK_PERIOD / side;
    tmk_affine shift = {1, 0, 0, 0, 1, 0};
    tmk_private_place place = {.band = band};
    double power;

    memset(r->joint, 0, bins * sizeof *r->joint);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        multiply(r->joint, &v->grid->components[c], v->residual[c],
                 r->planes[v->grid->side == sides[FINE] ? FINE : COARSE][c]);
    power = 2 * power_of(r->joint, bins); /* a bin of the half spectrum stands for two */
    if (!(power > 0))
        return;
    tmk_fft_inverse(v->grid->fft, r->joint, r->correlation);
    at = greatest(r->correlation, (size_t)side * (size_t)side);
    place.score = r->correlation[at] / sqrt(power);
    shift.x0 = -(step * (double)(at % (size_t)side) + TMK_INDEX_SHIFT);
    shift.y0 = -(step * (double)(at / (size_t)side) + TMK_INDEX_SHIFT);
    place.map = tmk_affine_then(&shift, &v->shape);
    enter(&r->places, &place);
}

typedef struct work {
    const tmk_private_search *search;
    int first, count;
    run runs[RUNS];
} work;

static tmk_status run_bands(size_t index, void *context, tmk_error *error)
{
    work *w = context;
    run *r = &w->runs[index];
    int from = w->first + w->count * (int)index / RUNS;
    int to = w->first + w->count * ((int)index + 1) / RUNS;
    tmk_status status = begin_run(r, w->search, error);

    for (int band = from; status == TMK_OK && band < to; band++) {
        draw(r, w->search, band);
        for (int shape = 0; shape < w->search->count; shape++)
            correlate(r, &w->search->views[shape], band);
    }
    end_run(r);
    return status;
}

tmk_status tmk_private_search_bands(tmk_private_search *search, int first, int count,
                                    int threads, tmk_private_places *places, tmk_error *error)
{
    work *w = tmk_calloc(1, sizeof *w);
    tmk_status status;

    if (w == NULL)
        return tmk_fail_memory(error, "the search");
    w->search = search;
    w->first = first;
    w->count = count;
    status = tmk_parallel_try(RUNS, threads, run_bands, w, error);
    for (int r = 0; status == TMK_OK && r < RUNS; r++)
        for (int i = 0; i < w->runs[r].places.count; i++)
            enter(places, &w->runs[r].places.list[i]);
    tmk_free(w);
    return status;
}
