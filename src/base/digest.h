/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes of content that comes in pieces, BLAKE2b-256; randomness; and wiping of memory. */
#ifndef TMK_BASE_DIGEST_H
#define TMK_BASE_DIGEST_H

#include "base/status.h"

#define TMK_HASH_BYTES 32

/* A running hash; its content belongs to the functions below. */
typedef struct tmk_hash {
    _Alignas(64) uint8_t state[384];
} tmk_hash;

/* Begins a hash without a key, as anybody computes it; key/keystream.h has keyed ones. */
void tmk_digest_init(tmk_hash *hash);

/* Adds bytes: how content is cut changes nothing. */
void tmk_hash_update(tmk_hash *hash, const void *bytes, size_t size);

/* Ends HASH, which is wiped. */
void tmk_hash_final(tmk_hash *hash, uint8_t digest[TMK_HASH_BYTES]);

/* The digest of SIZE bytes at once. */
void tmk_digest_of(const void *bytes, size_t size, uint8_t digest[TMK_HASH_BYTES]);

/* Fresh unpredictable bytes from the operating system; 0 if it has no source of them. */
TMK_MUST_USE int tmk_random(void *bytes, size_t size);

/* Overwrites SIZE bytes in a way that the compiler does not remove. */
void tmk_wipe(void *bytes, size_t size);

#endif
