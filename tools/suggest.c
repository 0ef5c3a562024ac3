/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The distance is that of optimal string alignment, by bytes: row i of its table holds the
 * distances from the first i bytes of one word to all beginnings of the other, and follows
 * from the two rows before it.
 */
#include "suggest.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 200 /* bytes of a word; longer ones are not compared */

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

static size_t distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1], width = strlen(b);
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t *oldest = before;

        before = last, last = row, row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
                           least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return row[width];
}

void suggest_consider(suggestion *s, const char *candidate)
{
    size_t length = strlen(s->word), found;

    if (length > LONGEST || strlen(candidate) > LONGEST)
        return;
    found = distance(s->word, candidate);
    if (found > (length + 1) / 3 || (s->best != NULL && found >= s->distance))
        return;
    s->best = candidate;
    s->distance = found;
}

const char *suggest_text(const suggestion *s, char text[SUGGESTION_BYTES])
{
    *text = '\0';
    if (s->best != NULL)
        snprintf(text, SUGGESTION_BYTES, "; did you mean %s?", s->best);
    return text;
}
