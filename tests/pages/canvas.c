/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Coverage first (five lines a row, exact along each), then paint through the clips. */
#include "tests/pages/canvas.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "tests/support/dice.h"
#include "base/picture.h"

enum { SUBLINES = 5, MOST_CROSSINGS = 128 };
static const double tone_pitch = 6; /* pixels from dot to dot in manga */

/* ----------------------------------------------------------------------- covers */

static void cover_clear(cover *v, int width)
{
    for (int y = v->top; y < v->bottom; y++)
        memset(v->level + (size_t)y * (size_t)width + v->left, 0,
               (size_t)(v->right - v->left));
    v->left = v->top = v->right = v->bottom = 0;
}

/* Widens V to include the box, cut to the page; gives the cut box. */
static int cover_reach(cover *v, const tmk_picture *page, const double box[4], int cut[4])
{
    cut[0] = (int)fmax(0, floor(fmin(box[0], page->width)));
    cut[1] = (int)fmax(0, floor(fmin(box[1], page->height)));
    cut[2] = (int)fmin(page->width, ceil(fmax(box[2], 0)));
    cut[3] = (int)fmin(page->height, ceil(fmax(box[3], 0)));
    if (cut[0] >= cut[2] || cut[1] >= cut[3])
        return 0;
    if (v->left == v->right) {
        v->left = cut[0], v->top = cut[1], v->right = cut[2], v->bottom = cut[3];
        return 1;
    }
    v->left = cut[0] < v->left ? cut[0] : v->left;
    v->top = cut[1] < v->top ? cut[1] : v->top;
    v->right = cut[2] > v->right ? cut[2] : v->right;
    v->bottom = cut[3] > v->bottom ? cut[3] : v->bottom;
    return 1;
}

static void raise(uint8_t *level, double share)
{
    uint8_t value = share >= 1 ? 255 : (uint8_t)(share * 255 + 0.5);

    if (share > 0 && value > *level)
        *level = value;
}

/* ----------------------------------------------------------------------- filling */

/* Where the outline crosses height Y, in rising order. */
static int crossings(const path *outline, double y, double at[MOST_CROSSINGS])
{
    int n = 0;

    for (int i = 0; i < outline->count && n < MOST_CROSSINGS; i++) {
        point a = outline->points[i], b = outline->points[(i + 1) % outline->count];

        if ((a.y <= y) != (b.y <= y)) {
            double x = a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y);
            int k = n++;

            for (; k > 0 && at[k - 1] > x; k--)
                at[k] = at[k - 1];
            at[k] = x;
        }
    }
    return n;
}

/* Adds the span from A to B to the row, exact at both ends. */
static void add_span(float *row, double a, double b, int left, int right)
{
    a = fmax(a, left);
    b = fmin(b, right);
    for (int x = (int)a; x < b; x++)
        row[x] += (float)(fmin(b, x + 1) - fmax(a, x));
}

static void outline_box(const path *outline, double margin, double box[4])
{
    box[0] = box[1] = 1e9;
    box[2] = box[3] = -1e9;
    for (int i = 0; i < outline->count; i++) {
        box[0] = fmin(box[0], outline->points[i].x - margin);
        box[1] = fmin(box[1], outline->points[i].y - margin);
        box[2] = fmax(box[2], outline->points[i].x + margin);
        box[3] = fmax(box[3], outline->points[i].y + margin);
    }
}

static void cover_outline(canvas *c, cover *v, const path *outline)
{
    double box[4], at[MOST_CROSSINGS];
    int cut[4];

    outline_box(outline, 0, box);
    if (!cover_reach(v, &c->page, box, cut))
        return;
    for (int y = cut[1]; y < cut[3]; y++) {
        uint8_t *level = v->level + (size_t)y * (size_t)c->page.width;

        memset(c->row + cut[0], 0, (size_t)(cut[2] - cut[0]) * sizeof *c->row);
        for (int s = 0; s < SUBLINES; s++) {
            int n = crossings(outline, y + (s + 0.5) / SUBLINES, at);

            for (int k = 0; k + 1 < n; k += 2)
                add_span(c->row, at[k], at[k + 1], cut[0], cut[2]);
        }
        for (int x = cut[0]; x < cut[2]; x++)
            raise(&level[x], (double)c->row[x] / SUBLINES);
    }
}

/* ------------------------------------------------------------------------ lines */

static void cover_segment(canvas *c, cover *v, point a, point b, double ra, double rb)
{
    double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy + 1e-9;
    double r = fmax(ra, rb) + 1;
    double box[4] = {fmin(a.x, b.x) - r, fmin(a.y, b.y) - r, fmax(a.x, b.x) + r,
                     fmax(a.y, b.y) + r};
    int cut[4];

    if (!cover_reach(v, &c->page, box, cut))
        return;
    for (int y = cut[1]; y < cut[3]; y++) {
        uint8_t *level = v->level + (size_t)y * (size_t)c->page.width;

        for (int x = cut[0]; x < cut[2]; x++) {
            double px = x + 0.5 - a.x, py = y + 0.5 - a.y;
            double t = fmin(1, fmax(0, (px * dx + py * dy) / length));
            double ex = px - t * dx, ey = py - t * dy, radius = ra + t * (rb - ra);

            if (ex * ex + ey * ey < r * r)
                raise(&level[x],
                      fmin(1, 2 * radius) * fmin(1, radius + 0.5 - sqrt(ex * ex + ey * ey)));
        }
    }
}

/* The radius at share T of the line: a pen presses most in the middle. */
static double pressure(line_style style, double radius, double t)
{
    return style == LINE_TAPER ? radius * (0.15 + 3.4 * t * (1 - t)) : radius;
}

/* ---------------------------------------------------------------------- painting */

static double lattice(int x, int y)
{
    dice d = {(uint64_t)(uint32_t)x << 32 | (uint32_t)y};

    return dice_unit(&d) * 2 - 1;
}

/* Smooth noise of deviation about 0.5, one bump a unit. */
static double grain_at(double x, double y)
{
    double fx = floor(x), fy = floor(y), u = x - fx, v = y - fy;
    int i = (int)fx, j = (int)fy;

    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    return (lattice(i, j) * (1 - u) + lattice(i + 1, j) * u) * (1 - v) +
           (lattice(i, j + 1) * (1 - u) + lattice(i + 1, j + 1) * u) * v;
}

/* Coverage of dots on a grid turned by 45 degrees, dark over SHARE of the area. */
static double dots_at(double x, double y, double pitch, double share)
{
    const double turn = 0.70710678118654752440, pi = 3.14159265358979323846;
    int inverse = share > 0.5;
    double u = (x + y) * turn / pitch + (inverse ? 0.5 : 0);
    double v = (x - y) * turn / pitch + (inverse ? 0.5 : 0);
    double du = (u - floor(u) - 0.5) * pitch, dv = (v - floor(v) - 0.5) * pitch;
    double radius = pitch * sqrt((inverse ? 1 - share : share) / pi);
    double dot = fmin(1, fmax(0, radius + 0.5 - sqrt(du * du + dv * dv)));

    dot = radius < 0.3 ? 0 : dot;
    return inverse ? 1 - dot : dot;
}

/* Share of the way from A to B at which (X, Y) lies. */
static double along(const paint *p, double x, double y)
{
    double dx = p->b.x - p->a.x, dy = p->b.y - p->a.y, length = dx * dx + dy * dy;

    if (length <= 0)
        return 0;
    return fmin(1, fmax(0, ((x - p->a.x) * dx + (y - p->a.y) * dy) / length));
}

/* What a printer in one ink makes of a grey value: paper, ink, or one of four tones. */
static double as_print(double grey, double x, double y)
{
    double step = ceil((182 - grey) / 30);

    if (grey > 182)
        return 255;
    return grey < 62 ? grey * 0.3 : 255 - 255 * dots_at(x, y, tone_pitch, 0.04 + 0.1 * step);
}

/* Turns a colour into what one ink gives; a glaze of dark colour becomes dots. */
static colour printed(const paint *p, colour here, double x, double y, double *opacity)
{
    double grey = 0.3 * here.r + 0.59 * here.g + 0.11 * here.b;

    if (p->plain || p->dots > 0)
        return (colour){grey, grey, grey};
    if (p->opacity < 1 && grey < 160) {
        *opacity = dots_at(x, y, tone_pitch, p->opacity * 0.5);
        return (colour){20, 20, 20};
    }
    grey = as_print(grey, x, y);
    return (colour){grey, grey, grey};
}

/* Adds the paint's texture, or the canvas's. */
static void add_grain(const canvas *c, const paint *p, int x, int y, colour *here)
{
    int own = p->grain > 0, clean = p->plain || here->r + here->g + here->b > 750;
    double level = own ? p->grain : clean ? 0 : c->grain;
    double size = own ? p->grain_size : c->grain_size, g;

    if (level <= 0)
        return;
    g = level * (grain_at(x / size, y / size) + 0.5 * grain_at(x * 3 / size, y * 3 / size));
    here->r += g;
    here->g += g;
    here->b += g;
}

static colour paint_at(const canvas *c, const paint *p, int x, int y, double *opacity)
{
    double t = along(p, x, y);
    colour here = colour_mix(p->from, p->to, t);

    *opacity = p->opacity;
    add_grain(c, p, x, y, &here);
    if (p->dots > 0)
        *opacity *= dots_at(x, y, p->dots, 0.45 * (1 - t) + 0.02);
    return c->manga ? printed(p, here, x, y, opacity) : here;
}

static uint8_t blend(uint8_t old, double new, double share)
{
    double value = old + (new - old) * share;

    return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)(value + 0.5);
}

/* Paints the current shape through the clips and forgets it. */
static void compose(canvas *c, const paint *p)
{
    for (int y = c->shape.top; y < c->shape.bottom; y++) {
        size_t row = (size_t)y * (size_t)c->page.width;
        uint8_t *to = tmk_picture_row(&c->page, y);

        for (int x = c->shape.left; x < c->shape.right; x++) {
            double share = c->shape.level[row + (size_t)x] / 255.0, opacity;
            colour here;

            if (c->clipped)
                share *= c->clip.level[row + (size_t)x] / 255.0;
            if (c->within)
                share *= c->inner.level[row + (size_t)x] / 255.0;
            if (share <= 0)
                continue;
            here = paint_at(c, p, x, y, &opacity);
            share *= opacity;
            to[3 * x] = blend(to[3 * x], here.r, share);
            to[3 * x + 1] = blend(to[3 * x + 1], here.g, share);
            to[3 * x + 2] = blend(to[3 * x + 2], here.b, share);
        }
    }
    cover_clear(&c->shape, c->page.width);
}

/* --------------------------------------------------------------------- interface */

colour colour_mix(colour a, colour b, double t)
{
    return (colour){a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

paint paint_flat(colour flat)
{
    return (paint){.from = flat, .to = flat, .opacity = 1};
}

paint paint_fade(colour from, colour to, point a, point b)
{
    return (paint){.from = from, .to = to, .a = a, .b = b, .opacity = 1};
}

void canvas_clip(canvas *c, const path *outline)
{
    cover_clear(&c->clip, c->page.width);
    cover_outline(c, &c->clip, outline);
    c->clipped = 1;
}

void canvas_everywhere(canvas *c)
{
    c->clipped = 0;
}

void canvas_within(canvas *c, const path *outline)
{
    cover_clear(&c->inner, c->page.width);
    cover_outline(c, &c->inner, outline);
    c->within = 1;
}

void canvas_without(canvas *c)
{
    c->within = 0;
}

void canvas_fill(canvas *c, const path *outline, const paint *p)
{
    cover_outline(c, &c->shape, outline);
    compose(c, p);
}

void canvas_line(canvas *c, const path *outline, double width, line_style style, colour ink)
{
    int n = outline->count, spans = style == LINE_CLOSED ? n : n - 1;
    paint p = paint_flat(ink);

    p.plain = 1;
    for (int i = 0; i < spans; i++)
        cover_segment(c, &c->shape, outline->points[i], outline->points[(i + 1) % n],
                      pressure(style, width / 2, (double)i / spans),
                      pressure(style, width / 2, (i + 1.0) / spans));
    compose(c, &p);
}

void canvas_shape(canvas *c, const path *outline, colour flat, double width, colour ink)
{
    paint p = paint_flat(flat);

    canvas_fill(c, outline, &p);
    if (width > 0)
        canvas_line(c, outline, width, LINE_CLOSED, ink);
}

tmk_status canvas_open(canvas *c, int width, int height, int manga, tmk_error *error)
{
    tmk_status status;

    *c = (canvas){.manga = manga};
    status = tmk_picture_alloc(&c->page, width, height, 3, 8, error);
    if (status != TMK_OK)
        return status;
    c->shape.level = tmk_calloc((size_t)height, (size_t)width);
    c->clip.level = tmk_calloc((size_t)height, (size_t)width);
    c->inner.level = tmk_calloc((size_t)height, (size_t)width);
    c->row = tmk_calloc((size_t)width + 1, sizeof *c->row);
    if (c->shape.level != NULL && c->clip.level != NULL && c->inner.level != NULL &&
        c->row != NULL)
        return TMK_OK;
    canvas_close(c);
    tmk_picture_release(&c->page);
    return tmk_fail_memory(error, "a canvas");
}

void canvas_close(canvas *c)
{
    tmk_free(c->shape.level);
    tmk_free(c->clip.level);
    tmk_free(c->inner.level);
    tmk_free(c->row);
    c->shape.level = c->clip.level = c->inner.level = NULL;
    c->row = NULL;
}
