/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Affine maps of the plane.  Coordinates are continuous: sample i of a row covers
 * [i, i + 1) and its centre lies at i + 0.5.
 */
#ifndef TMK_SIGNAL_AFFINE_H
#define TMK_SIGNAL_AFFINE_H

#include <math.h>

/* (x, y) -> (xx x + xy y + x0, yx x + yy y + y0) */
typedef struct tmk_affine {
    double xx, xy, x0;
    double yx, yy, y0;
} tmk_affine;

static inline double tmk_affine_x(const tmk_affine *map, double x, double y)
{
    return map->xx * x + map->xy * y + map->x0;
}

static inline double tmk_affine_y(const tmk_affine *map, double x, double y)
{
    return map->yx * x + map->yy * y + map->y0;
}

/* The map that does FIRST, then SECOND. */
static inline tmk_affine tmk_affine_then(const tmk_affine *first, const tmk_affine *second)
{
    return (tmk_affine){
        second->xx * first->xx + second->xy * first->yx,
        second->xx * first->xy + second->xy * first->yy,
        second->xx * first->x0 + second->xy * first->y0 + second->x0,
        second->yx * first->xx + second->yy * first->yx,
        second->yx * first->xy + second->yy * first->yy,
        second->yx * first->x0 + second->yy * first->y0 + second->y0,
    };
}

/* The factor by which MAP changes areas; negative where it mirrors. */
static inline double tmk_affine_area(const tmk_affine *map)
{
    return map->xx * map->yy - map->xy * map->yx;
}

/* The mean factor by which it changes lengths. */
static inline double tmk_affine_scale(const tmk_affine *map)
{
    return sqrt(fabs(tmk_affine_area(map)));
}

/* A box of coordinates. */
typedef struct tmk_box {
    double left, top, right, bottom;
} tmk_box;

/* The box that the four corners of BOX, led by MAP, take up. */
static inline tmk_box tmk_affine_box(const tmk_affine *map, const tmk_box *box)
{
    tmk_box to = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};

    for (int corner = 0; corner < 4; corner++) {
        double x = corner & 1 ? box->right : box->left;
        double y = corner & 2 ? box->bottom : box->top;
        double u = tmk_affine_x(map, x, y), v = tmk_affine_y(map, x, y);

        to.left = fmin(to.left, u);
        to.right = fmax(to.right, u);
        to.top = fmin(to.top, v);
        to.bottom = fmax(to.bottom, v);
    }
    return to;
}

/* The map that undoes MAP, whose determinant must not be zero. */
static inline tmk_affine tmk_affine_inverse(const tmk_affine *map)
{
    double area = tmk_affine_area(map);
    tmk_affine inverse = {map->yy / area,  -map->xy / area, 0,
                          -map->yx / area, map->xx / area,  0};

    inverse.x0 = -(inverse.xx * map->x0 + inverse.xy * map->y0);
    inverse.y0 = -(inverse.yx * map->x0 + inverse.yy * map->y0);
    return inverse;
}

#endif
