/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public functions that work on pixels: check the arguments, hold the parts, call. */
#include "toonmark.h"

#include "base/picture.h"
#include "carrier/carrier.h"
#include "mark/extract.h"
#include "mark/in_place.h"
#include "mark/known.h"
#include "mark/options.h"

static tmk_status check(const tmk_key *key, const tmk_picture *picture, tmk_error *error)
{
    tmk_status status = tmk_picture_check(picture, error);

    if (status == TMK_OK && key == NULL)
        status = tmk_fail(error, TMK_BAD_ARGUMENT, "no key was given");
    if (status == TMK_OK && (picture->width < TMK_MIN_SIDE || picture->height < TMK_MIN_SIDE))
        status = tmk_fail(error, TMK_BAD_ARGUMENT,
                          "a picture of %d x %d pixels is too small; each side must have at "
                          "least %d",
                          picture->width, picture->height, TMK_MIN_SIDE);
    return status;
}

tmk_status tmk_embed_source(const tmk_key *key, const tmk_row_source *source,
                            const tmk_row_sink *sink, uint64_t mark,
                            const tmk_embed_options *options, tmk_embed_report *report,
                            tmk_error *error)
{
    tmk_page_options how;
    tmk_page_output output = {0};
    tmk_page_copy copy = {.mark = mark, .outputs = &output};
    tmk_page *page = NULL;
    tmk_status status;

    if (source == NULL || sink == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no source, or no sink, was given");
    output.sink = *sink;
    tmk_page_options_init(&how);
    if (options != NULL) {
        how = (tmk_page_options){.strength = options->strength,
                                 .threads = options->threads,
                                 .progress = options->progress,
                                 .context = options->context};
        copy.variant = options->variant;
    }
    status = tmk_page_new(&page, error);
    if (status == TMK_OK)
        status = tmk_page_add(page, source, how.threads, error);
    if (status == TMK_OK)
        status = tmk_page_embed(key, page, &copy, 1, &how, error);
    tmk_page_free(&page);
    if (status == TMK_OK && output.status != TMK_OK)
        status = tmk_fail(error, output.status, "%s", output.error.text);
    if (status == TMK_OK && report != NULL)
        *report = output.report;
    return status;
}

tmk_status tmk_embed(const tmk_key *key, const tmk_picture *picture, uint64_t mark,
                     const tmk_embed_options *options, tmk_embed_report *report,
                     tmk_error *error)
{
    tmk_row_source source = {.name = "picture"};
    tmk_in_place in_place;
    tmk_row_sink sink = tmk_sink_in_place(&in_place, picture);

    TMK_TRY(check(key, picture, error));
    if (options != NULL)
        TMK_TRY(tmk_embed_options_check(options, error));
    source.shape = *picture;
    return tmk_embed_source(key, &source, &sink, mark, options, report, error);
}

tmk_status tmk_extract(const tmk_key *key, const tmk_picture *picture,
                       const tmk_extract_options *options, tmk_extract_result *result,
                       tmk_error *error)
{
    tmk_extract_options defaults;
    tmk_status status = check(key, picture, error);

    tmk_extract_options_init(&defaults);
    if (options == NULL)
        options = &defaults;
    if (status == TMK_OK)
        status = tmk_extract_options_check(options, error);
    if (status != TMK_OK)
        return status;
    return tmk_extract_checked(key, picture, options, result, error);
}

tmk_place tmk_place_below(const tmk_place *place, int64_t rows)
{
    tmk_origin origin = {place->x, place->y, place->band};

    origin = tmk_origin_below(&origin, rows);
    return tmk_place_of(&origin);
}

_Static_assert(TMK_PLACE_SIDE == TMK_PERIOD, "columns and rows of a place");
_Static_assert(TMK_PLACE_BANDS == TMK_VARIANTS * TMK_BANDS, "bands of a place");

static tmk_status check_place(const tmk_place *place, tmk_error *error)
{
    if (place != NULL && place->x >= 0 && place->x < TMK_PLACE_SIDE && place->y >= 0 &&
        place->y < TMK_PLACE_SIDE && place->band >= 0 && place->band < TMK_PLACE_BANDS)
        return TMK_OK;
    if (place == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no place was given");
    return tmk_fail(error, TMK_BAD_ARGUMENT, "x %d, y %d, band %d is not a place", place->x,
                    place->y, place->band);
}

tmk_status tmk_score_at(const tmk_key *key, const tmk_picture *picture, uint64_t mark,
                        const tmk_place *place, double scale, double *score, tmk_error *error)
{
    tmk_origin origin;

    TMK_TRY(check(key, picture, error));
    TMK_TRY(check_place(place, error));
    if (!(scale > 0.1 && scale < 10))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "scale %g; 0.1 to 10 is allowed", scale);
    origin = (tmk_origin){place->x, place->y, place->band};
    return tmk_known_score(score, key, picture, &origin, scale, mark, error);
}
