/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/add.h"

#include <string.h>

#include "base/parallel.h"
#include "blocks/dct.h"
#include "blocks/rounding.h"
#include "image/colour.h"

/* Least rows of the picture in a task. */
#define CHUNK_ROWS 512

/* The share of the two components in a plane of the file, and whether its codec treats it
 * as chroma. */
typedef struct share {
    float luma, chroma;
    int is_chroma;
} share;

typedef struct job {
    tmk_blocks *marked;
    const tmk_blocks *blocks;
    const tmk_target_source *source;
    tmk_rounding rounding[TMK_BLOCK_PLANES];
    share shares[TMK_BLOCK_PLANES];
    int step; /* rows of the picture in a chunk */
} job;

/* Which planes are marked, and what is known of them. */
static void set_shares(job *j)
{
    const tmk_blocks *blocks = j->blocks;
    float rgb[3];

    j->shares[0].luma = 1;
    if (blocks->colours == TMK_BLOCKS_YCC)
        j->shares[1] = (share){0, 1, 1};
    tmk_colour_of_chroma(rgb);
    for (int c = 0; c < 3 && blocks->colours == TMK_BLOCKS_RGB; c++)
        j->shares[c] = (share){1, rgb[c], 0};
}

static int is_marked(const job *j, int plane)
{
    return j->shares[plane].luma != 0 || j->shares[plane].chroma != 0;
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

/* One block's samples: the mean target, and that of squared room, over each footprint.
 * There is none beyond the picture. */
static void gather(float delta[8][8], float *square, const job *j, const tmk_targets *t,
                   int plane, int column, int row)
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
                const float *luma = tmk_plane_row(&t->luma, i - t->first);
                const float *chroma = tmk_plane_row(&t->chroma, i - t->first);
                const float *hide = tmk_plane_row(&t->luma_room, i - t->first);
                const float *hide_chroma = tmk_plane_row(&t->chroma_room, i - t->first);

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
static void gather_luma(float delta[8][8], float *square, const tmk_targets *t, int column,
                        int row)
{
    float sum_of_squares = 0;

    for (int y = 0; y < 8; y++) {
        const float *luma = tmk_plane_row(&t->luma, 8 * row + y - t->first);
        const float *hide = tmk_plane_row(&t->luma_room, 8 * row + y - t->first);

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

/* Fills the plane's REGION whose first block is in COLUMN and ROW. */
static void fill_region(tmk_region *region, const job *j, const tmk_targets *t, int plane,
                        int column, int row)
{
    const tmk_block_plane *from = &j->blocks->planes[plane];
    float strength = j->source->strength;

    *region = (tmk_region){from, &j->marked->planes[plane], column, row, 0, 0, {0}, {{0}}};
    region->columns = from->columns - column < TMK_REGION ? from->columns - column
                                                          : TMK_REGION;
    region->rows = from->rows - row < TMK_REGION ? from->rows - row : TMK_REGION;
    for (int y = 0; y < region->rows; y++)
        for (int x = 0; x < region->columns; x++) {
            int i = y * TMK_REGION + x;
            float delta[8][8], square;

            if (is_plain_luma(j, plane, column + x, row + y))
                gather_luma(delta, &square, t, column + x, row + y);
            else
                gather(delta, &square, j, t, plane, column + x, row + y);
            region->room[i] = square * strength * strength;
            if (square <= 0)
                continue;
            tmk_dct(delta, (const float(*)[8])delta);
            memcpy(region->target[i], delta, sizeof delta);
        }
}

/* ------------------------------------------------------------------------ chunks */

/* The first row of a plane's blocks in chunk INDEX of the picture. */
static int first_row(const job *j, int plane, size_t index)
{
    const tmk_block_plane *p = &j->blocks->planes[plane];
    int rows = j->step / j->blocks->v * p->v / TMK_BLOCK_SIDE * (int)index;

    return rows < p->rows ? rows : p->rows;
}

/* Marks the stored picture's chunk INDEX in all planes. */
static tmk_status mark_chunk(size_t index, void *context, tmk_error *error)
{
    const job *j = context;
    int first = (int)index * j->step, left = j->blocks->height - first;
    tmk_targets targets = {0};
    tmk_status status = j->source->rows(j->source->context, first,
                                        left < j->step ? left : j->step, &targets, error);

    for (int c = 0; c < j->blocks->count && status == TMK_OK; c++) {
        int end = is_marked(j, c) ? first_row(j, c, index + 1) : 0;

        for (int row = first_row(j, c, index); row < end; row += TMK_REGION)
            for (int column = 0; column < j->blocks->planes[c].columns;
                 column += TMK_REGION) {
                tmk_region region;

                fill_region(&region, j, &targets, c, column, row);
                tmk_round_region(&j->rounding[c], &region);
            }
    }
    j->source->release(j->source->context, &targets);
    return status;
}

tmk_status tmk_blocks_add(tmk_blocks *marked, const tmk_blocks *blocks,
                          const tmk_target_source *source, int threads, tmk_error *error)
{
    job j = {.marked = marked, .blocks = blocks, .source = source};
    int least = TMK_REGION * TMK_BLOCK_SIDE * blocks->v;

    set_shares(&j);
    for (int c = 0; c < blocks->count; c++)
        if (is_marked(&j, c))
            tmk_rounding_init(&j.rounding[c], blocks, c, j.shares[c].is_chroma);
    /* Each chunk has whole regions of every plane. */
    j.step = (CHUNK_ROWS + least - 1) / least * least;
    return tmk_parallel_try(((size_t)blocks->height + (size_t)j.step - 1) / (size_t)j.step,
                            threads, mark_chunk, &j, error);
}
