/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the library says of itself. */
#include "toonmark.h"

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
    [TMK_DISK_FULL] = "disk full",
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
