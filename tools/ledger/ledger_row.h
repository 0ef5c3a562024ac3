/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row of a ledger outside it: a channel or a release as a list of named texts, the
 * same for CSV, JSON lines and people.  Numbers are written so that they come back as
 * they were, times as 2026-11-25T01:09:29.700805Z.
 */
#ifndef TOOLS_LEDGER_ROW_H
#define TOOLS_LEDGER_ROW_H

#include <jansson.h>

#include "toonmark-ledger.h"

#define ROW_FIELDS 64 /* more than there are */

typedef struct ledger_row {
    int is_channel;
    tmk_channel channel; /* what it says, or */
    tmk_release release;
    char *owned[ROW_FIELDS]; /* of fields of bytes: their hexadecimal digits, or what
                                these gave */
} ledger_row;

/* A row that says nothing, and one of what the ledger gave, whose texts it borrows.  Each
 * ends with row_free. */
void row_init(ledger_row *row);
void row_of_release(ledger_row *row, const tmk_release *release);
void row_of_channel(ledger_row *row, const tmk_channel *channel);
void row_free(ledger_row *row);

/*
 * The names of the fields, in the order in which they are written: "record", which says
 * what a row is, those of a channel, and what a release has beside; NULL beyond the last.
 */
const char *row_name(size_t field);

/* The field with this name, or ROW_FIELDS. */
size_t row_find(const char *name);

/* Whether FIELD says anything of rows of ROW's kind, and whether it is a text that may
 * hold any bytes. */
int row_has(const ledger_row *row, size_t field);
int row_is_bytes(size_t field);

#define ROW_BUFFER 80

/* The text of FIELD, "" where there is nothing to say: one of ROW's own, or in BUFFER. */
const char *row_text(ledger_row *row, size_t field, char buffer[ROW_BUFFER]);

/* Sets FIELD by TEXT, which must live as long as ROW; NULL, or what the field wants.  A
 * field that rows of this kind don't have is left alone: set "record" first. */
const char *row_set(ledger_row *row, size_t field, const char *text);

/* NULL if ROW says all that its kind must, else what is missing. */
const char *row_problem(const ledger_row *row);

/* Adds the fields to OBJECT; and prints OBJECT, which this frees, with all digits. */
void row_put(json_t *object, ledger_row *row);
void row_json(FILE *stream, json_t *object);

#endif
