/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/inputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"
#include "text.h"

void inputs_add(inputs *list, const char *path, size_t inside, int problem, int begins)
{
    input item = {
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

void inputs_free(inputs *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
    free(list->strips);
    *list = (inputs){0};
}
