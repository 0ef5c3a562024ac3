/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * extract: seized files in, the channels that they were released to out.
 *
 *     prepare          inputs/collect.h     which files, before any work
 *                      extract_earlier.h    what an interrupted call has found already
 *     extract_work                          one file, on any thread
 *     extract_finish   extract_report.c     what it holds, in the order of the files
 *     extract_summary                       what all of them hold, by channel
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "commands.h"
#include "extract/extract.h"
#include "extract/findings.h"
#include "inputs/collect.h"
#include "interrupt.h"
#include "ledger/load_channels.h"
#include "paths.h"
#include "report.h"
#include "text.h"

static int check(const arguments *a)
{
    TRY(collect_check(a, "read"));
    if (a->resume && (a->output == NULL || !a->json))
        return usage_error("extract", "--resume completes the file of --json -o FILE");
    if (a->resume && a->force)
        return usage_error("extract", "--resume and --force exclude each other");
    return EXIT_ALL;
}

/* Sums up all that the answers depend on, beside the files. */
static void sum_settings(extract_run *r)
{
    const arguments *a = r->args;
    size_t marks = r->channels != NULL ? tmk_channels_count(r->channels) : 0;
    char text[128], fingerprint[17];
    uint64_t sum = SUM_OF_NOTHING;

    tmk_key_fingerprint(r->key, fingerprint);
    snprintf(text, sizeof text, "%.40s %d %s %d %.6g %.9g %d %d", tmk_version(),
             TMK_FORMAT_VERSION, fingerprint, (int)a->effort,
             isnan(a->log10_bound) ? 0 : a->log10_bound, a->questions, a->variants,
             a->decoys);
    sum = sum_with(sum, text, strlen(text));
    if (marks > 0)
        sum = sum_with(sum, tmk_channels_marks(r->channels), marks * sizeof(uint64_t));
    snprintf(r->settings, sizeof r->settings, "%016llx", (unsigned long long)sum);
}

/* Opens the file of -o, and reads the answers that it holds already. */
static int open_results(extract_run *r)
{
    const arguments *a = r->args;
    int flags = O_RDWR | O_CREAT | O_CLOEXEC, descriptor;

    if (a->output == NULL || is_stream(a->output))
        return EXIT_ALL;
    flags |= a->force ? O_TRUNC : a->resume ? 0 : O_EXCL;
    descriptor = open(a->output, flags, 0666);
    if (descriptor >= 0)
        r->results_to = fdopen(descriptor, "r+");
    if (descriptor < 0 || r->results_to == NULL) {
        report_line("%s: can't be %s: %s%s", a->output, a->resume ? "completed" : "created",
                    strerror(errno),
                    errno == EEXIST ? "; --resume completes it, -f replaces it" : "");
        return EXIT_TROUBLE;
    }
    return a->resume ? earlier_read(&r->earlier, r->results_to, a->output, r->settings)
                     : EXIT_ALL;
}

static void open_bar(extract_run *r)
{
    double work = 0;

    for (size_t i = 0; i < r->inputs.strip_count; i++)
        work += inputs_work(&r->inputs, i);
    if (!r->args->quiet)
        r->bar = progress_open(r->inputs.count, work);
}

/* Checks what is asked for, and finds out all that must be known before work begins. */
static int prepare(extract_run *r, tmk_key **key, tmk_channels **channels)
{
    const arguments *a = r->args;

    TRY(check(a));
    TRY(load_key(a, "extract", key));
    TRY(channels_load(a, channels));
    r->key = *key;
    r->channels = *channels;
    sum_settings(r);
    TRY(collect_inputs(a, COLLECT_ALL, &r->inputs));
    r->questions = fmax(1, fmin(a->questions * (double)r->inputs.count, TMK_MAX_QUESTIONS));
    TRY(open_results(r));
    r->answers = allocated(r->inputs.count, sizeof(answer *));
    r->readers = readers_open();
    open_bar(r);
    return EXIT_ALL;
}

/* Ends the file of -o; standard output is main's. */
static int close_results(extract_run *r)
{
    int failed;

    if (r->results_to == stdout || r->results_to == NULL)
        return EXIT_ALL;
    failed = ferror(r->results_to);
    failed |= fclose(r->results_to) != 0;
    if (failed)
        report_line("%s: can't be written: %s", r->args->output, strerror(errno));
    return failed ? EXIT_TROUBLE : EXIT_ALL;
}

/* The exit status; a mark that no channel has is an answer of its own kind. */
static int status_of(const extract_run *r)
{
    const extract_tally *t = &r->tally;
    size_t all = t->found + t->none + t->failed;
    int status = exit_status(all, t->found, t->failed);

    return status == EXIT_ALL && t->registered < all ? EXIT_UNREGISTERED : status;
}

/* Says so where neither kernel nor build has what fences a decoder off. */
static void warn_of_fences(const extract_run *r)
{
    int guards = readers_guards(r->readers);

    if (guards >= 0 && (guards & (READER_LANDLOCK | READER_SECCOMP)) == 0 && !interrupted())
        report_line("files were decoded by a process without a key, but neither Landlock nor "
                    "seccomp kept it from other files; use a kernel that has them for files "
                    "that may do harm");
}

static int run_all(extract_run *r)
{
    if (r->inputs.count == 0) {
        report_line("%s: names no files: nothing to do", r->args->files_from);
        return EXIT_ALL;
    }
    batch_run(&(batch){r->inputs.count, r->args->threads, extract_work, extract_finish, r});
    progress_close(&r->bar);
    extract_summary(r);
    if (r->tally.registered > 0 && !r->args->json && !r->args->quiet)
        findings_print_limits();
    warn_of_fences(r);
    return status_of(r);
}

int cmd_extract(const arguments *a)
{
    extract_run r = {.args = a, .results_to = stdout, .start = seconds_now()};
    tmk_key *key = NULL;
    tmk_channels *channels = NULL;
    int status = prepare(&r, &key, &channels);

    if (status == EXIT_ALL)
        status = run_all(&r);
    if (close_results(&r) != EXIT_ALL)
        status = EXIT_TROUBLE;
    for (size_t i = 0; r.answers != NULL && i < r.inputs.count; i++)
        extract_forget(r.answers[i]); /* what could not be reported any more */
    free(r.answers);
    readers_close(&r.readers);
    free(r.tally.marks);
    earlier_free(&r.earlier);
    inputs_free(&r.inputs);
    tmk_channels_free(&channels);
    tmk_key_free(&key);
    return status;
}
