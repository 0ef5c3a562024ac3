/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key/keystream.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "key/key.h"

#define BLOCK 64 /* bytes of one ChaCha20 block */

_Static_assert(sizeof(tmk_subkey) == crypto_stream_chacha20_KEYBYTES, "size of a sub-key");
_Static_assert(TMK_KEY_BYTES >= crypto_generichash_KEYBYTES_MIN, "size of a key");

static void store64(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

void tmk_subkey_derive(tmk_subkey *subkey, const tmk_key *key, const char *name)
{
    char full[256];

    snprintf(full, sizeof full, "toonmark %d %s", TMK_FORMAT_VERSION, name);
    crypto_generichash(subkey->bytes, sizeof subkey->bytes, (const uint8_t *)full,
                       strlen(full), tmk_key_bytes(key), TMK_KEY_BYTES);
}

void tmk_subkey_number(tmk_subkey *subkey, const tmk_subkey *parent, uint64_t number)
{
    uint8_t bytes[8];

    store64(bytes, number);
    crypto_generichash(subkey->bytes, sizeof subkey->bytes, bytes, sizeof bytes,
                       parent->bytes, sizeof parent->bytes);
}

void tmk_keystream(const tmk_subkey *subkey, uint64_t nonce, void *bytes, size_t size)
{
    uint8_t nonce_bytes[crypto_stream_chacha20_NONCEBYTES];

    store64(nonce_bytes, nonce);
    crypto_stream_chacha20(bytes, size, nonce_bytes, subkey->bytes);
}

void tmk_keystream_from(const tmk_subkey *subkey, uint64_t nonce, size_t from, void *bytes,
                        size_t size)
{
    uint8_t nonce_bytes[crypto_stream_chacha20_NONCEBYTES], *to = bytes;
    uint64_t block = from / BLOCK;
    size_t skipped = from % BLOCK;

    store64(nonce_bytes, nonce);
    if (skipped > 0 && size > 0) {
        uint8_t made[BLOCK] = {0};
        size_t count = size < BLOCK - skipped ? size : BLOCK - skipped;

        crypto_stream_chacha20_xor_ic(made, made, sizeof made, nonce_bytes, block++,
                                      subkey->bytes);
        memcpy(to, made + skipped, count);
        tmk_wipe(made, sizeof made);
        to += count;
        size -= count;
    }
    memset(to, 0, size);
    crypto_stream_chacha20_xor_ic(to, to, size, nonce_bytes, block, subkey->bytes);
}

/* ---------------------------------------------------------------- permutation */

/* A stream that is read a number at a time. */
typedef struct word_reader {
    const tmk_subkey *subkey;
    uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    uint64_t block; /* index of the next block to make */
    size_t next;    /* index of the next byte in bytes */
    uint8_t bytes[8 * BLOCK];
} word_reader;

static uint32_t next_word(word_reader *reader)
{
    uint32_t word;

    if (reader->next == sizeof reader->bytes) {
        memset(reader->bytes, 0, sizeof reader->bytes);
        crypto_stream_chacha20_xor_ic(reader->bytes, reader->bytes, sizeof reader->bytes,
                                      reader->nonce, reader->block, reader->subkey->bytes);
        reader->block += sizeof reader->bytes / BLOCK;
        reader->next = 0;
    }
    word = tmk_load32(reader->bytes + reader->next);
    reader->next += 4;
    return word;
}

/* A number below BOUND, each equally likely: words are cut to a multiple of BOUND. */
static uint32_t below(word_reader *reader, uint32_t bound)
{
    uint32_t surplus = (0u - bound) % bound; /* 2^32 mod BOUND */
    uint32_t word;

    do
        word = next_word(reader);
    while (word < surplus);
    return word % bound;
}

/* Fisher and Yates (1938), in the form of Durstenfeld (1964). */
void tmk_permutation(const tmk_subkey *subkey, uint64_t nonce, uint16_t *order, size_t count)
{
    word_reader reader = {.subkey = subkey, .next = sizeof reader.bytes};

    store64(reader.nonce, nonce);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint16_t)i;
    for (size_t i = count; i > 1; i--) {
        size_t other = below(&reader, (uint32_t)i);
        uint16_t held = order[i - 1];

        order[i - 1] = order[other];
        order[other] = held;
    }
    tmk_wipe(&reader, sizeof reader);
}

/* ----------------------------------------------------------------- keyed hash */

void tmk_keyed_hash_init(tmk_hash *hash, const tmk_subkey *subkey)
{
    crypto_generichash_init((crypto_generichash_state *)(void *)hash->state, subkey->bytes,
                            sizeof subkey->bytes, TMK_HASH_BYTES);
}
