/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/collect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inputs/walk.h"
#include "paths.h"
#include "report.h"

/* What a call names, while it is being collected. */
typedef struct collection {
    const arguments *args;
    input_list *list;
    walk_options walk;
    int in_strip; /* the file before this one was named as well */
} collection;

/* Adds what PATH names: a file, or the files of a folder. */
static int add_named(collection *c, const char *path)
{
    const arguments *a = c->args;
    struct stat facts;
    int problem = 0;

    if (!is_stream(path)) {
        if (stat(path, &facts) != 0)
            problem = errno;
        else if (S_ISDIR(facts.st_mode))
            problem = EISDIR;
    }
    if (problem == EISDIR && a->recursive) {
        c->in_strip = 0;
        return walk_folder(&c->walk, path, c->list);
    }
    inputs_add(c->list, path, name_offset(path), problem, !(a->strip && c->in_strip));
    c->in_strip = 1;
    return EXIT_ALL;
}

/* Adds what the lines, or parts that end with NUL, of the file --files-from name. */
static int add_listed(collection *c)
{
    const arguments *a = c->args;
    int end = a->null_separated ? '\0' : '\n', status = EXIT_ALL;
    FILE *file = is_stream(a->files_from) ? stdin : fopen(a->files_from, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    if (file == NULL) {
        report_line("%s: can't be opened: %s", a->files_from, strerror(errno));
        return EXIT_TROUBLE;
    }
    while (status == EXIT_ALL && (length = getdelim(&line, &room, end, file)) >= 0) {
        if (length > 0 && line[length - 1] == end)
            line[--length] = '\0';
        if (strlen(line) != (size_t)length)
            status = usage_error(a->command, "%s: a NUL within a line; use -0",
                                 a->files_from);
        else if (is_stream(line))
            status = usage_error(a->command,
                                 "%s: a list can't name standard input; "
                                 "write ./- for a file",
                                 a->files_from);
        else if (length > 0)
            status = add_named(c, line);
    }
    if (status == EXIT_ALL && ferror(file)) {
        report_line("%s: can't be read: %s", a->files_from, strerror(errno));
        status = EXIT_TROUBLE;
    }
    free(line);
    if (file != stdin)
        fclose(file);
    return status;
}

int collect_check(const arguments *a, const char *verb)
{
    int streams = a->files_from != NULL && is_stream(a->files_from);

    for (int i = 0; i < a->count; i++)
        streams += is_stream(a->operands[i]);
    if (a->count == 0 && a->files_from == NULL)
        return usage_error(a->command, "give the FILEs to %s", verb);
    if (a->null_separated && a->files_from == NULL)
        return usage_error(a->command, "-0 belongs to --files-from");
    if (a->ignored_count > 0 && !a->recursive)
        return usage_error(a->command, "--ignore belongs to -r");
    if (streams > 1)
        return usage_error(a->command, "standard input can be read once only");
    return EXIT_ALL;
}

int collect_inputs(const arguments *a, collect_scope scope, input_list *list)
{
    collection c = {.args = a,
                    .list = list,
                    .walk = {.command = a->command,
                             .by_folder = a->strip,
                             .takes_all = scope == COLLECT_ALL,
                             .ignored = a->ignored,
                             .ignored_count = a->ignored_count}};
    const char *outputs = scope == COLLECT_ALL ? a->output : a->directory;
    struct stat facts;

    *list = (input_list){0};
    if (outputs != NULL && stat(outputs, &facts) == 0) {
        c.walk.has_excluded = 1;
        c.walk.device = facts.st_dev;
        c.walk.number = facts.st_ino;
    }
    for (int i = 0; i < a->count; i++)
        TRY(add_named(&c, a->operands[i]));
    if (a->files_from != NULL)
        TRY(add_listed(&c));
    if (list->count > 0 || a->count == 0)
        return EXIT_ALL;
    report_line("%s: holds no %s", a->operands[0],
                scope == COLLECT_ALL ? "files" : "pages (PNG, JPEG, WebP or AVIF pictures)");
    return EXIT_TROUBLE;
}
