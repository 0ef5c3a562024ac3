/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A running checksum of bits: CRC-32 with the generator 04C11DB7, most significant bit
 * first.  Starting at zero the state is a linear function of the bits taken so far, which
 * is what the channel code needs of it.
 */
#ifndef TMK_CODE_CRC_H
#define TMK_CODE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* The state after STATE has taken BIT (0 or 1). */
uint32_t tmk_crc_step(uint32_t state, unsigned bit);

/* The state after STATE has taken SIZE bytes, each from its highest bit down. */
uint32_t tmk_crc_bytes(uint32_t state, const uint8_t *bytes, size_t size);

#endif
