/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory for one test's files, and small files in it. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

#define SCRATCH_PATH 512

/* Makes an empty directory and goes into it; scratch_end removes it with its files. */
void scratch_begin(void);
void scratch_end(void);

/* How many files there are. */
int scratch_count(void);

/* Writes SIZE bytes to the file NAME, new or emptied, with MODE. */
void scratch_write(const char *name, const void *bytes, size_t size, mode_t mode);

/* Reads at most LIMIT - 1 bytes of the file NAME, ends them with a NUL; their number. */
size_t scratch_read(const char *name, char *text, size_t limit);

/* All of the file NAME, to be freed. */
unsigned char *scratch_load(const char *name, size_t *size);

/* Whether both files hold the same bytes. */
int scratch_same(const char *one, const char *other);

#endif
