/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/inherit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MAX_ATTRIBUTE                                                                        \
    ((size_t)64 << 10) /* bytes of a value, or of all names: Linux's own limit */

/* Labels of security modules and of the system are not the user's to copy. */
static int is_kept(const char *name)
{
    return strncmp(name, "user.", 5) == 0 || strcmp(name, "system.posix_acl_access") == 0;
}

/* What can't be copied, on a file system without attributes, is left. */
static void copy_attributes(int descriptor, const char *path)
{
    char *names = malloc(MAX_ATTRIBUTE), *value = malloc(MAX_ATTRIBUTE);
    ssize_t size = names != NULL && value != NULL ? listxattr(path, names, MAX_ATTRIBUTE) : 0;

    for (const char *name = names; size > 0 && name < names + size;
         name += strlen(name) + 1) {
        ssize_t length = is_kept(name) ? getxattr(path, name, value, MAX_ATTRIBUTE) : -1;

        if (length >= 0 && fsetxattr(descriptor, name, value, (size_t)length, 0) != 0)
            continue;
    }
    free(names);
    free(value);
}

int tmk_inherit(int descriptor, const char *path, const struct stat *old)
{
    mode_t mode = old->st_mode & 0777;
    struct stat new;

    if (fchown(descriptor, old->st_uid, old->st_gid) != 0 &&
        fchown(descriptor, (uid_t)-1, old->st_gid) != 0 &&
        (fstat(descriptor, &new) != 0 || new.st_gid != old->st_gid))
        mode &= ~(mode_t)070 | (mode & 07) << 3;
    else
        copy_attributes(descriptor, path);
    return fchmod(descriptor, mode);
}

int tmk_inherit_limits(int descriptor, mode_t mode)
{
    struct stat now;

    if (fstat(descriptor, &now) != 0)
        return -1;
    return fchmod(descriptor, now.st_mode & (mode | 0600) & 0777);
}
