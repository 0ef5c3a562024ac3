/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stages, likely shapes first:
 *
 *     as released      scale 1, upright                                     fast
 *     likely scales    the ratios of common widths                          fast
 *     all scales       0.35 to 3, upright and mirrored                     normal
 *     near misses      scale 1 with rows and columns taken out; and         normal
 *                      quarter turns at all scales
 *     small turns      up to 3.3 degrees; aspect to 8 %; shear              deep
 */
#include "mark/shapes.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "carrier/carrier.h"
#include "sync/search.h"

enum { AS_RELEASED, LIKELY, ALL_SCALES, NEAR_MISSES, SMALL_TURNS, STAGES };

#define UPRIGHT 0x01u
#define MIRRORED 0x02u
#define ALL_TURNS 0xffu

#define MIN_SCALE 0.345
#define MAX_SCALE 3.04

/* A drift of so many released pixels at the edge of a picture of SMALL keeps most of a
 * correlation; of larger ones, which have more of it, up to MOST_DRIFT may be lost. */
#define DRIFT 1.5
#define MOST_DRIFT 2.6
#define SMALL 840.0

/* Candidates of a stage, and the tiles in all that these may have: a fit costs as many. */
#define MOST_CANDIDATES TMK_MAX_CANDIDATES
#define LEAST_CANDIDATES 16
#define CANDIDATE_TILES 3000

int tmk_shapes_stages(tmk_effort effort)
{
    static const int stages[] = {AS_RELEASED + 1, LIKELY + 1, NEAR_MISSES + 1, STAGES,
                                 STAGES};

    return stages[effort - TMK_AS_RELEASED];
}

static tmk_status add(tmk_shapes *shapes, double xx, double xy, double yx, double yy,
                      unsigned orientations, tmk_error *error)
{
    if (shapes->count == shapes->room) {
        int room = shapes->room == 0 ? 64 : 2 * shapes->room;
        tmk_shape *list = tmk_calloc((size_t)room, sizeof *list);

        if (list == NULL)
            return tmk_fail_memory(error, "the search");
        if (shapes->count > 0)
            memcpy(list, shapes->list, (size_t)shapes->count * sizeof *list);
        tmk_free(shapes->list);
        shapes->list = list;
        shapes->room = room;
    }
    shapes->list[shapes->count++] = (tmk_shape){{xx, xy, 0, yx, yy, 0}, orientations};
    return TMK_OK;
}

static tmk_status add_scale(tmk_shapes *shapes, double scale, unsigned orientations,
                            tmk_error *error)
{
    return add(shapes, scale, 0, 0, scale, orientations, error);
}

static tmk_status add_likely(tmk_shapes *shapes, tmk_error *error)
{
    static const double scales[] = {0.5, 0.6,  2.0 / 3, 0.72, 0.75, 0.8, 0.9, 1.125,
                                    1.2, 1.25, 1.35,    1.5,  1.8,  2.0, 2.5, 0.4};
    tmk_status status = TMK_OK;

    for (size_t i = 0; status == TMK_OK && i < sizeof scales / sizeof scales[0]; i++)
        status = add_scale(shapes, scales[i], UPRIGHT, error);
    return status;
}

/* The relative step at which the middle between two shapes drifts as far as it may. */
static double step_of(double side, double scale)
{
    double released = side / scale;
    double drift = fmin(DRIFT * sqrt(fmax(released, SMALL) / SMALL), MOST_DRIFT);

    return fmin(fmax(2 * drift / (released / 2), 0.002), 0.009);
}

static tmk_status add_all(tmk_shapes *shapes, double side, unsigned orientations,
                          tmk_error *error)
{
    tmk_status status = TMK_OK;

    for (double scale = MIN_SCALE; status == TMK_OK && scale < MAX_SCALE;
         scale *= 1 + step_of(side, scale))
        status = add_scale(shapes, scale, orientations, error);
    return status;
}

/* Up to 3 % taken out of the width, the height or both. */
static tmk_status add_thinned(tmk_shapes *shapes, double side, tmk_error *error)
{
    double step = step_of(side, 1);
    tmk_status status = TMK_OK;

    for (double x = 1; status == TMK_OK && x > 0.97; x -= step)
        for (double y = 1; status == TMK_OK && y > 0.97; y -= step)
            if (fabs(x - y) > step / 2)
                status = add(shapes, x, 0, 0, y, UPRIGHT, error);
    return status;
}

static tmk_status add_turned(tmk_shapes *shapes, double side, double scale, tmk_error *error)
{
    double step = step_of(side, scale), most = 3.3 * M_PI / 180;
    tmk_status status = TMK_OK;

    for (double angle = step; status == TMK_OK && angle < most; angle += step)
        for (int sign = -1; status == TMK_OK && sign <= 1; sign += 2) {
            double c = scale * cos(angle), s = scale * sin(sign * angle);

            status = add(shapes, c, -s, s, c, UPRIGHT, error);
        }
    return status;
}

static tmk_status add_stretched(tmk_shapes *shapes, double side, double scale,
                                tmk_error *error)
{
    double step = step_of(side, scale);
    tmk_status status = TMK_OK;

    for (double stretch = step; status == TMK_OK && stretch < 0.085; stretch += step) {
        status = add(shapes, scale * (1 + stretch), 0, 0, scale, UPRIGHT, error);
        if (status == TMK_OK)
            status = add(shapes, scale * (1 - stretch), 0, 0, scale, UPRIGHT, error);
    }
    for (double shear = step; status == TMK_OK && shear < 0.025; shear += step)
        for (int sign = -1; status == TMK_OK && sign <= 1; sign += 2) {
            status = add(shapes, scale, sign * scale * shear, 0, scale, UPRIGHT, error);
            if (status == TMK_OK)
                status = add(shapes, scale, 0, sign * scale * shear, scale, UPRIGHT, error);
        }
    return status;
}

static tmk_status add_small_turns(tmk_shapes *shapes, double side, tmk_error *error)
{
    static const double scales[] = {1, 0.9, 0.75, 0.5, 1.25, 1.35, 1.5, 2};
    tmk_status status = TMK_OK;

    for (size_t i = 0; status == TMK_OK && i < sizeof scales / sizeof scales[0]; i++) {
        status = add_turned(shapes, side, scales[i], error);
        if (status == TMK_OK)
            status = add_stretched(shapes, side, scales[i], error);
    }
    return status;
}

static int candidates_of(const tmk_box *section)
{
    double tiles = (section->right - section->left) * (section->bottom - section->top) /
                   (TMK_TILE * TMK_TILE);

    return (int)fmin(fmax(CANDIDATE_TILES / tiles, LEAST_CANDIDATES), MOST_CANDIDATES);
}

tmk_status tmk_shapes_of_stage(tmk_shapes *shapes, int stage, const tmk_box *section,
                               tmk_error *error)
{
    double side = fmax(section->right - section->left, section->bottom - section->top);
    tmk_status status = TMK_OK;

    memset(shapes, 0, sizeof *shapes);
    shapes->peaks = 4;
    shapes->candidates = candidates_of(section);
    shapes->exact = stage == AS_RELEASED || stage == LIKELY;
    switch (stage) {
    case AS_RELEASED:
        shapes->peaks = 12;
        shapes->candidates = 12;
        status = add_scale(shapes, 1, UPRIGHT, error);
        break;
    case LIKELY:
        status = add_likely(shapes, error);
        break;
    case ALL_SCALES:
        status = add_all(shapes, side, UPRIGHT | MIRRORED, error);
        break;
    case NEAR_MISSES:
        status = add_thinned(shapes, side, error);
        if (status == TMK_OK)
            status = add_all(shapes, side, ALL_TURNS & ~(UPRIGHT | MIRRORED), error);
        break;
    case SMALL_TURNS:
        status = add_small_turns(shapes, side, error);
        break;
    default:
        break;
    }
    if (status != TMK_OK)
        tmk_shapes_release(shapes);
    return status;
}

void tmk_shapes_release(tmk_shapes *shapes)
{
    tmk_free(shapes->list);
    memset(shapes, 0, sizeof *shapes);
}
