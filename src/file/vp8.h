/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How finely a lossy WebP was quantised, read from the first bytes of its VP8 frame. */
#ifndef TMK_FILE_VP8_H
#define TMK_FILE_VP8_H

#include <stddef.h>

/* The quality, 1 to 100, that would have libwebp quantise as the VP8 key frame of SIZE
 * bytes at DATA does; 0 if that can't be read from it. */
int tmk_vp8_quality(const unsigned char *data, size_t size);

#endif
