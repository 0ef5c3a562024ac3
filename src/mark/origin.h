/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where on the plane a page lies: a keyed hash of its content and its mark. */
#ifndef TMK_MARK_ORIGIN_H
#define TMK_MARK_ORIGIN_H

#include "image/picture.h"

typedef struct tmk_origin {
    int x, y; /* of the page's upper left corner in its band, 0 to 1023 */
    int band; /* 0 to 4095 */
} tmk_origin;

void tmk_origin_of(tmk_origin *origin, const tmk_key *key, const tmk_picture *picture,
                   uint64_t mark);

#endif
