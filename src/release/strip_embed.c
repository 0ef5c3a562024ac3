/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marking a strip for many channels.
 *
 *     outputs   one after the other, from top to bottom, in all copies at once
 *     parts     of an output: the rows of one slice
 *     bands     of a part: read and analysed once; then each copy, on a thread of its own,
 *               takes the rows, marks them at its own origin, and sends them to its file
 *
 * Where every copy is encoded row by row a band is some hundred rows, so that memory does
 * not grow with height.  Files that are made as a whole get all rows of a part as one band,
 * so that only the copies at work are in memory.  The result does not depend on it.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "mark/options.h"
#include "release/job.h"

/* Pixels of a band of what streams. */
#define BAND_PIXELS ((size_t)800 * 1000)

/* Copies that are written at the same time: each needs a file and an encoder. */
#define COPIES_AT_ONCE 32

void tmk_strip_options_init(tmk_strip_options *options)
{
    memset(options, 0, sizeof *options);
    options->strength = 1;
    options->threads = 1;
    tmk_write_options_init(&options->write);
}

/* -------------------------------------------------------------------------- bands */

/* Where the job stands, for the caller. */
typedef struct course {
    double done, total; /* rows */
} course;

static tmk_status tell_progress(const tmk_job *job, const course *at, tmk_error *error)
{
    const tmk_strip_options *options = job->options;

    if (options->progress != NULL &&
        options->progress(options->context, at->done / at->total) != 0)
        return tmk_fail(error, TMK_CANCELLED, "cancelled");
    return TMK_OK;
}

static tmk_status embed_band(tmk_job *job, int first, int rows, tmk_error *error)
{
    tmk_slice *slice = &job->strip->slices[job->part->slice];
    tmk_status status = tmk_slice_window(slice, first, rows, &job->window, error);

    if (status == TMK_OK)
        status = tmk_analyse(&job->analysis, &job->window, first, rows,
                             slice->survey.coloured, job->options->threads, error);
    job->first = first;
    job->rows = rows;
    if (status == TMK_OK)
        tmk_parallel(job->count, job->options->threads, tmk_job_copy_band, job);
    return status;
}

/* Whether all copies of the output at work are encoded row by row. */
static int all_stream(const tmk_job *job)
{
    int all = 1;

    for (size_t i = 0; i < job->count && all; i++)
        all &= !tmk_job_wants(&job->workers[i]) ||
               tmk_sink_streams(job->workers[i].path, tmk_job_like(job)->image,
                                &job->options->write);
    return all;
}

static tmk_status embed_part(tmk_job *job, course *at, tmk_error *error)
{
    const tmk_part *part = job->part;
    int step = all_stream(job) ? tmk_chunk_rows(job->strip->width, BAND_PIXELS) : part->rows;
    int end = part->first + part->rows;
    tmk_status status = TMK_OK;

    step = step < part->rows ? step : part->rows;
    status = tmk_analysis_alloc(&job->analysis, job->strip->width, step, error);
    for (int y = part->first; y < end && status == TMK_OK; y += step) {
        int rows = end - y < step ? end - y : step;

        status = tell_progress(job, at, error);
        if (status == TMK_OK)
            status = embed_band(job, y, rows, error);
        at->done += rows;
    }
    tmk_analysis_release(&job->analysis);
    return status;
}

/* ------------------------------------------------------------------------ outputs */

/* Chooses the pieces of the output that will be read again. */
static tmk_status choose_pieces(tmk_job *job, tmk_error *error)
{
    tmk_status status = TMK_OK;

    for (size_t i = 0; i < job->cut->parts && status == TMK_OK; i++) {
        const tmk_part *part = &job->cuts.parts[job->cut->first_part + i];

        status = tmk_pieces_add(&job->pieces, &job->strip->slices[part->slice].survey,
                                (int)part->slice, part->first, part->rows, error);
    }
    if (status == TMK_OK)
        tmk_pieces_choose(&job->pieces);
    return status;
}

static void begin_output(tmk_job *job, size_t index)
{
    job->cut = &job->cuts.cuts[index];
    for (size_t i = 0; i < job->count; i++) {
        tmk_worker *w = &job->workers[i];

        w->path = w->copy->paths[index];
        w->output = &w->copy->outputs[index];
        w->write = job->options->write;
        if (w->copy->overwrite != NULL)
            w->write.overwrite = w->copy->overwrite[index];
        w->change = (tmk_change){0};
        w->margin = (tmk_margin){0};
    }
}

/* Nothing half-written stays. */
static void end_output(tmk_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        tmk_sink_abandon(&job->workers[i].sink);
    tmk_blocks_release(&job->blocks);
    tmk_pieces_release(&job->pieces);
}

/* Reads the coefficients of the output at work, if any copy is marked in them. */
static tmk_status read_coefficients(tmk_job *job, tmk_error *error)
{
    tmk_blob bytes = {0};
    tmk_source source;
    tmk_status status;
    int wanted = 0;

    for (size_t i = 0; i < job->count; i++)
        wanted |= tmk_job_wants(&job->workers[i]) &&
                  tmk_job_keeps_coefficients(job, &job->workers[i]);
    if (!wanted)
        return TMK_OK;
    status = tmk_slice_bytes(tmk_job_like(job), &bytes, error);
    source = (tmk_source){bytes.bytes, bytes.size, tmk_job_like(job)->name};
    if (status == TMK_OK)
        status = tmk_file_read_blocks(&source, tmk_job_like(job)->image->format, &job->blocks,
                                      error);
    tmk_blob_free(&bytes);
    return status;
}

/* The slice that is read; the ones above it are done with. */
static tmk_status enter_slice(tmk_job *job, size_t *open, tmk_error *error)
{
    if (*open == job->part->slice)
        return TMK_OK;
    if (*open < job->strip->count)
        tmk_slice_end(&job->strip->slices[*open]);
    *open = job->part->slice;
    return tmk_slice_begin(&job->strip->slices[*open], error);
}

/* All outputs of a group of copies. */
static tmk_status embed_outputs(tmk_job *job, course *at, tmk_error *error)
{
    size_t open = job->strip->count;
    tmk_status status = TMK_OK;

    for (size_t index = 0; index < job->cuts.count && status == TMK_OK; index++) {
        begin_output(job, index);
        status = choose_pieces(job, error);
        if (status == TMK_OK)
            status = read_coefficients(job, error);
        for (size_t i = 0; i < job->cut->parts && status == TMK_OK; i++) {
            job->part = &job->cuts.parts[job->cut->first_part + i];
            status = enter_slice(job, &open, error);
            if (status == TMK_OK)
                status = embed_part(job, at, error);
        }
        end_output(job);
        if (status == TMK_OK && job->options->finished != NULL)
            job->options->finished(job->options->context, index);
    }
    if (open < job->strip->count)
        tmk_slice_end(&job->strip->slices[open]);
    return status;
}

/* ------------------------------------------------------------------------- copies */

static void begin_copy(tmk_worker *w, tmk_copy *copy, const tmk_job *job, const tmk_key *key,
                       const tmk_carriers *carriers)
{
    double strength = copy->strength != 0 ? copy->strength : job->options->strength;

    w->copy = copy;
    tmk_payload_encode(copy->mark, w->coded);
    w->pattern = (tmk_pattern){.carriers = carriers, .coded = w->coded,
                               .strength = (float)strength};
    tmk_origin_of(&w->pattern.origin, key, copy->mark, job->strip->content);
}

static void end_copy(tmk_worker *w)
{
    tmk_change_report(&w->all, &w->copy->report);
    w->copy->report.margin_db = tmk_margin_db(w->square);
    w->copy->report.place = tmk_place_of(&w->pattern.origin);
}

static tmk_status embed_group(tmk_job *job, const tmk_key *key, const tmk_carriers *carriers,
                              tmk_copy *copies, size_t count, course *at, tmk_error *error)
{
    int threads = job->options->threads;
    tmk_status status;

    job->count = count;
    job->threads = (size_t)threads > count ? threads / (int)count : 1;
    job->workers = tmk_calloc(count, sizeof *job->workers);
    if (job->workers == NULL)
        return tmk_fail_memory(error, "the copies");
    for (size_t i = 0; i < count; i++)
        begin_copy(&job->workers[i], &copies[i], job, key, carriers);
    status = embed_outputs(job, at, error);
    for (size_t i = 0; i < count; i++)
        end_copy(&job->workers[i]);
    tmk_free(job->workers);
    return status;
}

static void clear_outputs(const tmk_cuts *cuts, tmk_copy *copies, size_t count)
{
    for (size_t c = 0; c < count; c++)
        for (size_t i = 0; i < cuts->count; i++) {
            const tmk_cut *cut = &cuts->cuts[i];

            copies[c].outputs[i] =
                (tmk_output){.width = cut->shape.width, .height = cut->shape.height,
                             .top = cut->top, .report = {.psnr_db = HUGE_VAL, .luma_psnr_db = HUGE_VAL,
                                        .margin_db = -HUGE_VAL}};
        }
}

/* What nobody got to has failed like the rest. */
static void fail_outputs(const tmk_cuts *cuts, tmk_copy *copies, size_t count,
                         const tmk_error *error)
{
    for (size_t c = 0; c < count; c++)
        for (size_t i = 0; i < cuts->count; i++) {
            tmk_output *output = &copies[c].outputs[i];

            if (copies[c].paths[i] == NULL || output->status != TMK_OK || output->bytes > 0)
                continue;
            output->status = error->status;
            output->error = *error;
        }
}

static tmk_status check(const tmk_key *key, const tmk_strip *strip, const tmk_copy *copies,
                        size_t count, const tmk_strip_options *options, tmk_error *error)
{
    tmk_embed_options embed = {.strength = options->strength, .threads = options->threads};
    tmk_status status = TMK_OK;

    if (key == NULL || strip == NULL || (copies == NULL && count > 0))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no key, strip or copies were given");
    status = tmk_embed_options_check(&embed, error);
    for (size_t i = 0; i < count && status == TMK_OK; i++) {
        if (copies[i].paths == NULL || copies[i].outputs == NULL)
            return tmk_fail(error, TMK_BAD_ARGUMENT, "a copy without paths and outputs");
        if (copies[i].strength != 0)
            embed.strength = copies[i].strength;
        status = tmk_embed_options_check(&embed, error);
    }
    return status;
}

tmk_status tmk_strip_embed(const tmk_key *key, tmk_strip *strip, tmk_copy *copies,
                           size_t count, const tmk_strip_options *options, tmk_error *error)
{
    tmk_job job = {.strip = strip, .options = options};
    tmk_carriers *carriers = NULL;
    tmk_strip_options defaults;
    tmk_error unused;
    tmk_status status;
    course at = {0, 0};

    tmk_strip_options_init(&defaults);
    if (options == NULL)
        job.options = options = &defaults;
    error = error != NULL ? error : &unused;
    status = check(key, strip, copies, count, options, error);
    if (status == TMK_OK)
        status = tmk_strip_cuts_make(&job.cuts, strip, options->slice_height, error);
    if (status == TMK_OK)
        status = tmk_carriers_new(&carriers, key, error);
    if (status == TMK_OK) {
        clear_outputs(&job.cuts, copies, count);
        at.total = (double)strip->height *
                   (double)((count + COPIES_AT_ONCE - 1) / COPIES_AT_ONCE);
    }
    for (size_t i = 0; i < count && status == TMK_OK; i += COPIES_AT_ONCE)
        status = embed_group(&job, key, carriers, copies + i,
                             count - i < COPIES_AT_ONCE ? count - i : COPIES_AT_ONCE, &at,
                             error);
    if (status != TMK_OK && at.total > 0)
        fail_outputs(&job.cuts, copies, count, error);
    tmk_carriers_free(&carriers);
    tmk_strip_cuts_release(&job.cuts);
    return status;
}
