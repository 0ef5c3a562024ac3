/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/channels.h"

#include <unistd.h>

#include "report.h"

file_place channels_find_text(const arguments *a)
{
    return file_find(a->channels, "TOONMARK_CHANNELS", NULL);
}

static int load_text(const char *path, tmk_registry **registry)
{
    tmk_error error;

    if (tmk_registry_load(path, registry, &error) == TMK_OK)
        return EXIT_ALL;
    report_error(path, &error);
    return EXIT_TROUBLE;
}

/* The user's own registry of former times, if it counts: *REGISTRY is NULL if not. */
static int load_former(const arguments *a, tmk_registry **registry)
{
    file_place ledger = ledger_find(a), former = file_find(NULL, "", "channels.txt");
    int status = EXIT_ALL;

    *registry = NULL;
    if (!ledger.was_named && former.path != NULL && access(former.path, F_OK) == 0)
        status = load_text(former.path, registry);
    file_place_free(&ledger);
    file_place_free(&former);
    return status;
}

static int load_ledger(const arguments *a, tmk_registry **registry)
{
    tmk_ledger *ledger = NULL;
    tmk_error error;
    int status = ledger_open(a, TMK_LEDGER_READ, &ledger);

    if (ledger != NULL && tmk_ledger_registry(ledger, registry, &error) != TMK_OK) {
        report_error("", &error);
        status = EXIT_TROUBLE;
    }
    tmk_ledger_close(&ledger);
    if (status == EXIT_ALL && (*registry == NULL || tmk_registry_count(*registry) == 0)) {
        tmk_registry_free(registry);
        status = load_former(a, registry);
    }
    return status;
}

int channels_load(const arguments *a, tmk_registry **registry)
{
    file_place text = channels_find_text(a);
    int status;

    *registry = NULL;
    status = text.path != NULL ? load_text(text.path, registry) : load_ledger(a, registry);
    file_place_free(&text);
    return status;
}

/* --------------------------------------------------------------------- adding */

tmk_status channels_import(tmk_ledger *ledger, const tmk_registry *registry,
                           tmk_merge_counts *counts, tmk_error *error)
{
    tmk_ledger *draft = NULL;
    tmk_status status = tmk_ledger_open(NULL, TMK_LEDGER_WRITE, &draft, error);

    for (size_t i = 0; status == TMK_OK && i < tmk_registry_count(registry); i++)
        status = tmk_ledger_put_channel(draft, tmk_registry_at(registry, i), 0, error);
    if (status == TMK_OK)
        status = tmk_ledger_merge(ledger, draft, counts, error);
    tmk_ledger_close(&draft);
    return status;
}

/* Takes over the channels of the user's former registry, if it counts. */
static int take_over(const arguments *a, tmk_ledger *ledger)
{
    tmk_registry *former = NULL;
    tmk_merge_counts counts;
    tmk_error error;
    int status = load_former(a, &former);

    if (former != NULL && channels_import(ledger, former, &counts, &error) != TMK_OK) {
        report_error("", &error);
        status = EXIT_TROUBLE;
    } else if (former != NULL && counts.channels_added > 0) {
        report_line("%llu channels of channels.txt are now in the ledger",
                    (unsigned long long)counts.channels_added);
    }
    tmk_registry_free(&former);
    return status;
}

int channels_open_ledger(const arguments *a, tmk_ledger **ledger)
{
    tmk_registry *registry = NULL;
    tmk_error error;
    int status = ledger_open(a, TMK_LEDGER_WRITE, ledger);

    if (status == EXIT_ALL && *ledger == NULL)
        return usage_error("channel", "no home directory; name a ledger with --ledger");
    if (status == EXIT_ALL && tmk_ledger_registry(*ledger, &registry, &error) != TMK_OK) {
        report_error("", &error);
        status = EXIT_TROUBLE;
    }
    if (status == EXIT_ALL && tmk_registry_count(registry) == 0)
        status = take_over(a, *ledger);
    tmk_registry_free(&registry);
    if (status != EXIT_ALL)
        tmk_ledger_close(ledger);
    return status;
}
