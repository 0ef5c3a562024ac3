/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page before it is marked: each source is read once, for
 *
 *     content   the hash of all its samples, which with key and mark decides where on the
 *               plane a copy lies
 *     survey    does it show colour, and roughly where can it hide a mark
 */
#include "mark/page.h"

#include <string.h>

#include "base/memory.h"
#include "mark/options.h"
#include "mark/window.h"

tmk_status tmk_page_new(tmk_page **page, tmk_error *error)
{
    *page = tmk_calloc(1, sizeof **page);
    if (*page == NULL)
        return tmk_fail_memory(error, "a page");
    tmk_content_begin(&(*page)->content);
    return TMK_OK;
}

void tmk_page_free(tmk_page **page)
{
    if (page == NULL || *page == NULL)
        return;
    for (size_t i = 0; i < (*page)->count; i++)
        tmk_survey_release(&(*page)->sections[i].survey);
    tmk_free((*page)->sections);
    tmk_free(*page);
    *page = NULL;
}

int tmk_page_width(const tmk_page *page)
{
    return page->width;
}

int64_t tmk_page_height(const tmk_page *page)
{
    return page->height;
}

/* ---------------------------------------------------------------- adding a source */

static tmk_status check_shape(const tmk_picture *shape, const char *name, tmk_error *error)
{
    if (shape->width < 1 || shape->height < 1 || shape->width > TMK_MAX_SIDE ||
        shape->height > TMK_MAX_SIDE || shape->channels < 1 || shape->channels > 4 ||
        (shape->depth != 8 && shape->depth != 16))
        return tmk_fail(
            error, TMK_BAD_ARGUMENT,
            "%s: %d x %d pixels of %d channels and %d bits; 1 to %d a side, 1 to 4 "
            "channels, and 8 or 16 bits are handled",
            name, shape->width, shape->height, shape->channels, shape->depth, TMK_MAX_SIDE);
    return TMK_OK;
}

static tmk_status check_source(const tmk_page *page, const tmk_row_source *source,
                               const char *name, tmk_error *error)
{
    const tmk_picture *shape = &source->shape;

    if (shape->pixels != NULL)
        TMK_TRY(tmk_picture_check(shape, error));
    else if (source->begin == NULL || source->read == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "%s: neither pixels nor calls that read them were given", name);
    else
        TMK_TRY(check_shape(shape, name, error));
    if (page->count > 0 && shape->width != page->width)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "%s: %d pixels wide, but the slices above it %d; slices of a strip "
                        "must have one width",
                        name, shape->width, page->width);
    return TMK_OK;
}

static tmk_status make_room(tmk_page *page, tmk_error *error)
{
    size_t room = page->room > 0 ? 2 * page->room : 1;
    tmk_section *sections;

    if (page->count < page->room)
        return TMK_OK;
    sections = tmk_calloc(room, sizeof *sections);
    if (sections == NULL)
        return tmk_fail_memory(error, "a page");
    if (page->count > 0)
        memcpy(sections, page->sections, page->count * sizeof *sections);
    tmk_free(page->sections);
    page->sections = sections;
    page->room = room;
    return TMK_OK;
}

static tmk_status survey_rows(tmk_page *page, tmk_section *section, tmk_window *window,
                              int threads, tmk_error *error)
{
    const tmk_picture *shape = &section->source.shape;
    int step = tmk_chunk_rows(shape->width, TMK_CHUNK_PIXELS);

    for (int y = 0; y < shape->height; y += step) {
        int count = shape->height - y < step ? shape->height - y : step;
        tmk_rows rows;

        TMK_TRY(tmk_window_move(window, y, count, error));
        rows = tmk_rows_part(&window->rows, y, count);
        tmk_content_add(&page->content, &rows.picture);
        TMK_TRY(tmk_survey_rows(&section->survey, &window->rows, y, count, threads, error));
    }
    return TMK_OK;
}

tmk_status tmk_page_add(tmk_page *page, const tmk_row_source *source, int threads,
                        tmk_error *error)
{
    const char *name = source != NULL && source->name != NULL ? source->name : "picture";
    const tmk_picture *shape;
    tmk_window window = {0};
    tmk_section *section;
    tmk_status status;
    tmk_error own;

    error = error != NULL ? error : &own; /* the source's calls may fill it */
    if (page == NULL || source == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no page, or no source, was given");
    shape = &source->shape;
    TMK_TRY(tmk_threads_check(threads, error));
    TMK_TRY(check_source(page, source, name, error));
    TMK_TRY(make_room(page, error));
    section = &page->sections[page->count++];
    *section = (tmk_section){.source = *source, .top = page->height};
    section->source.name = name;
    page->width = shape->width;
    page->height += shape->height;
    TMK_TRY(tmk_survey_begin(&section->survey, shape->width, shape->height, error));
    tmk_content_begin_slice(&page->content, shape->width, shape->height, shape->channels,
                            shape->depth);
    status = tmk_window_begin(&window, &section->source, error);
    if (status == TMK_OK)
        status = survey_rows(page, section, &window, threads, error);
    tmk_window_end(&window);
    return status;
}
