/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/pilots.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "carrier/tile.h"
#include "signal/synthesis.h"

/* Cycles a tile by which the tiles' windows spread a carrier, most of it. */
#define BLUR 0.5

/* clang-format off */
const tmk_affine tmk_orientations[TMK_ORIENTATIONS] = {
    {1,  0, 0, 0, 1, 0}, {-1, 0, 0, 0,  1, 0}, {-1, 0, 0, 0, -1, 0}, {1,  0, 0,  0, -1, 0},
    {0, -1, 0, 1, 0, 0}, { 0, 1, 0, -1, 0, 0}, { 0, 1, 0, 1,  0, 0}, {0, -1, 0, -1,  0, 0},
};
/* clang-format on */

/* Adds a tile's sync carriers of COMPONENT, moved to the centres of its torus' samples. */
static void add_sync(tmk_synthesis *synthesis, const tmk_carriers *carriers,
                     tmk_component component, int position)
{
    const double centre = 0.5 * tmk_pilot_step(component) - 0.5;
    const float *amplitudes = tmk_carriers_amplitudes(carriers, component);
    tmk_tile_role sync = tmk_carriers_role(carriers, component, TMK_SYNC, 0, position);

    for (int i = 0; i < sync.count; i++) {
        tmk_bin bin = sync.bins[sync.slots[i]];
        double turn = 2 * M_PI * centre * (bin.x + bin.y) / TMK_TILE;
        float complex shift = (float)cos(turn) + (float)sin(turn) * I;

        tmk_synthesis_add(synthesis, (int)component, bin.x, bin.y,
                          amplitudes[sync.slots[i]] * tmk_phase(sync.phases[i]) * shift);
    }
}

/* Adds what the tile covers to the torus. */
static void add_tile(float *plane, const float *pattern, const float *window,
                     tmk_component component, int position)
{
    int step = tmk_pilot_step(component), side = tmk_pilot_side(component);
    int span = TMK_TILE_SPAN / step, reach = TMK_TILE_REACH / step;
    int left = position % TMK_PERIOD_TILES * TMK_TILE / step - reach;
    int top = position / TMK_PERIOD_TILES * TMK_TILE / step - reach;

    for (int y = 0; y < span; y++)
        for (int x = 0; x < span; x++) {
            int at = ((top + y) & (side - 1)) * side + ((left + x) & (side - 1));
            int row = (y + reach) * step % TMK_TILE, column = (x + reach) * step % TMK_TILE;

            plane[at] += window[y] * window[x] * pattern[row * TMK_TILE + column];
        }
}

/* Fills one period of both planes. */
static tmk_status draw(float *planes[TMK_COMPONENTS], const tmk_carriers *carriers,
                       tmk_error *error)
{
    tmk_synthesis *synthesis = NULL;
    const float *patterns[TMK_COMPONENTS];
    float windows[TMK_COMPONENTS][TMK_TILE_SPAN];
    tmk_status status = tmk_synthesis_new(&synthesis, error);

    if (status != TMK_OK)
        return status;
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_tile_window(windows[c], tmk_pilot_step((tmk_component)c));
    for (int position = 0; position < TMK_POSITIONS; position++) {
        tmk_synthesis_clear(synthesis);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            add_sync(synthesis, carriers, (tmk_component)c, position);
        tmk_synthesis_run(synthesis, &patterns[TMK_LUMA], &patterns[TMK_CHROMA]);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            add_tile(planes[c], patterns[c], windows[c], (tmk_component)c, position);
    }
    tmk_synthesis_free(&synthesis);
    return TMK_OK;
}

/* Lays PLANE as a picture shows it whose axes are turned by O. */
static void orient(float *out, const float *plane, int side, const tmk_affine *o)
{
    tmk_affine back = tmk_affine_inverse(o);

    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            int x = (int)floor(tmk_affine_x(&back, i + 0.5, j + 0.5)) & (side - 1);
            int y = (int)floor(tmk_affine_y(&back, i + 0.5, j + 0.5)) & (side - 1);

            out[j * side + i] = plane[y * side + x];
        }
}

/* The range of the component's sync carriers' radii, cycles a period. */
static void annulus(const tmk_carriers *carriers, tmk_component component, double range[2])
{
    range[0] = HUGE_VAL;
    range[1] = 0;
    for (int position = 0; position < TMK_POSITIONS; position++) {
        tmk_tile_role sync = tmk_carriers_role(carriers, component, TMK_SYNC, 0, position);

        for (int i = 0; i < sync.count; i++) {
            tmk_bin bin = sync.bins[sync.slots[i]];
            double radius = hypot(bin.x, bin.y);

            range[0] = fmin(range[0], radius);
            range[1] = fmax(range[1], radius);
        }
    }
    range[0] = (range[0] - BLUR) * TMK_PERIOD_TILES;
    range[1] = (range[1] + BLUR) * TMK_PERIOD_TILES;
}

/* Lists the bins of the annulus; BINS has room for all of the component's half spectrum. */
static size_t list_bins(tmk_pilot_bin *bins, const tmk_carriers *carriers,
                        tmk_component component)
{
    int side = tmk_pilot_side(component);
    size_t count = 0;
    double range[2];

    annulus(carriers, component, range);
    for (int ky = 0; ky < side; ky++)
        for (int kx = 0; kx < side / 2; kx++) {
            int y = ky < side / 2 ? ky : ky - side;
            double radius = hypot(kx, y);
            double ring = TMK_PILOT_RINGS * (radius - range[0]) / (range[1] - range[0]);

            if (radius < range[0] || radius > range[1] || (kx == 0 && y <= 0))
                continue;
            bins[count++] = (tmk_pilot_bin){
                (uint32_t)(ky * TMK_FFT_COLUMNS(side) + kx),
                (uint32_t)((y & (TMK_PILOT_SIDE - 1)) * TMK_FFT_COLUMNS(TMK_PILOT_SIDE) +
                           kx) &
                    0xffffff,
                (uint32_t)fmin(ring, TMK_PILOT_RINGS - 1) & 0xff};
        }
    return count;
}

/* Lists the runs of the component's bins; RUNS has room for one a bin. */
static size_t list_runs(tmk_pilot_run *runs, const tmk_pilot_bin *bins, size_t bin_count)
{
    size_t count = 0;

    for (size_t i = 0; i < bin_count; i++)
        if (i > 0 && bins[i].joint == bins[i - 1].joint + 1)
            runs[count - 1].count++;
        else
            runs[count++] = (tmk_pilot_run){(uint32_t)i, bins[i].joint, 1};
    return count;
}

static tmk_status transform(tmk_pilots *pilots, tmk_component component, const float *plane,
                            tmk_error *error)
{
    int side = tmk_pilot_side(component);
    size_t half = (size_t)side * (size_t)TMK_FFT_COLUMNS(side),
           count = pilots->count[component];
    float *turned = tmk_calloc((size_t)side * (size_t)side, sizeof *turned);
    float complex *spectrum = tmk_calloc(half, sizeof *spectrum);
    tmk_status status = TMK_OK;

    if (turned == NULL || spectrum == NULL)
        status = tmk_fail_memory(error, "the pilots");
    for (int o = 0; status == TMK_OK && o < TMK_ORIENTATIONS; o++) {
        float complex *to = pilots->spectra[component] + (size_t)o * count;

        orient(turned, plane, side, &tmk_orientations[o]);
        tmk_fft_forward(pilots->fft[component], turned, spectrum);
        for (size_t i = 0; i < count; i++)
            to[i] = spectrum[pilots->bins[component][i].own];
    }
    tmk_free(turned);
    tmk_free(spectrum);
    return status;
}

static tmk_status allocate_component(tmk_pilots *pilots, const tmk_carriers *carriers,
                                     tmk_component c, tmk_error *error)
{
    int side = tmk_pilot_side(c), columns;
    size_t half = (size_t)side * (size_t)TMK_FFT_COLUMNS(side);
    double range[2];

    annulus(carriers, c, range);
    columns = (int)range[1] + 1; /* beyond there are no carriers */
    TMK_TRY(tmk_fft_new_low(&pilots->fft[c], side, columns, error));
    TMK_TRY(tmk_fft_new_low(&pilots->correlation[c], TMK_PILOT_SIDE, columns, error));
    pilots->bins[c] = tmk_calloc(half, sizeof(tmk_pilot_bin));
    if (pilots->bins[c] == NULL)
        return tmk_fail_memory(error, "the pilots");
    pilots->count[c] = list_bins(pilots->bins[c], carriers, c);
    pilots->runs[c] = tmk_calloc(pilots->count[c], sizeof(tmk_pilot_run));
    pilots->spectra[c] = tmk_calloc(TMK_ORIENTATIONS * pilots->count[c],
                                    sizeof(float complex));
    if (pilots->runs[c] == NULL || pilots->spectra[c] == NULL)
        return tmk_fail_memory(error, "the pilots");
    pilots->run_count[c] = list_runs(pilots->runs[c], pilots->bins[c], pilots->count[c]);
    return TMK_OK;
}

static tmk_status allocate(tmk_pilots *pilots, float *planes[TMK_COMPONENTS],
                           const tmk_carriers *carriers, tmk_error *error)
{
    memset(pilots, 0, sizeof *pilots);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        size_t side = (size_t)tmk_pilot_side((tmk_component)c);

        TMK_TRY(allocate_component(pilots, carriers, (tmk_component)c, error));
        planes[c] = tmk_calloc(side * side, sizeof(float));
        if (planes[c] == NULL)
            return tmk_fail_memory(error, "the pilots");
    }
    return TMK_OK;
}

tmk_status tmk_pilots_make(tmk_pilots *pilots, const tmk_carriers *carriers, tmk_error *error)
{
    float *planes[TMK_COMPONENTS] = {0};
    tmk_status status = allocate(pilots, planes, carriers, error);

    if (status == TMK_OK)
        status = draw(planes, carriers, error);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        if (status == TMK_OK)
            status = transform(pilots, (tmk_component)c, planes[c], error);
        tmk_free(planes[c]);
    }
    if (status != TMK_OK)
        tmk_pilots_release(pilots);
    return status;
}

void tmk_pilots_release(tmk_pilots *pilots)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_fft_free(&pilots->correlation[c]);
        tmk_fft_free(&pilots->fft[c]);
        tmk_free(pilots->runs[c]);
        tmk_free(pilots->bins[c]);
        tmk_free(pilots->spectra[c]);
    }
    memset(pilots, 0, sizeof *pilots);
}
