/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the extract command reports of each file. */
#include <math.h>
#include <stdlib.h>

#include "extract/extract.h"
#include "report.h"

/* ----------------------------------------------------------------------- JSON */

const tmk_channel *extract_channel(const extract_run *r, uint64_t mark)
{
    return r->channels != NULL ? tmk_channels_find_mark(r->channels, mark) : NULL;
}

static void put_found(const extract_run *r, json_t *object, const tmk_found *found)
{
    const tmk_channel *channel = extract_channel(r, found->mark);

    report_put_mark(object, found->mark);
    if (channel != NULL)
        report_put_text(object, "channel", channel->name);
    report_put_number(object, "log10_p", found->log10_p, 3);
    report_put_number(object, "score", found->score, 3);
    report_put_number(object, "scale_x", found->scale_x, 5);
    report_put_number(object, "scale_y", found->scale_y, 5);
    report_put_number(object, "rotation_deg", found->rotation_deg, 3);
    report_put(object, "flipped", json_boolean(found->flipped));
    report_put_number(object, "offset_x", found->offset_x, 2);
    report_put_number(object, "offset_y", found->offset_y, 2);
    report_put(object, "band", json_integer(found->band));
    report_put(object, "variant", json_integer(found->variant));
}

static void print_json(const extract_run *r, const char *file, const answer *reading)
{
    const tmk_extract_result *result = &reading->result;
    json_t *object = report_object();

    report_put_file(object, "file", file);
    if (reading->status == TMK_OK) {
        json_t *marks = json_array();

        report_put(object, "found", json_boolean(result->count > 0));
        if (result->count > 0)
            put_found(r, object, &result->marks[0]);
        for (int i = 0; i < result->count; i++) {
            json_t *each = report_object();

            put_found(r, each, &result->marks[i]);
            if (json_array_append_new(marks, each) != 0)
                report_no_memory();
        }
        report_put(object, "marks", marks);
        if (result->count == 0)
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

static void print_mark(const extract_run *r, const tmk_found *found)
{
    const tmk_channel *channel = extract_channel(r, found->mark);
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(found->mark, digits);
    if (channel != NULL)
        fprintf(r->results_to, "channel %s (mark %s), ", channel->name, digits);
    else
        fprintf(r->results_to, "mark %s, ", digits);
    fprintf(r->results_to, "false-accusation bound 10^%.1f", found->log10_p);
}

static void print_geometry(FILE *stream, const tmk_found *found)
{
    int upright = fabs(found->rotation_deg) < 0.05;

    if (fabs(found->scale_x - found->scale_y) < 0.0005)
        fprintf(stream, ", scale %.3f", found->scale_x);
    else
        fprintf(stream, ", scale %.3f x %.3f", found->scale_x, found->scale_y);
    if (found->flipped)
        fputs(", mirrored", stream);
    if (!upright)
        fprintf(stream, ", turned %.1f degrees", found->rotation_deg);
    if (upright && !found->flipped)
        fputs(", upright", stream);
}

static void print_text(const extract_run *r, const char *file, const answer *reading)
{
    const tmk_extract_result *result = &reading->result;
    FILE *stream = r->results_to;

    report_text(stream, file);
    fputs(": ", stream);
    if (result->count == 0) {
        fputs("no mark", stream);
        miss_print(stream, &reading->miss, r->args->effort);
        fputc('\n', stream);
        return;
    }
    print_mark(r, &result->marks[0]);
    print_geometry(r->results_to, &result->marks[0]);
    for (int i = 1; i < result->count; i++) {
        fputs("; also ", stream);
        print_mark(r, &result->marks[i]);
    }
    fputc('\n', stream);
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
    extract_count(&r->tally, reading);
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
