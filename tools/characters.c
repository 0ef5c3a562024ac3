/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What UTF-8 is, jansson decides: only what it takes may go into JSON. */
#include "characters.h"

#include <jansson.h>
#include <string.h>

size_t character_size(const char *text)
{
    size_t most = strnlen(text, 4);

    if ((unsigned char)*text < 0x80)
        return 1;
    for (size_t size = 2; size <= most; size++) {
        json_t *value = json_stringn(text, size);

        json_decref(value);
        if (value != NULL)
            return size;
    }
    return 0;
}

int is_control(const char *text)
{
    unsigned char first = (unsigned char)text[0], second = (unsigned char)text[1];

    return first < 0x20 || first == 0x7f || (first == 0xc2 && second < 0xa0);
}

int characters_fit(const char *text, int most)
{
    int length = (int)strnlen(text, (size_t)most + 1), start = most;

    if (length <= most)
        return length;
    while (start > 0 && most - start < 3 && ((unsigned char)text[start] & 0xc0) == 0x80)
        start--;
    return (int)character_size(text + start) > most - start ? start : most;
}

int is_utf8(const char *text)
{
    size_t size = 1;

    for (; *text != '\0' && size > 0; text += size)
        size = character_size(text);
    return size > 0;
}
