/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/window.h"

#include <string.h>

#include "base/memory.h"
#include "signal/mask.h"

tmk_status tmk_window_begin(tmk_window *window, const tmk_row_source *source,
                            tmk_error *error)
{
    tmk_picture all = source->shape;

    *window = (tmk_window){0};
    if (all.pixels == NULL) {
        window->source = source; /* from now on there is something to end */
        TMK_TRY(source->begin(source->context, &all, error));
    }
    window->holds_all = all.pixels != NULL;
    if (window->holds_all) {
        TMK_TRY(tmk_picture_check_like(&all, &source->shape, source->name, error));
        window->rows.picture = all;
    }
    return TMK_OK;
}

/* Makes room for ROWS rows and keeps those from FIRST on. */
static tmk_status slide(tmk_window *window, int first, size_t rows, tmk_error *error)
{
    const tmk_picture *shape = &window->source->shape;
    size_t stride = (size_t)shape->width * tmk_picture_pixel_size(shape), kept = 0;
    unsigned char *pixels = window->rows.picture.pixels;

    if (rows > window->room && (pixels = tmk_calloc(rows, stride)) == NULL)
        return tmk_fail_memory(error, window->source->name);
    if (first < tmk_rows_end(&window->rows)) {
        kept = (size_t)(tmk_rows_end(&window->rows) - first);
        memmove(pixels, tmk_picture_row(&window->rows.picture, first - window->rows.first),
                kept * stride);
    }
    if (pixels != window->rows.picture.pixels) {
        tmk_free(window->rows.picture.pixels);
        window->room = rows;
    }
    window->rows = (tmk_rows){first, *shape};
    window->rows.picture.pixels = pixels;
    window->rows.picture.stride = stride;
    window->rows.picture.height = (int)kept;
    return TMK_OK;
}

/* Reads on up to row END. */
static tmk_status fill(tmk_window *window, int end, tmk_error *error)
{
    const tmk_row_source *source = window->source;
    tmk_picture rows = window->rows.picture;

    rows.height = 1;
    for (; window->next < window->rows.first; window->next++) /* rows nobody asked for */
        TMK_TRY(source->read(source->context, &rows, error));
    rows.pixels = tmk_picture_row(&rows, window->next - window->rows.first);
    rows.height = end - window->next;
    if (rows.height <= 0)
        return TMK_OK;
    TMK_TRY(source->read(source->context, &rows, error));
    window->next = end;
    window->rows.picture.height = end - window->rows.first;
    return TMK_OK;
}

tmk_status tmk_window_move(tmk_window *window, int first, int count, tmk_error *error)
{
    int from = first < TMK_MASK_MARGIN ? 0 : first - TMK_MASK_MARGIN;
    int end = first + count + TMK_MASK_MARGIN;

    if (window->holds_all)
        return TMK_OK;
    end = end > window->source->shape.height ? window->source->shape.height : end;
    TMK_TRY(slide(window, from, (size_t)(end - from), error));
    return fill(window, end, error);
}

void tmk_window_end(tmk_window *window)
{
    if (!window->holds_all)
        tmk_free(window->rows.picture.pixels);
    if (window->source != NULL && window->source->end != NULL)
        window->source->end(window->source->context);
    *window = (tmk_window){0};
}
