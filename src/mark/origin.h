/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where on the plane a page or a strip of slices lies: a keyed hash of its mark and of its
 * content, which is hashed once for any number of marks.
 *
 * The hash gives x, y and a band, the same for all variants of a mark in a page: variant v
 * has its own bands, 4096 v further, so that all are found at one place, each by its
 * index carriers, and share no index or data carrier.
 */
#ifndef TMK_MARK_ORIGIN_H
#define TMK_MARK_ORIGIN_H

#include "key/keystream.h"
#include "base/picture.h"

typedef struct tmk_origin {
    int x, y; /* of the page's upper left corner in its band, 0 to 1023 */
    int band; /* its number: 0 to 4095, and 4096 more for each variant */
} tmk_origin;

#define TMK_CONTENT_BYTES TMK_HASH_BYTES

/* A running hash of pixels: each slice from the top begins, and its rows follow, in parts
 * that may be cut anywhere. */
typedef struct tmk_content {
    tmk_hash hash;
} tmk_content;

void tmk_content_begin(tmk_content *content);
void tmk_content_begin_slice(tmk_content *content, int width, int height, int channels,
                             int depth);
void tmk_content_add(tmk_content *content, const tmk_picture *rows);
void tmk_content_end(tmk_content *content, uint8_t digest[TMK_CONTENT_BYTES]);

/* The origin of what has the content DIGEST and is to carry VARIANT of MARK under KEY. */
void tmk_origin_of(tmk_origin *origin, const tmk_key *key, uint64_t mark, int variant,
                   const uint8_t digest[TMK_CONTENT_BYTES]);

/* The origin of what begins ROWS rows below. */
tmk_origin tmk_origin_below(const tmk_origin *origin, int64_t rows);

/* The same for the public. */
static inline tmk_place tmk_place_of(const tmk_origin *origin)
{
    return (tmk_place){origin->x, origin->y, origin->band};
}

#endif
