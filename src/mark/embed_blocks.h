/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TMK_MARK_EMBED_BLOCKS_H
#define TMK_MARK_EMBED_BLOCKS_H

#include "image/blocks.h"
#include "image/plane.h"

/* scratch: whole planes as stored */
tmk_status tmk_embed_blocks_planes(tmk_blocks *marked, const tmk_blocks *blocks,
    const tmk_plane *luma, const tmk_plane *chroma, const tmk_plane *luma_amplitude,
    const tmk_plane *chroma_amplitude, float strength, int threads, tmk_error *error);

#endif
