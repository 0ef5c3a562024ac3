/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scanlators lay over a page: lettered balloons, a logo, a border. */
#include <math.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "base/memory.h"

/* -------------------------------------------------------------------- drawing */

/* Mixes grey VALUE into the pixel by COVER, 0 to 1. */
static void mix(const tmk_picture *page, int x, int y, double value, double cover)
{
    uint8_t *p;

    if (x < 0 || y < 0 || x >= page->width || y >= page->height || cover <= 0)
        return;
    p = tmk_picture_row(page, y) + x * page->channels;
    for (int c = 0; c < page->channels; c++)
        p[c] = attack_clip(p[c] + (value - p[c]) * (cover > 1 ? 1 : cover));
}

/* A straight stroke from A to B, anti-aliased. */
static void stroke(const tmk_picture *page, const double a[2], const double b[2],
                   double radius, double value, double cover)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy + 1e-9;
    int left = (int)floor(fmin(a[0], b[0]) - radius - 1);
    int right = (int)ceil(fmax(a[0], b[0]) + radius + 1);
    int top = (int)floor(fmin(a[1], b[1]) - radius - 1);
    int bottom = (int)ceil(fmax(a[1], b[1]) + radius + 1);

    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            double px = x + 0.5 - a[0], py = y + 0.5 - a[1];
            double t = fmin(1, fmax(0, (px * dx + py * dy) / length));
            double ex = px - t * dx, ey = py - t * dy;
            double edge = radius + 0.5 - sqrt(ex * ex + ey * ey);

            mix(page, x, y, value, cover * fmin(1, fmax(0, edge)));
        }
}

/* One letter of two to four strokes in a cell of WIDTH x HEIGHT. */
static void letter(const tmk_picture *page, dice *d, double left, double top, double width,
                   double height, double value, double cover)
{
    int strokes = dice_int(d, 2, 4);
    double at[2] = {left + width * dice_unit(d), top + height * (double)dice_int(d, 0, 1)};

    for (int i = 0; i < strokes; i++) {
        double to[2] = {left + width * (double)dice_int(d, 0, 2) / 2,
                        top + height * (double)dice_int(d, 0, 2) / 2};

        stroke(page, at, to, fmax(0.8, height * 0.08), value, cover);
        memcpy(at, to, sizeof at);
    }
}

/* --------------------------------------------------------------------- balloons */

typedef struct balloon {
    double x, y, half_width, half_height; /* centre and half sides */
    int round;                            /* an ellipse rather than a rounded box */
} balloon;

/* How far the point lies inside the edge, in pixels, roughly. */
static double balloon_depth(const balloon *b, double x, double y)
{
    double u = fabs(x - b->x), v = fabs(y - b->y), corner, qx, qy;

    if (b->round) {
        double r = hypot(u / b->half_width, v / b->half_height);

        return (1 - r) * fmin(b->half_width, b->half_height);
    }
    corner = 0.35 * fmin(b->half_width, b->half_height);
    qx = u - b->half_width + corner;
    qy = v - b->half_height + corner;
    return corner - hypot(fmax(qx, 0), fmax(qy, 0)) - fmin(fmax(qx, qy), 0);
}

/* White inside, a black line along the edge; notes in COVERED what it hides. */
static int64_t fill_balloon(const tmk_picture *page, const balloon *b, uint8_t *covered)
{
    const double line = 2;
    int64_t fresh = 0;

    for (int y = (int)(b->y - b->half_height) - 1; y <= (int)(b->y + b->half_height) + 1; y++)
        for (int x = (int)(b->x - b->half_width) - 1; x <= (int)(b->x + b->half_width) + 1;
             x++) {
            double depth = balloon_depth(b, x + 0.5, y + 0.5);
            uint8_t *seen;

            if (x < 0 || y < 0 || x >= page->width || y >= page->height || depth <= -0.5)
                continue;
            mix(page, x, y, 0, depth + 0.5);
            mix(page, x, y, 255, depth - line + 0.5);
            seen = &covered[(size_t)y * (size_t)page->width + (size_t)x];
            fresh += *seen == 0 && depth > 0;
            *seen |= depth > 0;
        }
    return fresh;
}

/* Words in lines, each as long as the balloon is wide there. */
static void letter_balloon(const tmk_picture *page, const balloon *b, double size, dice *d)
{
    double pitch = 1.5 * size, top = b->y - b->half_height * 0.7;

    for (; top + size < b->y + b->half_height * 0.75; top += pitch) {
        double v = (top + size / 2 - b->y) / b->half_height;
        double reach = b->half_width * (b->round ? sqrt(1 - v * v) * 0.85 : 0.85);
        int left_in_word = dice_int(d, 2, 7);

        for (double x = b->x - reach; x + 0.7 * size < b->x + reach; x += 0.9 * size) {
            if (left_in_word-- == 0) {
                left_in_word = dice_int(d, 2, 7);
                continue;
            }
            letter(page, d, x, top, 0.6 * size, size, 0, 1);
        }
    }
}

static balloon throw_balloon(const tmk_picture *page, dice *d)
{
    balloon b;

    b.half_width = page->width * dice_between(d, 0.07, 0.17);
    b.half_height = b.half_width * dice_between(d, 0.5, 0.9);
    b.x = dice_between(d, 0.6 * b.half_width, page->width - 0.6 * b.half_width);
    b.y = dice_between(d, 0.6 * b.half_height, page->height - 0.6 * b.half_height);
    b.round = dice_chance(d, 0.6);
    return b;
}

static tmk_status text_boxes(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double share = job->number[0];
    dice d = dice_of(job->seed, 5);
    int64_t pixels = (int64_t)in->width * in->height, hidden = 0;
    uint8_t *covered;
    tmk_status status;

    if (!(share >= 0 && share <= 0.9))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a share of %g; 0 to 0.9 is known",
                        share);
    covered = tmk_calloc((size_t)pixels, 1);
    status = covered == NULL ? tmk_fail_memory(job->error, "balloons")
                             : tmk_picture_copy(out, in, job->error);
    while (status == TMK_OK && (double)hidden < share * (double)pixels) {
        balloon b = throw_balloon(out, &d);

        hidden += fill_balloon(out, &b, covered);
        letter_balloon(out, &b, fmax(6, in->width * 0.02), &d);
    }
    tmk_free(covered);
    return status;
}

/* ---------------------------------------------------------------- logo and border */

static void draw_logo(const tmk_picture *page, double x, double y, double radius, dice *d)
{
    const double cover = 0.6;
    double value = dice_chance(d, 0.5) ? 255 : 0;
    int reach = (int)ceil(radius) + 1;

    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            double r = hypot(i, j);

            mix(page, (int)x + i, (int)y + j, value,
                cover * fmin(1, fmax(0, radius - r + 0.5)));
        }
    for (int i = 0; i < 5; i++)
        letter(page, d, x + radius * (-0.75 + 0.32 * i), y - radius * 0.3, radius * 0.22,
               radius * 0.6, 255 - value, 0.8);
}

static tmk_status logo_border(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 6);
    int border = (int)attack_number(job, 0, 20), n = in->channels;
    int tone = dice_chance(&d, 0.5) ? 255 : 0;
    double radius = 0.075 * in->width;
    int right = dice_int(&d, 0, 1), low = dice_int(&d, 0, 1);
    double inset = border + 1.3 * radius;
    tmk_status status;

    if (border < 0 || border > 1000)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a border of %d pixels", border);
    status = tmk_picture_alloc(out, in->width + 2 * border, in->height + 2 * border, n, 8,
                               job->error);
    if (status != TMK_OK)
        return status;
    memset(out->pixels, tone, out->stride * (size_t)out->height);
    for (int y = 0; y < in->height; y++)
        memcpy(tmk_picture_row(out, y + border) + border * n, tmk_picture_row(in, y),
               (size_t)(in->width * n));
    draw_logo(out, right ? out->width - inset : inset, low ? out->height - inset : inset,
              radius, &d);
    return TMK_OK;
}

/* A telephone's status bar: the clock at the left, signal bars and battery at the right. */
static tmk_status status_bar(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 7);
    int rows = (int)attack_number(job, 0, 80);
    double paper = dice_chance(&d, 0.5) ? 255 : 0, size = rows * 0.4, x;
    tmk_status status = tmk_picture_copy(out, in, job->error);

    if (status != TMK_OK)
        return status;
    for (int y = 0; y < rows && y < out->height; y++)
        memset(tmk_picture_row(out, y), (int)paper, out->stride);
    for (x = size; x < 4 * size; x += 0.8 * size)
        letter(out, &d, x, rows * 0.3, 0.5 * size, size, 255 - paper, 1);
    for (x = out->width - 6 * size; x < out->width - 3 * size; x += 0.7 * size) {
        double foot[2] = {x, rows * 0.7}, head[2] = {x, rows * dice_between(&d, 0.3, 0.6)};

        stroke(out, foot, head, size * 0.15, 255 - paper, 1);
    }
    stroke(out, (double[2]){out->width - 2 * size, rows * 0.5},
           (double[2]){out->width - size, rows * 0.5}, size * 0.3, 255 - paper, 1);
    return TMK_OK;
}

const attack_row attack_overlay_rows[] = {
    {{"text-boxes", "text-boxes:SHARE", "lettered balloons over a share of the area"},
     1,
     1,
     text_boxes},
    {{"logo-border", "logo-border[:PIXELS]", "a logo in a corner, a border of 20 pixels"},
     0,
     1,
     logo_border},
    {{"status-bar", "status-bar[:ROWS]", "the top 80 rows under a telephone's status bar"},
     0,
     1,
     status_bar},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
