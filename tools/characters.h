/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, taken apart by characters, so that none can harm a terminal or JSON. */
#ifndef TOOLS_CHARACTERS_H
#define TOOLS_CHARACTERS_H

#include <stddef.h>

/* The number of bytes, 1 to 4, of the character that TEXT, which is not empty, begins with;
 * 0 where it is not UTF-8. */
size_t character_size(const char *text);

/* Whether the character at TEXT is a control character: C0, DEL or C1. */
int is_control(const char *text);

/* The bytes of TEXT, MOST or a few less, that end in no character's middle: a precision for
 * printf. */
int characters_fit(const char *text, int most);

/* Whether all of TEXT is UTF-8. */
int is_utf8(const char *text);

#endif
