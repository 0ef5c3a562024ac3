/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Views of interleaved 8- and 16-bit samples: checks, allocation, copies, geometry. */
#ifndef TMK_BASE_PICTURE_H
#define TMK_BASE_PICTURE_H

#include "base/status.h"

/* The eight ways to lay a picture on a plane: quarter turns and a mirror image. */
typedef enum tmk_orientation {
    TMK_UPRIGHT = 1, /* the numbers are those of EXIF's tag Orientation (0x0112) */
    TMK_FLIPPED = 2,
    TMK_TURNED_180 = 3,
    TMK_FLIPPED_180 = 4,
    TMK_TRANSPOSED = 5,
    TMK_TURNED_90 = 6,
    TMK_TRANSVERSED = 7,
    TMK_TURNED_270 = 8
} tmk_orientation;

/* Bytes of one pixel. */
static inline size_t tmk_picture_pixel_size(const tmk_picture *picture)
{
    return (size_t)picture->channels * (size_t)picture->depth / 8;
}

/* The first byte of row Y. */
static inline unsigned char *tmk_picture_row(const tmk_picture *picture, int y)
{
    return (unsigned char *)picture->pixels + (size_t)y * picture->stride;
}

static inline int tmk_picture_has_alpha(const tmk_picture *picture)
{
    return picture->channels == 2 || picture->channels == 4;
}

/* Some rows of a page: PICTURE's row 0 is the page's row FIRST. */
typedef struct tmk_rows {
    int first;
    tmk_picture picture;
} tmk_rows;

/* The row after the last one. */
static inline int tmk_rows_end(const tmk_rows *rows)
{
    return rows->first + rows->picture.height;
}

/* A view of rows FIRST to FIRST + COUNT - 1, which ROWS must hold. */
static inline tmk_rows tmk_rows_part(const tmk_rows *rows, int first, int count)
{
    tmk_rows part = *rows;

    part.picture.pixels = tmk_picture_row(&rows->picture, first - rows->first);
    part.picture.height = count;
    part.first = first;
    return part;
}

/* Whether sides, channels, depth and stride are within what the library handles. */
tmk_status tmk_picture_check(const tmk_picture *picture, tmk_error *error);

/* The same of PICTURE, which NAME gave; and its size and samples must be those of SHAPE. */
tmk_status tmk_picture_check_like(const tmk_picture *picture, const tmk_picture *shape,
                                  const char *name, tmk_error *error);

/* Allocates zeroed pixels; PICTURE->pixels ends with tmk_picture_release. */
tmk_status tmk_picture_alloc(tmk_picture *picture, int width, int height, int channels,
                             int depth, tmk_error *error);

/* A copy of SOURCE with pixels of its own. */
tmk_status tmk_picture_copy(tmk_picture *copy, const tmk_picture *source, tmk_error *error);

/* Frees pixels that tmk_picture_alloc or tmk_picture_copy gave. */
void tmk_picture_release(tmk_picture *picture);

/*
 * A new picture that shows SOURCE as a viewer would that honours ORIENTATION (the
 * stored picture in, the upright one out).
 */
tmk_status tmk_picture_orient(tmk_picture *upright, const tmk_picture *source,
                              tmk_orientation orientation, tmk_error *error);

/* The orientation that undoes ORIENTATION. */
tmk_orientation tmk_orientation_inverse(tmk_orientation orientation);

#endif
