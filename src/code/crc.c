/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/crc.h"

#define GENERATOR 0x04c11db7u

uint32_t tmk_crc_step(uint32_t state, unsigned bit)
{
    uint32_t out = (state >> 31) ^ bit;

    return (state << 1) ^ (out != 0 ? GENERATOR : 0);
}

uint32_t tmk_crc_bytes(uint32_t state, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        for (int bit = 7; bit >= 0; bit--)
            state = tmk_crc_step(state, (unsigned)(bytes[i] >> bit) & 1);
    return state;
}
