/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page is a column of tiers, each of one to three panels with gutters between them:
 *
 *     +-----------+      every panel: a scene, people, then balloons over both
 *     |     1     |
 *     +----+------+
 *     | 2  |  3   |
 *     +----+------+
 */
#include "tests/pages/draw.h"

#include <math.h>
#include <string.h>

#include "tests/pages/canvas.h"
#include "tests/pages/figure.h"
#include "tests/pages/letters.h"
#include "tests/pages/scene.h"

static const colour ink = {28, 22, 30};
static const colour paper = {255, 255, 255};

/* What all panels of a page share. */
typedef struct story {
    canvas *c;
    dice *d;
    draw_kind kind;
    person cast[3];
    palette_of_day day;
    double unit;   /* page width over 800: sizes follow it */
    double letter; /* height of capitals, pixels */
    int *said;     /* counts the sayings, so that none comes twice in a row */
} story;

/* --------------------------------------------------------------------- balloons */

static double speech_width(const speech *s, double size)
{
    double width = 0;

    for (int i = 0; i < s->count; i++)
        width = fmax(width, letters_width(s->line[i], size));
    return width;
}

static void draw_tail(const story *s, double x, double y, double to_x, double to_y,
                      double half)
{
    frame page = frame_page();
    path p;

    path_begin(&p, &page);
    path_to(&p, x - half, y);
    path_bend(&p, x, (y + to_y) / 2, to_x, to_y);
    path_bend(&p, x + half * 0.6, (y + to_y) / 2, x + half, y);
    canvas_shape(s->c, &p, paper, 2.4 * s->unit, ink);
}

static void burst_outline(path *p, double x, double y, double rx, double ry, dice *d)
{
    const double pi = 3.14159265358979323846;
    frame page = frame_page();

    path_begin(p, &page);
    for (int i = 0; i < 36; i++) {
        double r = i % 2 ? 1.0 : dice_between(d, 1.15, 1.4), t = 2 * pi * i / 36;

        path_to(p, x + rx * r * cos(t), y + ry * r * sin(t));
    }
}

static void letter_speech(const story *s, const speech *words, double x, double y)
{
    double pitch = s->letter * 1.5, top = y - (words->count * pitch - s->letter * 0.5) / 2;

    for (int i = 0; i < words->count; i++)
        letters_draw(s->c, words->line[i],
                     x - letters_width(words->line[i], s->letter) / 2 + s->letter * 0.12,
                     top + i * pitch, s->letter, s->letter * 0.15, 0, ink);
}

/* A balloon in one of the panel's upper corners, its tail towards (TO_X, TO_Y). */
static void draw_balloon(const story *s, const area *a, int right, int loud, double to_x,
                         double to_y)
{
    speech words = letters_speech(*s->said += 5, loud);
    double rx = speech_width(&words, s->letter) * 0.62 + s->letter;
    double ry = words.count * s->letter * 0.98 + s->letter * 1.3;
    double x = right ? a->right - rx * 0.95 : a->left + rx * 0.95;
    double y = a->top + ry * dice_between(s->d, 0.75, 1.1);
    frame page = frame_page();
    path p;

    x = fmax(rx + 4, fmin(s->c->page.width - rx - 4, x));
    if (loud) {
        burst_outline(&p, x, y, rx, ry, s->d);
        canvas_shape(s->c, &p, paper, 3 * s->unit, ink);
    } else {
        path_begin(&p, &page);
        path_ellipse(&p, x, y, rx, ry);
        canvas_line(s->c, &p, 2.4 * s->unit, LINE_CLOSED, ink);
        draw_tail(s, x + (to_x - x) * 0.15, y + ry * 0.8, x + (to_x - x) * 0.55,
                  y + ry + fmin(70 * s->unit, fabs(to_y - y) * 0.4), rx * 0.16);
        canvas_shape(s->c, &p, paper, 0, ink);
    }
    letter_speech(s, &words, x, y);
}

/* A caption: a plain box with the teller's words. */
static void draw_caption(const story *s, const area *a)
{
    speech words = letters_speech(*s->said += 5, 0);
    double width = speech_width(&words, s->letter) + 2 * s->letter;
    double height = words.count * s->letter * 1.5 + s->letter;
    double x = a->left + 14 * s->unit, y = a->bottom - height - 14 * s->unit;
    frame page = frame_page();
    path p;

    path_begin(&p, &page);
    path_box(&p, x, y, x + width, y + height);
    canvas_shape(s->c, &p, (colour){255, 250, 225}, 2 * s->unit, ink);
    letter_speech(s, &words, x + width / 2, y + height / 2);
}

static void draw_sound(const story *s, const area *a)
{
    const char *text = letters_sound(s->d);
    double size = (a->right - a->left) * 0.55 / letters_width(text, 1);
    double x = a->left + (a->right - a->left) * dice_between(s->d, 0.05, 0.3), y;

    size = fmin(size, (a->bottom - a->top) * 0.25);
    y = a->bottom - size * 1.5;
    letters_draw(s->c, text, x, y, size, size * 0.36, 0.2, ink);
    letters_draw(s->c, text, x, y, size, size * 0.26, 0.2, paper);
    letters_draw(s->c, text, x, y, size, size * 0.15, 0.2, s->day.accent);
}

/* ----------------------------------------------------------------------- panels */

static mood any_mood(const story *s)
{
    return (mood)dice_int(s->d, MOOD_CALM, MOOD_SAD);
}

static void panel_close_up(const story *s, const area *a)
{
    double w = a->right - a->left, h = a->bottom - a->top;
    double head = fmin(w * 0.26, h * 0.27), x = a->left + w * dice_between(s->d, 0.42, 0.58);
    double y = a->top + h * 0.62;

    figure_draw(s->c, &s->cast[dice_int(s->d, 0, 2)], x, y, head,
                dice_between(s->d, -0.8, 0.8), dice_between(s->d, -0.12, 0.12), any_mood(s),
                s->d);
}

static void panel_two(const story *s, const area *a)
{
    double w = a->right - a->left, h = a->bottom - a->top;
    double head = fmin(w * 0.13, h * 0.2);

    figure_draw(s->c, &s->cast[0], a->left + w * 0.28, a->top + h * 0.68, head * 1.05, 0.7,
                0.03, any_mood(s), s->d);
    figure_draw(s->c, &s->cast[1], a->left + w * 0.73, a->top + h * 0.64, head, -0.7, -0.04,
                any_mood(s), s->d);
}

static void panel_far(const story *s, const area *a)
{
    double w = a->right - a->left, h = a->bottom - a->top;
    double height = fmin(h * 0.36, 220 * s->unit);
    double x = a->left + w * dice_between(s->d, 0.4, 0.6);

    figure_far(s->c, &s->cast[0], x, a->bottom - h * 0.05, height);
    figure_far(s->c, &s->cast[1], x + height * 0.5, a->bottom - h * 0.06, height * 0.93);
}

/* A place with probability PLACE, else an effect. */
static scene_kind any_scene(const story *s, double place)
{
    if (dice_chance(s->d, place))
        return (scene_kind)dice_int(s->d, SCENE_CITY, SCENE_ROOM);
    return (scene_kind)dice_int(s->d, SCENE_SPEED, SCENE_WASH);
}

/* Draws what happens in the panel; the balloons come later, over the borders.  Returns
 * whether the lower part is free for captions. */
static int draw_action(const story *s, const area *a, int first)
{
    double aspect = (a->right - a->left) / (a->bottom - a->top);
    double draw = dice_unit(s->d);

    if (first || draw < 0.2) {
        scene_draw(s->c, dice_chance(s->d, 0.5) ? SCENE_CITY : SCENE_HILLS, a, &s->day, s->d);
        panel_far(s, a);
        return 1;
    }
    if (draw < 0.6 && aspect > 1.1) {
        scene_draw(s->c, any_scene(s, 0.7), a, &s->day, s->d);
        panel_two(s, a);
        return 1;
    }
    scene_draw(s->c, any_scene(s, 0.4), a, &s->day, s->d);
    panel_close_up(s, a);
    return 0;
}

static void draw_words(const story *s, const area *a, int low_free)
{
    int right = dice_int(s->d, 0, 1), loud = dice_chance(s->d, 0.22);
    double x = (a->left + a->right) / 2, y = (a->top + a->bottom) / 2;

    if (dice_chance(s->d, 0.85))
        draw_balloon(s, a, right, loud, x, y);
    if (a->right - a->left > 500 * s->unit && dice_chance(s->d, 0.45))
        draw_balloon(s, a, !right, 0, x, y);
    if (low_free && dice_chance(s->d, 0.35))
        draw_caption(s, a);
    else if (low_free && dice_chance(s->d, 0.4))
        draw_sound(s, a);
}

/* SLANT moves the right end of the upper and lower edge, in pixels. */
static void draw_panel(const story *s, const area *a, double slant, int first)
{
    frame page = frame_page();
    area bounds = {a->left, a->top - fabs(slant), a->right, a->bottom + fabs(slant)};
    int low_free;
    path border;

    path_begin(&border, &page);
    path_to(&border, a->left, a->top);
    path_to(&border, a->right, a->top + slant);
    path_to(&border, a->right, a->bottom + slant);
    path_to(&border, a->left, a->bottom);
    canvas_clip(s->c, &border);
    low_free = draw_action(s, &bounds, first);
    canvas_everywhere(s->c);
    canvas_line(s->c, &border, 3.2 * s->unit, LINE_CLOSED, ink);
    draw_words(s, a, low_free);
}

/* ------------------------------------------------------------------------- page */

static void draw_tier(const story *s, const area *tier, double gutter, int first)
{
    double w = tier->right - tier->left, aspect = w / (tier->bottom - tier->top);
    int most = s->kind == DRAW_STRIP ? 2 : aspect > 2 ? 3 : 2;
    int count = first ? 1 : dice_int(s->d, 1, most);
    double slant = count == 1 && !first && dice_chance(s->d, 0.3) ? gutter * 0.6 : 0;
    double left = tier->left;

    for (int i = 0; i < count; i++) {
        double share = i == count - 1 ? 1 : dice_between(s->d, 0.85, 1.15) / (count - i);
        double room = tier->right - left - gutter * (count - 1 - i);
        double right = i == count - 1 ? tier->right : left + room * share;
        area a = {left, tier->top, right, tier->bottom};

        draw_panel(s, &a, slant, first && i == 0);
        left = right + gutter;
    }
}

static void draw_gutters(const story *s, colour flat)
{
    frame page = frame_page();
    paint p = paint_flat(flat);
    path box;

    path_begin(&box, &page);
    path_box(&box, 0, 0, s->c->page.width, s->c->page.height);
    p.plain = 1;
    canvas_fill(s->c, &box, &p);
}

static void draw_tiers(const story *s)
{
    double gutter = s->unit * (s->kind == DRAW_STRIP ? dice_between(s->d, 60, 160)
                                                     : dice_between(s->d, 14, 30));
    double across = s->unit * dice_between(s->d, 12, 22);
    double margin = dice_chance(s->d, 0.4) ? 0 : s->unit * dice_between(s->d, 14, 32);
    double bottom = s->c->page.height - fmax(margin, s->unit * 14);
    double top = fmax(margin, s->unit * 14);

    for (int first = 1; top < bottom - 20 * s->unit; first = 0) {
        double height = s->unit * (s->kind == DRAW_STRIP ? dice_between(s->d, 380, 720)
                                                         : dice_between(s->d, 300, 460));
        area tier = {margin, top, s->c->page.width - margin, top + height};

        if (bottom - tier.bottom < gutter + 240 * s->unit)
            tier.bottom = bottom;
        draw_tier(s, &tier, across, first);
        top = tier.bottom + gutter;
    }
}

int draw_kind_of(const char *name, draw_kind *kind)
{
    static const char *const names[] = {"colour", "manga", "strip"};

    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *kind = (draw_kind)i;
            return 1;
        }
    return 0;
}

/* Flat colour, soft brushwork, or coloured paper: one finish for the whole page. */
static void choose_finish(canvas *c, dice *d)
{
    double draw = dice_unit(d);

    if (c->manga || draw < 0.4)
        return;
    c->grain = draw < 0.75 ? dice_between(d, 4, 9) : dice_between(d, 3, 7);
    c->grain_size = draw < 0.75 ? dice_between(d, 12, 40) : dice_between(d, 1.6, 3);
}

tmk_status draw_page(uint64_t seed, draw_kind kind, int width, int height, tmk_picture *out,
                     tmk_error *error)
{
    dice d = dice_of(seed, (uint64_t)kind);
    canvas c;
    int said = dice_int(&d, 0, 1000);
    story s = {.c = &c, .d = &d, .kind = kind, .unit = width / 800.0, .said = &said};
    uint64_t cast = dice_next(&d);
    tmk_status status = canvas_open(&c, width, height, kind == DRAW_MANGA, error);

    if (status != TMK_OK)
        return status;
    s.letter = 17 * s.unit;
    s.day = scene_day(&d);
    for (int i = 0; i < 3; i++)
        s.cast[i] = figure_person(cast, i);
    choose_finish(&c, &d);
    draw_gutters(&s, kind != DRAW_MANGA && dice_chance(&d, 0.2) ? ink : paper);
    draw_tiers(&s);
    canvas_close(&c);
    *out = c.page;
    return TMK_OK;
}
