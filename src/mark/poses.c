/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/poses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "mark/fits.h"
#include "mark/focus.h"
#include "mark/layered.h"
#include "mark/nudge.h"
#include "mark/sections.h"
#include "mark/shapes.h"

/* Index correlation above which a band is surely there: fewer than two poses in a hundred
 * have it by chance. */
#define SURE_INDEX 4.5f
/* The same of the sync carriers. */
#define SURE_SYNC 7.5
/* Sections that are searched by the stages after the first, which is quick. */
#define SECTIONS 3
/* Poses that a clear candidate stands for: two fits of it, and each of them nudged. */
#define CLEAR_POSES 4
/* Poses of the common search. */
#define MOST_POSES (TMK_MAX_POSES - TMK_POSES_AT)
/* Maps that lead the picture's corners so near to each other, in released pixels, show the
 * same. */
#define SAME 1.5

struct tmk_poses {
    const tmk_carriers *carriers;
    const tmk_extract_options *options;
    tmk_fft *tile_fft;
    tmk_pilots pilots;
    tmk_refiner *refiner;

    const tmk_residuals *residuals;
    tmk_layered layered; /* of these residuals */
    tmk_share share;
    int first_stage, end_stage;
    int searched;       /* a list was made */
    int stage, section; /* of the list that was made last */
    int section_count;
    tmk_box sections[TMK_MAX_SECTIONS];

    tmk_fits fits;
    int others;     /* than the clear candidates are listed */
    int next;       /* of the list */
    int clear_from; /* the first pose of the clear candidate that is listed, or -1 */

    tmk_pose pose;
    int signs[TMK_COMPONENTS]; /* of the pose */
    int moves;                 /* the pose is to be given once more, moved */
    tmk_fitted moved;

    int count, first; /* given so far or left out, and of this prediction the first */
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

static tmk_status report_progress(const tmk_poses *p, tmk_error *error)
{
    double done = p->share.from + (p->share.to - p->share.from) *
                                      (p->stage - p->first_stage) /
                                      (p->end_stage - p->first_stage);

    if (p->options->progress != NULL && p->options->progress(p->options->context, done) != 0)
        return tmk_fail(error, TMK_CANCELLED, "cancelled");
    return TMK_OK;
}

static int correlations_of(const tmk_shapes *shapes)
{
    int count = 0;

    for (int i = 0; i < shapes->count; i++)
        for (int o = 0; o < TMK_ORIENTATIONS; o++)
            count += (int)(shapes->list[i].orientations >> o & 1);
    return count;
}

/* Searches the current stage and section. */
static tmk_status make_list(tmk_poses *p, tmk_error *error)
{
    const tmk_box *section = &p->sections[p->section];
    tmk_shapes shapes;
    tmk_status status;

    p->searched = 1;
    p->others = 0;
    p->fits.section = *section;
    p->fits.candidates.count = 0;
    TMK_TRY(report_progress(p, error));
    TMK_TRY(tmk_shapes_of_stage(&shapes, p->stage, section, error));
    status = search_shapes(p, &shapes, section, &p->fits.candidates, error);
    p->fits.exact = shapes.exact;
    tmk_fits_begin(&p->fits, correlations_of(&shapes));
    p->next = p->fits.count;
    tmk_shapes_release(&shapes);
    return status;
}

/* Steps to the next section, or stage; false after the last. */
static int advance(tmk_poses *p)
{
    int sections = p->stage > 0 && p->section_count > SECTIONS ? SECTIONS : p->section_count;

    if (p->searched && ++p->section < sections)
        return 1;
    p->section = 0;
    return ++p->stage < p->end_stage && p->section_count > 0;
}

/* ------------------------------------------------------------------------ giving */

/*
 * True if a pose so near to MAP was given that another look would show the same.  For a
 * clear candidate only its own are asked, as those of others may have been left out.
 */
static int was_given(const tmk_poses *p, const tmk_affine *map)
{
    for (int i = p->clear_from >= 0 ? p->clear_from : p->first; i < p->count; i++)
        if (tmk_fits_apart(p->residuals, map, &p->given[i]) < SAME)
            return 1;
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

/* Ranks the bands with the weights that BAND, which may be TMK_NO_BAND, gives. */
static tmk_status rank_bands(tmk_poses *p, int band, tmk_error *error)
{
    tmk_pose *pose = &p->pose;
    tmk_weights weights;

    tmk_weights_estimate(&weights, p->carriers, &pose->spectra, band);
    return tmk_index_search(pose->bands, p->options->variants, p->carriers, &pose->spectra,
                            &weights, error);
}

/* Where the pose is likely the true one: what the picture shows, each kind of place as the
 * attack left it. */
static tmk_status look_closer(tmk_poses *p, int band, tmk_error *error)
{
    tmk_pose *pose = &p->pose;
    const tmk_band *best = &pose->bands[0];

    if (pose->sync < SURE_SYNC && best->score < SURE_INDEX)
        return TMK_OK;
    TMK_TRY(tmk_layered_gather(&p->layered, &pose->spectra, p->carriers, p->tile_fft,
                               p->residuals, &pose->map,
                               best->score < SURE_INDEX ? band : best->band, error));
    return rank_bands(p, band, error);
}

/* Takes down what the picture shows as OWN was fitted. */
static tmk_status give(tmk_poses *p, const tmk_fitted *own, int nudged, tmk_error *error)
{
    tmk_pose *pose = &p->pose;

    tmk_spectra_release(&pose->spectra);
    pose->map = own->map;
    pose->sync = own->sync;
    pose->nudged = nudged;
    memcpy(p->signs, own->signs, sizeof p->signs);
    p->given[p->count++] = own->map;
    TMK_TRY(tmk_spectra_measure(&pose->spectra, p->carriers, p->tile_fft, p->residuals,
                                &own->map, error));
    tmk_focus(&pose->spectra, p->carriers, own->signs);
    TMK_TRY(rank_bands(p, TMK_NO_BAND, error));
    TMK_TRY(look_closer(p, TMK_NO_BAND, error));
    p->moved = *own;
    p->moves = !nudged && nudge(p, &p->moved.map);
    return TMK_OK;
}

/* The place in the list of the next fit that is not like one given, or the list's end. */
static int next_fitted(const tmk_poses *p)
{
    int next = p->next;

    while (next < p->fits.count && was_given(p, &p->fits.list[next].map))
        next++;
    return next;
}

/* The clear candidate stands for as many poses whether they were given or left out. */
static void leave_clear(tmk_poses *p)
{
    while (p->clear_from >= 0 && p->count < p->clear_from + CLEAR_POSES)
        p->given[p->count++] = p->fits.list[0].map;
    p->clear_from = -1;
}

static tmk_status list_clear(tmk_poses *p, int *more, tmk_error *error)
{
    *more = p->count + CLEAR_POSES <= MOST_POSES;
    if (!*more)
        return TMK_OK;
    TMK_TRY(tmk_fits_next_clear(&p->fits, error));
    p->clear_from = p->fits.count > 0 ? p->count : -1;
    return TMK_OK;
}

/* Lists more fits: of the next clear candidate, of all others, or after another search.  False
 * in *MORE if there are none. */
static tmk_status list_more(tmk_poses *p, int *more, tmk_error *error)
{
    *more = 1;
    if (p->searched)
        TMK_TRY(report_progress(p, error));
    leave_clear(p);
    p->next = 0;
    if (p->searched && tmk_fits_clear(&p->fits))
        return list_clear(p, more, error);
    if (p->searched && !p->others) {
        p->others = 1;
        return tmk_fits_others(&p->fits, error);
    }
    *more = advance(p);
    return *more ? make_list(p, error) : TMK_OK;
}

tmk_status tmk_poses_polish(tmk_poses *p, const tmk_known_mark *mark, tmk_affine *map,
                            tmk_error *error)
{
    const tmk_fit_of of = tmk_fits_of(&p->fits, p->signs);

    *map = p->pose.map;
    return tmk_refine_known(p->refiner, &of, mark, map, error);
}

void tmk_poses_leave(tmk_poses *poses)
{
    if (poses->clear_from < 0)
        return;
    leave_clear(poses);
    poses->next = poses->fits.count;
    poses->moves = 0;
}

int tmk_poses_listed(const tmk_poses *poses)
{
    return poses->moves || next_fitted(poses) < poses->fits.count ||
           (!poses->others && tmk_fits_clear(&poses->fits));
}

tmk_status tmk_poses_next(tmk_poses *p, const tmk_pose **pose, tmk_error *error)
{
    int more = 1;

    *pose = NULL;
    if (p->count >= MOST_POSES)
        return TMK_OK;
    if (p->moves) {
        const tmk_fitted moved = p->moved;

        TMK_TRY(give(p, &moved, 1, error));
    } else {
        while (more && (p->next = next_fitted(p)) == p->fits.count)
            TMK_TRY(list_more(p, &more, error));
        if (!more)
            return TMK_OK;
        TMK_TRY(give(p, &p->fits.list[p->next++], 0, error));
    }
    *pose = &p->pose;
    return TMK_OK;
}

tmk_status tmk_poses_at(tmk_poses *p, const tmk_affine *map, int band, const tmk_pose **given,
                        tmk_error *error)
{
    tmk_pose *pose = &p->pose;

    *given = NULL;
    if (p->count >= TMK_MAX_POSES || p->section_count == 0)
        return TMK_OK;
    p->fits.section = p->sections[0];
    tmk_spectra_release(&pose->spectra);
    *pose = (tmk_pose){.map = *map, .bands = pose->bands};
    p->signs[TMK_LUMA] = p->signs[TMK_CHROMA] = 1;
    p->given[p->count++] = *map;
    p->moves = 0;
    TMK_TRY(tmk_spectra_measure(&pose->spectra, p->carriers, p->tile_fft, p->residuals, map,
                                error));
    TMK_TRY(rank_bands(p, band, error));
    TMK_TRY(look_closer(p, band, error));
    *given = pose;
    return TMK_OK;
}

/* ------------------------------------------------------------- beginning and end */

void tmk_poses_begin(tmk_poses *poses, const tmk_residuals *residuals, int first, int end,
                     const tmk_share *share)
{
    tmk_layered_release(&poses->layered);
    poses->residuals = residuals;
    poses->share = *share;
    poses->first_stage = first;
    poses->end_stage = end;
    poses->searched = 0;
    poses->stage = first - 1;
    poses->section = 0;
    poses->section_count = tmk_sections(poses->sections, residuals);
    poses->fits.refiner = poses->refiner;
    poses->fits.residuals = residuals;
    poses->fits.count = poses->next = 0;
    poses->moves = 0;
    poses->clear_from = -1;
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
    tmk_layered_release(&(*poses)->layered);
    tmk_free((*poses)->pose.bands);
    tmk_refiner_free(&(*poses)->refiner);
    tmk_pilots_release(&(*poses)->pilots);
    tmk_fft_free(&(*poses)->tile_fft);
    tmk_free(*poses);
    *poses = NULL;
}
