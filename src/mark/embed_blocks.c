/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/embed_blocks.h"

#include "blocks/add.h"

/* What a page's pattern asks of its blocks. */
typedef struct page {
    const tmk_pattern *pattern;
    const tmk_analysis *analysis;
    tmk_targets turned; /* of the whole picture as it is stored, if that is not upright */
} page;

static void release(void *context, tmk_targets *targets)
{
    (void)context; /* the room is the analysis's */
    tmk_plane_release(&targets->luma);
    tmk_plane_release(&targets->chroma);
}

/* A view of the analysis's rows from FIRST on. */
static tmk_plane view(const tmk_analysis *analysis, tmk_component component, int first, int rows)
{
    return (tmk_plane){analysis->amplitude[component].width, rows,
                       tmk_plane_row(&analysis->amplitude[component],
                                     first - analysis->first)};
}

/* The targets of the upright page's rows from FIRST on. */
static tmk_status upright_rows(void *context, int first, int count, tmk_targets *targets,
                               tmk_error *error)
{
    const page *p = context;
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
    tmk_picture in = {plane->width, plane->height, 2, 16,
                      (size_t)plane->width * sizeof(float), plane->samples};
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
    const page *p = context;

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

/* Marks a file that is stored turned: all rows at once. */
static tmk_status embed_turned(page *p, tmk_blocks *marked, const tmk_blocks *blocks,
                               tmk_orientation orientation, int threads, tmk_error *error)
{
    const tmk_target_source source = {p, p->pattern->strength, turned_rows, keep};
    tmk_targets upright = {0};
    tmk_status status = upright_rows(p, 0, p->analysis->amplitude[TMK_LUMA].height, &upright,
                                     error);

    if (status == TMK_OK)
        status = turn_all(&p->turned, &upright, tmk_orientation_inverse(orientation), error);
    release(p, &upright);
    if (status == TMK_OK)
        status = tmk_blocks_add(marked, blocks, &source, threads, error);
    release(p, &p->turned);
    tmk_plane_release(&p->turned.luma_room);
    tmk_plane_release(&p->turned.chroma_room);
    return status;
}

tmk_status tmk_embed_blocks(tmk_blocks *marked, const tmk_blocks *blocks,
                            tmk_orientation orientation, const tmk_pattern *pattern,
                            const tmk_analysis *analysis, int threads, tmk_error *error)
{
    page p = {.pattern = pattern, .analysis = analysis};
    const tmk_target_source source = {&p, pattern->strength, upright_rows, release};

    return orientation == TMK_UPRIGHT
               ? tmk_blocks_add(marked, blocks, &source, threads, error)
               : embed_turned(&p, marked, blocks, orientation, threads, error);
}
