/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/embed_marked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "characters.h"
#include "paths.h"
#include "text.h"

#define REMEDY "mark the original page, or --allow-marked does it all the same"

/* --------------------------------------------------------------------- ledger */

/* Who a file was released to. */
typedef struct release_found {
    int is_found;
    char channel[200], output[200];
} release_found;

/* A page that can hold no mark is released as it is, and may be marked again. */
static int holds_mark(const tmk_release *release)
{
    return memcmp(release->input_digest, release->output_digest, TMK_DIGEST_BYTES) != 0 &&
           !isinf(release->psnr_db) && !isinf(release->margin_db);
}

static int note_release(void *context, const tmk_release *release)
{
    release_found *found = context;
    char digits[TMK_MARK_DIGITS + 1];

    if (!holds_mark(release))
        return 0;
    tmk_mark_format(release->mark, digits);
    found->is_found = 1;
    snprintf(found->channel, sizeof found->channel, "%s",
             *release->channel != '\0' ? release->channel : digits);
    snprintf(found->output, sizeof found->output, "%s", release->output);
    return 1;
}

tmk_status marked_check_ledger(strip_job *job, tmk_error *error)
{
    const embed_run *run = job->run;

    if (run->ledger == NULL || run->args->allow_marked)
        return TMK_OK;
    TRY(strip_job_find_digests(job, error));
    for (size_t i = 0; i < job->files; i++) {
        tmk_release_filter filter = {.output_digest = job->digests[i]};
        release_found found = {0};

        TRY(tmk_ledger_each(run->ledger, &filter, note_release, &found, error));
        if (!found.is_found)
            continue;
        error->status = TMK_BAD_ARGUMENT;
        snprintf(error->text, sizeof error->text,
                 "%.*s: is marked already: it was released to %.*s as %.*s; " REMEDY,
                 characters_fit(is_stream(job->paths[i]) ? "standard input" : job->paths[i],
                                150),
                 is_stream(job->paths[i]) ? "standard input" : job->paths[i],
                 characters_fit(found.channel, 60), found.channel,
                 characters_fit(found.output, 150), found.output);
        return error->status;
    }
    return TMK_OK;
}

/* --------------------------------------------------------------------- pixels */

/* How the channel of MARK is called, else its digits; ends with free(). */
static char *name_of(const embed_run *run, uint64_t mark)
{
    const tmk_channel *channel = run->channels != NULL
                                     ? tmk_channels_find_mark(run->channels, mark)
                                     : NULL;
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(mark, digits);
    return channel != NULL ? joined("the mark of ", channel->name, "")
                           : joined("mark ", digits, "");
}

static tmk_status fail_marked(const embed_run *run, const char *path, uint64_t mark,
                              tmk_error *error)
{
    char *name = name_of(run, mark);

    error->status = TMK_BAD_ARGUMENT;
    snprintf(error->text, sizeof error->text, "%.*s: also holds %.*s; " REMEDY,
             characters_fit(path, 250), path, characters_fit(name, 120), name);
    free(name);
    return error->status;
}

tmk_status marked_check_pixels(const strip_job *job, tmk_error *error)
{
    const embed_run *run = job->run;
    /* Variants up to that of this run are asked for: all 16 take eight times as long.  The
     * score there is not looked at. */
    tmk_place anywhere = {.band = run->args->variant * (TMK_PLACE_BANDS / TMK_VARIANTS)};
    uint64_t own = run->targets[0].mark;

    if (run->args->verify == NULL || run->args->allow_marked)
        return TMK_OK;
    for (size_t i = 0; i < job->files; i++) {
        tmk_verdict verdict;

        if (job->run->inputs.items[job->run->inputs.strips[job->index] + i].bytes ==
            UNKNOWN_SIZE)
            continue; /* a stream can't be read again: its outputs are */
        TRY(tmk_verify_file(run->key, job->paths[i], own, &anywhere, TMK_VERIFY_NONE,
                            job->threads, &verdict, error));
        if (verdict.passed || verdict.others > 0)
            return fail_marked(run, job->paths[i], verdict.passed ? own : verdict.other,
                               error);
    }
    return TMK_OK;
}

void marked_check_output(const strip_job *job, output_result *out)
{
    tmk_error error;

    if (out->verdict.others == 0 || job->run->args->allow_marked)
        return;
    fail_marked(job->run, out->path, out->verdict.other, &error);
    unlink(out->path);
    output_fail(out, &error);
}
