/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One strip: from its files on disk to its marked copies on disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "embed.h"
#include "interrupt.h"
#include "report.h"

/* A strip in hand. */
typedef struct labour {
    embed_run *run;
    size_t index;
    int threads;
    size_t targets, count; /* COUNT files, all slices for all targets */
    strip_result *result;
    const char **paths; /* of the files that the strip consists of */
    size_t files;
    tmk_strip *strip; /* NULL: not opened yet */
    double work;      /* units on the progress bar */
    double told;      /* of these */
} labour;

static void *allocated(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);

    if (memory == NULL)
        report_no_memory();
    return memory;
}

static void fail(made *m, const tmk_error *error)
{
    m->action = FAILED;
    m->error = allocated(1, sizeof *m->error);
    *m->error = *error;
}

/* -------------------------------------------------------------------- reading */

/* What can't be read is told as the library would. */
static tmk_status check_files(const labour *l, tmk_error *error)
{
    const inputs *list = &l->run->inputs;

    for (size_t i = list->strips[l->index]; i < list->strips[l->index + 1]; i++) {
        const input *item = &list->items[i];

        if (item->problem == 0)
            continue;
        error->status = TMK_NOT_READABLE;
        snprintf(error->text, sizeof error->text, "%.350s: %s%s", item->path,
                 item->problem == EISDIR ? "is a directory" : "can't be read: ",
                 item->problem == EISDIR ? "; -r walks it" : strerror(item->problem));
        return error->status;
    }
    return TMK_OK;
}

static tmk_status open_strip(labour *l, tmk_error *error)
{
    return l->strip != NULL ? TMK_OK : tmk_strip_open(l->paths, l->files, &l->strip, error);
}

/* ------------------------------------------------------------------- deciding */

/* Saves the work of marking a page that could not be written anyway. */
static void refuse_existing(const labour *l, made *m)
{
    tmk_error error = {.status = TMK_EXISTS};
    struct stat facts;

    if (l->run->arguments->force || is_stream(m->path) || lstat(m->path, &facts) != 0)
        return;
    snprintf(error.text, sizeof error.text, "%.400s: exists already; -f replaces it", m->path);
    fail(m, &error);
}

/* Decides what is to be done for the output M. */
static void decide(labour *l, made *m)
{
    const arguments *a = l->run->arguments;

    m->bytes = UNKNOWN_SIZE;
    m->strength = a->strength;
    m->overwrite = a->force;
    refuse_existing(l, m);
    if (m->action == PENDING && a->dry_run)
        m->action = PLANNED;
}

/* Names all outputs and decides about them; how many are to be written. */
static size_t plan_outputs(labour *l)
{
    strip_result *result = l->result;
    size_t pending = 0;

    result->made = allocated(l->count, sizeof *result->made);
    for (size_t i = 0; i < l->count; i++) {
        made *m = &result->made[i];
        tmk_error error;

        m->path = outputs_name(&l->run->outputs, l->index, i % l->targets, i / l->targets,
                               &error);
        if (m->path == NULL)
            fail(m, &error);
        else
            decide(l, m);
        pending += m->action == PENDING;
    }
    return pending;
}

/* How many slices there will be for each target. */
static tmk_status count_slices(labour *l, tmk_error *error)
{
    const arguments *a = l->run->arguments;
    size_t slices = l->files;

    if (a->slice > 0) {
        if (open_strip(l, error) != TMK_OK)
            return error->status;
        slices = tmk_strip_outputs(l->strip, a->slice);
    }
    if (a->output != NULL && slices != 1) {
        error->status = TMK_BAD_ARGUMENT;
        snprintf(error->text, sizeof error->text, "%.300s: would become %zu files; use -d",
                 l->paths[0], slices);
        return error->status;
    }
    l->result->slices = slices;
    l->count = slices * l->targets;
    return TMK_OK;
}

/* ------------------------------------------------------------------- marking */

static int tell_progress(void *context, double done)
{
    labour *l = context;
    double work = done * l->work;

    if (work > l->told) {
        progress_advance(l->run->bar, work - l->told, 0);
        l->told = work;
    }
    return interrupted() != 0;
}

/* What one call of the library writes: for each copy as many outputs as there are slices,
 * NULL for those that are not written now. */
typedef struct round_of_copies {
    tmk_copy *copies;
    size_t count;
    const char **paths;
    made **made;
    tmk_output *outputs;
} round_of_copies;

static void gather(const labour *l, int overwrite, round_of_copies *r)
{
    size_t slices = l->result->slices;

    r->copies = allocated(l->targets, sizeof *r->copies);
    r->paths = allocated(l->count, sizeof *r->paths);
    r->made = allocated(l->count, sizeof(made *));
    r->outputs = allocated(l->count, sizeof *r->outputs);
    for (size_t t = 0; t < l->targets; t++) {
        size_t first = r->count * slices, any = 0;

        for (size_t s = 0; s < slices; s++) {
            made *m = &l->result->made[s * l->targets + t];
            int belongs = m->action == PENDING && m->overwrite == overwrite;

            r->outputs[first + s].status = TMK_CANCELLED; /* until it is written */
            r->made[first + s] = belongs ? m : NULL;
            r->paths[first + s] = belongs ? m->path : NULL;
            any += (size_t)belongs;
        }
        if (any > 0)
            r->copies[r->count++] = (tmk_copy){.mark = l->run->targets[t].mark,
                                               .paths = r->paths + first,
                                               .outputs = r->outputs + first};
    }
}

/* Takes over what became of the output M. */
static void take(made *m, const tmk_output *output)
{
    if (output->status == TMK_OK) {
        m->action = WRITTEN;
        m->report = output->report;
        m->bytes = is_stream(m->path) ? UNKNOWN_SIZE : (int64_t)output->bytes;
    } else if (output->status != TMK_CANCELLED) {
        fail(m, &output->error);
    }
}

static tmk_status embed_round(labour *l, int overwrite, tmk_error *error)
{
    const arguments *a = l->run->arguments;
    tmk_strip_options options;
    round_of_copies r = {0};
    tmk_status status = TMK_OK;

    tmk_strip_options_init(&options);
    options.strength = a->strength;
    options.threads = l->threads;
    options.slice_height = a->slice;
    options.write.quality = a->quality;
    options.write.overwrite = overwrite;
    options.progress = tell_progress;
    options.context = l;
    gather(l, overwrite, &r);
    if (r.count > 0)
        status = tmk_strip_embed(l->run->key, l->strip, r.copies, r.count, &options, error);
    for (size_t i = 0; i < r.count * l->result->slices; i++) {
        if (r.made[i] != NULL)
            take(r.made[i], &r.outputs[i]);
    }
    free(r.copies);
    free(r.paths);
    free(r.made);
    free(r.outputs);
    return status;
}

static void make_folders(labour *l)
{
    for (size_t i = 0; i < l->count; i++) {
        made *m = &l->result->made[i];
        tmk_error error;

        if (m->action == PENDING &&
            outputs_make_folders(l->run->arguments, m->path, &error) != TMK_OK)
            fail(m, &error);
    }
}

static tmk_status write_outputs(labour *l, tmk_error *error)
{
    static const int modes[] = {0, 1, TMK_OVERWRITE_SAME};
    tmk_status status;

    make_folders(l);
    status = open_strip(l, error);
    for (size_t i = 0; i < 3 && status == TMK_OK; i++)
        status = embed_round(l, modes[i], error);
    return status;
}

/* ------------------------------------------------------------------------ all */

/* What is left of the strip's part of the progress bar. */
static void tell_end(const labour *l)
{
    size_t skipped = 0;

    for (size_t i = 0; l->result->made != NULL && i < l->count; i++)
        skipped += l->result->made[i].action == SKIPPED;
    if (skipped == l->count)
        progress_skip(l->run->bar, l->work - l->told, l->count);
    else
        progress_advance(l->run->bar, l->work - l->told, l->count);
}

double embed_strip_work(const inputs *list, size_t index)
{
    double work = 0;

    for (size_t i = list->strips[index]; i < list->strips[index + 1]; i++)
        work += list->items[i].bytes > 0 ? (double)list->items[i].bytes : 1;
    return work;
}

void embed_work(size_t index, int threads, void *context)
{
    embed_run *run = context;
    const inputs *list = &run->inputs;
    size_t first = list->strips[index];
    labour l = {.run = run,
                .index = index,
                .threads = threads,
                .targets = run->outputs.target_count,
                .result = allocated(1, sizeof *l.result),
                .files = list->strips[index + 1] - first};
    double start = seconds_now();
    tmk_status status;

    l.paths = allocated(l.files, sizeof *l.paths);
    for (size_t i = 0; i < l.files; i++)
        l.paths[i] = list->items[first + i].path;
    l.work = embed_strip_work(list, index);
    status = check_files(&l, &l.result->error);
    if (status == TMK_OK)
        status = count_slices(&l, &l.result->error);
    if (status == TMK_OK && plan_outputs(&l) > 0)
        status = write_outputs(&l, &l.result->error);
    l.result->status = status;
    l.result->seconds = seconds_now() - start;
    tell_end(&l);
    tmk_strip_free(&l.strip);
    free(l.paths);
    run->results[index] = l.result;
}
