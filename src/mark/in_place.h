/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sink that puts marked rows back where they came from. */
#ifndef TMK_MARK_IN_PLACE_H
#define TMK_MARK_IN_PLACE_H

#include "base/picture.h"

typedef struct tmk_in_place {
    const tmk_picture *picture; /* that is replaced when all rows are there, or stays */
    tmk_picture marked;
    int next; /* row */
} tmk_in_place;

/* A sink for rows of PICTURE, with IN_PLACE as its context; both must stay. */
tmk_row_sink tmk_sink_in_place(tmk_in_place *in_place, const tmk_picture *picture);

#endif
