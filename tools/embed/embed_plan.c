/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/embed_plan.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "characters.h"
#include "embed/embed_marked.h"
#include "embed/embed_resume.h"
#include "paths.h"
#include "text.h"

/* -------------------------------------------------------------------- reading */

/* What can't be read is reported as the library would. */
static tmk_status check_files(const strip_job *job, tmk_error *error)
{
    const input_list *list = &job->run->inputs;

    for (size_t i = list->strips[job->index]; i < list->strips[job->index + 1]; i++) {
        const input_file *item = &list->items[i];

        if (item->problem == 0)
            continue;
        if (item->kind != NULL) {
            error->status = TMK_UNSUPPORTED;
            snprintf(error->text, sizeof error->text,
                     "%.*s: left out: %s files can't be marked; convert it to PNG, JPEG or "
                     "WebP, or leave it to --ignore",
                     characters_fit(item->path, 300), item->path, item->kind);
            return error->status;
        }
        error->status = TMK_NOT_READABLE;
        snprintf(error->text, sizeof error->text, "%.*s: %s%s",
                 characters_fit(item->path, 350), item->path,
                 item->problem == EISDIR ? "is a directory" : "can't be read: ",
                 item->problem == EISDIR ? "; -r walks it" : strerror(item->problem));
        return error->status;
    }
    return TMK_OK;
}

/* ------------------------------------------------------------------- deciding */

/* Saves the work of marking a page that could not be written anyway. */
static void refuse_existing(const strip_job *job, output_result *out)
{
    tmk_error error = {.status = TMK_EXISTS};
    struct stat facts;

    if (job->run->args->force || is_stream(out->path) || lstat(out->path, &facts) != 0)
        return;
    snprintf(error.text, sizeof error.text,
             "%.*s: exists already; -f replaces it, --resume goes on",
             characters_fit(out->path, 400), out->path);
    output_fail(out, &error);
}

/* A slice's output must not be what is still to be read, even with -f. */
static void refuse_input(const strip_job *job, output_result *out)
{
    tmk_error error = {.status = TMK_BAD_ARGUMENT};

    if (job->run->args->slice == 0 || !outputs_is_input(&job->run->outputs, out->path))
        return;
    snprintf(error.text, sizeof error.text,
             "%.*s: a slice would overwrite this input; use distinct output names",
             characters_fit(out->path, 400), out->path);
    output_fail(out, &error);
}

/* Decides what is to be done for the output OUT. */
static void decide(strip_job *job, output_result *out, size_t target, size_t slice)
{
    const arguments *a = job->run->args;

    out->bytes = UNKNOWN_SIZE;
    out->overwrite = a->force ? TMK_OUTPUT_REPLACE : TMK_OUTPUT_NEW;
    refuse_input(job, out);
    if (out->action == PENDING && !a->resume)
        refuse_existing(job, out);
    else if (out->action == PENDING && resume_is_done(job, out, target, slice))
        out->action = SKIPPED;
    if (out->action == PENDING && a->dry_run)
        out->action = PLANNED;
}

/* Names all outputs and decides about them. */
static void plan_outputs(strip_job *job)
{
    strip_result *result = job->result;

    result->outputs = allocated(job->count, sizeof *result->outputs);
    result->margins_db = allocated(job->targets, sizeof *result->margins_db);
    for (size_t t = 0; t < job->targets; t++)
        result->margins_db[t] = NAN;
    for (size_t i = 0; i < job->count; i++) {
        output_result *out = &result->outputs[i];
        size_t target = i % job->targets, slice = i / job->targets;
        tmk_error error;

        out->path = outputs_name(&job->run->outputs, job->index, target, slice, &error);
        if (out->path == NULL)
            output_fail(out, &error);
        else
            decide(job, out, target, slice);
    }
}

/* How many slices there will be for each target. */
static tmk_status count_slices(strip_job *job, tmk_error *error)
{
    const arguments *a = job->run->args;
    size_t slices = job->files;

    if (a->slice > 0) {
        TRY(strip_job_open(job, error));
        slices = tmk_strip_outputs(job->strip, a->slice);
    }
    if (a->output != NULL && slices != 1) {
        error->status = TMK_BAD_ARGUMENT;
        snprintf(error->text, sizeof error->text, "%.*s: would become %zu files; use -d",
                 characters_fit(job->paths[0], 300), job->paths[0], slices);
        return error->status;
    }
    job->result->slices = slices;
    job->count = slices * job->targets;
    return TMK_OK;
}

/* ------------------------------------------------------------------------ all */

/* How many outputs ACTION is to be done for. */
static size_t count_outputs(const strip_job *job, output_action action)
{
    size_t count = 0;

    for (size_t i = 0; i < job->count; i++)
        count += job->result->outputs[i].action == action;
    return count;
}

/* Makes the folders of what is pending; what has none fails. */
static void make_folders(strip_job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        output_result *out = &job->result->outputs[i];
        tmk_error error;

        if (out->action == PENDING &&
            outputs_make_folders(job->run->args, out->path, &error) != TMK_OK)
            output_fail(out, &error);
    }
}

/* A copy that is to have its page's format needs one that is written. */
static tmk_status check_formats(const strip_job *job, tmk_error *error)
{
    for (size_t i = 0; i < job->files && outputs_keep_format(&job->run->outputs); i++) {
        if (tmk_strip_format(job->strip, i) != TMK_AVIF)
            continue;
        error->status = TMK_UNSUPPORTED;
        snprintf(error->text, sizeof error->text,
                 "%.*s: AVIF files can't be written; choose a format with "
                 "--name '{dir}/{stem}.png', or .jpg or .webp",
                 characters_fit(job->paths[i], 300), job->paths[i]);
        return error->status;
    }
    return TMK_OK;
}

static void note_thumbnails(strip_job *job)
{
    strip_result *result = job->result;

    for (size_t i = 0; i < job->files; i++) {
        const char *holder = tmk_strip_thumbnail(job->strip, i);

        if (holder != NULL && result->thumbnails++ == 0) {
            result->thumbed = job->paths[i];
            result->holder = holder;
        }
    }
}

static void note_losses(strip_job *job)
{
    strip_result *result = job->result;

    for (size_t i = 0; i < job->files; i++) {
        const char *lost = tmk_strip_lost(job->strip, i);

        if (lost != NULL && result->losses++ == 0) {
            result->loser = job->paths[i];
            result->lost = lost;
        }
    }
    for (size_t i = 0; i < job->count; i++)
        result->outputs[i].lost = tmk_strip_lost(job->strip,
                                                 strip_job_file(job, i / job->targets));
}

/* What --resume compares with the ledger.  A stream can be read only once. */
static tmk_status look_at_files(strip_job *job, tmk_error *error)
{
    const input_list *list = &job->run->inputs;
    size_t first = list->strips[job->index];

    for (size_t i = 0; i < job->files; i++) {
        if (list->items[first + i].bytes == UNKNOWN_SIZE)
            TRY(strip_job_open(job, error));
    }
    return strip_job_find_digests(job, error);
}

/* A dry run reads no pixels. */
static tmk_status look_for_marks(strip_job *job, tmk_error *error)
{
    if (job->run->ledger == NULL)
        return TMK_OK;
    TRY(look_at_files(job, error));
    if (marked_check_ledger(job, error) == TMK_OK)
        return TMK_OK;
    for (size_t i = 0; i < job->count; i++) {
        if (job->result->outputs[i].action == PLANNED)
            job->result->outputs[i].action = PENDING; /* it fails with its strip */
    }
    return error->status;
}

tmk_status plan_strip(strip_job *job, tmk_error *error)
{
    TRY(check_files(job, error));
    if (job->run->args->resume)
        TRY(look_at_files(job, error));
    TRY(count_slices(job, error));
    plan_outputs(job);
    if (count_outputs(job, PLANNED) > 0)
        return look_for_marks(job, error);
    if (count_outputs(job, PENDING) == 0)
        return TMK_OK;
    TRY(strip_job_open(job, error));
    strip_job_forget_digests(job); /* a file may have changed since it was looked at */
    TRY(check_formats(job, error));
    TRY(marked_check_ledger(job, error));
    TRY(marked_check_pixels(job, error));
    note_thumbnails(job);
    note_losses(job);
    make_folders(job);
    return TMK_OK;
}
