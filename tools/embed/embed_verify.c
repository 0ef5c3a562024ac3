/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/embed_verify.h"

#include <math.h>
#include <string.h>

#include "embed/embed_marked.h"
#include "paths.h"

static tmk_verify_level level_of(const char *name)
{
    return strcmp(name, "light") == 0  ? TMK_VERIFY_LIGHT
           : strcmp(name, "hard") == 0 ? TMK_VERIFY_HARD
                                       : TMK_VERIFY_NORMAL;
}

double stronger(const strip_job *job)
{
    const arguments *a = job->run->args;
    double next = job->strength * 1.25;

    if (a->verify == NULL || job->strength >= a->max_strength)
        return job->strength;
    return next < a->max_strength ? next : a->max_strength;
}

static void verify(const strip_job *job, size_t target, output_result *out)
{
    const embed_run *run = job->run;
    tmk_error error;

    if (tmk_verify_file(run->key, out->path, run->targets[target].mark, &out->report.place,
                        level_of(run->args->verify), job->threads, &out->verdict,
                        &error) != TMK_OK) {
        output_fail(out, &error);
        return;
    }
    out->was_verified = 1;
    out->verified = out->verdict.passed;
    marked_check_output(job, out);
}

void verify_written(strip_job *job)
{
    int may_be_stronger = stronger(job) > job->strength;

    for (size_t i = 0; i < job->count; i++) {
        output_result *out = &job->result->outputs[i];

        if (out->action != WRITTEN || out->settled || is_stream(out->path))
            continue;
        verify(job, i % job->targets, out);
        /* What holds no mark at all would hold none at any strength, and what is too small
         * to be read by itself would not be read. */
        if (out->action == WRITTEN && !out->verified && may_be_stronger &&
            out->verdict.windows > 0 && !isinf(out->report.margin_db)) {
            out->action = PENDING;
            out->overwrite = TMK_OUTPUT_REPLACE;
        }
    }
}
