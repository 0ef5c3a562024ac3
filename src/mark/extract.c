/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blind extraction.
 *
 *     residual    predict the picture, keep what is left           signal/residuals
 *     poses       how it may lie on the plane, likely ones first   mark/poses
 *     read        for the likely bands: soft bits -> payload       mark/soft, code/payload
 *     judge       z of the codeword -> how unlikely by chance      evidence/bound
 *
 * until a mark is clear, or poses and predictions have come to their end.
 */
#include "mark/extract.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "code/payload.h"
#include "mark/asked.h"
#include "mark/poses.h"
#include "mark/private_poses.h"
#include "mark/shapes.h"

/* Index correlation below which a band is not decoded: 57 of 4096 pass by chance. */
#define MIN_INDEX 2.2f
/* The same once a mark was found at the pose: others that are mixed with it are as plain,
 * and a band is slow to decode; 3 pass by chance. */
#define MIN_INDEX_AFTER_FIND 3.2f
/* Bands that are decoded at a pose, by how sure its sync is. */
#define BANDS_WEAK 10
#define BANDS_STRONG 80
#define STRONG_SYNC 7.5
/* A bound, log10, that is clear: a weaker one may come of a pose that is not quite right,
 * and the search goes on. */
#define CLEAR (-20.0)
/* The part of all the work that the common search makes where index carriers are searched by
 * as well. */
#define COMMON_SHARE 0.4
/* Odds, as a power of two, that a decoded payload is the right one of all. */
#define MIN_LOG2_ODDS 4.0

typedef struct extraction {
    const tmk_extract_options *options;
    int stages; /* to go through at most */
    tmk_carriers *carriers;
    tmk_poses *poses;
    tmk_decoder *decoder;
    tmk_asked *asked; /* NULL: no marks are known */
    tmk_extract_result *result;
    tmk_extract_result here; /* what the pose at hand shows */
} extraction;

/* ------------------------------------------------------------------- reading */

/* Fills in how the picture lies to the released one, and which variant that is; plane row 0
 * begins band number BAND. */
static void describe(tmk_found *found, const tmk_affine *map, int band)
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
    memcpy(found->map, (double[6]){map->xx, map->xy, map->x0, map->yx, map->yy, map->y0},
           sizeof found->map);
    found->map_band = band;
    found->band = tmk_band_below(band, (int)floor(back.y0 / TMK_PERIOD));
    found->variant = band / TMK_BANDS;
}

/* Enters a mark's variant, or improves the entry that it has. */
static void enter(tmk_extract_result *result, const tmk_found *found)
{
    int at = 0;

    while (at < result->count && (result->marks[at].mark != found->mark ||
                                  result->marks[at].variant != found->variant))
        at++;
    if (at == TMK_MAX_FOUND)
        at--; /* full: the weakest gives way */
    if (at < result->count && result->marks[at].log10_tail <= found->log10_tail)
        return;
    if (at == result->count)
        result->count++;
    for (; at > 0 && result->marks[at - 1].log10_tail > found->log10_tail; at--)
        result->marks[at] = result->marks[at - 1];
    result->marks[at] = *found;
}

/* What a pose's data carriers say, if plane row 0 begins band BAND. */
typedef struct reading {
    const tmk_pose *pose;
    int band;
    tmk_soft soft;
} reading;

/* Takes FOUND, a mark and its score, down if that is evidence enough. */
static int judge(extraction *e, const reading *r, tmk_found found)
{
    found.log10_p = tmk_bound_stated(found.log10_tail, e->options->questions);
    if (found.log10_p > e->options->log10_bound)
        return 0;
    found.band = r->band;
    found.variant = r->band / TMK_BANDS;
    enter(&e->here, &found);
    return 1;
}

/* Enters what the pose shows, with its place as exactly as the clearest mark shows it. */
static void enter_pose(extraction *e, const tmk_pose *pose)
{
    const tmk_found *clearest = &e->here.marks[0];
    uint8_t coded[TMK_CODE_BITS];
    const tmk_known_mark known = {clearest->band, coded};
    tmk_affine map;

    if (e->here.count == 0)
        return;
    tmk_payload_encode(clearest->mark, coded);
    if (tmk_poses_polish(e->poses, &known, &map, NULL) != TMK_OK)
        map = pose->map; /* as it was fitted */
    for (int i = 0; i < e->here.count; i++) {
        tmk_found found = e->here.marks[i];

        describe(&found, &map, found.band);
        enter(e->result, &found);
    }
}

/*
 * The bound excludes other keys' marks and chance; what it does not speak of is a wrong
 * payload of this very key, decoded from a copy of which little is left.  The decoder's
 * own odds do.
 */
static int read_blind(extraction *e, const reading *r)
{
    uint8_t coded[TMK_CODE_BITS];
    tmk_decoding decoding;
    double z;

    tmk_decoder_run(e->decoder, r->soft.values, &decoding);
    if (decoding.log2_odds < MIN_LOG2_ODDS)
        return 0;
    tmk_payload_encode(decoding.payload, coded);
    z = tmk_soft_score(&r->soft, coded);
    return judge(e, r,
                 (tmk_found){.mark = decoding.payload,
                             .score = z,
                             .question = TMK_BLIND,
                             .log10_another = tmk_another_blind(e->options->known_count,
                                                                e->options->questions),
                             .log10_tail = tmk_bound_blind(z, e->options->variants)});
}

/*
 * Reads the bands that the index carriers point at, and goes on after a find: several copies
 * of a page may have been mixed, and variants of a mark lie at the same pose.  Known marks
 * are asked for later, and only where none could be decoded: a strong mark leaks a little into
 * every other codeword.
 */
static int read_pose(extraction *e, const tmk_pose *pose)
{
    int most = pose->sync >= STRONG_SYNC ? BANDS_STRONG : BANDS_WEAK, found = 0;

    e->here.count = 0;
    for (int i = 0; i < most; i++) {
        reading r = {.pose = pose, .band = pose->bands[i].band};
        tmk_weights weights;

        if (pose->bands[i].score <= (found ? MIN_INDEX_AFTER_FIND : MIN_INDEX))
            break;
        tmk_weights_estimate(&weights, e->carriers, &pose->spectra, r.band);
        tmk_soft_read(&r.soft, e->carriers, &pose->spectra, &weights, r.band);
        if (read_blind(e, &r))
            found = 1;
        else if (e->asked != NULL)
            tmk_asked_offer(e->asked, pose, &pose->bands[i], &r.soft);
    }
    enter_pose(e, pose);
    return found;
}

/* The known marks that were not decoded, *COUNT of them. */
static tmk_status list_unread(const extraction *e, uint64_t **list, size_t *count,
                              tmk_error *error)
{
    *count = 0;
    *list = tmk_calloc(e->options->known_count, sizeof **list);
    if (*list == NULL)
        return tmk_fail_memory(error, "the known marks");
    for (size_t i = 0; i < e->options->known_count; i++) {
        int at = 0;

        while (at < e->result->count &&
               e->result->marks[at].mark != e->options->known_marks[i])
            at++;
        if (at == e->result->count)
            (*list)[(*count)++] = e->options->known_marks[i];
    }
    return TMK_OK;
}

/* Asks for the known marks by name, where the carriers of known sign spoke for most. */
static tmk_status read_known(extraction *e, const tmk_key *key, const tmk_picture *picture,
                             tmk_error *error)
{
    const tmk_extract_options *o = e->options;
    tmk_asking asking = {.decoys = o->decoys};
    tmk_asked_answer answers[TMK_ASKED_ANSWERS];
    uint64_t *list;
    int count = 0;
    tmk_status status = list_unread(e, &list, &asking.count, error);

    asking.marks = list;
    asking.least_score = tmk_bound_least(o->log10_bound, o->questions, o->known_count,
                                         o->variants);
    tmk_asked_seed(asking.seed, key, picture);
    if (status == TMK_OK)
        status = tmk_asked_ask(e->asked, &asking, answers, &count, error);
    for (int i = 0; status == TMK_OK && i < count; i++) {
        tmk_found found = {
            .mark = answers[i].mark,
            .question = TMK_KNOWN,
            .score = answers[i].score,
            .log10_tail = tmk_bound_known(answers[i].score, o->known_count, o->variants),
            .log10_another = tmk_another_known(o->known_count, o->decoys, o->questions),
            .decoys = o->decoys};

        found.log10_p = tmk_bound_stated(found.log10_tail, o->questions);
        memcpy(found.decoy_seed, asking.seed, sizeof found.decoy_seed);
        describe(&found, &answers[i].pair->map, answers[i].pair->band);
        enter(e->result, &found);
    }
    tmk_free(list);
    return status;
}

static int is_clear(const tmk_extract_result *result)
{
    return result->count > 0 && result->marks[0].log10_tail <= CLEAR;
}

/*
 * Reads one pose after the other.  Once a mark is clear, only others as plain as that are
 * looked for among those already listed: several copies may have been mixed, and a better
 * fit of the same one gives a better answer.
 */
static tmk_status read_poses(extraction *e, tmk_error *error)
{
    const tmk_pose *pose;
    int found = 0;

    do {
        TMK_TRY(tmk_poses_next(e->poses, &pose, error));
        if (pose == NULL || (is_clear(e->result) && pose->sync < STRONG_SYNC))
            break;
        if (!(pose->nudged && found))
            found = read_pose(e, pose);
        if (found && is_clear(e->result))
            tmk_poses_leave(e->poses);
    } while (!is_clear(e->result) || tmk_poses_listed(e->poses));
    return TMK_OK;
}

/* ------------------------------------------------------------------- outline */

/* Goes through the stages FIRST to END - 1 with one prediction of the picture. */
static tmk_status read_prediction(extraction *e, const tmk_picture *picture,
                                  tmk_prediction prediction, int first, int end,
                                  const tmk_share *share, tmk_error *error)
{
    tmk_residuals residuals;
    tmk_status status;

    TMK_TRY(tmk_residuals_make(&residuals, picture, prediction, error));
    tmk_poses_begin(e->poses, &residuals, first, end, share);
    status = read_poses(e, error);
    tmk_residuals_release(&residuals);
    return status;
}

/* Lists the predictions that PICTURE is worth, *COUNT of them. */
static tmk_status choose_predictions(tmk_prediction list[3], int *count,
                                     const tmk_picture *picture, tmk_error *error)
{
    int toned;

    TMK_TRY(tmk_residuals_toned(&toned, picture, error));
    *count = 0;
    list[(*count)++] = TMK_PREDICT_PLAIN;
    if (toned)
        list[(*count)++] = TMK_PREDICT_GREY;
    if (tmk_residuals_few_colours(picture))
        list[(*count)++] = TMK_PREDICT_STEEP;
    return TMK_OK;
}

/* The stage at which EFFORT, or all that was asked for, ends. */
static int end_of(const extraction *e, int effort)
{
    int end = effort < TMK_DEEP ? tmk_shapes_stages((tmk_effort)effort) : e->stages;

    return end < e->stages ? end : e->stages;
}

/*
 * Climbs: one effort after the other, each with all predictions, until a mark is clear.  A
 * single prediction is made once for all of them.  ALL is the part of the work.
 */
static tmk_status climb(extraction *e, const tmk_picture *picture, double all,
                        tmk_error *error)
{
    tmk_prediction predictions[3];
    int count, first = 0, end;

    TMK_TRY(choose_predictions(predictions, &count, picture, error));
    for (int effort = count > 1 ? TMK_FAST : TMK_DEEP; effort <= TMK_DEEP; effort++) {
        end = end_of(e, effort);
        for (int i = 0; i < count && first < end && !is_clear(e->result); i++) {
            double done = all * first / e->stages;
            double part = all * (end - first) / e->stages / count;
            const tmk_share share = {done + i * part, done + (i + 1) * part};

            TMK_TRY(read_prediction(e, picture, predictions[i], first, end, &share, error));
        }
        first = end;
    }
    return TMK_OK;
}

/* Reads the poses that the bands' index carriers show. */
static tmk_status read_private_poses(extraction *e, const tmk_residuals *residuals,
                                     const tmk_share *share, tmk_error *error)
{
    tmk_private_poses poses;

    TMK_TRY(tmk_private_poses_find(&poses, e->carriers, residuals, e->options, share, error));
    for (int i = 0; i < poses.count && !is_clear(e->result); i++) {
        const tmk_pose *pose;

        TMK_TRY(tmk_poses_at(e->poses, &poses.list[i].map, poses.list[i].band, &pose, error));
        if (pose == NULL)
            break;
        read_pose(e, pose);
    }
    return TMK_OK;
}

static tmk_status read_private(extraction *e, const tmk_picture *picture, double from,
                               tmk_error *error)
{
    const tmk_share share = {from, 1};
    tmk_residuals residuals;
    tmk_status status;

    TMK_TRY(tmk_residuals_make(&residuals, picture, TMK_PREDICT_PLAIN, error));
    tmk_poses_begin(e->poses, &residuals, 0, 0, &share);
    status = read_private_poses(e, &residuals, &share, error);
    tmk_residuals_release(&residuals);
    return status;
}

static tmk_status extract(extraction *e, const tmk_key *key, const tmk_picture *picture,
                          tmk_error *error)
{
    const int private = e->options->effort == TMK_EXHAUSTIVE;
    const double common = private ? COMMON_SHARE : 1;

    TMK_TRY(tmk_carriers_new(&e->carriers, key, error));
    TMK_TRY(tmk_poses_new(&e->poses, e->carriers, e->options, error));
    TMK_TRY(tmk_decoder_new(TMK_DECODER_QUICK_LIST, &e->decoder, error));
    if (e->options->known_count > 0)
        TMK_TRY(tmk_asked_new(&e->asked, error));
    TMK_TRY(climb(e, picture, common, error));
    if (private && e->result->count == 0)
        TMK_TRY(read_private(e, picture, common, error));
    return e->asked != NULL ? read_known(e, key, picture, error) : TMK_OK;
}

tmk_status tmk_extract_stages(const tmk_key *key, const tmk_picture *picture,
                              const tmk_extract_options *options, int stages,
                              tmk_extract_result *result, tmk_error *error)
{
    extraction e = {.options = options, .stages = stages, .result = result};
    tmk_status status;

    memset(result, 0, sizeof *result);
    status = extract(&e, key, picture, error);
    tmk_asked_free(&e.asked);
    tmk_decoder_free(&e.decoder);
    tmk_poses_free(&e.poses);
    tmk_carriers_free(&e.carriers);
    return status;
}

tmk_status tmk_extract_checked(const tmk_key *key, const tmk_picture *picture,
                               const tmk_extract_options *options, tmk_extract_result *result,
                               tmk_error *error)
{
    return tmk_extract_stages(key, picture, options, tmk_shapes_stages(options->effort),
                              result, error);
}
