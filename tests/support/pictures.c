/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/pictures.h"
#include "toonmark-file.h"

tmk_key *key_of(unsigned number)
{
    uint8_t bytes[TMK_KEY_BYTES] = {(uint8_t)number, (uint8_t)(number >> 8), 0x5a};
    tmk_key *key = NULL;

    ck_assert_int_eq(tmk_key_from_bytes(bytes, &key, NULL), TMK_OK);
    return key;
}

/* ----------------------------------------------------------------------- pictures */

tmk_picture new_picture(int width, int height, int channels, int depth)
{
    tmk_picture picture = {0};

    ck_assert_int_eq(tmk_picture_alloc(&picture, width, height, channels, depth, NULL),
                     TMK_OK);
    return picture;
}

tmk_picture copy_of(const tmk_picture *source)
{
    tmk_picture copy = {0};

    ck_assert_int_eq(tmk_picture_copy(&copy, source, NULL), TMK_OK);
    return copy;
}

tmk_picture rows_of(const tmk_picture *page, int first, int rows)
{
    tmk_picture part = *page;

    part.pixels = tmk_picture_row(page, first);
    part.height = rows;
    return part;
}

int get_sample(const tmk_picture *picture, int x, int y, int c)
{
    const unsigned char *row = tmk_picture_row(picture, y);
    int i = x * picture->channels + c;

    return picture->depth == 8 ? row[i] : ((const uint16_t *)(const void *)row)[i];
}

void set_sample(const tmk_picture *picture, int x, int y, int c, int value)
{
    unsigned char *row = tmk_picture_row(picture, y);
    int i = x * picture->channels + c;

    if (picture->depth == 8)
        row[i] = (unsigned char)value;
    else
        ((uint16_t *)(void *)row)[i] = (uint16_t)value;
}

static void assert_same_kind(const tmk_picture *a, const tmk_picture *b)
{
    ck_assert(a->width == b->width && a->height == b->height && a->channels == b->channels &&
              a->depth == b->depth);
}

int same_pixels(const tmk_picture *a, const tmk_picture *b)
{
    size_t row = (size_t)a->width * tmk_picture_pixel_size(a);

    assert_same_kind(a, b);
    for (int y = 0; y < a->height; y++)
        if (memcmp(tmk_picture_row(a, y), tmk_picture_row(b, y), row) != 0)
            return 0;
    return 1;
}

double rms_between(const tmk_picture *a, const tmk_picture *b)
{
    double sum = 0, unit = a->depth == 16 ? 257 : 1;

    assert_same_kind(a, b);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++)
            for (int c = 0; c < a->channels; c++) {
                double change = (get_sample(a, x, y, c) - get_sample(b, x, y, c)) / unit;

                sum += change * change;
            }
    return sqrt(sum / a->width / a->height / a->channels);
}

/* ------------------------------------------------------------------------ drawing */

void fill_noise(const tmk_picture *picture, uint64_t seed)
{
    int most = picture->depth == 8 ? 255 : 65535;
    dice d = dice_of(seed, 0);

    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            for (int c = 0; c < picture->channels; c++)
                set_sample(picture, x, y, c, dice_int(&d, 0, most));
}

void fill_gradients(const tmk_picture *picture, uint64_t seed)
{
    dice d = dice_of(seed, 1);
    int unit = picture->depth == 8 ? 1 : 257;
    int colours = picture->channels >= 3 ? 3 : 1;

    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            for (int c = 0; c < picture->channels; c++) {
                int wave = (x * (c + 2) + y * (4 - c)) / 4 % 350;
                int level = 40 + (wave < 175 ? wave : 349 - wave) + dice_int(&d, 0, 1);

                set_sample(picture, x, y, c, c < colours ? level * unit : 255 * unit);
            }
}

tmk_picture gradients(int width, int height, int channels, int depth, uint64_t seed)
{
    tmk_picture page = new_picture(width, height, channels, depth);

    fill_gradients(&page, seed);
    return page;
}

/* A colour of 16 bits, drawn for a page of 16 panels. */
static unsigned colour_at(int x, int y, int channel, uint64_t seed, dice *grain)
{
    dice panel = {seed * 64 + (uint64_t)(x / 24 % 4 * 4 + y / 24 % 4) * 4 +
                  (uint64_t)channel};
    unsigned flat = dice_bits(&panel) % 160u + 40u;
    unsigned slope = (unsigned)(x + y) % 32u;
    int line = x % 24 == 0 || y % 24 == 1;

    return line ? 0x1234u : ((flat + slope) << 8) + dice_bits(grain) % 1024u;
}

static unsigned alpha_at(int x, int y)
{
    int place = (x / 8 + y / 8) % 3;

    return place == 0 ? 0u : place == 1 ? 0x8080u : 0xFFFFu;
}

tmk_picture panels(int width, int height, int channels, int depth, uint64_t seed)
{
    tmk_picture picture = new_picture(width, height, channels, depth);
    int colours = channels - (channels + 1) % 2, shift = depth == 16 ? 0 : 8;
    dice grain = {seed};

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            for (int c = 0; c < colours; c++)
                set_sample(&picture, x, y, c,
                           (int)(colour_at(x, y, c, seed, &grain) >> shift));
            if (colours < channels)
                set_sample(&picture, x, y, colours, (int)(alpha_at(x, y) >> shift));
        }
    return picture;
}

/* -------------------------------------------------------------------------- files */

void save_picture(const tmk_picture *picture, const char *name, int quality)
{
    tmk_write_options options;
    tmk_image *image = NULL;
    tmk_error error = {TMK_OK, ""};

    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    options.quality = quality;
    ck_assert_int_eq(tmk_image_from_picture(picture, tmk_format_of_path(name), &image, NULL),
                     TMK_OK);
    ck_assert_msg(tmk_image_write(image, name, &options, &error) == TMK_OK, "%s", error.text);
    tmk_image_free(&image);
}

tmk_picture load_picture(const char *name)
{
    tmk_image *image = NULL;
    tmk_picture picture;
    tmk_error error = {TMK_OK, ""};

    ck_assert_msg(tmk_image_read(name, &image, &error) == TMK_OK, "%s", error.text);
    picture = copy_of(tmk_image_picture(image));
    tmk_image_free(&image);
    return picture;
}

/* ------------------------------------------------------------------------- planes */

tmk_plane new_plane(int width, int height)
{
    tmk_plane plane = {0};

    ck_assert_int_eq(tmk_plane_alloc(&plane, width, height, NULL), TMK_OK);
    return plane;
}

tmk_plane noise_plane(int width, int height, double low, double high, uint64_t seed)
{
    tmk_plane plane = new_plane(width, height);
    dice d = dice_of(seed, 2);

    for (int i = 0; i < width * height; i++)
        plane.samples[i] = (float)dice_between(&d, low, high);
    return plane;
}

double chi_squared_of(const unsigned *cells, size_t count, double expected)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (cells[i] - expected) * (cells[i] - expected) / expected;
    return sum;
}
