/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/residuals.h"

#include <math.h>
#include <string.h>

#include "image/colour.h"
#include "signal/residual.h"

/* Range: neighbours further away than 18 grey levels lie across an edge; in a picture of
 * few colours the steps between these are what carries the mark, and must pass. */
static const tmk_residual_options luma_options = {4, 18.0f, 1.0f, 4};
static const tmk_residual_options steep_options = {4, 60.0f, 1.0f, 4};
static const tmk_residual_options chroma_options = {5, 18.0f, 1.0f, 4};

/* Grey levels of chroma by which a toned page may deviate from its tone: codecs and edges
 * leave some 3 to 4.4, and pages with colours of their own have from 1.2 on. */
#define TONED 5.0

#define FEW_COLOURS 256
#define FEW_GREYS 64

/* From this scale on a picture is better predicted at half its size, and one without
 * colour better smoothed. */
#define ENLARGED 1.45
#define SCREENED 0.85

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

/* That is, 8 bits and no more than FEW_COLOURS colours or FEW_GREYS greys. */
int tmk_residuals_few_colours(const tmk_picture *picture)
{
    enum { SLOTS = 1024 };
    uint32_t colours[SLOTS]; /* 0: free; a colour is stored with bit 24 set */
    int count = 0, shown = picture->channels >= 3 ? 3 : 1;
    int most = shown == 3 ? FEW_COLOURS : FEW_GREYS;

    memset(colours, 0, sizeof colours);
    for (int y = 0; picture->depth == 8 && y < picture->height; y++) {
        const unsigned char *pixel = tmk_picture_row(picture, y);

        for (int x = 0; x < picture->width; x++, pixel += picture->channels) {
            uint32_t colour = 1u << 24, at;

            if (tmk_picture_has_alpha(picture) && pixel[picture->channels - 1] == 0)
                continue;
            for (int c = 0; c < shown; c++)
                colour |= (uint32_t)pixel[c] << (8 * c);
            at = (colour * 2654435761u) >> 22;
            while (colours[at] != 0 && colours[at] != colour)
                at = (at + 1) % SLOTS;
            if (colours[at] == colour)
                continue;
            colours[at] = colour;
            if (++count > most)
                return 0;
        }
    }
    return picture->depth == 8;
}

/*
 * Whether CHROMA says little more than LUMA does, as on a grey page that was toned: its
 * deviation from its own mean at each level of luma is small.  Both at half size, at which
 * codecs keep chroma.
 */
static int follows_luma(const tmk_plane *luma, const tmk_plane *chroma)
{
    enum { LEVELS = 64 };
    double counts[LEVELS] = {0}, sums[LEVELS] = {0}, squares[LEVELS] = {0}, spread = 0;
    size_t count = (size_t)luma->width * (size_t)luma->height;

    for (size_t i = 0; i < count; i++) {
        int level = (int)(luma->samples[i] * (LEVELS / 256.0f));
        double value = chroma->samples[i];

        level = level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : level;
        counts[level]++;
        sums[level] += value;
        squares[level] += value * value;
    }
    for (int level = 0; level < LEVELS; level++)
        if (counts[level] > 0)
            spread += squares[level] - sums[level] * sums[level] / counts[level];
    return spread < TONED * TONED * (double)count;
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

/* The planes as the bases before left them. */
typedef struct source {
    tmk_plane luma, chroma;
    double unit; /* of luma's samples, pixels */
    int has_chroma;
    const tmk_residual_options *options;
} source;

/* Adds a base for scales from SMALLEST on. */
static tmk_status add_base(tmk_residuals *residuals, const source *from, double smallest,
                           tmk_error *error)
{
    tmk_residual_base *base = &residuals->bases[residuals->count];
    tmk_status status = predict(&base->pyramids[0], &from->luma, from->unit, from->options,
                                error);

    if (status == TMK_OK && from->has_chroma)
        status = predict(&base->pyramids[1], &from->chroma, 2 * from->unit, &chroma_options,
                         error);
    base->smallest = smallest;
    residuals->count++;
    return status;
}

/* A picture without colour: as it is, smoothed, and smoothed at half its size. */
static tmk_status add_grey_bases(tmk_residuals *residuals, source *from, tmk_error *error)
{
    TMK_TRY(add_base(residuals, from, 0, error));
    TMK_TRY(tmk_plane_smooth(&from->luma, error));
    TMK_TRY(add_base(residuals, from, SCREENED, error));
    TMK_TRY(halve_in_place(&from->luma, error));
    from->unit = 2;
    return add_base(residuals, from, ENLARGED, error);
}

/* A picture with colour: as it is, and at half its size; chroma, halved before, at half of
 * either. */
static tmk_status add_coloured_bases(tmk_residuals *residuals, source *from, tmk_error *error)
{
    TMK_TRY(add_base(residuals, from, 0, error));
    TMK_TRY(halve_in_place(&from->luma, error));
    TMK_TRY(halve_in_place(&from->chroma, error));
    from->unit = 2;
    return add_base(residuals, from, ENLARGED, error);
}

/* The planes of PICTURE: luma, and chroma at half its size if there is any. */
static tmk_status take_planes(source *from, const tmk_picture *picture, tmk_error *error)
{
    TMK_TRY(tmk_plane_alloc(&from->luma, picture->width, picture->height, error));
    if (from->has_chroma)
        TMK_TRY(tmk_plane_alloc(&from->chroma, picture->width, picture->height, error));
    tmk_colour_split(picture, 0, &from->luma, from->has_chroma ? &from->chroma : NULL);
    return from->has_chroma ? halve_in_place(&from->chroma, error) : TMK_OK;
}

tmk_status tmk_residuals_toned(int *toned, const tmk_picture *picture, tmk_error *error)
{
    source from = {.has_chroma = tmk_colour_present(picture)};
    tmk_status status = TMK_OK;

    *toned = 0;
    if (from.has_chroma)
        status = take_planes(&from, picture, error);
    if (status == TMK_OK && from.has_chroma)
        status = halve_in_place(&from.luma, error);
    if (status == TMK_OK && from.has_chroma)
        *toned = follows_luma(&from.luma, &from.chroma);
    tmk_plane_release(&from.luma);
    tmk_plane_release(&from.chroma);
    return status;
}

tmk_status tmk_residuals_make(tmk_residuals *residuals, const tmk_picture *picture,
                              tmk_prediction prediction, tmk_error *error)
{
    source from = {
        .unit = 1,
        .has_chroma = prediction != TMK_PREDICT_GREY && tmk_colour_present(picture),
        .options = prediction == TMK_PREDICT_STEEP ? &steep_options : &luma_options};
    tmk_status status = take_planes(&from, picture, error);

    memset(residuals, 0, sizeof *residuals);
    residuals->width = picture->width;
    residuals->height = picture->height;
    if (status == TMK_OK)
        status = from.has_chroma ? add_coloured_bases(residuals, &from, error)
                                 : add_grey_bases(residuals, &from, error);
    tmk_plane_release(&from.luma);
    tmk_plane_release(&from.chroma);
    if (status != TMK_OK)
        tmk_residuals_release(residuals);
    return status;
}

tmk_status tmk_residuals_of_planes(tmk_residuals *residuals, tmk_plane *luma,
                                   const tmk_plane *chroma, tmk_error *error)
{
    tmk_pyramid *pyramids = residuals->bases[0].pyramids;
    tmk_status status = TMK_OK;

    memset(residuals, 0, sizeof *residuals);
    residuals->width = luma->width;
    residuals->height = luma->height;
    residuals->count = 1;
    if (chroma == NULL)
        status = tmk_plane_smooth(luma, error);
    else
        status = predict(&pyramids[1], chroma, 2, &chroma_options, error);
    if (status == TMK_OK)
        status = predict(&pyramids[0], luma, 1, &luma_options, error);
    if (status != TMK_OK)
        tmk_residuals_release(residuals);
    return status;
}

void tmk_residuals_release(tmk_residuals *residuals)
{
    for (int base = 0; base < TMK_RESIDUAL_BASES; base++)
        for (int c = 0; c < 2; c++)
            tmk_pyramid_release(&residuals->bases[base].pyramids[c]);
    memset(residuals, 0, sizeof *residuals);
}

const tmk_pyramid *tmk_residuals_for(const tmk_residuals *residuals, const tmk_affine *map)
{
    double scale = tmk_affine_scale(map);
    int base = 0;

    while (base + 1 < residuals->count && scale >= residuals->bases[base + 1].smallest)
        base++;
    return residuals->bases[base].pyramids;
}
