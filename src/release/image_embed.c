/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marks an image where its file keeps it: a JPEG's coefficients, everything else's pixels.
 */
#include <string.h>

#include "code/payload.h"
#include "mark/options.h"
#include "release/jpeg_copy.h"

/* What marking a JPEG goes through. */
typedef struct embedding {
    tmk_image *image;
    tmk_rows rows;
    tmk_blocks blocks;
    tmk_survey survey;
    tmk_pieces pieces;
    tmk_analysis analysis;
    tmk_carriers *carriers;
    uint8_t coded[TMK_CODE_BITS];
    tmk_pattern pattern;
    tmk_change change;
    tmk_margin margin;
    tmk_blob file; /* the marked one */
} embedding;

/* All that is known of the page before it is marked. */
static tmk_status prepare(embedding *e, int threads, tmk_error *error)
{
    const tmk_picture *picture = &e->rows.picture;
    tmk_source source = {e->image->file.bytes, e->image->file.size, "image"};
    tmk_status status = tmk_file_read_blocks(&source, e->image->format, &e->blocks, error);

    if (status == TMK_OK)
        status = tmk_survey_begin(&e->survey, picture->width, picture->height, error);
    if (status == TMK_OK)
        status = tmk_survey_rows(&e->survey, &e->rows, 0, picture->height, threads, error);
    if (status == TMK_OK)
        status = tmk_pieces_add(&e->pieces, &e->survey, 0, 0, picture->height, error);
    if (status == TMK_OK)
        tmk_pieces_choose(&e->pieces);
    if (status == TMK_OK)
        status = tmk_analysis_alloc(&e->analysis, picture->width, picture->height, error);
    if (status == TMK_OK)
        status = tmk_analyse(&e->analysis, &e->rows, 0, picture->height, e->survey.coloured,
                             threads, error);
    return status;
}

static tmk_status set_pattern(embedding *e, const tmk_key *key, uint64_t mark,
                              double strength, tmk_error *error)
{
    uint8_t content[TMK_CONTENT_BYTES];
    tmk_status status = tmk_carriers_new(&e->carriers, key, error);

    tmk_payload_encode(mark, e->coded);
    tmk_content_of(content, &e->rows.picture);
    e->pattern = (tmk_pattern){.carriers = e->carriers, .coded = e->coded,
                               .strength = (float)strength, .coloured = e->survey.coloured};
    tmk_origin_of(&e->pattern.origin, key, mark, content);
    return status;
}

/* The image becomes the one that was marked. */
static tmk_status replace(embedding *e, tmk_error *error)
{
    tmk_image *marked = NULL;
    tmk_status status = tmk_image_decode(e->file.bytes, e->file.size, "image", &marked, error);

    if (status != TMK_OK)
        return status;
    tmk_picture_release(&e->image->picture);
    e->image->picture = marked->picture;
    memset(&marked->picture, 0, sizeof marked->picture);
    tmk_blob_free(&e->image->file);
    e->image->file = e->file;
    e->image->file_is_marked = 1;
    memset(&e->file, 0, sizeof e->file);
    tmk_image_free(&marked);
    return TMK_OK;
}

static tmk_status embed_jpeg(embedding *e, const tmk_key *key, uint64_t mark,
                             const tmk_embed_options *options, tmk_embed_report *report,
                             tmk_error *error)
{
    tmk_jpeg_page page = {"image", e->image, &e->blocks, &e->rows, &e->analysis,
                          &e->pieces, 0};
    tmk_status status = prepare(e, options->threads, error);

    if (status == TMK_OK)
        status = set_pattern(e, key, mark, options->strength, error);
    if (status == TMK_OK && options->progress != NULL &&
        options->progress(options->context, 0) != 0)
        status = tmk_fail(error, TMK_CANCELLED, "cancelled");
    if (status == TMK_OK)
        status = tmk_jpeg_copy(&page, &e->pattern, options->threads, &e->file, &e->change,
                               &e->margin, error);
    if (status == TMK_OK)
        status = replace(e, error);
    if (report != NULL) {
        tmk_change_report(&e->change, report);
        report->place = tmk_place_of(&e->pattern.origin);
        report->margin_db = tmk_margin_db(tmk_margin_square(&e->margin, &e->pieces));
    }
    return status;
}

static tmk_status check(const tmk_key *key, const tmk_image *image,
                        const tmk_embed_options *options, tmk_error *error)
{
    if (key == NULL || image == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no key, or no image, was given");
    return tmk_embed_options_check(options, error);
}

tmk_status tmk_image_embed(const tmk_key *key, tmk_image *image, uint64_t mark,
                           const tmk_embed_options *options, tmk_embed_report *report,
                           tmk_error *error)
{
    tmk_embed_options defaults;
    embedding e = {.image = image};
    tmk_status status;

    tmk_embed_options_init(&defaults);
    if (options == NULL)
        options = &defaults;
    status = check(key, image, options, error);
    if (status != TMK_OK)
        return status;
    e.rows.picture = image->picture;
    if (image->file.size == 0 || image->picture.width < TMK_MIN_SIDE ||
        image->picture.height < TMK_MIN_SIDE)
        return tmk_embed(key, &image->picture, mark, options, report, error);
    status = embed_jpeg(&e, key, mark, options, report, error);
    tmk_blob_free(&e.file);
    tmk_carriers_free(&e.carriers);
    tmk_analysis_release(&e.analysis);
    tmk_pieces_release(&e.pieces);
    tmk_survey_release(&e.survey);
    tmk_blocks_release(&e.blocks);
    return status;
}
