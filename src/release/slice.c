/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/slice.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "file/stream.h"

/* Pixels that are surveyed at a time. */
#define BAND_PIXELS ((size_t)800 * 1000)

static tmk_status fail_changed(const tmk_slice *slice, tmk_error *error)
{
    return tmk_fail(error, TMK_NOT_READABLE, "%s: changed while it was read", slice->name);
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
    tmk_status status;

    if (stat(path, &slice->about) != 0 || !S_ISREG(slice->about.st_mode))
        return open_pipe(slice, path, error);
    status = tmk_input_open(&slice->input, path, error);
    if (status == TMK_OK)
        status = tmk_file_digest(path, slice->digest, &slice->bytes, error);
    if (status == TMK_OK && slice->bytes != slice->input.size)
        status = fail_changed(slice, error);
    return status;
}

/* What can be told of a file that can be streamed without its pixels; others stay closed. */
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

static tmk_status decode(tmk_slice *slice, tmk_error *error)
{
    tmk_blob bytes = {0};
    tmk_image *image = NULL;
    tmk_status status = tmk_slice_bytes(slice, &bytes, error);

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
        tmk_slice_end(slice);
        status = decode(slice, error);
    }
    return status;
}

void tmk_slice_release(tmk_slice *slice)
{
    tmk_slice_end(slice);
    tmk_image_free(&slice->image);
    tmk_survey_release(&slice->survey);
    tmk_blob_free(&slice->content);
    free(slice->owned_path);
    *slice = (tmk_slice){.input.descriptor = -1};
}

/* ---------------------------------------------------------------------- reading rows */

tmk_status tmk_slice_bytes(const tmk_slice *slice, tmk_blob *bytes, tmk_error *error)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_status status;

    if (slice->content.bytes != NULL)
        return tmk_blob_append(bytes, slice->content.bytes, slice->content.size) == TMK_OK
                   ? TMK_OK
                   : tmk_fail_memory(error, slice->name);
    status = tmk_stream_read(slice->path, bytes, error);
    if (status != TMK_OK)
        return status;
    tmk_digest_of(bytes->bytes, bytes->size, digest);
    return memcmp(digest, slice->digest, sizeof digest) == 0 ? TMK_OK
                                                             : fail_changed(slice, error);
}

size_t tmk_slice_held(const tmk_slice *slice)
{
    return slice->image->picture.pixels != NULL
               ? (size_t)slice->shape.height * slice->shape.stride
               : 0;
}

/* A file that was written to since, or replaced, is not what was surveyed. */
static int is_unchanged(const tmk_slice *slice)
{
    const struct stat *old = &slice->about;
    struct stat now;

    return slice->content.bytes != NULL ||
           (stat(slice->path, &now) == 0 && now.st_dev == old->st_dev &&
            now.st_ino == old->st_ino && now.st_size == old->st_size &&
            now.st_mtim.tv_sec == old->st_mtim.tv_sec &&
            now.st_mtim.tv_nsec == old->st_mtim.tv_nsec);
}

tmk_status tmk_slice_begin(tmk_slice *slice, tmk_error *error)
{
    tmk_status status = TMK_OK;

    if (tmk_slice_held(slice) > 0)
        return TMK_OK;
    if (!slice->streamed)
        return decode(slice, error);
    tmk_slice_end(slice);
    if (!is_unchanged(slice))
        return fail_changed(slice, error);
    if (slice->content.bytes != NULL)
        slice->input = (tmk_input){slice->name, slice->content.bytes, -1, slice->content.size};
    else
        status = tmk_input_open(&slice->input, slice->path, error);
    if (status == TMK_OK)
        status = tmk_row_reader_open(&slice->reader, &slice->input, NULL, error);
    return status;
}

void tmk_slice_end(tmk_slice *slice)
{
    tmk_row_reader_close(&slice->reader);
    tmk_input_close(&slice->input);
    if (slice->drops && slice->image != NULL)
        tmk_picture_release(&slice->image->picture);
    tmk_free(slice->window.picture.pixels);
    slice->window = (tmk_rows){0};
    slice->room = 0;
    slice->next = 0;
}

/* Makes room for ROWS rows in the window and keeps those from FIRST on. */
static tmk_status move_window(tmk_slice *slice, int first, size_t rows, tmk_error *error)
{
    tmk_rows *window = &slice->window;
    size_t stride = slice->shape.stride, kept = 0;
    unsigned char *pixels = window->picture.pixels;

    if (rows > slice->room && (pixels = tmk_calloc(rows, stride)) == NULL)
        return tmk_fail_memory(error, slice->name);
    if (first < tmk_rows_end(window)) {
        kept = (size_t)(tmk_rows_end(window) - first);
        memmove(pixels, tmk_picture_row(&window->picture, first - window->first),
                kept * stride);
    }
    if (pixels != window->picture.pixels) {
        tmk_free(window->picture.pixels);
        slice->room = rows;
    }
    window->first = first;
    window->picture = slice->shape;
    window->picture.pixels = pixels;
    window->picture.height = (int)kept;
    return TMK_OK;
}

/* Reads on up to row END. */
static tmk_status fill_window(tmk_slice *slice, int end, tmk_error *error)
{
    tmk_rows *window = &slice->window;
    tmk_picture rows = window->picture;
    tmk_status status = TMK_OK;

    rows.height = 1;
    while (slice->next < window->first && status == TMK_OK) { /* rows nobody asked for */
        status = tmk_row_reader_read(&slice->reader, &rows, error);
        slice->next++;
    }
    rows.pixels = tmk_picture_row(&window->picture, slice->next - window->first);
    rows.height = end - slice->next;
    if (status == TMK_OK && rows.height > 0) {
        status = tmk_row_reader_read(&slice->reader, &rows, error);
        slice->next = end;
        window->picture.height = end - window->first;
    }
    return status;
}

tmk_status tmk_slice_window(tmk_slice *slice, int first, int count, tmk_rows *window,
                            tmk_error *error)
{
    int from = first < TMK_MASK_MARGIN ? 0 : first - TMK_MASK_MARGIN;
    int end = first + count + TMK_MASK_MARGIN;
    tmk_status status;

    end = end > slice->shape.height ? slice->shape.height : end;
    if (tmk_slice_held(slice) > 0) {
        *window = (tmk_rows){0, slice->image->picture};
        return TMK_OK;
    }
    status = move_window(slice, from, (size_t)(end - from), error);
    if (status == TMK_OK)
        status = fill_window(slice, end, error);
    *window = slice->window;
    if (status == TMK_OK && end == slice->shape.height && !is_unchanged(slice))
        status = fail_changed(slice, error);
    return status;
}

tmk_status tmk_slice_finish(tmk_slice *slice, tmk_error *error)
{
    return slice->streamed
               ? tmk_row_reader_finish(&slice->reader, &slice->image->metadata, error)
               : TMK_OK;
}

/* ---------------------------------------------------------------------- first reading */

/* A streamed picture that is small enough is held after all. */
static tmk_status hold_pixels(tmk_slice *slice, tmk_error *error)
{
    tmk_picture *picture = &slice->image->picture;
    tmk_status status = tmk_picture_alloc(picture, slice->shape.width, slice->shape.height,
                                          slice->shape.channels, slice->shape.depth, error);

    return status == TMK_OK ? tmk_row_reader_read(&slice->reader, picture, error) : status;
}

static tmk_status survey_bands(tmk_slice *slice, tmk_content *content, tmk_error *error)
{
    const tmk_picture *shape = &slice->shape;
    int step = tmk_chunk_rows(shape->width, BAND_PIXELS);
    tmk_status status = TMK_OK;

    tmk_content_begin_slice(content, shape->width, shape->height, shape->channels,
                            shape->depth);
    for (int y = 0; y < shape->height && status == TMK_OK; y += step) {
        int count = shape->height - y < step ? shape->height - y : step;
        tmk_rows window, band;

        status = tmk_slice_window(slice, y, count, &window, error);
        if (status != TMK_OK)
            break;
        band = tmk_rows_part(&window, y, count);
        tmk_content_add(content, &band.picture);
        status = tmk_survey_rows(&slice->survey, &window, y, count, 1, error);
    }
    return status;
}

tmk_status tmk_slice_survey(tmk_slice *slice, tmk_content *content, size_t hold,
                            tmk_error *error)
{
    size_t size = (size_t)slice->shape.height * slice->shape.stride;
    tmk_status status = tmk_survey_begin(&slice->survey, slice->shape.width,
                                         slice->shape.height, error);

    if (status == TMK_OK && slice->streamed && size <= hold)
        status = hold_pixels(slice, error);
    if (status == TMK_OK)
        status = survey_bands(slice, content, error);
    if (status == TMK_OK)
        status = tmk_slice_finish(slice, error);
    slice->drops = !slice->streamed && size > hold;
    tmk_slice_end(slice);
    return status;
}
