/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the extract command reports of each file. */
#include <stdlib.h>

#include "extract/extract.h"
#include "extract/findings.h"
#include "report.h"

/* ----------------------------------------------------------------------- JSON */

const tmk_channel *extract_channel(const extract_run *r, uint64_t mark)
{
    return r->channels != NULL ? tmk_channels_find_mark(r->channels, mark) : NULL;
}

static findings findings_of(const extract_run *r, const answer *reading)
{
    return (findings){&reading->result, r->questions, r->channels};
}

static void print_json(const extract_run *r, const char *file, const answer *reading)
{
    const findings f = findings_of(r, reading);
    json_t *object = report_object();

    report_put_file(object, "file", file);
    if (reading->status == TMK_OK) {
        findings_put(object, &f);
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

int extract_finish(size_t index, void *context)
{
    extract_run *r = context;
    answer *reading = r->answers[index];
    const char *file = r->inputs.items[index].path;
    int failed = 0;

    r->answers[index] = NULL;
    if (reading->status == TMK_CANCELLED) {
        free(reading);
        return 1;
    }
    extract_count(r, reading);
    if (reading->earlier == NULL) {
        progress_hold(r->bar);
        if (reading->status != TMK_OK)
            report_error(file, &reading->error);
        else
            warn_of_damage(file, reading);
        if (r->args->json)
            print_json(r, file, reading);
        else if (reading->status == TMK_OK)
            print_text(r, file, reading);
        failed = fflush(r->results_to) != 0;
        progress_release(r->bar);
    }
    free(reading);
    return failed;
}
