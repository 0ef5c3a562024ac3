/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/sniff.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "toonmark-file.h"

int sniff_is_picture(int folder, const char *name, const char **kind)
{
    unsigned char head[TMK_KIND_BYTES];
    tmk_format format = TMK_FORMAT_UNKNOWN;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t size = file >= 0 ? read(file, head, sizeof head) : -1;

    if (file >= 0)
        close(file);
    *kind = size > 0 ? tmk_picture_kind(head, (size_t)size, &format) : NULL;
    if (*kind == NULL || format != TMK_FORMAT_UNKNOWN) {
        int is_picture = *kind != NULL;

        *kind = NULL;
        /* What only is called like a page is one that is damaged, or can't be read: that
         * should be reported. */
        return is_picture || tmk_format_of_path(name) != TMK_FORMAT_UNKNOWN;
    }
    return 1;
}

int sniff_is_litter(const char *name)
{
    static const char *const names[] = {"@eaDir",       "@Recycle",
                                        "#recycle",     "#snapshot",
                                        "$RECYCLE.BIN", "lost+found",
                                        "__MACOSX",     "System Volume Information"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0)
            return 1;
    }
    return 0;
}
