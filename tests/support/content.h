/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content of a page that is one picture, as tmk_page hashes it. */
#ifndef TESTS_CONTENT_H
#define TESTS_CONTENT_H

#include "mark/origin.h"

static inline void content_of(uint8_t digest[TMK_CONTENT_BYTES], const tmk_picture *picture)
{
    tmk_content content;

    tmk_content_begin(&content);
    tmk_content_begin_slice(&content, picture->width, picture->height, picture->channels,
                            picture->depth);
    tmk_content_add(&content, picture);
    tmk_content_end(&content, digest);
}

#endif
