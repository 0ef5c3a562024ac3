/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A displacement by d turns the phase of the carrier of frequency k by 2 pi k d / 128.  So
 * what all carriers of one frequency show is added up once, and correlations at all
 * displacements follow without another look at the picture.
 */
#include "mark/nudge.h"

#include <math.h>

#define STEP 0.5 /* released pixels */
#define MIDDLE 6 /* steps each way */
#define STEPS (2 * MIDDLE + 1)

/* The sum over all carriers of a role of what they show, turned by their known phases. */
static void add_role(float complex *sums, const float *weights, tmk_walk walk)
{
    while (tmk_walk_next(&walk))
        for (int i = 0; i < walk.tile.count; i++) {
            int slot = walk.tile.slots[i];

            sums[slot] += weights[slot] * walk.values[slot] *
                          conjf(tmk_phase(walk.tile.phases[i]));
        }
}

/* Adds the component's correlation to that at each displacement. */
static void correlate(double scores[STEPS][STEPS], const tmk_carriers *carriers,
                      int component, const float complex *sums)
{
    int count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)component, &count);

    for (int i = 0; i < count; i++)
        for (int y = 0; y < STEPS; y++)
            for (int x = 0; x < STEPS; x++) {
                double turn = -2 * M_PI / TMK_TILE * STEP *
                              (bins[i].x * (x - MIDDLE) + bins[i].y * (y - MIDDLE));

                scores[y][x] += crealf(sums[i]) * cos(turn) - cimagf(sums[i]) * sin(turn);
            }
}

int tmk_nudge(tmk_affine *map, const tmk_carriers *carriers, const tmk_spectra *spectra,
              const tmk_weights *weights, int band)
{
    double scores[STEPS][STEPS] = {{0}}, dx, dy;
    int best_x = MIDDLE, best_y = MIDDLE;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        float complex sums[TMK_MAX_BINS] = {0};

        add_role(sums, weights->bins[c], tmk_walk_of(carriers, spectra, c, TMK_SYNC, band));
        add_role(sums, weights->bins[c], tmk_walk_of(carriers, spectra, c, TMK_INDEX, band));
        correlate(scores, carriers, c, sums);
    }
    for (int y = 0; y < STEPS; y++)
        for (int x = 0; x < STEPS; x++)
            if (scores[y][x] > scores[best_y][best_x]) {
                best_x = x;
                best_y = y;
            }
    dx = STEP * (best_x - MIDDLE);
    dy = STEP * (best_y - MIDDLE);
    map->x0 -= map->xx * dx + map->xy * dy;
    map->y0 -= map->yx * dx + map->yy * dy;
    return best_x != MIDDLE || best_y != MIDDLE;
}
