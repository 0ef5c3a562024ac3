/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/in_place.h"

#include <string.h>

/* Copies the rows of FROM to those of TO from row FIRST on. */
static void copy_rows(const tmk_picture *to, int first, const tmk_picture *from)
{
    size_t size = (size_t)from->width * tmk_picture_pixel_size(from);

    for (int y = 0; y < from->height; y++)
        memcpy(tmk_picture_row(to, first + y), tmk_picture_row(from, y), size);
}

static tmk_status open(void *context, const tmk_picture *shape, tmk_error *error)
{
    tmk_in_place *p = context;

    return tmk_picture_alloc(&p->marked, shape->width, shape->height, shape->channels,
                             shape->depth, error);
}

static tmk_status write(void *context, const tmk_picture *rows, tmk_error *error)
{
    tmk_in_place *p = context;

    (void)error;
    copy_rows(&p->marked, p->next, rows);
    p->next += rows->height;
    return TMK_OK;
}

static void abandon(void *context)
{
    tmk_in_place *p = context;

    tmk_picture_release(&p->marked);
}

static tmk_status finish(void *context, tmk_error *error)
{
    tmk_in_place *p = context;

    (void)error;
    copy_rows(p->picture, 0, &p->marked);
    abandon(context);
    return TMK_OK;
}

tmk_row_sink tmk_sink_in_place(tmk_in_place *in_place, const tmk_picture *picture)
{
    *in_place = (tmk_in_place){.picture = picture};
    return (tmk_row_sink){.context = in_place,
                          .open = open,
                          .write = write,
                          .finish = finish,
                          .abandon = abandon};
}
