/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/strip.h"

#include "base/memory.h"

/* Pixels that a strip keeps from the first reading to the second, bytes. */
#define HELD_BYTES ((size_t)24 << 20)

/* Reads slice INDEX, which must fit under those above it. */
static tmk_status add_slice(tmk_strip *strip, size_t index, const char *path, size_t *held,
                            tmk_error *error)
{
    tmk_slice *slice = &strip->slices[index];
    tmk_status status = tmk_slice_open(slice, path, error);
    tmk_row_source source;

    strip->count = index + 1;
    if (status != TMK_OK)
        return status;
    slice->holds = tmk_slice_size(slice) <= HELD_BYTES - *held;
    if (slice->holds)
        *held += tmk_slice_size(slice);
    source = tmk_slice_source(slice);
    return tmk_page_add(strip->page, &source, 1, error);
}

static tmk_status check_size(const tmk_strip *strip, tmk_error *error)
{
    int width = tmk_strip_width(strip);
    int64_t height = tmk_strip_height(strip);

    if (width >= TMK_MIN_SIDE && height >= TMK_MIN_SIDE)
        return TMK_OK;
    return tmk_fail(error, TMK_BAD_ARGUMENT,
                    "%s: %d x %lld pixels are too small; each side must have at least %d",
                    strip->slices[0].name, width, (long long)height, TMK_MIN_SIDE);
}

static tmk_status open_slices(tmk_strip *strip, const char *const *paths, size_t count,
                              tmk_error *error)
{
    size_t held = 0;

    strip->slices = tmk_calloc(count, sizeof *strip->slices);
    if (strip->slices == NULL)
        return tmk_fail_memory(error, "a strip");
    TMK_TRY(tmk_page_new(&strip->page, error));
    if (count == 0)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no file was given");
    for (size_t i = 0; i < count; i++)
        TMK_TRY(add_slice(strip, i, paths[i], &held, error));
    return check_size(strip, error);
}

tmk_status tmk_strip_open(const char *const *paths, size_t count, tmk_strip **strip,
                          tmk_error *error)
{
    tmk_status status;

    *strip = tmk_calloc(1, sizeof **strip);
    if (*strip == NULL)
        return tmk_fail_memory(error, "a strip");
    status = open_slices(*strip, paths, count, error);
    if (status != TMK_OK)
        tmk_strip_free(strip);
    return status;
}

void tmk_strip_free(tmk_strip **strip)
{
    if (strip == NULL || *strip == NULL)
        return;
    tmk_page_free(&(*strip)->page);
    for (size_t i = 0; i < (*strip)->count; i++)
        tmk_slice_release(&(*strip)->slices[i]);
    tmk_free((*strip)->slices);
    tmk_free(*strip);
    *strip = NULL;
}

int tmk_strip_width(const tmk_strip *strip)
{
    return tmk_page_width(strip->page);
}

int64_t tmk_strip_height(const tmk_strip *strip)
{
    return tmk_page_height(strip->page);
}

size_t tmk_strip_outputs(const tmk_strip *strip, int slice_height)
{
    return tmk_page_outputs(strip->page, slice_height);
}

tmk_format tmk_strip_format(const tmk_strip *strip, size_t index)
{
    return strip->slices[index].image->format;
}

const uint8_t *tmk_strip_digest(const tmk_strip *strip, size_t index)
{
    return strip->slices[index].digest;
}

uint64_t tmk_strip_bytes(const tmk_strip *strip, size_t index)
{
    return strip->slices[index].bytes;
}

const char *tmk_strip_thumbnail(const tmk_strip *strip, size_t index)
{
    return tmk_image_thumbnail(strip->slices[index].image);
}

const char *tmk_strip_lost(const tmk_strip *strip, size_t index)
{
    return tmk_image_lost(strip->slices[index].image);
}
