/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedding: how a page is marked for many copies, whose outline is tmk_page_embed.
 *
 *     groups    of copies, as many as may have files open at the same time
 *     outputs   one after the other, from top to bottom, in all copies of the group
 *     chunks    rows of one source: read and analysed once, for
 *                   amplitude = what each pixel can hide
 *               then each copy, luma and Cb += strength * amplitude * pattern of its mark
 *               at its origin; a few marked pieces are read again, and the rows go to its sink
 *
 * Amplitudes are those of the untouched page, so rows can be marked in any order, by any
 * number of threads, and the result does not depend on the chunks.  Where every sink takes
 * rows as they come a chunk is some hundred rows, so that memory does not grow with height;
 * else it is all rows of a source, so that only the copies being made are in memory.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "mark/job.h"
#include "mark/options.h"

/* Copies of a group: each may need a file and an encoder. */
#define COPIES_AT_ONCE 32

/* ------------------------------------------------------------------ groups of copies */

static void end_group(tmk_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        tmk_worker_end(&job->workers[i]);
    tmk_free(job->workers);
    job->workers = NULL;
    job->count = 0;
    job->part = NULL; /* the next group reads from the top */
}

/* Whether an output cut from several sources, whose chunks come one after the other, has a
 * sink in COPY that keeps all of them. */
static int keeps_parts(const tmk_job *job, const tmk_page_copy *copy)
{
    for (size_t i = 0; i < job->cuts.count; i++)
        if (job->cuts.cuts[i].parts > 1 && copy->outputs[i].sink.open != NULL &&
            copy->outputs[i].sink.needs_all)
            return 1;
    return 0;
}

/* The most copies of a group: as many as have all their rows in memory at other times. */
static size_t choose_group(const tmk_job *job)
{
    for (size_t i = 0; i < job->copy_count; i++)
        if (keeps_parts(job, &job->copies[i]) && job->options->threads < COPIES_AT_ONCE)
            return (size_t)job->options->threads;
    return COPIES_AT_ONCE;
}

static tmk_status begin_group(tmk_job *job, size_t first, tmk_error *error)
{
    size_t count = job->copy_count - first;

    count = count < job->group_most ? count : job->group_most;
    job->workers = tmk_calloc(count, sizeof *job->workers);
    if (job->workers == NULL)
        return tmk_fail_memory(error, "the copies");
    job->group = first;
    job->count = count;
    for (size_t i = 0; i < count; i++)
        tmk_worker_begin(&job->workers[i], job, first + i);
    return TMK_OK;
}

/* ------------------------------------------------------------------------- sections */

/* Begins the part's source, unless it is being read already. */
static tmk_status begin_part(tmk_job *job, const tmk_part *part, tmk_error *error)
{
    const tmk_row_source *source = &job->page->sections[part->section].source;

    if (job->part == NULL || job->part->section != part->section) {
        tmk_window_end(&job->window);
        TMK_TRY(tmk_window_begin(&job->window, source, error));
    }
    job->part = part;
    job->first = part->first;
    job->rows = 0;
    return TMK_OK;
}

/* ------------------------------------------------------------------------- outputs */

/* Chooses the pieces of the output that will be read again. */
static tmk_status choose_pieces(tmk_job *job, tmk_error *error)
{
    for (size_t i = 0; i < job->cut->parts; i++) {
        const tmk_part *part = &job->cuts.parts[job->cut->first_part + i];

        TMK_TRY(tmk_pieces_add(&job->pieces, &job->page->sections[part->section].survey,
                               (int)part->section, part->first, part->rows, error));
    }
    tmk_pieces_choose(&job->pieces);
    return TMK_OK;
}

/* Reads the output's coefficients, if any copy is marked in them. */
static tmk_status read_blocks(tmk_job *job, tmk_error *error)
{
    const tmk_part *part = &job->cuts.parts[job->cut->first_part];
    const tmk_row_source *source = &job->page->sections[part->section].source;
    int wanted = 0;

    for (size_t i = 0; i < job->count; i++)
        wanted |= tmk_worker_is_wanted(&job->workers[i]) &&
                  tmk_worker_takes_blocks(&job->workers[i], job);
    if (!wanted)
        return TMK_OK;
    TMK_TRY(source->read_blocks(source->context, &job->blocks, error));
    return tmk_blocks_check(&job->blocks, &source->shape, source->name, error);
}

/* Rows of the output's chunks, 0: all of a part. */
static int choose_step(const tmk_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        if (tmk_worker_is_wanted(&job->workers[i]) &&
            (job->workers[i].output->sink.needs_all ||
             tmk_worker_takes_blocks(&job->workers[i], job)))
            return 0;
    return tmk_chunk_rows(job->page->width, TMK_CHUNK_PIXELS);
}

static tmk_status begin_output(tmk_job *job, size_t index, tmk_error *error)
{
    job->output = index;
    job->cut = &job->cuts.cuts[index];
    for (size_t i = 0; i < job->count; i++)
        tmk_worker_begin_output(&job->workers[i], job);
    job->step = choose_step(job);
    TMK_TRY(choose_pieces(job, error));
    return read_blocks(job, error);
}

/* Nothing half-written stays. */
static void end_output(tmk_job *job)
{
    for (size_t i = 0; i < job->count && job->cut != NULL; i++)
        tmk_worker_abandon(&job->workers[i]);
    tmk_blocks_release(&job->blocks);
    tmk_pieces_release(&job->pieces);
    job->cut = NULL;
}

/* -------------------------------------------------------------------------- chunks */

/* Begins the next output, of this group of copies or the next; *MORE becomes 0 after the
 * last one. */
static tmk_status next_output(tmk_job *job, int *more, tmk_error *error)
{
    size_t index = job->workers == NULL ? 0 : job->output + 1, first = job->group;

    if (job->cut != NULL) {
        end_output(job);
        if (job->options->finished != NULL)
            job->options->finished(job->options->context, job->output);
    }
    if (job->workers == NULL || index == job->cuts.count) {
        first += job->count;
        end_group(job);
        *more = first < job->copy_count;
        if (!*more)
            return TMK_OK;
        TMK_TRY(begin_group(job, first, error));
        index = 0;
    }
    TMK_TRY(begin_output(job, index, error));
    return begin_part(job, &job->cuts.parts[job->cut->first_part], error);
}

/* Goes on to the next chunk: of the part, the output's next part, or the next output. */
static tmk_status next_chunk(tmk_job *job, int *more, tmk_error *error)
{
    int rows;

    *more = 1;
    if (job->cut == NULL || tmk_job_is_last(job))
        TMK_TRY(next_output(job, more, error));
    else if (job->first + job->rows == job->part->first + job->part->rows)
        TMK_TRY(begin_part(job, job->part + 1, error));
    if (!*more)
        return TMK_OK;
    job->first += job->rows;
    rows = job->part->first + job->part->rows - job->first;
    job->rows = job->step > 0 && job->step < rows ? job->step : rows;
    return TMK_OK;
}

static tmk_status report_progress(const tmk_job *job, tmk_error *error)
{
    const tmk_page_options *options = job->options;

    if (options->progress != NULL &&
        options->progress(options->context, job->done / job->total) != 0)
        return tmk_fail(error, TMK_CANCELLED, "cancelled");
    return TMK_OK;
}

/* Makes the analysis hold the chunk. */
static tmk_status make_room(tmk_job *job, tmk_error *error)
{
    if (job->rows <= job->room)
        return TMK_OK;
    tmk_analysis_release(&job->analysis);
    job->room = job->rows;
    return tmk_analysis_alloc(&job->analysis, job->page->width, job->room, error);
}

/* What all copies need of the chunk. */
static tmk_status read_chunk(tmk_job *job, tmk_error *error)
{
    TMK_TRY(report_progress(job, error));
    TMK_TRY(tmk_window_move(&job->window, job->first, job->rows, error));
    TMK_TRY(make_room(job, error));
    return tmk_analyse(&job->analysis, &job->window.rows, job->first, job->rows,
                       tmk_survey_manner(&tmk_job_section(job)->survey),
                       job->options->threads, error);
}

/* As many copies take it at the same time as there are threads. */
static tmk_status embed_chunk(tmk_job *job, tmk_error *error)
{
    int threads = job->options->threads;
    size_t most = (size_t)threads;

    TMK_TRY(read_chunk(job, error));
    for (size_t i = 0; i < job->count; i += most) {
        size_t count = job->count - i < most ? job->count - i : most;

        TMK_TRY(tmk_copies_begin_chunk(job, i, count, error));
        tmk_parallel(job->stretch_count, threads, tmk_copies_mark, job);
        tmk_parallel(count, threads, tmk_copies_write, job);
    }
    job->done += job->rows;
    return TMK_OK;
}

/* ---------------------------------------------------------------------------- pages */

static tmk_status check_copy(const tmk_page_copy *copy, size_t outputs, tmk_error *error)
{
    if (copy->outputs == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "a copy without outputs");
    for (size_t i = 0; i < outputs; i++) {
        const tmk_row_sink *sink = &copy->outputs[i].sink;

        if (sink->open != NULL && ((sink->write == NULL && sink->write_blocks == NULL) ||
                                   sink->finish == NULL || sink->abandon == NULL))
            return tmk_fail(error, TMK_BAD_ARGUMENT,
                            "a sink without calls to write, finish and abandon");
    }
    TMK_TRY(tmk_variant_check(copy->variant, error));
    return copy->strength != 0 ? tmk_strength_check(copy->strength, error) : TMK_OK;
}

static tmk_status check(const tmk_key *key, const tmk_page *page, const tmk_page_copy *copies,
                        size_t count, const tmk_page_options *options, tmk_error *error)
{
    if (key == NULL || page == NULL || (copies == NULL && count > 0))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no key, page or copies were given");
    if (page->width < TMK_MIN_SIDE || page->height < TMK_MIN_SIDE)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "%s: %d x %lld pixels are too small; each side must have at least %d",
                        page->count > 0 ? page->sections[0].source.name : "a page",
                        page->width, (long long)page->height, TMK_MIN_SIDE);
    TMK_TRY(tmk_threads_check(options->threads, error));
    TMK_TRY(tmk_strength_check(options->strength, error));
    for (size_t i = 0; i < count; i++)
        TMK_TRY(
            check_copy(&copies[i], tmk_page_outputs(page, options->output_height), error));
    return TMK_OK;
}

static void clear_outputs(const tmk_cuts *cuts, tmk_page_copy *copies, size_t count)
{
    static const tmk_embed_report nothing = {
        .psnr_db = HUGE_VAL, .luma_psnr_db = HUGE_VAL, .margin_db = -HUGE_VAL};

    for (size_t c = 0; c < count; c++)
        for (size_t i = 0; i < cuts->count; i++) {
            const tmk_cut *cut = &cuts->cuts[i];

            copies[c].outputs[i] = (tmk_page_output){.sink = copies[c].outputs[i].sink,
                                                     .width = cut->shape.width,
                                                     .height = cut->shape.height,
                                                     .top = cut->top,
                                                     .report = nothing};
        }
}

/* Outputs that were not reached have failed like the rest. */
static void fail_outputs(const tmk_job *job, const tmk_error *error)
{
    for (size_t c = 0; c < job->copy_count; c++)
        for (size_t i = 0; i < job->cuts.count; i++) {
            tmk_page_output *output = &job->copies[c].outputs[i];

            if (output->sink.open == NULL || output->status != TMK_OK || output->finished)
                continue;
            output->status = error->status;
            output->error = *error;
        }
}

static tmk_status begin(tmk_job *job, tmk_error *error)
{
    tmk_content content = job->page->content;
    size_t groups;

    tmk_content_end(&content, job->content);
    TMK_TRY(tmk_cuts_make(&job->cuts, job->page, job->options->output_height, error));
    job->group_most = choose_group(job);
    groups = (job->copy_count + job->group_most - 1) / job->group_most;
    job->total = (double)job->page->height * (double)groups;
    clear_outputs(&job->cuts, job->copies, job->copy_count);
    return tmk_carriers_new(&job->carriers, job->key, error);
}

static void end(tmk_job *job)
{
    end_output(job);
    end_group(job);
    tmk_window_end(&job->window);
    tmk_analysis_release(&job->analysis);
    tmk_free(job->stretches);
    tmk_carriers_free(&job->carriers);
    tmk_cuts_release(&job->cuts);
}

void tmk_page_options_init(tmk_page_options *options)
{
    memset(options, 0, sizeof *options);
    options->strength = 1;
    options->threads = 1;
}

tmk_status tmk_page_embed(const tmk_key *key, tmk_page *page, tmk_page_copy *copies,
                          size_t count, const tmk_page_options *options, tmk_error *error)
{
    tmk_page_options defaults;
    tmk_error own;
    tmk_job job = {.page = page, .key = key, .copies = copies, .copy_count = count};
    tmk_status status;
    int more = 1;

    tmk_page_options_init(&defaults);
    job.options = options != NULL ? options : &defaults;
    error = error != NULL ? error : &own;
    TMK_TRY(check(key, page, copies, count, job.options, error));
    status = begin(&job, error);
    while (status == TMK_OK && (status = next_chunk(&job, &more, error)) == TMK_OK && more)
        status = embed_chunk(&job, error);
    if (status != TMK_OK)
        fail_outputs(&job, error);
    end(&job);
    return status;
}
