/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading releases.  The numbers of those that are meant are listed at once; then each is
 * read for itself, its texts copied, and the database free again while the caller looks
 * at it, which may take hours for all.  As no release is ever changed or removed, that is
 * as good as reading all at one instant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
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

static void want_digest(condition *c, const char *sql, const uint8_t *digest)
{
    if (digest == NULL)
        return;
    add_sql(c, sql);
    add_value(c, digest, TMK_DIGEST_BYTES, 0);
}

/*
 * The directory itself and what is below it: all paths from "dir/" to "dir0", '0' being
 * the character behind '/'.  Below a directory whose name is UTF-8 there can be names
 * that are not, and these are BLOBs, which sort behind all texts.
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
#define NEWEST                                                                    \
    "NOT EXISTS (SELECT 1 FROM releases AS n WHERE n.output = r.output AND"       \
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
    want_text(c, " AND r.channel = ?", f->channel);
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

static const char columns[] =
    "SELECT r.id, r.time, r.mark, r.fingerprint, i.digest, i.bytes, r.output_digest,"
    " r.output_bytes, r.width, r.height, r.slice, r.strength, r.quality, r.margin_db,"
    " r.psnr_db, " NEWEST ", i.path, r.output, r.channel, r.title, r.episode, r.page,"
    " r.options, r.verified, r.version FROM releases AS r JOIN inputs AS i ON i.id = r.input"
    " WHERE r.id = ?1";

enum {
    ID, TIME, MARK, KEY, INPUT_DIGEST, INPUT_BYTES, OUTPUT_DIGEST, OUTPUT_BYTES, WIDTH,
    HEIGHT, SLICE, STRENGTH, QUALITY, MARGIN, PSNR, IS_NEWEST, FIRST_TEXT, TEXTS = 9
};

/* The reading of one release after the other. */
typedef struct reading {
    tmk_ledger *ledger;
    tmk_query *query;
    char *texts; /* all texts of the release, one behind the other */
    size_t capacity;
    tmk_release release;
} reading;

static tmk_status fail_damaged(const reading *reader, const char *what, tmk_error *error)
{
    return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: %s of release %lld; use a backup",
                    tmk_database_path(reader->ledger->database), what,
                    (long long)reader->release.id);
}

static int read_digest(tmk_query *query, int column, uint8_t digest[TMK_DIGEST_BYTES])
{
    size_t size;
    const char *bytes = tmk_query_text(query, column, &size);

    if (bytes == NULL || size != TMK_DIGEST_BYTES)
        return 0;
    memcpy(digest, bytes, TMK_DIGEST_BYTES);
    return 1;
}

static tmk_status read_numbers(reading *reader, tmk_error *error)
{
    tmk_query *query = reader->query;
    tmk_release *r = &reader->release;
    const char *text = "";
    tmk_status status;

    *r = (tmk_release){.id = tmk_query_number(query, ID),
                       .time = tmk_query_number(query, TIME),
                       .input_bytes = (uint64_t)tmk_query_number(query, INPUT_BYTES),
                       .output_bytes = (uint64_t)tmk_query_number(query, OUTPUT_BYTES),
                       .width = (int)tmk_query_number(query, WIDTH),
                       .height = tmk_query_number(query, HEIGHT),
                       .slice = (int)tmk_query_number(query, SLICE),
                       .strength = tmk_query_real(query, STRENGTH),
                       .quality = (int)tmk_query_number(query, QUALITY),
                       .margin_db = tmk_query_real(query, MARGIN),
                       .psnr_db = tmk_query_real(query, PSNR),
                       .is_newest = tmk_query_number(query, IS_NEWEST) != 0};
    if (r->time < 0 || r->time > TMK_LAST_TIME)
        return fail_damaged(reader, "the time", error);
    status = tmk_ledger_text(reader->ledger, query, MARK, &text, error);
    if (status == TMK_OK && !tmk_mark_parse(text, &r->mark))
        status = fail_damaged(reader, "the mark", error);
    if (status == TMK_OK)
        status = tmk_ledger_text(reader->ledger, query, KEY, &text, error);
    if (status == TMK_OK && strlen(text) >= sizeof r->key)
        status = fail_damaged(reader, "the fingerprint", error);
    if (status != TMK_OK)
        return status;
    strcpy(r->key, text);
    if (!read_digest(query, INPUT_DIGEST, r->input_digest) ||
        !read_digest(query, OUTPUT_DIGEST, r->output_digest))
        return fail_damaged(reader, "a digest", error);
    return TMK_OK;
}

static tmk_status reserve(reading *reader, size_t size, tmk_error *error)
{
    char *grown;

    if (size <= reader->capacity)
        return TMK_OK;
    grown = realloc(reader->texts, 2 * size);
    if (grown == NULL)
        return tmk_fail_memory(error, "a release");
    reader->texts = grown;
    reader->capacity = 2 * size;
    return TMK_OK;
}

static tmk_status read_texts(reading *reader, tmk_error *error)
{
    tmk_release *r = &reader->release;
    const char **const members[TEXTS] = {&r->input,   &r->output,  &r->channel,
                                         &r->title,   &r->episode, &r->page,
                                         &r->options, &r->verified, &r->version};
    const char *texts[TEXTS];
    size_t total = 0;
    char *next;

    for (int i = 0; i < TEXTS; i++) {
        tmk_status status = tmk_ledger_text(reader->ledger, reader->query, FIRST_TEXT + i,
                                            &texts[i], error);

        if (status != TMK_OK)
            return status;
        total += strlen(texts[i]) + 1;
    }
    if (reserve(reader, total, error) != TMK_OK)
        return TMK_NO_MEMORY;
    next = reader->texts;
    for (int i = 0; i < TEXTS; i++) {
        *members[i] = next;
        next = stpcpy(next, texts[i]) + 1;
    }
    return TMK_OK;
}

/* Reads the release ID into READER; the database is free again afterwards. */
static tmk_status read_release(reading *reader, int64_t id, int *is_there, tmk_error *error)
{
    tmk_ledger *ledger = reader->ledger;
    tmk_status status = TMK_OK;

    *is_there = 0;
    pthread_mutex_lock(&ledger->lock);
    if (reader->query == NULL)
        status = tmk_query_new(ledger->database, columns, &reader->query, error);
    if (status == TMK_OK) {
        tmk_query_bind_number(reader->query, 1, id);
        status = tmk_query_step(reader->query, is_there, error);
    }
    if (*is_there)
        status = read_numbers(reader, error);
    if (*is_there && status == TMK_OK)
        status = read_texts(reader, error);
    if (reader->query != NULL)
        tmk_query_reset(reader->query);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}

static tmk_status read_all(reading *reader, const id_list *list,
                           int (*visit)(void *context, const tmk_release *release),
                           void *context, tmk_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        int is_there;
        tmk_status status = read_release(reader, list->ids[i], &is_there, error);

        if (status != TMK_OK)
            return status;
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
    free(reader.texts);
    free(list.ids);
    return status;
}
