/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a picture holds at the carriers' frequencies, tile by tile, once it is known how
 * it lies on the plane.
 */
#ifndef TMK_MARK_SPECTRA_H
#define TMK_MARK_SPECTRA_H

#include "carrier/carrier.h"
#include "signal/fft.h"
#include "signal/layers.h"
#include "signal/residuals.h"

/*
 * Whitened observations.  Tiles eight columns apart have the same carriers and are added
 * up, so each carrier stands here once, as the bound on the evidence needs it.
 */
typedef struct tmk_spectra {
    int first_row; /* the first row of tiles, counted on the plane (may be negative) */
    int rows;
    int counts[TMK_COMPONENTS];
    float complex *values[TMK_COMPONENTS]; /* [row][column, 0 to 7][bin] */
} tmk_spectra;

/*
 * SPECTRA of RESIDUALS under MAP, which leads from the plane to the picture.  FFT has the
 * side TMK_TILE.  Ends with tmk_spectra_release.
 */
tmk_status tmk_spectra_measure(tmk_spectra *spectra, const tmk_carriers *carriers,
                               const tmk_fft *fft, const tmk_residuals *residuals,
                               const tmk_affine *map, tmk_error *error);
void tmk_spectra_release(tmk_spectra *spectra);

/* The same for the LAYERS of a base of RESIDUALS, each of which gets spectra of its own: their
 * sum is what tmk_spectra_measure gives. */
tmk_status tmk_spectra_measure_layers(tmk_spectra spectra[TMK_LAYERS],
                                      const tmk_carriers *carriers, const tmk_fft *fft,
                                      const tmk_residuals *residuals,
                                      const tmk_layers *layers, const tmk_affine *map,
                                      tmk_error *error);

/* The position in the period (row-major) of the tile in row ROW of SPECTRA and COLUMN. */
int tmk_spectra_position(const tmk_spectra *spectra, int row, int column);

/* The band of that row, if plane row 0 begins band BAND. */
int tmk_spectra_band(const tmk_spectra *spectra, int row, int band);

/* What that tile shows of COMPONENT, one value a bin. */
float complex *tmk_spectra_tile(const tmk_spectra *spectra, int component, int row,
                                int column);

/*
 * A walk through all tiles of SPECTRA, row by row, under the hypothesis that plane row 0
 * begins band BAND:
 *
 *     tmk_walk walk = tmk_walk_of(carriers, spectra, component, role, band);
 *
 *     while (tmk_walk_next(&walk))
 *         for (int i = 0; i < walk.tile.count; i++)
 *             ... tmk_along(walk.values[walk.tile.slots[i]], walk.tile.phases[i]) ...
 */
typedef struct tmk_walk {
    const tmk_carriers *carriers;
    const tmk_spectra *spectra;
    int component;
    tmk_role role;
    int band;
    int next; /* tile, counted from the first */

    int row, position;     /* of the tile that was stepped to */
    tmk_tile_role tile;    /* its carriers of the role */
    float complex *values; /* and what it shows, one value a bin */
} tmk_walk;

tmk_walk tmk_walk_of(const tmk_carriers *carriers, const tmk_spectra *spectra, int component,
                     tmk_role role, int band);

/* Steps to the next tile; false after the last. */
int tmk_walk_next(tmk_walk *walk);

#endif
