/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The registry in memory: its text, cut into fields in place, the channels in the
 * file's order, and two sorted lists of pointers to them for the lookups.
 */
#include "evidence/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evidence/channel_text.h"

typedef struct entry {
    tmk_channel channel; /* first, so that a channel's address is its entry's */
    size_t line;
} entry;

struct tmk_registry {
    char *text;
    size_t count;
    entry *entries;
    uint64_t *marks;
    entry **by_name;
    entry **by_mark;
};

/* ---------------------------------------------------------------------- lines */

/* Cuts TEXT at the first SEPARATOR; returns what follows, or NULL if there is none. */
static char *cut(char *text, char separator)
{
    char *found = strchr(text, separator);

    if (found == NULL)
        return NULL;
    *found = '\0';
    return found + 1;
}

/* Fills CHANNEL from one line; returns NULL, or what is wrong with it. */
static const char *parse_line(char *line, tmk_channel *channel)
{
    char *mark = cut(line, '\t');
    char *note = mark != NULL ? cut(mark, '\t') : NULL;
    const char *problem;

    if (mark == NULL)
        return "no tab between name and mark";
    problem = tmk_channel_name_problem(line);
    if (problem != NULL)
        return problem;
    if (!tmk_mark_parse(mark, &channel->mark))
        return "the mark must be 16 hexadecimal digits";
    channel->name = line;
    channel->note = note != NULL ? note : "";
    return tmk_channel_note_problem(channel->note);
}

static int is_blank_or_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '\0' || *line == '#';
}

/* Cuts the text into lines and these into channels. */
static tmk_status parse_lines(tmk_registry *registry, const char *path, tmk_error *error)
{
    char *line = registry->text;
    size_t number = 0;

    if (strncmp(line, "\xef\xbb\xbf", 3) == 0) /* a byte order mark, which editors add */
        line += 3;
    while (line != NULL && *line != '\0') {
        char *next = cut(line, '\n');
        size_t length = strlen(line);
        entry *fresh = &registry->entries[registry->count];
        const char *problem;

        number++;
        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
        if (!is_blank_or_comment(line)) {
            problem = parse_line(line, &fresh->channel);
            if (problem != NULL)
                return tmk_fail(error, TMK_BAD_FILE, "%s: line %zu: %s", path, number,
                                problem);
            fresh->line = number;
            registry->marks[registry->count] = fresh->channel.mark;
            registry->count++;
        }
        line = next;
    }
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
static tmk_status sort_unique(tmk_registry *registry, entry **list,
                              int (*compare)(const void *, const void *), const char *what,
                              const char *path, tmk_error *error)
{
    for (size_t i = 0; i < registry->count; i++)
        list[i] = &registry->entries[i];
    qsort(list, registry->count, sizeof *list, compare);
    for (size_t i = 1; i < registry->count; i++) {
        size_t a = list[i - 1]->line, b = list[i]->line;

        if (compare(&list[i - 1], &list[i]) == 0)
            return tmk_fail(error, TMK_BAD_FILE, "%s: line %zu: same %s as in line %zu", path,
                            a > b ? a : b, what, a > b ? b : a);
    }
    return TMK_OK;
}

static const tmk_channel *find(const tmk_registry *registry, entry *const *list,
                               const entry *wanted,
                               int (*compare)(const void *, const void *))
{
    entry *const *found =
        bsearch(&wanted, list, registry->count, sizeof *list, compare);

    return found != NULL ? &(*found)->channel : NULL;
}

const tmk_channel *tmk_registry_find_name(const tmk_registry *registry, const char *name)
{
    const entry wanted = {.channel.name = name};

    return find(registry, registry->by_name, &wanted, compare_names);
}

const tmk_channel *tmk_registry_find_mark(const tmk_registry *registry, uint64_t mark)
{
    const entry wanted = {.channel.mark = mark};

    return find(registry, registry->by_mark, &wanted, compare_marks);
}

size_t tmk_registry_count(const tmk_registry *registry)
{
    return registry->count;
}

const tmk_channel *tmk_registry_at(const tmk_registry *registry, size_t index)
{
    return index < registry->count ? &registry->entries[index].channel : NULL;
}

const uint64_t *tmk_registry_marks(const tmk_registry *registry)
{
    return registry->marks;
}

/* ------------------------------------------------------------------- lifetime */

void tmk_registry_free(tmk_registry **registry)
{
    if (registry == NULL || *registry == NULL)
        return;
    tmk_free((*registry)->text);
    tmk_free((*registry)->entries);
    tmk_free((*registry)->marks);
    tmk_free((*registry)->by_name);
    tmk_free((*registry)->by_mark);
    tmk_free(*registry);
    *registry = NULL;
}

/* A registry with a copy of TEXT and room for every line of it; NULL without memory. */
static tmk_registry *new_registry(const char *text, size_t size)
{
    tmk_registry *registry = tmk_calloc(1, sizeof *registry);
    size_t lines = 1;

    if (registry == NULL)
        return NULL;
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    registry->text = tmk_calloc(size + 1, 1);
    registry->entries = tmk_calloc(lines, sizeof *registry->entries);
    registry->marks = tmk_calloc(lines, sizeof *registry->marks);
    registry->by_name = tmk_calloc(lines, sizeof(entry *));
    registry->by_mark = tmk_calloc(lines, sizeof(entry *));
    if (registry->text == NULL || registry->entries == NULL || registry->marks == NULL ||
        registry->by_name == NULL || registry->by_mark == NULL)
        tmk_registry_free(&registry);
    else if (size > 0)
        memcpy(registry->text, text, size);
    return registry;
}

tmk_status tmk_registry_parse(const char *text, size_t size, const char *path,
                              tmk_registry **registry, tmk_error *error)
{
    tmk_status status;

    *registry = NULL;
    if (size > 0 && memchr(text, '\0', size) != NULL)
        return tmk_fail(error, TMK_BAD_FILE, "%s: not a text file; name a channel registry",
                        path);
    *registry = new_registry(text, size);
    if (*registry == NULL)
        return tmk_fail_memory(error, "the channels");
    status = parse_lines(*registry, path, error);
    if (status == TMK_OK)
        status = sort_unique(*registry, (*registry)->by_name, compare_names, "name", path,
                             error);
    if (status == TMK_OK)
        status = sort_unique(*registry, (*registry)->by_mark, compare_marks, "mark", path,
                             error);
    if (status != TMK_OK)
        tmk_registry_free(registry);
    return status;
}
