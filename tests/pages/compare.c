/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare PAGE MARKED OUT: both, and their difference times 16 around grey, side by side. */
#include <stdio.h>
#include <stdlib.h>

#include "toonmark-file.h"

#define GAIN 16
#define GAP 16 /* white columns between the panels */

typedef struct panel {
    tmk_image *image;
    const tmk_picture *pixels;
} panel;

/* Sample C (red, green, blue) of a pixel in 8 bits, whatever the picture holds. */
static int sample(const tmk_picture *p, int x, int y, int c)
{
    const unsigned char *row = (const unsigned char *)p->pixels + (size_t)y * p->stride;
    size_t i = (size_t)x * (size_t)p->channels + (size_t)(p->channels >= 3 ? c : 0);

    return p->depth == 8 ? row[i] : (((const uint16_t *)(const void *)row)[i] + 128) / 257;
}

static unsigned char clip(int value)
{
    return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void paint_row(unsigned char *row, const tmk_picture *page, const tmk_picture *marked,
                      int y)
{
    unsigned char *right = row + 3 * (page->width + GAP);
    unsigned char *difference = right + 3 * (page->width + GAP);

    for (int i = 0; i < 3 * page->width; i++) {
        int before = sample(page, i / 3, y, i % 3), after = sample(marked, i / 3, y, i % 3);

        row[i] = clip(before);
        right[i] = clip(after);
        difference[i] = clip(128 + GAIN * (after - before));
    }
}

static tmk_status write_panels(const tmk_picture *page, const tmk_picture *marked,
                               const char *path, tmk_error *error)
{
    tmk_picture out = {.width = 3 * page->width + 2 * GAP,
                       .height = page->height,
                       .channels = 3,
                       .depth = 8};
    tmk_write_options options;
    tmk_image *image = NULL;
    tmk_status status;

    out.stride = (size_t)out.width * 3;
    out.pixels = malloc(out.stride * (size_t)out.height);
    if (out.pixels == NULL)
        return TMK_NO_MEMORY;
    for (size_t i = 0; i < out.stride * (size_t)out.height; i++)
        ((unsigned char *)out.pixels)[i] = 255;
    for (int y = 0; y < page->height; y++)
        paint_row((unsigned char *)out.pixels + (size_t)y * out.stride, page, marked, y);
    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    status = tmk_image_from_picture(&out, TMK_PNG, &image, error);
    if (status == TMK_OK)
        status = tmk_image_write(image, path, &options, error);
    tmk_image_free(&image);
    free(out.pixels);
    return status;
}

static tmk_status load(const char *path, panel *p, tmk_error *error)
{
    tmk_status status = tmk_image_read(path, &p->image, error);

    if (status == TMK_OK)
        p->pixels = tmk_image_picture(p->image);
    return status;
}

int main(int argc, char **argv)
{
    panel page = {NULL, NULL}, marked = {NULL, NULL};
    tmk_error error = {TMK_NO_MEMORY, "out of memory"};
    tmk_status status;

    if (argc != 4) {
        fputs("usage: compare PAGE MARKED OUT\n", stderr);
        return 2;
    }
    status = load(argv[1], &page, &error);
    if (status == TMK_OK)
        status = load(argv[2], &marked, &error);
    if (status == TMK_OK && (page.pixels->width != marked.pixels->width ||
                             page.pixels->height != marked.pixels->height)) {
        snprintf(error.text, sizeof error.text, "%.200s: another size than %.200s", argv[2],
                 argv[1]);
        status = TMK_BAD_ARGUMENT;
    }
    if (status == TMK_OK)
        status = write_panels(page.pixels, marked.pixels, argv[3], &error);
    tmk_image_free(&page.image);
    tmk_image_free(&marked.image);
    if (status != TMK_OK)
        fprintf(stderr, "compare: %s\n", error.text);
    return status == TMK_OK ? 0 : 1;
}
