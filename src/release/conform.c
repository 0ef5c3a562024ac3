/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/conform.h"

/* One pixel, in 16 bits: 65535 / 255 = 257 exactly. */
typedef struct pixel {
    unsigned colours[3], alpha;
} pixel;

static unsigned sample(const unsigned char *row, size_t i, int depth)
{
    return depth == 8 ? row[i] * 257u : ((const uint16_t *)(const void *)row)[i];
}

static void put(unsigned char *row, size_t i, int depth, unsigned value)
{
    if (depth == 8)
        row[i] = (unsigned char)((value + 128) / 257);
    else
        ((uint16_t *)(void *)row)[i] = (uint16_t)value;
}

static pixel get_pixel(const tmk_picture *picture, const unsigned char *row, int x)
{
    size_t first = (size_t)x * (size_t)picture->channels;
    size_t colours = picture->channels >= 3 ? 3 : 1;
    pixel p = {.alpha = 65535};

    for (size_t c = 0; c < 3; c++)
        p.colours[c] = sample(row, first + (colours == 3 ? c : 0), picture->depth);
    if ((size_t)picture->channels > colours)
        p.alpha = sample(row, first + colours, picture->depth);
    return p;
}

static void put_pixel(const tmk_picture *picture, unsigned char *row, int x, const pixel *p)
{
    size_t first = (size_t)x * (size_t)picture->channels;
    size_t colours = picture->channels >= 3 ? 3 : 1;

    for (size_t c = 0; c < colours; c++)
        put(row, first + c, picture->depth,
            colours == 3
                ? p->colours[c]
                : (299 * p->colours[0] + 587 * p->colours[1] + 114 * p->colours[2] + 500) /
                      1000);
    if ((size_t)picture->channels > colours)
        put(row, first + colours, picture->depth, p->alpha);
}

tmk_status tmk_picture_conform(tmk_picture *out, const tmk_picture *in,
                               const tmk_picture *shape, tmk_error *error)
{
    TMK_TRY(tmk_picture_alloc(out, shape->width, shape->height, shape->channels, shape->depth,
                              error));
    for (int y = 0; y < shape->height; y++) {
        const unsigned char *from = tmk_picture_row(in, y);
        unsigned char *to = tmk_picture_row(out, y);

        for (int x = 0; x < shape->width; x++) {
            pixel p = get_pixel(in, from, x);

            put_pixel(out, to, x, &p);
        }
    }
    return TMK_OK;
}
