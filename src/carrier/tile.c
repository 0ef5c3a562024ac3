/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "carrier/tile.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* --------------------------------------------------------------------- window */

/*
 * sin(pi / 4) is halved down to sin(pi / 512), then turned on by twice that angle: only
 * square roots and products, so that all machines agree.
 */
void tmk_tile_window(float *window, int step)
{
    double c = sqrt(0.5), s, turn_c, turn_s;

    for (int parts = 4; parts < 2 * TMK_TILE_SPAN / step; parts *= 2)
        c = sqrt((1 + c) / 2);
    s = sqrt(1 - c * c);
    turn_c = c * c - s * s;
    turn_s = 2 * s * c;
    for (int i = 0; i < TMK_TILE_SPAN / step; i++) {
        double next = c * turn_c - s * turn_s;

        window[i] = (float)s;
        s = s * turn_c + c * turn_s;
        c = next;
    }
}

/* --------------------------------------------------------------------- reading */

/* The plane between the centres of four tiles is a cell; a tile covers two by two. */
struct tmk_tile_reader {
    int step, side; /* pixels a sample, samples a cell */
    float *window;
    float *cells[2][2]; /* [left, right][upper, lower] of the tile read last */
    int x, y;           /* of that tile */
    const tmk_pyramid *pyramid;
    const tmk_affine *map;
};

tmk_status tmk_tile_reader_new(tmk_tile_reader **reader, int step, tmk_error *error)
{
    tmk_tile_reader *made = tmk_calloc(1, sizeof *made);
    size_t side = (size_t)(TMK_TILE / step), cell = side * side;
    float *memory = tmk_calloc(4 * cell + 2 * side, sizeof *memory);

    *reader = NULL;
    if (made == NULL || memory == NULL) {
        tmk_free(made);
        tmk_free(memory);
        return tmk_fail_memory(error, "the tiles");
    }
    made->step = step;
    made->side = (int)side;
    made->window = memory;
    tmk_tile_window(made->window, step);
    for (size_t i = 0; i < 4; i++)
        made->cells[i / 2][i % 2] = memory + 2 * side + i * cell;
    *reader = made;
    return TMK_OK;
}

void tmk_tile_reader_free(tmk_tile_reader **reader)
{
    if (*reader != NULL)
        tmk_free((*reader)->window);
    tmk_free(*reader);
    *reader = NULL;
}

void tmk_tile_reader_forget(tmk_tile_reader *reader)
{
    reader->pyramid = NULL;
}

/* Samples the two cells on one SIDE of the tile. */
static void sample_cells(tmk_tile_reader *r, int side)
{
    for (int lower = 0; lower < 2; lower++) {
        tmk_grid grid = {(double)(r->x + side) * TMK_TILE - TMK_TILE_REACH,
                         (double)(r->y + lower) * TMK_TILE - TMK_TILE_REACH, r->step, r->side,
                         r->side};

        tmk_resample(r->cells[side][lower], &grid, r->pyramid, r->map);
    }
}

static void load(tmk_tile_reader *r, int x, int y, const tmk_pyramid *pyramid,
                 const tmk_affine *map)
{
    int same = r->pyramid == pyramid && r->map == map && r->y == y;

    if (same && r->x == x)
        return;
    same = same && r->x + 1 == x;
    r->x = x;
    r->y = y;
    r->pyramid = pyramid;
    r->map = map;
    for (int lower = 0; same && lower < 2; lower++) {
        float *left = r->cells[0][lower];

        r->cells[0][lower] = r->cells[1][lower];
        r->cells[1][lower] = left;
    }
    if (!same)
        sample_cells(r, 0);
    sample_cells(r, 1);
}

/* Folds row Y of the cells: the middle of a cell is where a tile's own pixels begin. */
static void fold_row(float *out, const tmk_tile_reader *r, int y)
{
    int side = r->side, half = side / 2;
    const float *w = r->window;
    const float *upper_left = r->cells[0][0] + y * side,
                *lower_left = r->cells[0][1] + y * side;
    const float *upper_right = r->cells[1][0] + y * side;
    const float *lower_right = r->cells[1][1] + y * side;
    float upper = w[y], lower = w[side + y];

    for (int part = 0; part < 2; part++)
        for (int i = 0; i < half; i++) {
            int x = i + part * half;

            out[i + (1 - part) * half] =
                upper * (w[x] * upper_left[x] + w[side + x] * upper_right[x]) +
                lower * (w[x] * lower_left[x] + w[side + x] * lower_right[x]);
        }
}

void tmk_tile_read(tmk_tile_reader *r, float *samples, int x, int y,
                   const tmk_pyramid *pyramid, const tmk_affine *map)
{
    load(r, x, y, pyramid, map);
    for (int i = 0; i < r->side; i++)
        fold_row(samples + (i + r->side / 2) % r->side * r->side, r, i);
}
