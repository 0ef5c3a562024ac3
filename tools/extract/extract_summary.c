/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the extract command reports at its end, of all files together: which channels leak,
 * and how much. */
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "extract/extract.h"
#include "interrupt.h"
#include "report.h"
#include "text.h"

/* ------------------------------------------------------------------- counting */

/* Whether MARK is a channel's. */
static int count_mark(extract_run *r, uint64_t mark)
{
    extract_tally *t = &r->tally;
    size_t i = 0;

    while (i < t->mark_count && t->marks[i].mark != mark)
        i++;
    if (i == t->mark_count) {
        t->marks = grown(t->marks, t->mark_count, &t->mark_room, sizeof *t->marks);
        t->marks[t->mark_count++] = (mark_count){mark, 0};
    }
    t->marks[i].files++;
    return extract_channel(r, mark) != NULL;
}

static void count_earlier(extract_run *r, const earlier_answer *earlier)
{
    extract_tally *t = &r->tally;
    int registered = 0;

    t->earlier++;
    t->found += earlier->outcome == EARLIER_FOUND;
    t->none += earlier->outcome == EARLIER_NONE;
    t->failed += earlier->outcome == EARLIER_FAILED;
    for (size_t i = 0; i < earlier->mark_count; i++)
        registered |= count_mark(r, earlier->marks[i]);
    t->registered += registered != 0;
}

void extract_count(extract_run *r, const answer *reading)
{
    const tmk_extract_result *result = &reading->result;
    extract_tally *t = &r->tally;
    int registered = 0;

    if (reading->earlier != NULL) {
        for (size_t i = 0; i < reading->earlier_count; i++)
            count_earlier(r, reading->earlier - i);
        return;
    }
    if (reading->status != TMK_OK)
        t->failed++;
    else if (result->count > 0)
        t->found++;
    else
        t->none++;
    for (int i = 0; reading->status == TMK_OK && i < result->count; i++)
        registered |= count_mark(r, result->marks[i].mark);
    t->registered += registered != 0;
}

/* ------------------------------------------------------------------- reporting */

/* Those that leak most come first. */
static int compare_counts(const void *left, const void *right)
{
    const mark_count *a = left, *b = right;

    if (a->files != b->files)
        return a->files > b->files ? -1 : 1;
    return a->mark < b->mark ? -1 : a->mark > b->mark;
}

static const char *plural(size_t number)
{
    return number == 1 ? "" : "s";
}

static void print_text(const extract_run *r)
{
    const extract_tally *t = &r->tally;
    size_t pictures = t->found + t->none + t->failed;
    char earlier[48] = "", several[48] = "";

    if (t->earlier > 0)
        snprintf(earlier, sizeof earlier, "; %zu read before", t->earlier);
    if (pictures != r->inputs.count)
        snprintf(several, sizeof several, ", %zu pictures", pictures);
    report_line("%zu file%s%s: %zu with a mark, %zu without, %zu not readable%s, %.1f s",
                r->inputs.count, plural(r->inputs.count), several, t->found, t->none,
                t->failed, earlier, seconds_now() - r->start);
    for (size_t i = 0; i < t->mark_count; i++) {
        const mark_count *m = &t->marks[i];
        const tmk_channel *channel = extract_channel(r, m->mark);
        char digits[TMK_MARK_DIGITS + 1];

        tmk_mark_format(m->mark, digits);
        if (channel != NULL)
            report_line("channel %s (mark %s): %zu file%s", channel->name, digits, m->files,
                        plural(m->files));
        else
            report_line("mark %s, not registered: %zu file%s", digits, m->files,
                        plural(m->files));
    }
}

static void print_json(const extract_run *r)
{
    const extract_tally *t = &r->tally;
    json_t *object = report_object(), *channels = json_array();
    size_t pictures = t->found + t->none + t->failed;

    report_put(object, "summary", json_true());
    report_put(object, "files", json_integer((json_int_t)r->inputs.count));
    report_put(object, "pictures", json_integer((json_int_t)pictures));
    report_put(object, "with_mark", json_integer((json_int_t)t->found));
    report_put(object, "without_mark", json_integer((json_int_t)t->none));
    report_put(object, "not_readable", json_integer((json_int_t)t->failed));
    report_put(object, "read_before", json_integer((json_int_t)t->earlier));
    for (size_t i = 0; i < t->mark_count; i++) {
        const tmk_channel *channel = extract_channel(r, t->marks[i].mark);
        json_t *each = report_object();

        report_put_mark(each, t->marks[i].mark);
        if (channel != NULL)
            report_put_text(each, "channel", channel->name);
        report_put(each, "files", json_integer((json_int_t)t->marks[i].files));
        if (json_array_append_new(channels, each) != 0)
            report_no_memory();
    }
    report_put(object, "channels", channels);
    report_put_number(object, "seconds", seconds_now() - r->start, 3);
    report_json(r->results_to, object);
}

void extract_summary(extract_run *r)
{
    const arguments *a = r->args;
    extract_tally *t = &r->tally;
    int is_batch = a->recursive || a->files_from != NULL || a->resume;

    if (interrupted())
        return;
    if (t->mark_count > 1)
        qsort(t->marks, t->mark_count, sizeof *t->marks, compare_counts);
    if (a->json && is_batch)
        print_json(r);
    if (!a->quiet && (is_batch || (r->inputs.count > 1 && isatty(STDERR_FILENO))))
        print_text(r);
}
