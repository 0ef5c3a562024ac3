/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One copy of one band: its own pixels, marked, to its own file. */
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

void tmk_job_copy_band(size_t index, void *context)
{
    const tmk_job *job = context;
    tmk_worker *worker = &job->workers[index];
    tmk_error *error = &worker->output->error;
    tmk_rows band = {0};
    tmk_status status = TMK_OK;

    if (!tmk_job_wants(worker))
        return;
    if (worker->sink == NULL)
        status = tmk_sink_open(&worker->sink, worker->path, tmk_job_like(job)->image,
                               &job->cut->shape, &job->options->write, error);
    if (status == TMK_OK)
        status = mark_band(job, worker, &band, error);
    if (status == TMK_OK)
        status = tmk_sink_rows(worker->sink, &band.picture, error);
    tmk_picture_release(&band.picture);
    if (status == TMK_OK && tmk_job_is_last(job)) {
        status = tmk_sink_finish(&worker->sink, worker->output, error);
        if (status == TMK_OK)
            tmk_job_report(job, worker);
    }
    if (status != TMK_OK)
        tmk_job_fail(worker, status);
}
