/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

tmk_status tmk_fail(tmk_error *error, tmk_status status, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;

        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return status;
}

tmk_status tmk_fail_memory(tmk_error *error, const char *what)
{
    return tmk_fail(error, TMK_NO_MEMORY, "not enough memory for %s", what);
}
