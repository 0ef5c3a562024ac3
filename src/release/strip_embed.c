/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marking files for many channels: the strip's files are the sources of a page, the outputs
 * of all copies are its sinks, and tmk_page_embed does the rest.
 */
#include <string.h>

#include "base/memory.h"
#include "release/sink.h"
#include "release/strip.h"

/* What of a release the page's copies need. */
typedef struct release {
    const tmk_strip_options *options;
    tmk_copy *copies;
    size_t count, outputs;         /* copies; outputs of each */
    tmk_page_copy *page_copies;    /* one for each copy */
    tmk_page_output *page_outputs; /* one for each output of each copy, copy by copy, */
    tmk_sink *sinks;               /* and its file */
} release;

void tmk_strip_options_init(tmk_strip_options *options)
{
    memset(options, 0, sizeof *options);
    options->strength = 1;
    options->threads = 1;
    tmk_write_options_init(&options->write);
}

/* ------------------------------------------------------------------------- preparing */

static tmk_status check(const tmk_key *key, const tmk_strip *strip, const tmk_copy *copies,
                        size_t count, tmk_error *error)
{
    if (key == NULL || strip == NULL || (copies == NULL && count > 0))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no key, strip or copies were given");
    for (size_t i = 0; i < count; i++)
        if (copies[i].paths == NULL || copies[i].outputs == NULL)
            return tmk_fail(error, TMK_BAD_ARGUMENT, "a copy without paths and outputs");
    return TMK_OK;
}

static tmk_status allocate(release *r, tmk_error *error)
{
    r->page_copies = tmk_calloc(r->count, sizeof *r->page_copies);
    r->page_outputs = tmk_calloc(r->count * r->outputs, sizeof *r->page_outputs);
    r->sinks = tmk_calloc(r->count * r->outputs, sizeof *r->sinks);
    return r->page_copies != NULL && r->page_outputs != NULL && r->sinks != NULL
               ? TMK_OK
               : tmk_fail_memory(error, "the copies");
}

/* The file that output INDEX of all copies takes its format and metadata from: that of its
 * first row. */
static const tmk_slice *file_of(const release *r, const tmk_strip *strip, size_t index)
{
    int64_t top = (int64_t)index * r->options->slice_height;
    size_t i = 0;

    if (r->options->slice_height == 0)
        return &strip->slices[index];
    while (top >= strip->slices[i].shape.height)
        top -= strip->slices[i++].shape.height;
    return &strip->slices[i];
}

static void prepare_output(release *r, const tmk_strip *strip, size_t number, size_t index)
{
    const tmk_copy *copy = &r->copies[number];
    size_t i = number * r->outputs + index;
    tmk_write_options write = r->options->write;

    copy->outputs[index] = (tmk_output){0};
    if (copy->paths[index] == NULL)
        return;
    if (copy->overwrite != NULL)
        write.overwrite = copy->overwrite[index];
    tmk_sink_init(&r->sinks[i], copy->paths[index], file_of(r, strip, index),
                  r->options->slice_height == 0, &write, &copy->outputs[index]);
    r->page_outputs[i].sink = tmk_sink_rows(&r->sinks[i]);
}

static void prepare(release *r, const tmk_strip *strip)
{
    for (size_t c = 0; c < r->count; c++) {
        r->page_copies[c] = (tmk_page_copy){.mark = r->copies[c].mark,
                                            .variant = r->copies[c].variant,
                                            .strength = r->copies[c].strength,
                                            .outputs = r->page_outputs + c * r->outputs};
        for (size_t i = 0; i < r->outputs; i++)
            prepare_output(r, strip, c, i);
    }
}

/* ------------------------------------------------------------------------- reporting */

/* Takes over what became of output INDEX of all copies so far. */
static void take_over(const release *r, size_t index)
{
    for (size_t c = 0; c < r->count; c++) {
        const tmk_page_output *from = &r->page_copies[c].outputs[index];
        tmk_output *output = &r->copies[c].outputs[index];

        output->status = from->status;
        output->error = from->error;
        output->report = from->report;
        output->width = from->width;
        output->height = from->height;
        output->top = from->top;
        output->coefficients = from->coefficients;
    }
}

static int report_progress(void *context, double done)
{
    const release *r = context;

    return r->options->progress != NULL ? r->options->progress(r->options->context, done) : 0;
}

static void report_finished(void *context, size_t index)
{
    const release *r = context;

    take_over(r, index);
    if (r->options->finished != NULL)
        r->options->finished(r->options->context, index);
}

static void report_all(const release *r)
{
    for (size_t i = 0; i < r->outputs; i++)
        take_over(r, i);
    for (size_t c = 0; c < r->count; c++)
        r->copies[c].report = r->page_copies[c].report;
}

/* ------------------------------------------------------------------------------- all */

tmk_status tmk_strip_embed(const tmk_key *key, tmk_strip *strip, tmk_copy *copies,
                           size_t count, const tmk_strip_options *options, tmk_error *error)
{
    tmk_strip_options defaults;
    tmk_page_options how;
    release r = {.copies = copies, .count = count};
    tmk_status status;

    tmk_strip_options_init(&defaults);
    r.options = options = options != NULL ? options : &defaults;
    TMK_TRY(check(key, strip, copies, count, error));
    r.outputs = tmk_strip_outputs(strip, options->slice_height);
    how = (tmk_page_options){.strength = options->strength,
                             .threads = options->threads,
                             .output_height = options->slice_height,
                             .progress = report_progress,
                             .finished = report_finished,
                             .context = &r};
    status = allocate(&r, error);
    if (status == TMK_OK) {
        prepare(&r, strip);
        status = tmk_page_embed(key, strip->page, r.page_copies, count, &how, error);
        report_all(&r);
    }
    tmk_free(r.page_copies);
    tmk_free(r.page_outputs);
    tmk_free(r.sinks);
    return status;
}
