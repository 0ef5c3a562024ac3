/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads an attack's name, prepares the picture, and runs the steps. */
#include "tests/attack/attack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack_parts.h"
#include "tests/pages/draw.h"

/* ---------------------------------------------------------------- preparation */

/* Sample C of the pixel at P in 8 bits, whatever the depth. */
static int sample_of(const unsigned char *p, int c, int depth)
{
    uint16_t value;

    if (depth == 8)
        return p[c];
    memcpy(&value, p + 2 * (size_t)c, sizeof value);
    return (value + 128) / 257;
}

static void flatten_row(const tmk_picture *in, int y, uint8_t *row, int channels)
{
    size_t pixel = tmk_picture_pixel_size(in);
    int has_alpha = tmk_picture_has_alpha(in);

    for (int x = 0; x < in->width; x++) {
        const unsigned char *p = tmk_picture_row(in, y) + (size_t)x * pixel;
        int alpha = has_alpha ? sample_of(p, channels, in->depth) : 255;

        for (int c = 0; c < channels; c++) {
            int mixed = sample_of(p, c, in->depth) * alpha + 255 * (255 - alpha);

            row[x * channels + c] = (uint8_t)((mixed + 127) / 255);
        }
    }
}

/* IN as 8-bit grey or RGB, alpha laid on white. */
static tmk_status flatten(const tmk_picture *in, tmk_picture *out, tmk_error *error)
{
    int channels = in->channels < 3 ? 1 : 3;
    tmk_status status = tmk_picture_check(in, error);

    if (status == TMK_OK)
        status = tmk_picture_alloc(out, in->width, in->height, channels, 8, error);
    for (int y = 0; status == TMK_OK && y < in->height; y++)
        flatten_row(in, y, tmk_picture_row(out, y), channels);
    return status;
}

/* ---------------------------------------------------------------------- names */

static const attack_row none_rows[] = {
    {{"none", "none", "the page as it is"}, 0, 0, NULL},
};

static const attack_row *const groups[] = {
    attack_codec_rows,   attack_resize_rows, attack_geometry_rows, attack_filter_rows,
    attack_denoise_rows, attack_tone_rows,   attack_palette_rows,  attack_overlay_rows,
    attack_chain_rows,   attack_colour_rows, attack_warp_rows,     attack_coring_rows,
};

static const attack_row *find_row(const char *word)
{
    if (strcmp(word, none_rows[0].entry.word) == 0)
        return &none_rows[0];
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
        for (const attack_row *row = groups[g]; row->run != NULL; row++)
            if (strcmp(word, row->entry.word) == 0)
                return row;
    return NULL;
}

/* Takes one argument into JOB; 0 where it can't be placed. */
static int take_argument(attack_job *job, const char *text)
{
    char *end;
    double number = strtod(text, &end);

    if (end != text && *end == '\0' && fabs(number) <= 1e6) {
        if (job->numbers == 4)
            return 0;
        job->number[job->numbers++] = number;
        return 1;
    }
    if (job->word[0] != '\0' || text[0] == '\0' || strlen(text) >= sizeof job->word)
        return 0;
    strcpy(job->word, text);
    return 1;
}

/* Splits STEP ("word:argument:...", which is changed) and finds its row. */
static tmk_status parse_step(char *step, attack_job *job, const attack_row **row)
{
    char *rest = strchr(step, ':');

    job->numbers = 0;
    job->word[0] = '\0';
    if (rest != NULL)
        *rest++ = '\0';
    *row = find_row(step);
    if (*row == NULL)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT,
                        "\"%s\" is no attack; --list shows all of them", step);
    while (rest != NULL) {
        char *next = strchr(rest, ':');

        if (next != NULL)
            *next++ = '\0';
        if (!take_argument(job, rest))
            return tmk_fail(job->error, TMK_BAD_ARGUMENT, "\"%s\" is no argument; write %s",
                            rest, (*row)->entry.syntax);
        rest = next;
    }
    if (job->numbers < (*row)->least || job->numbers > (*row)->most)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "%d numbers for %s; write %s",
                        job->numbers, step, (*row)->entry.syntax);
    return TMK_OK;
}

/* -------------------------------------------------------------------- running */

static tmk_status run_step(attack_job *job, char *step, tmk_picture *held)
{
    const attack_row *row;
    tmk_picture made = {0};
    tmk_status status = parse_step(step, job, &row);

    if (status != TMK_OK || row->run == NULL)
        return status;
    status = row->run(job, held, &made);
    if (status == TMK_OK) {
        tmk_picture_release(held);
        *held = made;
    }
    return status;
}

tmk_status attack_replace(const attack_job *job, const char *name, tmk_picture *held)
{
    char copy[512];
    char *step = copy;
    dice seeds = dice_of(job->seed, 0x737465707376u);
    tmk_status status = TMK_OK;

    if (strlen(name) >= sizeof copy)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "an attack's name of %zu bytes",
                        strlen(name));
    strcpy(copy, name);
    while (status == TMK_OK && step != NULL) {
        char *next = strchr(step, '+');
        attack_job one = *job;

        if (next != NULL)
            *next++ = '\0';
        one.seed = dice_next(&seeds);
        status = run_step(&one, step, held);
        step = next;
    }
    return status;
}

tmk_status attack_steps(const attack_job *job, const char *name, const tmk_picture *in,
                        tmk_picture *out)
{
    tmk_picture held = {0};
    tmk_status status = tmk_picture_copy(&held, in, job->error);

    if (status == TMK_OK)
        status = attack_replace(job, name, &held);
    if (status == TMK_OK)
        *out = held;
    else
        tmk_picture_release(&held);
    return status;
}

tmk_status attack_like(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return tmk_picture_alloc(out, in->width, in->height, in->channels, 8, job->error);
}

/* ---------------------------------------------------------------- other pages */

/* PAGE with the channels of LIKE. */
static tmk_status match_channels(const attack_job *job, const tmk_picture *page,
                                 const tmk_picture *like, tmk_picture *out)
{
    tmk_status status = tmk_picture_alloc(out, page->width, page->height, like->channels, 8,
                                          job->error);

    for (int y = 0; status == TMK_OK && y < page->height; y++) {
        const uint8_t *from = tmk_picture_row(page, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < page->width; x++, from += page->channels, to += out->channels)
            for (int c = 0; c < out->channels; c++)
                to[c] = page->channels == out->channels
                            ? from[c]
                            : (uint8_t)attack_luma(from, page->channels);
    }
    return status;
}

tmk_status attack_fit(const attack_job *job, const tmk_picture *page, const tmk_picture *like,
                      tmk_picture *out)
{
    tmk_picture matched = {0};
    int height = (int)((double)page->height * like->width / page->width + 0.5);
    tmk_status status = match_channels(job, page, like, &matched);

    if (status != TMK_OK)
        return status;
    if (page->width == like->width) {
        *out = matched;
        return TMK_OK;
    }
    status = attack_resize(job, &matched, like->width, height < 1 ? 1 : height,
                           KERNEL_LANCZOS, out);
    tmk_picture_release(&matched);
    return status;
}

tmk_status attack_neighbour(const attack_job *job, int index, const tmk_picture *like,
                            tmk_picture *out)
{
    dice d = dice_of(job->seed, 0x6e656967u + (uint64_t)index);
    tmk_picture drawn = {0};
    tmk_status status;

    if (job->second != NULL)
        return attack_fit(job, job->second, like, out);
    status = draw_page(dice_next(&d), like->channels == 1 ? DRAW_MANGA : DRAW_COLOUR, 800,
                       1280, &drawn, job->error);
    if (status == TMK_OK)
        status = attack_fit(job, &drawn, like, out);
    tmk_picture_release(&drawn);
    return status;
}

void attack_paste_rows(const tmk_picture *source, tmk_picture *target, int top)
{
    for (int y = 0; y < source->height; y++)
        if (top + y >= 0 && top + y < target->height)
            memcpy(tmk_picture_row(target, top + y), tmk_picture_row(source, y),
                   target->stride);
}

/* --------------------------------------------------------------------- public */

double attack_psnr(const tmk_picture *a, const tmk_picture *b)
{
    double sum = 0;
    int samples = a->width * a->channels;

    if (a->width != b->width || a->height != b->height || a->channels != b->channels)
        return -1;
    for (int y = 0; y < a->height; y++) {
        const uint8_t *p = tmk_picture_row(a, y), *q = tmk_picture_row(b, y);

        for (int i = 0; i < samples; i++)
            sum += (p[i] - q[i]) * (p[i] - q[i]);
    }
    if (sum == 0)
        return HUGE_VAL;
    return 10 * log10(255.0 * 255.0 * samples * (double)a->height / sum);
}

const attack_entry *attack_table(size_t index)
{
    if (index == 0)
        return &none_rows[0].entry;
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
        for (const attack_row *row = groups[g]; row->run != NULL; row++)
            if (--index == 0)
                return &row->entry;
    return NULL;
}

tmk_status attack_apply_beside(const char *name, uint64_t seed, const tmk_picture *in,
                               const tmk_picture *second, tmk_picture *out, tmk_error *error)
{
    attack_job job = {.seed = seed, .error = error};
    tmk_picture flat = {0}, other = {0};
    tmk_status status = flatten(in, &flat, error);

    if (status == TMK_OK && second != NULL) {
        status = flatten(second, &other, error);
        job.second = &other;
    }
    if (status == TMK_OK)
        status = attack_replace(&job, name, &flat);
    tmk_picture_release(&other);
    if (status == TMK_OK)
        *out = flat;
    else
        tmk_picture_release(&flat);
    return status;
}

tmk_status attack_apply(const char *name, uint64_t seed, const tmk_picture *in,
                        tmk_picture *out, tmk_error *error)
{
    return attack_apply_beside(name, seed, in, NULL, out, error);
}
