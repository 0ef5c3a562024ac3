/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/focus.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Deviations by which the best run must exceed the whole: chance alone gives about 0.5. */
#define STANDS_OUT 0.8

/* Sync correlation and power of the rows above each row: of rows 0 to i - 1 at i. */
typedef struct column {
    double *sum, *power;
} column;

static void add_row(const tmk_spectra *spectra, const tmk_carriers *carriers, int component,
                    int row, double weight, double *sum, double *power)
{
    uint8_t phases[TMK_MAX_BINS];
    int count;

    for (int x = 0; x < TMK_PERIOD_TILES; x++) {
        int position = tmk_spectra_position(spectra, row, x);
        size_t tile = (size_t)row * TMK_PERIOD_TILES + (size_t)x;
        const float complex *values =
            spectra->values[component] + tile * (size_t)spectra->counts[component];
        const uint16_t *slots = tmk_carriers_slots(carriers, (tmk_component)component,
                                                   TMK_SYNC, position, &count);

        tmk_carriers_phases(carriers, (tmk_component)component, TMK_SYNC, 0, position, phases);
        for (int i = 0; i < count; i++) {
            float complex v = values[slots[i]], u = tmk_phase(phases[i]);

            *sum += weight * (crealf(v) * crealf(u) + cimagf(v) * cimagf(u));
            *power += weight * weight * 0.5 *
                      (crealf(v) * crealf(v) + cimagf(v) * cimagf(v));
        }
    }
}

/* Mean power of a component's observations: its weight is one over their deviation. */
static double deviation_of(const tmk_spectra *spectra, int component)
{
    size_t count = (size_t)spectra->rows * TMK_PERIOD_TILES *
                   (size_t)spectra->counts[component];
    double power = 0;

    for (size_t i = 0; i < count; i++) {
        float complex v = spectra->values[component][i];

        power += crealf(v) * crealf(v) + cimagf(v) * cimagf(v);
    }
    return sqrt(power / (double)(count > 0 ? count : 1));
}

static double score(const column *c, int from, int to)
{
    double power = c->power[to] - c->power[from];

    return power > 0 ? (c->sum[to] - c->sum[from]) / sqrt(power) : 0;
}

static void clear_rows(tmk_spectra *spectra, int from, int to)
{
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        size_t row = TMK_PERIOD_TILES * (size_t)spectra->counts[c];

        memset(spectra->values[c] + (size_t)from * row, 0,
               (size_t)(to - from) * row * sizeof(float complex));
    }
}

void tmk_focus(tmk_spectra *spectra, const tmk_carriers *carriers)
{
    int rows = spectra->rows, best_from = 0, best_to = rows;
    double *memory = tmk_calloc(2 * (size_t)(rows + 1), sizeof *memory);
    column c = {memory, memory + rows + 1};
    double best, whole, deviations[TMK_COMPONENTS];

    if (memory == NULL)
        return; /* the whole is read: slower to stand out, never wrong */
    for (int i = 0; i < TMK_COMPONENTS; i++)
        deviations[i] = deviation_of(spectra, i);
    for (int row = 0; row < rows; row++) {
        c.sum[row + 1] = c.sum[row];
        c.power[row + 1] = c.power[row];
        for (int i = 0; i < TMK_COMPONENTS; i++)
            if (deviations[i] > 0)
                add_row(spectra, carriers, i, row, 1 / deviations[i], &c.sum[row + 1],
                        &c.power[row + 1]);
    }
    best = whole = score(&c, 0, rows);
    for (int from = 0; from < rows; from++)
        for (int to = from + 1; to <= rows; to++)
            if (score(&c, from, to) > best) {
                best = score(&c, from, to);
                best_from = from;
                best_to = to;
            }
    if (best > whole + STANDS_OUT) {
        clear_rows(spectra, 0, best_from);
        clear_rows(spectra, best_to, rows);
    }
    tmk_free(memory);
}
