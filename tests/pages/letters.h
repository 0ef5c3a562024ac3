/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comic lettering in capitals of a few strokes, and the words of no story at all. */
#ifndef TESTS_LETTERS_H
#define TESTS_LETTERS_H

#include "tests/pages/canvas.h"
#include "tests/support/dice.h"

/* Width of TEXT whose capitals are SIZE pixels high. */
double letters_width(const char *text, double size);

/* Draws TEXT (A to Z, blanks, .,!?'-) from (X, Y), its upper left corner, with a pen of
 * WEIGHT pixels.  LEAN is the slant: 0.2 leans to the right. */
void letters_draw(canvas *c, const char *text, double x, double y, double size, double weight,
                  double lean, colour ink);

enum { LETTERS_LINES = 6, LETTERS_LONGEST = 40 };

/* A few words, broken into short lines. */
typedef struct speech {
    int count;
    char line[LETTERS_LINES][LETTERS_LONGEST];
} speech;

/* Saying NUMBER, a cry or calm; neighbouring numbers give different words. */
speech letters_speech(int number, int loud);

/* A sound, such as "WHOOSH". */
const char *letters_sound(dice *d);

#endif
