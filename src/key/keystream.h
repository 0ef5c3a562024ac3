/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that looks random in a mark comes from here: one secret key feeds any
 * number of named sub-keys, and a sub-key feeds 2^64 streams, one for each nonce.
 *
 *     secret key --BLAKE2b over "toonmark 2 NAME"--> sub-key --ChaCha20(nonce)--> bytes
 *
 * A new use takes a new name and so disturbs no old one.  All results are the same on
 * every machine.  This folder and base/digest are the only users of libsodium.
 */
#ifndef TMK_KEY_KEYSTREAM_H
#define TMK_KEY_KEYSTREAM_H

#include "base/digest.h"

typedef struct tmk_subkey {
    uint8_t bytes[32];
} tmk_subkey;

/*
 * The sub-key of KEY for the use NAME, such as "data carriers" (1 to 200 bytes; the
 * format's version is put in front here).  Wipe it when it is no longer needed.
 */
void tmk_subkey_derive(tmk_subkey *subkey, const tmk_key *key, const char *name);

/* Sub-key NUMBER of a sub-key, which can be handed out without the others. */
void tmk_subkey_number(tmk_subkey *subkey, const tmk_subkey *parent, uint64_t number);

/* The first SIZE bytes of the stream NONCE; always the same for the same arguments. */
void tmk_keystream(const tmk_subkey *subkey, uint64_t nonce, void *bytes, size_t size);

/* SIZE bytes of it from byte FROM on, at the cost of those alone. */
void tmk_keystream_from(const tmk_subkey *subkey, uint64_t nonce, size_t from, void *bytes,
                        size_t size);

/*
 * A uniformly chosen order of 0 ... COUNT - 1 (COUNT at most 65536), made of the
 * stream NONCE; every order is equally likely.
 */
void tmk_permutation(const tmk_subkey *subkey, uint64_t nonce, uint16_t *order, size_t count);

/* Begins a keyed hash, which goes on as in base/digest.h. */
void tmk_keyed_hash_init(tmk_hash *hash, const tmk_subkey *subkey);

/* A little-endian number of a stream or digest. */
static inline uint32_t tmk_load32(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

#endif
