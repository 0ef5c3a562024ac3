/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample webtoon pages, drawn from a seed: nothing here belongs to anybody else. */
#ifndef TESTS_DRAW_H
#define TESTS_DRAW_H

#include <stdint.h>

#include "toonmark.h"

typedef enum draw_kind {
    DRAW_COLOUR, /* a colour page: several panels on white or black */
    DRAW_MANGA,  /* ink and halftone dots, grey values only (still three channels) */
    DRAW_STRIP   /* a colour page with wide gaps, as in a scrolling episode */
} draw_kind;

/* The kind that NAME ("colour", "manga", "strip") names; 0 where there is none. */
int draw_kind_of(const char *name, draw_kind *kind);

/*
 * Draws the page that SEED and KIND name, 8-bit RGB.  The same arguments give the same
 * page.  OUT is the caller's and ends with tmk_picture_release.
 */
tmk_status draw_page(uint64_t seed, draw_kind kind, int width, int height, tmk_picture *out,
                     tmk_error *error);

#endif
