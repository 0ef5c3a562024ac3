/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/golden/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key/keystream.h"
#include "carrier/carrier.h"
#include "code/payload.h"
#include "base/picture.h"
#include "tests/support/content.h"

const golden_file golden_files[GOLDEN_FILES] = {
    {"page.png", 256, 320, 1, 0},
    {"page.jpg", 320, 400, 3, 85},
    {"page.webp", 320, 400, 3, 85},
};

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "golden: %s failed\n", what);
        exit(EXIT_FAILURE);
    }
}

tmk_key *golden_key(void)
{
    uint8_t bytes[TMK_KEY_BYTES];
    tmk_key *key = NULL;

    for (int i = 0; i < TMK_KEY_BYTES; i++)
        bytes[i] = (uint8_t)i;
    require(tmk_key_from_bytes(bytes, &key, NULL) == TMK_OK, "the key");
    return key;
}

/* Slopes, a dark frame, a grain, a white strip and a clear corner. */
static int level_at(int x, int y, int c, int width, int height)
{
    int wave = (x * (c + 1) + y * (3 - c)) / 3 % 300;
    int level = 50 + (wave < 150 ? wave : 299 - wave) + ((x * 7 ^ y * 5) & 2);

    if (x / 3 == 0 || y / 3 == 0)
        return 12;
    if (y >= height - 20 && x < width / 2)
        return 255;
    if ((x / 32 + y / 32) % 3 == 0)
        level += (x * x + 3 * y * (c + 1)) % 11 - 5;
    return level;
}

tmk_picture golden_page(int width, int height, int channels, int depth)
{
    tmk_picture page = {0};

    require(tmk_picture_alloc(&page, width, height, channels, depth, NULL) == TMK_OK,
            "a page");
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++) {
                int alpha = tmk_picture_has_alpha(&page) && c == channels - 1;
                int level = alpha ? (x > width - 40 && y < 40 ? 0 : 255)
                                  : level_at(x, y, c, width, height);
                unsigned char *row = tmk_picture_row(&page, y);
                int i = x * channels + c;

                if (depth == 8)
                    row[i] = (unsigned char)level;
                else
                    ((uint16_t *)(void *)row)[i] =
                        (uint16_t)(257 * level - (level > 20 && level < 250) * (x * y % 97));
            }
    return page;
}

/* --------------------------------------------------------------------- hashes */

typedef struct digest {
    tmk_hash hash;
} digest;

static digest digest_begin(void)
{
    tmk_subkey subkey = {{'g', 'o', 'l', 'd', 'e', 'n'}};
    digest d;

    tmk_keyed_hash_init(&d.hash, &subkey);
    return d;
}

/* Numbers go in as four bytes, the lowest first, whatever the machine. */
static void digest_number(digest *d, int number)
{
    uint8_t bytes[4];

    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)((unsigned)number >> (8 * i));
    tmk_hash_update(&d->hash, bytes, sizeof bytes);
}

static void digest_end(digest *d, golden_value *value)
{
    uint8_t bytes[TMK_HASH_BYTES];

    tmk_hash_final(&d->hash, bytes);
    for (int i = 0; i < TMK_HASH_BYTES; i++)
        snprintf(value->value + 2 * i, 3, "%02x", bytes[i]);
}

static golden_value *next(golden_value *values, int *count, const char *name)
{
    require(*count < GOLDEN_VALUES, "the list of values");
    snprintf(values[*count].name, sizeof values->name, "%s", name);
    return &values[(*count)++];
}

static void hash_codewords(golden_value *value)
{
    static const uint64_t marks[] = {0, 1, GOLDEN_MARK, UINT64_MAX, UINT64_C(1) << 63};
    uint8_t coded[TMK_CODE_BITS];
    digest d = digest_begin();

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        tmk_payload_encode(marks[i], coded);
        tmk_hash_update(&d.hash, coded, sizeof coded);
    }
    digest_end(&d, value);
}

/* Bins, their roles, their coded bits and their phases, in every tile of the period. */
static void hash_carriers(const tmk_carriers *carriers, tmk_component component,
                          golden_value *value)
{
    static const int bands[] = {0, 1, 2047, TMK_BANDS - 1};
    uint16_t bits[TMK_MAX_BINS];
    uint8_t phases[TMK_MAX_BINS];
    digest d = digest_begin();
    int count;
    const tmk_bin *bins = tmk_carriers_bins(carriers, component, &count);

    digest_number(&d, count);
    for (int i = 0; i < count; i++) {
        digest_number(&d, bins[i].x);
        digest_number(&d, bins[i].y);
    }
    for (int position = 0; position < TMK_POSITIONS; position++)
        for (int role = 0; role < TMK_ROLES; role++) {
            const uint16_t *slots = tmk_carriers_slots(carriers, component, (tmk_role)role,
                                                       position, &count);

            tmk_carriers_bits(carriers, component, position, bits);
            for (int i = 0; i < count; i++) {
                digest_number(&d, slots[i]);
                if (role == TMK_DATA)
                    digest_number(&d, bits[i]);
            }
            for (size_t b = 0; b < sizeof bands / sizeof bands[0]; b++) {
                tmk_carriers_phases(carriers, component, (tmk_role)role, bands[b], position,
                                    phases);
                tmk_hash_update(&d.hash, phases, (size_t)count);
            }
        }
    digest_end(&d, value);
}

static void hash_origin(const tmk_key *key, golden_value *value)
{
    tmk_picture page = golden_page(97, 83, 3, 16);
    uint8_t content[TMK_CONTENT_BYTES];
    tmk_origin origin;

    content_of(content, &page);
    tmk_origin_of(&origin, key, GOLDEN_MARK, 0, content);
    snprintf(value->value, sizeof value->value, "%d,%d,%d", origin.x, origin.y, origin.band);
    tmk_picture_release(&page);
}

static void hash_marked(const tmk_key *key, int channels, int depth, double strength,
                        golden_value *value)
{
    tmk_picture page = golden_page(333, 217, channels, depth);
    tmk_embed_options options;
    digest d = digest_begin();

    tmk_embed_options_init(&options);
    options.strength = strength;
    require(tmk_embed(key, &page, GOLDEN_MARK, &options, NULL, NULL) == TMK_OK, "embedding");
    for (int y = 0; y < page.height; y++) {
        const unsigned char *row = tmk_picture_row(&page, y);

        for (int i = 0; i < page.width * channels; i++)
            digest_number(&d, depth == 8 ? row[i] : ((const uint16_t *)(const void *)row)[i]);
    }
    digest_end(&d, value);
    tmk_picture_release(&page);
}

void golden_compute(golden_value values[GOLDEN_VALUES])
{
    static const char *const kinds[] = {"grey", "grey-alpha", "rgb", "rgba"};
    tmk_key *key = golden_key();
    tmk_carriers *carriers = NULL;
    int count = 0;
    char name[32];

    require(tmk_carriers_new(&carriers, key, NULL) == TMK_OK, "the carriers");
    hash_codewords(next(values, &count, "codewords"));
    hash_carriers(carriers, TMK_LUMA, next(values, &count, "carriers-luma"));
    hash_carriers(carriers, TMK_CHROMA, next(values, &count, "carriers-chroma"));
    hash_origin(key, next(values, &count, "origin"));
    for (int depth = 8; depth <= 16; depth += 8)
        for (int channels = 1; channels <= 4; channels++) {
            snprintf(name, sizeof name, "marked-%s-%d", kinds[channels - 1], depth);
            hash_marked(key, channels, depth, 1, next(values, &count, name));
        }
    hash_marked(key, 3, 8, 2.5, next(values, &count, "marked-stronger"));
    require(count == GOLDEN_VALUES, "the count of values");
    tmk_carriers_free(&carriers);
    tmk_key_free(&key);
}
