/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedding.
 *
 *     survey    all rows of the page: does it show colour, where can it hide a mark
 *     origin    keyed hash of the mark and the page's content
 *     bands     for some rows at a time: the amplitude that each pixel can hide,
 *               luma and Cb += strength * amplitude * pattern of the mark at the origin
 *     margin    a few marked pieces are read again
 *
 * Amplitudes are those of the untouched page, so that rows can be marked in any order and by
 * any number of threads.
 */
#include "mark/embed.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "image/colour.h"
#include "mark/margin.h"

/* Pixels of a band: its amplitudes take 8 bytes each. */
#define BAND_PIXELS ((size_t)4000 * 1000)

/* --------------------------------------------------------------- what was changed */

void tmk_change_add(tmk_change *change, const tmk_change *more)
{
    change->squares += more->squares;
    change->luma_squares += more->luma_squares;
    change->pixels += more->pixels;
    change->samples += more->samples;
}

static double psnr(double squares, double count)
{
    return squares > 0 ? 10 * log10(255.0 * 255.0 * count / squares) : HUGE_VAL;
}

void tmk_change_report(const tmk_change *change, tmk_embed_report *report)
{
    report->psnr_db = psnr(change->squares, change->samples);
    report->luma_psnr_db = psnr(change->luma_squares, change->pixels);
}

/* Adds the change of one row's pixels, whose old samples are in OLD, to CHANGE. */
static void measure(tmk_change *change, const tmk_picture *picture, const unsigned char *old,
                    const unsigned char *new)
{
    static const double weights[3] = {0.299, 0.587, 0.114};
    int colours = picture->channels >= 3 ? 3 : 1;
    double unit = picture->depth == 8 ? 1 : 255.0 / 65535.0;

    for (int x = 0; x < picture->width; x++) {
        double luma = 0;

        for (int c = 0; c < colours; c++) {
            size_t i = (size_t)x * (size_t)picture->channels + (size_t)c;
            double by = picture->depth == 8
                            ? new[i] - old[i]
                            : ((const uint16_t *)(const void *)new)[i] -
                                  ((const uint16_t *)(const void *)old)[i];

            by *= unit;
            change->squares += by * by;
            luma += by * (colours == 3 ? weights[c] : 1);
        }
        change->luma_squares += luma * luma;
    }
    change->pixels += picture->width;
    change->samples += (double)picture->width * colours;
}

void tmk_change_between(tmk_change *change, const tmk_picture *old, const tmk_picture *new)
{
    for (int y = 0; y < old->height; y++)
        measure(change, old, tmk_picture_row(old, y), tmk_picture_row(new, y));
}

/* ----------------------------------------------------------------- marking of rows */

/* Rows that are marked by one task: those of one row of tiles. */
typedef struct stretch {
    int first, end;
    tmk_change change;
    tmk_error error;
} stretch;

typedef struct job {
    const tmk_rows *rows;
    const tmk_pattern *pattern;
    const tmk_analysis *analysis;
    stretch *stretches;
} job;

/* The pixels change here. */
static void mark_row(const tmk_rows *rows, int y, const float *luma, const float *chroma,
                     unsigned char *old, tmk_change *change)
{
    const tmk_picture *picture = &rows->picture;
    unsigned char *row = tmk_picture_row(picture, y - rows->first);

    memcpy(old, row, (size_t)picture->width * tmk_picture_pixel_size(picture));
    tmk_colour_add(picture, row, picture->width, luma, chroma);
    measure(change, picture, old, row);
}

static void mark_stretch(size_t index, void *context)
{
    job *j = context;
    stretch *s = &j->stretches[index];
    int width = j->rows->picture.width;
    unsigned char *old = tmk_calloc((size_t)width, tmk_picture_pixel_size(&j->rows->picture));
    tmk_plane delta[TMK_COMPONENTS] = {{0}, {0}};
    tmk_status status = old != NULL ? TMK_OK : tmk_fail_memory(&s->error, "a row");

    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
        status = tmk_plane_alloc(&delta[c], width, s->end - s->first, &s->error);
    if (status == TMK_OK)
        status = tmk_pattern_rows(delta, j->pattern, s->first, j->analysis, &s->error);
    for (int y = s->first; y < s->end && status == TMK_OK; y++)
        mark_row(j->rows, y, tmk_plane_row(&delta[TMK_LUMA], y - s->first),
                 tmk_plane_row(&delta[TMK_CHROMA], y - s->first), old, &s->change);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&delta[c]);
    tmk_free(old);
}

tmk_status tmk_embed_rows(const tmk_rows *rows, const tmk_pattern *pattern,
                          const tmk_analysis *analysis, int threads, tmk_change *change,
                          tmk_error *error)
{
    size_t most = (size_t)rows->picture.height / TMK_TILE + 2, count = 0;
    job j = {rows, pattern, analysis, tmk_calloc(most, sizeof *j.stretches)};
    tmk_status status = TMK_OK;

    if (j.stretches == NULL)
        return tmk_fail_memory(error, "a band of rows");
    for (int y = rows->first; y < tmk_rows_end(rows); y = j.stretches[count++].end) {
        int next = tmk_pattern_next(pattern, y), end = tmk_rows_end(rows);

        j.stretches[count].first = y;
        j.stretches[count].end = next < end ? next : end;
    }
    tmk_parallel(count, threads, mark_stretch, &j);
    for (size_t i = 0; i < count && status == TMK_OK; i++) {
        tmk_change_add(change, &j.stretches[i].change);
        if (j.stretches[i].error.status != TMK_OK)
            status = tmk_fail(error, j.stretches[i].error.status, "%s",
                              j.stretches[i].error.text);
    }
    tmk_free(j.stretches);
    return status;
}

/* ------------------------------------------------------------------ a page at once */

/* What embedding a page goes through. */
typedef struct embedding {
    tmk_rows page;      /* to be marked */
    tmk_rows untouched; /* a copy of it */
    tmk_survey survey;
    tmk_pieces pieces;
    tmk_pattern pattern;
    tmk_analysis analysis; /* of the band at work */
    tmk_change change;
    tmk_margin margin;
    const tmk_embed_options *options;
} embedding;

static tmk_status prepare(embedding *e, tmk_error *error)
{
    const tmk_picture *picture = &e->page.picture;
    tmk_status status = tmk_picture_copy(&e->untouched.picture, picture, error);

    if (status == TMK_OK)
        status = tmk_survey_begin(&e->survey, picture->width, picture->height, error);
    if (status == TMK_OK)
        status = tmk_survey_rows(&e->survey, &e->untouched, 0, picture->height,
                                 e->options->threads, error);
    if (status == TMK_OK)
        status = tmk_pieces_add(&e->pieces, &e->survey, 0, 0, picture->height, error);
    if (status == TMK_OK)
        tmk_pieces_choose(&e->pieces);
    e->pattern.coloured = e->survey.coloured;
    return status;
}

/* Marks a band, and reads the pieces in it. */
static tmk_status embed_band(embedding *e, int first, int count, tmk_error *error)
{
    tmk_rows band = tmk_rows_part(&e->page, first, count);
    tmk_status status = tmk_analyse(&e->analysis, &e->untouched, first, count,
                                    e->survey.coloured, e->options->threads, error);

    if (status == TMK_OK)
        status = tmk_embed_rows(&band, &e->pattern, &e->analysis, e->options->threads,
                                &e->change, error);
    if (status == TMK_OK)
        status = tmk_margin_read_rows(&e->margin, &e->pattern, &e->pieces, 0, &band, error);
    return status;
}

/* Marks all bands; in between the caller may cancel. */
static tmk_status embed_bands(embedding *e, tmk_error *error)
{
    int height = e->page.picture.height, width = e->page.picture.width;
    int step = tmk_band_rows(width, BAND_PIXELS);
    tmk_status status = tmk_analysis_alloc(&e->analysis, width,
                                           step < height ? step : height, error);

    for (int y = 0; y < height && status == TMK_OK; y += step) {
        if (e->options->progress != NULL &&
            e->options->progress(e->options->context, (double)y / height) != 0)
            return tmk_fail(error, TMK_CANCELLED, "cancelled");
        status = embed_band(e, y, height - y < step ? height - y : step, error);
    }
    return status;
}

/* Puts the untouched pixels back. */
static void restore(const embedding *e)
{
    const tmk_picture *picture = &e->page.picture, *untouched = &e->untouched.picture;

    for (int y = 0; untouched->pixels != NULL && y < picture->height; y++)
        memcpy(tmk_picture_row(picture, y), tmk_picture_row(untouched, y), untouched->stride);
}

tmk_status tmk_embed_page(const tmk_key *key, const tmk_picture *picture, uint64_t mark,
                          const tmk_embed_options *options, tmk_embed_report *report,
                          tmk_error *error)
{
    uint8_t coded[TMK_CODE_BITS], content[TMK_CONTENT_BYTES];
    embedding e = {.page = {0, *picture}, .options = options};
    tmk_carriers *carriers = NULL;
    tmk_status status = tmk_carriers_new(&carriers, key, error);

    tmk_payload_encode(mark, coded);
    tmk_content_of(content, picture);
    e.pattern = (tmk_pattern){.carriers = carriers, .coded = coded,
                              .strength = (float)options->strength};
    tmk_origin_of(&e.pattern.origin, key, mark, content);
    if (status == TMK_OK)
        status = prepare(&e, error);
    if (status == TMK_OK)
        status = embed_bands(&e, error);
    if (status != TMK_OK)
        restore(&e);
    tmk_change_report(&e.change, report);
    report->margin_db = tmk_margin_db(tmk_margin_square(&e.margin, &e.pieces));
    report->place = tmk_place_of(&e.pattern.origin);
    tmk_picture_release(&e.untouched.picture);
    tmk_survey_release(&e.survey);
    tmk_pieces_release(&e.pieces);
    tmk_analysis_release(&e.analysis);
    tmk_carriers_free(&carriers);
    return status;
}
