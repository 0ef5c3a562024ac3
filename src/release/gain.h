/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pieces of one continuous mark add up to, see slices.c. */
#ifndef TMK_RELEASE_GAIN_H
#define TMK_RELEASE_GAIN_H

/* Below so many deviations a score is as likely chance. */
#define TMK_LEAST_SCORE 2.0

/* What a piece of score Z adds to the square of a copy's score that holds it: the square's
 * expectation is one more without any mark. */
static inline double tmk_gain(double z)
{
    return z >= TMK_LEAST_SCORE ? z * z - 1 : 0;
}

#endif
