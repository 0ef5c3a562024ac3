/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the embed command reports at its end, of all outputs together. */
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "characters.h"
#include "embed/embed.h"
#include "interrupt.h"
#include "report.h"

/* Whether there is more to say to a person than what was said of each output. */
static int is_wanted(const embed_run *run)
{
    const arguments *a = run->args;

    if (a->json || a->quiet || interrupted())
        return 0;
    return a->recursive || a->files_from != NULL || a->strip || a->slice > 0 || a->resume ||
           a->dry_run || a->verify != NULL || a->all_channels || a->channel_count > 1 ||
           (run->inputs.count > 1 && isatty(STDERR_FILENO));
}

static const char *plural(size_t number)
{
    return number == 1 ? "" : "s";
}

/* A line that is put together from pieces. */
typedef struct summary_line {
    char text[512];
    size_t length;
} summary_line;

static void add(summary_line *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(summary_line *l, const char *format, ...)
{
    size_t room = sizeof l->text - l->length;
    va_list values;
    int length;

    va_start(values, format);
    length = vsnprintf(l->text + l->length, room, format, values);
    va_end(values);
    l->length += length > 0 && (size_t)length < room ? (size_t)length : 0;
}

static void report_counts(const embed_run *run)
{
    const embed_tally *t = &run->tally;
    size_t files = run->inputs.count, targets = run->outputs.target_count;
    summary_line l = {.length = 0};

    if (t->skipped > 0 && t->written + t->planned + t->failed + t->dropped == 0) {
        report_line("nothing to do: all %zu output%s %s done already", t->skipped,
                    plural(t->skipped), t->skipped == 1 ? "is" : "are");
        return;
    }
    add(&l, "%zu file%s for %zu channel%s: %zu %s", files, plural(files), targets,
        plural(targets), run->args->dry_run ? t->planned : t->written,
        run->args->dry_run ? "to be written" : "written");
    if (t->skipped > 0)
        add(&l, ", %zu done already", t->skipped);
    if (t->failed > 0)
        add(&l, ", %zu failed", t->failed);
    add(&l, ", %.1f s", seconds_now() - run->start);
    if (t->bytes_in > 0)
        add(&l, "; %+.2f %% (%+lld bytes)",
            ((double)t->bytes_out / (double)t->bytes_in - 1) * 100,
            (long long)(t->bytes_out - t->bytes_in));
    report_line("%s", l.text);
}

static void report_weakest(const embed_tally *t)
{
    summary_line l = {.length = 0};

    if (t->written == 0 || t->weakest == NULL)
        return;
    add(&l, "weakest %s: %.*s", t->weakest_is_strip ? "strip" : "page",
        characters_fit(t->weakest, 300), t->weakest);
    if (t->weakest_channel != NULL)
        add(&l, " for %.*s", characters_fit(t->weakest_channel, 100), t->weakest_channel);
    if (isinf(t->margin_db))
        report_line("%s, holds no mark", l.text);
    else
        report_line("%s, margin %+.1f dB", l.text, t->margin_db);
}

static void report_verified(const embed_run *run)
{
    const embed_tally *t = &run->tally;
    const episode_sums *e = &run->episodes;

    if (t->verified + t->unverified > 0)
        report_line("read back: %zu of %zu; marked stronger: %zu", t->verified,
                    t->verified + t->unverified, t->raised);
    if (e->judged > 0 && e->hopeless > 0)
        report_line("%zu of %zu episode%s can't name the channel even as a whole",
                    e->hopeless, e->judged, plural(e->judged));
    if (e->needed == 1)
        report_line("any one page of an episode names the channel");
    else if (e->needed > 1)
        report_line("any %zu consecutive pages of an episode name the channel", e->needed);
}

static void print_json(const embed_run *run)
{
    const embed_tally *t = &run->tally;
    const episode_sums *e = &run->episodes;
    int knows = e->judged > 0 && e->hopeless == 0;
    json_t *object = report_object();

    report_put(object, "summary", json_true());
    report_put(object, "written", json_integer((json_int_t)t->written));
    report_put(object, "skipped", json_integer((json_int_t)t->skipped));
    report_put(object, "failed", json_integer((json_int_t)t->failed));
    report_put(object, "verified", json_integer((json_int_t)t->verified));
    report_put(object, "unverified", json_integer((json_int_t)t->unverified));
    report_put(object, "raised", json_integer((json_int_t)t->raised));
    report_put_number(object, "growth",
                      t->bytes_in > 0 ? (double)t->bytes_out / (double)t->bytes_in - 1 : NAN,
                      5);
    report_put(object, "pages_needed",
               knows ? json_integer((json_int_t)e->needed) : json_null());
    report_put_number(object, "seconds", seconds_now() - run->start, 3);
    report_json(run->results_to, object);
}

/* Small clean copies go out with the pages: one line, however many there are. */
static void warn_of_thumbnails(const embed_tally *t)
{
    int is_usual = t->holder != NULL && strcmp(t->holder, "JFIF") != 0 &&
                   strcmp(t->holder, "metadata") != 0;
    summary_line more = {.length = 0};

    if (t->thumbnails == 0)
        return;
    if (t->thumbnails > 1)
        add(&more, ", as %s %zu more", t->thumbnails == 2 ? "does" : "do", t->thumbnails - 1);
    report_line("%s: holds a thumbnail without a mark (%s)%s; %s %s, then mark again",
                t->thumbed, t->holder, more.text,
                is_usual ? "in the input, exiftool -overwrite_original -ThumbnailImage= "
                           "-PhotoshopThumbnail= -XMP:Thumbnails= FILE removes"
                         : "export without",
                t->thumbnails == 1 ? "it" : "them");
}

static void warn_of_losses(const embed_tally *t)
{
    summary_line more = {.length = 0};

    if (t->losses == 0)
        return;
    if (t->losses > 1)
        add(&more, ", and of %zu more", t->losses - 1);
    report_line("%s: %s left out of the copy%s: no clean copy goes out with a page; "
                "if it matters, mark and add it yourself",
                t->loser, t->lost, more.text);
}

static void warn_of_quality(const embed_tally *t)
{
    if (t->without_quality > 0)
        report_line("--quality has no effect on PNG: %zu file%s", t->without_quality,
                    plural(t->without_quality));
}

void embed_summary(const embed_run *run)
{
    if (!interrupted()) {
        warn_of_thumbnails(&run->tally);
        warn_of_losses(&run->tally);
        warn_of_quality(&run->tally);
    }
    if (run->is_full)
        report_line("no room is left: the rest is not written; make room, then --resume "
                    "completes it");
    if (run->args->json && run->args->verify != NULL && !interrupted())
        print_json(run);
    if (!is_wanted(run))
        return;
    report_counts(run);
    report_weakest(&run->tally);
    report_verified(run);
}
