/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file: from the disk to the marks that it holds. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "extract/extract.h"
#include "interrupt.h"
#include "paths.h"
#include "report.h"
#include "text.h"

/* A file while it is read. */
typedef struct file_job {
    extract_run *run;
    const input_file *item;
    double work, work_shown; /* of the progress bar */
} file_job;

static int show_progress(void *context, double done)
{
    file_job *job = context;
    double work = done * job->work;

    if (work > job->work_shown) {
        progress_advance(job->run->bar, work - job->work_shown, 0);
        job->work_shown = work;
    }
    return interrupted() != 0;
}

static tmk_extract_options options_of(file_job *job, int threads)
{
    const extract_run *r = job->run;
    tmk_extract_options options;

    tmk_extract_options_init(&options);
    options.effort = r->args->effort;
    options.variants = r->args->variants;
    if (!isnan(r->args->log10_bound))
        options.log10_bound = r->args->log10_bound;
    options.questions = r->questions;
    options.threads = threads;
    options.progress = show_progress;
    options.context = job;
    if (r->channels != NULL) {
        options.known_marks = tmk_channels_marks(r->channels);
        options.known_count = tmk_channels_count(r->channels);
    }
    return options;
}

/* What is wrong with a name is known from when it was looked at. */
static tmk_status fail_input(const input_file *item, tmk_error *error)
{
    error->status = TMK_NOT_READABLE;
    if (item->problem == EISDIR)
        snprintf(error->text, sizeof error->text, "%.300s: is a directory; -r walks it",
                 item->path);
    else
        snprintf(error->text, sizeof error->text, "%.300s: can't be read: %s", item->path,
                 strerror(item->problem));
    return error->status;
}

/* Notes the digest of a file that can be read twice. */
static tmk_status take_digest(answer *reading, const input_file *item)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_status status;

    if (is_stream(item->path) || item->bytes == UNKNOWN_SIZE)
        return TMK_OK;
    status = tmk_file_digest(item->path, digest, NULL, &reading->error);
    for (size_t i = 0; status == TMK_OK && i < sizeof digest; i++)
        sprintf(reading->digest + 2 * i, "%02x", digest[i]);
    return status;
}

static tmk_status read_marks(file_job *job, answer *reading, int threads)
{
    const tmk_read_options how = {.salvage = 1};
    tmk_extract_options options = options_of(job, threads);
    tmk_image *image = NULL;
    tmk_status status = tmk_image_read_with(job->item->path, &how, &image, &reading->error);

    if (status == TMK_OK) {
        reading->damaged = tmk_image_is_damaged(image);
        reading->rows_read = tmk_image_rows_read(image);
        reading->rows = tmk_image_rows(image);
        status = tmk_extract(job->run->key, tmk_image_picture(image), &options,
                             &reading->result, &reading->error);
    }
    if (status == TMK_OK && reading->result.count == 0) {
        reading->miss = miss_measure(job->run->key, tmk_image_picture(image), threads,
                                     interrupt_progress, NULL);
        reading->miss.damaged = reading->damaged;
    }
    tmk_image_free(&image);
    return status;
}

/* The answer to the same question of an earlier call. */
static const earlier_answer *find_earlier(const extract_run *r, const char *path,
                                          const char *digest)
{
    const earlier_answer *found;
    char *name;

    if (r->earlier.count == 0 || *digest == '\0')
        return NULL;
    name = report_file_name(path);
    found = earlier_find(&r->earlier, name, digest);
    free(name);
    return found;
}

void extract_work(size_t index, int threads, void *context)
{
    extract_run *r = context;
    const input_file *item = &r->inputs.items[index];
    file_job job = {r, item, inputs_work(&r->inputs, index), 0};
    answer *reading = r->answers[index] = allocated(1, sizeof *reading);
    double start = seconds_now();

    reading->status = item->problem != 0 ? fail_input(item, &reading->error)
                                         : take_digest(reading, item);
    if (reading->status == TMK_OK) {
        reading->earlier = find_earlier(r, item->path, reading->digest);
        if (reading->earlier == NULL)
            reading->status = read_marks(&job, reading, threads);
    }
    reading->seconds = seconds_now() - start;
    if (reading->earlier != NULL || reading->status != TMK_OK)
        progress_skip(r->bar, job.work - job.work_shown, 1);
    else
        progress_advance(r->bar, job.work - job.work_shown, 1);
}
