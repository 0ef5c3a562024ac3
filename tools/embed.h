/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the embed command share: one call as a whole, and what became of
 * each strip.  A strip is one file, or several slices that are one picture; each strip
 * becomes slices again, once for each target.
 */
#ifndef TOOLS_EMBED_H
#define TOOLS_EMBED_H

#include <stdio.h>

#include "outputs.h"
#include "progress.h"
#include "toonmark.h"

/* What became of one output. */
typedef enum action {
    PENDING, /* it is still to be written; at the end: a signal came first */
    WRITTEN,
    SKIPPED, /* it was there already: --resume */
    PLANNED, /* it would be written: --dry-run */
    FAILED
} action;

typedef struct made {
    action action;
    char *path;       /* NULL: it can't be named */
    int overwrite;    /* as tmk_write_options has it */
    tmk_error *error; /* of what FAILED; else NULL */
    tmk_embed_report report;
    int64_t bytes; /* UNKNOWN_SIZE for a stream, and for what is only planned */
    double strength;
} made;

/* What became of a strip. */
typedef struct strip_result {
    tmk_status status; /* of the strip itself: TMK_OK unless it could not be read */
    tmk_error error;
    size_t slices; /* outputs for each target; 0 where nobody knows */
    made *made;    /* slice after slice, for each of them all targets */
    double seconds;
} strip_result;

/* What has been told so far. */
typedef struct tally {
    size_t written, skipped, planned, failed, dropped;
    size_t weak;                /* pages written that hold no mark, or a weak one */
    int64_t bytes_in, bytes_out; /* of what was written, where both are known */
    double margin_db;           /* the lowest */
    char *weakest;              /* whose that is */
    const char *weakest_channel;
} tally;

/* One call. */
typedef struct embed_run {
    const arguments *arguments;
    const tmk_key *key;
    inputs inputs;
    tmk_registry *registry;
    embed_target *targets;
    output_plan outputs;
    progress *bar;
    strip_result **results; /* of each strip, from when it is worked on until it is told */
    tally tally;
    FILE *results_to; /* standard output, unless a page goes there */
    double start;     /* seconds */
} embed_run;

/* Marks the strip INDEX for all targets; for batch.h, CONTEXT is the embed_run. */
void embed_work(size_t index, int threads, void *context);

/* Units of work that the strip INDEX is, for the progress bar: bytes. */
double embed_strip_work(const inputs *list, size_t index);

/* Tells what became of the strip INDEX, and forgets it; for batch.h. */
int embed_finish(size_t index, void *context);

/* Tells a person what became of all. */
void embed_summary(const embed_run *run);

#endif
