/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/sections.h"

/* Residual power of the rows from TOP to BOTTOM (pixels), at the coarsest level. */
static double power_of(const tmk_residuals *residuals, double top, double bottom)
{
    const tmk_pyramid *luma = &residuals->bases[0].pyramids[0];
    const tmk_plane *plane = &luma->plane[luma->levels - 1];
    double unit = (double)residuals->height / plane->height, power = 0;

    for (int y = (int)(top / unit); y < plane->height && y < (int)(bottom / unit); y++) {
        const float *row = tmk_plane_row(plane, y);

        for (int x = 0; x < plane->width; x++)
            power += row[x] * row[x];
    }
    return power;
}

int tmk_sections(tmk_box sections[TMK_MAX_SECTIONS], const tmk_residuals *residuals)
{
    int parts = (residuals->height + TMK_SECTION_ROWS - 1) / TMK_SECTION_ROWS, count = 0;
    double powers[TMK_MAX_SECTIONS] = {0};

    for (int i = 0; i < parts; i++) {
        tmk_box own = {0, (double)residuals->height * i / parts, residuals->width,
                       (double)residuals->height * (i + 1) / parts};
        double power = power_of(residuals, own.top, own.bottom);
        int at = count < TMK_MAX_SECTIONS ? count++ : TMK_MAX_SECTIONS;

        for (; at > 0 && powers[at - 1] < power; at--)
            if (at < TMK_MAX_SECTIONS) {
                powers[at] = powers[at - 1];
                sections[at] = sections[at - 1];
            }
        if (at < TMK_MAX_SECTIONS) {
            powers[at] = power;
            sections[at] = own;
        }
    }
    return count;
}
