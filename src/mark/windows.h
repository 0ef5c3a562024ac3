/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts of a tall picture are searched: it may be mostly gutters, or many pages. */
#ifndef TMK_MARK_WINDOWS_H
#define TMK_MARK_WINDOWS_H

#include "signal/residuals.h"

/* Rows of a window at most, and windows of a picture at most. */
#define TMK_WINDOW_ROWS 3200
#define TMK_MAX_WINDOWS 313 /* a picture of TMK_MAX_SIDE rows */

typedef struct tmk_window {
    double box[4]; /* left, top, right, bottom, pixels */
} tmk_window;

/* Fills WINDOWS with the parts that show most, best first; returns their number. */
int tmk_windows(tmk_window windows[TMK_MAX_WINDOWS], const tmk_residuals *residuals);

#endif
