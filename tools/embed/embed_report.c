/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the embed command reports of each output. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "embed/embed.h"
#include "interrupt.h"
#include "report.h"
#include "text.h"

/* One output, and what it comes from. */
typedef struct output_line {
    const embed_run *run;
    const strip_result *strip;
    const output_result *result;
    const embed_target *target;
    const char *file;
    const char *strip_file; /* the strip's first */
    int64_t size_in;        /* UNKNOWN_SIZE where the output is another part of the strip */
    int slice;              /* as outputs_number has it */
    double margin_db;       /* of the page, or of the strip as a whole; NAN: not known */
    int is_first;           /* of the copies of its slice */
    int is_last;            /* of its strip */
    double seconds;
} output_line;

static output_line line_of(const embed_run *run, size_t index, size_t i)
{
    const arguments *a = run->args;
    const strip_result *strip = run->results[index];
    size_t targets = run->outputs.target_count, slice = i / targets;
    const input_file *from = outputs_input(&run->outputs, index, slice);
    int same_part = a->slice == 0 ||
                    (run->inputs.strips[index + 1] - run->inputs.strips[index] == 1 &&
                     strip->slices == 1);

    return (output_line){.run = run,
                         .strip = strip,
                         .result = &strip->outputs[i],
                         .target = &run->targets[i % targets],
                         .file = from->path,
                         .strip_file = run->inputs.items[run->inputs.strips[index]].path,
                         .size_in = same_part ? from->bytes : UNKNOWN_SIZE,
                         .slice = outputs_number(a, slice),
                         .margin_db = strip->slices > 1 ? strip->margins_db[i % targets]
                                                        : strip->outputs[i].report.margin_db,
                         .is_first = i % targets == 0,
                         .is_last = slice + 1 == strip->slices,
                         .seconds = strip->seconds / (double)(targets * strip->slices)};
}

/* How many times its input's size an output is larger; NAN where that says nothing. */
static double growth(const output_line *s)
{
    if (s->size_in <= 0 || s->result->bytes == UNKNOWN_SIZE)
        return NAN;
    return (double)s->result->bytes / (double)s->size_in - 1;
}

/* ----------------------------------------------------------------------- JSON */

static void put_size(json_t *object, const char *name, int64_t size)
{
    report_put(object, name, size == UNKNOWN_SIZE ? json_null() : json_integer(size));
}

/* Whether pixels went through a lossy encoder, so that more than the mark is new. */
static int is_recompressed(const output_result *m)
{
    return m->format == TMK_JPEG && !m->coefficients;
}

static void put_format(json_t *object, const output_line *s)
{
    const output_result *m = s->result;
    int quality = s->run->args->quality;
    int has_quality = quality > 0 && (m->format == TMK_JPEG || m->format == TMK_WEBP);

    report_put_text(object, "format", tmk_format_name(m->format));
    report_put(object, "quality", has_quality ? json_integer(quality) : json_null());
    if (m->format == TMK_JPEG)
        report_put(object, "recompressed", json_boolean(is_recompressed(m)));
    if (m->lost != NULL)
        report_put_text(object, "left_out", m->lost);
}

static void put_facts(json_t *object, const output_line *s)
{
    const output_result *m = s->result;

    report_put_number(object, "psnr_db", m->report.psnr_db, 3);
    report_put_number(object, "luma_psnr_db", m->report.luma_psnr_db, 3);
    report_put_number(object, "margin_db", m->report.margin_db, 3);
    put_size(object, "size_in", s->size_in);
    put_size(object, "size_out", m->bytes);
    report_put_number(object, "growth", growth(s), 5);
    put_format(object, s);
}

static void put_strength(json_t *object, const output_line *s)
{
    const output_result *m = s->result;

    report_put_number(object, "strength", m->strength, 4);
    report_put(object, "variant", json_integer(s->run->args->variant));
    if (m->was_verified) {
        report_put(object, "verified", json_boolean(m->verified));
        if (m->action == WRITTEN)
            report_put_number(object, "score", m->verdict.score, 2);
    }
}

static void print_json(const output_line *s)
{
    static const char *const actions[] = {
        [WRITTEN] = "written", [SKIPPED] = "skipped", [PLANNED] = "planned"};
    const output_result *m = s->result;
    json_t *object = report_object();

    report_put_file(object, "file", s->file);
    if (m->path != NULL)
        report_put_file(object, "output", m->path);
    report_put_mark(object, s->target->mark);
    if (s->target->channel != NULL)
        report_put_text(object, "channel", s->target->channel);
    if (s->slice > 0)
        report_put(object, "slice", json_integer(s->slice));
    if (m->action == WRITTEN)
        put_facts(object, s);
    if (m->action == WRITTEN || m->action == SKIPPED)
        put_strength(object, s);
    if (m->action == FAILED)
        report_put_error(object, m->error);
    else
        report_put_text(object, "action", actions[m->action]);
    if (m->action == WRITTEN)
        report_put_number(object, "seconds", s->seconds, 3);
    report_json(s->run->results_to, object);
}

/* One line for a whole strip that could not be read. */
static void print_json_error(const embed_run *run, const char *file, const tmk_error *error)
{
    json_t *object = report_object();

    report_put_file(object, "file", file);
    report_put_error(object, error);
    report_json(run->results_to, object);
}

/* ----------------------------------------------------------------------- text */

static void print_text(const output_line *s)
{
    const output_result *m = s->result;
    FILE *stream = s->run->results_to;

    report_text(stream, s->file);
    fputs(" -> ", stream);
    report_text(stream, m->path);
    if (m->action == PLANNED) {
        fputs(": planned\n", stream);
        return;
    }
    if (isinf(m->report.psnr_db))
        fputs(": unchanged", stream);
    else
        fprintf(stream, ": PSNR %.1f dB", m->report.psnr_db);
    if (isinf(m->report.margin_db))
        fputs(", no mark", stream);
    else
        fprintf(stream, ", margin %+.1f dB", m->report.margin_db);
    if (is_recompressed(m))
        fputs(", recompressed", stream);
    if (m->strength > s->run->args->strength)
        fprintf(stream, ", strength %.4g", m->strength);
    if (m->was_verified)
        fputs(m->verified ? ", verified" : ", not verified", stream);
    fputc('\n', stream);
}

/* What is wrong with an output's mark. */
typedef enum weakness {
    IS_SOUND,
    IS_UNREAD,   /* it could not be read back */
    IS_UNMARKED, /* there is none */
    IS_WEAK      /* a low margin, and it was not tried */
} weakness;

/* Of what is done already, what the ledger knows.  A slice may hold little, as long as its
 * strip holds enough. */
static weakness weakness_of(const output_line *s)
{
    const output_result *m = s->result;
    int is_new = m->action == WRITTEN;
    int was_read = is_new ? m->was_verified : m->read_before;
    int was_found = is_new ? m->verified : m->found_before;

    if (!is_new && m->action != SKIPPED)
        return IS_SOUND;
    if (was_read && !was_found && isfinite(m->report.margin_db))
        return IS_UNREAD;
    if (!s->is_last || isnan(s->margin_db))
        return IS_SOUND;
    if (isinf(s->margin_db))
        return IS_UNMARKED;
    return s->margin_db < 0 && !was_read ? IS_WEAK : IS_SOUND;
}

static void warn_if_weak(const output_line *s)
{
    const output_result *m = s->result;
    int many = s->run->outputs.target_count > 1;
    const char *channel = many ? s->target->channel : "", *word = many ? " for " : "";
    const char *advice = s->strip->advice;
    const char *written = m->action == WRITTEN ? "written anyway" : "it is released";

    switch (weakness_of(s)) {
    case IS_SOUND:
        break;
    case IS_UNREAD:
        report_line("%s: can't be read back%s%s, even at strength %.4g; %s%s%s", s->file,
                    word, channel, m->strength, written, advice != NULL ? "; " : "",
                    advice != NULL ? advice : "");
        break;
    case IS_UNMARKED:
        if (advice == NULL)
            advice = s->strip->slices > 1 ? "the strip is too plain"
                                          : "the page is too plain";
        report_line("%s: holds no mark%s%s, %s; %s", s->strip_file, word, channel, advice,
                    written);
        break;
    case IS_WEAK:
        report_line("%s: weak mark%s%s, margin %.1f dB%s%s%s", s->strip_file, word, channel,
                    s->margin_db, s->strip->slices > 1 ? " of the whole strip" : "",
                    advice != NULL ? "; " : "", advice != NULL ? advice : "");
        break;
    }
}

/* A copy has its page's format although their name ends in another one's. */
static void warn_of_ending(const output_line *s)
{
    const output_result *m = s->result;
    const char *foreign = tmk_picture_kind_of_path(m->path);
    tmk_format named = tmk_format_of_path(m->path);

    if (!outputs_keep_format(&s->run->outputs) || !s->is_first ||
        (foreign == NULL && (named == TMK_FORMAT_UNKNOWN || named == m->format)))
        return;
    report_line("%s: holds a %s picture, and so does its copy; rename it, or choose a format "
                "by the ending of --name",
                s->file, tmk_format_kind(m->format));
}

/* ------------------------------------------------------------------- reporting */

static void count(embed_tally *t, const output_line *s)
{
    const output_result *m = s->result;

    t->written += m->action == WRITTEN;
    t->skipped += m->action == SKIPPED;
    t->planned += m->action == PLANNED;
    t->failed += m->action == FAILED;
    t->dropped += m->action == PENDING;
    t->weak += weakness_of(s) != IS_SOUND;
    t->verified += m->was_verified && m->verified;
    t->unverified += m->was_verified && !m->verified;
    if (m->action != WRITTEN)
        return;
    t->without_quality += s->run->args->quality > 0 && m->format == TMK_PNG;
    t->raised += m->strength > s->run->args->strength;
    if (!isnan(growth(s))) {
        t->bytes_in += s->size_in;
        t->bytes_out += m->bytes;
    }
    if (s->is_last && !isnan(s->margin_db) &&
        (t->weakest == NULL || s->margin_db < t->margin_db)) {
        free(t->weakest);
        t->weakest = copied(s->strip_file);
        t->weakest_is_strip = s->strip->slices > 1;
        t->weakest_channel = s->target->channel;
        t->margin_db = s->margin_db;
    }
}

static void print(const output_line *s)
{
    const arguments *a = s->run->args;

    warn_if_weak(s);
    if (s->result->action == WRITTEN)
        warn_of_ending(s);
    if (s->result->action == FAILED)
        report_error(s->file, s->result->error);
    if (a->json)
        print_json(s);
    else if (!a->quiet && (s->result->action == WRITTEN || s->result->action == PLANNED))
        print_text(s);
}

/* A strip cut by --slice grows as a whole. */
static void count_cut(embed_run *run, size_t index)
{
    const strip_result *r = run->results[index];
    size_t targets = run->outputs.target_count, first = run->inputs.strips[index];
    int64_t in = 0;

    for (size_t i = first; i < run->inputs.strips[index + 1]; i++) {
        if (run->inputs.items[i].bytes == UNKNOWN_SIZE)
            return;
        in += run->inputs.items[i].bytes;
    }
    for (size_t t = 0; t < targets; t++) {
        int64_t out = 0;
        size_t written = 0;

        for (size_t s = 0; s < r->slices; s++) {
            written += r->outputs[s * targets + t].action == WRITTEN;
            out += r->outputs[s * targets + t].bytes;
        }
        if (written == r->slices) {
            run->tally.bytes_in += in;
            run->tally.bytes_out += out;
        }
    }
}

static void count_thumbnails(embed_tally *t, const strip_result *r)
{
    if (t->thumbnails == 0) {
        t->thumbed = r->thumbed;
        t->holder = r->holder;
    }
    t->thumbnails += r->thumbnails;
    if (t->losses == 0) {
        t->loser = r->loser;
        t->lost = r->lost;
    }
    t->losses += r->losses;
}

void embed_forget(embed_run *run, size_t index)
{
    strip_result *r = run->results[index];

    if (r == NULL)
        return;
    for (size_t i = 0; r->outputs != NULL && i < r->slices * run->outputs.target_count; i++) {
        free(r->outputs[i].path);
        free(r->outputs[i].error);
    }
    free(r->outputs);
    free(r->advice);
    free(r->margins_db);
    free(r);
    run->results[index] = NULL;
}

int embed_finish(size_t index, void *context)
{
    embed_run *run = context;
    const strip_result *r = run->results[index];
    size_t targets = run->outputs.target_count, outputs = r->slices * targets;
    const char *file = run->inputs.items[run->inputs.strips[index]].path;
    int failed, is_full;

    progress_hold(run->bar);
    for (size_t i = 0; r->outputs != NULL && i < outputs; i++) {
        output_line s = line_of(run, index, i);

        if (r->status == TMK_OK || r->status == TMK_CANCELLED || s.result->action != PENDING)
            count(&run->tally, &s);
        is_full = s.result->action == FAILED && s.result->error->status == TMK_DISK_FULL;
        if (s.result->action != PENDING && !(is_full && run->is_full))
            print(&s);
        run->is_full |= is_full; /* the first that finds no room speaks for all */
    }
    if (r->outputs != NULL && run->args->slice > 0 && r->slices > 1)
        count_cut(run, index);
    if (r->status != TMK_OK && r->status != TMK_CANCELLED) {
        run->tally.failed++;
        report_error(file, &r->error);
        if (run->args->json)
            print_json_error(run, file, &r->error);
    }
    count_thumbnails(&run->tally, r);
    if (run->args->verify != NULL)
        episodes_add(run, index);
    embed_forget(run, index);
    failed = fflush(run->results_to) != 0;
    if (failed)
        interrupt_by_pipe();
    progress_release(run->bar);
    return failed || run->is_full;
}
