/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the embed command share: one call as a whole, and what became of
 * each strip.  A strip is one file, or several slices that are one picture; each strip
 * becomes slices again, once for each target.
 */
#ifndef TOOLS_EMBED_H
#define TOOLS_EMBED_H

#include <stdio.h>

#include "embed/outputs.h"
#include "progress.h"
#include "toonmark-file.h"
#include "toonmark-ledger.h"

/* What became of one output. */
typedef enum output_action {
    PENDING, /* it is still to be written; at the end: a signal came first */
    WRITTEN,
    SKIPPED, /* it was there already: --resume */
    PLANNED, /* it would be written: --dry-run */
    FAILED
} output_action;

typedef struct output_result {
    output_action action;
    char *path; /* NULL: it can't be named */
    tmk_output_mode overwrite;
    tmk_error *error; /* of what FAILED; else NULL */
    double strength;
    tmk_embed_report report;
    int64_t bytes; /* UNKNOWN_SIZE for a stream, and for what is only planned */
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_format format;
    int coefficients; /* as in tmk_output */
    const char *lost; /* of its input, what is left out; NULL: nothing */
    int width;
    int64_t height;
    int was_verified; /* then the verdict is one */
    int verified;     /* read back from the disk */
    tmk_verdict verdict;
    int read_before, found_before; /* of what was SKIPPED: was_verified and verified, whatever
                                      is asked for now */
    int settled; /* it is read back and recorded, as far as that is wanted */
} output_result;

/* What became of a strip. */
typedef struct strip_result {
    tmk_status status; /* of the strip itself: TMK_OK unless it could not be read */
    tmk_error error;
    size_t slices;          /* outputs for each target; 0: not known */
    output_result *outputs; /* slice after slice, for each of them all targets */
    double *margins_db;     /* of each target's copy as a whole; NAN: not known */
    double seconds;
    size_t thumbnails;   /* files with a thumbnail, which bears no mark */
    const char *thumbed; /* the first of them, or NULL, and what holds it */
    const char *holder;
    size_t losses;     /* files of which something is left out of the copies */
    const char *loser; /* the first of them, or NULL, and what */
    const char *lost;
    char *advice; /* why a mark is weak, or what would help; NULL: none is, or not known */
} strip_result;

/* What has been reported so far. */
typedef struct embed_tally {
    size_t written, skipped, planned, failed, dropped;
    size_t verified, unverified; /* read back, or not to be read */
    size_t weak;                 /* warned about, also of what is done already */
    size_t raised;               /* marked stronger */
    size_t without_quality; /* files that --quality was given for and changes nothing of */
    int64_t bytes_in, bytes_out; /* of what was written, where both are known */
    size_t thumbnails;           /* files with a thumbnail, as in strip_result */
    const char *thumbed, *holder;
    size_t losses; /* and with something that is left out */
    const char *loser, *lost;
    double margin_db;     /* the lowest */
    char *weakest;        /* whose that is */
    int weakest_is_strip; /* of several files, of which it is the first */
    const char *weakest_channel;
} embed_tally;

/* How many consecutive pages name the channel, from what was read back. */
typedef struct episode_sums {
    char *folder;           /* of the pages that are being collected */
    tmk_verdict **verdicts; /* theirs: for each target COUNT of them */
    size_t count, room;
    int joined;              /* one mark runs over them */
    int has_gaps;            /* some page was not read back */
    size_t judged, hopeless; /* episodes; those that even as a whole name no channel */
    size_t needed;           /* the most that any of the others takes */
} episode_sums;

/* One call. */
typedef struct embed_run {
    const arguments *args;
    const tmk_key *key;
    char fingerprint[17]; /* of the key */
    tmk_ledger *ledger;   /* NULL: nothing is recorded */
    input_list inputs;
    tmk_channels *channels;
    embed_target *targets;
    output_plan outputs;
    progress *bar;
    strip_result *
        *results; /* of each strip, from when it is worked on until it is reported */
    embed_tally tally;
    int is_full;           /* the disk: nothing more is written, or reported */
    episode_sums episodes; /* with --verify */
    FILE *results_to;      /* standard output, unless a page goes there */
    double start;          /* seconds */
} embed_run;

/* Marks the strip INDEX for all targets; for batch.h, CONTEXT is the embed_run. */
void embed_work(size_t index, int threads, void *context);

/* Reports what became of the strip INDEX, and forgets it; for batch.h. */
int embed_finish(size_t index, void *context);

/* Frees what is still kept of the strip INDEX. */
void embed_forget(embed_run *run, size_t index);

/* Takes up what the verdicts of strip INDEX say of its episode; the last one ends with
 * _end. */
void episodes_add(embed_run *run, size_t index);
void episodes_end(embed_run *run);

/* Reports what became of all: to a person, or with --verify as a last JSON line. */
void embed_summary(const embed_run *run);

#endif
