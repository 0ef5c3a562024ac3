/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One copy of one band: its own pixels, marked, to its own file; or its own coefficients,
 * which are a whole file's.
 */
#include "file/newfile.h"
#include "release/job.h"

tmk_pattern tmk_job_pattern(const tmk_job *job, const tmk_worker *worker)
{
    tmk_pattern pattern = worker->pattern;

    pattern.coloured = job->strip->slices[job->part->slice].survey.coloured;
    pattern.origin = tmk_origin_below(&pattern.origin, job->strip->tops[job->part->slice]);
    return pattern;
}

int tmk_job_wants(const tmk_worker *worker)
{
    return worker->path != NULL && worker->output->status == TMK_OK;
}

void tmk_job_fail(tmk_worker *worker, tmk_status status)
{
    worker->output->status = worker->output->error.status = status;
    tmk_sink_abandon(&worker->sink);
}

void tmk_job_report(const tmk_job *job, tmk_worker *worker)
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

/* Takes the band's pixels and marks them. */
static tmk_status mark_band(const tmk_job *job, tmk_worker *worker, tmk_rows *band,
                            tmk_error *error)
{
    tmk_rows untouched = tmk_rows_part(&job->window, job->first, job->rows);
    tmk_pattern pattern = tmk_job_pattern(job, worker);
    tmk_status status = tmk_picture_copy(&band->picture, &untouched.picture, error);

    band->first = job->first;
    if (status == TMK_OK)
        status = tmk_embed_rows(band, &pattern, &job->analysis, job->threads,
                                &worker->change, error);
    if (status == TMK_OK)
        status = tmk_margin_read_rows(&worker->margin, &pattern, &job->pieces,
                                      (int)job->part->slice, band, error);
    return status;
}

int tmk_job_keeps_coefficients(const tmk_job *job, const tmk_worker *worker)
{
    const tmk_slice *slice = tmk_job_like(job);
    const tmk_write_options *write = &worker->write;
    const tmk_codec *codec = NULL;

    return job->options->slice_height == 0 &&
           tmk_file_choose_codec(slice->image, worker->path, slice->name, write, &codec,
                                 NULL) == TMK_OK &&
           tmk_file_keeps_blocks(slice->image, codec, write->quality);
}

/* The whole slice is the band; its pixels are only looked at. */
static tmk_status copy_coefficients(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    tmk_jpeg_page page = {worker->path, tmk_job_like(job)->image, &job->blocks, &job->window,
                          &job->analysis, &job->pieces, (int)job->part->slice};
    tmk_pattern pattern = tmk_job_pattern(job, worker);
    tmk_output *output = worker->output;
    tmk_blob file = {0};
    tmk_status status = tmk_newfile_check(worker->path, worker->write.overwrite, error);

    output->format = page.image->format;
    output->coefficients = 1;
    if (status == TMK_OK)
        status = tmk_jpeg_copy(&page, &pattern, job->threads, &file, &worker->change,
                               &worker->margin, error);
    if (status == TMK_OK)
        status = tmk_sink_bytes(worker->path, file.bytes, file.size,
                                worker->write.overwrite, output, error);
    tmk_blob_free(&file);
    return status;
}

/* Takes the band's rows, and ends the file with the last ones. */
static tmk_status copy_pixels(const tmk_job *job, tmk_worker *worker, tmk_error *error)
{
    tmk_rows band = {0};
    tmk_status status = TMK_OK;

    if (worker->sink == NULL)
        status = tmk_sink_open(&worker->sink, worker->path, tmk_job_like(job)->image,
                               &job->cut->shape, &worker->write, error);
    if (status == TMK_OK)
        status = mark_band(job, worker, &band, error);
    if (status == TMK_OK)
        status = tmk_sink_rows(worker->sink, &band.picture, error);
    tmk_picture_release(&band.picture);
    if (status == TMK_OK && tmk_job_is_last(job))
        status = tmk_sink_finish(&worker->sink, worker->output, error);
    return status;
}

void tmk_job_copy_band(size_t index, void *context)
{
    const tmk_job *job = context;
    tmk_worker *worker = &job->workers[index];
    tmk_status status;

    if (!tmk_job_wants(worker))
        return;
    status = tmk_job_keeps_coefficients(job, worker)
                 ? copy_coefficients(job, worker, &worker->output->error)
                 : copy_pixels(job, worker, &worker->output->error);
    if (status != TMK_OK)
        tmk_job_fail(worker, status);
    else if (tmk_job_is_last(job))
        tmk_job_report(job, worker);
}
