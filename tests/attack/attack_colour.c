/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of colour, as readers' night modes and editors make them: each pixel by itself. */
#include <math.h>

#include "tests/attack/attack_parts.h"

#define DEGREES (3.14159265358979323846 / 180)

/* Red, green and blue become MATRIX times them; a grey page becomes a coloured one. */
static tmk_status mix(const attack_job *job, const tmk_picture *in, double matrix[3][3],
                      tmk_picture *out)
{
    tmk_status status = tmk_picture_alloc(out, in->width, in->height, 3, 8, job->error);

    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < in->width; x++, from += in->channels, to += 3) {
            int red = from[0], green = from[in->channels / 2], blue = from[in->channels - 1];

            for (int c = 0; c < 3; c++)
                to[c] = attack_clip(matrix[c][0] * red + matrix[c][1] * green +
                                    matrix[c][2] * blue);
        }
    }
    return status;
}

static tmk_status invert(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    tmk_status status = attack_like(job, in, out);

    for (int y = 0; status == TMK_OK && y < in->height; y++)
        for (int i = 0; i < in->width * in->channels; i++)
            tmk_picture_row(out, y)[i] = (uint8_t)(255 - tmk_picture_row(in, y)[i]);
    return status;
}

/* The matrix of hue-rotate() in the W3C's Filter Effects: luma and grey stay. */
static tmk_status hue(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    static const double luma[3] = {0.213, 0.715, 0.072};
    static const double turned[3][3] = {
        {-0.213, -0.715, 0.928}, {0.143, 0.140, -0.283}, {-0.787, 0.715, 0.072}};
    double c = cos(job->number[0] * DEGREES), s = sin(job->number[0] * DEGREES);
    double matrix[3][3];

    for (int to = 0; to < 3; to++)
        for (int from = 0; from < 3; from++)
            matrix[to][from] = luma[from] + c * ((to == from) - luma[from]) +
                               s * turned[to][from];
    return mix(job, in, matrix, out);
}

/* The matrix of sepia() there. */
static tmk_status sepia(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    static const double full[3][3] = {
        {0.393, 0.769, 0.189}, {0.349, 0.686, 0.168}, {0.272, 0.534, 0.131}};
    double share = attack_number(job, 0, 1), matrix[3][3];

    for (int to = 0; to < 3; to++)
        for (int from = 0; from < 3; from++)
            matrix[to][from] = share * full[to][from] + (1 - share) * (to == from);
    return mix(job, in, matrix, out);
}

static tmk_status gains(const attack_job *job, const tmk_picture *in, double red,
                        double green, double blue, tmk_picture *out)
{
    double matrix[3][3] = {{red, 0, 0}, {0, green, 0}, {0, 0, blue}};

    return mix(job, in, matrix, out);
}

/* A blackbody's colour by T. Helland's fit (2012), full red; 6600 K is white. */
static tmk_status night(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double t = job->number[0] / 100;

    if (!(t >= 20 && t <= 66))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "%g K; 2000 to 6600 are known",
                        job->number[0]);
    return gains(job, in, 1, fmin(1, (99.4708025861 * log(t) - 161.1195681661) / 255),
                 fmin(1, (138.5177312231 * log(t - 10) - 305.0447927307) / 255), out);
}

static tmk_status dim(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    double gain[3] = {1, 1, 1};

    if (!(job->number[0] >= 0 && job->number[0] <= 2))
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "channel %g; 0 to 2 are known",
                        job->number[0]);
    gain[(int)job->number[0]] = job->number[1];
    return gains(job, in, gain[0], gain[1], gain[2], out);
}

const attack_row attack_colour_rows[] = {
    {{"invert", "invert", "every sample from white, as in a dark mode"}, 0, 0, invert},
    {{"hue", "hue:DEGREES", "colours turned, luma kept"}, 1, 1, hue},
    {{"sepia", "sepia[:SHARE]", "toned brown, wholly or in part"}, 0, 1, sepia},
    {{"night", "night:KELVIN", "a night light: the gains of a blackbody"}, 1, 1, night},
    {{"dim", "dim:CHANNEL:FACTOR", "one channel (0 red, 1 green, 2 blue) times a factor"},
     2,
     2,
     dim},
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
