/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples of a poorer kind as those of a richer one. */
#ifndef TMK_IMAGE_SPREAD_H
#define TMK_IMAGE_SPREAD_H

#include "base/picture.h"

/* Fills OUT with IN of the same size, whose samples may be of a poorer kind: grey becomes
 * colour, 8 bits become 16, and what has no alpha becomes opaque. */
void tmk_picture_spread(const tmk_picture *out, const tmk_picture *in);

#endif
