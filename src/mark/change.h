/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much a mark changed pixels, for the PSNR. */
#ifndef TMK_MARK_CHANGE_H
#define TMK_MARK_CHANGE_H

#include "base/picture.h"

/* In squared 8-bit grey levels; all zero: not at all. */
typedef struct tmk_change {
    double squares, luma_squares; /* over all colour samples; over luma */
    double pixels, samples;       /* how many there are */
} tmk_change;

/* Adds the change of one row of PICTURE's samples, from OLD to NEW; where OLD is fully
 * transparent there is none. */
void tmk_change_add_row(tmk_change *change, const tmk_picture *picture,
                        const unsigned char *old, const unsigned char *new);

/* Adds the difference of two pictures of one shape. */
void tmk_change_between(tmk_change *change, const tmk_picture *old, const tmk_picture *new);

/* Adds MORE to CHANGE. */
void tmk_change_add(tmk_change *change, const tmk_change *more);

/* The PSNRs of REPORT. */
void tmk_change_report(const tmk_change *change, tmk_embed_report *report);

#endif
