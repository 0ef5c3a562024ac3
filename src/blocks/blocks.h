/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coefficients of a JPEG, declared in toonmark.h: what else their users need. */
#ifndef TMK_BLOCKS_BLOCKS_H
#define TMK_BLOCKS_BLOCKS_H

#include "base/status.h"

/* The block in COLUMN and ROW. */
static inline int16_t *tmk_block_at(const tmk_block_plane *plane, int column, int row)
{
    return plane->blocks[(size_t)row * (size_t)plane->columns + (size_t)column];
}

/* Whether what NAME gave is whole, within its ranges, and a picture of SHAPE's size when it
 * is turned upright. */
tmk_status tmk_blocks_check(const tmk_blocks *blocks, const tmk_picture *shape,
                            const char *name, tmk_error *error);

/* A copy with blocks of its own. */
tmk_status tmk_blocks_copy(tmk_blocks *copy, const tmk_blocks *source, tmk_error *error);

#endif
