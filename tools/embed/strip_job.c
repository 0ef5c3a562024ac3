/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/strip_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void output_fail(output_result *out, const tmk_error *error)
{
    out->action = FAILED;
    out->error = allocated(1, sizeof *out->error);
    *out->error = *error;
}

size_t strip_job_file(const strip_job *job, size_t slice)
{
    return job->run->args->slice > 0 ? 0 : slice;
}

tmk_status strip_job_open(strip_job *job, tmk_error *error)
{
    return job->strip != NULL ? TMK_OK
                              : tmk_strip_open(job->paths, job->files, &job->strip, error);
}

/* --------------------------------------------------------------------- digests */

void strip_job_forget_digests(strip_job *job)
{
    free(job->digests);
    free(job->bytes);
    free(job->options);
    job->digests = NULL;
    job->bytes = NULL;
    job->options = NULL;
}

tmk_status strip_job_find_digests(strip_job *job, tmk_error *error)
{
    if (job->digests != NULL)
        return TMK_OK;
    job->digests = allocated(job->files, sizeof *job->digests);
    job->bytes = allocated(job->files, sizeof *job->bytes);
    for (size_t i = 0; i < job->files; i++) {
        if (job->strip != NULL) {
            memcpy(job->digests[i], tmk_strip_digest(job->strip, i), TMK_DIGEST_BYTES);
            job->bytes[i] = tmk_strip_bytes(job->strip, i);
        } else if (tmk_file_digest(job->paths[i], job->digests[i], &job->bytes[i], error) !=
                   TMK_OK) {
            strip_job_forget_digests(job); /* half of them are no digests */
            return error->status;
        }
    }
    return TMK_OK;
}

const char *strip_job_options(strip_job *job)
{
    const arguments *a = job->run->args;
    char strip[80] = "", slice[40] = "", verify[80] = "", variant[40] = "", text[320];

    if (job->options != NULL)
        return job->options;
    if (job->files > 1) /* a change to any of them changes all outputs */
        snprintf(strip, sizeof strip, " strip=%zu:%016llx", job->files,
                 (unsigned long long)sum_with(SUM_OF_NOTHING, job->digests,
                                              job->files * sizeof *job->digests));
    if (a->slice > 0)
        snprintf(slice, sizeof slice, " slice=%d", a->slice);
    if (a->verify != NULL)
        snprintf(verify, sizeof verify, " verify=%s max-strength=%g", a->verify,
                 a->max_strength);
    if (a->variant > 0)
        snprintf(variant, sizeof variant, " variant=%d", a->variant);
    snprintf(text, sizeof text, "strength=%g quality=%d%s%s%s%s", a->strength, a->quality,
             strip, slice, verify, variant);
    job->options = copied(text);
    return job->options;
}

/* ------------------------------------------------------------------------- all */

void strip_job_begin(strip_job *job, embed_run *run, size_t index, int threads)
{
    const input_list *list = &run->inputs;
    size_t first = list->strips[index], files = list->strips[index + 1] - first;

    *job = (strip_job){.run = run,
                       .index = index,
                       .threads = threads,
                       .targets = run->outputs.target_count,
                       .result = allocated(1, sizeof *job->result),
                       .paths = allocated(files, sizeof *job->paths),
                       .files = files,
                       .work = inputs_work(list, index)};
    for (size_t i = 0; i < files; i++)
        job->paths[i] = list->items[first + i].path;
}

void strip_job_end(strip_job *job)
{
    tmk_strip_free(&job->strip);
    free(job->paths);
    strip_job_forget_digests(job);
}
