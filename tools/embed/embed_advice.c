/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A weak mark has one of three causes.  Where more strength helps, the page is tried with it.
 * Where a JPEG's coarse quantisers leave a mark nothing to change, finer ones help: the page is
 * encoded with them, and read again.  Else the page is too small or too plain.
 */
#include "embed/embed_advice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "paths.h"
#include "text.h"

#define FINER_QUALITY 60
#define SMALL_PAGE 300000 /* pixels; a page of 800 x 1280 has a million */

/* Strengths that are worth a try: the next ones can be seen. */
static const double strengths[] = {1.25, 1.6, 2};

static int is_weak(const output_result *out)
{
    return out->action == WRITTEN && out->report.margin_db < 0 &&
           !(out->was_verified && out->verified);
}

/* The margin at STRENGTH; -HUGE_VAL if it can't be had. */
static double margin_at(const strip_job *job, uint64_t mark, double strength)
{
    tmk_embed_options options;
    tmk_embed_report report = {.margin_db = -HUGE_VAL};
    tmk_image *image = NULL;
    tmk_error error;

    tmk_embed_options_init(&options);
    options.strength = strength;
    if (tmk_image_read(job->paths[0], &image, &error) == TMK_OK &&
        tmk_image_embed(job->run->key, image, mark, &options, &report, &error) != TMK_OK)
        report.margin_db = -HUGE_VAL;
    tmk_image_free(&image);
    return report.margin_db;
}

/* What more strength does, if it is enough: text that ends with free(). */
static char *try_strength(const strip_job *job, const output_result *out, uint64_t mark)
{
    double wanted = out->strength * pow(10, -out->report.margin_db / 20);
    char text[80];

    for (size_t i = 0; i < sizeof strengths / sizeof strengths[0]; i++) {
        double margin = strengths[i] >= wanted ? margin_at(job, mark, strengths[i])
                                               : -HUGE_VAL;

        if (margin <= 0)
            continue;
        snprintf(text, sizeof text, "--strength %g gives %+.1f dB", strengths[i], margin);
        return copied(text);
    }
    return NULL;
}

/* Marks the picture of IMAGE, encodes it with finer quantisers, and reads it. */
static int is_found(const strip_job *job, tmk_image *image, uint64_t mark, double strength)
{
    tmk_write_options write;
    tmk_embed_options options;
    tmk_extract_options effort;
    tmk_extract_result result = {0};
    tmk_image *coded = NULL;
    void *bytes = NULL;
    size_t size = 0;
    tmk_error error;
    int found;

    tmk_embed_options_init(&options);
    options.strength = strength;
    tmk_write_options_init(&write);
    write.format = TMK_JPEG;
    write.quality = FINER_QUALITY;
    tmk_extract_options_init(&effort);
    effort.effort = TMK_AS_RELEASED;
    effort.threads = job->threads;
    found = tmk_embed(job->run->key, tmk_image_picture(image), mark, &options, NULL,
                      &error) == TMK_OK &&
            tmk_image_encode(image, &write, &bytes, &size, &error) == TMK_OK &&
            tmk_image_decode(bytes, size, "page", &coded, &error) == TMK_OK &&
            tmk_extract(job->run->key, tmk_image_picture(coded), &effort, &result, &error) ==
                TMK_OK &&
            result.count > 0 && result.marks[0].mark == mark;
    tmk_image_free(&coded);
    free(bytes);
    return found;
}

static char *try_quality(const strip_job *job, const output_result *out, uint64_t mark)
{
    tmk_image *image = NULL;
    tmk_error error;
    char text[100];
    int found;

    if (!out->coefficients || tmk_image_read(job->paths[0], &image, &error) != TMK_OK)
        return NULL;
    found = is_found(job, image, mark, out->strength);
    tmk_image_free(&image);
    snprintf(text, sizeof text, "its quantisers are too coarse for one; --quality %d helps",
             FINER_QUALITY);
    return found ? copied(text) : NULL;
}

static char *explain(const output_result *out)
{
    char text[100];

    if (isinf(out->report.margin_db) || out->width * out->height >= SMALL_PAGE)
        return copied("the page is too plain");
    snprintf(text, sizeof text, "its %d x %lld pixels are too few", out->width,
             (long long)out->height);
    return copied(text);
}

void advise(strip_job *job)
{
    if (job->files != 1 || job->result->slices != 1 || is_stream(job->paths[0]))
        return;
    for (size_t t = 0; t < job->targets && job->result->advice == NULL; t++) {
        const output_result *out = &job->result->outputs[t];
        uint64_t mark = job->run->targets[t].mark;

        if (!is_weak(out))
            continue;
        job->result->advice = try_strength(job, out, mark);
        if (job->result->advice == NULL)
            job->result->advice = try_quality(job, out, mark);
        if (job->result->advice == NULL)
            job->result->advice = explain(out);
    }
}
