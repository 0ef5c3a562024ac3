/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The filters of PNG (ISO/IEC 15948, clause 9): each byte of a row is replaced by its
 * difference from what its neighbours predict, so that it packs better.
 */
#ifndef TMK_FILE_PNG_FILTER_H
#define TMK_FILE_PNG_FILTER_H

#include <stddef.h>

/* Zeros that must stand before a row: its first pixel has none on its left. */
#define TMK_PNG_MAX_PIXEL 8

/*
 * Filters ROW, of SIZE bytes and pixels of PIXEL bytes, the row ABOVE it being all zero at
 * the top; TMK_PNG_MAX_PIXEL zeros stand before both.  OUT receives SIZE + 1 bytes, the
 * filter's number first: of the five the one whose differences, taken as signed, have the
 * least sum of magnitudes (clause 12.8).  WORK is room for as many.
 */
void tmk_png_filter(unsigned char *out, unsigned char *work, const unsigned char *row,
                    const unsigned char *above, size_t size, size_t pixel);

#endif
