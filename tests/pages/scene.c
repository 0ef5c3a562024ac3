/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/pages/scene.h"

#include <math.h>

static const colour ink = {28, 22, 30};
static const colour paper = {255, 255, 255};
static const double pi = 3.14159265358979323846;

static double wide(const area *a)
{
    return a->right - a->left;
}

static double high(const area *a)
{
    return a->bottom - a->top;
}

static void fill_area(canvas *c, const area *a, const paint *p)
{
    frame page = frame_page();
    path box;

    path_begin(&box, &page);
    path_box(&box, a->left - 2, a->top - 2, a->right + 2, a->bottom + 2);
    canvas_fill(c, &box, p);
}

static void disc(canvas *c, double x, double y, double rx, double ry, colour flat,
                 double width)
{
    frame page = frame_page();
    path p;

    path_begin(&p, &page);
    path_ellipse(&p, x, y, rx, ry);
    canvas_shape(c, &p, flat, width, ink);
}

static void box_shape(canvas *c, const area *a, colour flat, double width)
{
    frame page = frame_page();
    path p;

    path_begin(&p, &page);
    path_box(&p, a->left, a->top, a->right, a->bottom);
    canvas_shape(c, &p, flat, width, ink);
}

static void stroke(canvas *c, double x0, double y0, double x1, double y1, double width,
                   line_style style, colour line)
{
    frame page = frame_page();
    path p;

    path_begin(&p, &page);
    for (int i = 0; i <= 4; i++)
        path_to(&p, x0 + (x1 - x0) * i / 4, y0 + (y1 - y0) * i / 4);
    canvas_line(c, &p, width, style, line);
}

/* -------------------------------------------------------------------------- sky */

static void draw_cloud(canvas *c, double x, double y, double size, colour tint, dice *d)
{
    int puffs = dice_int(d, 3, 5);

    for (int pass = 0; pass < 2; pass++) {
        dice same = *d;

        for (int i = 0; i < puffs; i++) {
            double px = x + size * (i - puffs / 2.0) * 0.55;
            double r = size * dice_between(&same, 0.35, 0.6);

            disc(c, px, y - (pass ? 0.12 * size : 0), r, r * 0.62,
                 pass ? colour_mix(tint, paper, 0.9) : colour_mix(tint, paper, 0.55), 0);
        }
    }
    dice_next(d);
}

static void draw_sky(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    paint p = paint_fade(day->sky_top, day->sky_low, (point){a->left, a->top},
                         (point){a->left, a->bottom});
    double size = fmin(wide(a), 600) * 0.14;

    fill_area(c, a, &p);
    if (day->night) {
        for (int i = 0; i < 60; i++) {
            double x = dice_between(d, a->left, a->right);
            double r = dice_between(d, 0.6, 1.8);

            disc(c, x, a->top + high(a) * 0.7 * dice_unit(d), r, r, (colour){255, 246, 210},
                 0);
        }
        disc(c, a->left + wide(a) * 0.75, a->top + high(a) * 0.2, size * 0.5, size * 0.5,
             (colour){255, 244, 200}, 0);
    }
    for (int i = dice_int(d, 2, 4); i > 0; i--) {
        double x = dice_between(d, a->left, a->right);

        draw_cloud(c, x, a->top + high(a) * dice_between(d, 0.1, 0.4), size, day->sky_low, d);
    }
}

/* ------------------------------------------------------------------------- city */

static void draw_windows(canvas *c, const area *b, double step, const palette_of_day *day,
                         dice *d)
{
    colour dark = colour_mix(day->near, ink, 0.35), lit = {255, 226, 150};

    for (double y = b->top + step * 0.7; y + step < b->bottom; y += step)
        for (double x = b->left + step * 0.4; x + step * 0.6 < b->right; x += step * 0.9) {
            area pane = {x, y, x + step * 0.45, y + step * 0.55};

            box_shape(c, &pane, dice_chance(d, day->night ? 0.5 : 0.2) ? lit : dark, 1);
        }
}

static void draw_buildings(canvas *c, const area *a, const palette_of_day *day, int row,
                           dice *d)
{
    double unit = fmin(high(a), 700);
    colour flat = colour_mix(day->far, day->near, row / 2.0);

    for (double x = a->left - 20; x < a->right;) {
        double width = unit * dice_between(d, 0.16, 0.3);
        double top = a->bottom - unit * dice_between(d, 0.3, 0.75) * (1.2 - 0.3 * row);
        area b = {x, top, x + width, a->bottom + 4};
        area side = {x + width * 0.78, top, x + width, a->bottom + 4};
        colour own = colour_mix(flat, day->accent, dice_between(d, 0, 0.25));

        box_shape(c, &b, own, row == 0 ? 0 : 2);
        box_shape(c, &side, colour_mix(own, (colour){40, 30, 80}, 0.25), 0);
        if (row > 0) {
            area body = {x, top, x + width * 0.76, a->bottom};

            draw_windows(c, &body, unit * 0.055, day, d);
            stroke(c, x + width * 0.3, top, x + width * 0.3, top - unit * 0.08, 2, LINE_EVEN,
                   ink);
        }
        x += width * dice_between(d, 0.95, 1.3);
    }
}

/* A pavement with a railing, for people to stand on. */
static void draw_street(canvas *c, const area *a, const palette_of_day *day)
{
    frame page = frame_page();
    double top = a->bottom - high(a) * 0.11, rail = top - high(a) * 0.07;
    paint stone = paint_flat(colour_mix(day->wall, day->near, 0.5));
    path p;

    for (double x = a->left + 8; x < a->right; x += high(a) * 0.06)
        stroke(c, x, rail, x, top, 2, LINE_EVEN, colour_mix(day->near, ink, 0.6));
    stroke(c, a->left, rail, a->right, rail, 4, LINE_EVEN, colour_mix(day->near, ink, 0.6));
    stone.grain = 10;
    stone.grain_size = 4;
    path_begin(&p, &page);
    path_box(&p, a->left - 5, top, a->right + 5, a->bottom + 5);
    canvas_fill(c, &p, &stone);
    canvas_line(c, &p, 2.5, LINE_CLOSED, ink);
}

static void draw_city(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    draw_sky(c, a, day, d);
    for (int row = 0; row < 3; row++)
        draw_buildings(c, a, day, row, d);
    draw_street(c, a, day);
}

/* ------------------------------------------------------------------------ hills */

/* A crown of round tufts: all of them in ink first, then their insides. */
static void draw_crown(canvas *c, const frame *at, colour leaf, dice *d)
{
    enum { TUFTS = 9 };
    double u[TUFTS], v[TUFTS], r[TUFTS], pen = 2 / at->unit;
    path p;

    for (int i = 0; i < TUFTS; i++) {
        double t = 2 * pi * i / (TUFTS - 1), away = i == TUFTS - 1 ? 0 : 0.22;

        u[i] = away * 1.15 * cos(t);
        v[i] = -0.72 + away * sin(t);
        r[i] = away > 0 ? dice_between(d, 0.12, 0.19) : 0.25;
    }
    for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < TUFTS; i++) {
            double shrink = pass == 0 ? -pen : pass == 1 ? 0 : r[i] * 0.3;
            colour flat = pass == 0 ? ink : pass == 1 ? colour_mix(leaf, ink, 0.2) : leaf;

            path_begin(&p, at);
            path_ellipse(&p, u[i] - shrink * 0.5, v[i] - shrink * 0.7, r[i] - shrink,
                         r[i] - shrink);
            canvas_shape(c, &p, flat, 0, ink);
        }
}

static void draw_tree(canvas *c, double x, double y, double size, colour leaf, dice *d)
{
    frame at = frame_of(x, y, size, 0, 0);
    path p;

    path_begin(&p, &at);
    path_to(&p, -0.06, 0);
    path_bend(&p, -0.03, -0.3, -0.04, -0.5);
    path_to(&p, 0.04, -0.5);
    path_bend(&p, 0.03, -0.3, 0.07, 0);
    canvas_shape(c, &p, (colour){110, 80, 62}, 1.5, ink);
    draw_crown(c, &at, leaf, d);
}

static void draw_ridge(canvas *c, const area *a, double level, double swing, const paint *p,
                       double pen, dice *d)
{
    frame page = frame_page();
    double ridge[8][2];
    path line;

    for (int i = 0; i < 8; i++) {
        ridge[i][0] = a->left - 30 + (wide(a) + 60) * i / 7;
        ridge[i][1] = a->top + high(a) * (level + swing * (dice_unit(d) - 0.5));
    }
    path_begin(&line, &page);
    path_smooth(&line, (const double(*)[2])ridge, 8, 0);
    path_to(&line, a->right + 40, a->bottom + 10);
    path_to(&line, a->left - 40, a->bottom + 10);
    canvas_fill(c, &line, p);
    if (pen > 0)
        canvas_line(c, &line, pen, LINE_CLOSED, ink);
}

static void draw_hills(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    paint far = paint_flat(day->far), middle = paint_flat(day->near);
    paint ground = paint_flat(day->ground);
    double size = fmin(high(a), 500);

    draw_sky(c, a, day, d);
    far.grain = 4;
    far.grain_size = 20;
    middle.grain = ground.grain = 9;
    middle.grain_size = 12;
    ground.grain_size = 7;
    draw_ridge(c, a, 0.5, 0.25, &far, 0, d);
    draw_ridge(c, a, 0.62, 0.15, &middle, 1.5, d);
    draw_ridge(c, a, 0.78, 0.06, &ground, 2, d);
    for (int i = dice_int(d, 3, 6); i > 0; i--)
        draw_tree(c, dice_between(d, a->left, a->right),
                  a->top + high(a) * dice_between(d, 0.78, 0.9),
                  size * dice_between(d, 0.25, 0.5),
                  colour_mix(day->ground, (colour){70, 130, 80}, 0.6), d);
    for (int i = 0; i < 40; i++) {
        double x = dice_between(d, a->left, a->right);
        double y = a->top + high(a) * dice_between(d, 0.85, 1);

        stroke(c, x, y, x + dice_between(d, -4, 4), y - size * 0.03, 2, LINE_TAPER,
               colour_mix(day->ground, ink, 0.45));
    }
}

/* ------------------------------------------------------------------------- room */

static void draw_window(canvas *c, const area *w, const palette_of_day *day, dice *d)
{
    frame page = frame_page();
    area frame_box = {w->left - 8, w->top - 8, w->right + 8, w->bottom + 8};
    double middle = (w->left + w->right) / 2, bar = (w->top + w->bottom) / 2;
    path p;

    box_shape(c, &frame_box, (colour){240, 234, 226}, 2);
    path_begin(&p, &page);
    path_box(&p, w->left, w->top, w->right, w->bottom);
    canvas_within(c, &p);
    draw_sky(c, w, day, d);
    canvas_without(c);
    canvas_line(c, &p, 2, LINE_CLOSED, ink);
    stroke(c, middle, w->top, middle, w->bottom, 5, LINE_EVEN, (colour){120, 100, 90});
    stroke(c, w->left, bar, w->right, bar, 5, LINE_EVEN, (colour){120, 100, 90});
}

static void draw_shelf(canvas *c, const area *s, dice *d)
{
    static const colour spines[] = {{176, 70, 66},  {70, 100, 150},  {222, 190, 110},
                                    {96, 140, 104}, {236, 228, 210}, {110, 80, 120}};
    area board = {s->left, s->bottom, s->right, s->bottom + 9};
    double size = s->bottom - s->top;

    for (double x = s->left + 6; x < s->right - 20;) {
        double w = size * dice_between(d, 0.12, 0.26);
        area book = {x, s->bottom - size * dice_between(d, 0.65, 1), x + w, s->bottom};

        box_shape(c, &book, spines[dice_int(d, 0, 5)], 1.5);
        x += w;
        if (dice_chance(d, 0.15))
            x += size * 0.3;
    }
    box_shape(c, &board, (colour){140, 100, 74}, 2);
}

static void draw_room(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    double floor_top = a->top + high(a) * 0.8, unit = fmin(wide(a), high(a));
    double x = a->left + wide(a) * dice_between(d, 0.08, 0.2);
    area floor_box = {a->left - 3, floor_top, a->right + 3, a->bottom + 3};
    double sill = a->top + high(a) * 0.14 + unit * 0.4;
    area window = {x, sill - unit * 0.4, x + unit * 0.42, sill};
    area shelf = {a->left + wide(a) * 0.62, a->top + high(a) * 0.2, a->right - 12,
                  a->top + high(a) * 0.2 + unit * 0.13};
    paint wall = paint_fade(day->wall, colour_mix(day->wall, ink, 0.18),
                            (point){a->left, a->top}, (point){a->right, a->bottom});

    wall.grain = 3;
    wall.grain_size = 25;
    fill_area(c, a, &wall);
    box_shape(c, &floor_box, colour_mix(day->wall, (colour){130, 84, 50}, 0.6), 2);
    for (int i = 0; i < 5; i++) {
        double fx = a->left + wide(a) * (i + 0.5) / 5;

        stroke(c, fx, floor_top, fx + (fx - (a->left + a->right) / 2) * 0.8, a->bottom, 1.5,
               LINE_EVEN, ink);
    }
    draw_window(c, &window, day, d);
    draw_shelf(c, &shelf, d);
    shelf.top += unit * 0.24;
    shelf.bottom += unit * 0.24;
    draw_shelf(c, &shelf, d);
}

/* ------------------------------------------------------------------------ lines */

static void draw_speed(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    paint back = paint_fade(colour_mix(day->accent, paper, 0.75),
                            colour_mix(day->sky_top, paper, 0.3), (point){a->left, a->top},
                            (point){a->right, a->bottom});

    fill_area(c, a, &back);
    for (int i = (int)(high(a) / 5); i > 0; i--) {
        double y = dice_between(d, a->top, a->bottom);
        double x = dice_between(d, a->left - 200, a->right);
        double length = wide(a) * dice_between(d, 0.3, 0.9);

        stroke(c, x, y, x + length, y - length * 0.06, dice_between(d, 1, 4.5), LINE_TAPER,
               dice_chance(d, 0.4) ? paper : ink);
    }
}

static void draw_focus(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    double x = (a->left + a->right) / 2, y = (a->top + a->bottom) / 2;
    double reach = hypot(wide(a), high(a)) / 2 + 10;
    paint back = paint_fade(paper, colour_mix(day->accent, paper, 0.35), (point){x, y},
                            (point){x, a->bottom});
    frame page = frame_page();

    fill_area(c, a, &back);
    for (int i = 0; i < 110; i++) {
        double t = 2 * pi * (i + dice_unit(d)) / 110, near = dice_between(d, 0.5, 0.8);
        double half = dice_between(d, 0.003, 0.012);
        path p;

        path_begin(&p, &page);
        path_to(&p, x + near * reach * cos(t), y + near * reach * sin(t));
        path_to(&p, x + reach * 1.1 * cos(t - half), y + reach * 1.1 * sin(t - half));
        path_to(&p, x + reach * 1.1 * cos(t + half), y + reach * 1.1 * sin(t + half));
        canvas_shape(c, &p, ink, 0, ink);
    }
}

static void draw_tone(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    colour light = colour_mix(day->accent, paper, 0.8);
    paint back = paint_flat(light);
    int up = dice_chance(d, 0.5);
    colour dark = colour_mix(day->accent, ink, 0.2);
    paint dots = paint_fade(dark, dark, (point){a->left, up ? a->top : a->bottom},
                            (point){a->left, up ? a->bottom : a->top});

    dots.dots = dice_between(d, 6, 11);
    fill_area(c, a, &back);
    fill_area(c, a, &dots);
}

static void draw_wash(canvas *c, const area *a, const palette_of_day *day, dice *d)
{
    paint back = paint_fade(colour_mix(day->sky_top, paper, 0.25),
                            colour_mix(day->accent, paper, 0.4), (point){a->left, a->top},
                            (point){a->right, a->bottom});

    back.grain = 16;
    back.grain_size = 34;
    fill_area(c, a, &back);
    for (int i = 0; i < 14; i++) {
        double y = dice_between(d, a->top, a->bottom), r = dice_between(d, 8, 40);
        frame page = frame_page();
        paint glow = paint_flat(paper);
        path p;

        glow.opacity = dice_between(d, 0.1, 0.35);
        path_begin(&p, &page);
        path_ellipse(&p, dice_between(d, a->left, a->right), y, r, r);
        canvas_fill(c, &p, &glow);
    }
}

/* -------------------------------------------------------------------- interface */

void scene_draw(canvas *c, scene_kind kind, const area *a, const palette_of_day *day, dice *d)
{
    typedef void scene_function(canvas *, const area *, const palette_of_day *, dice *);
    static scene_function *const draw[SCENE_KINDS] = {
        draw_city, draw_hills, draw_room, draw_speed, draw_focus, draw_tone, draw_wash,
    };

    draw[kind](c, a, day, d);
}

palette_of_day scene_day(dice *d)
{
    static const palette_of_day days[] = {
        {{96, 160, 226},
         {214, 236, 248},
         {150, 180, 206},
         {112, 140, 160},
         {126, 176, 96},
         {226, 206, 178},
         {240, 150, 90},
         0},
        {{104, 84, 150},
         {250, 178, 130},
         {166, 120, 150},
         {106, 84, 124},
         {130, 116, 96},
         {236, 200, 170},
         {236, 110, 96},
         0},
        {{18, 24, 62},
         {70, 84, 150},
         {44, 52, 100},
         {36, 40, 74},
         {40, 62, 70},
         {124, 116, 150},
         {110, 130, 230},
         1},
        {{170, 186, 200},
         {228, 232, 234},
         {170, 178, 186},
         {126, 134, 144},
         {140, 150, 130},
         {202, 208, 204},
         {80, 150, 160},
         0},
        {{110, 200, 200},
         {246, 240, 210},
         {140, 190, 180},
         {96, 150, 150},
         {170, 190, 100},
         {216, 226, 206},
         {230, 120, 160},
         0},
    };

    return days[dice_int(d, 0, (int)(sizeof days / sizeof days[0]) - 1)];
}
