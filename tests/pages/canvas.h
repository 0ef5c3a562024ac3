/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page to draw on: anti-aliased outlines filled with flat colour, gradients, grain or
 * halftone dots, and ink lines.  A clip (the panel) and a second one (within a shape)
 * limit what is drawn.
 */
#ifndef TESTS_CANVAS_H
#define TESTS_CANVAS_H

#include <stdint.h>

#include "tests/pages/path.h"
#include "toonmark.h"

typedef struct colour {
    double r, g, b; /* 0 to 255 */
} colour;

/* A colour at each place: FROM at A, changing to TO at B where these differ. */
typedef struct paint {
    colour from, to;
    point a, b;
    double opacity;    /* 0 to 1 */
    double grain;      /* deviation of the texture in levels, 0: none */
    double grain_size; /* pixels */
    double dots;       /* pitch of halftone dots that carry the paint, 0: none; they
                            shrink from A to B */
    int plain;         /* manga: keep the grey value instead of making dots of it */
} paint;

/* A part of the page: what a clip or the current shape covers. */
typedef struct cover {
    uint8_t *level; /* a page of 0 to 255 */
    int left, top, right, bottom;
} cover;

typedef struct canvas {
    tmk_picture page; /* RGB, 8 bits */
    int manga;        /* greys become ink, dots or paper */
    double grain;     /* texture of paints that name none, as in PAINT; white stays clean */
    double grain_size;
    int clipped, within;
    cover shape, clip, inner;
    float *row; /* room for one row */
} canvas;

tmk_status canvas_open(canvas *c, int width, int height, int manga, tmk_error *error);

/* Frees all but the page itself, which the caller takes or releases. */
void canvas_close(canvas *c);

colour colour_mix(colour a, colour b, double t);

paint paint_flat(colour flat);
paint paint_fade(colour from, colour to, point a, point b);

/* Until canvas_everywhere, things show inside OUTLINE alone. */
void canvas_clip(canvas *c, const path *outline);
void canvas_everywhere(canvas *c);

/* Until canvas_without, things show inside OUTLINE and the clip alone. */
void canvas_within(canvas *c, const path *outline);
void canvas_without(canvas *c);

/* Fills OUTLINE, which closes itself. */
void canvas_fill(canvas *c, const path *outline, const paint *p);

/* A line along OUTLINE, WIDTH pixels; TAPER: thin at both ends; CLOSED: back to the start. */
typedef enum line_style { LINE_EVEN, LINE_TAPER, LINE_CLOSED } line_style;
void canvas_line(canvas *c, const path *outline, double width, line_style style, colour ink);

/* Fills OUTLINE with a flat colour and draws its edge in INK; a WIDTH of 0: no edge. */
void canvas_shape(canvas *c, const path *outline, colour flat, double width, colour ink);

#endif
