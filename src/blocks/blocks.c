/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/blocks.h"

#include <string.h>

#include "base/memory.h"

/* How many blocks cover SIDE pixels of a component with FACTOR of MOST samples. */
static int blocks_in(int side, int factor, int most)
{
    int64_t pixels = (int64_t)most * TMK_BLOCK_SIDE;

    return (int)(((int64_t)side * factor + pixels - 1) / pixels);
}

tmk_status tmk_blocks_alloc(tmk_blocks *blocks, tmk_error *error)
{
    tmk_status status = TMK_OK;

    blocks->h = blocks->v = 1;
    for (int c = 0; c < blocks->count; c++) {
        blocks->h = blocks->planes[c].h > blocks->h ? blocks->planes[c].h : blocks->h;
        blocks->v = blocks->planes[c].v > blocks->v ? blocks->planes[c].v : blocks->v;
    }
    for (int c = 0; c < blocks->count; c++) {
        tmk_block_plane *plane = &blocks->planes[c];

        plane->columns = blocks_in(blocks->width, plane->h, blocks->h);
        plane->rows = blocks_in(blocks->height, plane->v, blocks->v);
        plane->blocks = tmk_calloc((size_t)plane->columns * (size_t)plane->rows,
                                   sizeof *plane->blocks);
        if (plane->blocks == NULL)
            status = tmk_fail_memory(error, "a picture's blocks");
    }
    return status;
}

tmk_status tmk_blocks_copy(tmk_blocks *copy, const tmk_blocks *source, tmk_error *error)
{
    tmk_status status;

    *copy = *source;
    status = tmk_blocks_alloc(copy, error);
    for (int c = 0; status == TMK_OK && c < copy->count; c++)
        memcpy(copy->planes[c].blocks, source->planes[c].blocks,
               (size_t)copy->planes[c].columns * (size_t)copy->planes[c].rows *
                   sizeof *copy->planes[c].blocks);
    return status;
}

void tmk_blocks_release(tmk_blocks *blocks)
{
    for (int c = 0; c < blocks->count; c++)
        tmk_free(blocks->planes[c].blocks);
    memset(blocks, 0, sizeof *blocks);
}
