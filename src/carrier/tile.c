/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "carrier/tile.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/wider.h"

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

/* Cells of a row that are remembered. */
#define CELLS 16

/* The plane between the centres of four tiles is a cell; a tile covers two by two. */
typedef struct cell {
    int known, x, y;
    float *samples;
} cell;

struct tmk_tile_reader {
    int step, side; /* pixels a sample, samples a cell */
    float *window;
    cell cells[2][CELLS]; /* of two rows, by the lowest bits of their place */
    const tmk_pyramid *pyramid;
    const tmk_affine *map;
};

tmk_status tmk_tile_reader_new(tmk_tile_reader **reader, int step, tmk_error *error)
{
    tmk_tile_reader *made = tmk_calloc(1, sizeof *made);
    size_t side = (size_t)(TMK_TILE / step), samples = side * side;
    float *memory = tmk_calloc(2 * CELLS * samples + 2 * side, sizeof *memory);

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
    for (size_t i = 0; i < 2 * CELLS; i++)
        made->cells[i / CELLS][i % CELLS].samples = memory + 2 * side + i * samples;
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
    for (int i = 0; i < 2 * CELLS; i++)
        reader->cells[i / CELLS][i % CELLS].known = 0;
}

/* The samples of the cell in column X and row Y. */
static const float *read_cell(tmk_tile_reader *r, int x, int y)
{
    cell *own = &r->cells[y & 1][x & (CELLS - 1)];
    tmk_grid grid = {(double)x * TMK_TILE - TMK_TILE_REACH,
                     (double)y * TMK_TILE - TMK_TILE_REACH, r->step, r->side, r->side};

    if (!own->known || own->x != x || own->y != y) {
        tmk_resample(own->samples, &grid, r->pyramid, r->map);
        own->known = 1;
        own->x = x;
        own->y = y;
    }
    return own->samples;
}

/* Folds row Y of the cells (left and right, the upper before the lower): the middle of a cell
 * is where a tile's own pixels begin. */
TMK_WIDER static void fold_row(float *restrict out, const float *restrict window,
                               const float *const cells[4], int side, int y)
{
    int half = side / 2;
    const float *restrict upper_left = cells[0] + y * side;
    const float *restrict lower_left = cells[1] + y * side;
    const float *restrict upper_right = cells[2] + y * side;
    const float *restrict lower_right = cells[3] + y * side;
    float upper = window[y], lower = window[side + y];

    for (int part = 0; part < 2; part++)
        for (int i = 0; i < half; i++) {
            int x = i + part * half;

            out[i + (1 - part) * half] =
                upper * (window[x] * upper_left[x] + window[side + x] * upper_right[x]) +
                lower * (window[x] * lower_left[x] + window[side + x] * lower_right[x]);
        }
}

void tmk_tile_read(tmk_tile_reader *r, float *samples, int x, int y,
                   const tmk_pyramid *pyramid, const tmk_affine *map)
{
    const float *cells[4];

    if (r->pyramid != pyramid || r->map != map)
        tmk_tile_reader_forget(r);
    r->pyramid = pyramid;
    r->map = map;
    for (int i = 0; i < 4; i++)
        cells[i] = read_cell(r, x + i / 2, y + i % 2);
    for (int i = 0; i < r->side; i++)
        fold_row(samples + (i + r->side / 2) % r->side * r->side, r->window, cells, r->side,
                 i);
}
