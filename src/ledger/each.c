/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading releases.  The numbers of those that are meant are listed at once; then each is
 * read for itself, its texts copied, and the database free again while the caller looks
 * at it, which may take hours for all.  As no release is ever removed, and nothing of it
 * changes but its state, this gives what reading all at one instant would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/columns.h"
#include "ledger/ledger.h"

/* --------------------------------------------------------------------- listing */

/* A condition in the making: SQL, and the texts and digests of its parameters. */
typedef struct condition {
    char sql[2048];
    size_t length;
    int count;
    struct value {
        const void *bytes; /* NULL: a number */
        size_t size;       /* 0: BYTES is a text */
        int64_t number;
    } values[24];
    char digits[TMK_MARK_DIGITS + 1];
    char *itself, *below, *beyond; /* a directory; with a slash; what follows all in it */
} condition;

static void add_sql(condition *c, const char *sql)
{
    c->length += (size_t)snprintf(c->sql + c->length, sizeof c->sql - c->length, "%s", sql);
}

static void add_value(condition *c, const void *bytes, size_t size, int64_t number)
{
    c->values[c->count++] = (struct value){bytes, size, number};
}

static void want_text(condition *c, const char *sql, const char *text)
{
    if (text == NULL)
        return;
    add_sql(c, sql);
    add_value(c, text, 0, 0);
}

/* Those to the channel of this NAME, under whatever name it had then; and those under it. */
static void want_channel(condition *c, const char *name)
{
    want_text(c, " AND (r.channel = ?", name);
    want_text(c,
              " OR (r.channel != '' AND r.mark IN"
              " (SELECT mark FROM channels WHERE name = ?)))",
              name);
}

static void want_digest(condition *c, const char *sql, const uint8_t *digest)
{
    if (digest == NULL)
        return;
    add_sql(c, sql);
    add_value(c, digest, TMK_DIGEST_BYTES, 0);
}

/*
 * The directory itself and what is below it: all paths from "dir/" to "dir0", '0' being
 * the character after '/'.  Below a directory whose name is UTF-8 there can be names
 * that are not, and these are BLOBs, which sort after all texts.
 */
static tmk_status want_under(condition *c, const char *path, tmk_error *error)
{
    size_t length = strlen(path);

    while (length > 0 && path[length - 1] == '/')
        length--;
    c->itself = strndup(path, length);
    c->below = malloc(length + 2);
    c->beyond = malloc(length + 2);
    if (c->itself == NULL || c->below == NULL || c->beyond == NULL)
        return tmk_fail_memory(error, path);
    sprintf(c->below, "%.*s/", (int)length, path);
    sprintf(c->beyond, "%.*s0", (int)length, path);
    add_sql(c, " AND r.id IN (SELECT id FROM releases WHERE output = ?"
               " UNION SELECT id FROM releases WHERE output >= ? AND output < ?"
               " UNION SELECT id FROM releases WHERE output >= ? AND output < ?)");
    add_value(c, c->itself, 0, 0);
    add_value(c, c->below, 0, 0);
    add_value(c, c->beyond, 0, 0);
    add_value(c, c->below, length + 1, 0);
    add_value(c, c->beyond, length + 1, 0);
    return TMK_OK;
}

/* Of two releases at the same microsecond it is the content that decides, and not the
 * number, so that merged ledgers agree whatever was merged first. */
#define NEWEST                                                                               \
    "NOT EXISTS (SELECT 1 FROM releases AS n WHERE n.output = r.output AND"                  \
    " (n.time, n.mark, n.output_digest) > (r.time, r.mark, r.output_digest))"

static tmk_status compose(condition *c, const tmk_release_filter *f, tmk_error *error)
{
    tmk_status status = TMK_OK;

    add_sql(c, "SELECT r.id FROM releases AS r JOIN inputs AS i ON i.id = r.input WHERE 1");
    if (f->id != 0) {
        add_sql(c, " AND r.id = ?");
        add_value(c, NULL, 0, f->id);
    }
    if (f->mark != NULL) {
        tmk_mark_format(*f->mark, c->digits);
        want_text(c, " AND r.mark = ?", c->digits);
    }
    want_text(c, " AND r.output = ?", f->output);
    want_channel(c, f->channel);
    want_text(c, " AND r.title = ?", f->title);
    want_text(c, " AND r.episode = ?", f->episode);
    want_text(c, " AND r.page = ?", f->page);
    want_digest(c, " AND i.digest = ?", f->input_digest);
    want_digest(c, " AND r.output_digest = ?", f->output_digest);
    if (f->under != NULL)
        status = want_under(c, f->under, error);
    if (f->newest)
        add_sql(c, " AND " NEWEST);
    add_sql(c, " ORDER BY r.time, r.output, r.mark, r.output_digest");
    return status;
}

static void bind_values(tmk_query *query, const condition *c)
{
    for (int i = 0; i < c->count; i++) {
        const struct value *value = &c->values[i];

        if (value->bytes == NULL)
            tmk_query_bind_number(query, i + 1, value->number);
        else if (value->size == 0)
            tmk_query_bind_text(query, i + 1, value->bytes);
        else
            tmk_query_bind_blob(query, i + 1, value->bytes, value->size);
    }
}

/* The numbers of releases that are meant. */
typedef struct id_list {
    int64_t *ids;
    size_t count, capacity;
} id_list;

static tmk_status append(id_list *list, int64_t id, tmk_error *error)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        int64_t *grown = realloc(list->ids, capacity * sizeof *grown);

        if (grown == NULL)
            return tmk_fail_memory(error, "the list of releases");
        list->ids = grown;
        list->capacity = capacity;
    }
    list->ids[list->count++] = id;
    return TMK_OK;
}

static tmk_status list_ids(tmk_ledger *ledger, const tmk_release_filter *filter,
                           id_list *list, tmk_error *error)
{
    condition wanted = {.length = 0};
    tmk_query *query = NULL;
    int has_row = 0;
    tmk_status status = compose(&wanted, filter, error);

    if (status == TMK_OK)
        status = tmk_query_new(ledger->database, wanted.sql, &query, error);
    if (status == TMK_OK) {
        bind_values(query, &wanted);
        status = tmk_query_step(query, &has_row, error);
    }
    while (status == TMK_OK && has_row) {
        status = append(list, tmk_query_number(query, 0), error);
        if (status == TMK_OK)
            status = tmk_query_step(query, &has_row, error);
    }
    tmk_query_free(&query);
    free(wanted.itself);
    free(wanted.below);
    free(wanted.beyond);
    return status;
}

/* --------------------------------------------------------------------- reading */

/* The reading of one release after the other. */
typedef struct reading {
    tmk_ledger *ledger;
    tmk_query *query;
    tmk_texts texts;
    tmk_release release;
} reading;

static tmk_status prepare(reading *reader, tmk_error *error)
{
    char sql[TMK_SQL_BYTES];

    if (reader->query != NULL)
        return TMK_OK;
    tmk_table_select(tmk_release_table(), ", " NEWEST, "WHERE r.id = ?1", sql);
    return tmk_query_new(reader->ledger->database, sql, &reader->query, error);
}

/* Fills in the release that the query stands on. */
static tmk_status read_row(reading *reader, tmk_error *error)
{
    const tmk_table *table = tmk_release_table();
    tmk_release *r = &reader->release;

    tmk_release_init(r);
    r->id = tmk_query_number(reader->query, 0);
    r->is_newest = tmk_query_number(reader->query, (int)table->count + 1) != 0;
    return tmk_table_read(table, reader->query, tmk_database_path(reader->ledger->database),
                          r, &reader->texts, error);
}

/* Reads the release ID into READER; the database is free again afterwards. */
static tmk_status read_release(reading *reader, int64_t id, int *is_there, tmk_error *error)
{
    tmk_status status;

    *is_there = 0;
    pthread_mutex_lock(&reader->ledger->lock);
    status = prepare(reader, error);
    if (status == TMK_OK) {
        tmk_query_bind_number(reader->query, 1, id);
        status = tmk_query_step(reader->query, is_there, error);
    }
    if (*is_there)
        status = read_row(reader, error);
    if (reader->query != NULL)
        tmk_query_reset(reader->query);
    pthread_mutex_unlock(&reader->ledger->lock);
    return status;
}

static tmk_status read_all(reading *reader, const id_list *list,
                           int (*visit)(void *context, const tmk_release *release),
                           void *context, tmk_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        int is_there;

        TMK_TRY(read_release(reader, list->ids[i], &is_there, error));
        if (is_there && visit(context, &reader->release) != 0)
            return TMK_OK;
    }
    return TMK_OK;
}

tmk_status tmk_ledger_each(tmk_ledger *ledger, const tmk_release_filter *filter,
                           int (*visit)(void *context, const tmk_release *release),
                           void *context, tmk_error *error)
{
    static const tmk_release_filter everything;
    reading reader = {.ledger = ledger};
    id_list list = {0};
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = list_ids(ledger, filter != NULL ? filter : &everything, &list, error);
    pthread_mutex_unlock(&ledger->lock);
    if (status == TMK_OK)
        status = read_all(&reader, &list, visit, context, error);
    pthread_mutex_lock(&ledger->lock);
    tmk_query_free(&reader.query);
    pthread_mutex_unlock(&ledger->lock);
    free(reader.texts.bytes);
    free(list.ids);
    return status;
}
