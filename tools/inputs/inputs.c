/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"
#include "text.h"

void inputs_add(input_list *list, const char *path, size_t inside, int problem, int begins)
{
    input_file item = {
        .path = copied(path), .inside = inside, .problem = problem, .bytes = UNKNOWN_SIZE};
    struct stat facts;

    if (problem == 0 && !is_stream(path) && stat(path, &facts) == 0 &&
        S_ISREG(facts.st_mode)) {
        item.bytes = facts.st_size;
        item.device = facts.st_dev;
        item.number = facts.st_ino;
    }
    if (begins || list->strip_count == 0) {
        list->strips = grown(list->strips, list->strip_count + 1, &list->strip_room,
                             sizeof *list->strips);
        list->strips[list->strip_count++] = list->count;
    }
    list->items = grown(list->items, list->count, &list->room, sizeof *list->items);
    list->items[list->count++] = item;
    list->strips[list->strip_count] = list->count;
}

void inputs_add_kind(input_list *list, const char *path, size_t inside, const char *kind,
                     int begins)
{
    inputs_add(list, path, inside, ENOTSUP, begins);
    list->items[list->count - 1].kind = kind;
}

void inputs_free(input_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
    free(list->strips);
    *list = (input_list){0};
}

double inputs_work(const input_list *list, size_t index)
{
    double work = 0;

    for (size_t i = list->strips[index]; i < list->strips[index + 1]; i++)
        work += list->items[i].bytes > 0 ? (double)list->items[i].bytes : 1;
    return work;
}
