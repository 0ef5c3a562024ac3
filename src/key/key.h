/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secret key of the public tmk_key_* functions, in protected memory. */
#ifndef TMK_KEY_KEY_H
#define TMK_KEY_KEY_H

#include "base/status.h"

/* The secret itself, TMK_KEY_BYTES bytes: for the derivation of sub-keys only. */
const uint8_t *tmk_key_bytes(const tmk_key *key);

#endif
