/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/load_channels.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "suggest.h"

static int refuse(const char *path)
{
    report_line("%s: a text registry of version 0.1, which is no longer used; import it: "
                "toonmark ledger import %s",
                path, path);
    return EXIT_TROUBLE;
}

/* Refuses the text registry that A or the environment names. */
static int refuse_named(const arguments *a)
{
    file_place text = file_find(a->channels, "TOONMARK_CHANNELS", NULL);
    int status = text.path != NULL ? refuse(text.path) : EXIT_ALL;

    file_place_free(&text);
    return status;
}

/* Refuses the one that version 0.1 left beside the user's own ledger, where that ledger
 * holds no channels: those of the file would be missed. */
static int refuse_former(const arguments *a)
{
    file_place ledger = ledger_find(a), former = file_find(NULL, "", "channels.txt");
    int status = EXIT_ALL;

    if (!ledger.was_named && former.path != NULL && access(former.path, F_OK) == 0)
        status = refuse(former.path);
    file_place_free(&ledger);
    file_place_free(&former);
    return status;
}

/* Lists the channels of LEDGER (NULL: there is none). */
static int list(const arguments *a, tmk_ledger *ledger, tmk_channels **channels)
{
    tmk_error error;

    if (ledger != NULL && tmk_ledger_channels(ledger, channels, &error) != TMK_OK) {
        report_error("", &error);
        return EXIT_TROUBLE;
    }
    return *channels == NULL || tmk_channels_count(*channels) == 0 ? refuse_former(a)
                                                                   : EXIT_ALL;
}

/* Whether the environment alone names a ledger that is not there.  A file is to be searched for
 * a mark all the same: whose it is can be looked up later. */
static int is_missing(const arguments *a)
{
    file_place place = ledger_find(a);
    int missing = strcmp(a->command, "extract") == 0 && a->ledger == NULL &&
                  place.was_named && access(place.path, F_OK) != 0 && errno == ENOENT;

    if (missing)
        report_line("%s: the ledger of $TOONMARK_LEDGER is missing; marks are reported "
                    "without their channels",
                    place.path);
    file_place_free(&place);
    return missing;
}

int channels_load(const arguments *a, tmk_channels **channels)
{
    tmk_ledger *ledger = NULL;
    int status = refuse_named(a);

    *channels = NULL;
    if (status == EXIT_ALL && is_missing(a))
        return EXIT_ALL;
    if (status == EXIT_ALL)
        status = ledger_open(a, TMK_LEDGER_READ, &ledger);
    if (status == EXIT_ALL)
        status = list(a, ledger, channels);
    tmk_ledger_close(&ledger);
    if (status != EXIT_ALL)
        tmk_channels_free(channels);
    return status;
}

void channels_report_unknown(const tmk_channels *channels, const char *name,
                             const char *remedy)
{
    size_t count = channels != NULL ? tmk_channels_count(channels) : 0;
    suggestion near = {.word = name};
    char text[SUGGESTION_BYTES];

    for (size_t i = 0; i < count; i++)
        suggest_consider(&near, tmk_channels_at(channels, i)->name);
    report_line("%s: no such channel%s; %s", name, suggest_text(&near, text), remedy);
}

int channels_open_ledger(const arguments *a, tmk_ledger **ledger)
{
    tmk_channels *channels = NULL;
    int status = refuse_named(a);

    *ledger = NULL;
    if (status == EXIT_ALL)
        status = ledger_open(a, TMK_LEDGER_WRITE, ledger);
    if (status == EXIT_ALL && *ledger == NULL)
        return usage_error("channel", "no home directory; name a ledger with --ledger");
    if (status == EXIT_ALL)
        status = list(a, *ledger, &channels);
    tmk_channels_free(&channels);
    if (status != EXIT_ALL)
        tmk_ledger_close(ledger);
    return status;
}

void channels_warn_near(const tmk_channels *channels, uint64_t mark)
{
    size_t count = channels != NULL ? tmk_channels_count(channels) : 0;

    for (size_t i = 0; i < count; i++) {
        const tmk_channel *other = tmk_channels_at(channels, i);
        int distance = tmk_mark_distance(other->mark, mark);
        char digits[TMK_MARK_DIGITS + 1];

        if (distance == 0 || distance >= TMK_NEAR_MARKS)
            continue;
        tmk_mark_format(mark, digits);
        report_line(
            "mark %s is near that of channel %s: they differ in %d of 2048 coded bits, "
            "and \"not another channel\" is stated of neither; leave --mark away",
            digits, other->name, distance);
    }
}
