/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts, mirror images, turns and shears. */
#include <math.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "base/memory.h"

/* ----------------------------------------------------------------------- cuts */

tmk_status attack_cut(const attack_job *job, const tmk_picture *in, int left, int top,
                      int width, int height, tmk_picture *out)
{
    size_t skip = (size_t)left * (size_t)in->channels;
    tmk_status status;

    if (left < 0 || top < 0 || width < 1 || height < 1 || left + width > in->width ||
        top + height > in->height)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT,
                        "a cut of %d x %d at (%d, %d) does not fit a page of %d x %d", width,
                        height, left, top, in->width, in->height);
    status = tmk_picture_alloc(out, width, height, in->channels, 8, job->error);
    for (int y = 0; status == TMK_OK && y < height; y++)
        memcpy(tmk_picture_row(out, y), tmk_picture_row(in, top + y) + skip, out->stride);
    return status;
}

static tmk_status cut(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    int left = (int)job->number[0], top = (int)job->number[1];

    return attack_cut(job, in, left, top, in->width - left - (int)job->number[2],
                      in->height - top - (int)job->number[3], out);
}

static tmk_status rows_off(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    int rows = (int)job->number[0];

    return attack_cut(job, in, 0, rows, in->width, in->height - rows, out);
}

static tmk_status crop_area(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 2);
    double side = sqrt(job->number[0]);
    int width = (int)(in->width * side + 0.5), height = (int)(in->height * side + 0.5);
    int left = dice_int(&d, 0, in->width - width), top = dice_int(&d, 0, in->height - height);

    return attack_cut(job, in, left, top, width, height, out);
}

/* How much is drawn in a square: the deviation of luma, or little where it is mostly
 * paper or ink. */
static double drawn_in(const tmk_picture *in, int left, int top, int width, int height)
{
    double sum = 0, squares = 0, blank = 0, n = (double)width * height, variance;

    for (int y = top; y < top + height; y++) {
        const uint8_t *p = tmk_picture_row(in, y) + left * in->channels;

        for (int x = 0; x < width; x++, p += in->channels) {
            int luma = attack_luma(p, in->channels);

            sum += luma;
            squares += luma * luma;
            blank += luma < 5 || luma > 250;
        }
    }
    variance = squares / n - sum / n * (sum / n);
    return sqrt(variance > 0 ? variance : 0) * (1 - blank / n);
}

/* The first of the seeded squares with something drawn in it, else the best of them. */
static tmk_status cutout(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    enum { TRIES = 64 };
    const double enough = 20; /* e.g. a deviation of 30 where a third is paper */
    dice d = dice_of(job->seed, 3);
    int side = (int)job->number[0];
    int width = side < in->width ? side : in->width;
    int height = side < in->height ? side : in->height;
    int left = 0, top = 0;
    double best = -1;

    if (side < 1)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a square of %d pixels", side);
    for (int i = 0; i < TRIES && best < enough; i++) {
        int x = dice_int(&d, 0, in->width - width), y = dice_int(&d, 0, in->height - height);
        double score = drawn_in(in, x, y, width, height);

        if (score > best) {
            best = score;
            left = x;
            top = y;
        }
    }
    return attack_cut(job, in, left, top, width, height, out);
}

/* ---------------------------------------------------------- lines taken out */

/* Row or column I of those that stay when REMOVED of COUNT go, evenly spaced. */
static int kept_line(int i, int count, int removed)
{
    int kept = count - removed;

    return (int)(((int64_t)2 * i + 1) * count / (2 * (int64_t)kept));
}

static tmk_status stirmark_rows(const attack_job *job, const tmk_picture *in,
                                tmk_picture *out)
{
    int rows = (int)job->number[0], columns = (int)job->number[1], n = in->channels;
    tmk_status status;

    if (rows < 0 || columns < 0 || rows >= in->height || columns >= in->width)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "%d rows and %d columns can't go", rows,
                        columns);
    status = tmk_picture_alloc(out, in->width - columns, in->height - rows, n, 8, job->error);
    for (int y = 0; status == TMK_OK && y < out->height; y++) {
        const uint8_t *from = tmk_picture_row(in, kept_line(y, in->height, rows));
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < out->width; x++)
            memcpy(to + x * n, from + kept_line(x, in->width, columns) * n, (size_t)n);
    }
    return status;
}

/* ----------------------------------------------------------- turns and mirrors */

static tmk_status flip(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return tmk_picture_orient(out, in, TMK_FLIPPED, job->error);
}

/* Counter-clockwise, as every rotation here. */
static tmk_status rot90(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return tmk_picture_orient(out, in, TMK_TURNED_270, job->error);
}

static tmk_status rot180(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return tmk_picture_orient(out, in, TMK_TURNED_180, job->error);
}

static tmk_status rot270(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return tmk_picture_orient(out, in, TMK_TURNED_90, job->error);
}

/* ------------------------------------------------------------------ affine maps */

/* Where target pixel centres (x, y), from the page's centre, lie in the source. */
typedef struct affine {
    double xx, xy, yx, yy;
} affine;

static void cubic_weights(double t, double w[4])
{
    const double a = -0.5;

    for (int k = 0; k < 4; k++) {
        double x = fabs(t + 1 - k);

        w[k] = x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
    }
}

void attack_sample(const tmk_picture *in, double x, double y, uint8_t *to)
{
    int left = (int)floor(x - 0.5), top = (int)floor(y - 0.5), n = in->channels;
    double wx[4], wy[4], sum[3] = {0, 0, 0};

    cubic_weights(x - 0.5 - left, wx);
    cubic_weights(y - 0.5 - top, wy);
    for (int j = 0; j < 4; j++) {
        const uint8_t *row = tmk_picture_row(in, attack_inside(top - 1 + j, in->height));

        for (int i = 0; i < 4; i++) {
            const uint8_t *p = row + attack_inside(left - 1 + i, in->width) * n;

            for (int c = 0; c < n; c++)
                sum[c] += wx[i] * wy[j] * p[c];
        }
    }
    for (int c = 0; c < n; c++)
        to[c] = attack_clip(sum[c]);
}

/* Same canvas; what comes from outside the page is white. */
static tmk_status warp(const attack_job *job, const tmk_picture *in, affine map,
                       tmk_picture *out)
{
    double cx = in->width / 2.0, cy = in->height / 2.0;
    tmk_status status = attack_like(job, in, out);

    for (int y = 0; status == TMK_OK && y < out->height; y++) {
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < out->width; x++, to += out->channels) {
            double dx = x + 0.5 - cx, dy = y + 0.5 - cy;
            double sx = map.xx * dx + map.xy * dy + cx, sy = map.yx * dx + map.yy * dy + cy;

            if (sx < 0 || sy < 0 || sx >= in->width || sy >= in->height)
                memset(to, 255, (size_t)out->channels);
            else
                attack_sample(in, sx, sy, to);
        }
    }
    return status;
}

static tmk_status rotate(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double angle = job->number[0] * (3.14159265358979323846 / 180);
    double c = cos(angle), s = sin(angle);

    return warp(job, in, (affine){c, -s, s, c}, out);
}

static tmk_status shear(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return warp(job, in, (affine){1, job->number[0], attack_number(job, 1, 0), 1}, out);
}

const attack_row attack_geometry_rows[] = {
    {{"cut", "cut:LEFT:TOP:RIGHT:BOTTOM", "pixels off each side"}, 4, 4, cut},
    {{"rows", "rows:N", "N rows off the top"}, 1, 1, rows_off},
    {{"crop-area", "crop-area:FRACTION", "a piece of that area, seeded place, same aspect"},
     1,
     1,
     crop_area},
    {{"cutout", "cutout:SIDE", "a square from a drawn part, seeded place"}, 1, 1, cutout},
    {{"stirmark-rows", "stirmark-rows:ROWS:COLUMNS", "rows and columns taken out, evenly"},
     2,
     2,
     stirmark_rows},
    {{"flip", "flip", "mirrored left to right"}, 0, 0, flip},
    {{"rot90", "rot90", "a quarter turn counter-clockwise"}, 0, 0, rot90},
    {{"rot180", "rot180", "a half turn"}, 0, 0, rot180},
    {{"rot270", "rot270", "a quarter turn clockwise"}, 0, 0, rot270},
    {{"rotate", "rotate:DEGREES", "counter-clockwise, bicubic, same canvas, white corners"},
     1,
     1,
     rotate},
    {{"shear", "shear:X[:Y]", "bicubic, same canvas, white corners"}, 1, 2, shear},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
