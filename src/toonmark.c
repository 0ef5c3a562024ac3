/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public functions that work on pixels: check the arguments, hold the parts, call. */
#include "toonmark.h"

#include "image/picture.h"
#include "mark/embed.h"
#include "mark/extract.h"
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

tmk_status tmk_embed(const tmk_key *key, const tmk_picture *picture, uint64_t mark,
                     const tmk_embed_options *options, tmk_embed_report *report,
                     tmk_error *error)
{
    tmk_embed_options defaults;
    tmk_embed_report unused;
    tmk_status status = check(key, picture, error);

    tmk_embed_options_init(&defaults);
    if (options == NULL)
        options = &defaults;
    if (status == TMK_OK)
        status = tmk_embed_options_check(options, error);
    if (status != TMK_OK)
        return status;
    return tmk_embed_page(key, picture, mark, options, report != NULL ? report : &unused,
                          error);
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
