/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/blocks.h"

#include <string.h>

#include "base/memory.h"
#include "base/picture.h"

/* The largest sampling factor. */
#define MAX_FACTOR 4

/* How many blocks cover SIDE pixels of a component with FACTOR of MOST samples. */
static int blocks_in(int side, int factor, int most)
{
    int64_t pixels = (int64_t)most * TMK_BLOCK_SIDE;

    return (int)(((int64_t)side * factor + pixels - 1) / pixels);
}

static void size_planes(tmk_blocks *blocks)
{
    blocks->h = blocks->v = 1;
    for (int c = 0; c < blocks->count; c++) {
        blocks->h = blocks->planes[c].h > blocks->h ? blocks->planes[c].h : blocks->h;
        blocks->v = blocks->planes[c].v > blocks->v ? blocks->planes[c].v : blocks->v;
    }
    for (int c = 0; c < blocks->count; c++) {
        tmk_block_plane *plane = &blocks->planes[c];

        plane->columns = blocks_in(blocks->width, plane->h, blocks->h);
        plane->rows = blocks_in(blocks->height, plane->v, blocks->v);
    }
}

/* Whether what decides the planes' size is within its range. */
static int is_in_range(const tmk_blocks *blocks)
{
    int in_range = blocks->width >= 1 && blocks->width <= TMK_MAX_SIDE &&
                   blocks->height >= 1 && blocks->height <= TMK_MAX_SIDE &&
                   (blocks->count == 1 || blocks->count == TMK_BLOCK_PLANES);

    for (int c = 0; in_range && c < blocks->count; c++) {
        const tmk_block_plane *plane = &blocks->planes[c];

        in_range = plane->h >= 1 && plane->h <= MAX_FACTOR && plane->v >= 1 &&
                   plane->v <= MAX_FACTOR;
    }
    return in_range;
}

tmk_status tmk_blocks_alloc(tmk_blocks *blocks, tmk_error *error)
{
    tmk_status status = TMK_OK;

    if (!is_in_range(blocks)) {
        memset(blocks, 0, sizeof *blocks); /* there is nothing to free */
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "blocks out of range: sides of 1 to %d pixels, 1 or %d planes, and "
                        "sampling factors of 1 to %d are handled",
                        TMK_MAX_SIDE, TMK_BLOCK_PLANES, MAX_FACTOR);
    }
    size_planes(blocks);
    for (int c = 0; c < blocks->count; c++) {
        tmk_block_plane *plane = &blocks->planes[c];

        plane->blocks = tmk_calloc((size_t)plane->columns * (size_t)plane->rows,
                                   sizeof *plane->blocks);
        if (plane->blocks == NULL)
            status = tmk_fail_memory(error, "a picture's blocks");
    }
    return status;
}

/* Whether the planes are those that tmk_blocks_alloc makes, and have quantisers. */
static int is_whole(const tmk_blocks *blocks)
{
    tmk_blocks sized = *blocks;
    int whole = blocks->colours == TMK_BLOCKS_GREY ? blocks->count == 1
                                                   : blocks->count == TMK_BLOCK_PLANES &&
                                                         (blocks->colours == TMK_BLOCKS_YCC ||
                                                          blocks->colours == TMK_BLOCKS_RGB);

    size_planes(&sized);
    whole = whole && blocks->h == sized.h && blocks->v == sized.v;
    for (int c = 0; whole && c < blocks->count; c++) {
        const tmk_block_plane *plane = &blocks->planes[c];

        whole = plane->columns == sized.planes[c].columns &&
                plane->rows == sized.planes[c].rows && plane->blocks != NULL;
        for (int i = 0; i < TMK_BLOCK_SIZE; i++)
            whole = whole && plane->quantiser[i] > 0;
    }
    return whole;
}

tmk_status tmk_blocks_check(const tmk_blocks *blocks, const tmk_picture *shape,
                            const char *name, tmk_error *error)
{
    int sideways = blocks->orientation >= TMK_TRANSPOSED;
    int width = sideways ? blocks->height : blocks->width;
    int height = sideways ? blocks->width : blocks->height;

    if (!is_in_range(blocks) || !is_whole(blocks) || blocks->orientation < TMK_UPRIGHT ||
        blocks->orientation > TMK_TURNED_270)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "%s: its coefficients are not whole, or not within their ranges",
                        name);
    if (width != shape->width || height != shape->height)
        return tmk_fail(
            error, TMK_BAD_ARGUMENT,
            "%s: its coefficients are of %d x %d pixels upright, but its shape is "
            "%d x %d",
            name, width, height, shape->width, shape->height);
    return TMK_OK;
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
    for (int c = 0; c < blocks->count && c < TMK_BLOCK_PLANES; c++)
        tmk_free(blocks->planes[c].blocks);
    memset(blocks, 0, sizeof *blocks);
}
