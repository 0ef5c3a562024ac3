/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"

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

#define BUFFER_BYTES ((size_t)1 << 20)

static tmk_status read_descriptor(int descriptor, const char *name, tmk_blob *content,
                                  tmk_error *error)
{
    for (;;) {
        size_t room = content->capacity - content->size;
        ssize_t got;

        if (content->size > TMK_MAX_FILE_BYTES)
            return tmk_fail(error, TMK_NO_MEMORY,
                            "%s: a file of more than 1 GiB; give a single page", name);
        if (room < 2 && tmk_blob_reserve(content, content->size + content->size / 2 +
                                                      BUFFER_BYTES) != TMK_OK)
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

tmk_status tmk_file_load(const char *path, void **bytes, size_t *size,
                         uint8_t digest[TMK_DIGEST_BYTES], tmk_error *error)
{
    tmk_blob content = {0};
    tmk_status status = tmk_stream_read(path, &content, error);
    tmk_hash hash;

    *bytes = NULL;
    *size = 0;
    if (status != TMK_OK) {
        tmk_blob_free(&content);
        return status;
    }
    if (digest != NULL) {
        tmk_digest_init(&hash);
        tmk_hash_update(&hash, content.bytes, content.size);
        tmk_hash_final(&hash, digest);
    }
    *bytes = content.bytes;
    *size = content.size;
    return TMK_OK;
}

/* ----------------------------------------------------------------------- digests */

static tmk_status digest_descriptor(int descriptor, const char *path, tmk_hash *hash,
                                    uint64_t *size, tmk_error *error)
{
    unsigned char *buffer = tmk_calloc(BUFFER_BYTES, 1);
    tmk_status status = buffer != NULL ? TMK_OK : tmk_fail_memory(error, path);
    ssize_t got = 1;

    *size = 0;
    while (status == TMK_OK && got != 0) {
        got = read(descriptor, buffer, BUFFER_BYTES);
        if (got < 0 && errno != EINTR)
            status = tmk_fail(error, TMK_NOT_READABLE, "%s: can't be read: %s", path,
                              strerror(errno));
        if (got > 0) {
            tmk_hash_update(hash, buffer, (size_t)got);
            *size += (uint64_t)got;
        }
    }
    tmk_free(buffer);
    return status;
}

tmk_status tmk_file_digest(const char *path, uint8_t digest[TMK_DIGEST_BYTES],
                           uint64_t *bytes, tmk_error *error)
{
    uint8_t unused_digest[TMK_DIGEST_BYTES];
    uint64_t unused_bytes;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    tmk_status status;
    tmk_hash hash;

    if (descriptor < 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be opened: %s", path,
                        strerror(errno));
    tmk_digest_init(&hash);
    status = digest_descriptor(descriptor, path, &hash, bytes != NULL ? bytes : &unused_bytes,
                               error);
    tmk_hash_final(&hash, digest != NULL ? digest : unused_digest);
    close(descriptor);
    return status;
}
