/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pieces of one continuous mark add up to, see slices.c. */
#ifndef TMK_RELEASE_GAIN_H
#define TMK_RELEASE_GAIN_H

/*
 * Score at which a stitched copy is read, with hardly a miss.  The code alone needs 13
 * (TMK_SCORE_NEEDED), but what is spread so thin must also be found by its sync carriers,
 * whose correlation is half of that and scatters by a deviation.  Of stitched runs of
 * drawn and real strips 62 % of 107 with 13 to 14 were decoded blind, 91 % of 134 with 14
 * to 16, and all but two of 300 with more (make bench-joined).
 */
#define TMK_JOINED_NEEDED 16.0

/* Below so many deviations a score is as likely chance. */
#define TMK_LEAST_SCORE 2.0

/* What a piece of score Z adds to the square of a copy's score that holds it: the square's
 * expectation is one more without any mark. */
static inline double tmk_gain(double z)
{
    return z >= TMK_LEAST_SCORE ? z * z - 1 : 0;
}

#endif
