/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key/key.h"

#include <sodium.h>
#include <string.h>

struct tmk_key {
    uint8_t secret[TMK_KEY_BYTES];
};

const uint8_t *tmk_key_bytes(const tmk_key *key)
{
    return key->secret;
}

/* sodium_malloc locks the pages, leaves them out of core files and guards both ends. */
static tmk_status new_key(tmk_key **key, tmk_error *error)
{
    *key = NULL;
    if (sodium_init() < 0)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "no source of random numbers; see that /dev/urandom is there");
    *key = sodium_malloc(sizeof **key);
    return *key != NULL ? TMK_OK : tmk_fail_memory(error, "a key");
}

static void seal(tmk_key *key)
{
    sodium_mprotect_readonly(key);
}

tmk_status tmk_key_generate(tmk_key **key, tmk_error *error)
{
    tmk_status status = new_key(key, error);

    if (status != TMK_OK)
        return status;
    randombytes_buf((*key)->secret, TMK_KEY_BYTES);
    seal(*key);
    return TMK_OK;
}

tmk_status tmk_key_from_bytes(const uint8_t bytes[TMK_KEY_BYTES], tmk_key **key,
                              tmk_error *error)
{
    tmk_status status = new_key(key, error);

    if (status != TMK_OK)
        return status;
    memcpy((*key)->secret, bytes, TMK_KEY_BYTES);
    seal(*key);
    return TMK_OK;
}

void tmk_key_free(tmk_key **key)
{
    if (key == NULL)
        return;
    sodium_free(*key); /* wipes */
    *key = NULL;
}
