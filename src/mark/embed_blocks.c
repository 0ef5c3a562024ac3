/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/embed_blocks.h"

static void release(void *context, tmk_targets *targets)
{
    (void)context; /* the room is the analysis's */
    tmk_plane_release(&targets->luma);
    tmk_plane_release(&targets->chroma);
}

/* A view of the analysis's rows from FIRST on. */
static tmk_plane view(const tmk_analysis *analysis, tmk_component component, int first,
                      int rows)
{
    return (
        tmk_plane){analysis->amplitude[component].width, rows,
                   tmk_plane_row(&analysis->amplitude[component], first - analysis->first)};
}

/* The targets of the upright page's rows from FIRST on. */
static tmk_status upright_rows(void *context, int first, int count, tmk_targets *targets,
                               tmk_error *error)
{
    const tmk_page_targets *p = context;
    int width = p->analysis->amplitude[TMK_LUMA].width;
    tmk_plane delta[TMK_COMPONENTS];

    targets->first = first;
    targets->luma_room = view(p->analysis, TMK_LUMA, first, count);
    targets->chroma_room = view(p->analysis, TMK_CHROMA, first, count);
    TMK_TRY(tmk_plane_alloc(&targets->luma, width, count, error));
    TMK_TRY(tmk_plane_alloc(&targets->chroma, width, count, error));
    delta[TMK_LUMA] = targets->luma;
    delta[TMK_CHROMA] = targets->chroma;
    return tmk_pattern_rows(delta, p->pattern, first, p->analysis, error);
}

/* ------------------------------------------------------------------------ turning */

/* Turns a plane, whose samples belong to somebody else, into a new one. */
static tmk_status turn(tmk_plane *turned, const tmk_plane *plane, tmk_orientation orientation,
                       tmk_error *error)
{
    /* Grey and alpha of 16 bits take as much room as a float. */
    tmk_picture in = {
        plane->width,  plane->height, 2, 16, (size_t)plane->width * sizeof(float),
        plane->samples};
    tmk_picture out = {0};
    tmk_status status = tmk_picture_orient(&out, &in, orientation, error);

    if (status == TMK_OK)
        *turned = (tmk_plane){out.width, out.height, out.pixels};
    return status;
}

static tmk_status turn_all(tmk_targets *turned, const tmk_targets *upright,
                           tmk_orientation orientation, tmk_error *error)
{
    TMK_TRY(turn(&turned->luma, &upright->luma, orientation, error));
    TMK_TRY(turn(&turned->chroma, &upright->chroma, orientation, error));
    TMK_TRY(turn(&turned->luma_room, &upright->luma_room, orientation, error));
    return turn(&turned->chroma_room, &upright->chroma_room, orientation, error);
}

static tmk_status turned_rows(void *context, int first, int count, tmk_targets *targets,
                              tmk_error *error)
{
    const tmk_page_targets *p = context;

    (void)first;
    (void)count;
    (void)error;
    *targets = p->turned;
    return TMK_OK;
}

static void keep(void *context, tmk_targets *targets)
{
    (void)context;
    (void)targets;
}

/* All rows at once, of a file that is stored turned. */
static tmk_status fill_turned(tmk_page_targets *page, tmk_orientation orientation,
                              tmk_error *error)
{
    tmk_targets upright = {0};
    tmk_status status = upright_rows(page, 0, page->analysis->amplitude[TMK_LUMA].height,
                                     &upright, error);

    if (status == TMK_OK)
        status = turn_all(&page->turned, &upright, tmk_orientation_inverse(orientation),
                          error);
    release(page, &upright);
    return status;
}

void tmk_page_targets_end(tmk_page_targets *page)
{
    release(page, &page->turned);
    tmk_plane_release(&page->turned.luma_room);
    tmk_plane_release(&page->turned.chroma_room);
}

tmk_status tmk_page_targets_begin(tmk_page_targets *page, const tmk_pattern *pattern,
                                  const tmk_analysis *analysis, tmk_orientation orientation,
                                  tmk_error *error)
{
    int upright = orientation == TMK_UPRIGHT;

    *page = (tmk_page_targets){.pattern = pattern, .analysis = analysis};
    page->source = (tmk_target_source){page, pattern->strength,
                                       upright ? upright_rows : turned_rows,
                                       upright ? release : keep};
    return upright ? TMK_OK : fill_turned(page, orientation, error);
}
