/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/soft.h"

#include <math.h>
#include <string.h>

static const float complex *tile_values(const tmk_spectra *spectra, int component, int row,
                                        int column)
{
    size_t tile = (size_t)row * TMK_PERIOD_TILES + (size_t)column;

    return spectra->values[component] + tile * (size_t)spectra->counts[component];
}

/* Classes of frequency, by their upper radius in cycles a tile. */
#define CLASSES 4
static const float class_ends[TMK_COMPONENTS][CLASSES] = {
    [TMK_LUMA] = {8.0f, 11.0f, 14.5f, 100.0f},
    [TMK_CHROMA] = {3.5f, 5.0f, 6.2f, 100.0f},
};

/* Deviations that a class is believed to show at least: less may be chance. */
#define LEAST 0.4

/* Correlation and power of the carriers of known sign. */
typedef struct tally {
    double sum[CLASSES], power[CLASSES];
} tally;

static int class_of(int component, tmk_bin bin)
{
    float square = (float)(bin.x * bin.x + bin.y * bin.y);
    int class = 0;

    while (square > class_ends[component][class] * class_ends[component][class])
        class++;
    return class;
}

static void count_role(tally *t, const tmk_carriers *carriers, const tmk_spectra *spectra,
                       int component, tmk_role role, int band)
{
    int total, count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)component, &total);
    uint8_t phases[TMK_MAX_BINS];

    for (int row = 0; row < spectra->rows; row++)
        for (int column = 0; column < TMK_PERIOD_TILES; column++) {
            int position = tmk_spectra_position(spectra, row, column);
            const float complex *values = tile_values(spectra, component, row, column);
            const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)component,
                                                       role, position, &count);

            tmk_carriers_phases(carriers, (tmk_component)component, role,
                                tmk_spectra_band(spectra, row, band), position, phases);
            for (int i = 0; i < count; i++) {
                float complex v = values[slots[i]], u = tmk_phase(phases[i]);
                int class = class_of(component, bins[slots[i]]);

                t->sum[class] += crealf(v) * crealf(u) + cimagf(v) * cimagf(u);
                t->power[class] += 0.5 * (crealf(v) * crealf(v) + cimagf(v) * cimagf(v));
            }
        }
}

/* Amplitude over power of each class; one without carriers continues those below it. */
static void weigh(float weights[CLASSES], const tally *t)
{
    for (int class = 0; class < CLASSES; class++) {
        double power = t->power[class];

        if (power > 0)
            weights[class] = (float)(fmax(t->sum[class], LEAST * sqrt(power)) / power);
        else if (class >= 2 && weights[class - 2] > 0)
            weights[class] = weights[class - 1] *
                             fminf(1, weights[class - 1] / weights[class - 2]);
        else
            weights[class] = class > 0 ? weights[class - 1] : 0;
    }
}

void tmk_weights_estimate(tmk_weights *weights, const tmk_carriers *carriers,
                          const tmk_spectra *spectra, int band)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tally t = {{0}, {0}};
        float classes[CLASSES];
        int count;
        const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)c, &count);

        count_role(&t, carriers, spectra, c, TMK_SYNC, 0);
        if (band != TMK_NO_BAND)
            count_role(&t, carriers, spectra, c, TMK_INDEX, band);
        weigh(classes, &t);
        for (int i = 0; i < count; i++)
            weights->bins[c][i] = classes[class_of(c, bins[i])];
    }
}

void tmk_soft_read(tmk_soft *soft, const tmk_carriers *carriers, const tmk_spectra *spectra,
                   const tmk_weights *weights, int band)
{
    uint16_t bits[TMK_MAX_BINS];
    uint8_t phases[TMK_MAX_BINS];
    int count;

    memset(soft, 0, sizeof *soft);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int row = 0; row < spectra->rows; row++)
            for (int column = 0; column < TMK_PERIOD_TILES; column++) {
                int position = tmk_spectra_position(spectra, row, column);
                const float complex *values = tile_values(spectra, c, row, column);
                const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)c,
                                                           TMK_DATA, position, &count);

                tmk_carriers_bits(carriers, (tmk_component)c, position, bits);
                tmk_carriers_phases(carriers, (tmk_component)c, TMK_DATA,
                                    tmk_spectra_band(spectra, row, band), position, phases);
                for (int i = 0; i < count; i++) {
                    float complex v = weights->bins[c][slots[i]] * values[slots[i]];
                    float complex u = tmk_phase(phases[i]);

                    soft->sums[bits[i]] += crealf(v) * crealf(u) + cimagf(v) * cimagf(u);
                    soft->power += 0.5 * (crealf(v) * crealf(v) + cimagf(v) * cimagf(v));
                }
            }
    for (int i = 0; i < TMK_CODE_BITS; i++)
        soft->values[i] = (float)soft->sums[i];
}

double tmk_soft_score(const tmk_soft *soft, const uint8_t coded[TMK_CODE_BITS])
{
    double sum = 0;

    for (int i = 0; i < TMK_CODE_BITS; i++)
        sum += coded[i] ? -soft->sums[i] : soft->sums[i];
    return soft->power > 0 ? sum / sqrt(soft->power) : 0;
}
