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

#ifdef TUNE
double tune(const char *name, double value);
#else
#define tune(name, value) (value)
#endif

/* Deviations, 8-bit grey levels, of the marks of luma and chroma in a flat. */
#define LUMA_FLAT 0.32f
#define CHROMA_FLAT 1.15f
/* By how much the deviation grows at the best texture. */
#define LUMA_BOOST 2.2f
#define CHROMA_BOOST 1.1f
/* Local deviation of the best texture, and from which on all is taken for line art. */
#define TEXTURE 11.0f
#define LINES 44.0f
/* Half the side, in pixels, of the square whose deviation counts. */
#define NEIGHBOURS 2
/* Grey levels over which the mark fades in beside pure white and black; a saturated
 * colour counts as further away, each grey level of Cb for so many fades. */
#define FADE 6.0f
#define COLOURED 6.0f

static inline float unit(float value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* 0 at pure white and black, 1 in everything else. */
static inline float away_from_pure(float luma, float chroma)
{
    float white = (254.0f - luma) / FADE, black = (luma - 1.0f) / FADE;
    float colour = (chroma < 0 ? -chroma : chroma) / COLOURED;

    return unit(unit(white < black ? white : black) + colour);
}

/* 0 in flats and line art, 1 at the best texture. */
static inline float texture_of(float mean, float mean_square)
{
    float variance = mean_square - mean * mean;
    float deviation = sqrtf(variance > 0 ? variance : 0);

    if (deviation < TEXTURE)
        return deviation / TEXTURE;
    return unit((LINES - deviation) / (LINES - TEXTURE));
}

tmk_status tmk_mask(tmk_plane *amplitude_luma, tmk_plane *amplitude_chroma,
                    const tmk_plane *luma, const tmk_plane *chroma, tmk_error *error)
{
    size_t count = (size_t)luma->width * (size_t)luma->height;
    tmk_plane *square = amplitude_chroma; /* until its own values are due */
    tmk_plane mean = {0}, mean_square = {0};
    tmk_status status = tmk_plane_alloc(&mean, luma->width, luma->height, error);
    const float luma_flat = (float)tune("AL", LUMA_FLAT), chroma_flat = (float)tune("AC", CHROMA_FLAT);
    const float luma_boost = (float)tune("TG", LUMA_BOOST), chroma_boost = (float)tune("TC", CHROMA_BOOST);

    if (status == TMK_OK)
        status = tmk_plane_alloc(&mean_square, luma->width, luma->height, error);
    for (size_t i = 0; status == TMK_OK && i < count; i++)
        square->samples[i] = luma->samples[i] * luma->samples[i];
    if (status == TMK_OK)
        status = tmk_plane_box_mean(&mean, luma, NEIGHBOURS, error);
    if (status == TMK_OK)
        status = tmk_plane_box_mean(&mean_square, square, NEIGHBOURS, error);
    for (size_t i = 0; status == TMK_OK && i < count; i++) {
        float room = away_from_pure(luma->samples[i], chroma->samples[i]);
        float texture = texture_of(mean.samples[i], mean_square.samples[i]);

        amplitude_luma->samples[i] = luma_flat * room * (1 + luma_boost * texture);
        amplitude_chroma->samples[i] = chroma_flat * room * (1 + chroma_boost * texture);
    }
    tmk_plane_release(&mean);
    tmk_plane_release(&mean_square);
    return status;
}
