/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a JPEG codec does to a plane: ITU-T T.81, blocks of 8 x 8, quantised. */
#ifndef TMK_BLOCKS_QUANTISE_H
#define TMK_BLOCKS_QUANTISE_H

#include "image/plane.h"

/* The tables of T.81, annex K, rows of rising vertical frequency: those of quality 50. */
extern const unsigned char tmk_quantiser_luma[64], tmk_quantiser_chroma[64];

/* Transforms, quantises and transforms back PLANE's blocks in place; blocks that the right
 * or lower border cuts are left as they are. */
void tmk_quantise(tmk_plane *plane, const unsigned char table[64]);

#endif
