/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "channels.h"
#include "commands.h"
#include "report.h"

/* One channel, as it stands in the registry or as an object. */
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

/* Makes the directories above PATH as far as they are missing; 0, or an errno. */
static int make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        int failed;

        *slash = '\0';
        failed = mkdir(path, 0777) != 0 && errno != EEXIST;
        *slash = '/';
        if (failed)
            return errno;
    }
    return 0;
}

static int add(const arguments *a)
{
    channels_place place;
    tmk_channel channel = {.note = a->note != NULL ? a->note : ""};
    tmk_error error;
    tmk_status status;
    int problem;

    if (a->count != 2)
        return usage_error("channel", "add wants one NAME");
    channel.name = a->operands[1];
    place = channels_find(a);
    if (place.path == NULL)
        return usage_error("channel", "no home directory; name a registry with --channels");
    problem = place.was_named ? 0 : make_parents(place.path);
    if (problem != 0) {
        report_line("%s: its directory can't be made: %s", place.path, strerror(problem));
        channels_place_free(&place);
        return EXIT_TROUBLE;
    }
    status = tmk_registry_add(place.path, channel.name, a->has_mark ? &a->mark : NULL,
                              a->note, &channel.mark, &error);
    if (status == TMK_OK)
        print_channel(&channel, a->json);
    else
        report_error("", &error);
    channels_place_free(&place);
    return status == TMK_OK ? EXIT_ALL : EXIT_TROUBLE;
}

static int list(const arguments *a)
{
    tmk_registry *registry;

    if (a->count != 1)
        return usage_error("channel", "list takes no names");
    if (channels_load(a, &registry) != EXIT_ALL)
        return EXIT_TROUBLE;
    for (size_t i = 0; registry != NULL && i < tmk_registry_count(registry); i++)
        print_channel(tmk_registry_at(registry, i), a->json);
    tmk_registry_free(&registry);
    return EXIT_ALL;
}

static int show(const arguments *a)
{
    tmk_registry *registry;
    const tmk_channel *channel;

    if (a->count != 2)
        return usage_error("channel", "show wants one NAME");
    if (channels_load(a, &registry) != EXIT_ALL)
        return EXIT_TROUBLE;
    channel = registry != NULL ? tmk_registry_find_name(registry, a->operands[1]) : NULL;
    if (channel != NULL)
        print_channel(channel, a->json);
    else
        report_line("%s: no such channel; see: toonmark channel list", a->operands[1]);
    tmk_registry_free(&registry);
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
