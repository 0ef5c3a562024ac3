/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One strip: from its files on disk to its marked copies on disk.  All that is pending is
 * written by one call of the library; with --verify what could not be read back is pending
 * again, and the next call marks it stronger.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "embed/embed_advice.h"
#include "embed/embed_plan.h"
#include "embed/embed_record.h"
#include "embed/embed_verify.h"
#include "interrupt.h"
#include "paths.h"
#include "text.h"

/* One call of the library: for each copy as many outputs as there are slices, NULL for
 * those that are not written now. */
typedef struct copy_round {
    strip_job *job;
    tmk_strip_options options;
    tmk_copy *copies;
    size_t count;
    size_t *targets; /* whose each copy is */
    size_t *written; /* outputs of each copy */
    const char **paths;
    tmk_output_mode *overwrite;
    output_result **results; /* NULL also for those that were taken over already */
    tmk_output *outputs;
} copy_round;

/* ------------------------------------------------------------------- during it */

static int show_progress(void *context, double done)
{
    strip_job *job = ((copy_round *)context)->job;
    /* The rest is reading back, which for several slices happens in between. */
    double part = job->run->args->verify != NULL && job->result->slices == 1 ? 0.5 : 1;
    double work = done * job->work * part;

    if (work > job->work_shown) {
        progress_advance(job->run->bar, work - job->work_shown, 0);
        job->work_shown = work;
    }
    return interrupted() != 0;
}

/* Takes over what became of the output OUT. */
static void take(const strip_job *job, output_result *out, const tmk_output *output)
{
    int may_be_stronger = stronger(job) > job->strength;

    if (output->status == TMK_OK) {
        out->action = WRITTEN;
        out->strength = job->strength;
        out->report = output->report;
        out->bytes = is_stream(out->path) ? UNKNOWN_SIZE : (int64_t)output->bytes;
        memcpy(out->digest, output->digest, sizeof out->digest);
        out->format = output->format;
        out->coefficients = output->coefficients;
        out->width = output->width;
        out->height = output->height;
    } else if (output->status != TMK_EXISTS || out->overwrite != TMK_OUTPUT_SAME ||
               !may_be_stronger) {
        output_fail(out, &output->error);
    } /* else a run that was interrupted may have marked it stronger: it stays pending */
}

/* Output SLICE is finished in some copies: it is read back and recorded before the next. */
static void take_finished(void *context, size_t slice)
{
    copy_round *r = context;
    strip_job *job = r->job;
    size_t finished = 0;

    for (size_t c = 0; c < r->count; c++) {
        size_t i = c * job->result->slices + slice;
        const tmk_output *output = &r->outputs[i];

        if (r->results[i] == NULL || (output->status == TMK_OK && output->bytes == 0))
            continue;
        take(job, r->results[i], output);
        r->written[c] += r->results[i]->action == WRITTEN;
        r->results[i] = NULL;
        finished++;
    }
    if (job->run->args->verify != NULL)
        verify_written(job);
    record_written(job);
    if (job->pages_shown + finished <= job->count) { /* some may be written more than once */
        progress_advance(job->run->bar, 0, finished);
        job->pages_shown += finished;
    }
}

/* --------------------------------------------------------------- before and after */

/* Notes what is pending of the copy for TARGET; whether anything is. */
static int gather_copy(copy_round *r, size_t target)
{
    const strip_job *job = r->job;
    size_t slices = job->result->slices, first = r->count * slices;
    int any = 0;

    for (size_t s = 0; s < slices; s++) {
        output_result *out = &job->result->outputs[s * job->targets + target];
        int is_pending = out->action == PENDING;

        r->results[first + s] = is_pending ? out : NULL;
        r->paths[first + s] = is_pending ? out->path : NULL;
        r->overwrite[first + s] = out->overwrite;
        any |= is_pending;
    }
    r->targets[r->count] = target;
    r->copies[r->count] = (tmk_copy){.mark = job->run->targets[target].mark,
                                     .strength = job->strength,
                                     .variant = job->run->args->variant,
                                     .paths = r->paths + first,
                                     .overwrite = r->overwrite + first,
                                     .outputs = r->outputs + first};
    return any;
}

/* Takes over how the copies are as a whole, where all of one was written. */
static void round_end(copy_round *r)
{
    for (size_t c = 0; c < r->count; c++) {
        if (r->written[c] == r->job->result->slices)
            r->job->result->margins_db[r->targets[c]] = r->copies[c].report.margin_db;
    }
    free(r->copies);
    free(r->targets);
    free(r->written);
    free(r->paths);
    free(r->overwrite);
    free(r->results);
    free(r->outputs);
}

/* Prepares to write what is pending, stronger than before; 0 where nothing is left to do. */
static int round_begin(copy_round *r, strip_job *job)
{
    const arguments *a = job->run->args;
    double before = job->strength;

    *r = (copy_round){.job = job};
    job->strength = before > 0 ? stronger(job) : a->strength;
    if (job->strength <= before || job->result->outputs == NULL)
        return 0;
    tmk_strip_options_init(&r->options);
    r->options.threads = job->threads;
    r->options.slice_height = a->slice;
    r->options.write.quality = a->quality;
    if (outputs_keep_format(&job->run->outputs))
        r->options.write.format = TMK_FORMAT_AS_READ;
    r->options.progress = show_progress;
    r->options.finished = take_finished;
    r->options.context = r;
    r->copies = allocated(job->targets, sizeof *r->copies);
    r->targets = allocated(job->targets, sizeof *r->targets);
    r->written = allocated(job->targets, sizeof *r->written);
    r->paths = allocated(job->count, sizeof *r->paths);
    r->overwrite = allocated(job->count, sizeof *r->overwrite);
    r->results = allocated(job->count, sizeof(output_result *));
    r->outputs = allocated(job->count, sizeof *r->outputs);
    for (size_t t = 0; t < job->targets; t++)
        r->count += (size_t)gather_copy(r, t);
    if (r->count == 0)
        round_end(r);
    return r->count > 0;
}

/* What is left of the strip's part of the progress bar. */
static void show_end(const strip_job *job)
{
    size_t skipped = 0;

    for (size_t i = 0; job->result->outputs != NULL && i < job->count; i++)
        skipped += job->result->outputs[i].action == SKIPPED;
    if (skipped == job->count)
        progress_skip(job->run->bar, job->work - job->work_shown, job->count);
    else
        progress_advance(job->run->bar, job->work - job->work_shown,
                         job->count - job->pages_shown);
}

void embed_work(size_t index, int threads, void *context)
{
    embed_run *run = context;
    double start = seconds_now();
    tmk_status status;
    tmk_error *error;
    strip_job job;
    copy_round round;

    strip_job_begin(&job, run, index, threads);
    error = &job.result->error;
    status = plan_strip(&job, error);
    while (status == TMK_OK && round_begin(&round, &job)) {
        status = tmk_strip_embed(run->key, job.strip, round.copies, round.count,
                                 &round.options, error);
        round_end(&round);
    }
    if (status == TMK_OK && job.result->outputs != NULL && !interrupted())
        advise(&job);
    job.result->status = status;
    job.result->seconds = seconds_now() - start;
    show_end(&job);
    run->results[index] = job.result;
    strip_job_end(&job);
}
