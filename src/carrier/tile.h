/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How tiles fade into each other.
 *
 * A tile is centred on its 128 x 128 pixels, but reaches 64 pixels further each way, where
 * it fades as a quarter of a sine while its neighbour fades in as a quarter of a cosine:
 *
 *     1 |      .-'-.    .-'-.    .-'-.         The squares of the windows of all tiles add
 *       |    .'     \ .'     \ .'     \        up to 1 at each pixel, and so do the powers
 *       |   /       .'\     .'\       .\       of independent patterns.  Neighbouring pixels
 *     0 +--+-------+--+----+--+------+--+      have the same covariance everywhere: nothing
 *         tile 0  tile 1  tile 2               shows where a tile begins.
 *
 * The carriers of a tile repeat every 128 pixels, so its pattern is drawn once and laid four
 * times.  Seen through the same window they stay orthogonal: the window's square is a Hann
 * window, whose spectrum is zero at all other carriers.  What neighbours leak into each
 * other is noise of less than the carriers' own power, and matters to none but an untouched
 * copy.  (J. P. Princen and A. B. Bradley, 1986, have such windows for transforms.)
 */
#ifndef TMK_CARRIER_TILE_H
#define TMK_CARRIER_TILE_H

#include "carrier/carrier.h"
#include "signal/resample.h"

#define TMK_TILE_REACH (TMK_TILE / 2) /* pixels by which a tile is wider on each side */
#define TMK_TILE_SPAN (2 * TMK_TILE)  /* side of what a tile covers */

/* WINDOW, TMK_TILE_SPAN / STEP values, becomes the window at the centres of samples of STEP
 * pixels; STEP is a power of two up to 8. */
void tmk_tile_window(float *window, int step);

/*
 * Reads tiles from a picture: what a tile covers, times its window, folded to the tile's own
 * size.  Tiles are best asked for row by row, as each shares half with the next and with the one
 * below.
 */
typedef struct tmk_tile_reader tmk_tile_reader;

/* A reader at STEP pixels a sample; ends with tmk_tile_reader_free. */
tmk_status tmk_tile_reader_new(tmk_tile_reader **reader, int step, tmk_error *error);
void tmk_tile_reader_free(tmk_tile_reader **reader);

/*
 * SAMPLES, (TMK_TILE / STEP) squared, become the tile in column X and row Y of the plane, as
 * PYRAMID shows it under MAP.  The reader remembers PYRAMID and MAP by their addresses, so
 * call tmk_tile_reader_forget where they have changed.
 */
void tmk_tile_read(tmk_tile_reader *reader, float *samples, int x, int y,
                   const tmk_pyramid *pyramid, const tmk_affine *map);
void tmk_tile_reader_forget(tmk_tile_reader *reader);

#endif
