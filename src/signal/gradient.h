/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How steep a plane is at each of its samples. */
#ifndef TMK_SIGNAL_GRADIENT_H
#define TMK_SIGNAL_GRADIENT_H

#include "image/plane.h"

/* Samples around a place on which its gradient depends. */
#define TMK_GRADIENT_REACH 2

/* Floats that tmk_gradient_row needs as room for a row of WIDTH samples. */
#define TMK_GRADIENT_ROOM(width) (2 * ((size_t)(width) + 2 * TMK_GRADIENT_REACH))

/*
 * SQUARES[x] becomes the squared steepness of PLANE at (x, Y), levels a sample: Sobel's
 * operator on the slightly smoothed plane, whose border samples are repeated outwards.  The
 * same on all machines.
 */
void tmk_gradient_row(float *squares, const tmk_plane *plane, int y, float *room);

#endif
