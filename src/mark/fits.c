/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What chance makes of the sync carriers' correlation in the best of some tens of fits, of
 * the offset alone and of six parameters: what exceeds it ranks the fits. */
static const double chance[] = {
    [TMK_FIT_SHIFT] = 4.3, [TMK_FIT_ZOOM] = 4.9, [TMK_FIT_AFFINE] = 5.5};
/* How far below it a fit is still given. */
#define BELOW_CHANCE 1.0
/* Deviations by which a clear peak exceeds what the best of all points is by chance. */
#define CLEARLY 0.5
/* Tiles reach half into their neighbours, so that a page shows again, a third as clearly, a
 * tile further.  Such a ghost has at most this part of the peak. */
#define GHOST 0.5
/* Released pixels within which two places are taken for the same. */
#define NEAR 12.0
/* Relative change of shape within which a page still shows. */
#define ALIKE 0.06

/* -------------------------------------------------------------------- same places */

/* How far apart two places are that recur after PERIOD. */
static double apart(double one, double other, double period)
{
    return remainder(one - other, period);
}

double tmk_fits_apart(const tmk_residuals *residuals, const tmk_affine *one,
                      const tmk_affine *other)
{
    tmk_affine a = tmk_affine_inverse(one), b = tmk_affine_inverse(other);
    double most = 0;

    for (int corner = 0; corner < 4; corner++) {
        double x = corner & 1 ? residuals->width : 0, y = corner & 2 ? residuals->height : 0;

        most = fmax(most,
                    hypot(apart(tmk_affine_x(&a, x, y), tmk_affine_x(&b, x, y), TMK_PERIOD),
                          apart(tmk_affine_y(&a, x, y), tmk_affine_y(&b, x, y), TMK_PERIOD)));
    }
    return most;
}

static int alike(const tmk_affine *a, const tmk_affine *b)
{
    return fabs(a->xx - b->xx) + fabs(a->yy - b->yy) + fabs(a->xy - b->xy) +
               fabs(a->yx - b->yx) <
           ALIKE * tmk_affine_scale(a);
}

/* Where in the section two maps meet: nowhere, on the same place, or a tile beside it. */
typedef enum meeting { NOWHERE, HERE, TILE_BESIDE } meeting;

static meeting meet(const tmk_fits *fits, const tmk_affine *map, const tmk_affine *other)
{
    enum { POINTS = 5 };
    tmk_affine a = tmk_affine_inverse(map), b = tmk_affine_inverse(other);
    const tmk_box *s = &fits->section;
    meeting found = NOWHERE;

    for (int i = 0; i < POINTS * POINTS && found != HERE && alike(map, other); i++) {
        double x = s->left + (s->right - s->left) * (i % POINTS) / (POINTS - 1);
        double y = s->top + (s->bottom - s->top) * (i / POINTS) / (POINTS - 1);
        double dx = apart(tmk_affine_x(&a, x, y), tmk_affine_x(&b, x, y), TMK_PERIOD);
        double dy = apart(tmk_affine_y(&a, x, y), tmk_affine_y(&b, x, y), TMK_PERIOD);

        if (fmax(fabs(dx), fabs(dy)) < NEAR)
            found = HERE;
        else if (fmax(fabs(dx), fabs(dy)) < TMK_TILE + NEAR &&
                 fabs(apart(dx, 0, TMK_TILE)) < NEAR && fabs(apart(dy, 0, TMK_TILE)) < NEAR)
            found = TILE_BESIDE;
    }
    return found;
}

/* ------------------------------------------------------------------------ fitting */

tmk_fit_of tmk_fits_of(const tmk_fits *fits, const int signs[TMK_COMPONENTS])
{
    double width = fits->section.right - fits->section.left;
    double height = fits->section.bottom - fits->section.top;

    return (tmk_fit_of){fits->residuals,
                        fits->section.left + width / 2,
                        fits->section.top + height / 2,
                        {signs[0], signs[1]},
                        hypot(width, height) / 2};
}

/* Lists MAP, fitted as FIT says from what was found with SIGNS, unless it shows nothing. */
static void list_fit(tmk_fits *fits, const tmk_affine *map, const int signs[TMK_COMPONENTS],
                     tmk_fit fit, double sync)
{
    tmk_fitted own = {*map, {signs[0], signs[1]}, fit, sync, sync - chance[fit]};

    if (own.excess > -BELOW_CHANCE)
        fits->list[fits->count++] = own;
}

static tmk_status fit_one(tmk_fits *fits, const tmk_affine *map,
                          const int signs[TMK_COMPONENTS], tmk_fit fit, tmk_error *error)
{
    const tmk_fit_of of = tmk_fits_of(fits, signs);
    tmk_affine own = *map;
    double sync;

    TMK_TRY(tmk_refine(fits->refiner, &of, fit, &own, &sync, error));
    list_fit(fits, &own, signs, fit, sync);
    return TMK_OK;
}

/* Of a shape that is exact, the size is. */
static tmk_status fit_hastily(tmk_fits *fits, const tmk_candidate *from, tmk_error *error)
{
    const tmk_fit_of of = tmk_fits_of(fits, from->signs);
    const tmk_fit first = fits->exact ? TMK_FIT_SHIFT : TMK_FIT_ZOOM;
    tmk_affine maps[TMK_FITS];
    double sync[TMK_FITS];

    TMK_TRY(tmk_refine_hasty(fits->refiner, &of, &from->map, maps, sync, error));
    list_fit(fits, &maps[first], from->signs, first, sync[first]);
    list_fit(fits, &maps[TMK_FIT_AFFINE], from->signs, TMK_FIT_AFFINE, sync[TMK_FIT_AFFINE]);
    return TMK_OK;
}

static int better_first(const void *a, const void *b)
{
    const tmk_fitted *one = a, *other = b;

    return one->excess > other->excess ? -1 : one->excess < other->excess;
}

/* Ranks the list and keeps MOST of it. */
static void rank(tmk_fits *fits, int most)
{
    qsort(fits->list, (size_t)fits->count, sizeof *fits->list, better_first);
    if (fits->count > most)
        fits->count = most;
}

/* ---------------------------------------------------------------------- clear peaks */

/* Steps over clear candidates that lie on one that was fitted: they show the same, and
 * are fitted with the others if that was not it. */
static void step(tmk_fits *fits)
{
    const tmk_candidate *list = fits->candidates.list;

    for (; fits->next < fits->clear; fits->next++) {
        int fitted = 0;

        for (int i = 0; i < fits->next && !fitted; i++)
            fitted = fits->fitted[i] &&
                     (meet(fits, &list[fits->next].map, &list[i].map) == HERE ||
                      meet(fits, &list[fits->next].map, &fits->own[i]) == HERE);
        if (!fitted)
            return;
    }
}

/* Removes the ghosts from the list. */
static void drop_ghosts(tmk_fits *fits)
{
    tmk_candidates *from = &fits->candidates;
    int kept = 0;

    for (int i = 0; i < from->count; i++) {
        int ghost = 0;

        for (int k = 0; k < kept && !ghost; k++)
            ghost = from->list[i].score < GHOST * from->list[k].score &&
                    from->list[i].orientation == from->list[k].orientation &&
                    meet(fits, &from->list[i].map, &from->list[k].map) == TILE_BESIDE;
        if (!ghost)
            from->list[kept++] = from->list[i];
    }
    from->count = kept;
}

void tmk_fits_begin(tmk_fits *fits, int correlations)
{
    /* the greatest of so many normal deviates */
    double most = sqrt(2 * log((double)correlations * TMK_PILOT_SIDE * TMK_PILOT_SIDE));

    memset(fits->fitted, 0, sizeof fits->fitted);
    fits->clear = fits->next = fits->count = 0;
    drop_ghosts(fits);
    while (fits->clear < fits->candidates.count &&
           fits->candidates.list[fits->clear].score > most + CLEARLY)
        fits->clear++;
}

int tmk_fits_clear(const tmk_fits *fits)
{
    return fits->next < fits->clear;
}

/*
 * A shape that is exact is best left alone, but for a slight turn or stretch that is seen only
 * if all is fitted.
 */
tmk_status tmk_fits_next_clear(tmk_fits *fits, tmk_error *error)
{
    int at = fits->next++;
    const tmk_candidate *own = &fits->candidates.list[at];

    fits->count = 0;
    TMK_TRY(fit_one(fits, &own->map, own->signs, fits->exact ? TMK_FIT_SHIFT : TMK_FIT_ZOOM,
                    error));
    TMK_TRY(fit_one(fits, &own->map, own->signs, TMK_FIT_AFFINE, error));
    rank(fits, TMK_MOST_GIVEN);
    fits->fitted[at] = 1;
    fits->own[at] = fits->count > 0 ? fits->list[0].map : own->map;
    step(fits);
    return TMK_OK;
}

/* ----------------------------------------------------------------------- all others */

/* Fits the candidates that were not fitted yet, all of them in a hurry and the best of the
 * fits properly, and ranks these. */
tmk_status tmk_fits_others(tmk_fits *fits, tmk_error *error)
{
    const tmk_candidates *from = &fits->candidates;
    int hasty;

    fits->count = 0;
    for (int i = 0; i < from->count; i++)
        if (!fits->fitted[i])
            TMK_TRY(fit_hastily(fits, &from->list[i], error));
    rank(fits, TMK_MOST_FITTED);
    hasty = fits->count;
    for (int i = 0; i < hasty; i++) {
        const tmk_fitted own = fits->list[i];

        TMK_TRY(fit_one(fits, &own.map, own.signs, own.fit, error));
    }
    fits->count -= hasty;
    memmove(fits->list, fits->list + hasty, (size_t)fits->count * sizeof *fits->list);
    rank(fits, TMK_MOST_GIVEN);
    return TMK_OK;
}
