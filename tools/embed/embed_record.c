/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/embed_record.h"

#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "paths.h"
#include "text.h"

/* What one release needs that is its own. */
typedef struct entry_texts {
    char *input, *output;
    page_names names;
} entry_texts;

static void describe(strip_job *job, size_t index, entry_texts *texts, tmk_release *release)
{
    const embed_run *run = job->run;
    const arguments *a = run->args;
    const output_result *out = &job->result->outputs[index];
    const embed_target *target = &run->targets[index % job->targets];
    size_t slice = index / job->targets, file = strip_job_file(job, slice);

    texts->input = is_stream(job->paths[file]) ? copied("-")
                                               : absolute_path(job->paths[file]);
    texts->output = absolute_path(out->path);
    texts->names = page_of(a, job->paths[file]);
    tmk_release_init(release);
    release->mark = target->mark;
    release->channel = target->channel;
    memcpy(release->key, run->fingerprint, sizeof release->key);
    release->input = texts->input;
    memcpy(release->input_digest, job->digests[file], TMK_DIGEST_BYTES);
    release->input_bytes = job->bytes[file];
    release->output = texts->output;
    memcpy(release->output_digest, out->digest, TMK_DIGEST_BYTES);
    release->output_bytes = (uint64_t)out->bytes;
    release->width = out->width;
    release->height = out->height;
    release->title = texts->names.title;
    release->episode = texts->names.episode;
    release->page = texts->names.page;
    release->slice = outputs_number(a, slice);
    release->strength = out->strength;
    release->variant = a->variant;
    release->quality = a->quality;
    release->options = strip_job_options(job);
    release->margin_db = out->report.margin_db;
    release->psnr_db = out->report.psnr_db;
    release->verified = !out->was_verified ? "" : out->verified ? a->verify : "failed";
    release->version = tmk_version();
    release->format_version = TMK_FORMAT_VERSION;
    release->place = out->report.place;
}

static int is_due(const embed_run *run, const output_result *out)
{
    return out->action == WRITTEN && !out->settled && run->ledger != NULL &&
           !is_stream(out->path);
}

void record_written(strip_job *job)
{
    tmk_release *releases;
    entry_texts *texts;
    size_t count = 0;
    tmk_error error;
    tmk_status status;

    releases = allocated(job->count, sizeof *releases);
    texts = allocated(job->count, sizeof *texts);
    status = strip_job_find_digests(job, &error);
    for (size_t i = 0; status == TMK_OK && i < job->count; i++) {
        if (is_due(job->run, &job->result->outputs[i])) {
            describe(job, i, &texts[count], &releases[count]);
            count++;
        }
    }
    if (status == TMK_OK && count > 0)
        status = tmk_ledger_record(job->run->ledger, releases, count, &error);
    for (size_t i = 0; i < job->count; i++) {
        output_result *out = &job->result->outputs[i];

        if (status != TMK_OK && is_due(job->run, out))
            output_fail(out, &error); /* it is written, but not for whom */
        out->settled = out->action == WRITTEN;
    }
    for (size_t i = 0; i < count; i++) {
        free(texts[i].input);
        free(texts[i].output);
        page_free(&texts[i].names);
    }
    free(texts);
    free(releases);
}
