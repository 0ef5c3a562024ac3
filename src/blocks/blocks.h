/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A picture as JPEG stores it (ITU-T T.81): each component in blocks of 8 x 8, transformed
 * and quantised.  A coefficient times its quantiser is that of an orthonormal DCT of
 * samples from 0 to 255.
 */
#ifndef TMK_BLOCKS_BLOCKS_H
#define TMK_BLOCKS_BLOCKS_H

#include "base/status.h"

#define TMK_BLOCK_SIDE 8
#define TMK_BLOCK_SIZE 64
#define TMK_BLOCK_PLANES 3

/* What the planes are. */
typedef enum tmk_block_colours {
    TMK_BLOCKS_GREY, /* luma */
    TMK_BLOCKS_YCC,  /* luma, Cb, Cr of BT.601 */
    TMK_BLOCKS_RGB
} tmk_block_colours;

/* Coefficients in natural order: rows of rising vertical frequency. */
typedef int16_t tmk_block[TMK_BLOCK_SIZE];

typedef struct tmk_block_plane {
    int h, v;          /* sampling factors, 1 to 4 */
    int columns, rows; /* of blocks; those that lie beyond the picture are not held */
    uint16_t quantiser[TMK_BLOCK_SIZE]; /* at least 1 */
    tmk_block *blocks; /* row by row */
} tmk_block_plane;

typedef struct tmk_blocks {
    int width, height; /* of the picture, pixels, as it is stored */
    int orientation;   /* that turns it to the upright one, as EXIF numbers them: 1 to 8 */
    tmk_block_colours colours;
    int count; /* of planes: 1 or 3 */
    int h, v;  /* the largest sampling factors */
    tmk_block_plane planes[TMK_BLOCK_PLANES];
} tmk_blocks;

/* The block in COLUMN and ROW. */
static inline int16_t *tmk_block_at(const tmk_block_plane *plane, int column, int row)
{
    return plane->blocks[(size_t)row * (size_t)plane->columns + (size_t)column];
}

/*
 * Allocates zeroed blocks for a picture whose width, height, count of planes and sampling
 * factors are set; everything else is filled.  Ends with tmk_blocks_release, also after a
 * failure.
 */
tmk_status tmk_blocks_alloc(tmk_blocks *blocks, tmk_error *error);

/* A copy with blocks of its own. */
tmk_status tmk_blocks_copy(tmk_blocks *copy, const tmk_blocks *source, tmk_error *error);

/* Frees the blocks and clears BLOCKS; cleared ones are allowed. */
void tmk_blocks_release(tmk_blocks *blocks);

#endif
