/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The columns of channels and releases, once: a row for each field says what it is, where
 * it lies in tmk_channel or tmk_release, what it is called in the tables and since which
 * version.  From that come the schema of new versions, the statements that insert and read,
 * and by tmk_channel_field and tmk_release_field what programs export and import.
 */
#ifndef TMK_LEDGER_COLUMNS_H
#define TMK_LEDGER_COLUMNS_H

#include "base/digest.h"
#include "ledger/database.h"

typedef struct tmk_column {
    tmk_field field;
    const char *name; /* in its table */
    int since;        /* the ledger's version that brought it */
    int of_input;     /* it stands in the table inputs */
} tmk_column;

typedef struct tmk_table {
    const char *name;  /* in SQL */
    const char *thing; /* what one row is */
    const char *from;  /* where rows are read: "FROM ... AS r" */
    const tmk_column *columns;
    size_t count;
} tmk_table;

const tmk_table *tmk_channel_table(void);
const tmk_table *tmk_release_table(void);

#define TMK_SQL_BYTES 4096 /* more than any statement here takes */

/* The ledger's version that brought the newest column. */
int tmk_columns_version(void);

/* "ALTER TABLE ... ADD COLUMN ...;" for each column that VERSION brought. */
void tmk_table_alter(const tmk_table *table, int version, char sql[TMK_SQL_BYTES]);

/* "INSERT INTO ... VALUES ...": a parameter for each column that is not the input's, in
 * their order, and after them one for the column LAST (NULL: there is none). */
void tmk_table_insert(const tmk_table *table, const char *last, char sql[TMK_SQL_BYTES]);

/* "SELECT r.id, ..., EXTRA FROM ... REST": the number, then each column. */
void tmk_table_select(const tmk_table *table, const char *extra, const char *rest,
                      char sql[TMK_SQL_BYTES]);

/* Binds the values of ROW to the statement's parameters, from 1; returns the number of the
 * one after them.  ROW must live until the query is reset. */
int tmk_table_bind(const tmk_table *table, tmk_query *query, const void *row);

/* The digest of all that ROW says; doc/ledger.md has its layout. */
void tmk_table_digest(const tmk_table *table, const void *row,
                      uint8_t digest[TMK_DIGEST_BYTES]);

/* Adds to HASH a number, 8 bytes of which the lowest comes first; and bytes after their
 * number. */
void tmk_hash_number(tmk_hash *hash, uint64_t number);
void tmk_hash_bytes(tmk_hash *hash, const void *bytes, size_t size);

/* What a reader keeps: the texts of the row that was read last, one after the other. */
typedef struct tmk_texts {
    char *bytes;
    size_t capacity;
} tmk_texts;

/*
 * Fills ROW from the row that QUERY stands on, which tmk_table_select asked for; its texts
 * lie in TEXTS, whose bytes free() ends.  A value that no ledger would hold is damage.
 */
TMK_MUST_USE tmk_status tmk_table_read(const tmk_table *table, tmk_query *query,
                                       const char *path, void *row, tmk_texts *texts,
                                       tmk_error *error);

#endif
