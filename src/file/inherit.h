/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may do what with a new file. */
#ifndef TMK_FILE_INHERIT_H
#define TMK_FILE_INHERIT_H

#include <sys/stat.h>

/*
 * Gives the empty file DESCRIPTOR what belongs to the file PATH, which it will replace: owner,
 * group, permissions, access list and the user's extended attributes, as far as the process
 * may.  A group that it can't give gets no more than everybody.  -1 and errno if the permissions
 * can't be set.
 */
int tmk_inherit(int descriptor, const char *path, const struct stat *old);

/* Takes from the file DESCRIPTOR what others may not do with a file of permissions MODE; its
 * owner may still read and write it.  -1 and errno as above. */
int tmk_inherit_limits(int descriptor, mode_t mode);

#endif
