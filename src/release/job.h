/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of a strip at work: what they share, and what each has of its own. */
#ifndef TMK_RELEASE_JOB_H
#define TMK_RELEASE_JOB_H

#include "release/jpeg_copy.h"
#include "release/sink.h"
#include "release/strip.h"

/* One copy. */
typedef struct tmk_worker {
    tmk_copy *copy;
    tmk_pattern pattern; /* at the strip's origin */
    uint8_t coded[TMK_CODE_BITS];
    double square;       /* of the score in all outputs so far */
    tmk_change all;      /* in all outputs so far */
    /* of the output at work */
    const char *path;    /* NULL: it is not wanted */
    tmk_write_options write;
    tmk_output *output;
    tmk_sink *sink;      /* while rows are to come */
    tmk_change change;
    tmk_margin margin;
} tmk_worker;

/* What they share, and only read. */
typedef struct tmk_job {
    tmk_strip *strip;
    const tmk_strip_options *options;
    tmk_cuts cuts;
    size_t count;
    tmk_worker *workers;
    int threads; /* of each copy */
    /* of the output at work */
    const tmk_cut *cut;
    tmk_pieces pieces; /* of it that are read again */
    tmk_blocks blocks; /* its coefficients, if any copy is marked in them; else none */
    /* of the band at work */
    const tmk_part *part;
    int first, rows; /* of its slice */
    tmk_rows window; /* of untouched pixels, which holds it */
    tmk_analysis analysis;
} tmk_job;

/* The slice that an output takes its format and metadata from. */
static inline const tmk_slice *tmk_job_like(const tmk_job *job)
{
    return &job->strip->slices[job->cuts.parts[job->cut->first_part].slice];
}

/* Whether the band is the output's last one. */
static inline int tmk_job_is_last(const tmk_job *job)
{
    const tmk_part *last = &job->cuts.parts[job->cut->first_part + job->cut->parts - 1];

    return job->part == last && job->first + job->rows == last->first + last->rows;
}

/* The worker's pattern in the slice at work. */
tmk_pattern tmk_job_pattern(const tmk_job *job, const tmk_worker *worker);

/* Whether the worker's output at work keeps its coefficients, uncut and coded as it was:
 * it is then marked in them. */
int tmk_job_keeps_coefficients(const tmk_job *job, const tmk_worker *worker);

/* Puts copy INDEX of the band into its output: a task of the job CONTEXT.  What fails is
 * that output alone. */
void tmk_job_copy_band(size_t index, void *context);

/* Whether the copy's output at work is still to be written. */
int tmk_job_wants(const tmk_worker *worker);

/* Ends the copy's output at work with a failure, whose message is in it already. */
void tmk_job_fail(tmk_worker *worker, tmk_status status);

/* Adds what was changed in the finished output to its report and to the copy's. */
void tmk_job_report(const tmk_job *job, tmk_worker *worker);

#endif
