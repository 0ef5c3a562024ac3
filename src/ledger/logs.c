/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All logs of a ledger: one event after the other, each checked against the one before,
 * which is how logs are merged and looked through; and the rows that they vouch for.
 */
#include <string.h>

#include "ledger/changes.h"

/* A walk over the events of some ledger. */
typedef struct walk {
    tmk_ledger *ledger; /* whose events they are */
    tmk_ledger *into;   /* where they are added; NULL: nowhere */
    tmk_query *find;    /* of INTO, by origin and sequence */
    tmk_event before;   /* the one before; its texts are gone */
    tmk_status status;
    tmk_error *error;
} walk;

static tmk_status fail_chain(const walk *w, const tmk_event *event)
{
    return tmk_fail(
        w->error, TMK_BAD_FILE,
        "%s: is damaged: event %lld of the log %02x%02x%02x%02x... does not follow "
        "from the one before; use a backup",
        tmk_database_path(w->ledger->database), (long long)event->sequence, event->origin[0],
        event->origin[1], event->origin[2], event->origin[3]);
}

/* Whether EVENT continues its chain. */
static tmk_status check_chain(const walk *w, const tmk_event *event)
{
    static const uint8_t zeros[TMK_DIGEST_BYTES];
    uint8_t hash[TMK_DIGEST_BYTES];
    int continues = memcmp(w->before.origin, event->origin, TMK_ORIGIN_BYTES) == 0 &&
                    w->before.sequence > 0;

    if (event->sequence != (continues ? w->before.sequence + 1 : 1))
        return fail_chain(w, event);
    if (continues && event->time <= w->before.time)
        return fail_chain(w, event);
    tmk_event_hash(continues ? w->before.hash : zeros, event, hash);
    return memcmp(hash, event->hash, sizeof hash) == 0 ? TMK_OK : fail_chain(w, event);
}

/* Whether INTO has EVENT; another one of the same number is a contradiction. */
static tmk_status find_same(walk *w, const tmk_event *event, int *is_there)
{
    const char *hash;
    size_t size;
    int same = 0;
    tmk_status status;

    tmk_query_bind_blob(w->find, 1, event->origin, TMK_ORIGIN_BYTES);
    tmk_query_bind_number(w->find, 2, event->sequence);
    status = tmk_query_step(w->find, is_there, w->error);
    if (*is_there) {
        hash = tmk_query_text(w->find, 0, &size);
        same = hash != NULL && size == TMK_DIGEST_BYTES &&
               memcmp(hash, event->hash, TMK_DIGEST_BYTES) == 0;
    }
    tmk_query_reset(w->find);
    if (status == TMK_OK && *is_there && !same)
        return tmk_fail(w->error, TMK_BAD_FILE,
                        "%s: contradicts the log of %s from event %lld on: one of them was "
                        "changed, or is a copy that was written to; use a backup",
                        tmk_database_path(w->ledger->database),
                        tmk_database_path(w->into->database), (long long)event->sequence);
    return status;
}

/* Adds EVENT to INTO, which lacks it.  INTO's own log is continued by INTO alone. */
static tmk_status add(const walk *w, const tmk_event *event)
{
    const char *path = tmk_database_path(w->ledger->database);
    int is_own = 0;

    TMK_TRY(tmk_log_is_own(w->into, event->origin, &is_own, w->error));
    if (is_own)
        return tmk_fail(
            w->error, TMK_BAD_FILE,
            "%s: contradicts the log of %s, which has no event %lld: it is a copy "
            "that was written to, or %s an old backup; merge both into a new ledger",
            path, tmk_database_path(w->into->database), (long long)event->sequence,
            tmk_database_path(w->into->database));
    TMK_TRY(tmk_log_not_ahead(event->time, path, w->error));
    return tmk_event_insert(w->into, event, w->error);
}

static tmk_status take(walk *w, const tmk_event *event)
{
    int is_there = 0;

    TMK_TRY(check_chain(w, event));
    if (w->into == NULL)
        return TMK_OK;
    TMK_TRY(find_same(w, event, &is_there));
    return is_there ? TMK_OK : add(w, event);
}

static int take_one(void *context, const tmk_event *event)
{
    walk *w = context;

    w->status = take(w, event);
    w->before = *event;
    return w->status != TMK_OK;
}

static tmk_status walk_all(walk *w)
{
    TMK_TRY(tmk_ledger_each_event(w->ledger, take_one, w, w->error));
    return w->status;
}

tmk_status tmk_log_merge(tmk_ledger *ledger, tmk_ledger *other, tmk_error *error)
{
    walk w = {.ledger = other, .into = ledger, .status = TMK_OK, .error = error};
    tmk_status status;

    TMK_TRY(tmk_query_new(ledger->database,
                          "SELECT hash FROM events WHERE origin = ?1 AND sequence = ?2",
                          &w.find, error));
    status = walk_all(&w);
    tmk_query_free(&w.find);
    return status;
}

/* ------------------------------------------------------------------------ rows */

/* What is done with every row. */
typedef struct rows {
    tmk_ledger *ledger;
    tmk_status (*treat)(struct rows *rows, const tmk_table *table, const void *row);
    int64_t found; /* events that vouch for them */
    tmk_status status;
    tmk_error *error;
} rows;

static int treat_channel(void *context, const tmk_channel *channel)
{
    rows *r = context;

    r->status = r->treat(r, tmk_channel_table(), channel);
    return r->status != TMK_OK;
}

static int treat_release(void *context, const tmk_release *release)
{
    rows *r = context;

    r->status = r->treat(r, tmk_release_table(), release);
    return r->status != TMK_OK;
}

static tmk_status treat_all(rows *r)
{
    TMK_TRY(tmk_ledger_each_channel(r->ledger, treat_channel, r, r->error));
    TMK_TRY(r->status);
    TMK_TRY(tmk_ledger_each(r->ledger, NULL, treat_release, r, r->error));
    return r->status;
}

/* There is an event of the row as it stands, and no later change says otherwise. */
static tmk_status check_row(tmk_ledger *ledger, const tmk_table *table, const void *row,
                            tmk_error *error)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    int is_there = 0, is_so = 0;
    const char *what = table == tmk_channel_table() ? ((const tmk_channel *)row)->name
                                                    : ((const tmk_release *)row)->output;

    TMK_TRY(tmk_log_find(ledger, table, row, digest, &is_there, error));
    if (is_there && table == tmk_channel_table())
        TMK_TRY(tmk_change_channel_check(ledger, row, &is_so, error));
    else if (is_there)
        TMK_TRY(tmk_change_release_check(ledger, row, &is_so, error));
    return is_so
               ? TMK_OK
               : tmk_fail(error, TMK_BAD_FILE,
                          "%s: is damaged: the %s %s is not what the log says; use a backup",
                          tmk_database_path(ledger->database), table->thing, what);
}

static tmk_status check_one(rows *r, const tmk_table *table, const void *row)
{
    TMK_TRY(check_row(r->ledger, table, row, r->error));
    return tmk_log_count(r->ledger, table, row, &r->found, r->error);
}

static tmk_status log_one(rows *r, const tmk_table *table, const void *row)
{
    return tmk_log_row(r->ledger, table, row, r->error);
}

tmk_status tmk_log_all_rows(tmk_ledger *ledger, tmk_error *error)
{
    return treat_all(&(rows){ledger, log_one, 0, TMK_OK, error});
}

tmk_status tmk_log_check(tmk_ledger *ledger, tmk_error *error)
{
    walk w = {.ledger = ledger, .status = TMK_OK, .error = error};
    rows all = {ledger, check_one, 0, TMK_OK, error};
    int is_kept = 0;

    TMK_TRY(walk_all(&w));
    TMK_TRY(tmk_log_is_kept(ledger, &is_kept, error));
    if (!is_kept)
        return TMK_OK;
    TMK_TRY(treat_all(&all));
    return tmk_log_missing(ledger, all.found, error);
}
