/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/pattern.h"

#include <string.h>

#include "base/wider.h"
#include "carrier/tile.h"
#include "signal/synthesis.h"

/* Rows between the best places to cut a page: tiles that reach beyond a part are made twice,
 * one more row of them for each part. */
#define PART_ROWS (4 * TMK_TILE)

static void add_carriers(tmk_synthesis *synthesis, const tmk_pattern *p,
                         tmk_component component, int band, int position)
{
    const float *amplitudes = tmk_carriers_amplitudes(p->carriers, component);
    uint16_t bits[TMK_MAX_BINS];

    tmk_carriers_bits(p->carriers, component, position, bits);
    for (int role = TMK_SYNC; role < TMK_ROLES; role++) {
        tmk_tile_role tile = tmk_carriers_role(p->carriers, component, (tmk_role)role, band,
                                               position);

        for (int i = 0; i < tile.count; i++) {
            tmk_bin bin = tile.bins[tile.slots[i]];
            float sign = role == TMK_DATA && p->coded[bits[i]] ? -1.0f : 1.0f;

            tmk_synthesis_add(synthesis, (int)component, bin.x, bin.y,
                              sign * amplitudes[tile.slots[i]] * tmk_phase(tile.phases[i]));
        }
    }
}

/* The part of what a tile covers that lies on the page and in the rows that are asked for. */
typedef struct part {
    int left, top; /* of what the tile covers, on the page */
    int x0, x1, y0, y1;
} part;

/* The tile's patterns. */
static void make_tile(const float *pattern[TMK_COMPONENTS], tmk_synthesis *synthesis,
                      const tmk_pattern *p, const part *tile)
{
    int x = tmk_floor_div(p->origin.x + tile->left + TMK_TILE_REACH, TMK_TILE);
    int y = tmk_floor_div(p->origin.y + tile->top + TMK_TILE_REACH, TMK_TILE);
    int position = tmk_position_of(x, y);
    int band = tmk_band_below(p->origin.band, tmk_floor_div(y, TMK_PERIOD_TILES));

    tmk_synthesis_clear(synthesis);
    add_carriers(synthesis, p, TMK_LUMA, band, position);
    if (p->coloured)
        add_carriers(synthesis, p, TMK_CHROMA, band, position);
    tmk_synthesis_run(synthesis, &pattern[TMK_LUMA], &pattern[TMK_CHROMA]);
}

/* Adds a row of the tile, WAVE repeating after TMK_TILE pixels, from X0 to X1. */
TMK_WIDER static void add_row(float *restrict to, const float *restrict wave,
                              const float *restrict window, float height, int x0, int x1)
{
    while (x0 < x1) {
        int phase = (x0 + TMK_TILE_REACH) % TMK_TILE;
        int end = x0 + TMK_TILE - phase < x1 ? x0 + TMK_TILE - phase : x1;

        for (int i = 0; i < end - x0; i++)
            to[x0 + i] += height * window[x0 + i] * wave[phase + i];
        x0 = end;
    }
}

static void add_tile(tmk_plane *delta, int first, const float *pattern, const float *window,
                     const part *tile)
{
    for (int y = tile->y0; y < tile->y1; y++) {
        int down = y - tile->top;
        const float *wave = pattern + (down + TMK_TILE_REACH) % TMK_TILE * TMK_TILE;

        add_row(tmk_plane_row(delta, y - first) + tile->left, wave, window, window[down],
                tile->x0 - tile->left, tile->x1 - tile->left);
    }
}

/* Whether the part lies wholly on what hides nothing. */
static int hides_nothing(const tmk_analysis *analysis, const part *tile)
{
    for (int y = tile->y0; y < tile->y1; y++) {
        const float *luma = tmk_analysis_row(analysis, TMK_LUMA, y);
        const float *chroma = tmk_analysis_row(analysis, TMK_CHROMA, y);

        for (int x = tile->x0; x < tile->x1; x++)
            if (luma[x] > 0 || chroma[x] > 0)
                return 0;
    }
    return 1;
}

/* Each pixel has its tiles added from the upper left to the lower right, however the page
 * is cut into parts. */
static void add_tiles(tmk_plane delta[TMK_COMPONENTS], const tmk_pattern *p, int first,
                      const tmk_analysis *analysis, tmk_synthesis *synthesis)
{
    int width = delta[TMK_LUMA].width, end = first + delta[TMK_LUMA].height;
    int start = first - TMK_TILE -
                tmk_floor_mod(p->origin.y + first + TMK_TILE_REACH, TMK_TILE);
    const float *waves[TMK_COMPONENTS];
    float window[TMK_TILE_SPAN];

    tmk_tile_window(window, 1);
    for (int top = start; top < end; top += TMK_TILE)
        for (int left = -TMK_TILE - (p->origin.x + TMK_TILE_REACH) % TMK_TILE; left < width;
             left += TMK_TILE) {
            int right = left + TMK_TILE_SPAN, bottom = top + TMK_TILE_SPAN;
            part tile = {left,
                         top,
                         left < 0 ? 0 : left,
                         right > width ? width : right,
                         top < first ? first : top,
                         bottom > end ? end : bottom};

            if (hides_nothing(analysis, &tile))
                continue;
            make_tile(waves, synthesis, p, &tile);
            for (int c = 0; c < TMK_COMPONENTS; c++)
                add_tile(&delta[c], first, waves[c], window, &tile);
        }
}

/* The pattern times what each pixel can hide. */
static void shape(tmk_plane *delta, int first, float strength, tmk_component component,
                  const tmk_analysis *analysis)
{
    for (int y = 0; y < delta->height; y++) {
        const float *hide = tmk_analysis_row(analysis, component, first + y);
        float *row = tmk_plane_row(delta, y);

        for (int x = 0; x < delta->width; x++)
            row[x] *= strength * hide[x];
    }
}

int tmk_pattern_next(const tmk_pattern *pattern, int y)
{
    return y + PART_ROWS - (pattern->origin.y + y + TMK_TILE_REACH) % PART_ROWS;
}

tmk_status tmk_pattern_rows(tmk_plane delta[TMK_COMPONENTS], const tmk_pattern *pattern,
                            int first, const tmk_analysis *analysis, tmk_error *error)
{
    tmk_synthesis *synthesis = NULL;

    TMK_TRY(tmk_synthesis_new(&synthesis, error));
    for (int c = 0; c < TMK_COMPONENTS; c++)
        memset(delta[c].samples, 0,
               (size_t)delta[c].width * (size_t)delta[c].height * sizeof(float));
    add_tiles(delta, pattern, first, analysis, synthesis);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        shape(&delta[c], first, pattern->strength, (tmk_component)c, analysis);
    tmk_synthesis_free(&synthesis);
    return TMK_OK;
}
