/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a released page, in memory, by the codecs that others use too. */
#ifndef TMK_RELEASE_WEAR_H
#define TMK_RELEASE_WEAR_H

#include "base/status.h"
#include "toonmark-file.h"

/* Rows that no level's blocks straddle: windows that begin at multiples of it are worn as
 * they would be within the whole. */
#define TMK_WEAR_ROWS 16

/*
 * *WORN becomes what LEVEL makes of PICTURE; it is the caller's and ends with
 * tmk_image_free.  Sides of at least 4 pixels are needed.
 */
tmk_status tmk_wear(const tmk_picture *picture, tmk_verify_level level, tmk_image **worn,
                    tmk_error *error);

/* The size of what LEVEL makes, over that before. */
double tmk_wear_scale(tmk_verify_level level);

#endif
