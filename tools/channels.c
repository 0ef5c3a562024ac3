/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

/* FIRST and SECOND in one new string. */
static char *joined(const char *first, const char *second)
{
    size_t size = strlen(first) + strlen(second) + 1;
    char *text = malloc(size);

    if (text == NULL)
        report_no_memory();
    snprintf(text, size, "%s%s", first, second);
    return text;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

channels_place channels_find(const arguments *a)
{
    const char *named = a->channels != NULL ? a->channels : environment("TOONMARK_CHANNELS");
    const char *data = environment("XDG_DATA_HOME"), *home = environment("HOME");

    if (named != NULL)
        return (channels_place){joined(named, ""), 1};
    if (data != NULL && *data == '/') /* as the XDG specification wants it */
        return (channels_place){joined(data, "/toonmark/channels.txt"), 0};
    if (home != NULL)
        return (channels_place){joined(home, "/.local/share/toonmark/channels.txt"), 0};
    return (channels_place){NULL, 0};
}

void channels_place_free(channels_place *place)
{
    free(place->path);
    place->path = NULL;
}

int channels_load(const arguments *a, tmk_registry **registry)
{
    channels_place place = channels_find(a);
    tmk_error error;
    int status = EXIT_ALL;

    *registry = NULL;
    if (place.path != NULL && (place.was_named || access(place.path, F_OK) == 0) &&
        tmk_registry_load(place.path, registry, &error) != TMK_OK) {
        report_error(place.path, &error);
        status = EXIT_TROUBLE;
    }
    channels_place_free(&place);
    return status;
}
