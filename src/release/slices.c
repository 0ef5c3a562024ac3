/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of an episode a seized copy must hold.
 *
 * Pages that were marked one by one lie at places of their own, so a run of them is read
 * if one of them is: it takes one page more than the longest run that fails.
 *
 * Slices of one strip share a continuous mark, and evidence adds up.  The statistic of a
 * slice is L = sum of w y over its carriers, of variance V = sum of w^2 y^2 / 2 without a mark and mean
 * z sqrt(V) with one.  With the best weight for each slice, z / sqrt(V), those of several
 * give z^2 = sum of z_i^2.
 */
#include "toonmark.h"

#include "mark/margin.h"
#include "release/gain.h"

/* Whether slices FROM to END - 1 are read. */
static int is_read(const tmk_verdict *slices, size_t from, size_t end, int joined)
{
    double square = 0;

    for (size_t i = from; i < end; i++) {
        if (slices[i].passed)
            return 1;
        square += tmk_gain(slices[i].score);
    }
    return joined && square >= TMK_SCORE_NEEDED * TMK_SCORE_NEEDED;
}

/*
 * The shortest run from each slice on that is read: it ends no earlier than that of the
 * slice before.  Where the slices that are left are too few, a run must be longer than
 * they are.
 */
size_t tmk_slices_needed(const tmk_verdict *slices, size_t count, int joined)
{
    size_t needed = 0, end = 0;

    for (size_t from = 0; from < count; from++) {
        while (end < count && !is_read(slices, from, end, joined))
            end++;
        if (!is_read(slices, from, end, joined)) {
            size_t more = from == 0 ? 0 : count - from + 1;

            return needed > more ? needed : more;
        }
        needed = end - from > needed ? end - from : needed;
    }
    return needed;
}
