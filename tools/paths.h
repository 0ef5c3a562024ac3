/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files, as texts. */
#ifndef TOOLS_PATHS_H
#define TOOLS_PATHS_H

#include <stddef.h>
#include <sys/types.h>

/* Whether PATH is standard input or output. */
int is_stream(const char *path);

/* Where the last part of PATH begins. */
size_t name_offset(const char *path);

/* The length of PATH's name, which begins at START, without its ending. */
size_t stem_length(const char *path, size_t start);

/* NAME in FOLDER; ends with free(). */
char *path_in(const char *folder, const char *name);

/*
 * PATH from the root, its folder without links, "." and "..": the same for whoever names
 * the file.  Ends with free(); NULL if there is no such folder.
 */
char *absolute_path(const char *path);

/*
 * Creates the folders that PATH leads through after its first FROM bytes, as far as they
 * are missing.  NULL, or the first that can't be created, which ends with free(); errno
 * says why.
 */
char *create_folders(const char *path, size_t from, mode_t mode);

#endif
