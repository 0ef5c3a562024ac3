/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands.h"

#include <time.h>

#include "report.h"

int load_key(const arguments *a, const char *name, tmk_key **key)
{
    tmk_error error;

    *key = NULL;
    if (a->key == NULL)
        return usage_error(name, "no key; name one with -k or $TOONMARK_KEY");
    if (tmk_key_load(a->key, key, &error) == TMK_OK)
        return EXIT_ALL;
    report_error(a->key, &error);
    return EXIT_TROUBLE;
}

double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int exit_status(size_t total, size_t good, size_t failed)
{
    return good == total ? EXIT_ALL : failed == total ? EXIT_TROUBLE : EXIT_PARTLY;
}
