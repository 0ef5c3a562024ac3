/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "text.h"

/* Cuts the last part off PATH and gives it; "" if there is none. */
static char *cut_last(char *path)
{
    char *slash = strrchr(path, '/'), *part;

    if (slash == NULL)
        return copied("");
    part = copied(slash + 1);
    *slash = '\0';
    return part;
}

page_names page_of(const arguments *a, const char *path)
{
    page_names p;
    char *whole = is_stream(path) ? NULL : absolute_path(path), *name, *episode, *title;

    if (whole == NULL)
        whole = copied("");
    name = cut_last(whole);
    episode = cut_last(whole);
    title = cut_last(whole);
    p.page = copied_part(name, stem_length(name, 0));
    p.episode = copied(a->episode != NULL ? a->episode : episode);
    p.title = copied(a->title != NULL ? a->title : title);
    free(title);
    free(episode);
    free(name);
    free(whole);
    return p;
}

void page_free(page_names *p)
{
    free(p->title);
    free(p->episode);
    free(p->page);
    *p = (page_names){0};
}
