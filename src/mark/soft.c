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

void tmk_soft_weights(float weights[TMK_COMPONENTS], const tmk_carriers *carriers,
                      const tmk_spectra *spectra)
{
    uint8_t phases[TMK_MAX_BINS];
    int count;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        double sum = 0, power = 0;

        for (int row = 0; row < spectra->rows; row++)
            for (int column = 0; column < TMK_PERIOD_TILES; column++) {
                int position = tmk_spectra_position(spectra, row, column);
                const float complex *values = tile_values(spectra, c, row, column);
                const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)c,
                                                           TMK_SYNC, position, &count);

                tmk_carriers_phases(carriers, (tmk_component)c, TMK_SYNC, 0, position,
                                    phases);
                for (int i = 0; i < count; i++) {
                    float complex v = values[slots[i]], u = tmk_phase(phases[i]);

                    sum += crealf(v) * crealf(u) + cimagf(v) * cimagf(u);
                    power += 0.5 * (crealf(v) * crealf(v) + cimagf(v) * cimagf(v));
                }
            }
        /* Half a deviation for a component that shows nothing: it may be chance. */
        weights[c] = power > 0 ? (float)(fmax(sum, 0.5 * sqrt(power)) / power) : 0;
    }
}

void tmk_soft_read(tmk_soft *soft, const tmk_carriers *carriers, const tmk_spectra *spectra,
                   const float weights[TMK_COMPONENTS], int band)
{
    uint16_t bits[TMK_MAX_BINS];
    uint8_t phases[TMK_MAX_BINS];
    int count;

    memset(soft, 0, sizeof *soft);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        for (int row = 0; weights[c] > 0 && row < spectra->rows; row++)
            for (int column = 0; column < TMK_PERIOD_TILES; column++) {
                int position = tmk_spectra_position(spectra, row, column);
                const float complex *values = tile_values(spectra, c, row, column);
                const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)c,
                                                           TMK_DATA, position, &count);

                tmk_carriers_bits(carriers, (tmk_component)c, position, bits);
                tmk_carriers_phases(carriers, (tmk_component)c, TMK_DATA,
                                    tmk_spectra_band(spectra, row, band), position, phases);
                for (int i = 0; i < count; i++) {
                    float complex v = weights[c] * values[slots[i]];
                    float complex u = tmk_phase(phases[i]);

                    soft->values[bits[i]] += crealf(v) * crealf(u) + cimagf(v) * cimagf(u);
                    soft->power += 0.5 * (crealf(v) * crealf(v) + cimagf(v) * cimagf(v));
                }
            }
}

double tmk_soft_score(const tmk_soft *soft, const uint8_t coded[TMK_CODE_BITS])
{
    double sum = 0;

    for (int i = 0; i < TMK_CODE_BITS; i++)
        sum += coded[i] ? -soft->values[i] : soft->values[i];
    return soft->power > 0 ? sum / sqrt(soft->power) : 0;
}
