/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/spread.h"

static unsigned sample_at(const unsigned char *row, size_t i, int depth)
{
    return depth == 8 ? row[i] : ((const uint16_t *)(const void *)row)[i];
}

/* The value of channel C of OUT at X, in the depth of IN. */
static unsigned value_of(const tmk_picture *out, const tmk_picture *in,
                         const unsigned char *row, int x, int c)
{
    int alpha = tmk_picture_has_alpha(in), is_grey = in->channels - alpha == 1;
    int is_alpha = tmk_picture_has_alpha(out) && c == out->channels - 1;
    int from = is_alpha ? in->channels - 1 : is_grey ? 0 : c;

    if (is_alpha && !alpha)
        return in->depth == 8 ? 255 : 65535;
    return sample_at(row, (size_t)x * (size_t)in->channels + (size_t)from, in->depth);
}

void tmk_picture_spread(const tmk_picture *out, const tmk_picture *in)
{
    for (int y = 0; y < out->height; y++) {
        const unsigned char *from = tmk_picture_row(in, y);
        unsigned char *to = tmk_picture_row(out, y);

        for (int x = 0; x < out->width; x++)
            for (int c = 0; c < out->channels; c++) {
                unsigned value = value_of(out, in, from, x, c);
                size_t i = (size_t)x * (size_t)out->channels + (size_t)c;

                if (out->depth == 8)
                    to[i] = (unsigned char)value;
                else
                    ((uint16_t *)(void *)to)[i] = (uint16_t)(in->depth == 8 ? value * 257
                                                                            : value);
            }
    }
}
