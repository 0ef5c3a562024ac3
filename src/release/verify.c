/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a released file back.
 *
 *     the file on disk -> windows of rows -> worn as the level says -> blind extraction
 *
 * The verdict rests on blind extraction alone, with no more help than an investigator will
 * have.  Where that fails, the mark is asked for by name, at its place if that is known:
 * this says how much the piece would add to its neighbours'.
 *
 * It is not searched far: what was just written lies upright, at full size or, after
 * TMK_VERIFY_HARD, at a size among the likely ones.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "release/gain.h"
#include "release/slice.h"
#include "release/wear.h"

/* Pixels of a window: memory is about 30 bytes for each.  More would find marks that are
 * spread thinner; a page of 800 x 1280 has a million.  Wide pages stay whole: a window has
 * at least so many times as many rows as columns. */
#define WINDOW_PIXELS (2 << 20)
#define MIN_WINDOW_SHAPE 2
/* And the most, which every codec of the levels can hold. */
#define MAX_WINDOW_ROWS 16384

/* The bound at which a mark asked for by name adds its score; z is above 6.2 there. */
#define KNOWN_BOUND (-2.0)

typedef struct piece {
    int top, height;
    int read;   /* large enough to be read at all */
    int passed; /* decoded blind */
    double log10_p, score;
    int others; /* other marks decoded */
    uint64_t other;
} piece;

typedef struct verification {
    const tmk_key *key;
    uint64_t mark;
    const tmk_place *place;
    tmk_verify_level level;
    int threads;
    size_t count;
    piece *pieces;
} verification;

/* ------------------------------------------------------------------ the pieces */

/* Cuts HEIGHT rows into windows of about the same height, at rows that the codecs' blocks
 * keep to. */
static tmk_status cut(verification *v, int width, int height, tmk_error *error)
{
    int most = (int)fmax(WINDOW_PIXELS / width, MIN_WINDOW_SHAPE * width);
    int count;

    most = most < MAX_WINDOW_ROWS ? most : MAX_WINDOW_ROWS;
    count = (height + most - 1) / most;
    v->pieces = tmk_calloc((size_t)count, sizeof *v->pieces);
    if (v->pieces == NULL)
        return tmk_fail_memory(error, "a verification");
    v->count = (size_t)count;
    for (int i = 0; i < count; i++) {
        int64_t top = (int64_t)height * i / count, end = (int64_t)height * (i + 1) / count;

        top -= top % TMK_WEAR_ROWS;
        if (i + 1 < count)
            end -= end % TMK_WEAR_ROWS;
        v->pieces[i].top = (int)top;
        v->pieces[i].height = (int)(end - top);
    }
    return TMK_OK;
}

/* The search that finds what was just written: at full size, or a size that is likely. */
static tmk_effort effort_of(const verification *v)
{
    return v->level == TMK_VERIFY_HARD ? TMK_FAST : TMK_AS_RELEASED;
}

static void note_marks(piece *p, uint64_t mark, const tmk_extract_result *result)
{
    for (int i = 0; i < result->count; i++) {
        const tmk_found *found = &result->marks[i];

        if (found->mark == mark) {
            p->passed = 1;
            p->score = found->score;
            p->log10_p = found->log10_p;
        } else if (p->others++ == 0) {
            p->other = found->mark;
        }
    }
}

/* Asks for the mark by name, wherever it may lie. */
static tmk_status look_for(const verification *v, piece *p, const tmk_picture *worn,
                           const tmk_extract_options *options, tmk_error *error)
{
    tmk_extract_options own = *options;
    tmk_extract_result result;
    tmk_status status;

    own.known_marks = &v->mark;
    own.known_count = 1;
    own.log10_bound = KNOWN_BOUND;
    own.decoys = 0;
    status = tmk_extract(v->key, worn, &own, &result, error);
    for (int i = 0; status == TMK_OK && i < result.count; i++)
        if (result.marks[i].mark == v->mark)
            p->score = result.marks[i].score;
    return status;
}

/* Asks for it where it must lie. */
static tmk_status look_at(const verification *v, piece *p, const tmk_picture *worn,
                          tmk_error *error)
{
    tmk_place place = tmk_place_below(v->place, p->top);

    return tmk_score_at(v->key, worn, v->mark, &place, tmk_wear_scale(v->level), &p->score,
                        error);
}

/* Reads a worn piece: blind, and where MARK was not decoded, by its name. */
static tmk_status read_piece(const verification *v, piece *p, const tmk_picture *worn,
                             tmk_error *error)
{
    tmk_extract_options options;
    tmk_extract_result result;
    tmk_status status;

    if (worn->width < TMK_MIN_SIDE || worn->height < TMK_MIN_SIDE)
        return TMK_OK;
    p->read = 1;
    tmk_extract_options_init(&options);
    options.effort = effort_of(v);
    options.threads = v->threads;
    if (v->place != NULL)
        options.variants = v->place->band / (TMK_PLACE_BANDS / TMK_VARIANTS) + 1;
    status = tmk_extract(v->key, worn, &options, &result, error);
    if (status != TMK_OK)
        return status;
    note_marks(p, v->mark, &result);
    if (p->passed)
        return TMK_OK;
    return v->place != NULL ? look_at(v, p, worn, error)
                            : look_for(v, p, worn, &options, error);
}

/* Wears ROWS down and reads what is left. */
static tmk_status verify_piece(const verification *v, piece *p, const tmk_picture *rows,
                               tmk_error *error)
{
    tmk_image *worn = NULL;
    tmk_status status;

    if (rows->width < TMK_MIN_SIDE || rows->height < TMK_MIN_SIDE)
        return TMK_OK;
    status = tmk_wear(rows, v->level, &worn, error);
    if (status == TMK_OK)
        status = read_piece(v, p, &worn->picture, error);
    tmk_image_free(&worn);
    return status;
}

/* Reads piece P of FILE, or takes it from ALL its pixels if there are any, and verifies it. */
static tmk_status read_and_verify(const verification *v, piece *p, const tmk_row_source *file,
                                  const tmk_picture *all, tmk_error *error)
{
    const tmk_picture *shape = &file->shape;
    tmk_picture rows = *all;
    tmk_status status;

    if (all->pixels != NULL) {
        rows.pixels = tmk_picture_row(all, p->top);
        rows.height = p->height;
        return verify_piece(v, p, &rows, error);
    }
    TMK_TRY(tmk_picture_alloc(&rows, shape->width, p->height, shape->channels, shape->depth,
                              error));
    status = file->read(file->context, &rows, error);
    if (status == TMK_OK)
        status = verify_piece(v, p, &rows, error);
    tmk_picture_release(&rows);
    return status;
}

/* All pieces of FILE, down to its end: it may be damaged there. */
static tmk_status verify_pieces(const verification *v, tmk_slice *slice, tmk_error *error)
{
    tmk_row_source file = tmk_slice_source(slice);
    tmk_picture all = file.shape;
    tmk_status status = file.begin(file.context, &all, error);

    for (size_t i = 0; status == TMK_OK && i < v->count; i++)
        status = read_and_verify(v, &v->pieces[i], &file, &all, error);
    file.end(file.context);
    return status;
}

/* ---------------------------------------------------------------- the verdict */

/* Rows that any part of the file must have to be read, by whole windows: N of them lie in
 * any run of N + 1 windows' rows. */
static tmk_status count_rows(const verification *v, tmk_verdict *verdict, tmk_error *error)
{
    tmk_verdict *windows = tmk_calloc(v->count, sizeof *windows);
    int64_t highest = 0;
    size_t needed;

    if (windows == NULL)
        return tmk_fail_memory(error, "a verification");
    for (size_t i = 0; i < v->count; i++) {
        windows[i].passed = v->pieces[i].passed;
        windows[i].score = v->pieces[i].score;
        highest = v->pieces[i].height > highest ? v->pieces[i].height : highest;
    }
    needed = tmk_slices_needed(windows, v->count, 1);
    verdict->rows_needed = needed == 0 ? 0 : ((int64_t)needed + 1) * highest;
    if (needed == v->count || verdict->rows_needed > verdict->rows)
        verdict->rows_needed = needed == 0 ? 0 : verdict->rows;
    tmk_free(windows);
    return TMK_OK;
}

static tmk_status judge(const verification *v, tmk_verdict *verdict, tmk_error *error)
{
    double square = 0; /* as in slices.c */

    for (size_t i = 0; i < v->count; i++) {
        const piece *p = &v->pieces[i];

        verdict->rows += p->height;
        verdict->windows += p->read;
        square += tmk_gain(p->score);
        if (p->passed) {
            verdict->windows_passed++;
            verdict->log10_p = fmin(verdict->log10_p, p->log10_p);
        }
        if (p->others > 0 && verdict->others == 0)
            verdict->other = p->other;
        verdict->others = p->others > verdict->others ? p->others : verdict->others;
    }
    verdict->passed = verdict->windows_passed > 0;
    verdict->score = square > 0 ? sqrt(square + 1) : 0;
    return count_rows(v, verdict, error);
}

static tmk_status check(const tmk_key *key, const char *path, const tmk_place *place,
                        tmk_verify_level level, int threads, tmk_error *error)
{
    if (key == NULL || path == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no %s was given to verify with",
                        key == NULL ? "key" : "path");
    if (level < TMK_VERIFY_NONE || level > TMK_VERIFY_HARD)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "unknown level of verification %d",
                        (int)level);
    if (place != NULL &&
        (place->x < 0 || place->x >= TMK_PLACE_SIDE || place->y < 0 ||
         place->y >= TMK_PLACE_SIDE || place->band < 0 || place->band >= TMK_PLACE_BANDS))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "x %d, y %d, band %d is not a place",
                        place->x, place->y, place->band);
    if (threads < 1 || threads > TMK_MAX_THREADS)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%d threads; 1 to %d are allowed", threads,
                        TMK_MAX_THREADS);
    return TMK_OK;
}

tmk_status tmk_verify_file(const tmk_key *key, const char *path, uint64_t mark,
                           const tmk_place *place, tmk_verify_level level, int threads,
                           tmk_verdict *verdict, tmk_error *error)
{
    verification v = {
        .key = key, .mark = mark, .place = place, .level = level, .threads = threads};
    tmk_slice file;
    tmk_status status = check(key, path, place, level, threads, error);

    memset(verdict, 0, sizeof *verdict);
    if (status != TMK_OK)
        return status;
    status = tmk_slice_open(&file, path, error);
    if (status == TMK_OK)
        status = cut(&v, file.shape.width, file.shape.height, error);
    if (status == TMK_OK)
        status = verify_pieces(&v, &file, error);
    if (status == TMK_OK)
        status = judge(&v, verdict, error);
    if (status != TMK_OK)
        memset(verdict, 0, sizeof *verdict);
    tmk_slice_release(&file);
    tmk_free(v.pieces);
    return status;
}
