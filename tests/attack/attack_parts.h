/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of the attack program; pictures here have 1 or 3 samples of 8 bits. */
#ifndef TESTS_ATTACK_PARTS_H
#define TESTS_ATTACK_PARTS_H

#include "tests/attack/attack.h"
#include "base/status.h"
#include "base/picture.h"
#include "tests/support/dice.h"

/* One step: its arguments and everything else that decides the outcome. */
typedef struct attack_job {
    double number[4]; /* the numeric arguments, in order */
    int numbers;
    char word[24]; /* the argument that is no number, or "" */
    uint64_t seed;
    const tmk_picture *second; /* may be NULL */
    tmk_error *error;
} attack_job;

typedef tmk_status attack_function(const attack_job *job, const tmk_picture *in,
                                   tmk_picture *out);

typedef struct attack_row {
    attack_entry entry;
    int least, most; /* numeric arguments */
    attack_function *run;
} attack_row;

/* Each file of attacks gives its rows; the last has run == NULL. */
extern const attack_row attack_codec_rows[];
extern const attack_row attack_resize_rows[];
extern const attack_row attack_geometry_rows[];
extern const attack_row attack_filter_rows[];
extern const attack_row attack_denoise_rows[];
extern const attack_row attack_tone_rows[];
extern const attack_row attack_palette_rows[];
extern const attack_row attack_overlay_rows[];
extern const attack_row attack_chain_rows[];
extern const attack_row attack_colour_rows[];
extern const attack_row attack_coring_rows[];
extern const attack_row attack_warp_rows[];

/* Argument INDEX, or FALLBACK where it was not given. */
static inline double attack_number(const attack_job *job, int index, double fallback)
{
    return index < job->numbers ? job->number[index] : fallback;
}

static inline uint8_t attack_clip(double value)
{
    if (value <= 0)
        return 0;
    return value >= 255 ? 255 : (uint8_t)(value + 0.5);
}

/* VALUE moved into 0 to SIZE - 1: edges repeat. */
static inline int attack_inside(int value, int size)
{
    return value < 0 ? 0 : value >= size ? size - 1 : value;
}

/* Luma of the pixel at P (Pillow's weights, which are those of BT.601). */
static inline int attack_luma(const uint8_t *p, int channels)
{
    if (channels == 1)
        return p[0];
    return (p[0] * 19595 + p[1] * 38470 + p[2] * 7471 + 0x8000) >> 16;
}

/* A new picture of IN's shape. */
tmk_status attack_like(const attack_job *job, const tmk_picture *in, tmk_picture *out);

/* The steps that NAME lists, with the surroundings of JOB: chains are written with this. */
tmk_status attack_steps(const attack_job *job, const char *name, const tmk_picture *in,
                        tmk_picture *out);

/* Runs attack_steps on *HELD, which is replaced by the outcome. */
tmk_status attack_replace(const attack_job *job, const char *name, tmk_picture *held);

typedef enum attack_kernel {
    KERNEL_NEAREST,
    KERNEL_BILINEAR, /* widened when shrinking, as Pillow and ImageMagick do */
    KERNEL_AREA,     /* exact coverage, as OpenCV's INTER_AREA */
    KERNEL_BICUBIC,
    KERNEL_LANCZOS,
    KERNEL_BILINEAR_ALIAS, /* two taps whatever the scale, as OpenCV's INTER_LINEAR */
    KERNEL_BICUBIC_ALIAS   /* four taps whatever the scale, as OpenCV's INTER_CUBIC */
} attack_kernel;

tmk_status attack_resize(const attack_job *job, const tmk_picture *in, int width, int height,
                         attack_kernel kernel, tmk_picture *out);

/* The bicubic value at (X, Y), in pixels from the upper left corner; edges repeat. */
void attack_sample(const tmk_picture *in, double x, double y, uint8_t *to);

/* Copies the WIDTH x HEIGHT pixels of IN from (LEFT, TOP) on into a new picture. */
tmk_status attack_cut(const attack_job *job, const tmk_picture *in, int left, int top,
                      int width, int height, tmk_picture *out);

/* PAGE in the width and channels of LIKE: Lanczos, grey to RGB or back. */
tmk_status attack_fit(const attack_job *job, const tmk_picture *page, const tmk_picture *like,
                      tmk_picture *out);

/* Copies SOURCE into TARGET from row TOP on; rows that lie outside are dropped. */
void attack_paste_rows(const tmk_picture *source, tmk_picture *target, int top);

/* The page that lies beside this one: JOB's own, or number INDEX of those drawn by seed,
 * in the width and channels of LIKE. */
tmk_status attack_neighbour(const attack_job *job, int index, const tmk_picture *like,
                            tmk_picture *out);

#endif
