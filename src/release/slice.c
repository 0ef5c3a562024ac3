/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/slice.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "file/stream.h"

static tmk_status fail_changed(const tmk_slice *slice, tmk_error *error)
{
    return tmk_fail(error, TMK_NOT_READABLE, "%s: changed while it was read", slice->name);
}

/* A file that was written to since, or replaced, is not what was surveyed. */
static int is_about(const tmk_slice *slice, const struct stat *now)
{
    const struct stat *old = &slice->about;

    return now->st_dev == old->st_dev && now->st_ino == old->st_ino &&
           now->st_size == old->st_size && now->st_mtim.tv_sec == old->st_mtim.tv_sec &&
           now->st_mtim.tv_nsec == old->st_mtim.tv_nsec;
}

/* Whether the path still leads to it. */
static int is_unchanged(const tmk_slice *slice)
{
    struct stat now;

    return slice->content.bytes != NULL ||
           (stat(slice->path, &now) == 0 && is_about(slice, &now));
}

/* ------------------------------------------------------------------------ opening */

/* What comes from a pipe is kept, for it can't be read twice. */
static tmk_status open_pipe(tmk_slice *slice, const char *path, tmk_error *error)
{
    tmk_status status = tmk_stream_read(path, &slice->content, error);

    slice->input = (tmk_input){slice->name, slice->content.bytes, -1, slice->content.size};
    slice->bytes = slice->content.size;
    if (status == TMK_OK)
        tmk_digest_of(slice->content.bytes, slice->content.size, slice->digest);
    return status;
}

static tmk_status open_file(tmk_slice *slice, const char *path, tmk_error *error)
{
    if (stat(path, &slice->about) != 0 || !S_ISREG(slice->about.st_mode))
        return open_pipe(slice, path, error);
    TMK_TRY(tmk_input_open(&slice->input, path, error));
    if (fstat(slice->input.descriptor, &slice->about) != 0)
        return fail_changed(slice, error);
    TMK_TRY(tmk_file_digest(path, slice->digest, &slice->bytes, error));
    return slice->bytes == slice->input.size ? TMK_OK : fail_changed(slice, error);
}

/* What is known of a file that can be streamed without its pixels; others stay closed. */
static tmk_status open_rows(tmk_slice *slice, tmk_error *error)
{
    slice->image = tmk_calloc(1, sizeof *slice->image);
    if (slice->image == NULL)
        return tmk_fail_memory(error, slice->name);
    TMK_TRY(tmk_row_reader_open(&slice->reader, &slice->input, slice->image, error));
    slice->streamed = tmk_row_reader_is_open(&slice->reader);
    slice->shape = slice->image->picture;
    return TMK_OK;
}

/* All the file's bytes, which must be those of before; BYTES is the caller's. */
static tmk_status read_bytes(const tmk_slice *slice, tmk_blob *bytes, tmk_error *error)
{
    uint8_t digest[TMK_DIGEST_BYTES];

    if (slice->content.bytes != NULL)
        return tmk_blob_append(bytes, slice->content.bytes, slice->content.size) == TMK_OK
                   ? TMK_OK
                   : tmk_fail_memory(error, slice->name);
    TMK_TRY(tmk_stream_read(slice->path, bytes, error));
    tmk_digest_of(bytes->bytes, bytes->size, digest);
    return memcmp(digest, slice->digest, sizeof digest) == 0 ? TMK_OK
                                                             : fail_changed(slice, error);
}

static tmk_status decode(tmk_slice *slice, tmk_error *error)
{
    tmk_blob bytes = {0};
    tmk_image *image = NULL;
    tmk_status status = read_bytes(slice, &bytes, error);

    if (status == TMK_OK)
        status = tmk_image_decode(bytes.bytes, bytes.size, slice->name, &image, error);
    tmk_blob_free(&bytes);
    if (status != TMK_OK)
        return status;
    tmk_image_free(&slice->image);
    slice->image = image;
    tmk_blob_free(&slice->image->file); /* it can be read again */
    slice->shape = slice->image->picture;
    slice->shape.pixels = NULL;
    return TMK_OK;
}

static void close_reader(tmk_slice *slice)
{
    tmk_row_reader_close(&slice->reader);
    tmk_input_close(&slice->input);
    slice->next = 0;
}

tmk_status tmk_slice_open(tmk_slice *slice, const char *path, tmk_error *error)
{
    tmk_status status;

    *slice = (tmk_slice){.input.descriptor = -1};
    slice->path = slice->owned_path = strdup(path);
    if (slice->path == NULL)
        return tmk_fail_memory(error, path);
    slice->name = tmk_stream_input_name(slice->path);
    status = strcmp(path, "-") == 0 ? open_pipe(slice, path, error)
                                    : open_file(slice, slice->path, error);
    if (status == TMK_OK)
        status = open_rows(slice, error);
    if (status == TMK_OK && !slice->streamed) {
        close_reader(slice);
        status = decode(slice, error);
    }
    return status;
}

void tmk_slice_release(tmk_slice *slice)
{
    close_reader(slice);
    tmk_image_free(&slice->image);
    tmk_blob_free(&slice->content);
    free(slice->owned_path);
    *slice = (tmk_slice){.input.descriptor = -1};
}

size_t tmk_slice_size(const tmk_slice *slice)
{
    return (size_t)slice->shape.height * (size_t)slice->shape.width *
           tmk_picture_pixel_size(&slice->shape);
}

/* ---------------------------------------------------------------------- reading rows */

/* Opens the same file again: the path may lead elsewhere from one call to the next, so the
 * open file itself is asked. */
static tmk_status open_again(tmk_slice *slice, tmk_error *error)
{
    struct stat now;

    if (slice->content.bytes != NULL) {
        slice->input = (tmk_input){slice->name, slice->content.bytes, -1,
                                   slice->content.size};
        return TMK_OK;
    }
    if (!is_unchanged(slice))
        return fail_changed(slice, error);
    TMK_TRY(tmk_input_open(&slice->input, slice->path, error));
    return fstat(slice->input.descriptor, &now) == 0 && is_about(slice, &now)
               ? TMK_OK
               : fail_changed(slice, error);
}

/* Begins reading rows again, unless none has been read. */
static tmk_status reopen(tmk_slice *slice, tmk_error *error)
{
    if (tmk_row_reader_is_open(&slice->reader) && slice->next == 0)
        return TMK_OK;
    close_reader(slice);
    TMK_TRY(open_again(slice, error));
    TMK_TRY(tmk_row_reader_open(&slice->reader, &slice->input, NULL, error));
    return tmk_row_reader_is_open(&slice->reader) ? TMK_OK : fail_changed(slice, error);
}

/* Fills ROWS; what follows the last one, where a file may still be damaged, is read once. */
static tmk_status read_rows(void *context, const tmk_picture *rows, tmk_error *error)
{
    tmk_slice *slice = context;

    TMK_TRY(tmk_row_reader_read(&slice->reader, rows, error));
    slice->next += rows->height;
    if (slice->next < slice->shape.height)
        return TMK_OK;
    if (!slice->complete)
        TMK_TRY(tmk_row_reader_finish(&slice->reader, &slice->image->metadata, error));
    slice->complete = 1;
    return is_unchanged(slice) ? TMK_OK : fail_changed(slice, error);
}

/* All rows of a streamed picture. */
static tmk_status hold(tmk_slice *slice, tmk_error *error)
{
    tmk_picture *picture = &slice->image->picture;

    TMK_TRY(tmk_picture_alloc(picture, slice->shape.width, slice->shape.height,
                              slice->shape.channels, slice->shape.depth, error));
    return read_rows(slice, picture, error);
}

static tmk_status begin(void *context, tmk_picture *all, tmk_error *error)
{
    tmk_slice *slice = context;

    if (slice->streamed && slice->image->picture.pixels == NULL) {
        TMK_TRY(reopen(slice, error));
        if (!slice->holds)
            return TMK_OK;
        TMK_TRY(hold(slice, error));
    } else if (slice->image->picture.pixels == NULL) {
        TMK_TRY(decode(slice, error));
    }
    *all = slice->image->picture;
    return TMK_OK;
}

static void end(void *context)
{
    tmk_slice *slice = context;

    close_reader(slice);
    if (!slice->holds)
        tmk_picture_release(&slice->image->picture);
}

static tmk_status read_blocks(void *context, tmk_blocks *blocks, tmk_error *error)
{
    const tmk_slice *slice = context;
    tmk_blob bytes = {0};
    tmk_status status = read_bytes(slice, &bytes, error);
    tmk_source source = {bytes.bytes, bytes.size, slice->name, 0};

    if (status == TMK_OK)
        status = tmk_file_read_blocks(&source, slice->image->format, blocks, error);
    blocks->orientation = (int)slice->image->orientation;
    tmk_blob_free(&bytes);
    return status;
}

tmk_row_source tmk_slice_source(tmk_slice *slice)
{
    return (tmk_row_source){.name = slice->name,
                            .shape = slice->shape,
                            .context = slice,
                            .begin = begin,
                            .read = read_rows,
                            .end = end,
                            .read_blocks = read_blocks};
}
