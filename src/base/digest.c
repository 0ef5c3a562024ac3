/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/digest.h"

#include <sodium.h>

_Static_assert(sizeof(tmk_hash) >= sizeof(crypto_generichash_state), "state fits");
_Static_assert(_Alignof(tmk_hash) >= _Alignof(crypto_generichash_state), "state is aligned");

void tmk_digest_init(tmk_hash *hash)
{
    crypto_generichash_init((crypto_generichash_state *)(void *)hash->state, NULL, 0,
                            TMK_HASH_BYTES);
}

void tmk_hash_update(tmk_hash *hash, const void *bytes, size_t size)
{
    crypto_generichash_update((crypto_generichash_state *)(void *)hash->state, bytes, size);
}

void tmk_hash_final(tmk_hash *hash, uint8_t digest[TMK_HASH_BYTES])
{
    crypto_generichash_final((crypto_generichash_state *)(void *)hash->state, digest,
                             TMK_HASH_BYTES);
    tmk_wipe(hash, sizeof *hash);
}

void tmk_digest_of(const void *bytes, size_t size, uint8_t digest[TMK_HASH_BYTES])
{
    tmk_hash hash;

    tmk_digest_init(&hash);
    tmk_hash_update(&hash, bytes, size);
    tmk_hash_final(&hash, digest);
}

int tmk_random(void *bytes, size_t size)
{
    if (sodium_init() < 0)
        return 0;
    randombytes_buf(bytes, size);
    return 1;
}

void tmk_wipe(void *bytes, size_t size)
{
    sodium_memzero(bytes, size);
}
