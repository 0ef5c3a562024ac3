/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The registry as a file that several programs add to at once.  Whoever adds holds an
 * exclusive lock from before reading until the new line is on the disk, and writes
 * behind what stands, so lines are neither lost nor changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/keystream.h"
#include "evidence/channel_text.h"
#include "evidence/registry.h"

#define FILE_LIMIT ((size_t)64 << 20) /* bytes; more is no registry */
#define HEADING "# toonmark channels: name <TAB> mark <TAB> note\n"
#define LINE_LIMIT (sizeof HEADING + TMK_CHANNEL_NAME_BYTES + TMK_CHANNEL_NOTE_BYTES + 32)

/* -------------------------------------------------------------------- reading */

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
            tmk_status status;

            capacity = capacity == 0 ? 4096 : 2 * capacity;
            status = grow(text, capacity, path, error);
            if (status != TMK_OK)
                return status;
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

tmk_status tmk_registry_load(const char *path, tmk_registry **registry, tmk_error *error)
{
    char *text = NULL;
    size_t size;
    tmk_status status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    *registry = NULL;
    if (file < 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: channel registry can't be opened: %s",
                        path, strerror(errno));
    status = read_all(file, path, &text, &size, error);
    if (status == TMK_OK)
        status = tmk_registry_parse(text, size, path, registry, error);
    free(text);
    close(file);
    return status;
}

/* --------------------------------------------------------------------- adding */

/* Whether FILE is still what PATH names: an editor may have put another in its place. */
static int is_current(int file, const char *path)
{
    struct stat opened, named;

    return fstat(file, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Opens PATH, made if need be, and waits until nobody else adds to it. */
static tmk_status open_locked(const char *path, int *file, tmk_error *error)
{
    for (;;) {
        int problem = 0;

        *file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
        if (*file < 0)
            return tmk_fail(error, TMK_NOT_WRITABLE,
                            "%s: channel registry can't be opened: %s", path,
                            strerror(errno));
        while (problem == 0 && flock(*file, LOCK_EX) != 0)
            problem = errno == EINTR ? 0 : errno;
        if (problem == 0 && is_current(*file, path))
            return TMK_OK;
        close(*file);
        *file = -1;
        if (problem != 0)
            return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be locked: %s", path,
                            strerror(problem));
    }
}

/* The mark for a new channel: the one asked for, or a fresh one that nobody has. */
static tmk_status choose_mark(const tmk_registry *registry, const uint64_t *wanted,
                              const char *path, uint64_t *mark, tmk_error *error)
{
    const tmk_channel *owner;

    if (wanted == NULL) {
        do {
            if (!tmk_random(mark, sizeof *mark))
                return tmk_fail(error, TMK_UNSUPPORTED,
                                "%s: no source of random numbers; give the mark", path);
        } while (tmk_registry_find_mark(registry, *mark) != NULL);
        return TMK_OK;
    }
    *mark = *wanted;
    owner = tmk_registry_find_mark(registry, *mark);
    if (owner == NULL)
        return TMK_OK;
    return tmk_fail(error, TMK_EXISTS, "%s: channel %s has this mark; choose another one",
                    path, owner->name);
}

/* Puts LINE, of LENGTH bytes, behind the SIZE bytes that stand, whole or not at all. */
static tmk_status append(int file, const char *path, size_t size, const char *line,
                         size_t length, tmk_error *error)
{
    ssize_t written;
    int problem;

    do
        written = write(file, line, length);
    while (written < 0 && errno == EINTR);
    if (written == (ssize_t)length && fsync(file) == 0)
        return TMK_OK;
    problem = written < 0 || written == (ssize_t)length ? errno : ENOSPC;
    if (written > 0 && ftruncate(file, (off_t)size) != 0)
        problem = errno;
    return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be written: %s", path,
                    strerror(problem));
}

/* Adds to the locked FILE. */
static tmk_status add_locked(int file, const char *path, tmk_channel *channel,
                             const uint64_t *wanted, tmk_error *error)
{
    tmk_registry *registry = NULL;
    char *text = NULL, line[LINE_LIMIT], digits[TMK_MARK_DIGITS + 1];
    size_t size = 0;
    tmk_status status = read_all(file, path, &text, &size, error);

    if (status == TMK_OK)
        status = tmk_registry_parse(text, size, path, &registry, error);
    if (status == TMK_OK && tmk_registry_find_name(registry, channel->name) != NULL)
        status = tmk_fail(error, TMK_EXISTS, "%s: channel %s is there already", path,
                          channel->name);
    if (status == TMK_OK)
        status = choose_mark(registry, wanted, path, &channel->mark, error);
    if (status == TMK_OK) {
        const char *before = size == 0 ? HEADING : text[size - 1] != '\n' ? "\n" : "";

        tmk_mark_format(channel->mark, digits);
        snprintf(line, sizeof line, "%s%s\t%s%s%s\n", before, channel->name, digits,
                 *channel->note != '\0' ? "\t" : "", channel->note);
        status = append(file, path, size, line, strlen(line), error);
    }
    tmk_registry_free(&registry);
    free(text);
    return status;
}

tmk_status tmk_registry_add(const char *path, const char *name, const uint64_t *wanted,
                            const char *note, uint64_t *mark, tmk_error *error)
{
    tmk_channel channel = {.name = name, .note = note != NULL ? note : ""};
    const char *problem = tmk_channel_name_problem(name);
    tmk_status status;
    int file;

    if (problem == NULL)
        problem = tmk_channel_note_problem(channel.note);
    if (problem != NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%s: %s", name, problem);
    status = open_locked(path, &file, error);
    if (status != TMK_OK)
        return status;
    status = add_locked(file, path, &channel, wanted, error);
    close(file); /* ends the lock */
    if (status == TMK_OK && mark != NULL)
        *mark = channel.mark;
    return status;
}
