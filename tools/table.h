/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated values as RFC 4180 has them, and lines, from hostile files too. */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include <stdio.h>

#define TABLE_FIELDS 64                /* columns at the most */
#define TABLE_RECORD ((size_t)1 << 20) /* bytes of a record or line at the most */

/* A file that is read record by record. */
typedef struct table {
    FILE *stream;
    size_t line;         /* that the record begins in, from 1 */
    size_t next_line;    /* that follows what was read */
    const char *problem; /* what is wrong with the record */
    char *bytes;         /* of the record; the fields lie in here */
    size_t size, capacity;
    const char *fields[TABLE_FIELDS];
    size_t count;
} table;

/* Begins to read STREAM, which stays the caller's; ends with table_free. */
void table_init(table *t, FILE *stream);
void table_free(table *t);

/* Reads the next record into ->fields, or line into ->bytes, ended by a NUL.  1, 0 at the
 * end of the file, -1 after having set ->problem.  Empty lines are passed over. */
int table_read_record(table *t);
int table_read_line(table *t);

/* Writes TEXT as one field, in quotes if it needs them. */
void table_write(FILE *stream, const char *text);

#endif
