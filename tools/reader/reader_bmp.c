/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BMP, as Windows saves screenshots: a file header, a header that gives its own size, colours
 * or masks, and rows, mostly from the bottom up, each of a whole number of four bytes.
 */
#include "reader/reader_pictures.h"

#include <stdlib.h>
#include <string.h>

#define FILE_HEADER 14
#define OLD_HEADER 12 /* of OS/2: 16-bit sides, colours of three bytes */

enum { PLAIN = 0, MASKED = 3, MASKED_ALPHA = 6 }; /* ways to store pixels; RLE is not read */

typedef struct bmp {
    const unsigned char *bytes;
    size_t size;
    int width, height, top_down;
    int bits; /* a pixel */
    uint32_t masks[3];
    const unsigned char *colours; /* of 1, 4 and 8 bits: blue, green, red, and perhaps 0 */
    size_t colour_count, colour_size;
    size_t pixels, stride; /* offset of the first row, and bytes of each */
} bmp;

static uint32_t number(const unsigned char *bytes, int count)
{
    uint32_t value = 0;

    for (int i = count; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static int is_bmp(const reader_file *file)
{
    tmk_format format;
    const char *kind = tmk_picture_kind(file->bytes, file->size, &format);

    return kind != NULL && strcmp(kind, "BMP") == 0;
}

/* Reads sides, bits and masks; 0 if the header is not one that is read here. */
static int read_header(bmp *b)
{
    uint32_t size = number(b->bytes + FILE_HEADER, 4), way = PLAIN;
    int is_old = size == OLD_HEADER;
    const unsigned char *h = b->bytes + FILE_HEADER;
    int64_t height;

    if (b->size < FILE_HEADER + (size_t)(is_old ? OLD_HEADER : 40) ||
        size > b->size - FILE_HEADER)
        return 0;
    b->width = (int)number(h + 4, is_old ? 2 : 4);
    height = is_old ? (int64_t)number(h + 6, 2) : (int32_t)number(h + 8, 4);
    b->top_down = height < 0;
    b->bits = (int)number(h + (is_old ? 10 : 14), 2);
    if (!is_old)
        way = number(h + 16, 4);
    b->colours = h + size;
    b->colour_size = is_old ? 3 : 4;
    b->pixels = number(b->bytes + 10, 4);
    height = height < 0 ? -height : height;
    if (height < 1 || height > TMK_MAX_SIDE)
        return 0;
    b->height = (int)height;
    if (b->bits == 16) /* five bits each unless masks say otherwise */
        memcpy(b->masks, (uint32_t[]){0x7c00, 0x03e0, 0x001f}, sizeof b->masks);
    else
        memcpy(b->masks, (uint32_t[]){0xff0000, 0xff00, 0xff}, sizeof b->masks);
    if ((way == MASKED || way == MASKED_ALPHA) && (b->bits == 16 || b->bits == 32)) {
        if (b->size < FILE_HEADER + 52)
            return 0;
        for (int i = 0; i < 3; i++)
            b->masks[i] = number(h + 40 + 4 * i, 4);
    } else if (way != PLAIN) {
        return 0;
    }
    return b->bits == 1 || b->bits == 4 || b->bits == 8 || b->bits == 16 || b->bits == 24 ||
           b->bits == 32;
}

/* Whether sides are within limits, and colours and rows within the file; with fewer rows it
 * was cut off. */
static int check_sizes(bmp *b)
{
    size_t begin = (size_t)(b->colours - b->bytes);

    if (b->width < 1 || b->width > TMK_MAX_SIDE ||
        (uint64_t)b->width * (uint64_t)b->height > TMK_MAX_PIXELS)
        return 0;
    b->stride = ((size_t)b->width * (size_t)b->bits + 31) / 32 * 4;
    if (b->pixels < begin || b->pixels > b->size)
        return 0;
    b->colour_count = (b->pixels - begin) / b->colour_size;
    return b->bits > 8 || b->colour_count > 0;
}

/* The eight bits that the pixel VALUE has under MASK. */
static unsigned char sample(uint32_t value, uint32_t mask)
{
    uint32_t lowest = mask & (0 - mask), most;

    if (mask == 0)
        return 0;
    most = mask / lowest;
    return (unsigned char)(((uint64_t)((value & mask) / lowest) * 255 + most / 2) / most);
}

static void put_pixel(const bmp *b, const unsigned char *row, int x, unsigned char *to)
{
    size_t at = (size_t)x * (size_t)b->bits / 8;
    uint32_t value;

    if (b->bits <= 8) {
        int shift = 8 - b->bits - (int)((size_t)x * (size_t)b->bits % 8);
        size_t index = (size_t)(row[at] >> shift) & ((1u << b->bits) - 1);
        const unsigned char *colour = b->colours +
                                      (index < b->colour_count ? index : 0) * b->colour_size;

        to[0] = colour[2];
        to[1] = colour[1];
        to[2] = colour[0];
        return;
    }
    value = number(row + at, b->bits / 8);
    for (int c = 0; c < 3; c++)
        to[c] = sample(value, b->masks[c]);
}

/* Draws the rows that are there; what was cut off stays transparent. */
static void draw(const bmp *b, const tmk_picture *picture)
{
    size_t rows = (b->size - b->pixels) / b->stride;

    for (size_t i = 0; i < rows && i < (size_t)b->height; i++) {
        size_t y = b->top_down ? i : (size_t)b->height - 1 - i;
        unsigned char *to = (unsigned char *)picture->pixels + y * picture->stride;

        for (int x = 0; x < b->width; x++, to += 4) {
            put_pixel(b, b->bytes + b->pixels + i * b->stride, x, to);
            to[3] = 255;
        }
    }
}

reader_result reader_read_bmp(const reader_file *file, reader_out *out)
{
    bmp b = {.bytes = file->bytes, .size = file->size};
    tmk_picture picture;
    reader_result result;

    if (!is_bmp(file))
        return READER_NOT_MINE;
    if (!read_header(&b) || !check_sizes(&b))
        return reader_refuse(file, out, TMK_UNSUPPORTED,
                             "a BMP that is damaged, too large or packed; convert it to PNG");
    picture = (tmk_picture){b.width, b.height, 4, 8, (size_t)b.width * 4, NULL};
    picture.pixels = calloc((size_t)b.height, picture.stride);
    if (picture.pixels == NULL)
        return reader_refuse(file, out, TMK_NO_MEMORY, "out of memory");
    draw(&b, &picture);
    result = reader_send_part(file, out, &picture, "picture", 1, 1);
    if (result == READER_SENT && (b.size - b.pixels) / b.stride < (size_t)b.height &&
        reader_send_note(out, file->member, "damaged BMP: what there is of it is read") != 0)
        result = READER_GONE;
    free(picture.pixels);
    return result;
}
