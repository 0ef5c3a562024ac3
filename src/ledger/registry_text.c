/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text file in which version 0.1 kept channels, a line each: name <TAB> mark <TAB> note.
 * It is only read, to be imported into a ledger.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "ledger/channel_text.h"
#include "ledger/channel_list.h"

#define FILE_LIMIT ((size_t)64 << 20) /* bytes; more is no list of channels */

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

/* Cuts TEXT into lines and these into channels. */
static tmk_status parse_lines(char *text, const char *path, tmk_channels *channels,
                              tmk_error *error)
{
    char *line = text;

    if (strncmp(line, "\xef\xbb\xbf", 3) == 0) /* a byte order mark, which editors add */
        line += 3;
    for (size_t number = 1; line != NULL && *line != '\0'; number++) {
        char *next = cut(line, '\n');
        size_t length = strlen(line);
        tmk_channel channel = {.note = ""};
        const char *problem;

        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
        if (!is_blank_or_comment(line)) {
            problem = parse_line(line, &channel);
            if (problem != NULL)
                return tmk_fail(error, TMK_BAD_FILE, "%s: line %zu: %s", path, number,
                                problem);
            TMK_TRY(tmk_channels_append(channels, &channel, number, error));
        }
        line = next;
    }
    return tmk_channels_finish(channels, path, error);
}

tmk_status tmk_channels_parse(const char *text, size_t size, const char *path,
                              tmk_channels **channels, tmk_error *error)
{
    char *copy;
    tmk_status status;

    *channels = NULL;
    if (size > 0 && memchr(text, '\0', size) != NULL)
        return tmk_fail(error, TMK_BAD_FILE, "%s: not a text file; name a channel registry",
                        path);
    copy = tmk_calloc(size + 1, 1);
    *channels = tmk_channels_new();
    if (copy == NULL || *channels == NULL) {
        status = tmk_fail_memory(error, "the channels");
    } else {
        if (size > 0)
            memcpy(copy, text, size);
        status = parse_lines(copy, path, *channels, error);
    }
    tmk_free(copy);
    if (status != TMK_OK)
        tmk_channels_free(channels);
    return status;
}

/* ----------------------------------------------------------------------- file */

/* Grows *TEXT to hold CAPACITY bytes. */
static tmk_status grow(char **text, size_t capacity, const char *path, tmk_error *error)
{
    char *grown;

    if (capacity > FILE_LIMIT)
        return tmk_fail(error, TMK_BAD_FILE, "%s: too large for a channel registry", path);
    grown = realloc(*text, capacity);
    if (grown == NULL)
        return tmk_fail_memory(error, "the channels");
    *text = grown;
    return TMK_OK;
}

/* The whole content of FILE; *TEXT ends with free, after failure too. */
static tmk_status read_all(int file, const char *path, char **text, size_t *size,
                           tmk_error *error)
{
    size_t capacity = 0;

    *text = NULL;
    *size = 0;
    for (;;) {
        ssize_t got;

        if (*size == capacity) {
            capacity = capacity == 0 ? 4096 : 2 * capacity;
            TMK_TRY(grow(text, capacity, path, error));
        }
        got = read(file, *text + *size, capacity - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be read: %s", path,
                            strerror(errno));
        if (got == 0)
            return TMK_OK;
        *size += (size_t)got;
    }
}

tmk_status tmk_channels_load(const char *path, tmk_channels **channels, tmk_error *error)
{
    char *text = NULL;
    size_t size;
    tmk_status status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    *channels = NULL;
    if (file < 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: channel registry can't be opened: %s",
                        path, strerror(errno));
    status = read_all(file, path, &text, &size, error);
    if (status == TMK_OK)
        status = tmk_channels_parse(text, size, path, channels, error);
    free(text);
    close(file);
    return status;
}
