/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The spectrum of one band's index carriers, drawn without a transform: there are 4096 bands,
 * and a search by them needs each.
 *
 * A tile's carrier of frequency k, times the tile's window, has a spectrum W(f - 8 k) on the
 * period of 8 tiles, and W is next to nothing beyond 6.  The tile's place turns it by
 * exp(-2 pi j f t / 8) only, which depends on f modulo 8.  So for each k the phases of all tiles
 * are added up for the 64 values of that, and then spread with W.
 */
#ifndef TMK_SYNC_INDEX_PLANE_H
#define TMK_SYNC_INDEX_PLANE_H

#include "carrier/carrier.h"

/* Frequencies, cycles a period, that are drawn: 0 to REACH along x, -REACH to REACH along y. */
#define TMK_INDEX_REACH (TMK_PERIOD_TILES * TMK_MAX_BIN + 7)
#define TMK_INDEX_COLUMNS (TMK_INDEX_REACH + 1)
#define TMK_INDEX_POINTS ((size_t)(2 * TMK_INDEX_REACH + 1) * TMK_INDEX_COLUMNS)

/* By how many pixels, along x and y, what is drawn lies nearer to the plane's origin. */
#define TMK_INDEX_SHIFT ((TMK_TILE - 1) / 2.0)

/* What drawing needs; not shared by threads. */
typedef struct tmk_index_plane tmk_index_plane;

/* CARRIERS must outlive the plane.  Ends with tmk_index_plane_free. */
tmk_status tmk_index_plane_new(tmk_index_plane **plane, const tmk_carriers *carriers,
                               tmk_error *error);
void tmk_index_plane_free(tmk_index_plane **plane);

/* The spectrum of COMPONENT of band number BAND: the frequency (X, Y) stands at
 * (Y + REACH) * COLUMNS + X.  It holds until the next call. */
const float complex *tmk_index_plane_draw(tmk_index_plane *plane, tmk_component component,
                                          int band);

#endif
