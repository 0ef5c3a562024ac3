/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/picture.h"

#include <string.h>

#include "base/memory.h"

tmk_status tmk_picture_check(const tmk_picture *picture, tmk_error *error)
{
    if (picture == NULL || picture->pixels == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no pixels were given");
    if (picture->width < 1 || picture->height < 1 || picture->width > TMK_MAX_SIDE ||
        picture->height > TMK_MAX_SIDE)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "a picture of %d x %d pixels; each side must have 1 to %d",
                        picture->width, picture->height, TMK_MAX_SIDE);
    if ((size_t)picture->width * (size_t)picture->height > TMK_MAX_PIXELS)
        return tmk_fail(error, TMK_NO_MEMORY,
                        "a picture of %d x %d pixels is beyond the limit of %u million; "
                        "cut it into slices",
                        picture->width, picture->height, TMK_MAX_PIXELS / 1000000u);
    if (picture->channels < 1 || picture->channels > 4)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%d channels; 1 to 4 are handled",
                        picture->channels);
    if (picture->depth != 8 && picture->depth != 16)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%d bits a sample; 8 and 16 are handled",
                        picture->depth);
    if (picture->depth == 16 && ((uintptr_t)picture->pixels % sizeof(uint16_t) != 0 ||
                                 picture->stride % sizeof(uint16_t) != 0))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "16-bit samples at an odd address");
    if (picture->stride < (size_t)picture->width * tmk_picture_pixel_size(picture))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "a stride shorter than a row");
    return TMK_OK;
}

tmk_status tmk_picture_check_like(const tmk_picture *picture, const tmk_picture *shape,
                                  const char *name, tmk_error *error)
{
    if (picture->width != shape->width || picture->height != shape->height ||
        picture->channels != shape->channels || picture->depth != shape->depth)
        return tmk_fail(error, TMK_BAD_ARGUMENT,
                        "%s: %d x %d pixels of %d channels and %d bits were given, but %d x "
                        "%d of %d and %d are its shape",
                        name, picture->width, picture->height, picture->channels,
                        picture->depth, shape->width, shape->height, shape->channels,
                        shape->depth);
    return tmk_picture_check(picture, error);
}

tmk_status tmk_picture_alloc(tmk_picture *picture, int width, int height, int channels,
                             int depth, tmk_error *error)
{
    static uint16_t placeholder;
    tmk_picture self = {width, height, channels, depth, 0, &placeholder};

    self.stride = (size_t)(width > 0 ? width : 0) * tmk_picture_pixel_size(&self);
    TMK_TRY(tmk_picture_check(&self, error));
    self.pixels = tmk_calloc((size_t)height, self.stride);
    if (self.pixels == NULL)
        return tmk_fail_memory(error, "a picture");
    *picture = self;
    return TMK_OK;
}

tmk_status tmk_picture_copy(tmk_picture *copy, const tmk_picture *source, tmk_error *error)
{
    TMK_TRY(tmk_picture_alloc(copy, source->width, source->height, source->channels,
                              source->depth, error));
    for (int y = 0; y < source->height; y++)
        memcpy(tmk_picture_row(copy, y), tmk_picture_row(source, y), copy->stride);
    return TMK_OK;
}

void tmk_picture_release(tmk_picture *picture)
{
    if (picture != NULL) {
        tmk_free(picture->pixels);
        picture->pixels = NULL;
    }
}

/* Where the upright picture's (0, 0), and its steps along x and y, lie in the source. */
typedef struct walk {
    ptrdiff_t start, step_x, step_y;
} walk;

static walk walk_of(const tmk_picture *source, tmk_orientation orientation)
{
    ptrdiff_t pixel = (ptrdiff_t)tmk_picture_pixel_size(source);
    ptrdiff_t row = (ptrdiff_t)source->stride;
    ptrdiff_t right = (source->width - 1) * pixel;
    ptrdiff_t bottom = (source->height - 1) * row;

    switch (orientation) {
    case TMK_FLIPPED:
        return (walk){right, -pixel, row};
    case TMK_TURNED_180:
        return (walk){right + bottom, -pixel, -row};
    case TMK_FLIPPED_180:
        return (walk){bottom, pixel, -row};
    case TMK_TRANSPOSED:
        return (walk){0, row, pixel};
    case TMK_TURNED_90:
        return (walk){bottom, -row, pixel};
    case TMK_TRANSVERSED:
        return (walk){right + bottom, -row, -pixel};
    case TMK_TURNED_270:
        return (walk){right, row, -pixel};
    case TMK_UPRIGHT:
        break;
    }
    return (walk){0, pixel, row};
}

tmk_status tmk_picture_orient(tmk_picture *upright, const tmk_picture *source,
                              tmk_orientation orientation, tmk_error *error)
{
    int sideways = orientation >= TMK_TRANSPOSED;
    size_t size = tmk_picture_pixel_size(source);
    walk from = walk_of(source, orientation);

    TMK_TRY(tmk_picture_alloc(upright, sideways ? source->height : source->width,
                              sideways ? source->width : source->height, source->channels,
                              source->depth, error));
    for (int y = 0; y < upright->height; y++) {
        const unsigned char *in = (const unsigned char *)source->pixels + from.start +
                                  y * from.step_y;
        unsigned char *out = tmk_picture_row(upright, y);

        for (int x = 0; x < upright->width; x++, in += from.step_x, out += size)
            memcpy(out, in, size);
    }
    return TMK_OK;
}

tmk_orientation tmk_orientation_inverse(tmk_orientation orientation)
{
    if (orientation == TMK_TURNED_90)
        return TMK_TURNED_270;
    if (orientation == TMK_TURNED_270)
        return TMK_TURNED_90;
    return orientation;
}
