/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one copy does with a chunk of its page: takes the pixels, marks them, reads some
 * pieces again, and writes all to its sink; or does the same with a whole output's
 * coefficients.
 */
#include <string.h>

#include "base/memory.h"
#include "image/colour.h"
#include "image/spread.h"
#include "mark/embed_blocks.h"
#include "mark/job.h"

/* ------------------------------------------------------------------- whole copies */

void tmk_worker_begin(tmk_worker *worker, const tmk_job *job, size_t index)
{
    tmk_page_copy *copy = &job->copies[index];
    double strength = copy->strength != 0 ? copy->strength : job->options->strength;

    worker->copy = copy;
    tmk_payload_encode(copy->mark, worker->coded);
    worker->pattern = (tmk_pattern){
        .carriers = job->carriers, .coded = worker->coded, .strength = (float)strength};
    tmk_origin_of(&worker->pattern.origin, job->key, copy->mark, copy->variant, job->content);
}

void tmk_worker_end(tmk_worker *worker)
{
    tmk_embed_report *report = &worker->copy->report;

    tmk_change_report(&worker->all, report);
    report->margin_db = tmk_margin_db(worker->square);
    report->place = tmk_place_of(&worker->pattern.origin);
}

/* ------------------------------------------------------------------------ outputs */

void tmk_worker_begin_output(tmk_worker *worker, const tmk_job *job)
{
    worker->output = &worker->copy->outputs[job->output];
    worker->change = (tmk_change){0};
    worker->margin = (tmk_margin){0};
}

int tmk_worker_is_wanted(const tmk_worker *worker)
{
    return worker->output->sink.open != NULL && worker->output->status == TMK_OK;
}

int tmk_worker_takes_blocks(const tmk_worker *worker, const tmk_job *job)
{
    const tmk_part *part = &job->cuts.parts[job->cut->first_part];
    const tmk_row_source *source = &job->page->sections[part->section].source;

    return worker->output->sink.write_blocks != NULL && source->read_blocks != NULL &&
           job->cut->parts == 1 && part->rows == source->shape.height;
}

void tmk_worker_abandon(tmk_worker *worker)
{
    tmk_picture_release(&worker->rows.picture);
    if (worker->is_open)
        worker->output->sink.abandon(worker->output->sink.context);
    worker->is_open = 0;
}

/* Ends the current output with a failure, whose message is in it already. */
static void fail(tmk_worker *worker, tmk_status status)
{
    worker->output->status = worker->output->error.status = status;
    tmk_worker_abandon(worker);
}

/* Adds what was changed in the finished output to its report and to the copy's. */
static void report_output(const tmk_job *job, tmk_worker *worker)
{
    double square = tmk_margin_square(&worker->margin, &job->pieces);
    tmk_origin origin = tmk_origin_below(&worker->pattern.origin, job->cut->top);
    tmk_embed_report *report = &worker->output->report;

    tmk_change_report(&worker->change, report);
    report->margin_db = tmk_margin_db(square);
    report->place = tmk_place_of(&origin);
    worker->square += square;
    tmk_change_add(&worker->all, &worker->change);
}

static tmk_status finish(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    tmk_row_sink *sink = &worker->output->sink;

    worker->is_open = 0;
    TMK_TRY(sink->finish(sink->context, error));
    worker->output->finished = 1;
    report_output(job, worker);
    return TMK_OK;
}

/* ----------------------------------------------------------------- marking a chunk */

/* Opens the sink, and takes the chunk's pixels if it is marked in them. */
static tmk_status take_chunk(tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    const tmk_section *section = tmk_job_section(job);
    tmk_rows untouched = tmk_rows_part(&job->window.rows, job->first, job->rows);
    tmk_row_sink *sink = &worker->output->sink;

    worker->local = worker->pattern;
    worker->local.coloured = section->survey.coloured;
    worker->local.origin = tmk_origin_below(&worker->pattern.origin, section->top);
    if (sink->write == NULL && !tmk_worker_takes_blocks(worker, job))
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: has no coefficients, and the sink takes nothing else",
                        section->source.name);
    if (!worker->is_open)
        TMK_TRY(sink->open(sink->context, &job->cut->shape, error));
    worker->is_open = 1;
    if (tmk_worker_takes_blocks(worker, job))
        return TMK_OK;
    worker->rows.first = job->first;
    return tmk_picture_copy(&worker->rows.picture, &untouched.picture, error);
}

/* Adds the worker's stretches to the tasks. */
static void add_stretches(tmk_job *job, tmk_worker *worker)
{
    int end = tmk_rows_end(&worker->rows), next;

    for (int y = worker->rows.first; y < end; y = next) {
        next = tmk_pattern_next(&worker->local, y);
        next = next < end ? next : end;
        job->stretches[job->stretch_count++] =
            (tmk_stretch){.worker = worker, .first = y, .end = next};
    }
}

tmk_status tmk_copies_begin_chunk(tmk_job *job, size_t first, size_t count, tmk_error *error)
{
    size_t most = (size_t)job->rows / TMK_TILE + 2;

    job->taking = job->workers + first;
    job->taking_count = count;
    job->stretch_count = 0;
    tmk_free(job->stretches);
    job->stretches = tmk_calloc(most * count, sizeof *job->stretches);
    if (job->stretches == NULL)
        return tmk_fail_memory(error, "a chunk of rows");
    for (size_t i = 0; i < count; i++) {
        tmk_worker *worker = &job->taking[i];
        tmk_status status;

        if (!tmk_worker_is_wanted(worker))
            continue;
        status = take_chunk(job, worker, &worker->output->error);
        if (status != TMK_OK)
            fail(worker, status);
        else if (worker->rows.picture.pixels != NULL)
            add_stretches(job, worker);
    }
    return TMK_OK;
}

void tmk_copies_mark(size_t index, void *context)
{
    const tmk_job *job = context;
    tmk_stretch *s = &job->stretches[index];
    const tmk_rows *rows = &s->worker->rows, *old = &job->window.rows;
    tmk_plane delta[TMK_COMPONENTS] = {{0}, {0}};

    for (int c = 0; c < TMK_COMPONENTS && s->status == TMK_OK; c++)
        s->status = tmk_plane_alloc(&delta[c], rows->picture.width, s->end - s->first, NULL);
    if (s->status == TMK_OK)
        s->status = tmk_pattern_rows(delta, &s->worker->local, s->first, &job->analysis,
                                     NULL);
    for (int y = s->first; y < s->end && s->status == TMK_OK; y++) {
        unsigned char *row = tmk_picture_row(&rows->picture, y - rows->first);

        tmk_colour_add(&rows->picture, row, rows->picture.width,
                       tmk_plane_row(&delta[TMK_LUMA], y - s->first),
                       tmk_plane_row(&delta[TMK_CHROMA], y - s->first));
        tmk_change_add_row(&s->change, &rows->picture,
                           tmk_picture_row(&old->picture, y - old->first), row);
    }
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&delta[c]);
}

/* ----------------------------------------------------------------- writing a chunk */

/* What the worker's stretches came to; they can only have run out of memory. */
static tmk_status gather_stretches(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    for (size_t i = 0; i < job->stretch_count; i++) {
        const tmk_stretch *s = &job->stretches[i];

        if (s->worker != worker)
            continue;
        if (s->status != TMK_OK)
            return tmk_fail_memory(error, "the mark of a page");
        tmk_change_add(&worker->change, &s->change);
    }
    return TMK_OK;
}

/* Hands ROWS on, spread to the output's kind of samples where it is richer. */
static tmk_status write_rows(const tmk_job *job, const tmk_row_sink *sink,
                             const tmk_picture *rows, tmk_error *error)
{
    const tmk_picture *shape = &job->cut->shape;
    tmk_picture spread = {0};
    tmk_status status;

    if (rows->channels == shape->channels && rows->depth == shape->depth)
        return sink->write(sink->context, rows, error);
    TMK_TRY(tmk_picture_alloc(&spread, rows->width, rows->height, shape->channels,
                              shape->depth, error));
    tmk_picture_spread(&spread, rows);
    status = sink->write(sink->context, &spread, error);
    tmk_picture_release(&spread);
    return status;
}

/* Looks at what a reader of the marked output sees. */
static tmk_status look_at(const tmk_job *job, tmk_worker *worker, const tmk_picture *decoded,
                          tmk_error *error)
{
    tmk_rows rows = {job->first, *decoded};
    tmk_rows untouched = tmk_rows_part(&job->window.rows, job->first, job->rows);

    TMK_TRY(tmk_picture_check_like(decoded, &job->cut->shape, "a sink", error));
    tmk_change_between(&worker->change, &untouched.picture, decoded);
    return tmk_margin_read_rows(&worker->margin, &worker->local, &job->pieces,
                                (int)job->part->section, &rows, error);
}

/* Whether the chunk is a whole output whose reader may see something else. */
static int is_seen(const tmk_job *job, const tmk_worker *worker)
{
    return worker->output->sink.see != NULL && job->cut->parts == 1 &&
           job->rows == job->cut->shape.height;
}

/* Measures what was written: as it is, or as it is seen. */
static tmk_status measure(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    tmk_row_sink *sink = &worker->output->sink;
    tmk_picture decoded = {0};

    if (is_seen(job, worker))
        TMK_TRY(sink->see(sink->context, &decoded, error));
    if (decoded.pixels != NULL) {
        worker->change = (tmk_change){0};
        return look_at(job, worker, &decoded, error);
    }
    return tmk_margin_read_rows(&worker->margin, &worker->local, &job->pieces,
                                (int)job->part->section, &worker->rows, error);
}

static tmk_status write_pixels(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    TMK_TRY(gather_stretches(job, worker, error));
    TMK_TRY(write_rows(job, &worker->output->sink, &worker->rows.picture, error));
    TMK_TRY(measure(job, worker, error));
    tmk_picture_release(&worker->rows.picture);
    return tmk_job_is_last(job) ? finish(job, worker, error) : TMK_OK;
}

/* The chunk is the whole output. */
static tmk_status write_blocks(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    tmk_row_sink *sink = &worker->output->sink;
    tmk_picture decoded = job->cut->shape;
    tmk_blocks marked = {0};
    tmk_page_targets targets = {0};
    tmk_status status = tmk_blocks_copy(&marked, &job->blocks, error);
    int threads = job->options->threads / (int)job->taking_count;

    worker->output->coefficients = 1;
    if (status == TMK_OK)
        status = tmk_page_targets_begin(&targets, &worker->local, &job->analysis,
                                        (tmk_orientation)job->blocks.orientation, error);
    if (status == TMK_OK)
        status = tmk_blocks_add(&marked, &job->blocks, &targets.source,
                                threads > 1 ? threads : 1, error);
    tmk_page_targets_end(&targets);
    if (status == TMK_OK)
        status = sink->write_blocks(sink->context, &marked, &decoded, error);
    tmk_blocks_release(&marked);
    if (status == TMK_OK)
        status = look_at(job, worker, &decoded, error);
    return status == TMK_OK ? finish(job, worker, error) : status;
}

void tmk_copies_write(size_t index, void *context)
{
    const tmk_job *job = context;
    tmk_worker *worker = &job->taking[index];
    tmk_error *error;
    tmk_status status;

    if (!tmk_worker_is_wanted(worker))
        return;
    error = &worker->output->error;
    status = worker->rows.picture.pixels != NULL ? write_pixels(job, worker, error)
                                                 : write_blocks(job, worker, error);
    if (status != TMK_OK)
        fail(worker, status);
}
