/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page is: title, episode and page, by option or by where it lies. */
#ifndef TOOLS_PAGE_H
#define TOOLS_PAGE_H

#include "arguments.h"

/* Texts are "" where nothing is known. */
typedef struct page_names {
    char *title, *episode, *page;
} page_names;

/*
 * What the file PATH is: --title and --episode, else the two folders that it lies in, as
 * in .../TITLE/EPISODE/PAGE.png; the page is its name without the ending.  Ends with
 * page_free.
 */
page_names page_of(const arguments *a, const char *path);
void page_free(page_names *p);
#endif
