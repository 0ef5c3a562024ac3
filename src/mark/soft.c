/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/soft.h"

#include <math.h>
#include <string.h>

/* The classes' upper radii in cycles a tile. */
static const float class_ends[TMK_COMPONENTS][TMK_CLASSES] = {
    [TMK_LUMA] = {8.0f, 11.0f, 14.5f, 100.0f},
    [TMK_CHROMA] = {3.5f, 5.0f, 6.2f, 100.0f},
};

/* Deviations that a class is believed to show at least: less may be chance. */
#define LEAST 0.4

/* Deviations below zero at which a component is taken to be inverted. */
#define INVERTED 2.0

/* Deviations that index carriers must show, and exceed sync carriers by, to be believed alone:
 * both lie alike, and chance gives the latter once in 30,000. */
#define SURE_INDEX 4.5
#define EXCEEDS 4.0

int tmk_class_of(int component, tmk_bin bin)
{
    float square = (float)(bin.x * bin.x + bin.y * bin.y);
    int class = 0;

    while (square > class_ends[component][class] * class_ends[component][class])
        class ++;
    return class;
}

static void count_role(tmk_tally *t, const tmk_carriers *carriers, const tmk_spectra *spectra,
                       int component, tmk_role role, int band)
{
    tmk_walk walk = tmk_walk_of(carriers, spectra, component, role, band);

    while (tmk_walk_next(&walk))
        for (int i = 0; i < walk.tile.count; i++) {
            int slot = walk.tile.slots[i];
            int class = tmk_class_of(component, walk.tile.bins[slot]);

            t->sum[class] += tmk_along(walk.values[slot], walk.tile.phases[i]);
            t->power[class] += tmk_power(walk.values[slot]);
        }
}

void tmk_known_signs_count(tmk_known_signs *known, const tmk_carriers *carriers,
                           const tmk_spectra *spectra, int component, int band)
{
    memset(known, 0, sizeof *known);
    count_role(&known->sync, carriers, spectra, component, TMK_SYNC, 0);
    if (band != TMK_NO_BAND)
        count_role(&known->index, carriers, spectra, component, TMK_INDEX, band);
}

/* The sum of all classes, each over its deviation, over that of the sum. */
static double score_of(const tmk_tally *t)
{
    double sum = 0, power = 0;

    for (int class = 0; class < TMK_CLASSES; class ++)
        if (t->power[class] > 0) {
            sum += t->sum[class] / sqrt(t->power[class]);
            power++;
        }
    return power > 0 ? sum / sqrt(power) : 0;
}

int tmk_sync_was_taken(const tmk_known_signs *known)
{
    double index = score_of(&known->index), difference = 0, variance = 0;

    for (int class = 0; class < TMK_CLASSES; class ++) {
        double own = known->index.power[class], other = known->sync.power[class];

        if (own > 0 && other > 0) {
            difference += known->index.sum[class] / own - known->sync.sum[class] / other;
            variance += 1 / own + 1 / other;
        }
    }
    return fabs(index) > SURE_INDEX &&
           (index > 0 ? difference : -difference) > EXCEEDS * sqrt(variance);
}

tmk_tally tmk_known_signs_tally(const tmk_known_signs *known)
{
    tmk_tally both = known->index;

    if (!tmk_sync_was_taken(known))
        for (int class = 0; class < TMK_CLASSES; class ++) {
            both.sum[class] += known->sync.sum[class];
            both.power[class] += known->sync.power[class];
        }
    return both;
}

void tmk_tally_amplitudes(double amplitudes[TMK_CLASSES], const tmk_tally *t)
{
    /* only a sum that chance hardly ever gives says that a component is inverted */
    double sign = score_of(t) < -INVERTED ? -1 : 1;

    for (int class = 0; class < TMK_CLASSES; class ++) {
        double power = t->power[class];

        amplitudes[class] =
            power > 0 ? sign * fmax(sign * t->sum[class], LEAST * sqrt(power)) / power : 0;
    }
}

/* Amplitude over power of each class; one without carriers continues those below it. */
static void weigh(float weights[TMK_CLASSES], const tmk_tally *t)
{
    double amplitudes[TMK_CLASSES];

    tmk_tally_amplitudes(amplitudes, t);
    for (int class = 0; class < TMK_CLASSES; class ++) {
        if (t->power[class] > 0)
            weights[class] = (float)amplitudes[class];
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
        tmk_known_signs known;
        tmk_tally both;
        float classes[TMK_CLASSES];
        int count;
        const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)c, &count);

        tmk_known_signs_count(&known, carriers, spectra, c, band);
        both = tmk_known_signs_tally(&known);
        weigh(classes, &both);
        for (int i = 0; i < count; i++)
            weights->bins[c][i] = classes[tmk_class_of(c, bins[i])];
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
