/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/pages/path.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

frame frame_of(double x, double y, double unit, double turn, int mirrored)
{
    return (frame){{x, y}, unit, cos(turn), sin(turn), mirrored ? -1 : 1};
}

frame frame_page(void)
{
    return (frame){{0, 0}, 1, 1, 0, 1};
}

point frame_map(const frame *at, double u, double v)
{
    double a = u * at->unit * at->mirror, b = v * at->unit;

    return (point){at->origin.x + a * at->cosine - b * at->sine,
                   at->origin.y + a * at->sine + b * at->cosine};
}

void path_begin(path *p, const frame *at)
{
    p->at = *at;
    p->count = 0;
}

void path_to(path *p, double u, double v)
{
    if (p->count < PATH_MOST)
        p->points[p->count++] = frame_map(&p->at, u, v);
}

void path_bend(path *p, double cu, double cv, double u, double v)
{
    enum { PIECES = 10 };
    point from, by = frame_map(&p->at, cu, cv), to = frame_map(&p->at, u, v);

    if (p->count == 0)
        return;
    from = p->points[p->count - 1];
    for (int i = 1; i <= PIECES && p->count < PATH_MOST; i++) {
        double t = (double)i / PIECES, a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;

        p->points[p->count++] = (point){a * from.x + b * by.x + c * to.x,
                                        a * from.y + b * by.y + c * to.y};
    }
}

void path_arc(path *p, double u, double v, double ru, double rv, double a, double b)
{
    int pieces = 4 + (int)(fabs(b - a) * 6);

    for (int i = 0; i <= pieces; i++) {
        double t = a + (b - a) * i / pieces;

        path_to(p, u + ru * cos(t), v + rv * sin(t));
    }
}

void path_ellipse(path *p, double u, double v, double ru, double rv)
{
    path_arc(p, u, v, ru, rv, 0, 2 * pi);
}

void path_box(path *p, double u0, double v0, double u1, double v1)
{
    path_to(p, u0, v0);
    path_to(p, u1, v0);
    path_to(p, u1, v1);
    path_to(p, u0, v1);
}

void path_rounded(path *p, double u0, double v0, double u1, double v1, double corner)
{
    path_arc(p, u1 - corner, v0 + corner, corner, corner, -pi / 2, 0);
    path_arc(p, u1 - corner, v1 - corner, corner, corner, 0, pi / 2);
    path_arc(p, u0 + corner, v1 - corner, corner, corner, pi / 2, pi);
    path_arc(p, u0 + corner, v0 + corner, corner, corner, pi, 1.5 * pi);
}

/* The curve between B and C at T, with the neighbours A and D. */
static double between(double a, double b, double c, double d, double t)
{
    return b +
           0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

void path_smooth(path *p, const double (*uv)[2], size_t n, int closed)
{
    enum { PIECES = 8 };
    size_t spans = closed ? n : n - 1;

    for (size_t i = 0; i < spans; i++) {
        size_t b = i, c = (i + 1) % n;
        size_t a = i > 0 ? i - 1 : closed ? n - 1 : 0;
        size_t d = i + 2 < n ? i + 2 : closed ? (i + 2) % n : n - 1;

        for (int k = 0; k < PIECES; k++) {
            double t = (double)k / PIECES;

            path_to(p, between(uv[a][0], uv[b][0], uv[c][0], uv[d][0], t),
                    between(uv[a][1], uv[b][1], uv[c][1], uv[d][1], t));
        }
    }
    if (!closed)
        path_to(p, uv[n - 1][0], uv[n - 1][1]);
}
