/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts of a tall picture are searched: it may be mostly gutters, or many pages. */
#ifndef TMK_MARK_SECTIONS_H
#define TMK_MARK_SECTIONS_H

#include "signal/residuals.h"

/* Rows of a section at most, and sections of a picture at most. */
#define TMK_SECTION_ROWS 3200
#define TMK_MAX_SECTIONS 313 /* a picture of TMK_MAX_SIDE rows */

/* Fills SECTIONS with the parts that show most, best first, in pixels of the picture;
 * returns their number. */
int tmk_sections(tmk_box sections[TMK_MAX_SECTIONS], const tmk_residuals *residuals);

#endif
