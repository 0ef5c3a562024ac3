/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What people see is energy beside a line on a flat ground; what a codec forgets is
 * energy in a flat.  So the mark is faint and even in flats, grows with texture, which
 * hides it from the eye and carries it through a codec, and falls back to the faint level
 * where the local deviation is that of line art:
 *
 *     gain       ^        .-'-._
 *     1 + boost  |     .-'      '-._
 *                |  .-'             '-._
 *     1          |-'                    '----------
 *                +-----------+----------+--------->  local deviation, grey levels
 *                0        TEXTURE      LINES
 *
 * Energy on an edge itself is another matter: a line that is a little thicker or thinner,
 * or a little darker, is not seen at all, and outlasts any codec.  There the mark may
 * shift the edge by a share of a pixel, as long as that is no more than a few grey levels:
 *
 *     amplitude = hypot(as above, min(share * gradient, most))
 *
 * That is worth most where there is nothing but lines and flat fills: the flats need less
 * then.  Paintings and photographs hide more in their texture, and their edges are nearly
 * left alone.
 *
 * Pure white and black, and the fringe beside them, are left alone: a mark there dirties
 * gutters and balloons and carries nothing.  Only exact arithmetic (no functions of the
 * mathematics library but the square root) is used, so that all machines agree.
 */
#include "signal/mask.h"

#include <math.h>

#include "base/memory.h"
#include "base/wider.h"
#include "signal/gradient.h"

typedef struct profile {
    float luma_flat, chroma_flat;   /* the marks' deviations in a flat, 8-bit grey levels */
    float luma_boost, chroma_boost; /* by how much they grow at the best texture */
    float lines;                    /* local deviation from which on all is line art */
    float most;                     /* the mark's deviation on an edge, at most */
} profile;

static const profile coloured_profile = {0.32f, 1.15f, 2.2f, 1.1f, 44.0f, 3.5f};
/* Luma alone has to carry all, and screentones, of high deviation, hide much. */
static const profile grey_profile = {0.55f, 0.0f, 2.2f, 0.0f, 150.0f, 3.0f};

/* Local deviation of the best texture. */
#define TEXTURE 11.0f
/* Flats without any grain (vector art, not paint or scans) show luma most and cost most
 * bytes: its share there, and the deviations between which it rises. */
#define QUIET 0.5f
#define DEAD 0.3f
#define ALIVE 1.0f
/* What is left there of luma's share, and of chroma, on a page that is drawn. */
#define QUIET_DRAWN 0.25f
#define QUIET_CHROMA_DRAWN 0.75f
/* Pixels by which an edge may be shifted on a page that is painted, or drawn. */
#define SHIFT 0.025f
#define SHIFT_DRAWN 0.25f
/* Local deviations between which a smooth place shows grain, from the second of which on it
 * is an edge, and how far pure pixels are from white and black; the shares of grainy places
 * up to which a page is drawn, and from which it is not at all. */
#define GRAIN 0.5f
#define GRAIN_END 6.0f
#define PURE 2.0f
#define DRAWN_TO 0.40f
#define PAINTED_FROM 0.58f
/* Columns from an edge up to which a place counts: white gutters are nobody's manner. */
#define NEAR_EDGE 16
/* Half the side, in pixels, of the square whose deviation counts. */
#define NEIGHBOURS TMK_MASK_MARGIN
/* Grey levels over which the mark fades in beside pure white and black; a saturated
 * colour counts as further away, each grey level of Cb for so many fades. */
#define FADE 6.0f
#define COLOURED 6.0f

#define SQUARE ((2 * NEIGHBOURS + 1) * (2 * NEIGHBOURS + 1))

static inline float unit(float value)
{
    value = value < 1 ? value : 1;
    return value > 0 ? value : 0;
}

/* Columns of the square's sums, and their squares', with NEIGHBOURS columns of margin. */
typedef struct sums {
    double *first, *second; /* the difference of large sums needs the digits */
} sums;

/* Adds up the square's rows around Y; rows beyond the border are the last ones again. */
TMK_WIDER static void add_rows(const sums *columns, const tmk_plane *luma, int y)
{
    double *restrict first = columns->first, *restrict second = columns->second;
    int width = luma->width;

    for (int x = 0; x < width + 2 * NEIGHBOURS; x++)
        first[x] = second[x] = 0;
    for (int dy = -NEIGHBOURS; dy <= NEIGHBOURS; dy++) {
        int row = y + dy < 0 ? 0 : y + dy >= luma->height ? luma->height - 1 : y + dy;
        const float *restrict in = tmk_plane_row(luma, row);

        for (int x = 0; x < width; x++) {
            first[x + NEIGHBOURS] += in[x];
            second[x + NEIGHBOURS] += (double)in[x] * in[x];
        }
    }
    for (int x = 0; x < NEIGHBOURS; x++) {
        first[x] = first[NEIGHBOURS];
        second[x] = second[NEIGHBOURS];
        first[width + NEIGHBOURS + x] = first[width + NEIGHBOURS - 1];
        second[width + NEIGHBOURS + x] = second[width + NEIGHBOURS - 1];
    }
}

/* The local deviation of a row, from its columns' sums. */
TMK_WIDER static void deviate(float *restrict deviation, const sums *columns, int width)
{
    const double *first = columns->first, *second = columns->second;

    for (int x = 0; x < width; x++) {
        double sum = 0, squares = 0;
        float variance;

        for (int i = 0; i <= 2 * NEIGHBOURS; i++) {
            sum += first[x + i];
            squares += second[x + i];
        }
        variance = (float)((squares - sum * sum * (1.0 / SQUARE)) * (1.0 / SQUARE));
        deviation[x] = sqrtf(variance > 0 ? variance : 0);
    }
}

/* What makes up the mask on a page of some manner. */
typedef struct recipe {
    const profile *profile;
    float quiet, quiet_chroma, shift;
} recipe;

static recipe recipe_of(tmk_manner manner)
{
    float drawn = manner.drawn;

    return (recipe){manner.coloured ? &coloured_profile : &grey_profile,
                    QUIET + drawn * (QUIET_DRAWN - QUIET),
                    1 + drawn * (QUIET_CHROMA_DRAWN - 1),
                    SHIFT + drawn * (SHIFT_DRAWN - SHIFT)};
}

TMK_WIDER static void mask_row(float *restrict to_luma, float *restrict to_chroma,
                               const float *restrict luma, const float *restrict chroma,
                               const float *restrict deviation,
                               const float *restrict gradient, int width, const recipe *r)
{
    const profile p = *r->profile;
    const float lines = p.lines, fall_by = 1 / (p.lines - TEXTURE);
    const float shift_square = r->shift * r->shift, most_square = p.most * p.most;

    for (int x = 0; x < width; x++) {
        /* 0 at pure white and black, 1 in everything else */
        float white = (254.0f - luma[x]) * (1 / FADE), black = (luma[x] - 1.0f) * (1 / FADE);
        float colour = (chroma[x] < 0 ? -chroma[x] : chroma[x]) * (1 / COLOURED);
        float impure = unit(white < black ? white : black), room = unit(impure + colour);
        /* 0 in flats and line art, 1 at the best texture */
        float rise = deviation[x] * (1 / TEXTURE);
        float fall = (lines - deviation[x]) * fall_by;
        float texture = unit(rise < fall ? rise : fall);
        float alive = unit((deviation[x] - DEAD) * (1 / (ALIVE - DEAD)));
        float area = p.luma_flat * (r->quiet + (1 - r->quiet) * alive) * room *
                     (1 + p.luma_boost * texture);
        float shift = shift_square * gradient[x];
        float edge = impure * impure * (shift < most_square ? shift : most_square);

        to_luma[x] = sqrtf(area * area + edge);
        to_chroma[x] = p.chroma_flat * (r->quiet_chroma + (1 - r->quiet_chroma) * alive) *
                       room * (1 + p.chroma_boost * texture);
    }
}

/* Room for what is known of a row: its columns' sums, deviation and squared gradient. */
typedef struct scratch {
    sums columns;
    float *deviation, *gradient, *filtered;
} scratch;

static tmk_status make_scratch(scratch *s, int width, tmk_error *error)
{
    size_t padded = (size_t)width + 2 * NEIGHBOURS;

    s->columns.first = tmk_calloc(2 * padded, sizeof(double));
    s->deviation = tmk_calloc(2 * (size_t)width + TMK_GRADIENT_ROOM(width), sizeof(float));
    if (s->columns.first == NULL || s->deviation == NULL)
        return tmk_fail_memory(error, "the mask");
    s->columns.second = s->columns.first + padded;
    s->gradient = s->deviation + width;
    s->filtered = s->gradient + width;
    return TMK_OK;
}

static void release_scratch(scratch *s)
{
    tmk_free(s->columns.first);
    tmk_free(s->deviation);
}

tmk_status tmk_mask(tmk_plane *amplitude_luma, tmk_plane *amplitude_chroma,
                    const tmk_plane *luma, const tmk_plane *chroma, int first,
                    tmk_manner manner, tmk_error *error)
{
    const recipe used = recipe_of(manner);
    scratch s = {{NULL, NULL}, NULL, NULL, NULL};
    tmk_status status = make_scratch(&s, luma->width, error);

    for (int y = 0; status == TMK_OK && y < amplitude_luma->height; y++) {
        add_rows(&s.columns, luma, first + y);
        deviate(s.deviation, &s.columns, luma->width);
        tmk_gradient_row(s.gradient, luma, first + y, s.filtered);
        mask_row(tmk_plane_row(amplitude_luma, y), tmk_plane_row(amplitude_chroma, y),
                 tmk_plane_row(luma, first + y), tmk_plane_row(chroma, first + y),
                 s.deviation, s.gradient, luma->width, &used);
    }
    release_scratch(&s);
    return status;
}

/* ------------------------------------------------------------------- a page's manner */

/* Whether an edge is near each place of a row with this DEVIATION. */
static void find_edges(unsigned char *near, const float *deviation, int width)
{
    int left = -NEAR_EDGE - 1, right = width + NEAR_EDGE;

    for (int x = 0; x < width; x++) {
        left = deviation[x] >= GRAIN_END ? x : left;
        near[x] = x - left <= NEAR_EDGE;
    }
    for (int x = width - 1; x >= 0; x--) {
        right = deviation[x] >= GRAIN_END ? x : right;
        near[x] |= right - x <= NEAR_EDGE;
    }
}

static void count_row(tmk_ground *ground, const float *luma, const float *deviation,
                      const unsigned char *near, int width)
{
    for (int x = 0; x < width; x++) {
        int pure = luma[x] <= PURE || luma[x] >= 255 - PURE;

        ground->clean += near[x] && (pure || deviation[x] < DEAD);
        ground->grainy += near[x] && deviation[x] >= GRAIN && deviation[x] < GRAIN_END;
    }
}

tmk_status tmk_ground_count(tmk_ground *ground, const tmk_plane *luma, int y,
                            tmk_error *error)
{
    scratch s = {{NULL, NULL}, NULL, NULL, NULL};
    tmk_status status = make_scratch(&s, luma->width, error);

    *ground = (tmk_ground){0, 0};
    if (status == TMK_OK) {
        unsigned char *near = (unsigned char *)s.gradient; /* free, and large enough */

        add_rows(&s.columns, luma, y);
        deviate(s.deviation, &s.columns, luma->width);
        find_edges(near, s.deviation, luma->width);
        count_row(ground, tmk_plane_row(luma, y), s.deviation, near, luma->width);
    }
    release_scratch(&s);
    return status;
}

float tmk_ground_drawn(double clean, double grainy)
{
    double all = clean + grainy, share = all > 0 ? grainy / all : 1;

    return unit((float)((PAINTED_FROM - share) / (PAINTED_FROM - DRAWN_TO)));
}
