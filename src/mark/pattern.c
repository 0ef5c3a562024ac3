/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/pattern.h"

#include <string.h>

#include "signal/synthesis.h"

static void add_carriers(tmk_synthesis *synthesis, const tmk_pattern *p,
                         tmk_component component, int band, int position)
{
    const float *amplitudes = tmk_carriers_amplitudes(p->carriers, component);
    uint16_t bits[TMK_MAX_BINS];

    tmk_carriers_bits(p->carriers, component, position, bits);
    for (int role = TMK_SYNC; role < TMK_ROLES; role++) {
        tmk_tile_role tile =
            tmk_carriers_role(p->carriers, component, (tmk_role)role, band, position);

        for (int i = 0; i < tile.count; i++) {
            tmk_bin bin = tile.bins[tile.slots[i]];
            float sign = role == TMK_DATA && p->coded[bits[i]] ? -1.0f : 1.0f;

            tmk_synthesis_add(synthesis, (int)component, bin.x, bin.y,
                              sign * amplitudes[tile.slots[i]] * tmk_phase(tile.phases[i]));
        }
    }
}

/* The part of a tile that lies on the page and in the rows that are asked for. */
typedef struct part {
    int left, top; /* the tile's corner on the page */
    int x0, x1, y0, y1;
} part;

/* The tile's patterns. */
static void make_tile(const float *pattern[TMK_COMPONENTS], tmk_synthesis *synthesis,
                      const tmk_pattern *p, const part *tile)
{
    int x = (p->origin.x + tile->left) / TMK_TILE, y = (p->origin.y + tile->top) / TMK_TILE;
    int band = (p->origin.band + y / TMK_PERIOD_TILES) % TMK_BANDS;
    int position = y % TMK_PERIOD_TILES * TMK_PERIOD_TILES + x % TMK_PERIOD_TILES;

    tmk_synthesis_clear(synthesis);
    add_carriers(synthesis, p, TMK_LUMA, band, position);
    if (p->coloured)
        add_carriers(synthesis, p, TMK_CHROMA, band, position);
    tmk_synthesis_run(synthesis, &pattern[TMK_LUMA], &pattern[TMK_CHROMA]);
}

static void shape_tile(tmk_plane delta[TMK_COMPONENTS], int first,
                       const float *pattern[TMK_COMPONENTS], float strength,
                       const tmk_analysis *analysis, const part *tile)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int y = tile->y0; y < tile->y1; y++) {
            const float *hide = tmk_analysis_row(analysis, (tmk_component)c, y) + tile->x0;
            const float *wave = pattern[c] + (y - tile->top) * TMK_TILE +
                                (tile->x0 - tile->left);
            float *to = tmk_plane_row(&delta[c], y - first) + tile->x0;

            for (int x = 0; x < tile->x1 - tile->x0; x++)
                to[x] = strength * hide[x] * wave[x];
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

int tmk_pattern_next(const tmk_pattern *pattern, int y)
{
    return y + TMK_TILE - (pattern->origin.y + y) % TMK_TILE;
}

tmk_status tmk_pattern_rows(tmk_plane delta[TMK_COMPONENTS], const tmk_pattern *pattern,
                            int first, const tmk_analysis *analysis, tmk_error *error)
{
    int width = delta[TMK_LUMA].width, end = first + delta[TMK_LUMA].height;
    const float *waves[TMK_COMPONENTS];
    tmk_synthesis *synthesis = NULL;
    tmk_status status = tmk_synthesis_new(&synthesis, error);

    for (int c = 0; c < TMK_COMPONENTS; c++)
        memset(delta[c].samples, 0, (size_t)width * (size_t)(end - first) * sizeof(float));
    for (int y = first, next; status == TMK_OK && y < end; y = next) {
        next = tmk_pattern_next(pattern, y);
        for (int left = -(pattern->origin.x % TMK_TILE); left < width; left += TMK_TILE) {
            part tile = {left, next - TMK_TILE, left < 0 ? 0 : left,
                         left + TMK_TILE > width ? width : left + TMK_TILE,
                         y, next > end ? end : next};

            if (hides_nothing(analysis, &tile))
                continue;
            make_tile(waves, synthesis, pattern, &tile);
            shape_tile(delta, first, waves, pattern->strength, analysis, &tile);
        }
    }
    tmk_synthesis_free(&synthesis);
    return status;
}
