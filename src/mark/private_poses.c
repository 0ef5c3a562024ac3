/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/private_poses.h"

#include <math.h>
#include <stdlib.h>

#include "mark/sections.h"
#include "sync/private.h"
#include "sync/refine.h"

/* Bands between two reports of progress. */
#define BANDS_AT_ONCE 256

/* Ways in which bands may follow each other at a place: it is known where a band's rows lie, but
 * not which band the picture's first row is in. */
#define MOST_STARTS 4
#define MOST_FITS (MOST_STARTS * TMK_MOST_PRIVATE)

static const tmk_private_shape shapes[] = {
    {{1, 0, 0, 0, 1, 0}, 1},           {{-1, 0, 0, 0, 1, 0}, 1},
    {{0.5, 0, 0, 0, 0.5, 0}, 0},       {{0.6, 0, 0, 0, 0.6, 0}, 0},
    {{2 / 3., 0, 0, 0, 2 / 3., 0}, 0}, {{0.72, 0, 0, 0, 0.72, 0}, 0},
    {{0.75, 0, 0, 0, 0.75, 0}, 0},     {{0.8, 0, 0, 0, 0.8, 0}, 0},
    {{0.9, 0, 0, 0, 0.9, 0}, 0},       {{1.2, 0, 0, 0, 1.2, 0}, 0},
    {{1.25, 0, 0, 0, 1.25, 0}, 0},     {{1.35, 0, 0, 0, 1.35, 0}, 0},
    {{1.5, 0, 0, 0, 1.5, 0}, 0},       {{2, 0, 0, 0, 2, 0}, 0},
};

/* A place that was fitted. */
typedef struct fit {
    tmk_affine map;
    int band;
    double score;
    int order; /* in which it was listed */
} fit;

typedef struct finding {
    const tmk_carriers *carriers;
    const tmk_residuals *residuals;
    tmk_box section;
    tmk_refiner *refiner;
    tmk_private_places places;
    int count;
    fit fits[MOST_FITS];
} finding;

static tmk_status search(finding *f, const tmk_extract_options *options,
                         const tmk_share *share, tmk_error *error)
{
    tmk_private_search *search = NULL;
    int bands = options->variants * TMK_BANDS;
    tmk_status status = tmk_private_search_new(&search, f->carriers, f->residuals,
                                               &f->section, shapes,
                                               sizeof shapes / sizeof *shapes, error);

    for (int band = 0; status == TMK_OK && band < bands; band += BANDS_AT_ONCE) {
        double done = share->from + (share->to - share->from) * band / bands;

        if (options->progress != NULL && options->progress(options->context, done) != 0)
            status = tmk_fail(error, TMK_CANCELLED, "cancelled");
        else
            status = tmk_private_search_bands(search, band, BANDS_AT_ONCE, options->threads,
                                              &f->places, error);
    }
    tmk_private_search_free(&search);
    return status;
}

/* Fits PLACE if plane row 0 begins band BAND, and lists the fit. */
static tmk_status fit_band(finding *f, const tmk_affine *map, int band, tmk_fit kind,
                           tmk_error *error)
{
    const tmk_fit_of of = {f->residuals,
                           0.5 * (f->section.left + f->section.right),
                           0.5 * (f->section.top + f->section.bottom),
                           {1, 1},
                           0.5 * hypot(f->section.right - f->section.left,
                                       f->section.bottom - f->section.top)};
    const tmk_known_mark index = {band, NULL};
    fit own = {.map = *map, .band = band, .order = f->count};

    TMK_TRY(tmk_refine_index(f->refiner, &of, &index, kind, &own.map, &own.score, error));
    f->fits[f->count++] = own;
    return TMK_OK;
}

/* Fits a place for each band that the picture's first row may be in. */
static tmk_status fit_place(finding *f, const tmk_private_place *place, tmk_error *error)
{
    tmk_affine back = tmk_affine_inverse(&place->map);
    tmk_box box = tmk_affine_box(&back, &f->section);
    int first = (int)floor(box.top / TMK_PERIOD), last = (int)floor(box.bottom / TMK_PERIOD);

    for (int i = first; i <= last && i < first + MOST_STARTS; i++)
        TMK_TRY(
            fit_band(f, &place->map, tmk_band_below(place->band, -i), TMK_FIT_AFFINE, error));
    return TMK_OK;
}

static int better_first(const void *a, const void *b)
{
    const fit *one = a, *other = b;

    if (one->score != other->score)
        return one->score > other->score ? -1 : 1;
    return one->order - other->order;
}

tmk_status tmk_private_poses_find(tmk_private_poses *poses, const tmk_carriers *carriers,
                                  const tmk_residuals *residuals,
                                  const tmk_extract_options *options, const tmk_share *share,
                                  tmk_error *error)
{
    tmk_box sections[TMK_MAX_SECTIONS];
    finding f = {.carriers = carriers, .residuals = residuals};
    tmk_status status;

    poses->count = 0;
    if (tmk_sections(sections, residuals) == 0)
        return TMK_OK;
    f.section = sections[0];
    TMK_TRY(tmk_refiner_new(&f.refiner, carriers, error));
    status = search(&f, options, share, error);
    for (int i = 0; status == TMK_OK && i < f.places.count; i++)
        status = fit_place(&f, &f.places.list[i], error);
    tmk_refiner_free(&f.refiner);
    qsort(f.fits, (size_t)f.count, sizeof *f.fits, better_first);
    for (int i = 0; status == TMK_OK && i < f.count && poses->count < TMK_PRIVATE_POSES; i++)
        poses->list[poses->count++] = (tmk_private_pose){f.fits[i].map, f.fits[i].band};
    return status;
}
