/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* What was cut short ends with a whole character, as far as it is UTF-8. */
static void end_with_character(char *text)
{
    size_t length = strlen(text), start = length;
    uint32_t code;

    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0 &&
        tmk_utf8_next(text + start - 1, &code) == 0)
        text[start - 1] = '\0';
}

tmk_status tmk_fail(tmk_error *error, tmk_status status, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;

        error->status = status;
        va_start(arguments, format);
        if (vsnprintf(error->text, sizeof error->text, format, arguments) >=
            (int)sizeof error->text)
            end_with_character(error->text);
        va_end(arguments);
    }
    return status;
}

tmk_status tmk_fail_memory(tmk_error *error, const char *what)
{
    return tmk_fail(error, TMK_NO_MEMORY, "not enough memory for %s", what);
}
