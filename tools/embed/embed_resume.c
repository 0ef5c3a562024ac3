/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/embed_resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "characters.h"
#include "paths.h"
#include "text.h"

/* What the newest release of an output is asked for. */
typedef struct question {
    strip_job *job;
    size_t target, slice;
    int ours;    /* there is a release, of the same channel or mark */
    int matches; /* and it is what would be written now */
    char *
        foreign; /* the page that it was made from, if that is none of these; ends with free() */
    double strength, margin_db;
    int was_verified, verified;
    uint8_t digest[TMK_DIGEST_BYTES]; /* of that file */
} question;

/* Whether OPTIONS, of a release, are those of now.  That it was verified as well, and maybe
 * marked stronger for it, makes it no worse. */
static int fits(strip_job *job, const char *options)
{
    const char *wanted = strip_job_options(job);
    size_t length = strlen(wanted);

    if (job->run->args->verify != NULL)
        return strcmp(options, wanted) == 0;
    return strncmp(options, wanted, length) == 0 &&
           (options[length] == '\0' || strncmp(options + length, " verify=", 8) == 0);
}

/* Whether INPUT, of a release, is one of the strip's files. */
static int is_input(const strip_job *job, const char *input)
{
    int found = 0;

    for (size_t i = 0; i < job->files && !found; i++) {
        char *path = is_stream(job->paths[i]) ? copied("-") : absolute_path(job->paths[i]);

        found = path != NULL && strcmp(path, input) == 0;
        free(path);
    }
    return found;
}

static int compare_release(void *context, const tmk_release *release)
{
    question *q = context;
    strip_job *job = q->job;
    const embed_target *target = &job->run->targets[q->target];
    const uint8_t *wanted = job->digests[strip_job_file(job, q->slice)];

    q->ours = release->mark == target->mark ||
              (target->channel != NULL && strcmp(release->channel, target->channel) == 0);
    q->matches = release->mark == target->mark &&
                 strcmp(release->key, job->run->fingerprint) == 0 &&
                 memcmp(release->input_digest, wanted, TMK_DIGEST_BYTES) == 0 &&
                 release->slice == outputs_number(job->run->args, q->slice) &&
                 fits(job, release->options) &&
                 (job->run->args->verify == NULL || *release->verified != '\0');
    if (!is_input(job, release->input))
        q->foreign = copied(release->input);
    memcpy(q->digest, release->output_digest, TMK_DIGEST_BYTES);
    q->strength = release->strength;
    q->margin_db = release->margin_db;
    q->was_verified = *release->verified != '\0';
    q->verified = q->was_verified && strcmp(release->verified, "failed") != 0;
    return 1;
}

/* Two pages whose outputs have one name would replace each other, run after run. */
static void refuse_foreign(output_result *out, const char *input)
{
    tmk_error error = {.status = TMK_EXISTS};

    snprintf(error.text, sizeof error.text,
             "%.*s: was released from another page, %.*s; use distinct output names, or "
             "-f replaces it",
             characters_fit(out->path, 190), out->path, characters_fit(input, 190), input);
    output_fail(out, &error);
}

int resume_is_done(strip_job *job, output_result *out, size_t target, size_t slice)
{
    question q = {.job = job, .target = target, .slice = slice};
    char *path = absolute_path(out->path);
    tmk_release_filter filter = {.output = path, .newest = 1};
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_error error;

    if (!job->run->args->force)
        out->overwrite = TMK_OUTPUT_SAME;
    if (job->run->ledger == NULL || path == NULL || access(path, F_OK) != 0) {
        free(path);
        return 0;
    }
    if (tmk_ledger_each(job->run->ledger, &filter, compare_release, &q, &error) != TMK_OK) {
        output_fail(out, &error);
        free(path);
        free(q.foreign);
        return 0;
    }
    if (q.ours)
        out->overwrite = TMK_OUTPUT_REPLACE;
    q.matches = q.matches && tmk_file_digest(path, digest, NULL, &error) == TMK_OK &&
                memcmp(digest, q.digest, TMK_DIGEST_BYTES) == 0;
    free(path);
    if (q.ours && !q.matches && q.foreign != NULL && !job->run->args->force)
        refuse_foreign(out, q.foreign);
    free(q.foreign);
    out->strength = q.strength;
    out->report.margin_db = q.margin_db;
    out->read_before = q.was_verified;
    out->found_before = q.verified;
    out->was_verified = q.matches && q.was_verified && job->run->args->verify != NULL;
    out->verified = out->was_verified && q.verified;
    return q.matches;
}
