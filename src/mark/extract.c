/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blind extraction.
 *
 *     residual    predict the picture, keep what is left          signal/residuals
 *     search      for ever more shapes (scale, turn, aspect):      sync/search
 *                 correlate with the pilot plane, note the peaks
 *     refine      fit an affine map to the best peaks              sync/refine
 *     read        tiles' spectra -> band -> soft bits -> payload   index, soft, payload
 *     judge       z of the codeword -> bound on a false accusation  evidence/bound
 *
 * Shapes come in stages, likely ones first; a stage that finds a clear mark is the last.
 */
#include "mark/extract.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "code/payload.h"
#include "evidence/bound.h"
#include "mark/focus.h"
#include "mark/index.h"
#include "mark/nudge.h"
#include "mark/shapes.h"
#include "mark/soft.h"
#include "mark/sections.h"
#include "sync/refine.h"
#include "sync/search.h"

/* Sync correlation below which a fitted place is not worth reading.  A mark that can be
 * decoded has about 6.6; chance has up to 4 where only the offset is fitted, and up to 5.5
 * where six parameters are. */
static const double min_sync[] = {[TMK_FIT_SHIFT] = 4.3, [TMK_FIT_AFFINE] = 5.5};
/* A place that stands out of the search so far is read at a lower one: the two weigh
 * carriers differently, and noise hardly ever comes to such a peak and half the sync. */
#define CLEAR_PEAK 5.2
#define MIN_SYNC_OF_CLEAR_PEAK 3.3
/* Index correlation below which a band is not decoded: 57 of 4096 pass by chance. */
#define MIN_INDEX 2.2f
/* And one above which a band is surely there, though nothing could be read: fewer than two
 * places in a hundred have it by chance. */
#define SURE_INDEX 4.5f
/* Bands that are decoded at a place, by how sure its sync is. */
#define BANDS_WEAK 10
#define BANDS_STRONG 80
#define STRONG_SYNC 6.5
/* A bound, log10, that is clear: a weaker one may come of a place that is not quite right,
 * and the search goes on. */
#define CLEAR (-20.0)
/* Sections that are searched by the stages after the first, which is quick. */
#define SECTIONS 3
/* Odds, as a power of two, that a decoded payload is the right one of all. */
#define MIN_LOG2_ODDS 4.0

typedef struct extraction {
    const tmk_extract_options *options;
    int stages; /* to go through at most */
    tmk_carriers *carriers;
    tmk_fft *tile_fft;
    tmk_pilots pilots;
    tmk_residuals residuals;
    double done; /* of the stages, 0 to 1 */
    int section_count;
    tmk_box sections[TMK_MAX_SECTIONS];
    tmk_refiner *refiner;
    tmk_decoder *decoder;
    tmk_band *bands;
    int places;                          /* read so far */
    int first_place;                     /* the first of them with this prediction */
    tmk_affine read[TMK_MAX_PLACES];     /* their maps */
    tmk_extract_result *result;
} extraction;

/* ------------------------------------------------------------------- reading */

/* Fills in how the picture lies to the released one. */
static void describe(tmk_found *found, const tmk_affine *map)
{
    tmk_affine back = tmk_affine_inverse(map);
    double xx = map->xx, yx = map->yx;

    found->flipped = tmk_affine_area(map) < 0;
    if (found->flipped) {
        xx = -xx;
        yx = -yx;
    }
    found->scale_x = hypot(map->xx, map->yx);
    found->scale_y = hypot(map->xy, map->yy);
    found->rotation_deg = atan2(-yx, xx) * 180 / M_PI;
    found->offset_x = back.x0 - floor(back.x0 / TMK_PERIOD) * TMK_PERIOD;
    found->offset_y = back.y0 - floor(back.y0 / TMK_PERIOD) * TMK_PERIOD;
}

/* Enters a mark, or improves the entry that it has. */
static void enter(tmk_extract_result *result, const tmk_found *found)
{
    int at = 0;

    while (at < result->count && result->marks[at].mark != found->mark)
        at++;
    if (at == TMK_MAX_FOUND)
        at--; /* full: the weakest gives way */
    if (at < result->count && result->marks[at].log10_p <= found->log10_p)
        return;
    if (at == result->count)
        result->count++;
    for (; at > 0 && result->marks[at - 1].log10_p > found->log10_p; at--)
        result->marks[at] = result->marks[at - 1];
    result->marks[at] = *found;
}

static int judge(extraction *e, const tmk_affine *map, uint64_t mark, double z,
                 double log10_p)
{
    tmk_found found = {.mark = mark, .score = z, .log10_p = log10_p};

    if (log10_p > e->options->log10_bound)
        return 0;
    describe(&found, map);
    enter(e->result, &found);
    return 1;
}

/*
 * The bound excludes other keys' marks and chance; what it does not speak of is a wrong
 * payload of this very key, decoded from a copy of which little is left.  The decoder's
 * own odds do.
 */
static int read_blind(extraction *e, const tmk_affine *map, const tmk_soft *soft)
{
    uint8_t coded[TMK_CODE_BITS];
    tmk_decoding decoding;
    double z;

    tmk_decoder_run(e->decoder, soft->values, &decoding);
    if (decoding.log2_odds < MIN_LOG2_ODDS)
        return 0;
    tmk_payload_encode(decoding.payload, coded);
    z = tmk_soft_score(soft, coded);
    return judge(e, map, decoding.payload, z, tmk_bound_blind(z));
}

static int read_known(extraction *e, const tmk_affine *map, const tmk_soft *soft)
{
    uint8_t coded[TMK_CODE_BITS];
    uint64_t best_mark = 0;
    double best = 0;

    for (size_t i = 0; i < e->options->known_count; i++) {
        double z;

        tmk_payload_encode(e->options->known_marks[i], coded);
        z = tmk_soft_score(soft, coded);
        if (z > best) {
            best = z;
            best_mark = e->options->known_marks[i];
        }
    }
    return best > 0 &&
           judge(e, map, best_mark, best, tmk_bound_known(best, e->options->known_count));
}

/* Reads the bands that the index carriers of SPECTRA point at, MOST at most. */
static tmk_status read_bands(extraction *e, const tmk_affine *map, const tmk_spectra *spectra,
                             int most, int *found, tmk_error *error)
{
    tmk_weights weights;
    tmk_soft soft;
    tmk_status status;

    *found = 0;
    tmk_weights_estimate(&weights, e->carriers, spectra, TMK_NO_BAND);
    status = tmk_index_search(e->bands, e->carriers, spectra, &weights, error);
    for (int i = 0; status == TMK_OK && i < most && e->bands[i].score > MIN_INDEX && !*found;
         i++) {
        tmk_weights_estimate(&weights, e->carriers, spectra, e->bands[i].band);
        tmk_soft_read(&soft, e->carriers, spectra, &weights, e->bands[i].band);
        *found = read_blind(e, map, &soft) || read_known(e, map, &soft);
    }
    return status;
}

/* Whether a band stands out at MAP, which nothing was read at; MAP moves to its very place. */
static int nudge(extraction *e, tmk_affine *map, const tmk_spectra *spectra)
{
    tmk_weights weights;

    if (e->bands[0].score < SURE_INDEX || e->places == TMK_MAX_PLACES)
        return 0;
    tmk_weights_estimate(&weights, e->carriers, spectra, e->bands[0].band);
    return tmk_nudge(map, e->carriers, spectra, &weights, e->bands[0].band);
}

/*
 * Reads what lies at MAP; *FOUND tells whether a mark was found.  Released marks are asked for only where
 * none could be decoded: a strong mark leaks a little into every other codeword.
 */
static tmk_status read_place(extraction *e, const tmk_affine *map, double sync, int *found,
                             tmk_error *error)
{
    int most = sync >= STRONG_SYNC ? BANDS_STRONG : BANDS_WEAK, moved = 1;
    tmk_affine place = *map;
    tmk_status status = TMK_OK;

    *found = 0;
    for (int look = 0; status == TMK_OK && !*found && moved && look < 2; look++) {
        tmk_spectra spectra;

        status = tmk_spectra_measure(&spectra, e->carriers, e->tile_fft, &e->residuals, &place,
                                     error);
        if (status != TMK_OK)
            return status;
        e->read[e->places++] = place;
        tmk_focus(&spectra, e->carriers);
        status = read_bands(e, &place, &spectra, most, found, error);
        moved = status == TMK_OK && !*found && nudge(e, &place, &spectra);
        tmk_spectra_release(&spectra);
    }
    return status;
}

/* True if a place so near to MAP was read that another look would show the same. */
static int was_read(const extraction *e, const tmk_affine *map)
{
    double w = e->residuals.width, h = e->residuals.height;

    for (int i = e->first_place; i < e->places; i++) {
        tmk_affine back = tmk_affine_inverse(&e->read[i]);
        double worst = 0;

        for (int corner = 0; corner < 4; corner++) {
            double x = corner & 1 ? w : 0, y = corner & 2 ? h : 0;
            tmk_affine own = tmk_affine_inverse(map);

            worst = fmax(worst, hypot(remainder(tmk_affine_x(&back, x, y) -
                                                    tmk_affine_x(&own, x, y), TMK_PERIOD),
                                      remainder(tmk_affine_y(&back, x, y) -
                                                    tmk_affine_y(&own, x, y), TMK_PERIOD)));
        }
        if (worst < 1.5)
            return 1;
    }
    return 0;
}

static int is_worth_reading(const tmk_candidate *candidate, tmk_fit fit, double sync)
{
    return sync >= min_sync[fit] || (fit == TMK_FIT_SHIFT && candidate->score >= CLEAR_PEAK &&
                                     sync >= MIN_SYNC_OF_CLEAR_PEAK);
}

/* Fits CANDIDATE as FIT says, and reads it unless that was done or it shows nothing. */
static tmk_status fit_and_read(extraction *e, const tmk_candidate *candidate, tmk_fit fit,
                               const double centre[2], int *found, tmk_error *error)
{
    tmk_affine map = candidate->map;
    double sync;
    tmk_status status = tmk_refine(e->refiner, &e->residuals, centre[0], centre[1], fit,
                                   &map, &sync, error);

    *found = 0;
    if (status != TMK_OK || !is_worth_reading(candidate, fit, sync) ||
        e->places == TMK_MAX_PLACES || was_read(e, &map))
        return status;
    return read_place(e, &map, sync, found, error);
}

/*
 * Reads the candidates, best first.  A shape that was exact already (EXACT) is best left
 * alone where the pilots are weak; and all are fitted, even after a mark was found, for a
 * slight turn is seen only so, and the better answer stays.  Once a mark was found, only
 * others as plain as that are looked for: several copies may have been mixed.
 */
static tmk_status try_candidates(extraction *e, const tmk_candidates *candidates, int exact,
                                 const double centre[2], int *found, tmk_error *error)
{
    tmk_status status = TMK_OK;

    *found = 0;
    for (int i = 0; status == TMK_OK && i < candidates->count; i++) {
        const tmk_candidate *candidate = &candidates->list[i];
        int shifted = 0, fitted = 0;

        if (*found && candidate->score < STRONG_SYNC)
            break;
        if (e->options->progress != NULL &&
            e->options->progress(e->options->context, e->done) != 0)
            return tmk_fail(error, TMK_CANCELLED, "cancelled");
        if (exact)
            status = fit_and_read(e, candidate, TMK_FIT_SHIFT, centre, &shifted, error);
        if (status == TMK_OK)
            status = fit_and_read(e, candidate, TMK_FIT_AFFINE, centre, &fitted, error);
        *found |= shifted || fitted;
    }
    return status;
}

/* ------------------------------------------------------------------ searching */

/* Shapes are shared out in runs, each with a searcher and a list of its own. */
typedef struct run {
    tmk_candidates candidates;
    tmk_error error;
} run;

#define RUNS 32

typedef struct search {
    extraction *e;
    const tmk_shapes *shapes;
    const tmk_box *section;
    int limit;
    run *runs;
} search;

static void search_run(size_t index, void *context)
{
    search *s = context;
    run *own = &s->runs[index];
    tmk_searcher *searcher = NULL;
    size_t from = (size_t)s->shapes->count * index / RUNS;
    size_t to = (size_t)s->shapes->count * (index + 1) / RUNS;

    own->candidates.limit = s->limit;
    if (from == to ||
        tmk_searcher_new(&searcher, &s->e->pilots, &own->error) != TMK_OK)
        return;
    for (size_t i = from; i < to; i++)
        tmk_search(searcher, &s->e->residuals, s->section, &s->shapes->list[i].shape,
                   s->shapes->list[i].orientations, s->shapes->peaks, &own->candidates);
    tmk_searcher_free(&searcher);
}

static tmk_status search_shapes(extraction *e, const tmk_shapes *shapes,
                                const tmk_box *section, tmk_candidates *candidates,
                                tmk_error *error)
{
    search s = {.e = e, .shapes = shapes, .section = section, .limit = candidates->limit,
              .runs = tmk_calloc(RUNS, sizeof(run))};
    tmk_status status = TMK_OK;

    if (s.runs == NULL)
        return tmk_fail_memory(error, "the search");
    tmk_parallel(RUNS, e->options->threads, search_run, &s);
    for (int r = 0; r < RUNS; r++) {
        if (s.runs[r].error.status != TMK_OK && status == TMK_OK)
            status = tmk_fail(error, s.runs[r].error.status, "%s", s.runs[r].error.text);
        for (int i = 0; i < s.runs[r].candidates.count; i++)
            tmk_candidates_add(candidates, &s.runs[r].candidates.list[i]);
    }
    tmk_free(s.runs);
    return status;
}

static tmk_status run_stage_in(extraction *e, int stage, const tmk_box *section,
                               int *found, tmk_error *error)
{
    const double centre[2] = {0.5 * (section->left + section->right),
                              0.5 * (section->top + section->bottom)};
    tmk_candidates candidates = {0};
    tmk_shapes shapes;
    tmk_status status = tmk_shapes_of_stage(&shapes, stage, section, error);

    *found = 0;
    if (status != TMK_OK)
        return status;
    candidates.limit = shapes.candidates;
    if (shapes.count > 0)
        status = search_shapes(e, &shapes, section, &candidates, error);
    if (status == TMK_OK)
        status = try_candidates(e, &candidates, shapes.exact, centre, found, error);
    tmk_shapes_release(&shapes);
    return status;
}

static tmk_status run_stage(extraction *e, int stage, int *found, tmk_error *error)
{
    int count = stage == 0 || e->section_count < SECTIONS ? e->section_count : SECTIONS;
    tmk_status status = TMK_OK;

    for (int i = 0; status == TMK_OK && !*found && i < count; i++)
        status = run_stage_in(e, stage, &e->sections[i], found, error);
    return status;
}

/* ------------------------------------------------------------------- outline */

static tmk_status prepare(extraction *e, const tmk_key *key, tmk_error *error)
{
    tmk_status status = tmk_carriers_new(&e->carriers, key, error);

    if (status == TMK_OK)
        status = tmk_fft_new(&e->tile_fft, TMK_TILE, error);
    if (status == TMK_OK)
        status = tmk_pilots_make(&e->pilots, e->carriers, error);
    if (status == TMK_OK)
        status = tmk_refiner_new(&e->refiner, e->carriers, error);
    if (status == TMK_OK)
        status = tmk_decoder_new(TMK_DECODER_QUICK_LIST, &e->decoder, error);
    if (status == TMK_OK && (e->bands = tmk_calloc(TMK_BANDS, sizeof *e->bands)) == NULL)
        status = tmk_fail_memory(error, "the bands' index");
    return status;
}

static void clean_up(extraction *e)
{
    tmk_free(e->bands);
    tmk_decoder_free(&e->decoder);
    tmk_refiner_free(&e->refiner);
    tmk_pilots_release(&e->pilots);
    tmk_fft_free(&e->tile_fft);
    tmk_carriers_free(&e->carriers);
}

static int is_clear(const tmk_extract_result *result)
{
    return result->count > 0 && result->marks[0].log10_p <= CLEAR;
}

/* Goes through the stages with one prediction of PICTURE. */
static tmk_status search_picture(extraction *e, const tmk_picture *picture, tmk_edges edges,
                                 int *found, tmk_error *error)
{
    const tmk_extract_options *options = e->options;
    tmk_status status = tmk_residuals_make(&e->residuals, picture, edges, error);

    if (status != TMK_OK)
        return status;
    e->section_count = tmk_sections(e->sections, &e->residuals);
    e->first_place = e->places;
    for (int stage = 0; status == TMK_OK && !is_clear(e->result) && stage < e->stages;
         stage++) {
        int here = 0;

        e->done = (double)stage / e->stages;
        if (options->progress != NULL && options->progress(options->context, e->done) != 0)
            status = tmk_fail(error, TMK_CANCELLED, "cancelled");
        else
            status = run_stage(e, stage, &here, error);
        *found |= here;
    }
    tmk_residuals_release(&e->residuals);
    return status;
}

tmk_status tmk_extract_stages(const tmk_key *key, const tmk_picture *picture,
                              const tmk_extract_options *options, int stages,
                              tmk_extract_result *result, tmk_error *error)
{
    extraction *e = tmk_calloc(1, sizeof *e);
    int found = 0;
    tmk_status status;

    memset(result, 0, sizeof *result);
    if (e == NULL)
        return tmk_fail_memory(error, "extraction");
    e->options = options;
    e->stages = stages;
    e->result = result;
    status = prepare(e, key, error);
    if (status == TMK_OK)
        status = search_picture(e, picture, TMK_EDGES_PLAIN, &found, error);
    if (status == TMK_OK && !found && tmk_residuals_few_colours(picture))
        status = search_picture(e, picture, TMK_EDGES_STEEP, &found, error);
    clean_up(e);
    tmk_free(e);
    return status;
}

tmk_status tmk_extract_checked(const tmk_key *key, const tmk_picture *picture,
                               const tmk_extract_options *options,
                               tmk_extract_result *result, tmk_error *error)
{
    return tmk_extract_stages(key, picture, options, tmk_shapes_stages(options->effort),
                              result, error);
}
