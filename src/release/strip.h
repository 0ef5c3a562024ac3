/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tmk_strip is made of: files, and the page that they are. */
#ifndef TMK_RELEASE_STRIP_H
#define TMK_RELEASE_STRIP_H

#include "release/slice.h"

struct tmk_strip {
    size_t count;
    tmk_slice *slices; /* from top to bottom */
    tmk_page *page;    /* of all of them */
};

#endif
