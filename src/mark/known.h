/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a known mark a picture shows at a known place, however little that is. */
#ifndef TMK_MARK_KNOWN_H
#define TMK_MARK_KNOWN_H

#include "base/picture.h"
#include "mark/origin.h"

/*
 * *SCORE becomes the z of MARK in PICTURE, which was marked with its upper left corner at
 * ORIGIN and is upright now, at SCALE of its released size.  Without the mark it is
 * distributed as chance has it: mean 0, deviation 1.
 */
tmk_status tmk_known_score(double *score, const tmk_key *key, const tmk_picture *picture,
                           const tmk_origin *origin, double scale, uint64_t mark,
                           tmk_error *error);

#endif
