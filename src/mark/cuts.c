/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/cuts.h"

#include "base/memory.h"

size_t tmk_page_outputs(const tmk_page *page, int output_height)
{
    if (output_height <= 0)
        return page->count;
    return (size_t)((page->height + output_height - 1) / output_height);
}

/* Makes the kind of SHAPE's samples hold those of MORE too. */
static void enrich(tmk_picture *shape, const tmk_picture *more)
{
    int alpha = tmk_picture_has_alpha(shape) || tmk_picture_has_alpha(more);
    int coloured = shape->channels >= 3 || more->channels >= 3;

    shape->channels = (coloured ? 3 : 1) + alpha;
    shape->depth = more->depth > shape->depth ? more->depth : shape->depth;
}

/* Fills CUT with the rows from its top to END. */
static void fill_cut(tmk_cuts *cuts, tmk_cut *cut, const tmk_page *page, int64_t end)
{
    cut->first_part = cuts->part_count;
    cut->shape = (tmk_picture){page->width, (int)(end - cut->top), 1, 8, 0, NULL};
    for (size_t i = 0; i < page->count; i++) {
        const tmk_section *section = &page->sections[i];
        int64_t top = section->top, bottom = top + section->source.shape.height;
        int64_t from = top > cut->top ? top : cut->top, to = bottom < end ? bottom : end;

        if (from >= to)
            continue;
        cuts->parts[cuts->part_count++] = (tmk_part){i, (int)(from - top), (int)(to - from)};
        cut->parts++;
        enrich(&cut->shape, &section->source.shape);
    }
    cut->shape.stride = (size_t)cut->shape.width * tmk_picture_pixel_size(&cut->shape);
}

tmk_status tmk_cuts_make(tmk_cuts *cuts, const tmk_page *page, int height, tmk_error *error)
{
    size_t count = tmk_page_outputs(page, height);
    int64_t top = 0;

    *cuts = (tmk_cuts){0};
    if (height < 0 || height > TMK_MAX_SIDE)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "slices of %d rows; 1 to %d are allowed",
                        height, TMK_MAX_SIDE);
    cuts->cuts = tmk_calloc(count, sizeof *cuts->cuts);
    cuts->parts = tmk_calloc(count + page->count, sizeof *cuts->parts);
    if (cuts->cuts == NULL || cuts->parts == NULL)
        return tmk_fail_memory(error, "a page's outputs");
    for (cuts->count = 0; cuts->count < count; cuts->count++) {
        int rows = height > 0 ? height : page->sections[cuts->count].source.shape.height;
        int64_t end = top + rows < page->height ? top + rows : page->height;

        cuts->cuts[cuts->count].top = top;
        fill_cut(cuts, &cuts->cuts[cuts->count], page, end);
        top = end;
    }
    return TMK_OK;
}

void tmk_cuts_release(tmk_cuts *cuts)
{
    tmk_free(cuts->cuts);
    tmk_free(cuts->parts);
    *cuts = (tmk_cuts){0};
}
