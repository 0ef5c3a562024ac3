/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ledger/load_channels.h"
#include "commands.h"
#include "report.h"
#include "suggest.h"

/* One channel, as a line or as an object. */
static void print_channel(const tmk_channel *channel, int json)
{
    char digits[TMK_MARK_DIGITS + 1];
    const char *state = channel->state == TMK_CHANNEL_RETIRED ? "retired" : "active";

    if (json) {
        json_t *object = report_object();

        report_put_text(object, "channel", channel->name);
        report_put_mark(object, channel->mark);
        report_put_text(object, "note", channel->note);
        report_put_text(object, "state", state);
        report_json(stdout, object);
        return;
    }
    tmk_mark_format(channel->mark, digits);
    printf("%s\t%s", channel->name, digits);
    if (*channel->note != '\0' || channel->state != TMK_CHANNEL_ACTIVE)
        printf("\t%s", channel->note);
    if (channel->state != TMK_CHANNEL_ACTIVE)
        printf("\t%s", state);
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

/* Warns if the mark that was chosen by hand is near another. */
static void warn_of_chosen(const arguments *a)
{
    tmk_channels *channels = NULL;

    if (a->has_mark && channels_load(a, &channels) == EXIT_ALL)
        channels_warn_near(channels, a->mark);
    tmk_channels_free(&channels);
}

static int add(const arguments *a)
{
    tmk_channel channel = {.note = a->note != NULL ? a->note : ""};
    int status;

    if (a->count != 2)
        return usage_error("channel", "add needs one NAME");
    channel.name = a->operands[1];
    status = add_to_ledger(a, &channel);
    if (status == EXIT_ALL) {
        print_channel(&channel, a->json);
        warn_of_chosen(a);
    }
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

/* The channel NAME of CHANNELS (NULL: there are none); NULL after having reported that there is
 * no such one. */
static const tmk_channel *find(const tmk_channels *channels, const char *name)
{
    const tmk_channel *channel = channels != NULL ? tmk_channels_find_name(channels, name)
                                                  : NULL;

    if (channel == NULL)
        channels_report_unknown(channels, name, "see: toonmark channel list");
    return channel;
}

/* Prints the channels NAMES; EXIT_PARTLY if there is one that does not exist. */
static int print_named(const arguments *a, char **names, int count)
{
    tmk_channels *channels;
    const tmk_channel *channel;
    int status = EXIT_ALL;

    TRY(channels_load(a, &channels));
    for (int i = 0; i < count; i++) {
        channel = find(channels, names[i]);
        if (channel != NULL)
            print_channel(channel, a->json);
        else
            status = EXIT_PARTLY;
    }
    tmk_channels_free(&channels);
    return status;
}

static int show(const arguments *a)
{
    if (a->count != 2)
        return usage_error("channel", "show wants one NAME");
    return print_named(a, a->operands + 1, 1);
}

/* ------------------------------------------------------------------- changing */

/* Whether the channels NAMES exist; EXIT_PARTLY after having reported which does not. */
static int check_named(const arguments *a, char **names, int count)
{
    tmk_channels *channels;
    int status = EXIT_ALL;

    TRY(channels_load(a, &channels));
    for (int i = 0; i < count; i++) {
        if (find(channels, names[i]) == NULL)
            status = EXIT_PARTLY;
    }
    tmk_channels_free(&channels);
    return status;
}

/* A change of the channel NAME to VALUE, a text or a state. */
typedef tmk_status changer(tmk_ledger *ledger, const char *name, const char *value,
                           tmk_error *error);

static tmk_status retire_one(tmk_ledger *ledger, const char *name, const char *value,
                             tmk_error *error)
{
    (void)value;
    return tmk_ledger_set_channel_state(ledger, name, TMK_CHANNEL_RETIRED, error);
}

static tmk_status restore_one(tmk_ledger *ledger, const char *name, const char *value,
                              tmk_error *error)
{
    (void)value;
    return tmk_ledger_set_channel_state(ledger, name, TMK_CHANNEL_ACTIVE, error);
}

/* Changes the channels NAMES, which exist, one after the other. */
static int change_named(const arguments *a, char **names, int count, changer *change,
                        const char *value)
{
    tmk_ledger *ledger = NULL;
    tmk_error error;
    int status;

    TRY(check_named(a, names, count));
    status = channels_open_ledger(a, &ledger);
    for (int i = 0; status == EXIT_ALL && i < count; i++) {
        if (change(ledger, names[i], value, &error) != TMK_OK) {
            report_error("", &error);
            status = EXIT_TROUBLE;
        }
    }
    tmk_ledger_close(&ledger);
    return status;
}

/* The same, and prints them. */
static int set_states(const arguments *a, changer *change)
{
    if (a->count < 2)
        return usage_error("channel", "%s wants one NAME or more", a->operands[0]);
    TRY(change_named(a, a->operands + 1, a->count - 1, change, NULL));
    return print_named(a, a->operands + 1, a->count - 1);
}

static int retire(const arguments *a)
{
    return set_states(a, retire_one);
}

static int restore(const arguments *a)
{
    return set_states(a, restore_one);
}

static int set_name(const arguments *a)
{
    if (a->count != 3)
        return usage_error("channel", "rename wants NAME and the new NAME");
    TRY(change_named(a, a->operands + 1, 1, tmk_ledger_rename_channel, a->operands[2]));
    return print_named(a, a->operands + 2, 1);
}

static int set_note(const arguments *a)
{
    if (a->count != 3)
        return usage_error("channel", "note wants NAME and TEXT, which may be empty");
    TRY(change_named(a, a->operands + 1, 1, tmk_ledger_note_channel, a->operands[2]));
    return print_named(a, a->operands + 1, 1);
}

#define ACTIONS "add, list, show, retire, restore, rename or note"

int cmd_channel(const arguments *a)
{
    static const struct {
        const char *name;
        int (*run)(const arguments *a);
    } actions[] = {{"add", add},       {"list", list},       {"show", show},
                   {"retire", retire}, {"restore", restore}, {"rename", set_name},
                   {"note", set_note}};

    suggestion near = {.word = a->count > 0 ? a->operands[0] : ""};
    char text[SUGGESTION_BYTES];

    if (a->count == 0)
        return usage_error("channel", "say " ACTIONS);
    if ((a->has_mark || a->note != NULL) && strcmp(a->operands[0], "add") != 0)
        return usage_error("channel", "--mark and --note belong to add");
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(a->operands[0], actions[i].name) == 0)
            return actions[i].run(a);
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        suggest_consider(&near, actions[i].name);
    return usage_error("channel", "say " ACTIONS ", not '%s'%s", a->operands[0],
                       suggest_text(&near, text));
}
