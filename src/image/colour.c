/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/colour.h"

#include <math.h>
#include <string.h>

/* BT.601: Y = R Kr + G Kg + B Kb; Cb = (B - Y) / 1.772. */
#define LUMA_RED 0.299f
#define LUMA_GREEN 0.587f
#define LUMA_BLUE 0.114f
#define BLUE_OF_CB 1.772f
#define GREEN_OF_CB (-BLUE_OF_CB * LUMA_BLUE / LUMA_GREEN)

#define MID_GREY 128.0f

/* One row's samples as floats in 8-bit units. */
static inline float sample(const void *row, int depth, size_t index)
{
    if (depth == 8)
        return ((const unsigned char *)row)[index];
    return (float)((const uint16_t *)row)[index] * (255.0f / 65535.0f);
}

static void split_row(const tmk_picture *picture, int y, float *luma, float *chroma)
{
    const unsigned char *row = tmk_picture_row(picture, y);
    int depth = picture->depth;
    size_t channels = (size_t)picture->channels;
    int alpha = tmk_picture_has_alpha(picture);

    for (size_t x = 0, i = 0; x < (size_t)picture->width; x++, i += channels) {
        float red = sample(row, depth, i), y_value = red, cb = 0;

        if (channels >= 3) {
            float blue = sample(row, depth, i + 2);

            y_value = LUMA_RED * red + LUMA_GREEN * sample(row, depth, i + 1) +
                      LUMA_BLUE * blue;
            cb = (blue - y_value) * (1.0f / BLUE_OF_CB);
        }
        if (alpha && sample(row, depth, i + channels - 1) <= 0) {
            y_value = MID_GREY;
            cb = 0;
        }
        luma[x] = y_value;
        if (chroma != NULL)
            chroma[x] = cb;
    }
}

void tmk_colour_split(const tmk_picture *picture, int first, tmk_plane *luma,
                      tmk_plane *chroma)
{
    for (int y = 0; y < luma->height; y++)
        split_row(picture, first + y, tmk_plane_row(luma, y),
                  chroma != NULL ? tmk_plane_row(chroma, y) : NULL);
}

/* Levels, of 255, by which a grey picture's samples may differ; and one pixel in so many
 * that may differ by more. */
#define GREY_TOLERANCE 6.0f
#define GREY_EXCEPTIONS 500

size_t tmk_colour_count(const tmk_picture *picture)
{
    size_t channels = (size_t)picture->channels, coloured = 0;

    for (int y = 0; channels >= 3 && y < picture->height; y++) {
        const unsigned char *row = tmk_picture_row(picture, y);

        for (size_t i = 0; i < (size_t)picture->width * channels; i += channels) {
            float red = sample(row, picture->depth, i),
                  green = sample(row, picture->depth, i + 1);
            float blue = sample(row, picture->depth, i + 2);
            float high = red > green ? red : green, low = red < green ? red : green;

            high = blue > high ? blue : high;
            low = blue < low ? blue : low;
            coloured += high - low > GREY_TOLERANCE &&
                        (channels < 4 || sample(row, picture->depth, i + 3) > 0);
        }
    }
    return coloured;
}

int tmk_colour_enough(size_t coloured, int width, int height)
{
    return coloured > (size_t)width * (size_t)height / GREY_EXCEPTIONS;
}

int tmk_colour_present(const tmk_picture *picture)
{
    size_t coloured = 0;
    int present = 0;

    for (int y = 0; !present && y < picture->height; y++) {
        tmk_picture row = *picture;

        row.pixels = tmk_picture_row(picture, y);
        row.height = 1;
        coloured += tmk_colour_count(&row);
        present = tmk_colour_enough(coloured, picture->width, picture->height);
    }
    return present;
}

void tmk_colour_of_chroma(float rgb[3])
{
    rgb[0] = 0;
    rgb[1] = GREEN_OF_CB;
    rgb[2] = BLUE_OF_CB;
}

/* Rounds half away from zero by truncation, which is exact and the same everywhere. */
static inline int round_and_clip(float value, int most)
{
    int rounded = (int)(value + 0.5f);

    return value <= 0 ? 0 : rounded > most ? most : rounded;
}

static inline int is_pure(const int *colour, int count, int most)
{
    int all_white = 1, all_black = 1;

    for (int c = 0; c < count; c++) {
        all_white &= colour[c] == most;
        all_black &= colour[c] == 0;
    }
    return all_white || all_black;
}

/* Reads, changes and writes one pixel at PIXEL, whose samples are of TYPE. */
#define DEFINE_ADD(name, type, most)                                                         \
    static void name(type *pixel, int width, int channels, const float *delta_luma,          \
                     const float *delta_chroma)                                              \
    {                                                                                        \
        int colours = channels >= 3 ? 3 : 1;                                                 \
        int alpha = channels == 2 || channels == 4;                                          \
        const float unit = (float)(most) / 255.0f;                                           \
                                                                                             \
        for (int x = 0; x < width; x++, pixel += channels) {                                 \
            int old[3] = {pixel[0], 0, 0};                                                   \
            float grey = delta_luma[x] * unit;                                               \
                                                                                             \
            if (colours == 3) {                                                              \
                old[1] = pixel[1];                                                           \
                old[2] = pixel[2];                                                           \
            }                                                                                \
            if (is_pure(old, colours, most) || (alpha && pixel[channels - 1] == 0))          \
                continue;                                                                    \
            pixel[0] = (type)round_and_clip((float)old[0] + grey, most);                     \
            if (colours == 3) {                                                              \
                float cb = delta_chroma[x] * unit;                                           \
                                                                                             \
                pixel[1] = (type)round_and_clip((float)old[1] + (grey + GREEN_OF_CB * cb),   \
                                                most);                                       \
                pixel[2] = (type)round_and_clip((float)old[2] + (grey + BLUE_OF_CB * cb),    \
                                                most);                                       \
            }                                                                                \
        }                                                                                    \
    }

DEFINE_ADD(add_8, unsigned char, 255)
DEFINE_ADD(add_16, uint16_t, 65535)

void tmk_colour_add(const tmk_picture *picture, unsigned char *row, int width,
                    const float *delta_luma, const float *delta_chroma)
{
    if (picture->depth == 8)
        add_8(row, width, picture->channels, delta_luma, delta_chroma);
    else
        add_16((uint16_t *)(void *)row, width, picture->channels, delta_luma, delta_chroma);
}
