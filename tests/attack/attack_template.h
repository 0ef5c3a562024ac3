/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an outsider without the key can learn from marked pages and take away from others:
 * residuals are laid on each other where they agree, averaged, and the mean, times what a page
 * can hide at each pixel, is subtracted from a page again.
 *
 *     attack_template_begin(&template, 1024, &error);
 *     for each page     attack_template_add(&template, &page, x, y, &error);
 *     attack_template_learn(&template, attack_common, &error);
 *     attack_template_subtract(&template, &victim, x, y, 2.2, &error);
 *     attack_template_release(&template);
 *
 * How pages lie is given, which is the best that an attacker can find out (correlating two
 * residuals with each other shows it); only differences of X and Y matter.
 */
#ifndef TESTS_ATTACK_TEMPLATE_H
#define TESTS_ATTACK_TEMPLATE_H

#include "image/plane.h"
#include "tests/attack/attack.h"

/* The carriers that recur, as doc/format.md has them: their radii in cycles a tile, and their
 * share of the pattern's energy, for luma and chroma. */
typedef struct attack_carriers {
    double inner[2], outer[2], share[2];
} attack_carriers;

/* Those that recur on every page of a key, and all those of one band. */
extern const attack_carriers attack_common, attack_all;

/* A period of the plane: rows recur after SIDE pixels, columns after 1024. */
typedef struct attack_template {
    int side;
    tmk_plane sum[2]; /* of residuals, then the template */
    tmk_plane count;  /* of residuals at each pixel */
} attack_template;

/* SIDE is a power of two, 1024 or more.  Ends with attack_template_release, also after a
 * failure. */
tmk_status attack_template_begin(attack_template *template, int side, tmk_error *error);
void attack_template_release(attack_template *template);

/* Adds the residual of PAGE, whose upper left corner lies at (X, Y). */
tmk_status attack_template_add(attack_template *template, const tmk_picture *page, int x,
                               int y, tmk_error *error);

/* Turns the sums into a template of the deviation that CARRIERS have in the pattern. */
tmk_status attack_template_learn(attack_template *template, const attack_carriers *carriers,
                                 tmk_error *error);

/* Takes the template, times K and the mask, from PAGE, which is changed in place. */
tmk_status attack_template_subtract(const attack_template *template, const tmk_picture *page,
                                    int x, int y, double k, tmk_error *error);

#endif
