/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/origin.h"

#include "carrier/carrier.h"

static void put64(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* Samples in an order of bytes that does not depend on the machine. */
static void hash_row(tmk_hash *hash, const tmk_picture *picture, int y)
{
    const unsigned char *row = tmk_picture_row(picture, y);
    size_t samples = (size_t)picture->width * (size_t)picture->channels;
    uint8_t buffer[512];

    if (picture->depth == 8) {
        tmk_hash_update(hash, row, samples);
        return;
    }
    for (size_t i = 0; i < samples;) {
        size_t count = 0;

        for (; i < samples && count < sizeof buffer / 2; i++, count++) {
            uint16_t value = ((const uint16_t *)(const void *)row)[i];

            buffer[2 * count] = (uint8_t)value;
            buffer[2 * count + 1] = (uint8_t)(value >> 8);
        }
        tmk_hash_update(hash, buffer, 2 * count);
    }
}

void tmk_content_begin(tmk_content *content)
{
    tmk_digest_init(&content->hash);
}

void tmk_content_begin_slice(tmk_content *content, int width, int height, int channels,
                             int depth)
{
    uint8_t header[32];

    put64(header, (uint64_t)width);
    put64(header + 8, (uint64_t)height);
    put64(header + 16, (uint64_t)channels);
    put64(header + 24, (uint64_t)depth);
    tmk_hash_update(&content->hash, header, sizeof header);
}

void tmk_content_add(tmk_content *content, const tmk_picture *rows)
{
    for (int y = 0; y < rows->height; y++)
        hash_row(&content->hash, rows, y);
}

void tmk_content_end(tmk_content *content, uint8_t digest[TMK_CONTENT_BYTES])
{
    tmk_hash_final(&content->hash, digest);
}

void tmk_origin_of(tmk_origin *origin, const tmk_key *key, uint64_t mark, int variant,
                   const uint8_t digest[TMK_CONTENT_BYTES])
{
    uint8_t number[8], place[TMK_HASH_BYTES];
    tmk_subkey subkey;
    tmk_hash hash;

    tmk_subkey_derive(&subkey, key, "place");
    tmk_keyed_hash_init(&hash, &subkey);
    put64(number, mark);
    tmk_hash_update(&hash, number, sizeof number);
    tmk_hash_update(&hash, digest, TMK_CONTENT_BYTES);
    tmk_hash_final(&hash, place);
    origin->x = (int)(tmk_load32(place) % TMK_PERIOD);
    origin->y = (int)(tmk_load32(place + 4) % TMK_PERIOD);
    origin->band = variant * TMK_BANDS + (int)(tmk_load32(place + 8) % TMK_BANDS);
    tmk_wipe(&subkey, sizeof subkey);
}

tmk_origin tmk_origin_below(const tmk_origin *origin, int64_t rows)
{
    int64_t y = origin->y + rows;

    return (tmk_origin){origin->x, (int)(y % TMK_PERIOD),
                        tmk_band_below(origin->band, (int)(y / TMK_PERIOD % TMK_BANDS))};
}
