/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/change.h"

#include <math.h>

static int is_transparent(const tmk_picture *picture, const unsigned char *row, int x)
{
    size_t i = (size_t)(x + 1) * (size_t)picture->channels - 1;

    return picture->depth == 8 ? row[i] == 0 : ((const uint16_t *)(const void *)row)[i] == 0;
}

void tmk_change_add_row(tmk_change *change, const tmk_picture *picture,
                        const unsigned char *old, const unsigned char *new)
{
    static const double weights[3] = {0.299, 0.587, 0.114};
    int colours = picture->channels >= 3 ? 3 : 1;
    int has_alpha = picture->channels > colours;
    double unit = picture->depth == 8 ? 1 : 255.0 / 65535.0;

    for (int x = 0; x < picture->width; x++) {
        double luma = 0;

        if (has_alpha && is_transparent(picture, old, x))
            continue; /* nobody sees what a lossy encoder leaves there */
        for (int c = 0; c < colours; c++) {
            size_t i = (size_t)x * (size_t)picture->channels + (size_t)c;
            double by = picture->depth == 8 ? new[i] - old[i]
                                            : ((const uint16_t *)(const void *)new)[i] -
                                                  ((const uint16_t *)(const void *)old)[i];

            by *= unit;
            change->squares += by * by;
            luma += by * (colours == 3 ? weights[c] : 1);
        }
        change->luma_squares += luma * luma;
    }
    change->pixels += picture->width;
    change->samples += (double)picture->width * colours;
}

void tmk_change_between(tmk_change *change, const tmk_picture *old, const tmk_picture *new)
{
    for (int y = 0; y < old->height; y++)
        tmk_change_add_row(change, old, tmk_picture_row(old, y), tmk_picture_row(new, y));
}

void tmk_change_add(tmk_change *change, const tmk_change *more)
{
    change->squares += more->squares;
    change->luma_squares += more->luma_squares;
    change->pixels += more->pixels;
    change->samples += more->samples;
}

static double psnr(double squares, double count)
{
    return squares > 0 ? 10 * log10(255.0 * 255.0 * count / squares) : HUGE_VAL;
}

void tmk_change_report(const tmk_change *change, tmk_embed_report *report)
{
    report->psnr_db = psnr(change->squares, change->samples);
    report->luma_psnr_db = psnr(change->luma_squares, change->pixels);
}
