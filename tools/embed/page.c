/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed/inputs.h"
#include "embed/names.h"
#include "report.h"

static char *copied(const char *text, size_t length)
{
    char *copy = strndup(text, length);

    if (copy == NULL)
        report_no_memory();
    return copy;
}

char *absolute_path(const char *path)
{
    size_t name = name_offset(path);
    char *folder = name > 0 ? copied(path, name) : copied(".", 1);
    char *real = realpath(folder, NULL), *whole;
    size_t size;

    free(folder);
    if (real == NULL)
        return NULL;
    size = strlen(real) + strlen(path + name) + 2;
    whole = malloc(size);
    if (whole == NULL)
        report_no_memory();
    snprintf(whole, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, path + name);
    free(real);
    return whole;
}

/* Cuts the last part off PATH and gives it; "" if there is none. */
static char *cut_last(char *path)
{
    char *slash = strrchr(path, '/'), *part;

    if (slash == NULL)
        return copied("", 0);
    part = copied(slash + 1, strlen(slash + 1));
    *slash = '\0';
    return part;
}

page page_of(const arguments *a, const char *path)
{
    page p;
    char *whole = is_stream(path) ? NULL : absolute_path(path), *name, *episode, *title;

    if (whole == NULL)
        whole = copied("", 0);
    name = cut_last(whole);
    episode = cut_last(whole);
    title = cut_last(whole);
    p.page = copied(name, stem_length(name, 0));
    p.episode = a->episode != NULL ? copied(a->episode, strlen(a->episode)) : episode;
    p.title = a->title != NULL ? copied(a->title, strlen(a->title)) : title;
    if (p.episode != episode)
        free(episode);
    if (p.title != title)
        free(title);
    free(name);
    free(whole);
    return p;
}

void page_free(page *p)
{
    free(p->title);
    free(p->episode);
    free(p->page);
    *p = (page){0};
}
