/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/ledger_row.h"
#include "paths.h"
#include "report.h"
#include "text.h"

tmk_release_filter ledger_filter(const arguments *a)
{
    return (tmk_release_filter){.channel = a->channel_count > 0 ? a->channel_names[0] : NULL,
                                .title = a->title,
                                .episode = a->episode};
}

/* PATH below the current folder, where no part of it may be there any more. */
static char *path_of_gone(const char *path)
{
    char *current = *path != '/' ? getcwd(NULL, 0) : NULL;
    char *whole = current != NULL ? joined(current, "/", path) : copied(path);

    free(current);
    return whole;
}

char *ledger_path(const char *path)
{
    struct stat about;
    char *whole = stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? realpath(path, NULL)
                                                                    : absolute_path(path);
    size_t length;

    if (whole == NULL)
        whole = path_of_gone(path);
    length = strlen(whole);
    while (length > 1 && whole[length - 1] == '/')
        whole[--length] = '\0';
    return whole;
}

int ledger_visit(tmk_ledger *ledger, const tmk_release_filter *filter,
                 int (*visit)(void *context, const tmk_release *release), void *context)
{
    tmk_error error;

    if (tmk_ledger_each(ledger, filter, visit, context, &error) == TMK_OK)
        return EXIT_ALL;
    report_error("", &error);
    return EXIT_TROUBLE;
}

void ledger_print_json(const tmk_release *release)
{
    json_t *object = report_object();
    ledger_row row;

    row_of_release(&row, release);
    report_put(object, "id", json_integer(release->id));
    row_put(object, &row);
    report_put(object, "newest", json_boolean(release->is_newest));
    row_json(stdout, object);
    row_free(&row);
}

void ledger_print_counts(const char *file, const tmk_merge_counts *counts, int json)
{
    if (json) {
        json_t *object = report_object();

        report_put_file(object, "file", file);
        report_put(object, "channels_added",
                   json_integer((json_int_t)counts->channels_added));
        report_put(object, "channels_known",
                   json_integer((json_int_t)counts->channels_known));
        report_put(object, "releases_added",
                   json_integer((json_int_t)counts->releases_added));
        report_put(object, "releases_known",
                   json_integer((json_int_t)counts->releases_known));
        report_json(stdout, object);
        return;
    }
    report_text(stdout, file);
    printf(": added %llu channels and %llu releases; %llu and %llu were there already\n",
           (unsigned long long)counts->channels_added,
           (unsigned long long)counts->releases_added,
           (unsigned long long)counts->channels_known,
           (unsigned long long)counts->releases_known);
}
