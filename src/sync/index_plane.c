/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/index_plane.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/wider.h"
#include "carrier/tile.h"

#define TURNS (TMK_PERIOD_TILES * TMK_PERIOD_TILES) /* of f modulo 8, both axes */
#define SPREAD 6

struct tmk_index_plane {
    const tmk_carriers *carriers;
    float window[2 * SPREAD + 1];         /* of a tile, its spectrum */
    float turns[TMK_POSITIONS][2][TURNS]; /* real and imaginary part */

    float (*sums)[2][TURNS]; /* [bin] */
    float complex *spectrum;
    uint8_t packed[TMK_POSITIONS * (TMK_MAX_BINS / 2)];
};

static void make_tables(tmk_index_plane *p)
{
    float window[TMK_TILE_SPAN];

    tmk_tile_window(window, 1);
    for (int d = -SPREAD; d <= SPREAD; d++) {
        double sum = 0;

        for (int n = 0; n < TMK_TILE_SPAN; n++)
            sum += window[n] *
                   cos(2 * M_PI * d * (n - (TMK_TILE_SPAN - 1) / 2.0) / TMK_PERIOD);
        p->window[d + SPREAD] = (float)(sum / TMK_TILE);
    }
    for (int position = 0; position < TMK_POSITIONS; position++)
        for (int turn = 0; turn < TURNS; turn++) {
            int by = position % TMK_PERIOD_TILES * (turn % TMK_PERIOD_TILES) +
                     position / TMK_PERIOD_TILES * (turn / TMK_PERIOD_TILES);
            double angle = -2 * M_PI * by / TMK_PERIOD_TILES;

            p->turns[position][0][turn] = (float)cos(angle);
            p->turns[position][1][turn] = (float)sin(angle);
        }
}

tmk_status tmk_index_plane_new(tmk_index_plane **plane, const tmk_carriers *carriers,
                               tmk_error *error)
{
    tmk_index_plane *p = tmk_calloc(1, sizeof *p);

    *plane = p;
    if (p != NULL) {
        p->carriers = carriers;
        p->sums = tmk_calloc(TMK_MAX_BINS, sizeof *p->sums);
        p->spectrum = tmk_calloc(TMK_INDEX_POINTS, sizeof *p->spectrum);
    }
    if (p == NULL || p->sums == NULL || p->spectrum == NULL) {
        tmk_index_plane_free(plane);
        return tmk_fail_memory(error, "the search");
    }
    make_tables(p);
    return TMK_OK;
}

void tmk_index_plane_free(tmk_index_plane **plane)
{
    if (*plane == NULL)
        return;
    tmk_free((*plane)->sums);
    tmk_free((*plane)->spectrum);
    tmk_free(*plane);
    *plane = NULL;
}

/* Adds the phase U of a carrier in a tile, turned by its place, to SUMS. */
TMK_WIDER static void add_phase(float sums[2][TURNS], const float turns[2][TURNS],
                                float complex u)
{
    float re = crealf(u), im = cimagf(u);

    for (int i = 0; i < TURNS; i++) {
        sums[0][i] += re * turns[0][i] - im * turns[1][i];
        sums[1][i] += re * turns[1][i] + im * turns[0][i];
    }
}

static void add_up(tmk_index_plane *p, tmk_component component, int band)
{
    size_t bytes = tmk_carriers_stream_bytes(p->carriers, component, TMK_INDEX);

    memset(p->sums, 0, TMK_MAX_BINS * sizeof *p->sums);
    tmk_carriers_stream(p->carriers, component, TMK_INDEX, band, TMK_POSITIONS, p->packed);
    for (int position = 0; position < TMK_POSITIONS; position++) {
        const uint8_t *own = p->packed + (size_t)position * bytes;
        int count;
        const uint16_t *slots = tmk_carriers_slots(p->carriers, component, TMK_INDEX,
                                                   position, &count);

        for (int i = 0; i < count; i++) {
            unsigned phase = own[i / 2] >> (4 * (i % 2)) & 15;

            add_phase(p->sums[slots[i]], p->turns[position], tmk_phase(phase));
        }
    }
}

/* The frequencies around a carrier, along x. */
#define ROW (2 * SPREAD + 1)

/* ROWS become what a carrier adds to the rows of frequencies, but for the window along y:
 * moved to the middle of its tile, and windowed along x. */
static void make_rows(float complex rows[TMK_PERIOD_TILES][ROW], const tmk_index_plane *p,
                      tmk_bin bin, const float sums[2][TURNS])
{
    double angle = 2 * M_PI * TMK_INDEX_SHIFT * (bin.x + bin.y) / TMK_TILE;
    float re = (float)cos(angle), im = (float)sin(angle);

    for (int y = 0; y < TMK_PERIOD_TILES; y++)
        for (int x = 0; x < ROW; x++) {
            int turn = y * TMK_PERIOD_TILES + ((x - SPREAD) & (TMK_PERIOD_TILES - 1));
            float w = p->window[x], a = sums[0][turn], b = sums[1][turn];

            rows[y][x] = w * (re * a - im * b) + w * (re * b + im * a) * I;
        }
}

/* Adds a row of a carrier that lies away from the axis. */
TMK_WIDER static void add_row(float *to, const float *row, float w)
{
    for (int i = 0; i < 2 * ROW; i++)
        to[i] += w * row[i];
}

/* Adds a row of a carrier beside the axis at (X, Y), and its conjugate at the opposite
 * frequencies, as far as they are drawn. */
static void add_twice(float complex *spectrum, const float complex *row, float w, int x,
                      int y)
{
    for (int i = 0; i < ROW; i++) {
        int at = x + i;

        if (at >= 0)
            spectrum[(y + TMK_INDEX_REACH) * TMK_INDEX_COLUMNS + at] += w * row[i];
        if (at <= 0)
            spectrum[(TMK_INDEX_REACH - y) * TMK_INDEX_COLUMNS - at] += w * conjf(row[i]);
    }
}

static void spread(tmk_index_plane *p, tmk_bin bin, const float sums[2][TURNS])
{
    float complex rows[TMK_PERIOD_TILES][ROW];
    int left = TMK_PERIOD_TILES * bin.x - SPREAD, middle = TMK_PERIOD_TILES * bin.y;

    make_rows(rows, p, bin, sums);
    for (int dy = -SPREAD; dy <= SPREAD; dy++) {
        const float complex *row = rows[dy & (TMK_PERIOD_TILES - 1)];
        int y = middle + dy + TMK_INDEX_REACH;

        if (left > 0)
            add_row((float *)(p->spectrum + y * TMK_INDEX_COLUMNS + left), (const float *)row,
                    p->window[dy + SPREAD]);
        else
            add_twice(p->spectrum, row, p->window[dy + SPREAD], left, middle + dy);
    }
}

const float complex *tmk_index_plane_draw(tmk_index_plane *p, tmk_component component,
                                          int band)
{
    int count;
    const tmk_bin *bins = tmk_carriers_bins(p->carriers, component, &count);

    add_up(p, component, band);
    memset(p->spectrum, 0, TMK_INDEX_POINTS * sizeof *p->spectrum);
    for (int i = 0; i < count; i++)
        spread(p, bins[i], p->sums[i]);
    return p->spectrum;
}
