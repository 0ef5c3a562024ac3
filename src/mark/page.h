/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tmk_page is made of: all that is known of it before it is marked, for any mark. */
#ifndef TMK_MARK_PAGE_H
#define TMK_MARK_PAGE_H

#include "mark/analysis.h"
#include "mark/origin.h"

/* Pixels that are surveyed, or marked, at a time. */
#define TMK_CHUNK_PIXELS ((size_t)800 * 1000)

/* One source of the page. */
typedef struct tmk_section {
    tmk_row_source source;
    int64_t top; /* the page's row that it begins with */
    tmk_survey survey;
} tmk_section;

struct tmk_page {
    size_t count, room;
    tmk_section *sections; /* from top to bottom */
    int width;
    int64_t height;
    tmk_content content; /* of all rows so far */
};

#endif
