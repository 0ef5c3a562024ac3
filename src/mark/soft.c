/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/soft.h"

#include <math.h>
#include <string.h>

/* Classes of frequency, by their upper radius in cycles a tile. */
#define CLASSES 4
static const float class_ends[TMK_COMPONENTS][CLASSES] = {
    [TMK_LUMA] = {8.0f, 11.0f, 14.5f, 100.0f},
    [TMK_CHROMA] = {3.5f, 5.0f, 6.2f, 100.0f},
};

/* Deviations that a class is believed to show at least: less may be chance. */
#define LEAST 0.4

/* Deviations below zero at which a component is taken to be inverted. */
#define INVERTED 2.0

/* Correlation and power of the carriers of known sign. */
typedef struct tally {
    double sum[CLASSES], power[CLASSES];
} tally;

static int class_of(int component, tmk_bin bin)
{
    float square = (float)(bin.x * bin.x + bin.y * bin.y);
    int class = 0;

    while (square > class_ends[component][class] * class_ends[component][class])
        class ++;
    return class;
}

static void count_role(tally *t, const tmk_carriers *carriers, const tmk_spectra *spectra,
                       int component, tmk_role role, int band)
{
    tmk_walk walk = tmk_walk_of(carriers, spectra, component, role, band);

    while (tmk_walk_next(&walk))
        for (int i = 0; i < walk.tile.count; i++) {
            int slot = walk.tile.slots[i], class = class_of(component, walk.tile.bins[slot]);

            t->sum[class] += tmk_along(walk.values[slot], walk.tile.phases[i]);
            t->power[class] += tmk_power(walk.values[slot]);
        }
}

/*
 * The sign of a component: negative where the picture, or this colour of it, was inverted.
 * Only a sum that chance hardly ever gives says so.
 */
static double polarity(const tally *t)
{
    double sum = 0, power = 0;

    for (int class = 0; class < CLASSES; class ++)
        if (t->power[class] > 0) {
            sum += t->sum[class] / sqrt(t->power[class]);
            power++;
        }
    return sum < -INVERTED * sqrt(power) ? -1 : 1;
}

/* Amplitude over power of each class; one without carriers continues those below it. */
static void weigh(float weights[CLASSES], const tally *t)
{
    double sign = polarity(t);

    for (int class = 0; class < CLASSES; class ++) {
        double power = t->power[class];

        if (power > 0)
            weights[class] =
                (float)(sign * fmax(sign * t->sum[class], LEAST * sqrt(power)) / power);
        else if (class >= 2 && weights[class - 2] != 0)
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

static void read_component(tmk_soft *soft, tmk_walk *walk, const float *weights)
{
    uint16_t bits[TMK_MAX_BINS];

    while (tmk_walk_next(walk)) {
        tmk_carriers_bits(walk->carriers, (tmk_component)walk->component, walk->position,
                          bits);
        for (int i = 0; i < walk->tile.count; i++) {
            int slot = walk->tile.slots[i];
            float complex value = weights[slot] * walk->values[slot];

            soft->sums[bits[i]] += tmk_along(value, walk->tile.phases[i]);
            soft->power += tmk_power(value);
        }
    }
}

void tmk_soft_read(tmk_soft *soft, const tmk_carriers *carriers, const tmk_spectra *spectra,
                   const tmk_weights *weights, int band)
{
    memset(soft, 0, sizeof *soft);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_walk walk = tmk_walk_of(carriers, spectra, c, TMK_DATA, band);

        read_component(soft, &walk, weights->bins[c]);
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
