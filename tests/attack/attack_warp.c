/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Smooth warps that no affine map undoes. */
#include <math.h>
#include <string.h>

#include "tests/attack/attack_parts.h"

#define TURN (2 * 3.14159265358979323846)

/* Where the target's (X, Y) lies in the source; both in pixels from the corner. */
typedef void warp_function(const void *context, double x, double y, double to[2]);

static tmk_status warp(const attack_job *job, const tmk_picture *in, warp_function *where,
                       const void *context, tmk_picture *out)
{
    tmk_status status = attack_like(job, in, out);

    for (int y = 0; status == TMK_OK && y < out->height; y++) {
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < out->width; x++, to += out->channels) {
            double at[2];

            where(context, x + 0.5, y + 0.5, at);
            if (at[0] < 0 || at[1] < 0 || at[0] >= in->width || at[1] >= in->height)
                memset(to, 255, (size_t)out->channels);
            else
                attack_sample(in, at[0], at[1], to);
        }
    }
    return status;
}

/* x + f(x), y + g(y), sines of seeded phase: straight lines along the axes stay straight. */
typedef struct separable {
    double amplitude, period, phase[2];
} separable;

static void where_separable(const void *context, double x, double y, double to[2])
{
    const separable *w = context;

    to[0] = x + w->amplitude * sin(TURN * (x / w->period + w->phase[0]));
    to[1] = y + w->amplitude * sin(TURN * (y / w->period + w->phase[1]));
}

static tmk_status separable_warp(const attack_job *job, const tmk_picture *in,
                                 tmk_picture *out)
{
    dice d = dice_of(job->seed, 20);
    separable w = {job->number[0], job->number[1], {dice_unit(&d), dice_unit(&d)}};

    if (!(w.period >= 8))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a period of %g; 8 is the least",
                        w.period);
    return warp(job, in, where_separable, &w, out);
}

/* A sum of WAVES plane waves of seeded directions, of wavelengths from the least to twice
 * it; the greatest displacement along each axis is the amplitude. */
enum { WAVES = 4 };
typedef struct elastic {
    double amplitude, kx[2][WAVES], ky[2][WAVES], phase[2][WAVES];
} elastic;

static void where_elastic(const void *context, double x, double y, double to[2])
{
    const elastic *w = context;

    to[0] = x;
    to[1] = y;
    for (int axis = 0; axis < 2; axis++)
        for (int i = 0; i < WAVES; i++)
            to[axis] += w->amplitude / WAVES *
                        sin(w->kx[axis][i] * x + w->ky[axis][i] * y + w->phase[axis][i]);
}

static tmk_status elastic_warp(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 21);
    elastic w = {.amplitude = job->number[0]};

    if (!(job->number[1] >= 8))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a wavelength of %g; 8 is the least",
                        job->number[1]);
    for (int axis = 0; axis < 2; axis++)
        for (int i = 0; i < WAVES; i++) {
            double k = TURN / (job->number[1] * (1 + dice_unit(&d)));
            double angle = TURN * dice_unit(&d);

            w.kx[axis][i] = k * cos(angle);
            w.ky[axis][i] = k * sin(angle);
            w.phase[axis][i] = TURN * dice_unit(&d);
        }
    return warp(job, in, where_elastic, &w, out);
}

/* A projective map that leaves the centre and turns the picture's plane away. */
typedef struct projective {
    double cx, cy, px, py;
} projective;

static void where_projective(const void *context, double x, double y, double to[2])
{
    const projective *w = context;
    double dx = x - w->cx, dy = y - w->cy, depth = 1 + w->px * dx + w->py * dy;

    to[0] = w->cx + dx / depth;
    to[1] = w->cy + dy / depth;
}

static tmk_status perspective(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    dice d = dice_of(job->seed, 22);
    double share = job->number[0], angle = TURN * dice_unit(&d);
    projective w = {in->width / 2.0, in->height / 2.0, share * cos(angle) / in->width,
                    share * sin(angle) / in->height};

    if (!(share >= 0 && share <= 0.5))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a share of %g; 0 to 0.5 are known",
                        share);
    return warp(job, in, where_projective, &w, out);
}

const attack_row attack_warp_rows[] = {
    {{"warp", "warp:AMPLITUDE:PERIOD", "rows and columns moved by sines, each by itself"},
     2,
     2,
     separable_warp},
    {{"elastic", "elastic:AMPLITUDE:WAVELENGTH", "moved by waves that long or longer"},
     2,
     2,
     elastic_warp},
    {{"perspective", "perspective:SHARE", "sizes change by that share across the page"},
     1,
     1,
     perspective},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
