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

/* Adds what the sync carriers of a component say to their own rows, i + 1 for row i. */
static void add_component(column *c, tmk_walk *walk, double weight)
{
    while (tmk_walk_next(walk))
        for (int i = 0; i < walk->tile.count; i++) {
            float complex value = walk->values[walk->tile.slots[i]];

            c->sum[walk->row + 1] += weight * tmk_along(value, walk->tile.phases[i]);
            c->power[walk->row + 1] += weight * weight * tmk_power(value);
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

/* Fills in the sums over the rows above each. */
static void add_up(column *c, const tmk_spectra *spectra, const tmk_carriers *carriers,
                   const int signs[TMK_COMPONENTS])
{
    for (int i = 0; i < TMK_COMPONENTS; i++) {
        tmk_walk walk = tmk_walk_of(carriers, spectra, i, TMK_SYNC, 0);
        double deviation = deviation_of(spectra, i);

        if (deviation > 0 && signs[i] != 0)
            add_component(c, &walk, signs[i] / deviation);
    }
    for (int row = 0; row < spectra->rows; row++) {
        c->sum[row + 1] += c->sum[row];
        c->power[row + 1] += c->power[row];
    }
}

void tmk_focus(tmk_spectra *spectra, const tmk_carriers *carriers,
               const int signs[TMK_COMPONENTS])
{
    int rows = spectra->rows, best_from = 0, best_to = rows;
    size_t sums = (size_t)rows + 1;
    double *memory = tmk_calloc(2 * sums, sizeof *memory), best, whole;
    column c;

    if (memory == NULL)
        return; /* the whole is read: slower to stand out, never wrong */
    c = (column){memory, memory + sums};
    add_up(&c, spectra, carriers, signs);
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
