/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/layers.h"

#include <string.h>

/* Samples each way over which a place's power is taken: as many as it was divided by. */
#define SPREAD 4

/*
 * A residual is divided by its local deviation and a floor of one grey level, so that its mean
 * square is about d^2 / (d^2 + 1) where it deviated by d: the layers are parted where d is one
 * grey level and where it is two.
 */
static const float borders[TMK_LAYERS - 1] = {0.5f, 0.8f};

static int layer_of(float power)
{
    int layer = 0;

    while (layer < TMK_LAYERS - 1 && power > borders[layer])
        layer++;
    return layer;
}

/* POWER becomes the mean square of PLANE around each sample. */
static tmk_status power_of(tmk_plane *power, const tmk_plane *plane, tmk_error *error)
{
    size_t count = (size_t)plane->width * (size_t)plane->height;
    tmk_plane square = {0};
    tmk_status status = tmk_plane_alloc(&square, plane->width, plane->height, error);

    if (status == TMK_OK)
        status = tmk_plane_alloc(power, plane->width, plane->height, error);
    if (status == TMK_OK) {
        for (size_t i = 0; i < count; i++)
            square.samples[i] = plane->samples[i] * plane->samples[i];
        status = tmk_plane_box_mean(power, &square, SPREAD, error);
    }
    tmk_plane_release(&square);
    return status;
}

/* The samples of WHOLE whose places belong to LAYER. */
static tmk_status take_layer(tmk_pyramid *to, const tmk_pyramid *whole,
                             const tmk_plane *power, int layer, tmk_error *error)
{
    const tmk_plane *from = &whole->plane[0];
    size_t count = (size_t)from->width * (size_t)from->height;
    tmk_plane own = {0};

    TMK_TRY(tmk_plane_alloc(&own, from->width, from->height, error));
    for (size_t i = 0; i < count; i++)
        if (layer_of(power->samples[i]) == layer)
            own.samples[i] = from->samples[i];
    return tmk_pyramid_build(to, &own, whole->unit, error);
}

tmk_status tmk_layers_split(tmk_layers *layers, const tmk_pyramid whole[2], tmk_error *error)
{
    tmk_status status = TMK_OK;

    memset(layers, 0, sizeof *layers);
    for (int c = 0; status == TMK_OK && c < 2; c++) {
        tmk_plane power = {0};

        if (whole[c].levels == 0)
            continue;
        status = power_of(&power, &whole[c].plane[0], error);
        for (int layer = 0; status == TMK_OK && layer < TMK_LAYERS; layer++)
            status = take_layer(&layers->pyramids[layer][c], &whole[c], &power, layer, error);
        tmk_plane_release(&power);
    }
    return status;
}

void tmk_layers_release(tmk_layers *layers)
{
    for (int layer = 0; layer < TMK_LAYERS; layer++)
        for (int c = 0; c < 2; c++)
            tmk_pyramid_release(&layers->pyramids[layer][c]);
}
