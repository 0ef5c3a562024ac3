/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of rows, by the kinds of their columns: from a struct into a statement, and back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "ledger/changes.h"
#include "ledger/columns.h"
#include "ledger/ledger.h"

int64_t tmk_ledger_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

tmk_status tmk_ledger_text(const tmk_ledger *ledger, tmk_query *query, int column,
                           const char **text, tmk_error *error)
{
    size_t size = 0;

    *text = tmk_query_text(query, column, &size);
    if (*text == NULL)
        return tmk_fail_memory(error, "a text of the ledger");
    if (strlen(*text) != size)
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: a text holds a NUL",
                        tmk_database_path(ledger->database));
    return TMK_OK;
}

/* -------------------------------------------------------------------- binding */

static void bind(const tmk_field *field, tmk_query *query, int index, const void *row)
{
    const void *value = (const char *)row + field->offset;
    const char *text;
    char digits[TMK_MARK_DIGITS + 1];
    tmk_bytes blob;

    switch (field->kind) {
    case TMK_FIELD_TIME:
    case TMK_FIELD_NUMBER:
        tmk_query_bind_number(query, index, *(const int64_t *)value);
        break;
    case TMK_FIELD_INT:
        tmk_query_bind_number(query, index, *(const int *)value);
        break;
    case TMK_FIELD_REAL:
        tmk_query_bind_real(query, index, *(const double *)value);
        break;
    case TMK_FIELD_TEXT:
        text = *(const char *const *)value;
        tmk_query_bind_text(query, index, text != NULL ? text : "");
        break;
    case TMK_FIELD_MARK:
        tmk_mark_format(*(const uint64_t *)value, digits);
        tmk_query_bind_copy(query, index, digits);
        break;
    case TMK_FIELD_KEY:
        tmk_query_bind_text(query, index, value);
        break;
    case TMK_FIELD_DIGEST:
        tmk_query_bind_blob(query, index, value, TMK_DIGEST_BYTES);
        break;
    case TMK_FIELD_WORD:
        tmk_query_bind_text(query, index, field->words[*(const int *)value]);
        break;
    case TMK_FIELD_BLOB:
        blob = *(const tmk_bytes *)value;
        tmk_query_bind_blob(query, index, blob.size > 0 ? blob.bytes : NULL, blob.size);
        break;
    }
}

int tmk_table_bind(const tmk_table *table, tmk_query *query, const void *row)
{
    int index = 1;

    for (size_t i = 0; i < table->count; i++) {
        if (!table->columns[i].of_input)
            bind(&table->columns[i].field, query, index++, row);
    }
    return index;
}

/* -------------------------------------------------------------------- reading */

/* One row on its way out of the database. */
typedef struct reading {
    const tmk_table *table;
    tmk_query *query;
    const char *path;
    tmk_texts *texts;
    size_t used; /* bytes of the texts */
    tmk_error *error;
} reading;

/* Room for all texts of the row. */
static tmk_status reserve(reading *r)
{
    size_t total = 0, size;
    char *grown;

    for (size_t i = 0; i < r->table->count; i++) {
        tmk_field_kind kind = r->table->columns[i].field.kind;

        if (kind == TMK_FIELD_TEXT || kind == TMK_FIELD_BLOB) {
            tmk_query_text(r->query, (int)i + 1, &size);
            total += size + 1;
        }
    }
    if (total <= r->texts->capacity)
        return TMK_OK;
    grown = realloc(r->texts->bytes, 2 * total);
    if (grown == NULL)
        return tmk_fail_memory(r->error, "a row of the ledger");
    *r->texts = (tmk_texts){grown, 2 * total};
    return TMK_OK;
}

/* Copies SIZE bytes after the texts, and a NUL. */
static const char *keep(reading *r, const char *text, size_t size)
{
    char *copy = r->texts->bytes + r->used;

    memcpy(copy, text, size);
    copy[size] = '\0';
    r->used += size + 1;
    return copy;
}

/* Sets VALUE by column INDEX; 0 if there is what no ledger would hold. */
static int set(reading *r, const tmk_field *field, int index, void *value)
{
    size_t size = 0;
    int64_t number = tmk_query_number(r->query, index);
    const char *text = tmk_query_text(r->query, index, &size);

    if (text == NULL)
        text = "";
    switch (field->kind) {
    case TMK_FIELD_TIME:
    case TMK_FIELD_NUMBER:
        *(int64_t *)value = number;
        return number >= 0 && (field->kind == TMK_FIELD_NUMBER || number <= TMK_LAST_TIME);
    case TMK_FIELD_INT:
        *(int *)value = (int)number;
        return number >= 0 && number <= INT32_MAX;
    case TMK_FIELD_REAL:
        *(double *)value = tmk_query_real(r->query, index);
        return 1;
    case TMK_FIELD_TEXT:
        *(const char **)value = keep(r, text, size);
        return strlen(text) == size;
    case TMK_FIELD_MARK:
        return tmk_mark_parse(text, value);
    case TMK_FIELD_KEY:
        if (strlen(text) > TMK_MARK_DIGITS)
            return 0;
        strcpy(value, text);
        return 1;
    case TMK_FIELD_DIGEST:
        if (size != TMK_DIGEST_BYTES)
            return 0;
        memcpy(value, text, TMK_DIGEST_BYTES);
        return 1;
    case TMK_FIELD_WORD:
        return tmk_find_word(field->words, text, value);
    case TMK_FIELD_BLOB:
        *(tmk_bytes *)value = (tmk_bytes){(const uint8_t *)keep(r, text, size), size};
        return 1;
    }
    return 0;
}

tmk_status tmk_table_read(const tmk_table *table, tmk_query *query, const char *path,
                          void *row, tmk_texts *texts, tmk_error *error)
{
    reading r = {table, query, path, texts, 0, error};

    TMK_TRY(reserve(&r));
    for (size_t i = 0; i < table->count; i++) {
        const tmk_field *field = &table->columns[i].field;

        if (!set(&r, field, (int)i + 1, (char *)row + field->offset))
            return tmk_fail(error, TMK_BAD_FILE,
                            "%s: is damaged: %s of %s %lld; use a backup", path, field->name,
                            table->thing, (long long)tmk_query_number(query, 0));
    }
    return TMK_OK;
}

/* --------------------------------------------------------------------- digest */

void tmk_hash_number(tmk_hash *hash, uint64_t number)
{
    uint8_t bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
    tmk_hash_update(hash, bytes, sizeof bytes);
}

void tmk_hash_bytes(tmk_hash *hash, const void *bytes, size_t size)
{
    tmk_hash_number(hash, size);
    tmk_hash_update(hash, bytes, size);
}

/* The name of a field that says something, and the number that is all it says. */
static void add_number(tmk_hash *hash, const tmk_field *field, uint64_t number)
{
    if (number == 0)
        return;
    tmk_hash_bytes(hash, field->name, strlen(field->name));
    tmk_hash_number(hash, number);
}

static void add_bytes(tmk_hash *hash, const tmk_field *field, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    tmk_hash_bytes(hash, field->name, strlen(field->name));
    tmk_hash_bytes(hash, bytes, size);
}

/* A double as its 64 bits; SQLite keeps no zero that is negative. */
static void add_real(tmk_hash *hash, const tmk_field *field, double value)
{
    uint64_t bits;

    if (isnan(value))
        return;
    value = value == 0 ? 0 : value;
    memcpy(&bits, &value, sizeof bits);
    tmk_hash_bytes(hash, field->name, strlen(field->name));
    tmk_hash_number(hash, bits);
}

static void add_field(tmk_hash *hash, const tmk_field *field, const void *value)
{
    const char *text;
    const tmk_bytes *blob = value;

    switch (field->kind) {
    case TMK_FIELD_TIME:
    case TMK_FIELD_NUMBER:
    case TMK_FIELD_MARK:
        add_number(hash, field, *(const uint64_t *)value);
        break;
    case TMK_FIELD_INT:
    case TMK_FIELD_WORD:
        add_number(hash, field, (uint64_t)(*(const int *)value));
        break;
    case TMK_FIELD_REAL:
        add_real(hash, field, *(const double *)value);
        break;
    case TMK_FIELD_TEXT:
        text = *(const char *const *)value;
        add_bytes(hash, field, text, text != NULL ? strlen(text) : 0);
        break;
    case TMK_FIELD_KEY:
        add_bytes(hash, field, value, strlen(value));
        break;
    case TMK_FIELD_DIGEST:
        add_bytes(hash, field, value, TMK_DIGEST_BYTES);
        break;
    case TMK_FIELD_BLOB:
        add_bytes(hash, field, blob->bytes, blob->size);
        break;
    }
}

void tmk_table_digest(const tmk_table *table, const void *row,
                      uint8_t digest[TMK_DIGEST_BYTES])
{
    tmk_hash hash;

    tmk_digest_init(&hash);
    for (size_t i = 0; i < table->count; i++) {
        const tmk_field *field = &table->columns[i].field;

        add_field(&hash, field, (const char *)row + field->offset);
    }
    tmk_hash_final(&hash, digest);
}
