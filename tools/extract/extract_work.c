/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file: from the disk to the marks that it holds. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "characters.h"
#include "extract/extract.h"
#include "interrupt.h"
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

static tmk_extract_options options_of(file_job *job, double questions, int threads)
{
    const extract_run *r = job->run;
    tmk_extract_options options;

    tmk_extract_options_init(&options);
    options.effort = r->args->effort;
    options.variants = r->args->variants;
    if (!isnan(r->args->log10_bound))
        options.log10_bound = r->args->log10_bound;
    options.questions = questions;
    if (r->args->decoys >= 0)
        options.decoys = r->args->decoys;
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
        snprintf(error->text, sizeof error->text, "%.*s: is a directory; -r walks it",
                 characters_fit(item->path, 300), item->path);
    else
        snprintf(error->text, sizeof error->text, "%.*s: can't be read: %s",
                 characters_fit(item->path, 300), item->path, strerror(item->problem));
    return error->status;
}

/* The answer to the same question of an earlier call. */
static const earlier_answer *find_earlier(const extract_run *r, const char *path,
                                          const char *digest, size_t *count)
{
    const earlier_answer *found;
    char *name;

    if (r->earlier.count == 0 || *digest == '\0')
        return NULL;
    name = report_file_name(path);
    found = earlier_find(&r->earlier, name, digest, count);
    free(name);
    return found;
}

/* Reads the marks of a picture, and if there are none, how many it could hold. */
static void read_marks(file_job *job, answer *reading, const seized *from, int threads)
{
    tmk_extract_options options;

    /* Of all pictures of a file, each is asked. */
    reading->questions = fmin(job->run->questions * fmax(1, from->pictures),
                              TMK_MAX_QUESTIONS);
    options = options_of(job, reading->questions, threads);
    reading->is_note = from->is_note;
    reading->is_fenced = 1;
    reading->guards = from->guards;
    reading->status = from->status;
    reading->error = from->error;
    reading->damaged = from->damaged;
    reading->rows = from->rows;
    reading->rows_read = from->rows_read;
    if (*from->member != '\0')
        reading->member = copied(from->member);
    if (reading->is_note)
        return;
    if (reading->status == TMK_OK)
        reading->status = tmk_extract(job->run->key, &from->picture, &options,
                                      &reading->result, &reading->error);
    if (reading->status != TMK_OK || reading->result.count > 0)
        return;
    reading->miss = miss_measure(job->run->key, &from->picture, threads, interrupt_progress,
                                 NULL);
    reading->miss.damaged = reading->damaged;
}

/* All pictures of a file whose bytes are given. */
static void read_pictures(file_job *job, answer *first, const void *bytes, size_t size,
                          int threads)
{
    extract_run *r = job->run;
    reader *decoder = reader_start(r->readers, bytes, size, job->item->path, &first->error);
    answer *reading = first;
    double start = seconds_now();
    seized from;

    if (decoder == NULL) {
        first->status = first->error.status;
        return;
    }
    for (int count = 0; reader_next(decoder, &from); count++) {
        if (count > 0) {
            reading = reading->next = allocated(1, sizeof *reading);
            memcpy(reading->digest, first->digest, sizeof first->digest);
        }
        read_marks(job, reading, &from, threads);
        free(from.picture.pixels);
        reading->seconds = seconds_now() - start;
        start = seconds_now();
        if (reading->status == TMK_CANCELLED)
            break;
    }
    reader_finish(r->readers, &decoder);
}

void extract_work(size_t index, int threads, void *context)
{
    extract_run *r = context;
    const input_file *item = &r->inputs.items[index];
    file_job job = {r, item, inputs_work(&r->inputs, index), 0};
    answer *reading = r->answers[index] = allocated(1, sizeof *reading);
    uint8_t digest[TMK_DIGEST_BYTES];
    void *bytes = NULL;
    size_t size = 0;

    reading->status = item->problem != 0
                          ? fail_input(item, &reading->error)
                          : tmk_file_load(item->path, &bytes, &size, digest, &reading->error);
    if (reading->status == TMK_OK) {
        for (size_t i = 0; i < sizeof digest; i++)
            sprintf(reading->digest + 2 * i, "%02x", digest[i]);
        reading->earlier = find_earlier(r, item->path, reading->digest,
                                        &reading->earlier_count);
        if (reading->earlier == NULL)
            read_pictures(&job, reading, bytes, size, threads);
    }
    free(bytes);
    if (reading->earlier != NULL || reading->status != TMK_OK)
        progress_skip(r->bar, job.work - job.work_shown, 1);
    else
        progress_advance(r->bar, job.work - job.work_shown, 1);
}

void extract_forget(answer *first)
{
    while (first != NULL) {
        answer *next = first->next;

        free(first->member);
        free(first);
        first = next;
    }
}
