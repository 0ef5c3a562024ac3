/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answers of earlier calls, in a file of JSON lines that extract --resume completes.  An
 * answer holds for a file of the same name and the same bytes, under the same settings.
 */
#ifndef TOOLS_EXTRACT_EARLIER_H
#define TOOLS_EXTRACT_EARLIER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "toonmark.h"

#define EXTRACT_DIGEST_DIGITS (2 * TMK_DIGEST_BYTES)

typedef enum earlier_outcome { EARLIER_NONE, EARLIER_FOUND, EARLIER_FAILED } earlier_outcome;

typedef struct earlier_answer {
    char *file; /* its name, as JSON has it; of a picture that is in a file, the file's */
    int is_part, is_last; /* of such: whether it is the file's last */
    char digest[EXTRACT_DIGEST_DIGITS + 1];
    size_t line; /* that it comes from */
    earlier_outcome outcome;
    int is_passing;  /* a failure that another call may not meet: the file is read again */
    uint64_t *marks; /* strongest first */
    size_t mark_count;
} earlier_answer;

/* All of them; begins as {0}. */
typedef struct earlier_answers {
    earlier_answer *items;
    size_t count, room;
} earlier_answers;

/*
 * Reads the answers under SETTINGS from the start of FILE, named PATH, and leaves FILE after
 * its last whole line, where the next answer belongs; a last summary is cut off as well, and
 * the answers for pictures of a file that is not complete.
 * EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.  E ends with earlier_free, after
 * failure too.
 */
int earlier_read(earlier_answers *e, FILE *file, const char *path, const char *settings);

/* The last answer for FILE with this DIGEST, NULL: there is none.  *COUNT becomes how many
 * there are, this one and those before it: one for each picture that is in FILE. */
const earlier_answer *earlier_find(const earlier_answers *e, const char *file,
                                   const char *digest, size_t *count);

void earlier_free(earlier_answers *e);

#endif
