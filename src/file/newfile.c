/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new file is opened without a name (O_TMPFILE) and given one by linkat(), which refuses
 * an existing file atomically; to replace that one, it is linked under another name, which
 * rename() then moves.  So a process that is killed leaves nothing, save for the instant
 * between these two.  File systems that have no nameless files get a named one from the
 * start.
 */
#include "file/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/inherit.h"
#include "file/stream.h"

#define BUFFER_BYTES ((size_t)64 << 10)
#define NAME_ROOM 96
#define NAME_TRIES 100

struct tmk_newfile {
    char *path;      /* as the caller calls it, for messages */
    char *target;    /* where it belongs; NULL: a stream or device, which has no end */
    char *temporary; /* where it grows or passes through; NULL: it has no name */
    size_t folder;   /* length of their directory, with its slash */
    tmk_output_mode overwrite;
    int replaces; /* there was a file to be replaced */
    int descriptor;
    tmk_hash hash;
    uint64_t size;
    size_t held; /* bytes in the buffer */
    unsigned char buffer[BUFFER_BYTES];
};

static tmk_status fail_writing(const char *path, tmk_error *error)
{
    return tmk_fail(error,
                    errno == ENOSPC || errno == EDQUOT ? TMK_DISK_FULL : TMK_NOT_WRITABLE,
                    "%s: can't be written: %s", tmk_stream_output_name(path),
                    strerror(errno));
}

static tmk_status fail_existing(const char *path, tmk_output_mode overwrite, tmk_error *error)
{
    return tmk_fail(error, TMK_EXISTS,
                    overwrite == TMK_OUTPUT_SAME
                        ? "%s: exists already with other content; choose another name or ask "
                          "for overwriting"
                        : "%s: exists already; choose another name or ask for overwriting",
                    path);
}

static int is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

static int is_device(const struct stat *about)
{
    return !S_ISREG(about->st_mode) && !S_ISDIR(about->st_mode);
}

tmk_status tmk_newfile_check(const char *path, tmk_output_mode overwrite, tmk_error *error)
{
    struct stat about;

    if (is_standard(path) || stat(path, &about) != 0 || is_device(&about))
        return TMK_OK;
    if (S_ISDIR(about.st_mode))
        return tmk_fail(error, TMK_NOT_WRITABLE, "%s: is a directory; name a file", path);
    return overwrite != TMK_OUTPUT_NEW ? TMK_OK : fail_existing(path, overwrite, error);
}

/* ---------------------------------------------------------------------- beginning */

/* Another name in the directory, one for each TRY. */
static int name_temporary(tmk_newfile *file, int try)
{
    size_t room = file->folder + NAME_ROOM;
    struct timespec now = {0};

    if (file->temporary == NULL)
        file->temporary = malloc(room);
    if (file->temporary == NULL)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(file->temporary, room, "%.*s.toonmark-%ld-%ld-%d.tmp", (int)file->folder,
             file->target, (long)getpid(), now.tv_nsec, try);
    return 0;
}

/* open() and not mkstemp(), so that the umask rules. */
static int open_named(tmk_newfile *file)
{
    for (int try = 0; try < NAME_TRIES; try++) {
        if (name_temporary(file, try) != 0)
            return -1;
        file->descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                0666);
        if (file->descriptor >= 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    free(file->temporary);
    file->temporary = NULL;
    return -1;
}

/* The name by which linkat() finds a file that has none. */
static void name_descriptor(const tmk_newfile *file, char name[64])
{
    snprintf(name, 64, "/proc/self/fd/%d", file->descriptor);
}

static int open_nameless(tmk_newfile *file)
{
#ifdef O_TMPFILE
    char name[64], held = file->target[file->folder];

    file->target[file->folder] = 0;
    file->descriptor = open(file->folder > 0 ? file->target : ".",
                            O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    file->target[file->folder] = held;
    if (file->descriptor < 0)
        return -1;
    name_descriptor(file, name);
    if (access(name, F_OK) == 0)
        return 0;
    close(file->descriptor);
#endif
    file->descriptor = -1;
    return -1;
}

static tmk_status begin_file(tmk_newfile *file, const struct stat *old, tmk_error *error)
{
    const char *slash;

    /* What a symbolic link names is replaced, not the link. */
    file->target = old != NULL ? realpath(file->path, NULL) : strdup(file->path);
    if (file->target == NULL)
        return fail_writing(file->path, error);
    slash = strrchr(file->target, '/');
    file->folder = slash != NULL ? (size_t)(slash - file->target) + 1 : 0;
    file->replaces = old != NULL;
    if (open_nameless(file) != 0 && open_named(file) != 0)
        return fail_writing(file->path, error);
    /* A private file stays private, from the first byte on. */
    if (old != NULL && tmk_inherit(file->descriptor, file->target, old) != 0)
        return fail_writing(file->path, error);
    return TMK_OK;
}

tmk_status tmk_newfile_open(tmk_newfile **file, const char *path, tmk_output_mode overwrite,
                            tmk_error *error)
{
    tmk_newfile *self = NULL;
    struct stat old;
    int is_there = !is_standard(path) && stat(path, &old) == 0;
    tmk_status status = tmk_newfile_check(path, overwrite, error);

    *file = NULL;
    if (status != TMK_OK)
        return status;
    self = tmk_calloc(1, sizeof *self);
    if (self == NULL || (self->path = strdup(path)) == NULL) {
        tmk_free(self);
        return tmk_fail_memory(error, path);
    }
    self->overwrite = overwrite;
    self->descriptor = -1;
    tmk_digest_init(&self->hash);
    if (is_standard(path))
        self->descriptor = STDOUT_FILENO;
    else if (!is_there || !is_device(&old))
        status = begin_file(self, is_there ? &old : NULL, error);
    else if ((self->descriptor = open(path, O_WRONLY | O_CLOEXEC)) < 0)
        status = fail_writing(path, error);
    if (status != TMK_OK)
        tmk_newfile_abandon(&self);
    *file = self;
    return status;
}

tmk_status tmk_newfile_limit(tmk_newfile *file, mode_t mode, tmk_error *error)
{
    if (file->target == NULL || file->replaces ||
        tmk_inherit_limits(file->descriptor, mode) == 0)
        return TMK_OK;
    return fail_writing(file->path, error);
}

const char *tmk_newfile_name(const tmk_newfile *file)
{
    return tmk_stream_output_name(file->path);
}

/* ------------------------------------------------------------------------ writing */

static tmk_status flush(tmk_newfile *file, tmk_error *error)
{
    const unsigned char *bytes = file->buffer;
    size_t size = file->held;

    tmk_hash_update(&file->hash, bytes, size);
    file->size += size;
    file->held = 0;
    while (size > 0) {
        ssize_t put = write(file->descriptor, bytes, size);

        if (put < 0 && errno != EINTR)
            return fail_writing(file->path, error);
        if (put > 0) {
            bytes += put;
            size -= (size_t)put;
        }
    }
    return TMK_OK;
}

tmk_status tmk_newfile_put(tmk_newfile *file, const void *bytes, size_t size,
                           tmk_error *error)
{
    const unsigned char *from = bytes;
    tmk_status status = TMK_OK;

    while (size > 0 && status == TMK_OK) {
        size_t room = BUFFER_BYTES - file->held, count = size < room ? size : room;

        memcpy(file->buffer + file->held, from, count);
        file->held += count;
        from += count;
        size -= count;
        if (file->held == BUFFER_BYTES)
            status = flush(file, error);
    }
    return status;
}

/* ------------------------------------------------------------------------- ending */

/* Gives the finished file the name TO, if there is none; -1 and errno if that can't be. */
static int link_to(const tmk_newfile *file, const char *to)
{
    char name[64];

    if (file->temporary != NULL && to != file->temporary)
        return link(file->temporary, to);
    name_descriptor(file, name);
    return linkat(AT_FDCWD, name, AT_FDCWD, to, AT_SYMLINK_FOLLOW);
}

/* A nameless file must have a name before rename() can move it. */
static int name_it(tmk_newfile *file)
{
    for (int try = 0; try < NAME_TRIES; try++) {
        if (name_temporary(file, try) != 0)
            return -1;
        if (link_to(file, file->temporary) == 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    free(file->temporary);
    file->temporary = NULL;
    return -1;
}

/* Gives the finished file its name; -1 and errno if that can't be done. */
static int publish(tmk_newfile *file)
{
    struct stat about;

    if (file->overwrite != TMK_OUTPUT_REPLACE) {
        int named = file->temporary != NULL;

        if (link_to(file, file->target) == 0)
            return named ? unlink(file->temporary) : 0;
        if (errno == EEXIST || !named)
            return -1;
        /* This file system has no links: look, then rename. */
        if (lstat(file->target, &about) == 0) {
            errno = EEXIST;
            return -1;
        }
    }
    if (file->temporary == NULL && !file->replaces && link_to(file, file->target) == 0)
        return 0;
    if (file->temporary == NULL && name_it(file) != 0)
        return -1;
    return rename(file->temporary, file->target);
}

/* The new name reaches the disk too, where the file system lets us ask for that. */
static void sync_folder(tmk_newfile *file)
{
    int descriptor;

    file->target[file->folder] = 0;
    descriptor = open(file->folder > 0 ? file->target : ".", O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

/* Whether the existing file has exactly the same bytes. */
static int is_same(const tmk_newfile *file, const uint8_t digest[TMK_HASH_BYTES])
{
    uint8_t old[TMK_HASH_BYTES];
    uint64_t size;

    return tmk_file_digest(file->target, old, &size, NULL) == TMK_OK && size == file->size &&
           memcmp(old, digest, sizeof old) == 0;
}

static tmk_status finish(tmk_newfile *file, uint8_t digest[TMK_HASH_BYTES], tmk_error *error)
{
    tmk_status status = flush(file, error);

    tmk_hash_final(&file->hash, digest);
    if (status != TMK_OK || file->target == NULL)
        return status;
    if (fsync(file->descriptor) != 0 && errno != EINVAL && errno != ENOTSUP)
        return fail_writing(file->path, error);
    if (publish(file) == 0) {
        free(file->temporary); /* it has its name: nothing is to be removed */
        file->temporary = NULL;
        sync_folder(file);
    } else if (errno != EEXIST) {
        status = fail_writing(file->path, error);
    } else if (file->overwrite != TMK_OUTPUT_SAME || !is_same(file, digest)) {
        status = fail_existing(file->path, file->overwrite, error);
    }
    return status;
}

tmk_status tmk_newfile_finish(tmk_newfile **file, uint64_t *size,
                              uint8_t digest[TMK_HASH_BYTES], tmk_error *error)
{
    uint8_t unused[TMK_HASH_BYTES];
    tmk_newfile *f = *file;
    tmk_status status = finish(f, digest != NULL ? digest : unused, error);

    if (size != NULL)
        *size = f->size;
    if (f->target == NULL && f->descriptor > STDERR_FILENO) {
        if (close(f->descriptor) != 0 && status == TMK_OK)
            status = fail_writing(f->path, error);
        f->descriptor = -1;
    }
    tmk_newfile_abandon(file);
    return status;
}

void tmk_newfile_abandon(tmk_newfile **file)
{
    tmk_newfile *f = *file;

    *file = NULL;
    if (f == NULL)
        return;
    if (f->descriptor > STDERR_FILENO)
        close(f->descriptor);
    if (f->temporary != NULL)
        unlink(f->temporary);
    free(f->temporary);
    free(f->target);
    free(f->path);
    tmk_free(f);
}

tmk_status tmk_newfile_write(const char *path, tmk_output_mode overwrite, const void *bytes,
                             size_t size, uint64_t *written, uint8_t digest[TMK_HASH_BYTES],
                             tmk_error *error)
{
    tmk_newfile *file = NULL;
    tmk_status status = tmk_newfile_open(&file, path, overwrite, error);

    if (status == TMK_OK)
        status = tmk_newfile_put(file, bytes, size, error);
    if (status == TMK_OK)
        return tmk_newfile_finish(&file, written, digest, error);
    tmk_newfile_abandon(&file);
    return status;
}
