/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The channels in the order in which they were added, with texts of their own, and two
 * sorted lists of pointers to them for the lookups.
 */
#include "ledger/channel_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

typedef struct entry {
    tmk_channel channel; /* first, so that a channel's address is its entry's */
    size_t line;
} entry;

struct tmk_channels {
    size_t count, capacity;
    entry *entries;
    uint64_t *marks;
    entry **by_name;
    entry **by_mark;
};

/* --------------------------------------------------------------------- making */

tmk_channels *tmk_channels_new(void)
{
    return tmk_calloc(1, sizeof(tmk_channels));
}

void tmk_channels_free(tmk_channels **channels)
{
    if (channels == NULL || *channels == NULL)
        return;
    for (size_t i = 0; i < (*channels)->count; i++) {
        free((char *)(*channels)->entries[i].channel.name);
        free((char *)(*channels)->entries[i].channel.note);
    }
    free((*channels)->entries);
    tmk_free((*channels)->marks);
    tmk_free((*channels)->by_name);
    tmk_free((*channels)->by_mark);
    tmk_free(*channels);
    *channels = NULL;
}

static int make_room(tmk_channels *channels)
{
    size_t capacity = channels->capacity == 0 ? 16 : 2 * channels->capacity;
    entry *grown;

    if (channels->count < channels->capacity)
        return 1;
    grown = realloc(channels->entries, capacity * sizeof *grown);
    if (grown == NULL)
        return 0;
    channels->entries = grown;
    channels->capacity = capacity;
    return 1;
}

tmk_status tmk_channels_append(tmk_channels *channels, const tmk_channel *channel,
                               size_t line, tmk_error *error)
{
    entry fresh = {*channel, line};

    if (!make_room(channels))
        return tmk_fail_memory(error, "the channels");
    fresh.channel.name = strdup(channel->name);
    fresh.channel.note = strdup(channel->note);
    if (fresh.channel.name == NULL || fresh.channel.note == NULL) {
        free((char *)fresh.channel.name);
        free((char *)fresh.channel.note);
        return tmk_fail_memory(error, "the channels");
    }
    channels->entries[channels->count++] = fresh;
    return TMK_OK;
}

/* -------------------------------------------------------------------- lookups */

static int compare_names(const void *left, const void *right)
{
    const entry *a = *(entry *const *)left, *b = *(entry *const *)right;

    return strcmp(a->channel.name, b->channel.name);
}

static int compare_marks(const void *left, const void *right)
{
    const entry *a = *(entry *const *)left, *b = *(entry *const *)right;

    return (a->channel.mark > b->channel.mark) - (a->channel.mark < b->channel.mark);
}

/* Sorts LIST; a channel that equals another one is a failure. */
static tmk_status sort_unique(tmk_channels *channels, entry **list,
                              int (*compare)(const void *, const void *), const char *what,
                              const char *path, tmk_error *error)
{
    for (size_t i = 0; i < channels->count; i++)
        list[i] = &channels->entries[i];
    qsort(list, channels->count, sizeof *list, compare);
    for (size_t i = 1; i < channels->count; i++) {
        size_t a = list[i - 1]->line, b = list[i]->line;

        if (compare(&list[i - 1], &list[i]) == 0)
            return tmk_fail(error, TMK_BAD_FILE, "%s: line %zu: same %s as in line %zu", path,
                            a > b ? a : b, what, a > b ? b : a);
    }
    return TMK_OK;
}

tmk_status tmk_channels_finish(tmk_channels *channels, const char *path, tmk_error *error)
{
    size_t room = channels->count + 1;

    channels->marks = tmk_calloc(room, sizeof *channels->marks);
    channels->by_name = tmk_calloc(room, sizeof(entry *));
    channels->by_mark = tmk_calloc(room, sizeof(entry *));
    if (channels->marks == NULL || channels->by_name == NULL || channels->by_mark == NULL)
        return tmk_fail_memory(error, "the channels");
    for (size_t i = 0; i < channels->count; i++)
        channels->marks[i] = channels->entries[i].channel.mark;
    TMK_TRY(sort_unique(channels, channels->by_name, compare_names, "name", path, error));
    return sort_unique(channels, channels->by_mark, compare_marks, "mark", path, error);
}

static const tmk_channel *find(const tmk_channels *channels, entry *const *list,
                               const entry *wanted,
                               int (*compare)(const void *, const void *))
{
    entry *const *found = bsearch(&wanted, list, channels->count, sizeof *list, compare);

    return found != NULL ? &(*found)->channel : NULL;
}

const tmk_channel *tmk_channels_find_name(const tmk_channels *channels, const char *name)
{
    const entry wanted = {.channel.name = name};

    return find(channels, channels->by_name, &wanted, compare_names);
}

const tmk_channel *tmk_channels_find_mark(const tmk_channels *channels, uint64_t mark)
{
    const entry wanted = {.channel.mark = mark};

    return find(channels, channels->by_mark, &wanted, compare_marks);
}

size_t tmk_channels_count(const tmk_channels *channels)
{
    return channels->count;
}

const tmk_channel *tmk_channels_at(const tmk_channels *channels, size_t index)
{
    return index < channels->count ? &channels->entries[index].channel : NULL;
}

const uint64_t *tmk_channels_marks(const tmk_channels *channels)
{
    return channels->marks;
}
