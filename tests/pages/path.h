/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outlines: points in a figure's own frame, gathered as points of the page. */
#ifndef TESTS_PATH_H
#define TESTS_PATH_H

#include <stddef.h>

typedef struct point {
    double x, y;
} point;

/* A figure's own frame: origin, unit and turn; MIRROR is 1, or -1 for left to right. */
typedef struct frame {
    point origin;
    double unit, cosine, sine, mirror;
} frame;

enum { PATH_MOST = 800 };

/* What comes after the last of PATH_MOST points is dropped. */
typedef struct path {
    frame at;
    int count;
    point points[PATH_MOST];
} path;

frame frame_of(double x, double y, double unit, double turn, int mirrored);

/* The page's own frame: one unit is one pixel. */
frame frame_page(void);

point frame_map(const frame *at, double u, double v);

/* Begins an outline in the frame AT. */
void path_begin(path *p, const frame *at);

void path_to(path *p, double u, double v);

/* A quadratic curve from the last point to (U, V) with the control point (CU, CV). */
void path_bend(path *p, double cu, double cv, double u, double v);

/* An arc of the ellipse around (U, V) from angle A to B (radians, clockwise on the page). */
void path_arc(path *p, double u, double v, double ru, double rv, double a, double b);

void path_ellipse(path *p, double u, double v, double ru, double rv);

void path_box(path *p, double u0, double v0, double u1, double v1);

void path_rounded(path *p, double u0, double v0, double u1, double v1, double corner);

/* A smooth curve through N points UV (pairs), closed or open (Catmull and Rom 1974). */
void path_smooth(path *p, const double (*uv)[2], size_t n, int closed);

#endif
