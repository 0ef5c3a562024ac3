/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the program says: results as text or JSON lines, troubles as one line each on
 * standard error.  Names of files may hold any bytes; here they are escaped.
 */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "toonmark.h"

/* Prints "toonmark: " and the formatted line on standard error, escaped. */
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the line for ERROR, with SUBJECT (an input) in front unless it is there. */
void report_error(const char *subject, const tmk_error *error);

/* Says that memory ran out and ends the program. */
void report_no_memory(void) __attribute__((noreturn));

/*
 * Prints TEXT with control characters, and bytes that are not UTF-8, written as \xNN.
 * A backslash is written as it is.
 */
void report_text(FILE *stream, const char *text);

/* Flushes STREAM; 0, or EXIT_TROUBLE after having said that it can't be written. */
int report_flush(FILE *stream);

/* --------------------------------------------------------------- JSON objects */

/* A new object; ends with report_json. */
json_t *report_object(void);

/* Adds members.  Text that is not UTF-8 gets U+FFFD for the bytes that are not. */
void report_put(json_t *object, const char *name, json_t *value);
void report_put_text(json_t *object, const char *name, const char *text);
void report_put_mark(json_t *object, uint64_t mark);

/* A file's name; one that is not UTF-8 is repeated, byte by byte, as NAME_hex. */
void report_put_file(json_t *object, const char *name, const char *path);

/* The name of PATH that is kept distinct in JSON: its bytes in hexadecimal digits where it is
 * not UTF-8, else PATH.  Ends with free(). */
char *report_file_name(const char *path);

/* A number rounded to DECIMALS places; null if it is not finite. */
void report_put_number(json_t *object, const char *name, double value, int decimals);

/* ERROR as a status word, such as "bad_file", and the message for a person. */
void report_put_error(json_t *object, const tmk_error *error);

/* Prints OBJECT as one line and frees it. */
void report_json(FILE *stream, json_t *object);

#endif
