/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A palette by median cut (Heckbert 1982) over 5-bit cells, improved by a few rounds of
 * k-means, applied plainly or with the dithering of Floyd and Steinberg (1976).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "base/memory.h"

enum { CELLS = 32 * 32 * 32, MOST_COLOURS = 256, ROUNDS = 4 };

/* The pixels of one cell: how many, and their mean colour. */
typedef struct cell {
    double count, mean[3];
} cell;

typedef struct palette {
    int count;
    int colour[MOST_COLOURS][3];
} palette;

/* -------------------------------------------------------------------- histogram */

static int cell_of(const uint8_t *p, int channels)
{
    if (channels == 1)
        return (p[0] >> 3) * (1 + 32 + 32 * 32);
    return (p[0] >> 3) << 10 | (p[1] >> 3) << 5 | p[2] >> 3;
}

/* Fills CELLS_ (room for CELLS) with those in use and returns their number. */
static int count_cells(const tmk_picture *in, cell *cells)
{
    int n = in->channels, used = 0;

    for (int y = 0; y < in->height; y++) {
        const uint8_t *p = tmk_picture_row(in, y);

        for (int x = 0; x < in->width; x++, p += n) {
            cell *c = &cells[cell_of(p, n)];

            c->count++;
            for (int k = 0; k < 3; k++)
                c->mean[k] += p[n == 1 ? 0 : k];
        }
    }
    for (int i = 0; i < CELLS; i++)
        if (cells[i].count > 0) {
            cell c = cells[i];

            for (int k = 0; k < 3; k++)
                c.mean[k] /= c.count;
            cells[used++] = c;
        }
    return used;
}

/* ------------------------------------------------------------------- median cut */

/* Cells FIRST to LAST - 1; AXIS is where their colours spread most. */
typedef struct box {
    int first, last, axis;
    double spread; /* count times squared deviation on AXIS */
} box;

static void measure(const cell *cells, box *b)
{
    double total = 0, sum[3] = {0, 0, 0}, squares[3] = {0, 0, 0};

    for (int i = b->first; i < b->last; i++) {
        total += cells[i].count;
        for (int k = 0; k < 3; k++) {
            sum[k] += cells[i].count * cells[i].mean[k];
            squares[k] += cells[i].count * cells[i].mean[k] * cells[i].mean[k];
        }
    }
    b->spread = -1;
    for (int k = 0; k < 3; k++) {
        double spread = squares[k] - sum[k] * sum[k] / total;

        if (spread > b->spread) {
            b->spread = spread;
            b->axis = k;
        }
    }
}

#define COMPARE(name, k)                                                                     \
    static int name(const void *a, const void *b)                                            \
    {                                                                                        \
        const cell *p = a, *q = b;                                                           \
                                                                                             \
        for (int i = 0; i < 3; i++) {                                                        \
            double d = p->mean[((k) + i) % 3] - q->mean[((k) + i) % 3];                      \
                                                                                             \
            if (d != 0)                                                                      \
                return d < 0 ? -1 : 1;                                                       \
        }                                                                                    \
        return 0;                                                                            \
    }

COMPARE(by_red, 0)
COMPARE(by_green, 1)
COMPARE(by_blue, 2)

/* Halves B by pixel count; the upper half goes to UPPER. */
static void halve(cell *cells, box *b, box *upper)
{
    int (*const compare[3])(const void *, const void *) = {by_red, by_green, by_blue};
    double total = 0, below = 0;
    int middle;

    qsort(cells + b->first, (size_t)(b->last - b->first), sizeof *cells, compare[b->axis]);
    for (int i = b->first; i < b->last; i++)
        total += cells[i].count;
    for (middle = b->first; middle < b->last - 2; middle++) {
        below += cells[middle].count;
        if (2 * below >= total)
            break;
    }
    *upper = (box){middle + 1, b->last, 0, 0};
    b->last = middle + 1;
    measure(cells, b);
    measure(cells, upper);
}

static int cut_boxes(cell *cells, int used, int wanted, box *boxes)
{
    int count = 1;

    boxes[0] = (box){0, used, 0, 0};
    measure(cells, &boxes[0]);
    while (count < wanted) {
        int widest = -1;

        for (int i = 0; i < count; i++)
            if (boxes[i].last - boxes[i].first > 1 &&
                (widest < 0 || boxes[i].spread > boxes[widest].spread))
                widest = i;
        if (widest < 0)
            break;
        halve(cells, &boxes[widest], &boxes[count++]);
    }
    return count;
}

/* ---------------------------------------------------------------------- palette */

static int nearest(const palette *p, const int colour[3])
{
    int best = 0, least = 1 << 30;

    for (int i = 0; i < p->count; i++) {
        int r = colour[0] - p->colour[i][0], g = colour[1] - p->colour[i][1];
        int b = colour[2] - p->colour[i][2], distance = r * r + g * g + b * b;

        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

/* Sets the colours to the means of SUM, whose fourth entry is the count. */
static void settle(palette *p, double sum[][4])
{
    for (int i = 0; i < p->count; i++)
        for (int k = 0; k < 3; k++)
            if (sum[i][3] > 0)
                p->colour[i][k] = (int)(sum[i][k] / sum[i][3] + 0.5);
}

static void gather(double sum[4], const cell *c)
{
    for (int k = 0; k < 3; k++)
        sum[k] += c->count * c->mean[k];
    sum[3] += c->count;
}

static tmk_status make_palette(const attack_job *job, const tmk_picture *in, int wanted,
                               palette *p)
{
    cell *cells = tmk_calloc(CELLS, sizeof *cells);
    box boxes[MOST_COLOURS];
    double sum[MOST_COLOURS][4] = {{0}};
    int used;

    if (cells == NULL)
        return tmk_fail_memory(job->error, "a palette");
    used = count_cells(in, cells);
    p->count = cut_boxes(cells, used, wanted, boxes);
    for (int b = 0; b < p->count; b++)
        for (int i = boxes[b].first; i < boxes[b].last; i++)
            gather(sum[b], &cells[i]);
    settle(p, sum);
    for (int round = 0; round < ROUNDS; round++) {
        memset(sum, 0, sizeof sum);
        for (int i = 0; i < used; i++) {
            int mean[3];

            for (int k = 0; k < 3; k++)
                mean[k] = (int)(cells[i].mean[k] + 0.5);
            gather(sum[nearest(p, mean)], &cells[i]);
        }
        settle(p, sum);
    }
    tmk_free(cells);
    return TMK_OK;
}

/* ---------------------------------------------------------------------- mapping */

static void wanted_colour(const uint8_t *p, int n, const int *carried, int colour[3])
{
    for (int k = 0; k < 3; k++) {
        /* Sixteenths; the shift rounds down for either sign. */
        int v = p[n == 1 ? 0 : k] + ((carried[k] + 8) >> 4);

        colour[k] = v < 0 ? 0 : v > 255 ? 255 : v;
    }
}

/* Spreads what was lost at column X: 7 to the right, 3, 5 and 1 below. */
static void spread_error(int *now, int *next, int x, const int colour[3], const int used[3])
{
    for (int k = 0; k < 3; k++) {
        int lost = colour[k] - used[k];

        now[3 * (x + 2) + k] += 7 * lost;
        next[3 * x + k] += 3 * lost;
        next[3 * (x + 1) + k] += 5 * lost;
        next[3 * (x + 2) + k] += lost;
    }
}

/* CARRIED: two rows of lost values in sixteenths with a margin of one pixel each side. */
static void map_page(const palette *p, const tmk_picture *in, int dither, int *carried,
                     tmk_picture *out)
{
    size_t length = 3 * ((size_t)in->width + 2);
    int n = in->channels;

    for (int y = 0; y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);
        int *now = carried + (y & 1 ? length : 0), *next = carried + (y & 1 ? 0 : length);

        memset(next, 0, length * sizeof *next);
        for (int x = 0; x < in->width; x++) {
            int colour[3], best;

            wanted_colour(from + x * n, n, now + 3 * (x + 1), colour);
            best = nearest(p, colour);
            for (int k = 0; k < n; k++)
                to[x * n + k] = (uint8_t)p->colour[best][k];
            if (dither)
                spread_error(now, next, x, colour, p->colour[best]);
        }
    }
}

static tmk_status apply_palette(const attack_job *job, const tmk_picture *in,
                                const palette *p, tmk_picture *out)
{
    int *carried = tmk_calloc(6 * ((size_t)in->width + 2), sizeof *carried);
    tmk_status status;

    if (carried == NULL)
        return tmk_fail_memory(job->error, "dithering");
    status = attack_like(job, in, out);
    if (status == TMK_OK)
        map_page(p, in, strcmp(job->word, "fs") == 0, carried, out);
    tmk_free(carried);
    return status;
}

static tmk_status with_palette(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    int wanted = (int)job->number[0];
    palette p = {.count = 0};
    tmk_status status;

    if (wanted < 2 || wanted > MOST_COLOURS)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "%d colours; 2 to %d are known", wanted,
                        MOST_COLOURS);
    status = make_palette(job, in, wanted, &p);
    return status == TMK_OK ? apply_palette(job, in, &p, out) : status;
}

/* Equal steps of grey, as e-ink readers show. */
static tmk_status grey_levels(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    palette p = {.count = (int)job->number[0]};
    tmk_picture grey = {0};
    tmk_status status;

    if (p.count < 2 || p.count > MOST_COLOURS)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "%d levels; 2 to %d are known", p.count,
                        MOST_COLOURS);
    for (int i = 0; i < p.count; i++)
        for (int k = 0; k < 3; k++)
            p.colour[i][k] = (255 * i + (p.count - 1) / 2) / (p.count - 1);
    status = attack_steps(job, "grey", in, &grey);
    if (status == TMK_OK)
        status = apply_palette(job, &grey, &p, out);
    tmk_picture_release(&grey);
    return status;
}

const attack_row attack_palette_rows[] = {
    {{"palette", "palette:COLOURS[:fs]", "a palette of its own; fs: dithered"},
     1,
     1,
     with_palette},
    {{"grey-levels", "grey-levels:N[:fs]", "equal steps of grey; fs: dithered"},
     1,
     1,
     grey_levels},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
