/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Did you mean us-app?": the closest of the words that could be meant, by edit distance. */
#ifndef TOOLS_SUGGEST_H
#define TOOLS_SUGGEST_H

#include <stddef.h>

/* A search for what WORD could mean; begins as {WORD}. */
typedef struct suggestion {
    const char *word;
    const char *best; /* the closest so far; NULL: none is close */
    size_t distance;
} suggestion;

/* Takes CANDIDATE, which must live as long, if it is close to the word: one letter in three
 * may be missing, added, another, or changed places with its neighbour. */
void suggest_consider(suggestion *s, const char *candidate);

/* "; did you mean BEST?" in TEXT, or "" if there is none. */
#define SUGGESTION_BYTES 256
const char *suggest_text(const suggestion *s, char text[SUGGESTION_BYTES]);

#endif
