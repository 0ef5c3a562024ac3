/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which shapes of a seized picture are tried, and in what order. */
#ifndef TMK_MARK_SHAPES_H
#define TMK_MARK_SHAPES_H

#include "signal/affine.h"
#include "base/status.h"

typedef struct tmk_shape {
    tmk_affine shape;      /* upright plane to picture, without an offset */
    unsigned orientations; /* bits, see tmk_orientations */
} tmk_shape;

typedef struct tmk_shapes {
    int count, room;
    tmk_shape *list;
    int peaks;      /* offsets to keep of each shape and orientation */
    int candidates; /* places to keep of the stage */
    int exact;      /* the shapes are the very ones that tools produce, not a grid */
} tmk_shapes;

/* The number of stages of an effort: fast, normal and deep each add to the one before. */
int tmk_shapes_stages(tmk_effort effort);

/* SHAPES of STAGE for the SECTION of a picture.  Ends with tmk_shapes_release. */
tmk_status tmk_shapes_of_stage(tmk_shapes *shapes, int stage, const tmk_box *section,
                               tmk_error *error);
void tmk_shapes_release(tmk_shapes *shapes);

#endif
