/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole files in and out.
 *
 * A new file grows under another name in the same directory, reaches the disk, and only
 * then gets its own name: by link(), which refuses an existing file atomically, or by
 * rename() when the old file is to be replaced.  Whatever fails, the old file is
 * untouched and the temporary one is gone.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "file/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *tmk_stream_input_name(const char *path)
{
    return is_standard(path) ? "standard input" : path;
}

const char *tmk_stream_output_name(const char *path)
{
    return is_standard(path) ? "standard output" : path;
}

/* ---------------------------------------------------------------------- reading */

#define PIECE_BYTES ((size_t)1 << 20)

static tmk_status read_descriptor(int descriptor, const char *name, tmk_blob *content,
                                  tmk_error *error)
{
    for (;;) {
        size_t room = content->capacity - content->size;
        ssize_t got;

        if (content->size > TMK_MAX_FILE_BYTES)
            return tmk_fail(error, TMK_NO_MEMORY,
                            "%s: a file of more than 1 GiB; give a single page", name);
        if (room < 2 &&
            tmk_blob_reserve(content, content->size + content->size / 2 + PIECE_BYTES) !=
                TMK_OK)
            return tmk_fail_memory(error, name);
        room = content->capacity - content->size - 1;
        got = read(descriptor, content->bytes + content->size, room);
        if (got < 0 && errno != EINTR)
            return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be read: %s", name,
                            strerror(errno));
        if (got == 0)
            return TMK_OK;
        if (got > 0)
            content->size += (size_t)got;
    }
}

tmk_status tmk_stream_read(const char *path, tmk_blob *content, tmk_error *error)
{
    const char *name = tmk_stream_input_name(path);
    int descriptor = is_standard(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    tmk_status status;

    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        status = tmk_fail(error, TMK_NOT_READABLE, "%s: can't be opened: %s", name,
                          strerror(errno));
    } else if (S_ISREG(about.st_mode) && about.st_size > (off_t)TMK_MAX_FILE_BYTES) {
        status = tmk_fail(error, TMK_NO_MEMORY,
                          "%s: a file of more than 1 GiB; give a single page", name);
    } else if (S_ISREG(about.st_mode) && about.st_size > 0 &&
               tmk_blob_reserve(content, (size_t)about.st_size + 1) != TMK_OK) {
        status = tmk_fail_memory(error, name);
    } else {
        status = read_descriptor(descriptor, name, content, error);
    }
    if (descriptor >= 0 && descriptor != STDIN_FILENO)
        close(descriptor);
    return status;
}

/* ---------------------------------------------------------------------- writing */

static tmk_status fail_writing(const char *path, tmk_error *error)
{
    return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be written: %s",
                    tmk_stream_output_name(path), strerror(errno));
}

static tmk_status write_all(int descriptor, const char *path, const unsigned char *bytes,
                            size_t size, tmk_error *error)
{
    while (size > 0) {
        ssize_t put = write(descriptor, bytes, size < PIECE_BYTES ? size : PIECE_BYTES);

        if (put < 0 && errno != EINTR)
            return fail_writing(path, error);
        if (put > 0) {
            bytes += put;
            size -= (size_t)put;
        }
    }
    return TMK_OK;
}

/* A terminal, a pipe or /dev/null: there is nothing to keep and nothing to replace. */
static tmk_status write_device(const char *path, const void *bytes, size_t size,
                               tmk_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    tmk_status status;

    if (descriptor < 0)
        return fail_writing(path, error);
    status = write_all(descriptor, path, bytes, size, error);
    if (close(descriptor) != 0 && status == TMK_OK)
        status = fail_writing(path, error);
    return status;
}

/* A file that is being made: the names are the caller's to free. */
typedef struct making {
    char *target;    /* where it belongs */
    char *temporary; /* where it grows */
    size_t folder;   /* length of their directory, with its slash */
    int descriptor;
} making;

#define NAME_ROOM 96
#define NAME_TRIES 100

/* Opens a new file beside the target.  open() and not mkstemp(), so that the umask rules. */
static int open_beside(making *file)
{
    size_t room = file->folder + NAME_ROOM;

    file->temporary = malloc(room);
    if (file->temporary == NULL)
        return -1;
    for (int try = 0; try < NAME_TRIES; try++) {
        struct timespec now = {0};

        clock_gettime(CLOCK_REALTIME, &now);
        snprintf(file->temporary, room, "%.*s.toonmark-%ld-%ld-%d.tmp", (int)file->folder,
                 file->target, (long)getpid(), now.tv_nsec, try);
        file->descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                0666);
        if (file->descriptor >= 0 || errno != EEXIST)
            break;
    }
    return file->descriptor >= 0 ? 0 : -1;
}

/* Gives the finished file its name; -1 and errno if that can't be done. */
static int publish(making *file, int overwrite)
{
    struct stat about;

    if (!overwrite) {
        if (link(file->temporary, file->target) == 0) {
            unlink(file->temporary);
            return 0;
        }
        if (errno == EEXIST)
            return -1;
        /* This file system has no links: look, then rename. */
        if (lstat(file->target, &about) == 0) {
            errno = EEXIST;
            return -1;
        }
    }
    return rename(file->temporary, file->target);
}

/* The new name reaches the disk too, where the file system lets us ask for that. */
static void sync_folder(making *file)
{
    int descriptor;

    file->target[file->folder] = 0;
    descriptor = open(file->folder > 0 ? file->target : ".", O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

static tmk_status make_file(making *file, const char *path, int overwrite,
                            const struct stat *old, const void *bytes, size_t size,
                            tmk_error *error)
{
    tmk_status status;

    if (open_beside(file) != 0)
        return fail_writing(path, error);
    /* A private file stays private, from the first byte on. */
    if (old != NULL && fchmod(file->descriptor, old->st_mode & 0777) != 0)
        status = fail_writing(path, error);
    else
        status = write_all(file->descriptor, path, bytes, size, error);
    if (status == TMK_OK && fsync(file->descriptor) != 0 && errno != EINVAL &&
        errno != ENOTSUP)
        status = fail_writing(path, error);
    if (close(file->descriptor) != 0 && status == TMK_OK)
        status = fail_writing(path, error);
    if (status == TMK_OK && publish(file, overwrite) != 0)
        status = errno == EEXIST ? tmk_fail(error, TMK_EXISTS,
                                            "%s: exists already; choose another name or "
                                            "ask for overwriting",
                                            path)
                                 : fail_writing(path, error);
    if (status != TMK_OK)
        unlink(file->temporary);
    else
        sync_folder(file);
    return status;
}

static int is_device(const struct stat *about)
{
    return !S_ISREG(about->st_mode) && !S_ISDIR(about->st_mode);
}

tmk_status tmk_stream_check_output(const char *path, int overwrite, tmk_error *error)
{
    struct stat about;

    if (is_standard(path) || stat(path, &about) != 0 || is_device(&about))
        return TMK_OK;
    if (S_ISDIR(about.st_mode))
        return tmk_fail(error, TMK_NOT_WRITABLE, "%s: is a directory; name a file", path);
    if (!overwrite)
        return tmk_fail(error, TMK_EXISTS,
                        "%s: exists already; choose another name or ask for overwriting",
                        path);
    return TMK_OK;
}

tmk_status tmk_stream_write(const char *path, int overwrite, const void *bytes, size_t size,
                            tmk_error *error)
{
    making file = {0};
    struct stat old;
    int is_there;
    const char *slash;
    tmk_status status = tmk_stream_check_output(path, overwrite, error);

    if (status != TMK_OK)
        return status;
    if (is_standard(path))
        return write_all(STDOUT_FILENO, path, bytes, size, error);
    is_there = stat(path, &old) == 0;
    if (is_there && is_device(&old))
        return write_device(path, bytes, size, error);

    /* What a symbolic link names is replaced, not the link. */
    file.target = is_there ? realpath(path, NULL) : strdup(path);
    if (file.target == NULL)
        return fail_writing(path, error);
    slash = strrchr(file.target, '/');
    file.folder = slash != NULL ? (size_t)(slash - file.target) + 1 : 0;
    status = make_file(&file, path, overwrite, is_there ? &old : NULL, bytes, size, error);
    free(file.temporary);
    free(file.target);
    return status;
}
