/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/origin.h"

#include "base/keystream.h"
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
    uint8_t piece[512];

    if (picture->depth == 8) {
        tmk_keyed_hash_update(hash, row, samples);
        return;
    }
    for (size_t i = 0; i < samples;) {
        size_t count = 0;

        for (; i < samples && count < sizeof piece / 2; i++, count++) {
            uint16_t value = ((const uint16_t *)(const void *)row)[i];

            piece[2 * count] = (uint8_t)value;
            piece[2 * count + 1] = (uint8_t)(value >> 8);
        }
        tmk_keyed_hash_update(hash, piece, 2 * count);
    }
}

void tmk_origin_of(tmk_origin *origin, const tmk_key *key, const tmk_picture *picture,
                   uint64_t mark)
{
    uint8_t header[40], digest[TMK_HASH_BYTES];
    tmk_subkey subkey;
    tmk_hash hash;

    tmk_subkey_derive(&subkey, key, "origin");
    tmk_keyed_hash_init(&hash, &subkey);
    put64(header, mark);
    put64(header + 8, (uint64_t)picture->width);
    put64(header + 16, (uint64_t)picture->height);
    put64(header + 24, (uint64_t)picture->channels);
    put64(header + 32, (uint64_t)picture->depth);
    tmk_keyed_hash_update(&hash, header, sizeof header);
    for (int y = 0; y < picture->height; y++)
        hash_row(&hash, picture, y);
    tmk_keyed_hash_final(&hash, digest);
    origin->x = (int)(tmk_load32(digest) % TMK_PERIOD);
    origin->y = (int)(tmk_load32(digest + 4) % TMK_PERIOD);
    origin->band = (int)(tmk_load32(digest + 8) % TMK_BANDS);
    tmk_wipe(&subkey, sizeof subkey);
    tmk_wipe(&hash, sizeof hash);
}
