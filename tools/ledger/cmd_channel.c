/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ledger/channels.h"
#include "commands.h"
#include "report.h"

/* One channel, as a line or as an object. */
static void print_channel(const tmk_channel *channel, int json)
{
    char digits[TMK_MARK_DIGITS + 1];

    if (json) {
        json_t *object = report_object();

        report_put_text(object, "channel", channel->name);
        report_put_mark(object, channel->mark);
        report_put_text(object, "note", channel->note);
        report_json(stdout, object);
        return;
    }
    tmk_mark_format(channel->mark, digits);
    printf("%s\t%s", channel->name, digits);
    if (*channel->note != '\0')
        printf("\t%s", channel->note);
    putchar('\n');
}

static int add_to_ledger(const arguments *a, tmk_channel *channel)
{
    tmk_ledger *ledger = NULL;
    tmk_error error;
    int status = channels_open_ledger(a, &ledger);

    if (status == EXIT_ALL &&
        tmk_ledger_add_channel(ledger, channel->name, a->has_mark ? &a->mark : NULL, a->note,
                               &channel->mark, &error) != TMK_OK) {
        report_error("", &error);
        status = EXIT_TROUBLE;
    }
    tmk_ledger_close(&ledger);
    return status;
}

static int add(const arguments *a)
{
    tmk_channel channel = {.note = a->note != NULL ? a->note : ""};
    int status;

    if (a->count != 2)
        return usage_error("channel", "add needs one NAME");
    channel.name = a->operands[1];
    status = add_to_ledger(a, &channel);
    if (status == EXIT_ALL)
        print_channel(&channel, a->json);
    return status;
}

static int list(const arguments *a)
{
    tmk_channels *channels;

    if (a->count != 1)
        return usage_error("channel", "list takes no names");
    if (channels_load(a, &channels) != EXIT_ALL)
        return EXIT_TROUBLE;
    for (size_t i = 0; channels != NULL && i < tmk_channels_count(channels); i++)
        print_channel(tmk_channels_at(channels, i), a->json);
    tmk_channels_free(&channels);
    return EXIT_ALL;
}

static int show(const arguments *a)
{
    tmk_channels *channels;
    const tmk_channel *channel;

    if (a->count != 2)
        return usage_error("channel", "show needs one NAME");
    if (channels_load(a, &channels) != EXIT_ALL)
        return EXIT_TROUBLE;
    channel = channels != NULL ? tmk_channels_find_name(channels, a->operands[1]) : NULL;
    if (channel != NULL)
        print_channel(channel, a->json);
    else
        report_line("%s: no such channel; see: toonmark channel list", a->operands[1]);
    tmk_channels_free(&channels);
    return channel != NULL ? EXIT_ALL : EXIT_PARTLY;
}

int cmd_channel(const arguments *a)
{
    static const struct {
        const char *name;
        int (*run)(const arguments *a);
    } actions[] = {{"add", add}, {"list", list}, {"show", show}};

    if (a->count == 0)
        return usage_error("channel", "say add, list or show");
    if ((a->has_mark || a->note != NULL) && strcmp(a->operands[0], "add") != 0)
        return usage_error("channel", "--mark and --note belong to add");
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(a->operands[0], actions[i].name) == 0)
            return actions[i].run(a);
    }
    return usage_error("channel", "say add, list or show, not '%s'", a->operands[0]);
}
