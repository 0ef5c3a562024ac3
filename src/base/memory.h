/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation by count times size, checked for overflow, zeroed, aligned for vectors. */
#ifndef TMK_BASE_MEMORY_H
#define TMK_BASE_MEMORY_H

#include <stddef.h>

/* COUNT items of SIZE bytes, all zero, aligned to 64 bytes; NULL if that can't be had.
 * A count of zero gives a pointer that may be freed.  Ends with tmk_free. */
void *tmk_calloc(size_t count, size_t size) __attribute__((warn_unused_result));

/* Frees what tmk_calloc gave; NULL is allowed. */
void tmk_free(void *memory);

#endif
