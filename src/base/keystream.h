/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that looks random in a mark comes from here: one secret key feeds any
 * number of named sub-keys, and a sub-key feeds 2^64 streams, one for each nonce.
 *
 *     secret key --BLAKE2b over "toonmark 1 NAME"--> sub-key --ChaCha20(nonce)--> bytes
 *
 * A new use takes a new name and so disturbs no old one.  All results are the same on
 * every machine.  This file, base/key and base/keyfile are the only users of libsodium.
 */
#ifndef TMK_BASE_KEYSTREAM_H
#define TMK_BASE_KEYSTREAM_H

#include "base/status.h"

#define TMK_HASH_BYTES 32

typedef struct tmk_subkey {
    uint8_t bytes[32];
} tmk_subkey;

/* A running hash; its content belongs to the functions below. */
typedef struct tmk_hash {
    _Alignas(64) uint8_t state[384];
} tmk_hash;

/*
 * The sub-key of KEY for the use NAME, such as "data carriers" (1 to 200 bytes; the
 * format's version is put in front here).  Wipe it when it is no longer needed.
 */
void tmk_subkey_derive(tmk_subkey *subkey, const tmk_key *key, const char *name);

/* The first SIZE bytes of the stream NONCE; always the same for the same arguments. */
void tmk_keystream(const tmk_subkey *subkey, uint64_t nonce, void *bytes, size_t size);

/*
 * A uniformly chosen order of 0 ... COUNT - 1 (COUNT at most 65536), made of the
 * stream NONCE; every order is equally likely.
 */
void tmk_permutation(const tmk_subkey *subkey, uint64_t nonce, uint16_t *order,
                     size_t count);

/* A keyed hash of content that comes in pieces: how it is cut changes nothing.
 * tmk_digest_init begins one without a key instead, BLAKE2b-256 as anybody computes it. */
void tmk_keyed_hash_init(tmk_hash *hash, const tmk_subkey *subkey);
void tmk_digest_init(tmk_hash *hash);
void tmk_keyed_hash_update(tmk_hash *hash, const void *bytes, size_t size);
void tmk_keyed_hash_final(tmk_hash *hash, uint8_t digest[TMK_HASH_BYTES]);

/* The digest of SIZE bytes at once. */
void tmk_digest_of(const void *bytes, size_t size, uint8_t digest[TMK_HASH_BYTES]);

/* Fresh unpredictable bytes from the operating system; 0 if it has no source of them. */
TMK_MUST_USE int tmk_random(void *bytes, size_t size);

/* Overwrites SIZE bytes in a way that the compiler does not remove. */
void tmk_wipe(void *bytes, size_t size);

/* Little-endian numbers of a stream or digest. */
static inline uint32_t tmk_load32(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static inline uint64_t tmk_load64(const uint8_t bytes[8])
{
    return (uint64_t)tmk_load32(bytes) | (uint64_t)tmk_load32(bytes + 4) << 32;
}

#endif
