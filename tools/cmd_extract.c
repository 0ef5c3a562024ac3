/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "commands.h"
#include "interrupt.h"
#include "ledger/load_channels.h"
#include "paths.h"
#include "report.h"
#include "text.h"
#include "toonmark-file.h"

/* What was read from one file. */
typedef struct answer {
    tmk_status status;
    tmk_error error;
    tmk_extract_result result;
    double seconds;
} answer;

/* All files of one call. */
typedef struct extract_run {
    const arguments *args;
    const tmk_key *key;
    const tmk_channels *channels; /* NULL: there is none */
    answer *readings;
    size_t found, failed;
} extract_run;

static void work(size_t index, int threads, void *context)
{
    extract_run *r = context;
    answer *reading = &r->readings[index];
    tmk_image *image = NULL;
    tmk_extract_options options;
    double start = seconds_now();

    tmk_extract_options_init(&options);
    options.effort = r->args->effort;
    if (!isnan(r->args->log10_bound))
        options.log10_bound = r->args->log10_bound;
    options.threads = threads;
    options.progress = interrupt_progress;
    if (r->channels != NULL) {
        options.known_marks = tmk_channels_marks(r->channels);
        options.known_count = tmk_channels_count(r->channels);
    }
    reading->status = tmk_image_read(r->args->operands[index], &image, &reading->error);
    if (reading->status == TMK_OK)
        reading->status = tmk_extract(r->key, tmk_image_picture(image), &options,
                                      &reading->result, &reading->error);
    tmk_image_free(&image);
    reading->seconds = seconds_now() - start;
}

/* ----------------------------------------------------------------------- JSON */

static const tmk_channel *channel_of(const extract_run *r, uint64_t mark)
{
    return r->channels != NULL ? tmk_channels_find_mark(r->channels, mark) : NULL;
}

static void put_found(const extract_run *r, json_t *object, const tmk_found *found)
{
    const tmk_channel *channel = channel_of(r, found->mark);

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
        report_put_number(object, "seconds", reading->seconds, 3);
    } else {
        report_put_error(object, &reading->error);
    }
    report_json(stdout, object);
}

/* ----------------------------------------------------------------------- text */

static void print_mark(const extract_run *r, const tmk_found *found)
{
    const tmk_channel *channel = channel_of(r, found->mark);
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(found->mark, digits);
    if (channel != NULL)
        printf("channel %s (mark %s), ", channel->name, digits);
    else
        printf("mark %s, ", digits);
    printf("false-accusation bound 10^%.1f", found->log10_p);
}

static void print_geometry(const tmk_found *found)
{
    int upright = fabs(found->rotation_deg) < 0.05;

    if (fabs(found->scale_x - found->scale_y) < 0.0005)
        printf(", scale %.3f", found->scale_x);
    else
        printf(", scale %.3f x %.3f", found->scale_x, found->scale_y);
    if (found->flipped)
        fputs(", mirrored", stdout);
    if (!upright)
        printf(", turned %.1f degrees", found->rotation_deg);
    if (upright && !found->flipped)
        fputs(", upright", stdout);
}

static void print_text(const extract_run *r, const char *file, const answer *reading)
{
    const tmk_extract_result *result = &reading->result;

    report_text(stdout, file);
    fputs(": ", stdout);
    if (result->count == 0) {
        puts("no mark");
        return;
    }
    print_mark(r, &result->marks[0]);
    print_geometry(&result->marks[0]);
    for (int i = 1; i < result->count; i++) {
        fputs("; also ", stdout);
        print_mark(r, &result->marks[i]);
    }
    putchar('\n');
}

static int finish(size_t index, void *context)
{
    extract_run *r = context;
    const answer *reading = &r->readings[index];
    const char *file = r->args->operands[index];

    if (reading->status == TMK_CANCELLED)
        return 1;
    if (reading->status != TMK_OK) {
        r->failed++;
        report_error(file, &reading->error);
    } else if (reading->result.count > 0) {
        r->found++;
    }
    if (r->args->json)
        print_json(r, file, reading);
    else if (reading->status == TMK_OK)
        print_text(r, file, reading);
    return fflush(stdout) != 0;
}

/* ---------------------------------------------------------------------- start */

static int check(const arguments *a)
{
    int streams = 0;

    if (a->count == 0)
        return usage_error("extract", "give the FILEs to read");
    for (int i = 0; i < a->count; i++)
        streams += is_stream(a->operands[i]);
    if (streams > 1)
        return usage_error("extract", "standard input can be read once only");
    return EXIT_ALL;
}

/* Checks what is asked for, and loads the key and the channels. */
static int prepare(const arguments *a, tmk_key **key, tmk_channels **channels)
{
    TRY(check(a));
    TRY(load_key(a, "extract", key));
    return channels_load(a, channels);
}

int cmd_extract(const arguments *a)
{
    extract_run r = {.args = a};
    size_t count = (size_t)a->count;
    tmk_key *key = NULL;
    tmk_channels *channels = NULL;
    int status = prepare(a, &key, &channels);

    if (status == EXIT_ALL) {
        r.key = key;
        r.channels = channels;
        r.readings = allocated(count, sizeof *r.readings);
        batch_run(&(batch){count, a->threads, work, finish, &r});
        status = exit_status(count, r.found, r.failed);
    }
    free(r.readings);
    tmk_channels_free(&channels);
    tmk_key_free(&key);
    return status;
}
