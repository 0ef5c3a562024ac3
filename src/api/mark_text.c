/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mark as people write it: 16 hexadecimal digits. */
#include <string.h>

#include "toonmark.h"

int tmk_mark_parse(const char *text, uint64_t *mark)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    uint64_t value = 0;

    for (int i = 0; i < TMK_MARK_DIGITS; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

        if (digit == NULL)
            return 0;
        value = value << 4 | ((uint64_t)(digit - digits) & 15);
    }
    if (text[TMK_MARK_DIGITS] != '\0')
        return 0;
    *mark = value;
    return 1;
}

void tmk_mark_format(uint64_t mark, char text[TMK_MARK_DIGITS + 1])
{
    for (int i = 0; i < TMK_MARK_DIGITS; i++)
        text[i] = "0123456789abcdef"[mark >> (60 - 4 * i) & 15];
    text[TMK_MARK_DIGITS] = '\0';
}
