/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/layered.h"

#include <math.h>
#include <string.h>

#include "mark/soft.h"

/* Pixels of a picture, whose layers take three times the room of its residual. */
#define MOST_PIXELS (16 * 1000 * 1000)

/* How much each layer counts, relative to the whole. */
typedef struct gains {
    float of[TMK_LAYERS][TMK_CLASSES];
} gains;

/*
 * The variance between the layers' amplitudes beyond what their errors explain (the estimator
 * of R. DerSimonian and N. Laird, 1986): zero where all may well be the same as WHOLE.
 */
static double spread_of(const tmk_tally layers[TMK_LAYERS], int class, double whole)
{
    double excess = 1, share = 0, power = 0;

    for (int i = 0; i < TMK_LAYERS; i++)
        power += layers[i].power[class];
    for (int i = 0; i < TMK_LAYERS; i++) {
        double own = layers[i].power[class];

        if (own > 0.002 * power) {
            double difference = layers[i].sum[class] / own - whole;

            excess += own * difference * difference - 1;
            share += own * (1 - own / power);
        }
    }
    return share > 0 ? fmax(0, excess / share) : 0;
}

/* Each layer's amplitude is drawn towards that of the whole, as its error asks for. */
static void find_gains(gains *g, const tmk_tally layers[TMK_LAYERS])
{
    tmk_tally all = {{0}, {0}};
    double whole[TMK_CLASSES];

    for (int i = 0; i < TMK_LAYERS; i++)
        for (int class = 0; class < TMK_CLASSES; class ++) {
            all.sum[class] += layers[i].sum[class];
            all.power[class] += layers[i].power[class];
        }
    tmk_tally_amplitudes(whole, &all);
    for (int class = 0; class < TMK_CLASSES; class ++) {
        double spread = all.power[class] > 0 ? spread_of(layers, class, whole[class]) : 0;

        for (int i = 0; i < TMK_LAYERS; i++) {
            double own = layers[i].power[class];

            g->of[i][class] = class > 0 && !(all.power[class] > 0) ? g->of[i][class - 1] : 1;
            if (own > 0)
                g->of[i][class] += (float)(spread / (spread + 1 / own) *
                                           (layers[i].sum[class] / own / whole[class] - 1));
        }
    }
}

static void count_layers(tmk_tally tallies[TMK_LAYERS], const tmk_carriers *carriers,
                         const tmk_spectra spectra[TMK_LAYERS], int component, int band)
{
    tmk_known_signs known[TMK_LAYERS], all = {{{0}, {0}}, {{0}, {0}}};
    int taken;

    for (int i = 0; i < TMK_LAYERS; i++) {
        tmk_known_signs_count(&known[i], carriers, &spectra[i], component, band);
        for (int class = 0; class < TMK_CLASSES; class ++) {
            all.sync.sum[class] += known[i].sync.sum[class];
            all.sync.power[class] += known[i].sync.power[class];
            all.index.sum[class] += known[i].index.sum[class];
            all.index.power[class] += known[i].index.power[class];
        }
    }
    taken = tmk_sync_was_taken(&all);
    for (int i = 0; i < TMK_LAYERS; i++) {
        tallies[i] = known[i].index;
        for (int class = 0; !taken && class < TMK_CLASSES; class ++) {
            tallies[i].sum[class] += known[i].sync.sum[class];
            tallies[i].power[class] += known[i].sync.power[class];
        }
    }
}

static int is_empty(const float complex *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != 0)
            return 0;
    return 1;
}

/* Fills a row of tiles of SPECTRA with the layers' sum. */
static void add_up(tmk_spectra *spectra, const tmk_spectra layers[TMK_LAYERS], int component,
                   int row, const gains *g, const tmk_bin *bins)
{
    int count = spectra->counts[component];

    for (int column = 0; column < TMK_PERIOD_TILES; column++) {
        float complex *to = tmk_spectra_tile(spectra, component, row, column);

        memset(to, 0, (size_t)count * sizeof *to);
        for (int layer = 0; layer < TMK_LAYERS; layer++) {
            const float complex *from = tmk_spectra_tile(&layers[layer], component, row,
                                                         column);

            for (int i = 0; i < count; i++)
                to[i] += g->of[layer][tmk_class_of(component, bins[i])] * from[i];
        }
    }
}

void tmk_layered_combine(tmk_spectra *spectra, const tmk_spectra layers[TMK_LAYERS],
                         const tmk_carriers *carriers, int band)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        size_t row_size = TMK_PERIOD_TILES * (size_t)spectra->counts[c];
        tmk_tally tallies[TMK_LAYERS];
        gains g;
        int count;
        const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)c, &count);

        count_layers(tallies, carriers, layers, c, band);
        find_gains(&g, tallies);
        for (int row = 0; row < spectra->rows; row++)
            if (!is_empty(tmk_spectra_tile(spectra, c, row, 0), row_size))
                add_up(spectra, layers, c, row, &g, bins);
    }
}

/* Clears the rows of LAYERS that are empty in SPECTRA. */
static void clear_rows(tmk_spectra layers[TMK_LAYERS], const tmk_spectra *spectra)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        size_t row_size = TMK_PERIOD_TILES * (size_t)spectra->counts[c];

        for (int row = 0; row < spectra->rows; row++)
            for (int i = 0;
                 is_empty(tmk_spectra_tile(spectra, c, row, 0), row_size) && i < TMK_LAYERS;
                 i++)
                memset(tmk_spectra_tile(&layers[i], c, row, 0), 0,
                       row_size * sizeof(float complex));
    }
}

static tmk_status split(tmk_layered *layered, const tmk_pyramid *base, tmk_error *error)
{
    tmk_status status = TMK_OK;

    if (layered->base == base)
        return TMK_OK;
    tmk_layered_release(layered);
    status = tmk_layers_split(&layered->layers, base, error);
    if (status == TMK_OK)
        layered->base = base;
    else
        tmk_layered_release(layered);
    return status;
}

void tmk_layered_release(tmk_layered *layered)
{
    tmk_layers_release(&layered->layers);
    layered->base = NULL;
}

tmk_status tmk_layered_gather(tmk_layered *layered, tmk_spectra *spectra,
                              const tmk_carriers *carriers, const tmk_fft *fft,
                              const tmk_residuals *residuals, const tmk_affine *map, int band,
                              tmk_error *error)
{
    tmk_spectra own[TMK_LAYERS];

    if ((int64_t)residuals->width * residuals->height > MOST_PIXELS)
        return TMK_OK;
    TMK_TRY(split(layered, tmk_residuals_for(residuals, map), error));
    TMK_TRY(tmk_spectra_measure_layers(own, carriers, fft, residuals, &layered->layers, map,
                                       error));
    clear_rows(own, spectra);
    tmk_layered_combine(spectra, own, carriers, band);
    for (int i = 0; i < TMK_LAYERS; i++)
        tmk_spectra_release(&own[i]);
    return TMK_OK;
}
