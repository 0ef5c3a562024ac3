/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/spectra.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "carrier/tile.h"

#define COLUMNS TMK_FFT_COLUMNS(TMK_TILE)
#define BINS ((size_t)TMK_TILE * COLUMNS)

/* Neighbouring bins, 5 x 5, whose mean power says how noisy a bin is. */
#define NEIGHBOURS 2

/* The tiles that reach into the box of the picture. */
typedef struct extent {
    int x0, x1, y0, y1;
} extent;

static extent cover(const tmk_residuals *residuals, const tmk_affine *map)
{
    tmk_affine back = tmk_affine_inverse(map);
    tmk_box picture = {0, 0, residuals->width, residuals->height};
    tmk_box box = tmk_affine_box(&back, &picture);

    return (extent){(int)floor((box.left - TMK_TILE_REACH) / TMK_TILE + 1e-6),
                    (int)ceil((box.right + TMK_TILE_REACH) / TMK_TILE - 1e-6),
                    (int)floor((box.top - TMK_TILE_REACH) / TMK_TILE + 1e-6),
                    (int)ceil((box.bottom + TMK_TILE_REACH) / TMK_TILE - 1e-6)};
}

static float power_at(const float complex *spectrum, int x, int y)
{
    float complex v;

    if (x < 0) {
        x = -x;
        y = -y;
    }
    v = spectrum[(size_t)(y & (TMK_TILE - 1)) * COLUMNS + (size_t)x];
    return crealf(v) * crealf(v) + cimagf(v) * cimagf(v);
}

static float power_around(const float complex *spectrum, tmk_bin bin)
{
    float sum = 0;

    for (int dy = -NEIGHBOURS; dy <= NEIGHBOURS; dy++)
        for (int dx = -NEIGHBOURS; dx <= NEIGHBOURS; dx++)
            sum += power_at(spectrum, bin.x + dx, bin.y + dy);
    return sum / ((2 * NEIGHBOURS + 1) * (2 * NEIGHBOURS + 1));
}

/*
 * Adds the tile's carriers in SPECTRUM to VALUES, each divided by a low power of the noise
 * AROUND it.  The residual is normalised already; what is left to whiten is the spectrum's
 * slope and the lines of screens and hatching.
 */
static void add_whitened(float complex *values, const float complex *spectrum,
                         const float *around, const tmk_bin *bins, int count)
{
    for (int i = 0; i < count; i++)
        if (around[i] > 0)
            values[i] +=
                spectrum[(size_t)(bins[i].y & (TMK_TILE - 1)) * COLUMNS + (size_t)bins[i].x] /
                sqrtf(sqrtf(around[i]));
}

static tmk_status allocate(tmk_spectra *spectra, const tmk_carriers *carriers,
                           const extent *tiles, tmk_error *error)
{
    memset(spectra, 0, sizeof *spectra);
    if (tiles->y1 - tiles->y0 > TMK_BANDS * TMK_PERIOD_TILES)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "a picture beyond the plane's bands");
    spectra->first_row = tiles->y0;
    spectra->rows = tiles->y1 - tiles->y0;
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_carriers_bins(carriers, (tmk_component)c, &spectra->counts[c]);
        spectra->values[c] =
            tmk_calloc((size_t)spectra->rows * TMK_PERIOD_TILES * (size_t)spectra->counts[c],
                       sizeof(float complex));
        if (spectra->values[c] == NULL) {
            tmk_spectra_release(spectra);
            return tmk_fail_memory(error, "a picture's spectra");
        }
    }
    return TMK_OK;
}

/* True if what the tile covers may touch the picture at all. */
static int touches(const tmk_residuals *residuals, const tmk_affine *map, int x, int y)
{
    double cx = (x + 0.5) * TMK_TILE, cy = (y + 0.5) * TMK_TILE;
    double u = tmk_affine_x(map, cx, cy), v = tmk_affine_y(map, cx, cy);
    double reach_u = 0.5 * TMK_TILE_SPAN * (fabs(map->xx) + fabs(map->xy));
    double reach_v = 0.5 * TMK_TILE_SPAN * (fabs(map->yx) + fabs(map->yy));

    return u > -reach_u && u < residuals->width + reach_u && v > -reach_v &&
           v < residuals->height + reach_v;
}

/* What measuring a picture's tiles needs. */
typedef struct measuring {
    tmk_spectra *spectra; /* of each layer */
    int layers;
    const tmk_carriers *carriers;
    const tmk_fft *fft;
    const tmk_pyramid *const *pyramids; /* of each layer */
    const tmk_affine *map;
    tmk_tile_reader *readers[TMK_LAYERS][TMK_COMPONENTS];
    float *samples;
    float complex *spectrum[TMK_LAYERS], *whole;
} measuring;

/* The spectrum of all layers together. */
static const float complex *add_up(measuring *m)
{
    if (m->layers == 1)
        return m->spectrum[0];
    for (size_t i = 0; i < BINS; i++) {
        m->whole[i] = m->spectrum[0][i];
        for (int layer = 1; layer < m->layers; layer++)
            m->whole[i] += m->spectrum[layer][i];
    }
    return m->whole;
}

static void measure_component(measuring *m, int component, int x, int y)
{
    int row = y - m->spectra->first_row, column = tmk_floor_mod(x, TMK_PERIOD_TILES), count;
    const tmk_bin *bins = tmk_carriers_bins(m->carriers, (tmk_component)component, &count);
    const float complex *whole;
    float around[TMK_MAX_BINS];

    for (int layer = 0; layer < m->layers; layer++) {
        tmk_tile_read(m->readers[layer][component], m->samples, x, y,
                      &m->pyramids[layer][component], m->map);
        tmk_fft_forward(m->fft, m->samples, m->spectrum[layer]);
    }
    whole = add_up(m);
    for (int i = 0; i < count; i++)
        around[i] = power_around(whole, bins[i]);
    for (int layer = 0; layer < m->layers; layer++)
        add_whitened(tmk_spectra_tile(&m->spectra[layer], component, row, column),
                     m->spectrum[layer], around, bins, count);
}

static void measure_tile(measuring *m, int x, int y)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        if (m->pyramids[0][c].levels > 0)
            measure_component(m, c, x, y);
}

static tmk_status begin(measuring *m, const extent *tiles, tmk_error *error)
{
    int complete;

    m->samples = tmk_calloc((size_t)TMK_TILE * TMK_TILE, sizeof *m->samples);
    m->whole = tmk_calloc(BINS, sizeof *m->whole);
    complete = m->samples != NULL && m->whole != NULL;
    for (int layer = 0; layer < m->layers; layer++) {
        m->spectrum[layer] = tmk_calloc(BINS, sizeof(float complex));
        complete = complete && m->spectrum[layer] != NULL;
        TMK_TRY(allocate(&m->spectra[layer], m->carriers, tiles, error));
        for (int c = 0; c < TMK_COMPONENTS; c++)
            TMK_TRY(tmk_tile_reader_new(&m->readers[layer][c], 1, error));
    }
    return complete ? TMK_OK : tmk_fail_memory(error, "a picture's spectra");
}

static void end(measuring *m)
{
    for (int layer = 0; layer < m->layers; layer++) {
        for (int c = 0; c < TMK_COMPONENTS; c++)
            tmk_tile_reader_free(&m->readers[layer][c]);
        tmk_free(m->spectrum[layer]);
    }
    tmk_free(m->samples);
    tmk_free(m->whole);
}

static tmk_status measure(measuring *m, const tmk_residuals *residuals, tmk_error *error)
{
    extent tiles = cover(residuals, m->map);
    tmk_status status;

    memset(m->spectra, 0, (size_t)m->layers * sizeof *m->spectra);
    status = begin(m, &tiles, error);
    for (int y = tiles.y0; status == TMK_OK && y < tiles.y1; y++)
        for (int x = tiles.x0; x < tiles.x1; x++)
            if (touches(residuals, m->map, x, y))
                measure_tile(m, x, y);
    end(m);
    for (int layer = 0; status != TMK_OK && layer < m->layers; layer++)
        tmk_spectra_release(&m->spectra[layer]);
    return status;
}

tmk_status tmk_spectra_measure(tmk_spectra *spectra, const tmk_carriers *carriers,
                               const tmk_fft *fft, const tmk_residuals *residuals,
                               const tmk_affine *map, tmk_error *error)
{
    const tmk_pyramid *pyramids = tmk_residuals_for(residuals, map);
    measuring m = {.spectra = spectra,
                   .layers = 1,
                   .carriers = carriers,
                   .fft = fft,
                   .pyramids = &pyramids,
                   .map = map};

    return measure(&m, residuals, error);
}

tmk_status tmk_spectra_measure_layers(tmk_spectra spectra[TMK_LAYERS],
                                      const tmk_carriers *carriers, const tmk_fft *fft,
                                      const tmk_residuals *residuals,
                                      const tmk_layers *layers, const tmk_affine *map,
                                      tmk_error *error)
{
    const tmk_pyramid *pyramids[TMK_LAYERS];
    measuring m = {.spectra = spectra,
                   .layers = TMK_LAYERS,
                   .carriers = carriers,
                   .fft = fft,
                   .pyramids = pyramids,
                   .map = map};

    for (int layer = 0; layer < TMK_LAYERS; layer++)
        pyramids[layer] = layers->pyramids[layer];
    return measure(&m, residuals, error);
}

void tmk_spectra_release(tmk_spectra *spectra)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_free(spectra->values[c]);
    memset(spectra, 0, sizeof *spectra);
}

int tmk_spectra_position(const tmk_spectra *spectra, int row, int column)
{
    return tmk_position_of(column, spectra->first_row + row);
}

int tmk_spectra_band(const tmk_spectra *spectra, int row, int band)
{
    return tmk_band_below(band, tmk_floor_div(spectra->first_row + row, TMK_PERIOD_TILES));
}

float complex *tmk_spectra_tile(const tmk_spectra *spectra, int component, int row,
                                int column)
{
    size_t tile = (size_t)row * TMK_PERIOD_TILES + (size_t)column;

    return spectra->values[component] + tile * (size_t)spectra->counts[component];
}

tmk_walk tmk_walk_of(const tmk_carriers *carriers, const tmk_spectra *spectra, int component,
                     tmk_role role, int band)
{
    return (tmk_walk){.carriers = carriers,
                      .spectra = spectra,
                      .component = component,
                      .role = role,
                      .band = band};
}

int tmk_walk_next(tmk_walk *walk)
{
    const tmk_spectra *spectra = walk->spectra;
    int column = walk->next % TMK_PERIOD_TILES;

    walk->row = walk->next / TMK_PERIOD_TILES;
    if (walk->row >= spectra->rows)
        return 0;
    walk->next++;
    walk->position = tmk_spectra_position(spectra, walk->row, column);
    walk->tile = tmk_carriers_role(walk->carriers, (tmk_component)walk->component, walk->role,
                                   tmk_spectra_band(spectra, walk->row, walk->band),
                                   walk->position);
    walk->values = tmk_spectra_tile(spectra, walk->component, walk->row, column);
    return 1;
}
