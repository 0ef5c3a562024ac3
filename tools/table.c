/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

void table_init(table *t, FILE *stream)
{
    *t = (table){.stream = stream, .next_line = 1};
}

void table_free(table *t)
{
    free(t->bytes);
    t->bytes = NULL;
}

/* --------------------------------------------------------------------- reading */

static int refuse(table *t, const char *problem)
{
    t->problem = problem;
    return -1;
}

/* Adds one byte to the record; 0 after having refused it. */
static int keep(table *t, int byte)
{
    if (t->size == TABLE_RECORD)
        return refuse(t, "longer than 1 MiB") > 0;
    t->bytes = grown(t->bytes, t->size, &t->capacity, 1);
    t->bytes[t->size++] = (char)byte;
    return 1;
}

/* The next byte; a NUL, which no text may hold, is refused as END_OF_TEXT. */
#define END_OF_TEXT (-2)

static int next_byte(table *t)
{
    int byte = getc_unlocked(t->stream);

    if (byte == '\n')
        t->next_line++;
    if (byte == '\0') {
        refuse(t, "holds a NUL, so this is no text file");
        return END_OF_TEXT;
    }
    return byte;
}

/* Passes over a byte order mark, which spreadsheets put at the beginning, and empty
 * lines; the first byte of the record or EOF. */
static int first_byte(table *t)
{
    static const char mark[] = "\xef\xbb\xbf";
    int byte, i = 0;

    t->size = t->count = 0;
    t->problem = NULL;
    byte = next_byte(t);
    if (t->next_line == 1 && byte == 0xef) {
        while (i < 3 && byte == (unsigned char)mark[i]) {
            byte = next_byte(t);
            i++;
        }
        if (i < 3) {
            refuse(t, "invalid byte order mark");
            return END_OF_TEXT;
        }
    }
    while (byte == '\n' || byte == '\r')
        byte = next_byte(t);
    t->line = t->next_line;
    return byte;
}

/* What ends a field that began at BYTE and is not in quotes, or END_OF_TEXT. */
static int read_plain(table *t, int byte)
{
    while (byte != ',' && byte != '\n' && byte != '\r' && byte != EOF) {
        if (byte == END_OF_TEXT)
            return END_OF_TEXT;
        if (byte == '"') {
            refuse(t, "a quotation mark within a field that does not begin with one");
            return END_OF_TEXT;
        }
        if (!keep(t, byte))
            return END_OF_TEXT;
        byte = next_byte(t);
    }
    return byte;
}

/* What ends a field after its opening quotation mark, or END_OF_TEXT. */
static int read_quoted(table *t)
{
    for (;;) {
        int byte = next_byte(t);

        if (byte == '"') {
            byte = next_byte(t);
            if (byte != '"')
                return byte;
        } else if (byte == EOF) {
            refuse(t, "a quotation mark that is never closed");
            return END_OF_TEXT;
        }
        if (byte == END_OF_TEXT || !keep(t, byte))
            return END_OF_TEXT;
    }
}

/* Reads the fields from BYTE on and notes where each begins. */
static int read_fields(table *t, int byte, size_t starts[TABLE_FIELDS])
{
    for (;;) {
        if (t->count == TABLE_FIELDS)
            return refuse(t, "more than 64 fields");
        starts[t->count++] = t->size;
        byte = byte == '"' ? read_quoted(t) : read_plain(t, byte);
        if (byte == END_OF_TEXT || !keep(t, '\0'))
            return -1;
        if (byte == '\r')
            byte = next_byte(t) == '\n' ? '\n' : 'x';
        if (byte == '\n' || byte == EOF)
            return 1;
        if (byte != ',')
            return refuse(t, "something after a closing quotation mark or a line's end");
        byte = next_byte(t);
    }
}

int table_read_record(table *t)
{
    size_t starts[TABLE_FIELDS];
    int byte = first_byte(t);

    if (byte == EOF)
        return ferror(t->stream) ? refuse(t, "can't be read") : 0;
    if (byte == END_OF_TEXT)
        return -1;
    if (read_fields(t, byte, starts) < 0)
        return -1;
    for (size_t i = 0; i < t->count; i++)
        t->fields[i] = t->bytes + starts[i];
    return 1;
}

int table_read_line(table *t)
{
    int byte = first_byte(t);

    if (byte == EOF)
        return ferror(t->stream) ? refuse(t, "can't be read") : 0;
    for (; byte != '\n' && byte != EOF; byte = next_byte(t)) {
        if (byte == END_OF_TEXT || !keep(t, byte))
            return -1;
    }
    return keep(t, '\0') ? 1 : -1;
}

/* --------------------------------------------------------------------- writing */

void table_write(FILE *stream, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, stream);
        return;
    }
    putc_unlocked('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc_unlocked('"', stream);
        putc_unlocked(*text, stream);
    }
    putc_unlocked('"', stream);
}
