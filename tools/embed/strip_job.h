/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One strip in hand: what the steps of marking it share. */
#ifndef TOOLS_STRIP_JOB_H
#define TOOLS_STRIP_JOB_H

#include "embed/embed.h"

typedef struct strip_job {
    embed_run *run;
    size_t index; /* of the strip */
    int threads;
    size_t targets, count; /* COUNT outputs: all slices for all targets */
    strip_result *result;
    const char **paths; /* of the FILES files that the strip consists of */
    size_t files;
    tmk_strip *strip;                     /* NULL: not opened yet */
    uint8_t (*digests)[TMK_DIGEST_BYTES]; /* of the files; NULL: not known yet */
    uint64_t *bytes;
    char *options;           /* as a release has them; NULL: not known yet */
    double strength;         /* of the copies that are written now */
    double work, work_shown; /* units on the progress bar; how many it shows already */
    size_t pages_shown;
} strip_job;

/* Begins with strip INDEX, on THREADS threads; ends with strip_job_end, which leaves the
 * result to the caller. */
void strip_job_begin(strip_job *job, embed_run *run, size_t index, int threads);
void strip_job_end(strip_job *job);

/* Opens the strip, unless that was done. */
tmk_status strip_job_open(strip_job *job, tmk_error *error);

/* Knows the digests of the strip's files from now on; or no longer. */
tmk_status strip_job_find_digests(strip_job *job, tmk_error *error);
void strip_job_forget_digests(strip_job *job);

/* What decided the bytes of the strip's outputs beside mark and key, in words; the digests
 * must be known. */
const char *strip_job_options(strip_job *job);

/* Which of the strip's files stands for the output SLICE. */
size_t strip_job_file(const strip_job *job, size_t slice);

/* Notes that the output OUT can't be had. */
void output_fail(output_result *out, const tmk_error *error);

#endif
