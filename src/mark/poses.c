/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/poses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "mark/focus.h"
#include "mark/nudge.h"
#include "mark/sections.h"
#include "mark/shapes.h"
#include "sync/refine.h"
#include "sync/search.h"

/* What chance makes of the sync carriers' correlation in the best of some tens of fits, of
 * the offset alone and of six parameters: what exceeds it ranks the fits. */
static const double chance[] = {
    [TMK_FIT_SHIFT] = 4.3, [TMK_FIT_AFFINE] = 5.5, [TMK_FIT_HASTY] = 5.5};
/* How far below it a fit is still given. */
#define BELOW_CHANCE 1.0
/* Hasty fits of each list that are done properly at most, and fits that are given. */
#define MOST_FITTED 16
#define MOST_GIVEN 8
/* Index correlation above which a band is surely there: fewer than two poses in a hundred
 * have it by chance. */
#define SURE_INDEX 4.5f
/* Sections that are searched by the stages after the first, which is quick. */
#define SECTIONS 3
/* Maps that lead the picture's corners so near to each other, in released pixels, show the
 * same. */
#define SAME 1.5

typedef struct fitted {
    tmk_affine map;
    int signs[TMK_COMPONENTS];
    double sync, excess; /* over chance */
} fitted;

#define MAX_FITTED (TMK_MAX_CANDIDATES + 3 * MOST_FITTED)

struct tmk_poses {
    const tmk_carriers *carriers;
    const tmk_extract_options *options;
    tmk_fft *tile_fft;
    tmk_pilots pilots;
    tmk_refiner *refiner;

    const tmk_residuals *residuals;
    tmk_share share;
    int stages, stage, section; /* of the list that was made last */
    int section_count;
    tmk_box sections[TMK_MAX_SECTIONS];

    int fitted_count, next; /* the list, and which of it comes next */
    fitted fitted[MAX_FITTED];

    tmk_pose pose;
    int signs[TMK_COMPONENTS]; /* of the pose */
    int moves;                 /* the pose is to be given once more, moved */
    fitted moved;

    int count, first; /* given so far, and of this prediction the first */
    tmk_affine given[TMK_MAX_POSES];
};

/* --------------------------------------------------------------------- searching */

/* Shapes are shared out in runs, each with a searcher and a list of its own. */
#define RUNS 32

typedef struct search {
    const tmk_poses *poses;
    const tmk_shapes *shapes;
    const tmk_box *section;
    tmk_candidates *runs;
} search;

static tmk_status search_run(size_t index, void *context, tmk_error *error)
{
    search *s = context;
    tmk_searcher *searcher = NULL;
    size_t from = (size_t)s->shapes->count * index / RUNS;
    size_t to = (size_t)s->shapes->count * (index + 1) / RUNS;

    s->runs[index].limit = s->shapes->candidates;
    if (from == to)
        return TMK_OK;
    TMK_TRY(tmk_searcher_new(&searcher, &s->poses->pilots, error));
    for (size_t i = from; i < to; i++)
        tmk_search(searcher, s->poses->residuals, s->section, &s->shapes->list[i].shape,
                   s->shapes->list[i].orientations, s->shapes->peaks, &s->runs[index]);
    tmk_searcher_free(&searcher);
    return TMK_OK;
}

static tmk_status search_shapes(const tmk_poses *p, const tmk_shapes *shapes,
                                const tmk_box *section, tmk_candidates *candidates,
                                tmk_error *error)
{
    search s = {p, shapes, section, tmk_calloc(RUNS, sizeof(tmk_candidates))};
    tmk_status status;

    if (s.runs == NULL)
        return tmk_fail_memory(error, "the search");
    candidates->limit = shapes->candidates;
    status = tmk_parallel_try(RUNS, p->options->threads, search_run, &s, error);
    for (int r = 0; status == TMK_OK && r < RUNS; r++)
        for (int i = 0; i < s.runs[r].count; i++)
            tmk_candidates_add(candidates, &s.runs[r].list[i]);
    tmk_free(s.runs);
    return status;
}

/* ----------------------------------------------------------------------- fitting */

static tmk_status report_progress(const tmk_poses *p, tmk_error *error)
{
    double done = p->share.from +
                  (p->share.to - p->share.from) * p->stage / (p->stages > 0 ? p->stages : 1);

    if (p->options->progress != NULL && p->options->progress(p->options->context, done) != 0)
        return tmk_fail(error, TMK_CANCELLED, "cancelled");
    return TMK_OK;
}

static tmk_fit_of fit_of(const tmk_poses *p, const tmk_box *section,
                         const int signs[TMK_COMPONENTS])
{
    return (tmk_fit_of){p->residuals,
                        0.5 * (section->left + section->right),
                        0.5 * (section->top + section->bottom),
                        {signs[0], signs[1]}};
}

/* Fits MAP, found in SECTION with SIGNS, as FIT says and lists it, unless it shows
 * nothing. */
static tmk_status fit_one(tmk_poses *p, const tmk_affine *map,
                          const int signs[TMK_COMPONENTS], tmk_fit fit,
                          const tmk_box *section, tmk_error *error)
{
    const tmk_fit_of of = fit_of(p, section, signs);
    fitted own = {.map = *map, .signs = {signs[0], signs[1]}};

    TMK_TRY(tmk_refine(p->refiner, &of, fit, &own.map, &own.sync, error));
    own.excess = own.sync - chance[fit];
    if (own.excess > -BELOW_CHANCE)
        p->fitted[p->fitted_count++] = own;
    return TMK_OK;
}

static int better_first(const void *a, const void *b)
{
    const fitted *one = a, *other = b;

    return one->excess > other->excess ? -1 : one->excess < other->excess;
}

/* Ranks the list from its entry FROM on, and keeps MOST of those. */
static void rank(tmk_poses *p, int from, int most)
{
    qsort(p->fitted + from, (size_t)(p->fitted_count - from), sizeof *p->fitted,
          better_first);
    if (p->fitted_count > from + most)
        p->fitted_count = from + most;
}

/*
 * Fits the candidates, all of them in a hurry and the best of them properly, and ranks the
 * fits.  A shape that was exact already is best left alone where the pilots are weak; and
 * all are fitted, for a slight turn is seen only so.
 */
static tmk_status fit_all(tmk_poses *p, const tmk_candidates *candidates, int exact,
                          const tmk_box *section, tmk_error *error)
{
    int shifted, hasty;

    for (int i = 0; exact && i < candidates->count; i++)
        TMK_TRY(fit_one(p, &candidates->list[i].map, candidates->list[i].signs, TMK_FIT_SHIFT,
                        section, error));
    rank(p, 0, MOST_FITTED);
    shifted = p->fitted_count;
    for (int i = 0; i < candidates->count; i++) {
        TMK_TRY(report_progress(p, error));
        TMK_TRY(fit_one(p, &candidates->list[i].map, candidates->list[i].signs, TMK_FIT_HASTY,
                        section, error));
    }
    rank(p, shifted, MOST_FITTED);
    hasty = p->fitted_count;
    for (int i = shifted; i < hasty; i++) {
        fitted own = p->fitted[i];

        TMK_TRY(fit_one(p, &own.map, own.signs, TMK_FIT_AFFINE, section, error));
    }
    memmove(&p->fitted[shifted], &p->fitted[hasty],
            (size_t)(p->fitted_count - hasty) * sizeof *p->fitted);
    p->fitted_count -= hasty - shifted;
    rank(p, 0, MOST_GIVEN);
    return TMK_OK;
}

/* Makes the list of the current stage and section. */
static tmk_status make_list(tmk_poses *p, tmk_error *error)
{
    const tmk_box *section = &p->sections[p->section];
    tmk_candidates candidates = {0};
    tmk_shapes shapes;
    tmk_status status;

    p->fitted_count = p->next = 0;
    TMK_TRY(report_progress(p, error));
    TMK_TRY(tmk_shapes_of_stage(&shapes, p->stage, section, error));
    status = search_shapes(p, &shapes, section, &candidates, error);
    if (status == TMK_OK)
        status = fit_all(p, &candidates, shapes.exact, section, error);
    tmk_shapes_release(&shapes);
    return status;
}

/* Steps to the next section, or stage; false after the last. */
static int advance(tmk_poses *p)
{
    int sections = p->stage > 0 && p->section_count > SECTIONS ? SECTIONS : p->section_count;

    if (p->stage >= 0 && ++p->section < sections)
        return 1;
    p->section = 0;
    return ++p->stage < p->stages && p->section_count > 0;
}

/* ------------------------------------------------------------------------ giving */

/* True if a pose so near to MAP was given that another look would show the same. */
static int was_given(const tmk_poses *p, const tmk_affine *map)
{
    double w = p->residuals->width, h = p->residuals->height;
    tmk_affine own = tmk_affine_inverse(map);

    for (int i = p->first; i < p->count; i++) {
        tmk_affine back = tmk_affine_inverse(&p->given[i]);
        double worst = 0;

        for (int corner = 0; corner < 4; corner++) {
            double x = corner & 1 ? w : 0, y = corner & 2 ? h : 0;

            worst = fmax(worst,
                         hypot(remainder(tmk_affine_x(&back, x, y) - tmk_affine_x(&own, x, y),
                                         TMK_PERIOD),
                               remainder(tmk_affine_y(&back, x, y) - tmk_affine_y(&own, x, y),
                                         TMK_PERIOD)));
        }
        if (worst < SAME)
            return 1;
    }
    return 0;
}

/* Whether the best band stands out, but not quite at the pose; *MAP becomes where. */
static int nudge(tmk_poses *p, tmk_affine *map)
{
    const tmk_band *best = &p->pose.bands[0];
    tmk_weights weights;

    if (best->score < SURE_INDEX)
        return 0;
    tmk_weights_estimate(&weights, p->carriers, &p->pose.spectra, best->band);
    return tmk_nudge(map, p->carriers, &p->pose.spectra, &weights, best->band);
}

/* Takes down what the picture shows as OWN was fitted. */
static tmk_status give(tmk_poses *p, const fitted *own, int nudged, tmk_error *error)
{
    tmk_pose *pose = &p->pose;
    tmk_weights weights;

    tmk_spectra_release(&pose->spectra);
    pose->map = own->map;
    pose->sync = own->sync;
    pose->nudged = nudged;
    memcpy(p->signs, own->signs, sizeof p->signs);
    p->given[p->count++] = own->map;
    TMK_TRY(tmk_spectra_measure(&pose->spectra, p->carriers, p->tile_fft, p->residuals,
                                &own->map, error));
    tmk_focus(&pose->spectra, p->carriers, own->signs);
    tmk_weights_estimate(&weights, p->carriers, &pose->spectra, TMK_NO_BAND);
    TMK_TRY(tmk_index_search(pose->bands, p->options->variants, p->carriers, &pose->spectra,
                             &weights, error));
    p->moved = *own;
    p->moves = !nudged && nudge(p, &p->moved.map);
    return TMK_OK;
}

/* The next of the list that is not like one before, or NULL. */
static const fitted *next_fitted(tmk_poses *p)
{
    while (p->next < p->fitted_count) {
        const fitted *own = &p->fitted[p->next++];

        if (!was_given(p, &own->map))
            return own;
    }
    return NULL;
}

tmk_status tmk_poses_polish(tmk_poses *p, const tmk_known_mark *mark, tmk_affine *map,
                            tmk_error *error)
{
    const tmk_fit_of of = fit_of(p, &p->sections[p->section], p->signs);

    *map = p->pose.map;
    return tmk_refine_known(p->refiner, &of, mark, map, error);
}

int tmk_poses_listed(const tmk_poses *poses)
{
    return poses->moves || poses->next < poses->fitted_count;
}

tmk_status tmk_poses_next(tmk_poses *p, const tmk_pose **pose, tmk_error *error)
{
    const fitted *own = NULL;

    *pose = NULL;
    if (p->count == TMK_MAX_POSES)
        return TMK_OK;
    if (p->moves) {
        const fitted moved = p->moved;

        TMK_TRY(give(p, &moved, 1, error));
    } else {
        while ((own = next_fitted(p)) == NULL) {
            if (!advance(p))
                return TMK_OK;
            TMK_TRY(make_list(p, error));
        }
        TMK_TRY(give(p, own, 0, error));
    }
    *pose = &p->pose;
    return TMK_OK;
}

/* ------------------------------------------------------------- beginning and end */

void tmk_poses_begin(tmk_poses *poses, const tmk_residuals *residuals, int stages,
                     const tmk_share *share)
{
    poses->residuals = residuals;
    poses->share = *share;
    poses->stages = stages;
    poses->stage = -1;
    poses->section = 0;
    poses->section_count = tmk_sections(poses->sections, residuals);
    poses->fitted_count = poses->next = 0;
    poses->moves = 0;
    poses->first = poses->count;
}

static tmk_status prepare(tmk_poses *p, tmk_error *error)
{
    TMK_TRY(tmk_fft_new(&p->tile_fft, TMK_TILE, error));
    TMK_TRY(tmk_pilots_make(&p->pilots, p->carriers, error));
    TMK_TRY(tmk_refiner_new(&p->refiner, p->carriers, error));
    p->pose.bands = tmk_calloc((size_t)p->options->variants * TMK_BANDS,
                               sizeof *p->pose.bands);
    return p->pose.bands != NULL ? TMK_OK : tmk_fail_memory(error, "the bands' index");
}

tmk_status tmk_poses_new(tmk_poses **poses, const tmk_carriers *carriers,
                         const tmk_extract_options *options, tmk_error *error)
{
    tmk_status status;

    *poses = tmk_calloc(1, sizeof **poses);
    if (*poses == NULL)
        return tmk_fail_memory(error, "the search");
    (*poses)->carriers = carriers;
    (*poses)->options = options;
    status = prepare(*poses, error);
    if (status != TMK_OK)
        tmk_poses_free(poses);
    return status;
}

void tmk_poses_free(tmk_poses **poses)
{
    if (*poses == NULL)
        return;
    tmk_spectra_release(&(*poses)->pose.spectra);
    tmk_free((*poses)->pose.bands);
    tmk_refiner_free(&(*poses)->refiner);
    tmk_pilots_release(&(*poses)->pilots);
    tmk_fft_free(&(*poses)->tile_fft);
    tmk_free(*poses);
    *poses = NULL;
}
