/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedding.  For a page p, with its origin o on the plane of tiles:
 *
 *     mark      64 bits -> codeword of 2048 coded bits c
 *     tile      pattern = sum over carriers k of 2 A_k Re(s_k u_k exp(2 pi j k x / 128)),
 *               u_k its keyed phase, s_k = 1 for sync and index, (-1)^c for data carriers
 *     page      luma and Cb += strength * amplitude the place can hide * pattern
 *
 * The planes are taken from the untouched page first, so tiles can be done in any order
 * and by any number of threads.
 */
#include "mark/embed.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "carrier/carrier.h"
#include "code/payload.h"
#include "image/colour.h"
#include "mark/margin.h"
#include "signal/mask.h"
#include "signal/synthesis.h"

/* Rows of tiles that each thread marks between two reports of progress. */
#define ROWS_AT_ONCE 4

/* What the tasks share, and what each row of tiles reports. */
typedef struct embedding {
    const tmk_carriers *carriers;
    const tmk_picture *picture;
    const tmk_origin *origin;
    const uint8_t *coded;
    float strength;
    int coloured;                                 /* chroma is marked as well */
    tmk_plane luma, chroma;                       /* of the untouched page */
    tmk_plane luma_amplitude, chroma_amplitude;
    int first;                                    /* row of tiles of the tasks at work */
    struct row_report *rows;
} embedding;

typedef struct row_report {
    double squares, luma_squares; /* of the change, 8-bit grey levels */
    tmk_error error;
} row_report;

static void add_carriers(tmk_synthesis *synthesis, const embedding *e,
                         tmk_component component, int band, int position)
{
    const float *amplitudes = tmk_carriers_amplitudes(e->carriers, component);
    uint16_t bits[TMK_MAX_BINS];
    uint8_t phases[TMK_MAX_BINS];
    int total, count;
    const tmk_bin *bins = tmk_carriers_bins(e->carriers, component, &total);

    tmk_carriers_bits(e->carriers, component, position, bits);
    for (int role = TMK_SYNC; role < TMK_ROLES; role++) {
        const uint16_t *slots = tmk_carriers_slots(e->carriers, component, (tmk_role)role,
                                                   position, &count);

        tmk_carriers_phases(e->carriers, component, (tmk_role)role, band, position, phases);
        for (int i = 0; i < count; i++) {
            tmk_bin bin = bins[slots[i]];
            float sign = role == TMK_DATA && e->coded[bits[i]] ? -1.0f : 1.0f;

            tmk_synthesis_add(synthesis, (int)component, bin.x, bin.y,
                              sign * amplitudes[slots[i]] * tmk_phase(phases[i]));
        }
    }
}

/* Makes the patterns of the tile in column X and row Y, counted from the plane's band 0. */
static void make_tile(tmk_synthesis *synthesis, const embedding *e, int x, int y,
                      const float **luma, const float **chroma)
{
    int band = (e->origin->band + y / TMK_PERIOD_TILES) % TMK_BANDS;
    int position = y % TMK_PERIOD_TILES * TMK_PERIOD_TILES + x % TMK_PERIOD_TILES;

    tmk_synthesis_clear(synthesis);
    add_carriers(synthesis, e, TMK_LUMA, band, position);
    if (e->coloured)
        add_carriers(synthesis, e, TMK_CHROMA, band, position);
    tmk_synthesis_run(synthesis, luma, chroma);
}

/* Adds the change of one row's pixels, whose old samples are in OLD, to REPORT. */
static void measure(row_report *report, const tmk_picture *picture,
                    const unsigned char *old, const unsigned char *new, int width)
{
    static const double weights[3] = {0.299, 0.587, 0.114};
    int colours = picture->channels >= 3 ? 3 : 1;
    double unit = picture->depth == 8 ? 1 : 255.0 / 65535.0;

    for (int x = 0; x < width; x++) {
        double luma = 0;

        for (int c = 0; c < colours; c++) {
            size_t i = (size_t)x * (size_t)picture->channels + (size_t)c;
            double change = picture->depth == 8
                                ? new[i] - old[i]
                                : ((const uint16_t *)(const void *)new)[i] -
                                      ((const uint16_t *)(const void *)old)[i];

            change *= unit;
            report->squares += change * change;
            luma += change * (colours == 3 ? weights[c] : 1);
        }
        report->luma_squares += luma * luma;
    }
}

/* One tile's pixels: the part of it that lies on the page. */
static void add_tile(embedding *e, row_report *report, const float *luma,
                     const float *chroma, int left, int top)
{
    int x0 = left < 0 ? 0 : left, y0 = top < 0 ? 0 : top;
    int x1 = left + TMK_TILE, y1 = top + TMK_TILE;
    size_t pixel = tmk_picture_pixel_size(e->picture);
    _Alignas(uint16_t) unsigned char old[TMK_TILE * 8];

    x1 = x1 > e->picture->width ? e->picture->width : x1;
    y1 = y1 > e->picture->height ? e->picture->height : y1;
    for (int y = y0; y < y1; y++) {
        const float *luma_hide = tmk_plane_row(&e->luma_amplitude, y) + x0;
        const float *chroma_hide = tmk_plane_row(&e->chroma_amplitude, y) + x0;
        size_t from = (size_t)(y - top) * TMK_TILE + (size_t)(x0 - left);
        unsigned char *row = tmk_picture_row(e->picture, y) + (size_t)x0 * pixel;
        float luma_delta[TMK_TILE], chroma_delta[TMK_TILE];

        for (int x = 0; x < x1 - x0; x++) {
            luma_delta[x] = e->strength * luma_hide[x] * luma[from + (size_t)x];
            chroma_delta[x] = e->strength * chroma_hide[x] * chroma[from + (size_t)x];
        }
        memcpy(old, row, (size_t)(x1 - x0) * pixel);
        tmk_colour_add(e->picture, row, x1 - x0, luma_delta, chroma_delta);
        measure(report, e->picture, old, row, x1 - x0);
    }
}

/* Whether the tile at LEFT, TOP lies wholly on what hides nothing. */
static int hides_nothing(const embedding *e, int left, int top)
{
    int x0 = left < 0 ? 0 : left, y0 = top < 0 ? 0 : top;
    int x1 = left + TMK_TILE, y1 = top + TMK_TILE;

    x1 = x1 > e->picture->width ? e->picture->width : x1;
    y1 = y1 > e->picture->height ? e->picture->height : y1;
    for (int y = y0; y < y1; y++) {
        const float *luma = tmk_plane_row(&e->luma_amplitude, y);
        const float *chroma = tmk_plane_row(&e->chroma_amplitude, y);

        for (int x = x0; x < x1; x++)
            if (luma[x] > 0 || chroma[x] > 0)
                return 0;
    }
    return 1;
}

static void embed_row(size_t index, void *context)
{
    embedding *e = context;
    int row = e->first + (int)index;
    row_report *report = &e->rows[row];
    int top = row * TMK_TILE - e->origin->y % TMK_TILE;
    int tile_y = e->origin->y / TMK_TILE + row;
    int tile_x = e->origin->x / TMK_TILE;
    int left = -(e->origin->x % TMK_TILE);
    tmk_synthesis *synthesis = NULL;
    const float *luma, *chroma;

    if (tmk_synthesis_new(&synthesis, &report->error) != TMK_OK)
        return;
    for (; left < e->picture->width; left += TMK_TILE, tile_x++) {
        if (hides_nothing(e, left, top))
            continue;
        make_tile(synthesis, e, tile_x, tile_y, &luma, &chroma);
        add_tile(e, report, luma, chroma, left, top);
    }
    tmk_synthesis_free(&synthesis);
}

static tmk_status prepare(embedding *e, tmk_error *error)
{
    int width = e->picture->width, height = e->picture->height;
    tmk_status status = tmk_plane_alloc(&e->luma, width, height, error);

    if (status == TMK_OK)
        status = tmk_plane_alloc(&e->chroma, width, height, error);
    if (status == TMK_OK)
        status = tmk_plane_alloc(&e->luma_amplitude, width, height, error);
    if (status == TMK_OK)
        status = tmk_plane_alloc(&e->chroma_amplitude, width, height, error);
    if (status != TMK_OK)
        return status;
    tmk_colour_split(e->picture, 0, &e->luma, &e->chroma);
    return tmk_mask(&e->luma_amplitude, &e->chroma_amplitude, &e->luma, &e->chroma,
                    e->coloured, error);
}

/* The first failure of any row, if there was one. */
static tmk_status first_failure(const embedding *e, int rows, tmk_error *error)
{
    for (int i = 0; i < rows; i++)
        if (e->rows[i].error.status != TMK_OK)
            return tmk_fail(error, e->rows[i].error.status, "%s", e->rows[i].error.text);
    return TMK_OK;
}

/* Marks all rows of tiles, a few at a time; in between the caller may cancel. */
static tmk_status embed_rows(embedding *e, int rows, const tmk_embed_options *options,
                             tmk_error *error)
{
    int step = ROWS_AT_ONCE * options->threads;

    for (e->first = 0; e->first < rows; e->first += step) {
        int count = rows - e->first < step ? rows - e->first : step;

        if (options->progress != NULL &&
            options->progress(options->context, (double)e->first / rows) != 0)
            return tmk_fail(error, TMK_CANCELLED, "cancelled");
        tmk_parallel((size_t)count, options->threads, embed_row, e);
    }
    return first_failure(e, rows, error);
}

/* Puts the untouched pixels back. */
static void restore(const tmk_picture *picture, const tmk_picture *untouched)
{
    for (int y = 0; y < picture->height; y++)
        memcpy(tmk_picture_row(picture, y), tmk_picture_row(untouched, y), untouched->stride);
}

static double psnr(double squares, double count)
{
    return squares > 0 ? 10 * log10(255.0 * 255.0 * count / squares) : HUGE_VAL;
}

static void fill_report(tmk_embed_report *report, const embedding *e, int rows)
{
    double pixels = (double)e->picture->width * e->picture->height;
    double squares = 0, luma_squares = 0;

    for (int i = 0; i < rows; i++) {
        squares += e->rows[i].squares;
        luma_squares += e->rows[i].luma_squares;
    }
    report->psnr_db = psnr(squares, pixels * (e->picture->channels >= 3 ? 3 : 1));
    report->luma_psnr_db = psnr(luma_squares, pixels);
}

tmk_status tmk_embed_at(const tmk_carriers *carriers, const tmk_picture *picture,
                        const tmk_origin *origin, const uint8_t *coded,
                        const tmk_embed_options *options, tmk_embed_report *report,
                        tmk_error *error)
{
    embedding e = {.carriers = carriers, .picture = picture, .origin = origin,
                   .coded = coded, .strength = (float)options->strength,
                   .coloured = tmk_colour_present(picture)};
    int rows = (origin->y % TMK_TILE + picture->height + TMK_TILE - 1) / TMK_TILE;
    tmk_picture untouched = {0};
    tmk_status status = tmk_picture_copy(&untouched, picture, error);

    if (status == TMK_OK)
        status = prepare(&e, error);
    if (status == TMK_OK && (e.rows = tmk_calloc((size_t)rows, sizeof *e.rows)) == NULL)
        status = tmk_fail_memory(error, "a report");
    if (status == TMK_OK) {
        status = embed_rows(&e, rows, options, error);
        fill_report(report, &e, rows);
        if (status == TMK_OK)
            status = tmk_margin(&report->margin_db, carriers, picture, origin, coded,
                                &e.luma_amplitude, &e.chroma_amplitude, error);
        if (status != TMK_OK)
            restore(picture, &untouched);
    }
    tmk_picture_release(&untouched);
    tmk_plane_release(&e.luma);
    tmk_plane_release(&e.chroma);
    tmk_plane_release(&e.luma_amplitude);
    tmk_plane_release(&e.chroma_amplitude);
    tmk_free(e.rows);
    return status;
}
