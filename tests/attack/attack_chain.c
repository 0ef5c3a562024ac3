/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole ways of a page: re-slicing, aggregators, screenshots, e-readers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/attack/attack_parts.h"

/* -------------------------------------------------------------------- reslice */

/*
 * A slice of the page's own height, cut from the stitched episode at an unknown row:
 * either the page's end and the next one's beginning, or the other way round.
 */
static tmk_status reslice(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 8);
    double share = attack_number(job, 0, dice_between(&d, 0.3, 0.8));
    int kept = (int)(in->height * share + 0.5), page_first = dice_int(&d, 0, 1);
    tmk_picture other = {0};
    tmk_status status;

    if (!(share > 0 && share <= 1))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a share of %g", share);
    status = attack_neighbour(job, 0, in, &other);
    if (status == TMK_OK)
        status = attack_like(job, in, out);
    if (status == TMK_OK) {
        int top = page_first ? kept - in->height : in->height - kept;
        int step = page_first ? other.height : -other.height;
        int y = page_first ? kept : top - other.height;

        attack_paste_rows(in, out, top);
        for (; y < in->height && y > -other.height; y += step)
            attack_paste_rows(&other, out, y);
    }
    tmk_picture_release(&other);
    return status;
}

/* ------------------------------------------------------------------ aggregator */

/* Paints neighbouring pages, JPEG 90 like the page itself, from row TOP DOWNWARDS, or
 * upwards, until the strip ends. */
static tmk_status paint_neighbours(const attack_job *job, const tmk_picture *page, int top,
                                   int downwards, tmk_picture *strip)
{
    tmk_status status = TMK_OK;

    for (int i = 0; status == TMK_OK && top > 0 && top < strip->height; i++) {
        tmk_picture other = {0};

        status = attack_neighbour(job, 2 * i + downwards, page, &other);
        if (status == TMK_OK)
            status = attack_replace(job, "jpeg:90", &other);
        if (status == TMK_OK) {
            attack_paste_rows(&other, strip, downwards ? top : top - other.height);
            top += downwards ? other.height : -other.height;
        }
        tmk_picture_release(&other);
    }
    return status;
}

/* The stretch of the stitched episode that becomes one cut of ROWS rows after scaling;
 * the page lies in it wholly where it fits, and a seeded stretch of it where not. */
static tmk_status stitch(const attack_job *job, const tmk_picture *page, int rows,
                         tmk_picture *strip)
{
    dice d = dice_of(job->seed, 9);
    int room = rows - page->height;
    int top = room >= 0 ? dice_int(&d, 0, room) : -dice_int(&d, 0, -room);
    tmk_status status = tmk_picture_alloc(strip, page->width, rows, page->channels, 8,
                                          job->error);

    if (status != TMK_OK)
        return status;
    attack_paste_rows(page, strip, top);
    status = paint_neighbours(job, page, top, 0, strip);
    if (status == TMK_OK)
        status = paint_neighbours(job, page, top + page->height, 1, strip);
    if (status != TMK_OK)
        tmk_picture_release(strip);
    return status;
}

static tmk_status aggregator(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    const double scale = 0.9; /* 800 to 720 pixels */
    int rows = (int)attack_number(job, 0, 5000);
    tmk_picture page = {0}, strip = {0};
    tmk_status status;

    if (rows < 64 || rows > 16383)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "cuts of %d rows; WebP ends at 16383",
                        rows);
    status = attack_steps(job, "jpeg:90", in, &page);
    if (status == TMK_OK)
        status = stitch(job, &page, (int)ceil(rows / scale), &strip);
    if (status == TMK_OK)
        status = attack_replace(job, "resize:0.9:lanczos+text-boxes:0.15", &strip);
    if (status == TMK_OK)
        status = attack_cut(job, &strip, 0, 0, strip.width,
                            strip.height < rows ? strip.height : rows, out);
    tmk_picture_release(&page);
    tmk_picture_release(&strip);
    if (status == TMK_OK) {
        status = attack_replace(job, "webp:80", out);
        if (status != TMK_OK)
            tmk_picture_release(out);
    }
    return status;
}

/* ------------------------------------------------------------------ screenshot */

static tmk_status screenshot(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    enum { SCREEN = 2400 };
    dice d = dice_of(job->seed, 10);
    tmk_picture shown = {0};
    char name[64];
    int rows;
    tmk_status status;

    snprintf(name, sizeof name, "width:%g:%s", job->number[0],
             dice_chance(&d, 0.5) ? "bilinear" : "bicubic");
    status = attack_steps(job, name, in, &shown);
    if (status != TMK_OK)
        return status;
    rows = shown.height < SCREEN ? shown.height : SCREEN;
    status = attack_cut(job, &shown, 0, dice_int(&d, 0, shown.height - rows), shown.width,
                        rows, out);
    tmk_picture_release(&shown);
    if (status == TMK_OK) {
        status = attack_replace(job, "status-bar:80+jpeg:85", out);
        if (status != TMK_OK)
            tmk_picture_release(out);
    }
    return status;
}

/* ---------------------------------------------------------------------- e-book */

static tmk_status ebook(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    char name[80];

    snprintf(name, sizeof name, "width:%g:lanczos+grey+grey-levels:16:fs+jpeg:85",
             attack_number(job, 0, 1072));
    return attack_steps(job, name, in, out);
}

const attack_row attack_chain_rows[] = {
    {{"reslice", "reslice[:SHARE]",
      "a slice that holds a share of the page and another page"},
     0,
     1,
     reslice},
    {{"aggregator", "aggregator[:ROWS]",
      "JPEG 90, stitched, scaled by 0.9, lettered, cut every 5000 rows, WebP 80"},
     0,
     1,
     aggregator},
    {{"screenshot", "screenshot:WIDTH", "a screen of 2400 rows, status bar, JPEG 85"},
     1,
     1,
     screenshot},
    {{"ebook", "ebook[:WIDTH]", "1072 wide, 16 dithered greys, JPEG 85"}, 0, 1, ebook},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
