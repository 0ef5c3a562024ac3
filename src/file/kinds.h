/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kinds of pictures that are no format here: known by how they begin, so that they can be
 * named.  The public functions are in toonmark-file.h.
 */
#ifndef TMK_FILE_KINDS_H
#define TMK_FILE_KINDS_H

#include <stddef.h>

/* The kind whose files begin with the SIZE bytes at HEAD, such as "GIF"; NULL: none. */
const char *tmk_foreign_kind(const unsigned char *head, size_t size);

/* The kind that PATH's ending names; NULL: none. */
const char *tmk_foreign_kind_of_path(const char *path);

#endif
