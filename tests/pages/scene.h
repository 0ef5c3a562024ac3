/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies behind the figures of a panel. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "tests/pages/canvas.h"
#include "tests/support/dice.h"

/* A panel's bounding box on the page. */
typedef struct area {
    double left, top, right, bottom;
} area;

/* The light of a page: all its places share it. */
typedef struct palette_of_day {
    colour sky_top, sky_low, far, near, ground, wall, accent;
    int night;
} palette_of_day;

palette_of_day scene_day(dice *d);

typedef enum scene_kind {
    SCENE_CITY,
    SCENE_HILLS,
    SCENE_ROOM,
    SCENE_SPEED, /* lines that rush past */
    SCENE_FOCUS, /* lines towards the middle */
    SCENE_TONE,  /* halftone dots that fade */
    SCENE_WASH,  /* brushed colour */
    SCENE_KINDS
} scene_kind;

/* Fills the panel, whose clip is set. */
void scene_draw(canvas *c, scene_kind kind, const area *a, const palette_of_day *day,
                dice *d);

#endif
