/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws a page. */
#include "draw.h"

#include <string.h>

#include "dice.h"
#include "image/picture.h"

int draw_kind_of(const char *name, draw_kind *kind)
{
    static const char *const names[] = {"colour", "manga", "strip"};

    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *kind = (draw_kind)i;
            return 1;
        }
    return 0;
}

tmk_status draw_page(uint64_t seed, draw_kind kind, int width, int height,
                     tmk_picture *out, tmk_error *error)
{
    dice d = dice_of(seed, (uint64_t)kind);
    tmk_status status = tmk_picture_alloc(out, width, height, 3, 8, error);
    uint64_t bits = dice_next(&d);

    for (int y = 0; status == TMK_OK && y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++) {
                dice cell = dice_of(bits + (uint64_t)(x / 37), (uint64_t)(y / 53));
                int base = dice_int(&cell, 0, 200) + (x % 37);

                tmk_picture_row(out, y)[3 * x + c] = (uint8_t)(base + 3 * c);
            }
    return status;
}
