/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/strip.h"

#include <string.h>

#include "base/memory.h"

/* Pixels that a strip keeps from the first reading to the second, bytes. */
#define HELD_BYTES ((size_t)24 << 20)

/* Reads slice INDEX, which must fit under those above it. */
static tmk_status add_slice(tmk_strip *strip, size_t index, const char *path,
                            tmk_content *content, size_t *held, tmk_error *error)
{
    tmk_slice *slice = &strip->slices[index];
    tmk_status status = tmk_slice_open(slice, path, error);

    strip->count = index + 1;
    if (status != TMK_OK)
        return status;
    if (index > 0 && slice->shape.width != strip->width)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "%s: %d pixels wide, but the slices above it %d; slices of a strip "
                        "must have one width",
                        slice->name, slice->shape.width, strip->width);
    strip->width = slice->shape.width;
    strip->tops[index] = strip->height;
    strip->height += slice->shape.height;
    status = tmk_slice_survey(slice, content, HELD_BYTES - *held, error);
    if (status == TMK_OK && !slice->drops)
        *held += tmk_slice_held(slice);
    return status;
}

static tmk_status check_size(const tmk_strip *strip, tmk_error *error)
{
    if (strip->width >= TMK_MIN_SIDE && strip->height >= TMK_MIN_SIDE)
        return TMK_OK;
    return tmk_fail(error, TMK_BAD_ARGUMENT,
                    "%s: %d x %lld pixels are too small; each side must have at least %d",
                    strip->slices[0].name, strip->width, (long long)strip->height,
                    TMK_MIN_SIDE);
}

tmk_status tmk_strip_open(const char *const *paths, size_t count, tmk_strip **strip,
                          tmk_error *error)
{
    tmk_strip *made = tmk_calloc(1, sizeof *made);
    tmk_status status = TMK_OK;
    tmk_content content;
    size_t held = 0;

    *strip = NULL;
    if (made != NULL) {
        made->slices = tmk_calloc(count, sizeof *made->slices);
        made->tops = tmk_calloc(count, sizeof *made->tops);
    }
    if (made == NULL || made->slices == NULL || made->tops == NULL)
        status = tmk_fail_memory(error, "a strip");
    else if (count == 0)
        status = tmk_fail(error, TMK_BAD_ARGUMENT, "no file was given");
    tmk_content_begin(&content);
    for (size_t i = 0; i < count && status == TMK_OK; i++)
        status = add_slice(made, i, paths[i], &content, &held, error);
    if (status == TMK_OK)
        status = check_size(made, error);
    if (status == TMK_OK)
        tmk_content_end(&content, made->content);
    else
        tmk_strip_free(&made);
    *strip = made;
    return status;
}

void tmk_strip_free(tmk_strip **strip)
{
    if (strip == NULL || *strip == NULL)
        return;
    for (size_t i = 0; i < (*strip)->count; i++)
        tmk_slice_release(&(*strip)->slices[i]);
    tmk_free((*strip)->slices);
    tmk_free((*strip)->tops);
    tmk_free(*strip);
    *strip = NULL;
}

int tmk_strip_width(const tmk_strip *strip)
{
    return strip->width;
}

int64_t tmk_strip_height(const tmk_strip *strip)
{
    return strip->height;
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

/* --------------------------------------------------------------------------- cuts */

size_t tmk_strip_outputs(const tmk_strip *strip, int slice_height)
{
    if (slice_height <= 0)
        return strip->count;
    return (size_t)((strip->height + slice_height - 1) / slice_height);
}

/* Makes the kind of CUT's samples hold those of SLICE too. */
static void enrich(tmk_picture *shape, const tmk_picture *slice)
{
    int alpha = tmk_picture_has_alpha(shape) || tmk_picture_has_alpha(slice);
    int coloured = shape->channels >= 3 || slice->channels >= 3;

    shape->channels = (coloured ? 3 : 1) + alpha;
    shape->depth = slice->depth > shape->depth ? slice->depth : shape->depth;
}

/* Fills CUT with the rows from its top to END. */
static void fill_cut(tmk_cuts *cuts, tmk_cut *cut, const tmk_strip *strip, int64_t end)
{
    cut->first_part = cuts->part_count;
    cut->shape = (tmk_picture){strip->width, (int)(end - cut->top), 1, 8, 0, NULL};
    for (size_t i = 0; i < strip->count; i++) {
        const tmk_slice *slice = &strip->slices[i];
        int64_t top = strip->tops[i], bottom = top + slice->shape.height;
        int64_t from = top > cut->top ? top : cut->top, to = bottom < end ? bottom : end;

        if (from >= to)
            continue;
        cuts->parts[cuts->part_count++] =
            (tmk_part){i, (int)(from - top), (int)(to - from)};
        cut->parts++;
        enrich(&cut->shape, &slice->shape);
    }
    cut->shape.stride = (size_t)cut->shape.width * tmk_picture_pixel_size(&cut->shape);
}

tmk_status tmk_strip_cuts_make(tmk_cuts *cuts, const tmk_strip *strip, int slice_height,
                         tmk_error *error)
{
    size_t count = tmk_strip_outputs(strip, slice_height);
    int64_t top = 0;

    *cuts = (tmk_cuts){0};
    if (slice_height < 0 || slice_height > TMK_MAX_SIDE)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "slices of %d rows; 1 to %d are allowed",
                        slice_height, TMK_MAX_SIDE);
    cuts->cuts = tmk_calloc(count, sizeof *cuts->cuts);
    cuts->parts = tmk_calloc(count + strip->count, sizeof *cuts->parts);
    if (cuts->cuts == NULL || cuts->parts == NULL)
        return tmk_fail_memory(error, "a strip's cuts");
    for (cuts->count = 0; cuts->count < count; cuts->count++) {
        int rows = slice_height > 0 ? slice_height : strip->slices[cuts->count].shape.height;
        int64_t end = top + rows < strip->height ? top + rows : strip->height;

        cuts->cuts[cuts->count].top = top;
        fill_cut(cuts, &cuts->cuts[cuts->count], strip, end);
        top = end;
    }
    return TMK_OK;
}

void tmk_strip_cuts_release(tmk_cuts *cuts)
{
    tmk_free(cuts->cuts);
    tmk_free(cuts->parts);
    *cuts = (tmk_cuts){0};
}
