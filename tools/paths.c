/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

int is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

size_t name_offset(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash + 1 - path) : 0;
}

size_t stem_length(const char *path, size_t start)
{
    const char *name = path + start, *dot = strrchr(name, '.');

    return dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
}

char *path_in(const char *folder, const char *name)
{
    size_t length = strlen(folder);

    return joined(folder, length > 0 && folder[length - 1] == '/' ? "" : "/", name);
}

char *absolute_path(const char *path)
{
    size_t name = name_offset(path);
    char *folder = name > 0 ? copied_part(path, name) : copied(".");
    char *real = realpath(folder, NULL), *whole;

    free(folder);
    if (real == NULL)
        return NULL;
    whole = path_in(real, path + name);
    free(real);
    return whole;
}

char *create_folders(const char *path, size_t from, mode_t mode)
{
    char *folder = copied(path);

    for (char *slash = strchr(folder + from, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (slash > folder && mkdir(folder, mode) != 0 && errno != EEXIST)
            return folder;
        *slash = '/';
    }
    free(folder);
    return NULL;
}
