/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embed: pages in, marked pages out, for one channel or many.
 *
 *     prepare      inputs/collect.h     which files, before any work
 *                  outputs.h, names.h   which outputs, and clashes
 *     embed_work   embed_plan.h         one strip after the other, on all threads: what is
 *                                       to be done for its outputs; then tmk_strip_embed,
 *                  embed_verify.h       and as outputs are finished they are read back
 *                  embed_record.h       and recorded
 *     end          embed_report.c       what became of them, in order
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "commands.h"
#include "inputs/collect.h"
#include "embed/embed.h"
#include "embed/embed_prune.h"
#include "ledger/load_channels.h"
#include "ledger/ledger_file.h"
#include "paths.h"
#include "report.h"
#include "text.h"

/* -------------------------------------------------------------------- targets */

static embed_target *allocated_targets(embed_run *run, size_t count)
{
    run->targets = allocated(count, sizeof *run->targets);
    run->outputs.targets = run->targets;
    run->outputs.target_count = count;
    return run->targets;
}

static int find_channel(const embed_run *run, const char *name, embed_target *found)
{
    const tmk_channel *channel = run->channels != NULL
                                     ? tmk_channels_find_name(run->channels, name)
                                     : NULL;

    if (channel == NULL) {
        channels_report_unknown(run->channels, name,
                                "create it with: toonmark channel add NAME");
        return EXIT_TROUBLE;
    }
    if (channel->state == TMK_CHANNEL_RETIRED) {
        report_line("%s: retired, nothing is released to it; choose another channel, or: "
                    "toonmark channel restore %s",
                    name, name);
        return EXIT_TROUBLE;
    }
    *found = (embed_target){channel->name, channel->mark};
    return EXIT_ALL;
}

static int take_named(embed_run *run)
{
    const arguments *a = run->args;
    embed_target *targets = allocated_targets(run, (size_t)a->channel_count);

    for (int i = 0; i < a->channel_count; i++) {
        if (find_channel(run, a->channel_names[i], &targets[i]) != EXIT_ALL)
            return EXIT_TROUBLE;
        for (int j = 0; j < i; j++) {
            if (targets[j].mark == targets[i].mark)
                return usage_error("embed", "-c %s is given twice", a->channel_names[i]);
        }
    }
    return EXIT_ALL;
}

static int take_all(embed_run *run)
{
    size_t count = run->channels != NULL ? tmk_channels_count(run->channels) : 0, used = 0;
    embed_target *targets;

    if (count == 0) {
        report_line("there are no channels; create one with: toonmark channel add NAME");
        return EXIT_TROUBLE;
    }
    targets = allocated_targets(run, count);
    for (size_t i = 0; i < count; i++) {
        const tmk_channel *channel = tmk_channels_at(run->channels, i);

        if (channel->state == TMK_CHANNEL_ACTIVE)
            targets[used++] = (embed_target){channel->name, channel->mark};
    }
    run->outputs.target_count = used;
    if (used == 0) {
        report_line("all channels are retired; create one with: toonmark channel add NAME");
        return EXIT_TROUBLE;
    }
    if (used < count && !run->args->quiet)
        report_line("left out: %zu retired channels", count - used);
    return EXIT_ALL;
}

/* Who gets a copy: the mark that is given, or that of each channel. */
static int choose_targets(embed_run *run)
{
    const arguments *a = run->args;

    if (a->has_mark + (a->channel_count > 0) + a->all_channels != 1)
        return usage_error("embed", "give either -m MARK or -c CHANNEL, or --all-channels");
    if (a->has_mark) {
        *allocated_targets(run, 1) = (embed_target){NULL, a->mark};
        return EXIT_ALL;
    }
    if (channels_load(a, &run->channels) != EXIT_ALL)
        return EXIT_TROUBLE;
    return a->all_channels ? take_all(run) : take_named(run);
}

/* --------------------------------------------------------------------- ledger */

/* What the options say about the ledger, and about reading back. */
static int check_options(const arguments *a)
{
    if (a->resume && a->no_ledger)
        return usage_error("embed", "--resume goes by the ledger; leave out --no-ledger");
    if (a->prune && (!a->recursive || a->directory == NULL || a->no_ledger))
        return usage_error("embed", "--prune goes by the ledger, with -r and -d");
    if (a->has_max_strength && a->verify == NULL)
        return usage_error("embed", "--max-strength belongs to --verify");
    if (a->output != NULL && is_stream(a->output) && (a->resume || a->verify != NULL))
        return usage_error("embed", "standard output can't be read back; name a file");
    return EXIT_ALL;
}

/* Whether the ledger is still to be created, which a dry run does not do. */
static int is_missing(const arguments *a)
{
    file_place place = ledger_find(a);
    int missing = place.path != NULL && access(place.path, F_OK) != 0;

    file_place_free(&place);
    return missing;
}

/* Warns if the mark that was given by hand is near a channel's. */
static int warn_of_mark(const embed_run *run)
{
    tmk_channels *channels = NULL;
    tmk_error error;

    if (!run->args->has_mark || run->args->quiet)
        return EXIT_ALL;
    if (tmk_ledger_channels(run->ledger, &channels, &error) != TMK_OK) {
        report_error("", &error);
        return EXIT_TROUBLE;
    }
    channels_warn_near(channels, run->args->mark);
    tmk_channels_free(&channels);
    return EXIT_ALL;
}

/* Opens the ledger: to record in, or for a dry run to look into. */
static int open_ledger(embed_run *run)
{
    const arguments *a = run->args;

    if (a->no_ledger || (a->dry_run && !a->resume && is_missing(a)))
        return EXIT_ALL;
    if (ledger_open(a, a->dry_run ? TMK_LEDGER_READ : TMK_LEDGER_WRITE, &run->ledger) !=
        EXIT_ALL)
        return EXIT_TROUBLE;
    if (run->ledger != NULL)
        return warn_of_mark(run);
    if (a->dry_run)
        return EXIT_ALL;
    if (a->resume)
        return usage_error("embed", "--resume goes by the ledger; name one with --ledger");
    report_line("nothing is recorded: no home directory; name a ledger with --ledger, or "
                "--no-ledger");
    return EXIT_ALL;
}

/* ------------------------------------------------------------------------ all */

/* The bar has a step for each output, as far as they can be counted before. */
static void open_bar(embed_run *run)
{
    const input_list *list = &run->inputs;
    const arguments *a = run->args;
    double work = 0;

    for (size_t i = 0; i < list->strip_count; i++)
        work += inputs_work(list, i);
    if (!a->quiet)
        run->bar = progress_open(a->slice > 0 ? 0 : list->count * run->outputs.target_count,
                                 work);
}

/* The last checks, after which work begins. */
static int begin(embed_run *run)
{
    const arguments *a = run->args;

    TRY(open_ledger(run));
    if (!a->dry_run)
        TRY(outputs_make_directory(a));
    run->results = allocated(run->inputs.strip_count, sizeof(strip_result *));
    if (a->output != NULL && is_stream(a->output))
        run->results_to = stderr;
    open_bar(run);
    return EXIT_ALL;
}

/* Checks what is asked for, and finds out all that must be known before work begins. */
static int prepare(embed_run *run, tmk_key **key)
{
    const arguments *a = run->args;

    run->outputs.args = a;
    run->outputs.inputs = &run->inputs;
    TRY(collect_check(a, "mark"));
    TRY(check_options(a));
    TRY(choose_targets(run));
    TRY(load_key(a, "embed", key));
    run->key = *key;
    tmk_key_fingerprint(*key, run->fingerprint);
    TRY(collect_inputs(a, COLLECT_PAGES, &run->inputs));
    TRY(outputs_plan(&run->outputs));
    return run->inputs.count > 0 ? begin(run) : EXIT_ALL;
}

static int end(embed_run *run)
{
    const embed_tally *t = &run->tally;
    size_t good;
    int status, pruned;

    progress_close(&run->bar);
    episodes_end(run);
    embed_summary(run);
    for (size_t i = 0; i < run->inputs.strip_count; i++)
        embed_forget(run, i); /* what could not be reported any more */
    free(run->results);
    good = t->written + t->skipped + t->planned;
    pruned = prune_outputs(run);
    status = exit_status(good + t->failed + t->dropped, good, t->failed);
    if (status == EXIT_ALL && run->args->strict && t->weak > 0)
        status = EXIT_PARTLY;
    return status == EXIT_ALL ? pruned : status;
}

int cmd_embed(const arguments *a)
{
    embed_run run = {.args = a, .results_to = stdout, .start = seconds_now()};
    tmk_key *key = NULL;
    int status = prepare(&run, &key);

    if (status == EXIT_ALL && run.inputs.count == 0) {
        report_line("%s: names no files: nothing to do", a->files_from);
    } else if (status == EXIT_ALL) {
        batch_run(
            &(batch){run.inputs.strip_count, a->threads, embed_work, embed_finish, &run});
        status = end(&run);
    }
    tmk_ledger_close(&run.ledger);
    free(run.tally.weakest);
    free(run.targets);
    inputs_free(&run.inputs);
    tmk_channels_free(&run.channels);
    tmk_key_free(&key);
    return status;
}
