/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In a figure's frame the head is the unit: u to the right, v down, the middle of the
 * head at (0, 0), the chin at v = 1.15.
 */
#include "tests/pages/figure.h"

#include <math.h>

static const colour ink = {28, 22, 30};
static const colour paper = {255, 255, 255};

/* One figure while it is drawn. */
typedef struct pose {
    canvas *c;
    const person *p;
    frame at;
    double pen;  /* line width in pixels */
    double turn; /* where the features move to, in heads */
    mood mood;
} pose;

static colour darker(colour a, double t)
{
    return colour_mix(a, (colour){40, 20, 60}, t);
}

static paint shade_paint(double opacity)
{
    paint p = paint_flat((colour){70, 40, 100});

    p.opacity = opacity;
    return p;
}

#define SMOOTH(p, points, closed)                                                            \
    path_smooth(p, points, sizeof points / sizeof points[0], closed)

/* ------------------------------------------------------------------------- body */

enum { STYLE_BOB, STYLE_LONG, STYLE_SHORT, STYLE_TAIL, STYLE_BUNS, STYLES };

/* What hangs or sits behind the head: a tail at one side, or two buns. */
static void draw_extras(const pose *o)
{
    colour flat = darker(o->p->hair, 0.2);
    path p;

    path_begin(&p, &o->at);
    if (o->p->style == STYLE_TAIL) {
        const double tail[][2] = {{0.7, -0.9}, {1.25, -1.05}, {1.6, -0.4}, {1.62, 0.6},
                                  {1.4, 1.7},  {1.3, 0.9},    {1.1, 0.1}};

        SMOOTH(&p, tail, 1);
        canvas_shape(o->c, &p, flat, o->pen, ink);
        path_begin(&p, &o->at);
        path_ellipse(&p, 0.88, -0.86, 0.17, 0.17);
        canvas_shape(o->c, &p, o->p->trim, o->pen, ink);
    } else if (o->p->style == STYLE_BUNS) {
        for (int side = -1; side <= 1; side += 2) {
            path_begin(&p, &o->at);
            path_ellipse(&p, side * 0.82, -1.02, 0.36, 0.36);
            canvas_shape(o->c, &p, flat, o->pen, ink);
        }
    }
}

static void draw_back_hair(const pose *o)
{
    static const double ends[STYLES] = {0.75, 2.6, 0.35, 0.5, 0.6};
    double end = ends[o->p->style];
    const double outline[][2] = {{0, -1.28},     {0.75, -1.08},       {1.1, -0.3},
                                 {1.06, 0.3},    {0.98, end},         {0.45, end + 0.12},
                                 {0, end - 0.1}, {-0.45, end + 0.12}, {-0.98, end},
                                 {-1.06, 0.3},   {-1.1, -0.3},        {-0.75, -1.08}};
    path p;

    draw_extras(o);
    path_begin(&p, &o->at);
    SMOOTH(&p, outline, 1);
    canvas_shape(o->c, &p, darker(o->p->hair, 0.35), o->pen, ink);
}

static void draw_collar(const pose *o)
{
    path p;

    path_begin(&p, &o->at);
    path_to(&p, -0.36, 1.42);
    path_to(&p, 0, 2.25);
    path_to(&p, 0.36, 1.42);
    canvas_shape(o->c, &p, o->p->collar ? o->p->trim : o->p->skin, o->pen * 0.8, ink);
    for (int side = -1; side <= 1; side += 2) {
        path_begin(&p, &o->at);
        path_to(&p, side * 0.34, 1.32);
        path_to(&p, side * 0.78, 1.62);
        path_to(&p, side * 0.42, 2.1);
        path_to(&p, 0, 2.2);
        canvas_shape(o->c, &p, o->p->collar ? o->p->cloth : o->p->trim, o->pen * 0.8, ink);
    }
}

static void draw_folds(const pose *o)
{
    path p;

    for (int side = -1; side <= 1; side += 2) {
        path_begin(&p, &o->at);
        path_to(&p, side * 1.2, 2.3);
        path_bend(&p, side * 1.05, 2.9, side * 1.25, 4);
        canvas_line(o->c, &p, o->pen, LINE_TAPER, ink);
    }
    path_begin(&p, &o->at);
    path_to(&p, 0, 2.25);
    path_to(&p, 0.03, 5);
    canvas_line(o->c, &p, o->pen * 0.7, LINE_EVEN, darker(o->p->cloth, 0.6));
}

static void draw_body(const pose *o)
{
    const double outline[][2] = {{-0.3, 1.3},  {-0.85, 1.52}, {-1.45, 1.85}, {-1.75, 2.7},
                                 {-1.9, 5.2},  {0, 5.6},      {1.9, 5.2},    {1.75, 2.7},
                                 {1.45, 1.85}, {0.85, 1.52},  {0.3, 1.3}};
    paint shadow = shade_paint(0.3), cloth = paint_flat(o->p->cloth);
    path body, p;

    path_begin(&body, &o->at);
    SMOOTH(&body, outline, 1);
    cloth.grain = 5;
    cloth.grain_size = 14;
    canvas_fill(o->c, &body, &cloth);
    canvas_within(o->c, &body);
    for (int i = 0; o->p->striped && i < 7; i++) {
        path_begin(&p, &o->at);
        path_to(&p, -2.2, 2.0 + 0.5 * i);
        path_bend(&p, 0, 2.4 + 0.5 * i, 2.2, 2.0 + 0.5 * i);
        path_to(&p, 2.2, 2.2 + 0.5 * i);
        path_bend(&p, 0, 2.6 + 0.5 * i, -2.2, 2.2 + 0.5 * i);
        canvas_shape(o->c, &p, o->p->trim, 0, ink);
    }
    path_begin(&p, &o->at);
    path_to(&p, 0.2, 1.2);
    path_bend(&p, 1.1, 2.4, 0.95, 5.7);
    path_to(&p, 2.4, 5.7);
    path_to(&p, 2.4, 1.2);
    canvas_fill(o->c, &p, &shadow);
    draw_folds(o);
    canvas_without(o->c);
    canvas_line(o->c, &body, o->pen, LINE_CLOSED, ink);
    draw_collar(o);
    path_begin(&p, &o->at);
    path_to(&p, -0.3, 0.75);
    path_to(&p, -0.3, 1.38);
    path_bend(&p, 0, 1.75, 0.3, 1.38);
    path_to(&p, 0.3, 0.75);
    canvas_shape(o->c, &p, darker(o->p->skin, 0.17), 0, ink);
    canvas_line(o->c, &p, o->pen * 0.8, LINE_EVEN, ink);
}

/* ------------------------------------------------------------------------- face */

static void face_outline(const pose *o, path *p)
{
    double t = o->turn * 0.3;
    const double outline[][2] = {{0, -1.02},
                                 {0.62, -0.86},
                                 {0.92, -0.2},
                                 {0.86, 0.42},
                                 {0.5 + t * 0.5, 0.92},
                                 {t, 1.16},
                                 {-0.5 + t * 0.5, 0.92},
                                 {-0.86, 0.42},
                                 {-0.92, -0.2},
                                 {-0.62, -0.86}};

    path_begin(p, &o->at);
    SMOOTH(p, outline, 1);
}

static void draw_face(const pose *o)
{
    paint shadow = shade_paint(0.22), blush = paint_flat((colour){245, 120, 120});
    path face, p;

    for (int side = -1; side <= 1; side += 2) {
        path_begin(&p, &o->at);
        path_ellipse(&p, side * 0.92, 0.2, 0.13, 0.22);
        canvas_shape(o->c, &p, o->p->skin, o->pen * 0.8, ink);
    }
    face_outline(o, &face);
    canvas_shape(o->c, &face, o->p->skin, 0, ink);
    canvas_within(o->c, &face);
    path_begin(&p, &o->at); /* the fringe's shadow, then that of the far cheek */
    path_ellipse(&p, 0.08, -0.62, 1.05, 0.66);
    canvas_fill(o->c, &p, &shadow);
    path_begin(&p, &o->at);
    path_to(&p, 1.2, -0.2);
    path_to(&p, 0.78, 0.1);
    path_bend(&p, 0.72, 0.75, 0.1 + o->turn * 0.3, 1.3);
    path_to(&p, 1.2, 1.3);
    canvas_fill(o->c, &p, &shadow);
    blush.opacity = o->mood == MOOD_HAPPY ? 0.4 : 0.18;
    for (int side = -1; side <= 1; side += 2) {
        path_begin(&p, &o->at);
        path_ellipse(&p, side * 0.5 + o->turn * 0.2, 0.55, 0.18, 0.09);
        canvas_fill(o->c, &p, &blush);
    }
    canvas_without(o->c);
    canvas_line(o->c, &face, o->pen, LINE_CLOSED, ink);
}

/* An eye that is shut in a smile. */
static void draw_shut_eye(const pose *o, double u)
{
    path p;

    path_begin(&p, &o->at);
    path_to(&p, u - 0.22, 0.26);
    path_bend(&p, u, 0.0, u + 0.22, 0.26);
    canvas_line(o->c, &p, o->pen * 2.2, LINE_TAPER, ink);
}

static void draw_iris(const pose *o, double u, double v, double open)
{
    double small = o->mood == MOOD_SHOCKED ? 0.65 : 1;
    point top = frame_map(&o->at, u, v - 0.22), low = frame_map(&o->at, u, v + 0.24);
    paint iris = paint_fade(darker(o->p->eyes, 0.65), colour_mix(o->p->eyes, paper, 0.35),
                            top, low);
    path p;

    path_begin(&p, &o->at);
    path_ellipse(&p, u, v, 0.15 * small, 0.23 * small * fmax(open, 0.8));
    canvas_fill(o->c, &p, &iris);
    canvas_line(o->c, &p, o->pen * 0.7, LINE_CLOSED, ink);
    path_begin(&p, &o->at);
    path_ellipse(&p, u, v, 0.07 * small, 0.11 * small);
    canvas_shape(o->c, &p, ink, 0, ink);
    path_begin(&p, &o->at);
    path_ellipse(&p, u - 0.06, v - 0.1, 0.055, 0.065);
    canvas_shape(o->c, &p, paper, 0, ink);
    path_begin(&p, &o->at);
    path_ellipse(&p, u + 0.06, v + 0.11, 0.03, 0.035);
    canvas_shape(o->c, &p, paper, 0, ink);
}

static void draw_open_eye(const pose *o, double u, double side)
{
    double open = o->mood == MOOD_SHOCKED ? 1.15 : o->mood == MOOD_SAD ? 0.8 : 1;
    double v = 0.22, top = v - 0.25 * open;
    path eye, p;

    path_begin(&eye, &o->at);
    path_to(&eye, u - 0.23, v);
    path_bend(&eye, u - 0.2, top, u, top);
    path_bend(&eye, u + 0.2, top, u + 0.23, v);
    path_bend(&eye, u + 0.16, v + 0.24, u, v + 0.24);
    path_bend(&eye, u - 0.16, v + 0.24, u - 0.23, v);
    canvas_shape(o->c, &eye, paper, 0, ink);
    canvas_within(o->c, &eye);
    draw_iris(o, u + o->turn * 0.04, v, open);
    canvas_without(o->c);
    path_begin(&p, &o->at); /* the upper lash, longer on the outer side */
    path_to(&p, u - side * 0.22, v + 0.01);
    path_bend(&p, u - side * 0.18, top - 0.02, u, top - 0.01);
    path_bend(&p, u + side * 0.2, top, u + side * 0.27, v - 0.02);
    canvas_line(o->c, &p, o->pen * 2.4, LINE_TAPER, ink);
    path_begin(&p, &o->at);
    path_to(&p, u - 0.12, v + 0.25);
    path_bend(&p, u, v + 0.28, u + 0.14, v + 0.24);
    canvas_line(o->c, &p, o->pen * 0.8, LINE_TAPER, ink);
}

static void draw_brow(const pose *o, double u, double side)
{
    double slope = o->mood == MOOD_ANGRY ? 0.16 : o->mood == MOOD_SAD ? -0.13 : -0.02;
    double lift = o->mood == MOOD_SHOCKED ? -0.12 : 0;
    path p;

    path_begin(&p, &o->at);
    path_to(&p, u - side * 0.24, -0.22 + lift + slope);
    path_bend(&p, u, -0.34 + lift, u + side * 0.26, -0.2 + lift - slope * 0.6);
    canvas_line(o->c, &p, o->pen * 1.7, LINE_TAPER, darker(o->p->hair, 0.5));
}

static void draw_mouth(const pose *o, double u)
{
    path p;

    path_begin(&p, &o->at);
    if (o->mood == MOOD_HAPPY || o->mood == MOOD_SHOCKED) {
        double wide = o->mood == MOOD_HAPPY ? 0.24 : 0.13;

        path_to(&p, u - wide, 0.76);
        path_bend(&p, u, 0.8, u + wide, 0.76);
        path_bend(&p, u + wide * 0.9, 1.0, u, 1.0);
        path_bend(&p, u - wide * 0.9, 1.0, u - wide, 0.76);
        canvas_shape(o->c, &p, (colour){170, 60, 70}, o->pen * 0.8, ink);
        return;
    }
    path_to(&p, u - 0.16, o->mood == MOOD_ANGRY ? 0.86 : 0.82);
    path_bend(&p, u, o->mood == MOOD_CALM ? 0.89 : 0.77, u + 0.16, 0.83);
    canvas_line(o->c, &p, o->pen * 1.3, LINE_TAPER, ink);
}

static void draw_features(const pose *o)
{
    double shift = o->turn * 0.24;
    path p;

    for (int side = -1; side <= 1; side += 2) {
        double u = side * 0.4 + shift;

        if (o->mood == MOOD_HAPPY)
            draw_shut_eye(o, u);
        else
            draw_open_eye(o, u, side);
    }
    path_begin(&p, &o->at);
    path_to(&p, shift * 1.3 + 0.02, 0.5);
    path_to(&p, shift * 1.4 + 0.05 * (o->turn < 0 ? -1 : 1), 0.6);
    path_to(&p, shift * 1.3, 0.62);
    canvas_line(o->c, &p, o->pen * 0.9, LINE_TAPER, darker(o->p->skin, 0.6));
    draw_mouth(o, shift * 1.1);
}

/* ------------------------------------------------------------------- front hair */

/* The crown, then tips and gaps back along the brow. */
static void fringe_outline(const pose *o, path *p)
{
    const double crown[][2] = {{-1.02, 0.5}, {-1.06, -0.3}, {-0.78, -1.0}, {0, -1.27},
                               {0.78, -1.0}, {1.06, -0.3},  {1.02, 0.5}};
    int spikes = o->p->spikes;
    double from = 1.02;

    path_begin(p, &o->at);
    SMOOTH(p, crown, 0);
    for (int i = 0; i < spikes; i++) {
        double to = 0.9 - 1.8 * (i + 1) / spikes, middle = (from + to) / 2;
        double edge = fabs(middle + (o->p->parted ? 0.35 : 0));
        double tip = -0.12 + 0.4 * edge * edge - (i % 2 ? 0.14 : 0);
        double gap = -0.52 + 0.25 * to * to;

        if (i == spikes - 1) {
            gap = 0.1;
            to = -0.9;
        }
        path_bend(p, from - 0.02, tip - 0.25, middle + 0.08, tip);
        path_bend(p, to + 0.06, tip - 0.12, to, gap);
        from = to;
    }
}

static void draw_fringe(const pose *o)
{
    paint shine = paint_flat(colour_mix(o->p->hair, paper, 0.5)), shadow = shade_paint(0.25);
    path fringe, p;

    fringe_outline(o, &fringe);
    canvas_shape(o->c, &fringe, o->p->hair, 0, ink);
    canvas_within(o->c, &fringe);
    path_begin(&p, &o->at);
    path_to(&p, 0.45, -1.4);
    path_bend(&p, 0.9, -0.6, 0.62, 0.6);
    path_to(&p, 1.3, 0.6);
    path_to(&p, 1.3, -1.4);
    canvas_fill(o->c, &p, &shadow);
    path_begin(&p, &o->at); /* a band of light, as on a ball */
    path_to(&p, -0.72, -0.6);
    path_bend(&p, -0.1, -1.0, 0.5, -0.78);
    for (int i = 0; i < 6; i++)
        path_to(&p, 0.38 - 0.2 * i, (i % 2 ? -0.62 : -0.76) - 0.03 * i * (i < 4));
    shine.opacity = 0.75;
    canvas_fill(o->c, &p, &shine);
    for (int i = 0; i < 4; i++) {
        double u = -0.6 + 0.38 * i;

        path_begin(&p, &o->at);
        path_to(&p, u * 0.5, -1.2);
        path_bend(&p, u * 1.1, -0.9, u, -0.45);
        canvas_line(o->c, &p, o->pen * 0.8, LINE_TAPER, darker(o->p->hair, 0.55));
    }
    canvas_without(o->c);
    canvas_line(o->c, &fringe, o->pen, LINE_CLOSED, ink);
}

/* -------------------------------------------------------------------- interface */

void figure_draw(canvas *c, const person *p, double x, double y, double head, double turn,
                 double lean, mood m, dice *d)
{
    pose o = {c, p, frame_of(x, y, head, lean, dice_chance(d, 0.5)), 0, turn, m};

    o.pen = fmax(1.3, fmin(3.4, head * 0.03));
    o.turn *= o.at.mirror;
    draw_back_hair(&o);
    draw_body(&o);
    draw_face(&o);
    draw_features(&o);
    draw_fringe(&o);
    for (int side = -1; side <= 1; side += 2) /* seen through the hair, as comics have it */
        draw_brow(&o, side * 0.4 + o.turn * 0.24, side);
}

void figure_far(canvas *c, const person *p, double x, double y, double height)
{
    frame at = frame_of(x, y, height, 0, 0);
    double pen = fmax(1, height * 0.014);
    path q;

    path_begin(&q, &at);
    path_to(&q, -0.09, 0);
    path_to(&q, -0.11, -0.45);
    path_to(&q, 0.11, -0.45);
    path_to(&q, 0.09, 0);
    path_to(&q, 0.02, 0);
    path_to(&q, 0, -0.3);
    path_to(&q, -0.02, 0);
    canvas_shape(c, &q, darker(p->trim, 0.5), pen, ink);
    path_begin(&q, &at);
    path_rounded(&q, -0.15, -0.8, 0.15, -0.38, 0.07);
    canvas_shape(c, &q, p->cloth, pen, ink);
    path_begin(&q, &at);
    path_ellipse(&q, 0, -0.89, 0.085, 0.1);
    canvas_shape(c, &q, p->skin, pen, ink);
    path_begin(&q, &at);
    path_arc(&q, 0, -0.9, 0.1, 0.11, 3.0, 6.5);
    canvas_shape(c, &q, p->hair, pen, ink);
}

person figure_person(uint64_t cast, int index)
{
    static const colour skins[] = {
        {255, 226, 206}, {250, 212, 186}, {226, 178, 142}, {168, 118, 88}};
    static const colour hairs[] = {{52, 44, 60},   {110, 70, 48},  {226, 184, 104},
                                   {196, 78, 66},  {96, 116, 190}, {232, 150, 176},
                                   {210, 214, 226}};
    static const colour eyes[] = {
        {70, 130, 200}, {90, 160, 90}, {150, 96, 50}, {150, 90, 190}, {200, 140, 50}};
    static const colour cloths[] = {{64, 84, 140},   {178, 60, 72}, {76, 132, 104},
                                    {238, 232, 220}, {70, 66, 78},  {224, 160, 84},
                                    {148, 112, 170}};
    dice one = dice_of(cast, 0), own = dice_of(cast, (uint64_t)index + 1);
    int first = dice_int(&one, 0, 1000);
    person p;

    p.skin = skins[dice_int(&own, 0, 3)];
    p.hair = hairs[(first + 2 * index) % 7];
    p.eyes = eyes[(first + index) % 5];
    p.cloth = cloths[(first / 7 + 3 * index) % 7];
    p.trim = cloths[(first / 7 + 3 * index + 1) % 7];
    p.style = (first / 5 + 2 * index) % STYLES;
    p.parted = dice_chance(&own, 0.5);
    p.spikes = dice_int(&own, 5, 8);
    p.collar = dice_chance(&own, 0.5);
    p.striped = dice_chance(&own, 0.3);
    return p;
}
