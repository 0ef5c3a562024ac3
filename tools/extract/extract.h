/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the extract command share: one call as a whole, and what was read from
 * each file.
 */
#ifndef TOOLS_EXTRACT_H
#define TOOLS_EXTRACT_H

#include <stdio.h>

#include "arguments.h"
#include "extract/extract_earlier.h"
#include "extract/extract_miss.h"
#include "inputs/inputs.h"
#include "progress.h"
#include "reader/reader.h"
#include "toonmark-file.h"
#include "toonmark-ledger.h"

/* What was read from one file, or from one picture of several that are in it. */
typedef struct answer {
    struct answer *next; /* of the same file; NULL: none */
    int is_fenced;       /* a decoder had it, which GUARDS of reader_protocol.h held */
    uint32_t guards;
    char *member;     /* what it is of the file; NULL: the file itself */
    int is_note;      /* no answer: error's text is to be printed */
    double questions; /* that its statements count */
    tmk_status status;
    tmk_error error;
    tmk_extract_result result;
    int damaged; /* the file is, and how many rows of how many were read */
    int rows_read, rows;
    miss miss; /* what is known of a picture in which no mark was found */
    char digest[EXTRACT_DIGEST_DIGITS + 1]; /* of the file; "": not known */
    const earlier_answer *earlier;          /* --resume: all that counts was read before */
    size_t earlier_count;                   /* pictures: so many up to this one */
    double seconds;
} answer;

/* How many files hold the mark MARK. */
typedef struct mark_count {
    uint64_t mark;
    size_t files;
} mark_count;

/* What has been reported so far. */
typedef struct extract_tally {
    size_t found, none, failed;
    size_t registered; /* files that hold a channel's mark */
    size_t earlier;    /* of these, by an earlier call */
    mark_count *marks; /* ends with free() */
    size_t mark_count, mark_room;
} extract_tally;

/* All files of one call. */
typedef struct extract_run {
    const arguments *args;
    const tmk_key *key;
    const tmk_channels *channels; /* NULL: there is none */
    double questions;             /* that are counted in all */
    char settings[17];            /* a sum of all that answers depend on beside the file */
    input_list inputs;
    earlier_answers earlier; /* with --resume */
    readers *readers;        /* who decode the files */
    answer **answers;        /* of each file, from when it is read until it is reported */
    extract_tally tally;
    progress *bar;
    FILE *results_to; /* standard output, or the file of -o */
    double start;     /* seconds */
} extract_run;

/* Reads file INDEX; for batch.h, CONTEXT is the extract_run. */
void extract_work(size_t index, int threads, void *context);

/* Reports what was read from file INDEX, and forgets it; for batch.h. */
int extract_finish(size_t index, void *context);

/* Frees an answer and those that follow it; NULL is allowed. */
void extract_forget(answer *first);

/* The channel of MARK; NULL: none is known. */
const tmk_channel *extract_channel(const extract_run *r, uint64_t mark);

/* Counts what was read from a file. */
void extract_count(extract_run *r, const answer *reading);

/* Reports what was found in all files: to a person, or as a last JSON line. */
void extract_summary(extract_run *r);

#endif
