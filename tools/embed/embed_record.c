/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was released goes into the ledger, as soon as it is on the disk; and what is there
 * already, as the ledger knows it, need not be made again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "embed/embed_work.h"
#include "page.h"
#include "paths.h"
#include "text.h"

/* -------------------------------------------------------------------- a strip */

tmk_status find_digests(labour *l, tmk_error *error)
{
    if (l->digests != NULL)
        return TMK_OK;
    l->digests = allocated(l->files, sizeof *l->digests);
    l->bytes = allocated(l->files, sizeof *l->bytes);
    for (size_t i = 0; i < l->files; i++) {
        if (l->strip != NULL) {
            memcpy(l->digests[i], tmk_strip_digest(l->strip, i), TMK_DIGEST_BYTES);
            l->bytes[i] = tmk_strip_bytes(l->strip, i);
        } else if (tmk_file_digest(l->paths[i], l->digests[i], &l->bytes[i], error) !=
                   TMK_OK) {
            return error->status;
        }
    }
    return TMK_OK;
}

/* A sum over all files of the strip: a change to any of them changes all outputs. */
static uint64_t sum_of_digests(const labour *l)
{
    return sum_with(SUM_OF_NOTHING, l->digests, l->files * sizeof *l->digests);
}

const char *options_text(labour *l)
{
    const arguments *a = l->run->arguments;
    char strip[80] = "", slice[40] = "", verify[80] = "", text[280];

    if (l->options != NULL)
        return l->options;
    if (l->files > 1)
        snprintf(strip, sizeof strip, " strip=%zu:%016llx", l->files,
                 (unsigned long long)sum_of_digests(l));
    if (a->slice > 0)
        snprintf(slice, sizeof slice, " slice=%d", a->slice);
    if (a->verify != NULL)
        snprintf(verify, sizeof verify, " verify=%s max-strength=%g", a->verify,
                 a->max_strength);
    snprintf(text, sizeof text, "strength=%g quality=%d%s%s%s", a->strength, a->quality, strip,
             slice, verify);
    l->options = copied(text);
    return l->options;
}

/* Which of the strip's files stands for the output SLICE. */
static size_t file_of(const labour *l, size_t slice)
{
    return l->run->arguments->slice > 0 ? 0 : slice;
}

/* ------------------------------------------------------------------ resuming */

/* What the newest release of an output is asked for. */
typedef struct question {
    labour *labour;
    size_t target, slice;
    int ours;    /* there is a release, of the same channel or mark */
    int matches; /* and it is what would be made now */
    double strength;
    int was_verified, verified;
    uint8_t digest[TMK_DIGEST_BYTES]; /* of that file */
} question;

/* Whether OPTIONS, of a release, are those of now.  That it was verified as well, and maybe
 * marked stronger for it, makes it no worse. */
static int fits(labour *l, const char *options)
{
    const char *wanted = options_text(l);
    size_t length = strlen(wanted);

    if (l->run->arguments->verify != NULL)
        return strcmp(options, wanted) == 0;
    return strncmp(options, wanted, length) == 0 &&
           (options[length] == '\0' || strncmp(options + length, " verify=", 8) == 0);
}

static int compare_release(void *context, const tmk_release *release)
{
    question *q = context;
    labour *l = q->labour;
    const embed_target *target = &l->run->targets[q->target];
    const uint8_t *wanted = l->digests[file_of(l, q->slice)];

    q->ours = release->mark == target->mark ||
              (target->channel != NULL && strcmp(release->channel, target->channel) == 0);
    q->matches = release->mark == target->mark &&
                 strcmp(release->key, l->run->fingerprint) == 0 &&
                 memcmp(release->input_digest, wanted, TMK_DIGEST_BYTES) == 0 &&
                 release->slice == slice_number(l->run->arguments, q->slice) &&
                 fits(l, release->options) &&
                 (l->run->arguments->verify == NULL || *release->verified != '\0');
    memcpy(q->digest, release->output_digest, TMK_DIGEST_BYTES);
    q->strength = release->strength;
    q->was_verified = *release->verified != '\0';
    q->verified = q->was_verified && strcmp(release->verified, "failed") != 0;
    return 1;
}

int resume_is_done(labour *l, made *m, size_t target, size_t slice)
{
    question q = {.labour = l, .target = target, .slice = slice};
    char *path = absolute_path(m->path);
    tmk_release_filter filter = {.output = path, .newest = 1};
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_error error;

    if (!l->run->arguments->force)
        m->overwrite = TMK_OUTPUT_SAME;
    if (l->run->ledger == NULL || path == NULL || access(path, F_OK) != 0) {
        free(path);
        return 0;
    }
    if (tmk_ledger_each(l->run->ledger, &filter, compare_release, &q, &error) != TMK_OK) {
        fail(m, &error);
        free(path);
        return 0;
    }
    if (q.ours)
        m->overwrite = TMK_OUTPUT_REPLACE;
    q.matches = q.matches && tmk_file_digest(path, digest, NULL, &error) == TMK_OK &&
                memcmp(digest, q.digest, TMK_DIGEST_BYTES) == 0;
    free(path);
    m->strength = q.strength;
    m->was_verified = q.matches && q.was_verified && l->run->arguments->verify != NULL;
    m->verified = m->was_verified && q.verified;
    return q.matches;
}

/* ------------------------------------------------------------------ recording */

/* What one release needs that is its own. */
typedef struct entry_texts {
    char *input, *output;
    page page;
} entry_texts;

static void describe(labour *l, size_t index, entry_texts *texts, tmk_release *release)
{
    const embed_run *run = l->run;
    const arguments *a = run->arguments;
    const made *m = &l->result->made[index];
    const embed_target *target = &run->targets[index % l->targets];
    size_t slice = index / l->targets, file = file_of(l, slice);

    texts->input = is_stream(l->paths[file]) ? copied("-") : absolute_path(l->paths[file]);
    texts->output = absolute_path(m->path);
    texts->page = page_of(a, l->paths[file]);
    tmk_release_init(release);
    release->mark = target->mark;
    release->channel = target->channel;
    memcpy(release->key, run->fingerprint, sizeof release->key);
    release->input = texts->input;
    memcpy(release->input_digest, l->digests[file], TMK_DIGEST_BYTES);
    release->input_bytes = l->bytes[file];
    release->output = texts->output;
    memcpy(release->output_digest, m->digest, TMK_DIGEST_BYTES);
    release->output_bytes = (uint64_t)m->bytes;
    release->width = m->width;
    release->height = m->height;
    release->title = texts->page.title;
    release->episode = texts->page.episode;
    release->page = texts->page.page;
    release->slice = slice_number(a, slice);
    release->strength = m->strength;
    release->quality = a->quality;
    release->options = options_text(l);
    release->margin_db = m->report.margin_db;
    release->psnr_db = m->report.psnr_db;
    release->verified = !m->was_verified ? "" : m->verified ? a->verify : "failed";
    release->version = tmk_version();
}

static int is_due(const embed_run *run, const made *m)
{
    return m->action == WRITTEN && !m->settled && run->ledger != NULL && !is_stream(m->path);
}

void record_written(labour *l)
{
    tmk_release *releases;
    entry_texts *texts;
    size_t count = 0;
    tmk_error error;
    tmk_status status;

    releases = allocated(l->count, sizeof *releases);
    texts = allocated(l->count, sizeof *texts);
    status = find_digests(l, &error);
    for (size_t i = 0; status == TMK_OK && i < l->count; i++) {
        if (is_due(l->run, &l->result->made[i])) {
            describe(l, i, &texts[count], &releases[count]);
            count++;
        }
    }
    if (status == TMK_OK && count > 0)
        status = tmk_ledger_record(l->run->ledger, releases, count, &error);
    for (size_t i = 0; i < l->count; i++) {
        made *m = &l->result->made[i];

        if (status != TMK_OK && is_due(l->run, m))
            fail(m, &error); /* it is there, but nobody would know for whom it is */
        m->settled = m->action == WRITTEN;
    }
    for (size_t i = 0; i < count; i++) {
        free(texts[i].input);
        free(texts[i].output);
        page_free(&texts[i].page);
    }
    free(texts);
    free(releases);
}
