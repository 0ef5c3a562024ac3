/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory and texts for the program, which ends where there is no memory. */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Memory for COUNT values of SIZE bytes, all zero; ends with free(). */
void *allocated(size_t count, size_t size);

/* ARRAY, which holds COUNT values of SIZE bytes and has room for *ROOM, with room for one
 * more at least. */
void *grown(void *array, size_t count, size_t *room, size_t size);

/* A copy of TEXT, or of its first LENGTH bytes, and the three texts in one; each ends with
 * free(). */
char *copied(const char *text);
char *copied_part(const char *text, size_t length);
char *joined(const char *first, const char *second, const char *third);

/* A text that grows; begins as {0}, and its bytes end with free(). */
typedef struct text_buffer {
    char *bytes; /* ended by a NUL; NULL as long as nothing was added */
    size_t length, room;
} text_buffer;

void text_add(text_buffer *t, const char *bytes, size_t count);

/* FNV-1a, 64 bits: the sum over SIZE more bytes after SUM, which begins as SUM_OF_NOTHING. */
#define SUM_OF_NOTHING 0xcbf29ce484222325u
uint64_t sum_with(uint64_t sum, const void *bytes, size_t size);

#endif
