/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For each tile, the correlation of each index carrier with all its phases is tabulated
 * once, and a band costs one look-up for each carrier.
 */
#include "mark/index.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* The table of one tile and component: TMK_PHASES values for each carrier, and zeros where
 * the last byte of a stream has no second carrier. */
typedef struct tile_table {
    int band_step, position, component;
    float *table;
} tile_table;

typedef struct search {
    int tiles;
    tile_table *list;
    size_t bytes[TMK_COMPONENTS];
    double power;
} search;

static tmk_status add_tile(search *s, const tmk_carriers *carriers,
                           const tmk_spectra *spectra, int component, int row, int column,
                           const float *weights, tmk_error *error)
{
    const float complex *values = tmk_spectra_tile(spectra, component, row, column);
    int position = tmk_spectra_position(spectra, row, column), count;
    const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)component, TMK_INDEX,
                                               position, &count);
    tile_table *to = &s->list[s->tiles];
    double power = 0;

    for (int i = 0; i < count; i++)
        power += tmk_power(weights[slots[i]] * values[slots[i]]);
    if (!(power > 0))
        return TMK_OK;
    to->table = tmk_calloc(2 * s->bytes[component] * TMK_PHASES, sizeof(float));
    if (to->table == NULL)
        return tmk_fail_memory(error, "the bands' index");
    to->band_step = tmk_spectra_band(spectra, row, 0);
    to->position = position;
    to->component = component;
    for (int i = 0; i < count; i++)
        for (unsigned phase = 0; phase < TMK_PHASES; phase++)
            to->table[i * TMK_PHASES + (int)phase] = weights[slots[i]] *
                                                     tmk_along(values[slots[i]], phase);
    s->power += power;
    s->tiles++;
    return TMK_OK;
}

/* What the stream of BAND, of one component, adds to the bands it may be counted from. */
static void add_band(const search *s, int component, int band, const uint8_t *stream,
                     tmk_band *bands)
{
    size_t bytes = s->bytes[component];

    for (int t = 0; t < s->tiles; t++) {
        const tile_table *tile = &s->list[t];
        const uint8_t *own = stream + (size_t)tile->position * bytes;
        float sum = 0;

        if (tile->component != component)
            continue;
        for (size_t i = 0; i < bytes; i++)
            sum += tile->table[2 * i * TMK_PHASES + (own[i] & 15)] +
                   tile->table[(2 * i + 1) * TMK_PHASES + (own[i] >> 4)];
        bands[tmk_band_below(band, -tile->band_step)].score += sum;
    }
}

static int better_first(const void *a, const void *b)
{
    const tmk_band *one = a, *other = b;

    if (one->score != other->score)
        return one->score > other->score ? -1 : 1;
    return one->band - other->band;
}

static void correlate(const search *s, const tmk_carriers *carriers, tmk_band *bands,
                      int count)
{
    uint8_t stream[TMK_POSITIONS * (TMK_MAX_BINS / 2)];
    float scale = s->power > 0 ? (float)(1 / sqrt(s->power)) : 0;

    for (int band = 0; band < count; band++)
        bands[band] = (tmk_band){band, 0};
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int band = 0; band < count; band++) {
            tmk_carriers_stream(carriers, (tmk_component)c, TMK_INDEX, band, TMK_POSITIONS,
                                stream);
            add_band(s, c, band, stream, bands);
        }
    for (int band = 0; band < count; band++)
        bands[band].score *= scale;
    qsort(bands, (size_t)count, sizeof *bands, better_first);
}

tmk_status tmk_index_search(tmk_band *bands, int variants, const tmk_carriers *carriers,
                            const tmk_spectra *spectra, const tmk_weights *weights,
                            tmk_error *error)
{
    size_t most = (size_t)spectra->rows * TMK_PERIOD_TILES * TMK_COMPONENTS;
    search s = {.list = tmk_calloc(most, sizeof *s.list)};
    tmk_status status = TMK_OK;

    if (s.list == NULL)
        return tmk_fail_memory(error, "the bands' index");
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        s.bytes[c] = tmk_carriers_stream_bytes(carriers, (tmk_component)c, TMK_INDEX);
        for (int row = 0; status == TMK_OK && row < spectra->rows; row++)
            for (int column = 0; status == TMK_OK && column < TMK_PERIOD_TILES; column++)
                status = add_tile(&s, carriers, spectra, c, row, column, weights->bins[c],
                                  error);
    }
    if (status == TMK_OK)
        correlate(&s, carriers, bands, variants * TMK_BANDS);
    for (int t = 0; t < s.tiles; t++)
        tmk_free(s.list[t].table);
    tmk_free(s.list);
    return status;
}
