/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/embed_blocks.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "image/colour.h"
#include "mark/rounding.h"
#include "signal/dct.h"

/* Least rows of the picture that a task marks: tiles are made anew for each. */
#define BAND_ROWS 512

/* The share of the two components in a plane of the file, and whether their codec treats
 * it as chroma. */
typedef struct share {
    float luma, chroma;
    int is_chroma;
} share;

/* What the page can hide and what is to be added, turned as the file is stored: some rows
 * of it, or all. */
typedef struct wish {
    int first; /* the planes' row 0 */
    tmk_plane delta[TMK_COMPONENTS], amplitude[TMK_COMPONENTS];
} wish;

typedef struct job {
    tmk_blocks *marked;
    const tmk_blocks *blocks;
    const tmk_pattern *pattern;
    const tmk_analysis *analysis;
    const wish *turned; /* of the whole page, if the file is not upright; else NULL */
    tmk_rounding rounding[TMK_BLOCK_PLANES];
    share shares[TMK_BLOCK_PLANES];
    int step; /* rows of the picture in a band */
    tmk_error *errors; /* of each band */
} job;

static void set_shares(job *j)
{
    float rgb[3];

    memset(j->shares, 0, sizeof j->shares);
    j->shares[0].luma = 1;
    if (j->blocks->colours == TMK_BLOCKS_YCC)
        j->shares[1] = (share){0, 1, 1};
    tmk_colour_of_chroma(rgb);
    for (int c = 0; c < 3 && j->blocks->colours == TMK_BLOCKS_RGB; c++)
        j->shares[c] = (share){1, rgb[c], 0};
}

/* -------------------------------------------------------------- blocks of a plane */

/* The pixels [*FROM, *TO) that sample I of a plane stands for, clipped; FACTOR of MOST
 * samples and SIDE pixels along this axis. */
static inline void footprint(int i, int factor, int most, int side, int *from, int *to)
{
    *from = i * most / factor;
    *to = (i + 1) * most / factor;
    *to = *to > *from ? *to : *from + 1;
    *to = *to < side ? *to : side;
    *from = *from < *to ? *from : *to;
}

/* One block's samples: the mean of delta, and of squared amplitudes, over each footprint.
 * What lies beyond the picture wants nothing. */
static void gather(float delta[8][8], float *square, const job *j, const wish *w, int plane,
                   int column, int row)
{
    const tmk_blocks *blocks = j->blocks;
    const tmk_block_plane *p = &blocks->planes[plane];
    share own = j->shares[plane];
    float sum_of_squares = 0;

    for (int y = 0; y < 8; y++) {
        int y0, y1;

        footprint(8 * row + y, p->v, blocks->v, blocks->height, &y0, &y1);
        for (int x = 0; x < 8; x++) {
            float sum = 0, squares = 0, count;
            int x0, x1;

            footprint(8 * column + x, p->h, blocks->h, blocks->width, &x0, &x1);
            for (int i = y0; i < y1; i++) {
                const float *luma = tmk_plane_row(&w->delta[TMK_LUMA], i - w->first);
                const float *chroma = tmk_plane_row(&w->delta[TMK_CHROMA], i - w->first);
                const float *hide = tmk_plane_row(&w->amplitude[TMK_LUMA], i - w->first);
                const float *hide_chroma =
                    tmk_plane_row(&w->amplitude[TMK_CHROMA], i - w->first);

                for (int k = x0; k < x1; k++) {
                    float a = own.luma * hide[k], b = own.chroma * hide_chroma[k];

                    sum += own.luma * luma[k] + own.chroma * chroma[k];
                    squares += a * a + b * b;
                }
            }
            count = (float)((y1 - y0) * (x1 - x0));
            delta[y][x] = count > 0 ? sum / count : 0;
            sum_of_squares += count > 0 ? squares / count : 0;
        }
    }
    *square = sum_of_squares;
}

/* The same of a block of full resolution that lies in the picture, and is luma alone. */
static void gather_luma(float delta[8][8], float *square, const wish *w, int column, int row)
{
    float sum_of_squares = 0;

    for (int y = 0; y < 8; y++) {
        const float *luma = tmk_plane_row(&w->delta[TMK_LUMA], 8 * row + y - w->first);
        const float *hide = tmk_plane_row(&w->amplitude[TMK_LUMA], 8 * row + y - w->first);

        for (int x = 0; x < 8; x++) {
            delta[y][x] = luma[8 * column + x];
            sum_of_squares += hide[8 * column + x] * hide[8 * column + x];
        }
    }
    *square = sum_of_squares;
}

static int is_plain_luma(const job *j, int plane, int column, int row)
{
    const tmk_blocks *blocks = j->blocks;

    return blocks->planes[plane].h == blocks->h && blocks->planes[plane].v == blocks->v &&
           8 * column + 8 <= blocks->width && 8 * row + 8 <= blocks->height &&
           j->shares[plane].luma == 1 && j->shares[plane].chroma == 0;
}

/* Marks the plane's region whose first block is in COLUMN and ROW. */
static void mark_region(const job *j, const wish *w, int plane, int column, int row)
{
    const tmk_block_plane *from = &j->blocks->planes[plane];
    float strength = j->pattern->strength;
    tmk_region region = {from, &j->marked->planes[plane], column, row, 0, 0, {0}, {{0}}};

    region.columns = from->columns - column < TMK_REGION ? from->columns - column : TMK_REGION;
    region.rows = from->rows - row < TMK_REGION ? from->rows - row : TMK_REGION;
    for (int y = 0; y < region.rows; y++)
        for (int x = 0; x < region.columns; x++) {
            int i = y * TMK_REGION + x;
            float delta[8][8], square;

            if (is_plain_luma(j, plane, column + x, row + y))
                gather_luma(delta, &square, w, column + x, row + y);
            else
                gather(delta, &square, j, w, plane, column + x, row + y);
            region.room[i] = square * strength * strength;
            if (square <= 0)
                continue;
            tmk_dct(delta, (const float (*)[8])delta);
            memcpy(region.wish[i], delta, sizeof delta);
        }
    tmk_round_region(&j->rounding[plane], &region);
}

/* ------------------------------------------------------------------------- bands */

static void release(wish *w)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&w->delta[c]);
}

/* What the upright page's rows from FIRST want; the amplitudes belong to the analysis. */
static tmk_status wish_of(wish *w, const job *j, int first, int rows, tmk_error *error)
{
    int width = j->analysis->amplitude[TMK_LUMA].width;
    tmk_status status = TMK_OK;

    w->first = first;
    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++) {
        status = tmk_plane_alloc(&w->delta[c], width, rows, error);
        w->amplitude[c] = (tmk_plane){
            width, rows, tmk_plane_row(&j->analysis->amplitude[c], first - j->analysis->first)};
    }
    if (status == TMK_OK)
        status = tmk_pattern_rows(w->delta, j->pattern, first, j->analysis, error);
    return status;
}

/* Marks the stored picture's band INDEX in all planes. */
static void mark_band(size_t index, void *context)
{
    job *j = context;
    int first = (int)index * j->step, end = first + j->step;
    wish own = {0};
    const wish *w = j->turned;

    end = end < j->blocks->height ? end : j->blocks->height;
    if (w == NULL && wish_of(&own, j, first, end - first, &j->errors[index]) == TMK_OK)
        w = &own;
    for (int c = 0; c < j->blocks->count && w != NULL; c++) {
        const tmk_block_plane *plane = &j->blocks->planes[c];
        int rows = j->step / j->blocks->v * plane->v / TMK_BLOCK_SIDE;

        if (j->shares[c].luma == 0 && j->shares[c].chroma == 0)
            continue;
        for (int row = rows * (int)index; row < rows * ((int)index + 1) && row < plane->rows;
             row += TMK_REGION)
            for (int column = 0; column < plane->columns; column += TMK_REGION)
                mark_region(j, w, c, column, row);
    }
    release(&own);
}

/* Marks all bands; each has whole regions of every plane. */
static tmk_status mark_bands(job *j, int threads, tmk_error *error)
{
    int least = TMK_REGION * TMK_BLOCK_SIDE * j->blocks->v;
    size_t count;
    tmk_status status = TMK_OK;

    j->step = (BAND_ROWS + least - 1) / least * least;
    count = ((size_t)j->blocks->height + (size_t)j->step - 1) / (size_t)j->step;
    j->errors = tmk_calloc(count, sizeof *j->errors);
    if (j->errors == NULL)
        return tmk_fail_memory(error, "a picture's blocks");
    tmk_parallel(count, threads, mark_band, j);
    for (size_t i = 0; i < count && status == TMK_OK; i++)
        if (j->errors[i].status != TMK_OK)
            status = tmk_fail(error, j->errors[i].status, "%s", j->errors[i].text);
    tmk_free(j->errors);
    return status;
}

/* ------------------------------------------------------------------------ turning */

/* Turns a plane, whose samples belong to somebody else, into a new one. */
static tmk_status turn(tmk_plane *turned, const tmk_plane *plane, tmk_orientation orientation,
                       tmk_error *error)
{
    /* Grey and alpha of 16 bits take as much room as a float. */
    tmk_picture in = {plane->width, plane->height, 2, 16,
                      (size_t)plane->width * sizeof(float), plane->samples};
    tmk_picture out = {0};
    tmk_status status = tmk_picture_orient(&out, &in, orientation, error);

    if (status == TMK_OK)
        *turned = (tmk_plane){out.width, out.height, out.pixels};
    return status;
}

/* Marks a file that is stored turned: all rows at once. */
static tmk_status mark_turned(job *j, tmk_orientation orientation, int threads,
                              tmk_error *error)
{
    tmk_orientation back = tmk_orientation_inverse(orientation);
    wish upright = {0}, turned = {0};
    tmk_status status = wish_of(&upright, j, 0, j->analysis->amplitude[TMK_LUMA].height,
                                error);

    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++) {
        status = turn(&turned.delta[c], &upright.delta[c], back, error);
        if (status == TMK_OK)
            status = turn(&turned.amplitude[c], &upright.amplitude[c], back, error);
    }
    j->turned = &turned;
    if (status == TMK_OK)
        status = mark_bands(j, threads, error);
    release(&upright);
    release(&turned);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&turned.amplitude[c]);
    return status;
}

tmk_status tmk_embed_blocks(tmk_blocks *marked, const tmk_blocks *blocks,
                            tmk_orientation orientation, const tmk_pattern *pattern,
                            const tmk_analysis *analysis, int threads, tmk_error *error)
{
    job j = {.marked = marked, .blocks = blocks, .pattern = pattern, .analysis = analysis};

    set_shares(&j);
    for (int c = 0; c < blocks->count; c++)
        if (j.shares[c].luma != 0 || j.shares[c].chroma != 0)
            tmk_rounding_init(&j.rounding[c], blocks, c, j.shares[c].is_chroma);
    return orientation == TMK_UPRIGHT ? mark_bands(&j, threads, error)
                                      : mark_turned(&j, orientation, threads, error);
}
