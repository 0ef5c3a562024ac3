/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People, from the chest up: simple shapes, ink outlines, cel shading. */
#ifndef TESTS_FIGURE_H
#define TESTS_FIGURE_H

#include "tests/pages/canvas.h"
#include "tests/support/dice.h"

/* Who somebody is; the same in all panels of a page. */
typedef struct person {
    colour skin, hair, eyes, cloth, trim;
    int style; /* of the hair: bob, long, short, tail, buns */
    int parted, spikes, collar, striped;
} person;

typedef enum mood { MOOD_CALM, MOOD_HAPPY, MOOD_SHOCKED, MOOD_ANGRY, MOOD_SAD } mood;

/* Person INDEX of a page's cast, whose seed is CAST: nobody looks like another. */
person figure_person(uint64_t cast, int index);

/*
 * Draws P with the middle of the head at (X, Y) and the radius HEAD in pixels.  TURN,
 * -1 to 1, is where the face looks; LEAN tilts everything by that many radians.
 */
void figure_draw(canvas *c, const person *p, double x, double y, double head, double turn,
                 double lean, mood m, dice *d);

/* Far away: a small standing figure whose feet are at (X, Y). */
void figure_far(canvas *c, const person *p, double x, double y, double height);

#endif
