/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/residuals.h"

#include <math.h>
#include <string.h>

#include "image/colour.h"
#include "signal/residual.h"

/* Range: neighbours further away than 18 grey levels lie across an edge; in a picture of
 * few colours the steps between these are what carries the mark, and must pass. */
static const tmk_residual_options luma_options = {4, 18.0f, 1.0f, 4};
static const tmk_residual_options few_colours_options = {4, 60.0f, 1.0f, 4};
static const tmk_residual_options chroma_options = {5, 18.0f, 1.0f, 4};

#define FEW_COLOURS 256

/* Enlarged by more than this, a picture is better predicted at half its size. */
#define ENLARGED 1.45

/* One residual of PLANE, whose samples are UNIT pixels wide, as a pyramid. */
static tmk_status predict(tmk_pyramid *pyramid, const tmk_plane *plane, double unit,
                          const tmk_residual_options *options, tmk_error *error)
{
    tmk_plane residual = {0};
    tmk_status status = tmk_residual(&residual, plane, options, error);

    if (status == TMK_OK)
        status = tmk_pyramid_build(pyramid, &residual, unit, error);
    tmk_plane_release(&residual);
    return status;
}

/* Whether PICTURE, 8 bits deep, has no more than FEW_COLOURS different colours. */
static int has_few_colours(const tmk_picture *picture)
{
    enum { SLOTS = 1024 };
    uint32_t colours[SLOTS]; /* 0: free; a colour is stored with bit 24 set */
    int count = 0, shown = picture->channels >= 3 ? 3 : 1;

    memset(colours, 0, sizeof colours);
    for (int y = 0; picture->depth == 8 && y < picture->height; y++) {
        const unsigned char *pixel = tmk_picture_row(picture, y);

        for (int x = 0; x < picture->width; x++, pixel += picture->channels) {
            uint32_t colour = 1u << 24, at;

            for (int c = 0; c < shown; c++)
                colour |= (uint32_t)pixel[c] << (8 * c);
            at = (colour * 2654435761u) >> 22;
            while (colours[at] != 0 && colours[at] != colour)
                at = (at + 1) % SLOTS;
            if (colours[at] == colour)
                continue;
            colours[at] = colour;
            if (++count > FEW_COLOURS)
                return 0;
        }
    }
    return picture->depth == 8;
}

static tmk_status halve_in_place(tmk_plane *plane, tmk_error *error)
{
    tmk_plane half = {0};
    tmk_status status = tmk_plane_halve(&half, plane, error);

    if (status == TMK_OK) {
        tmk_plane_release(plane);
        *plane = half;
    }
    return status;
}

tmk_status tmk_residuals_make(tmk_residuals *residuals, const tmk_picture *picture,
                              int bases, tmk_error *error)
{
    int coloured = picture->channels >= 3;
    const tmk_residual_options *options = coloured && has_few_colours(picture)
                                              ? &few_colours_options
                                              : &luma_options;
    tmk_plane luma = {0}, chroma = {0};
    tmk_status status = tmk_plane_alloc(&luma, picture->width, picture->height, error);
    double unit = 1;

    memset(residuals, 0, sizeof *residuals);
    residuals->width = picture->width;
    residuals->height = picture->height;
    if (status == TMK_OK && coloured)
        status = tmk_plane_alloc(&chroma, picture->width, picture->height, error);
    if (status == TMK_OK)
        tmk_colour_split(picture, 0, &luma, coloured ? &chroma : NULL);
    for (int base = 0; status == TMK_OK && base < bases; base++, unit *= 2) {
        tmk_pyramid *to = residuals->pyramids[base];

        if (base > 0)
            status = halve_in_place(&luma, error);
        if (status == TMK_OK)
            status = predict(&to[0], &luma, unit, options, error);
        if (status == TMK_OK && coloured)
            status = halve_in_place(&chroma, error);
        if (status == TMK_OK && coloured)
            status = predict(&to[1], &chroma, 2 * unit, &chroma_options, error);
        residuals->bases = base + 1;
    }
    tmk_plane_release(&luma);
    tmk_plane_release(&chroma);
    if (status != TMK_OK)
        tmk_residuals_release(residuals);
    return status;
}

tmk_status tmk_residuals_of_planes(tmk_residuals *residuals, const tmk_plane *luma,
                                   const tmk_plane *chroma, tmk_error *error)
{
    tmk_status status;

    memset(residuals, 0, sizeof *residuals);
    residuals->width = luma->width;
    residuals->height = luma->height;
    residuals->bases = 1;
    status = predict(&residuals->pyramids[0][0], luma, 1, &luma_options, error);
    if (status == TMK_OK && chroma != NULL)
        status = predict(&residuals->pyramids[0][1], chroma, 2, &chroma_options, error);
    if (status != TMK_OK)
        tmk_residuals_release(residuals);
    return status;
}

void tmk_residuals_release(tmk_residuals *residuals)
{
    for (int base = 0; base < TMK_RESIDUAL_BASES; base++)
        for (int c = 0; c < 2; c++)
            tmk_pyramid_release(&residuals->pyramids[base][c]);
    memset(residuals, 0, sizeof *residuals);
}

const tmk_pyramid *tmk_residuals_for(const tmk_residuals *residuals, const tmk_affine *map)
{
    double scale = sqrt(fabs(map->xx * map->yy - map->xy * map->yx));
    int base = 0;

    while (base + 1 < residuals->bases && scale > ENLARGED) {
        scale /= 2;
        base++;
    }
    return residuals->pyramids[base];
}
