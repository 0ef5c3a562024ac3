/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const texts[] = {
    [TMK_OK] = "success",
    [TMK_BAD_ARGUMENT] = "value out of range",
    [TMK_NO_MEMORY] = "out of memory",
    [TMK_NOT_READABLE] = "not readable",
    [TMK_NOT_WRITABLE] = "not writable",
    [TMK_EXISTS] = "exists already",
    [TMK_BAD_FILE] = "damaged file",
    [TMK_UNSUPPORTED] = "not supported",
    [TMK_BAD_KEY] = "bad key file",
    [TMK_CANCELLED] = "cancelled",
};

const char *tmk_status_text(tmk_status status)
{
    size_t index = (size_t)status;

    return index < sizeof texts / sizeof texts[0] ? texts[index] : "unknown status";
}

const char *tmk_version(void)
{
    return PACKAGE_VERSION;
}

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
