/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, taken apart by characters, so that none can harm a terminal or JSON. */
#ifndef TMK_BASE_UTF8_H
#define TMK_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The number of bytes, 1 to 4, of the character that the NUL-terminated TEXT begins
 * with, whose code point goes to *CODE; 0 where TEXT is not UTF-8 (overlong forms,
 * surrogates and code points above U+10FFFF are not).
 */
static inline size_t tmk_utf8_next(const char *text, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = bytes[0] < 0x80                       ? 1
                  : bytes[0] >= 0xc2 && bytes[0] < 0xe0 ? 2
                  : bytes[0] >= 0xe0 && bytes[0] < 0xf0 ? 3
                  : bytes[0] >= 0xf0 && bytes[0] < 0xf5 ? 4
                                                        : 0;

    if (size < 2) {
        *code = bytes[0];
        return size;
    }
    *code = bytes[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (bytes[i] & 0x3fu);
    }
    if (*code < smallest[size] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
        return 0;
    return size;
}

/* Whether CODE is a control character: C0, DEL or C1. */
static inline int tmk_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

#endif
