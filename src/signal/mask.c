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
 * Pure white and black, and the fringe beside them, are left alone: a mark there dirties
 * gutters and balloons and carries nothing.  Only exact arithmetic (no functions of the
 * mathematics library but the square root) is used, so that all machines agree.
 */
#include "signal/mask.h"

#include <math.h>

#include "base/memory.h"
#include "base/wider.h"

typedef struct profile {
    float luma_flat, chroma_flat;   /* the marks' deviations in a flat, 8-bit grey levels */
    float luma_boost, chroma_boost; /* by how much they grow at the best texture */
    float lines;                    /* local deviation from which on all is line art */
} profile;

static const profile coloured_profile = {0.32f, 1.15f, 2.2f, 1.1f, 44.0f};
/* Luma alone has to carry all, and screentones, of high deviation, hide much. */
static const profile grey_profile = {0.55f, 0.0f, 2.2f, 0.0f, 150.0f};

/* Local deviation of the best texture. */
#define TEXTURE 11.0f
/* Flats without any grain (vector art, not paint or scans) show luma most and cost most
 * bytes: its share there, and the deviations between which it rises. */
#define QUIET 0.5f
#define DEAD 0.3f
#define ALIVE 1.0f
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

TMK_WIDER static void mask_row(float *restrict to_luma, float *restrict to_chroma,
                               const float *restrict luma, const float *restrict chroma,
                               const float *restrict deviation, int width, const profile *p)
{
    const float lines = p->lines, fall_by = 1 / (p->lines - TEXTURE);

    for (int x = 0; x < width; x++) {
        /* 0 at pure white and black, 1 in everything else */
        float white = (254.0f - luma[x]) * (1 / FADE), black = (luma[x] - 1.0f) * (1 / FADE);
        float colour = (chroma[x] < 0 ? -chroma[x] : chroma[x]) * (1 / COLOURED);
        float room = unit(unit(white < black ? white : black) + colour);
        /* 0 in flats and line art, 1 at the best texture */
        float rise = deviation[x] * (1 / TEXTURE);
        float fall = (lines - deviation[x]) * fall_by;
        float texture = unit(rise < fall ? rise : fall);
        float quiet = QUIET + (1 - QUIET) * unit((deviation[x] - DEAD) * (1 / (ALIVE - DEAD)));

        to_luma[x] = p->luma_flat * quiet * room * (1 + p->luma_boost * texture);
        to_chroma[x] = p->chroma_flat * room * (1 + p->chroma_boost * texture);
    }
}

tmk_status tmk_mask(tmk_plane *amplitude_luma, tmk_plane *amplitude_chroma,
                    const tmk_plane *luma, const tmk_plane *chroma, int first, int coloured,
                    tmk_error *error)
{
    const profile used = coloured ? coloured_profile : grey_profile;
    int width = luma->width;
    size_t padded = (size_t)width + 2 * NEIGHBOURS;
    float *deviation = tmk_calloc(padded, sizeof *deviation);
    double *rows = tmk_calloc(2 * padded, sizeof *rows);
    sums columns = {rows, rows != NULL ? rows + padded : NULL};
    tmk_status status = TMK_OK;

    if (rows == NULL || deviation == NULL)
        status = tmk_fail_memory(error, "the mask");
    for (int y = 0; status == TMK_OK && y < amplitude_luma->height; y++) {
        add_rows(&columns, luma, first + y);
        deviate(deviation, &columns, width);
        mask_row(tmk_plane_row(amplitude_luma, y), tmk_plane_row(amplitude_chroma, y),
                 tmk_plane_row(luma, first + y), tmk_plane_row(chroma, first + y), deviation,
                 width, &used);
    }
    tmk_free(rows);
    tmk_free(deviation);
    return status;
}
