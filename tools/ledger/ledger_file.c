/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "paths.h"
#include "report.h"
#include "text.h"

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

file_place file_find(const char *option, const char *variable, const char *name)
{
    const char *named = option != NULL ? option : environment(variable);
    const char *data = environment("XDG_DATA_HOME"), *home = environment("HOME");

    if (named != NULL)
        return (file_place){copied(named), 1};
    if (name != NULL && data != NULL && *data == '/') /* as the XDG specification wants it */
        return (file_place){joined(data, "/toonmark/", name), 0};
    if (name != NULL && home != NULL)
        return (file_place){joined(home, "/.local/share/toonmark/", name), 0};
    return (file_place){NULL, 0};
}

void file_place_free(file_place *place)
{
    free(place->path);
    place->path = NULL;
}

file_place ledger_find(const arguments *a)
{
    return file_find(a->ledger, "TOONMARK_LEDGER", "ledger.db");
}

/* Creates the directories above PATH as far as they are missing, private as the XDG
 * specification wants it; 0 after having said what is wrong. */
static int create_parents(const char *path)
{
    char *refused = create_folders(path, 1, 0700);

    if (refused == NULL)
        return 1;
    report_line("%s: can't be created: %s", refused, strerror(errno));
    free(refused);
    return 0;
}

int ledger_open(const arguments *a, tmk_ledger_mode mode, tmk_ledger **ledger)
{
    file_place place = ledger_find(a);
    tmk_error error;
    int status = EXIT_ALL, is_wanted = place.path != NULL;

    *ledger = NULL;
    if (is_wanted && !place.was_named && mode == TMK_LEDGER_READ)
        is_wanted = access(place.path, F_OK) == 0;
    if (is_wanted && !place.was_named && mode == TMK_LEDGER_WRITE &&
        !create_parents(place.path)) {
        status = EXIT_TROUBLE;
    } else if (is_wanted && tmk_ledger_open(place.path, mode, ledger, &error) != TMK_OK) {
        report_error("", &error);
        status = EXIT_TROUBLE;
    }
    file_place_free(&place);
    return status;
}
