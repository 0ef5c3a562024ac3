/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *     picture -> 8 bits, on white where it is transparent -> 3/4 of the size -> codec
 *
 * The levels are the common, the usual worst and the worst still read of what is known of
 * portals and pirates: image libraries and portals save JPEG at 70 to 90, most at 75, with
 * halved chroma; collections are packed at JPEG 50 or WebP 50, and cut from 1080 or 940
 * columns to 800 or 720 before.
 */
#include "release/wear.h"

#include <stdlib.h>

#include "file/imagefile.h"
#include "base/picture.h"

typedef struct wearing {
    int small; /* three quarters of the size */
    tmk_format format;
    int quality;
} wearing;

static const wearing wearings[] = {
    [TMK_VERIFY_NONE] = {0, TMK_FORMAT_UNKNOWN, 0},
    [TMK_VERIFY_LIGHT] = {0, TMK_JPEG, 75},
    [TMK_VERIFY_NORMAL] = {0, TMK_JPEG, 50},
    [TMK_VERIFY_HARD] = {1, TMK_WEBP, 50},
};

double tmk_wear_scale(tmk_verify_level level)
{
    return wearings[level].small ? 0.75 : 1;
}

/* A pixel of OUT channels on white, from the same followed by alpha. */
static void put_on_white(unsigned char *out, const unsigned char *in, int channels)
{
    int alpha = in[channels];

    for (int c = 0; c < channels; c++)
        out[c] = (unsigned char)((in[c] * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* PLAIN becomes PICTURE in 8 bits and without alpha. */
static tmk_status flatten(tmk_picture *plain, const tmk_picture *picture, tmk_error *error)
{
    int alpha = tmk_picture_has_alpha(picture), channels = picture->channels - alpha;
    unsigned char *row = NULL;
    tmk_status status = tmk_picture_alloc(plain, picture->width, picture->height, channels, 8,
                                          error);

    if (status != TMK_OK)
        return status;
    if (alpha && (row = malloc((size_t)picture->width * (size_t)picture->channels)) == NULL) {
        tmk_picture_release(plain);
        return tmk_fail_memory(error, "a copy on white");
    }
    for (int y = 0; y < picture->height; y++) {
        unsigned char *out = tmk_picture_row(plain, y);

        tmk_file_row8(picture, y, picture->channels, alpha ? row : out);
        for (int x = 0; alpha && x < picture->width; x++)
            put_on_white(out + x * channels, row + x * picture->channels, channels);
    }
    free(row);
    return TMK_OK;
}

/* How much of each of the two samples that it touches a sample of three quarters has, in
 * quarters: they begin at 0, 1 and 2 of every four. */
static const unsigned shares[3][2] = {{3, 1}, {2, 2}, {1, 3}};

/* SMALL becomes the mean of what lies under each pixel: three for every four of PICTURE,
 * of 8 bits; columns and rows beyond a multiple of four may be left out. */
static tmk_status shrink(tmk_picture *small, const tmk_picture *picture, tmk_error *error)
{
    int channels = picture->channels;
    tmk_status status = tmk_picture_alloc(small, picture->width * 3 / 4,
                                          picture->height * 3 / 4, channels, 8, error);

    for (int y = 0; status == TMK_OK && y < small->height; y++) {
        const unsigned *down = shares[y % 3];
        const unsigned char *upper = tmk_picture_row(picture, y / 3 * 4 + y % 3);
        const unsigned char *lower = tmk_picture_row(picture, y / 3 * 4 + y % 3 + 1);
        unsigned char *out = tmk_picture_row(small, y);

        for (int x = 0; x < small->width; x++) {
            const unsigned *across = shares[x % 3];
            int left = (x / 3 * 4 + x % 3) * channels;

            for (int c = left; c < left + channels; c++) {
                unsigned sum =
                    down[0] * (across[0] * upper[c] + across[1] * upper[c + channels]) +
                    down[1] * (across[0] * lower[c] + across[1] * lower[c + channels]);

                *out++ = (unsigned char)((sum + 8) / 16);
            }
        }
    }
    return status;
}

/* Encodes PICTURE and decodes it. */
static tmk_status recode(const tmk_picture *picture, const wearing *w, tmk_image **worn,
                         tmk_error *error)
{
    tmk_write_options options;
    tmk_image *image = NULL;
    void *bytes = NULL;
    size_t size = 0;
    tmk_status status = tmk_image_from_picture(picture, w->format, &image, error);

    tmk_write_options_init(&options);
    options.quality = w->quality;
    if (status == TMK_OK)
        status = tmk_image_encode(image, &options, &bytes, &size, error);
    tmk_image_free(&image);
    if (status == TMK_OK)
        status = tmk_image_decode(bytes, size, "a copy to be verified", worn, error);
    free(bytes);
    return status;
}

tmk_status tmk_wear(const tmk_picture *picture, tmk_verify_level level, tmk_image **worn,
                    tmk_error *error)
{
    const wearing *w = &wearings[level];
    tmk_picture plain = {0}, small = {0};
    tmk_status status;

    *worn = NULL;
    if (w->format == TMK_FORMAT_UNKNOWN)
        return tmk_image_from_picture(picture, TMK_PNG, worn, error);
    status = flatten(&plain, picture, error);
    if (status == TMK_OK && w->small)
        status = shrink(&small, &plain, error);
    if (status == TMK_OK)
        status = recode(w->small ? &small : &plain, w, worn, error);
    tmk_picture_release(&plain);
    tmk_picture_release(&small);
    return status;
}
