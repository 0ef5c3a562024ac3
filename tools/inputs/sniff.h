/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file of a walked folder is: its content says it, not its name. */
#ifndef TOOLS_SNIFF_H
#define TOOLS_SNIFF_H

/*
 * Whether the file NAME in the open folder FOLDER is a picture, or called like one that can be
 * marked.  *KIND becomes what it is, "GIF", where it can't be marked, else NULL.
 */
int sniff_is_picture(int folder, const char *name, const char **kind);

/* Whether NAME is a folder that programs and systems leave among others, such as thumbnails
 * of a file server. */
int sniff_is_litter(const char *name);

#endif
