/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the extract command reports of each file. */
#include <math.h>
#include <stdlib.h>

#include "extract/extract.h"
#include "extract/findings.h"
#include "interrupt.h"
#include "report.h"
#include "text.h"

/* ----------------------------------------------------------------------- JSON */

const tmk_channel *extract_channel(const extract_run *r, uint64_t mark)
{
    return r->channels != NULL ? tmk_channels_find_mark(r->channels, mark) : NULL;
}

static findings findings_of(const extract_run *r, const answer *reading)
{
    return (findings){&reading->result, reading->questions, r->channels};
}

/* What has been asked, as recomputing the statements needs it. */
static void put_asked(const extract_run *r, json_t *object)
{
    static const char *const efforts[] = {[TMK_FAST] = "fast",
                                          [TMK_NORMAL] = "normal",
                                          [TMK_DEEP] = "deep",
                                          [TMK_EXHAUSTIVE] = "exhaustive"};
    size_t known = r->channels != NULL ? tmk_channels_count(r->channels) : 0;
    tmk_extract_options defaults;
    char fingerprint[17];

    tmk_extract_options_init(&defaults);
    tmk_key_fingerprint(r->key, fingerprint);
    report_put_text(object, "version", tmk_version());
    report_put(object, "format", json_integer(TMK_FORMAT_VERSION));
    report_put_text(object, "key", fingerprint);
    report_put_text(object, "effort", efforts[r->args->effort]);
    report_put_number(
        object, "bound",
        isnan(r->args->log10_bound) ? defaults.log10_bound : r->args->log10_bound, 6);
    report_put(object, "known", json_integer((json_int_t)known));
    report_put(object, "variants", json_integer(r->args->variants));
}

/* What held a decoder that a hostile file may have taken over. */
static void put_fences(json_t *object, uint32_t guards)
{
    static const char *const names[] = {"limits", "landlock", "seccomp"};
    json_t *list = json_array();

    for (int i = 0; i < 3; i++)
        if ((guards & 1U << i) != 0 &&
            json_array_append_new(list, json_string(names[i])) != 0)
            report_no_memory();
    report_put(object, "decoder_fences", list);
}

/* That this picture is one of a file's, and whether it is the last: --resume needs to know. */
static void put_container(json_t *object, const char *path, const answer *reading)
{
    const answer *next = reading->next;

    while (next != NULL && next->is_note)
        next = next->next;
    report_put_file(object, "container", path);
    report_put(object, "last", json_boolean(next == NULL));
}

static void print_json(const extract_run *r, const char *path, const char *file, int is_part,
                       const answer *reading)
{
    const findings f = findings_of(r, reading);
    json_t *object = report_object();

    report_put_file(object, "file", file);
    if (is_part)
        put_container(object, path, reading);
    if (reading->status == TMK_OK) {
        findings_put(object, &f);
        put_asked(r, object);
        if (reading->result.count == 0)
            miss_put(object, &reading->miss, r->args->effort);
        report_put(object, "damaged", json_boolean(reading->damaged));
        if (reading->damaged) {
            report_put(object, "rows_read", json_integer(reading->rows_read));
            report_put(object, "rows", json_integer(reading->rows));
        }
    } else {
        report_put_error(object, &reading->error);
    }
    if (*reading->digest != '\0')
        report_put_text(object, "digest", reading->digest);
    report_put_text(object, "settings", r->settings);
    if (reading->is_fenced)
        put_fences(object, reading->guards);
    report_put_number(object, "seconds", reading->seconds, 3);
    report_json(r->results_to, object);
}

/* ----------------------------------------------------------------------- text */

static void print_text(const extract_run *r, const char *file, const answer *reading)
{
    const findings f = findings_of(r, reading);

    report_text(r->results_to, file);
    fputs(": ", r->results_to);
    if (reading->result.count > 0) {
        findings_print(r->results_to, &f);
    } else {
        fputs("no mark", r->results_to);
        miss_print(r->results_to, &reading->miss, r->args->effort);
    }
    fputc('\n', r->results_to);
}

/* ------------------------------------------------------------------- reporting */

/* What is missing may hold more; what is there speaks for itself. */
static void warn_of_damage(const char *file, const answer *reading)
{
    if (!reading->damaged)
        return;
    if (reading->rows_read < reading->rows)
        report_line("%s: damaged or cut off: of %d rows the first %d are read; another copy "
                    "may show more",
                    file, reading->rows, reading->rows_read);
    else
        report_line("%s: damaged, but all rows are read", file);
}

static void report_one(const extract_run *r, const char *path, int is_part,
                       const answer *reading)
{
    char *file = reading->member != NULL ? joined(path, ":", reading->member) : copied(path);

    if (reading->status != TMK_OK)
        report_error(file, &reading->error);
    else
        warn_of_damage(file, reading);
    if (r->args->json)
        print_json(r, path, file, is_part, reading);
    else if (reading->status == TMK_OK)
        print_text(r, file, reading);
    free(file);
}

/* Whether a file's answers are about what is in it. */
static int has_parts(const answer *first)
{
    while (first != NULL && (first->member == NULL || first->is_note))
        first = first->next;
    return first != NULL;
}

int extract_finish(size_t index, void *context)
{
    extract_run *r = context;
    answer *first = r->answers[index];
    int failed = 0;

    r->answers[index] = NULL;
    progress_hold(r->bar);
    for (const answer *reading = first; reading != NULL && !failed; reading = reading->next) {
        failed = reading->status == TMK_CANCELLED;
        if (failed)
            continue;
        if (reading->is_note) {
            report_line("%s", reading->error.text);
            continue;
        }
        extract_count(r, reading);
        if (reading->earlier == NULL)
            report_one(r, r->inputs.items[index].path, has_parts(first), reading);
    }
    if (fflush(r->results_to) != 0) {
        interrupt_by_pipe();
        failed = 1;
    }
    progress_release(r->bar);
    extract_forget(first);
    return failed;
}
