/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static void *there(void *memory)
{
    if (memory == NULL)
        report_no_memory();
    return memory;
}

void *allocated(size_t count, size_t size)
{
    return there(calloc(count > 0 ? count : 1, size));
}

void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room > 0 ? 2 * *room : 64;
    return there(reallocarray(array, *room, size));
}

/* ---------------------------------------------------------------------- copies */

char *copied(const char *text)
{
    return there(strdup(text));
}

char *copied_part(const char *text, size_t length)
{
    return there(strndup(text, length));
}

char *joined(const char *first, const char *second, const char *third)
{
    size_t size = strlen(first) + strlen(second) + strlen(third) + 1;
    char *whole = allocated(size, 1);

    snprintf(whole, size, "%s%s%s", first, second, third);
    return whole;
}

/* --------------------------------------------------------------------- growing */

void text_add(text_buffer *t, const char *bytes, size_t count)
{
    if (t->length + count + 1 > t->room) {
        t->room = 2 * (t->length + count) + 64;
        t->bytes = there(realloc(t->bytes, t->room));
    }
    memcpy(t->bytes + t->length, bytes, count);
    t->length += count;
    t->bytes[t->length] = '\0';
}

/* ------------------------------------------------------------------------ sums */

uint64_t sum_with(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *each = bytes;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ each[i]) * 0x100000001b3u;
    return sum;
}
