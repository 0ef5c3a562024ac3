/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A residual in layers, by how much else it holds around a place: flats, which an attack may
 * turn into their negative, are taken apart from texture and lines, which it hardly reaches.
 * The layers add up to the residual.
 */
#ifndef TMK_SIGNAL_LAYERS_H
#define TMK_SIGNAL_LAYERS_H

#include "signal/residuals.h"

#define TMK_LAYERS 3 /* from calm to busy */

typedef struct tmk_layers {
    tmk_pyramid pyramids[TMK_LAYERS][2]; /* luma, chroma; no levels: none */
} tmk_layers;

/* LAYERS become those of WHOLE, the pyramids of luma and chroma of one base.  End with
 * tmk_layers_release, also after a failure. */
tmk_status tmk_layers_split(tmk_layers *layers, const tmk_pyramid whole[2], tmk_error *error);
void tmk_layers_release(tmk_layers *layers);

#endif
