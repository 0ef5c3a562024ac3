/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One strip: from its files on disk to its marked copies on disk. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "embed/embed_work.h"
#include "interrupt.h"
#include "paths.h"
#include "text.h"

void fail(made *m, const tmk_error *error)
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
    snprintf(error.text, sizeof error.text,
             "%.400s: exists already; -f replaces it, --resume goes on", m->path);
    fail(m, &error);
}

/* A slice's output must not be what is still to be read, even with -f. */
static void refuse_input(const labour *l, made *m)
{
    tmk_error error = {.status = TMK_BAD_ARGUMENT};

    if (l->run->arguments->slice == 0 || !outputs_is_input(&l->run->outputs, m->path))
        return;
    snprintf(error.text, sizeof error.text,
             "%.400s: a slice would be written over this input; name the outputs apart", m->path);
    fail(m, &error);
}

/* Decides what is to be done for the output M. */
static void decide(labour *l, made *m, size_t target, size_t slice)
{
    const arguments *a = l->run->arguments;

    m->bytes = UNKNOWN_SIZE;
    m->overwrite = a->force ? TMK_OUTPUT_REPLACE : TMK_OUTPUT_NEW;
    refuse_input(l, m);
    if (m->action == PENDING && !a->resume)
        refuse_existing(l, m);
    else if (m->action == PENDING && resume_is_done(l, m, target, slice))
        m->action = SKIPPED;
    if (m->action == PENDING && a->dry_run)
        m->action = PLANNED;
}

/* Names all outputs and decides about them; how many are to be written. */
static size_t plan_outputs(labour *l)
{
    strip_result *result = l->result;
    size_t pending = 0;

    result->made = allocated(l->count, sizeof *result->made);
    result->margins_db = allocated(l->targets, sizeof *result->margins_db);
    for (size_t t = 0; t < l->targets; t++)
        result->margins_db[t] = NAN;
    for (size_t i = 0; i < l->count; i++) {
        made *m = &result->made[i];
        size_t target = i % l->targets, slice = i / l->targets;
        tmk_error error;

        m->path = outputs_name(&l->run->outputs, l->index, target, slice, &error);
        if (m->path == NULL)
            fail(m, &error);
        else
            decide(l, m, target, slice);
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
    /* The rest is reading back, which for several slices happens in between. */
    double part = l->run->arguments->verify != NULL && l->result->slices == 1 ? 0.5 : 1;
    double work = done * l->work * part;

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
    size_t *targets; /* whose each copy is */
    size_t count;
    size_t *written; /* outputs of each copy */
    const char **paths;
    tmk_output_mode *overwrite;
    made **made; /* NULL also for those that were taken over already */
    tmk_output *outputs;
} round_of_copies;

static void gather(const labour *l, round_of_copies *r)
{
    size_t slices = l->result->slices;

    r->copies = allocated(l->targets, sizeof *r->copies);
    r->targets = allocated(l->targets, sizeof *r->targets);
    r->written = allocated(l->targets, sizeof *r->written);
    r->paths = allocated(l->count, sizeof *r->paths);
    r->overwrite = allocated(l->count, sizeof *r->overwrite);
    r->made = allocated(l->count, sizeof(made *));
    r->outputs = allocated(l->count, sizeof *r->outputs);
    for (size_t t = 0; t < l->targets; t++) {
        size_t first = r->count * slices, any = 0;

        for (size_t s = 0; s < slices; s++) {
            made *m = &l->result->made[s * l->targets + t];
            int pending = m->action == PENDING;

            r->made[first + s] = pending ? m : NULL;
            r->paths[first + s] = pending ? m->path : NULL;
            r->overwrite[first + s] = m->overwrite;
            any += (size_t)pending;
        }
        r->targets[r->count] = t;
        if (any > 0)
            r->copies[r->count++] = (tmk_copy){.mark = l->run->targets[t].mark,
                                               .strength = l->strength,
                                               .paths = r->paths + first,
                                               .overwrite = r->overwrite + first,
                                               .outputs = r->outputs + first};
    }
}

/* Takes over what became of the output M. */
static void take(const labour *l, made *m, const tmk_output *output)
{
    int may_be_stronger = stronger(l->run->arguments, l->strength) > l->strength;

    if (output->status == TMK_OK) {
        m->action = WRITTEN;
        m->strength = l->strength;
        m->report = output->report;
        m->bytes = is_stream(m->path) ? UNKNOWN_SIZE : (int64_t)output->bytes;
        memcpy(m->digest, output->digest, sizeof m->digest);
        m->format = output->format;
        m->coefficients = output->coefficients;
        m->width = output->width;
        m->height = output->height;
    } else if (output->status != TMK_EXISTS || m->overwrite != TMK_OUTPUT_SAME ||
               !may_be_stronger) {
        fail(m, &output->error);
    } /* else a run that was interrupted may have marked it stronger: it stays pending */
}

/* Output SLICE is finished in some copies: it is read back and recorded before the next. */
static void take_finished(void *context, size_t slice)
{
    labour *l = context;
    round_of_copies *r = l->round;
    size_t finished = 0;

    for (size_t c = 0; c < r->count; c++) {
        size_t i = c * l->result->slices + slice;
        const tmk_output *output = &r->outputs[i];

        if (r->made[i] == NULL || (output->status == TMK_OK && output->bytes == 0))
            continue;
        take(l, r->made[i], output);
        r->written[c] += r->made[i]->action == WRITTEN;
        r->made[i] = NULL;
        finished++;
    }
    if (l->run->arguments->verify != NULL)
        verify_written(l);
    record_written(l);
    if (l->told_pages + finished <= l->count) { /* some may be made more than once */
        progress_advance(l->run->bar, 0, finished);
        l->told_pages += finished;
    }
}

/* Takes over how the copies are as a whole, where all of one was written. */
static void take_margins(labour *l)
{
    const round_of_copies *r = l->round;

    for (size_t c = 0; c < r->count; c++) {
        if (r->written[c] == l->result->slices)
            l->result->margins_db[r->targets[c]] = r->copies[c].report.margin_db;
    }
}

/* Writes all that is pending, new or not, in one call of the library. */
static tmk_status embed_round(labour *l, tmk_error *error)
{
    const arguments *a = l->run->arguments;
    tmk_strip_options options;
    round_of_copies r = {0};
    tmk_status status = TMK_OK;

    tmk_strip_options_init(&options);
    options.threads = l->threads;
    options.slice_height = a->slice;
    options.write.quality = a->quality;
    options.progress = tell_progress;
    options.finished = take_finished;
    options.context = l;
    gather(l, &r);
    l->round = &r;
    if (r.count > 0)
        status = tmk_strip_embed(l->run->key, l->strip, r.copies, r.count, &options, error);
    take_margins(l);
    l->round = NULL;
    free(r.copies);
    free(r.targets);
    free(r.written);
    free(r.paths);
    free(r.overwrite);
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

static size_t count_pending(const labour *l)
{
    size_t pending = 0;

    for (size_t i = 0; i < l->count; i++)
        pending += l->result->made[i].action == PENDING;
    return pending;
}

static void note_thumbnails(labour *l)
{
    strip_result *result = l->result;

    for (size_t i = 0; i < l->files; i++) {
        const char *holder = tmk_strip_thumbnail(l->strip, i);

        if (holder != NULL && result->thumbnails++ == 0) {
            result->thumbed = l->paths[i];
            result->holder = holder;
        }
    }
}

static void forget_digests(labour *l)
{
    free(l->digests);
    free(l->bytes);
    free(l->options);
    l->digests = NULL;
    l->bytes = NULL;
    l->options = NULL;
}

/* Writes all that is pending; with --verify in several rounds, each a little stronger. */
static tmk_status write_outputs(labour *l, tmk_error *error)
{
    double last = 0;
    tmk_status status;

    make_folders(l);
    status = open_strip(l, error);
    if (status == TMK_OK)
        note_thumbnails(l);
    forget_digests(l); /* a file may have changed since it was looked at */
    for (l->strength = l->run->arguments->strength;
         status == TMK_OK && l->strength > last && count_pending(l) > 0;
         l->strength = stronger(l->run->arguments, last)) {
        last = l->strength;
        status = embed_round(l, error);
    }
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
        progress_advance(l->run->bar, l->work - l->told, l->count - l->told_pages);
}

double embed_strip_work(const inputs *list, size_t index)
{
    double work = 0;

    for (size_t i = list->strips[index]; i < list->strips[index + 1]; i++)
        work += list->items[i].bytes > 0 ? (double)list->items[i].bytes : 1;
    return work;
}

int slice_number(const arguments *a, size_t slice)
{
    return a->strip || a->slice > 0 ? (int)slice + 1 : 0;
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
    /* A stream can be read only once. */
    for (size_t i = 0; i < l.files && status == TMK_OK && run->arguments->resume; i++)
        if (list->items[first + i].bytes == UNKNOWN_SIZE && l.strip == NULL)
            status = open_strip(&l, &l.result->error);
    if (status == TMK_OK && run->arguments->resume)
        status = find_digests(&l, &l.result->error);
    if (status == TMK_OK)
        status = count_slices(&l, &l.result->error);
    if (status == TMK_OK && plan_outputs(&l) > 0)
        status = write_outputs(&l, &l.result->error);
    l.result->status = status;
    l.result->seconds = seconds_now() - start;
    tell_end(&l);
    tmk_strip_free(&l.strip);
    free(l.paths);
    forget_digests(&l);
    run->results[index] = l.result;
}
