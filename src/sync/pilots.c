/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/pilots.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "signal/synthesis.h"

#define SIDE TMK_PILOT_SIDE
#define TILE_SIDE (TMK_TILE / TMK_PILOT_STEP)

const tmk_affine tmk_orientations[TMK_ORIENTATIONS] = {
    {1, 0, 0, 0, 1, 0},  {-1, 0, 0, 0, 1, 0},  {-1, 0, 0, 0, -1, 0}, {1, 0, 0, 0, -1, 0},
    {0, -1, 0, 1, 0, 0}, {0, 1, 0, -1, 0, 0}, {0, 1, 0, 1, 0, 0},   {0, -1, 0, -1, 0, 0},
};

/* Adds a tile's sync carriers of COMPONENT, moved to the centres of its quarter samples. */
static void add_sync(tmk_synthesis *synthesis, const tmk_carriers *carriers,
                     tmk_component component, int position)
{
    const double centre = 0.5 * TMK_PILOT_STEP - 0.5;
    const float *amplitudes = tmk_carriers_amplitudes(carriers, component);
    uint8_t phases[TMK_MAX_BINS];
    int total, count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, component, &total);
    const uint16_t *slots =
        tmk_carriers_slots(carriers, component, TMK_SYNC, position, &count);

    tmk_carriers_phases(carriers, component, TMK_SYNC, 0, position, phases);
    for (int i = 0; i < count; i++) {
        tmk_bin bin = bins[slots[i]];
        double turn = 2 * M_PI * centre * (bin.x + bin.y) / TMK_TILE;
        float complex shift = (float)cos(turn) + (float)sin(turn) * I;

        tmk_synthesis_add(synthesis, (int)component, bin.x, bin.y,
                          amplitudes[slots[i]] * tmk_phase(phases[i]) * shift);
    }
}

/* Fills the two planes, SIDE x SIDE samples each. */
static tmk_status draw(float *planes[TMK_COMPONENTS], const tmk_carriers *carriers,
                       tmk_error *error)
{
    tmk_synthesis *synthesis = NULL;
    const float *patterns[TMK_COMPONENTS];
    tmk_status status = tmk_synthesis_new(&synthesis, error);

    if (status != TMK_OK)
        return status;
    for (int position = 0; position < TMK_POSITIONS; position++) {
        size_t left = (size_t)(position % TMK_PERIOD_TILES) * TILE_SIDE;
        size_t top = (size_t)(position / TMK_PERIOD_TILES) * TILE_SIDE;

        tmk_synthesis_clear(synthesis);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            add_sync(synthesis, carriers, (tmk_component)c, position);
        tmk_synthesis_run(synthesis, &patterns[TMK_LUMA], &patterns[TMK_CHROMA]);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            for (size_t y = 0; y < TILE_SIDE; y++)
                for (size_t x = 0; x < TILE_SIDE; x++)
                    planes[c][(top + y) * SIDE + left + x] =
                        patterns[c][(y * TMK_TILE + x) * TMK_PILOT_STEP];
    }
    tmk_synthesis_free(&synthesis);
    return TMK_OK;
}

/* Lays PLANE as a picture shows it whose axes are turned by O. */
static void orient(float *out, const float *plane, const tmk_affine *o)
{
    tmk_affine back = tmk_affine_inverse(o);

    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) {
            int x = (int)floor(tmk_affine_x(&back, i + 0.5, j + 0.5)) & (SIDE - 1);
            int y = (int)floor(tmk_affine_y(&back, i + 0.5, j + 0.5)) & (SIDE - 1);

            out[j * SIDE + i] = plane[y * SIDE + x];
        }
}

tmk_status tmk_pilots_make(tmk_pilots *pilots, const tmk_carriers *carriers,
                           const tmk_fft *fft, tmk_error *error)
{
    float *planes[TMK_COMPONENTS] = {0};
    float *turned = tmk_calloc((size_t)SIDE * SIDE, sizeof *turned);
    int complete = turned != NULL;
    tmk_status status;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        planes[c] = tmk_calloc((size_t)SIDE * SIDE, sizeof(float));
        pilots->spectra[c] =
            tmk_calloc(TMK_ORIENTATIONS * TMK_PILOT_BINS, sizeof(float complex));
        complete = complete && planes[c] != NULL && pilots->spectra[c] != NULL;
    }
    status = complete ? draw(planes, carriers, error) : tmk_fail_memory(error, "the pilots");
    for (int c = 0; status == TMK_OK && c < TMK_COMPONENTS; c++)
        for (int o = 0; o < TMK_ORIENTATIONS; o++) {
            orient(turned, planes[c], &tmk_orientations[o]);
            tmk_fft_forward(fft, turned, pilots->spectra[c] + (size_t)o * TMK_PILOT_BINS);
        }
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_free(planes[c]);
    tmk_free(turned);
    if (status != TMK_OK)
        tmk_pilots_release(pilots);
    return status;
}

void tmk_pilots_release(tmk_pilots *pilots)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_free(pilots->spectra[c]);
    memset(pilots, 0, sizeof *pilots);
}
