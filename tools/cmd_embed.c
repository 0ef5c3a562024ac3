/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "batch.h"
#include "channels.h"
#include "commands.h"
#include "interrupt.h"
#include "outputs.h"
#include "report.h"

#define UNKNOWN ((off_t)-1)

/* What became of one page. */
typedef struct outcome {
    tmk_status status;
    tmk_error error;
    tmk_embed_report report;
    off_t size_in, size_out; /* bytes; UNKNOWN for a stream */
    double seconds;
} outcome;

/* All pages of one call. */
typedef struct run {
    const arguments *arguments;
    const tmk_key *key;
    uint64_t mark;
    const char *channel; /* NULL: the mark was given */
    char **outputs;
    outcome *pages;
    size_t written, failed;
    FILE *results; /* standard output, unless a page goes there */
} run;

/* ----------------------------------------------------------------------- work */

static off_t size_of_file(const char *path)
{
    struct stat facts;

    return !is_stream(path) && stat(path, &facts) == 0 && S_ISREG(facts.st_mode)
               ? facts.st_size
               : UNKNOWN;
}

/* Saves the work of marking a page that could not be written anyway. */
static tmk_status check_absent(const arguments *a, const char *output, tmk_error *error)
{
    struct stat facts;

    if (a->force || is_stream(output) || lstat(output, &facts) != 0)
        return TMK_OK;
    error->status = TMK_EXISTS;
    snprintf(error->text, sizeof error->text, "%.400s: exists already; -f replaces it", output);
    return TMK_EXISTS;
}

static tmk_status mark_page(const run *r, const char *input, const char *output,
                            int threads, outcome *page)
{
    const arguments *a = r->arguments;
    tmk_image *image = NULL;
    tmk_embed_options embed;
    tmk_write_options write;
    tmk_status status = check_absent(a, output, &page->error);

    tmk_embed_options_init(&embed);
    embed.strength = a->strength;
    embed.threads = threads;
    embed.progress = interrupt_progress;
    tmk_write_options_init(&write);
    write.quality = a->quality;
    write.overwrite = a->force;
    if (status == TMK_OK)
        status = tmk_image_read(input, &image, &page->error);
    if (status == TMK_OK)
        status = tmk_embed(r->key, tmk_image_picture(image), r->mark, &embed, &page->report,
                           &page->error);
    if (status == TMK_OK)
        status = tmk_image_write(image, output, &write, &page->error);
    tmk_image_free(&image);
    return status;
}

static void work(size_t index, int threads, void *context)
{
    run *r = context;
    outcome *page = &r->pages[index];
    const char *input = r->arguments->operands[index], *output = r->outputs[index];
    double start = seconds_now();

    page->size_in = size_of_file(input);
    page->status = mark_page(r, input, output, threads, page);
    page->size_out = page->status == TMK_OK ? size_of_file(output) : UNKNOWN;
    page->seconds = seconds_now() - start;
}

/* -------------------------------------------------------------------- reports */

static void put_size(json_t *object, const char *name, off_t size)
{
    report_put(object, name, size == UNKNOWN ? json_null() : json_integer(size));
}

static void print_json(const run *r, const char *input, const char *output,
                       const outcome *page)
{
    json_t *object = report_object();

    report_put_file(object, "file", input);
    if (page->status == TMK_OK) {
        report_put_file(object, "output", output);
        report_put_mark(object, r->mark);
        if (r->channel != NULL)
            report_put_text(object, "channel", r->channel);
        report_put_number(object, "psnr_db", page->report.psnr_db, 3);
        report_put_number(object, "luma_psnr_db", page->report.luma_psnr_db, 3);
        report_put_number(object, "margin_db", page->report.margin_db, 3);
        put_size(object, "size_in", page->size_in);
        put_size(object, "size_out", page->size_out);
        report_put_number(object, "seconds", page->seconds, 3);
    } else {
        report_put_error(object, &page->error);
    }
    report_json(r->results, object);
}

static void print_text(const run *r, const char *input, const char *output,
                       const outcome *page)
{
    report_text(r->results, input);
    fputs(" -> ", r->results);
    report_text(r->results, output);
    if (isinf(page->report.psnr_db))
        fputs(": unchanged", r->results);
    else
        fprintf(r->results, ": PSNR %.1f dB", page->report.psnr_db);
    if (isinf(page->report.margin_db))
        fputs(", no mark\n", r->results);
    else
        fprintf(r->results, ", margin %+.1f dB\n", page->report.margin_db);
}

static void warn_if_weak(const char *input, const outcome *page)
{
    if (isinf(page->report.margin_db))
        report_line("%s: holds no mark, the page is too plain; written all the same", input);
    else if (page->report.margin_db < 0)
        report_line("%s: weak mark, margin %.1f dB; raise --strength", input,
                    page->report.margin_db);
}

static int finish(size_t index, void *context)
{
    run *r = context;
    const outcome *page = &r->pages[index];
    const char *input = r->arguments->operands[index], *output = r->outputs[index];

    if (page->status == TMK_CANCELLED)
        return 1;
    if (page->status == TMK_OK) {
        r->written++;
        warn_if_weak(input, page);
    } else {
        r->failed++;
        report_error(input, &page->error);
    }
    if (r->arguments->json)
        print_json(r, input, output, page);
    else if (page->status == TMK_OK)
        print_text(r, input, output, page);
    return fflush(r->results) != 0;
}

/* ---------------------------------------------------------------------- start */

/* The mark to embed: the one given, or that of the channel. */
static int choose_mark(const arguments *a, uint64_t *mark)
{
    tmk_registry *registry = NULL;
    const tmk_channel *channel = NULL;

    if (a->has_mark + a->channel_count != 1)
        return usage_error("embed", "give either -m MARK or -c CHANNEL");
    if (a->has_mark) {
        *mark = a->mark;
        return EXIT_ALL;
    }
    if (channels_load(a, &registry) != EXIT_ALL)
        return EXIT_TROUBLE;
    if (registry != NULL)
        channel = tmk_registry_find_name(registry, a->channel_names[0]);
    if (channel != NULL)
        *mark = channel->mark;
    else
        report_line("%s: no such channel; make it with: toonmark channel add NAME",
                    a->channel_names[0]);
    tmk_registry_free(&registry);
    return channel != NULL ? EXIT_ALL : EXIT_TROUBLE;
}

int cmd_embed(const arguments *a)
{
    run r = {.arguments = a, .results = stdout};
    size_t count = (size_t)a->count;
    tmk_key *key = NULL;
    int status;

    if (count == 0)
        return usage_error("embed", "give the FILEs to mark");
    status = choose_mark(a, &r.mark);
    if (status == EXIT_ALL)
        status = load_key(a, "embed", &key);
    if (status == EXIT_ALL)
        status = outputs_plan(a, &r.outputs);
    if (status == EXIT_ALL) {
        r.key = key;
        r.channel = a->channel_names[0];
        r.pages = calloc(count, sizeof *r.pages);
        if (r.pages == NULL)
            report_no_memory();
        if (is_stream(r.outputs[0]))
            r.results = stderr;
        batch_run(&(batch){count, a->threads, work, finish, &r});
        status = exit_status(count, r.written, r.failed);
    }
    free(r.pages);
    outputs_free(&r.outputs, count);
    tmk_key_free(&key);
    return status;
}
