/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One log: its hashes, appending to it, reading it. */
#include "ledger/events.h"

#include <string.h>

#include "base/digest.h"

#define KIND_LIMIT 64       /* bytes */
#define PAYLOAD_LIMIT 65536 /* bytes; a change has its output's path, of 32768 at most */
#define DAY 86400000000     /* microseconds */

void tmk_event_hash(const uint8_t previous[TMK_DIGEST_BYTES], const tmk_event *event,
                    uint8_t hash[TMK_DIGEST_BYTES])
{
    tmk_hash state;

    tmk_digest_init(&state);
    tmk_hash_update(&state, previous, TMK_DIGEST_BYTES);
    tmk_hash_update(&state, event->origin, TMK_ORIGIN_BYTES);
    tmk_hash_number(&state, (uint64_t)event->sequence);
    tmk_hash_number(&state, (uint64_t)event->time);
    tmk_hash_bytes(&state, event->kind, strlen(event->kind));
    tmk_hash_bytes(&state, event->payload.bytes, event->payload.size);
    tmk_hash_final(&state, hash);
}

/* ------------------------------------------------------------------ appending */

void tmk_log_free(tmk_log *log)
{
    tmk_query_free(&log->last);
    tmk_query_free(&log->find);
    tmk_query_free(&log->insert);
    tmk_query_free(&log->latest);
}

tmk_status tmk_log_begin(tmk_ledger *ledger, tmk_error *error)
{
    uint8_t origin[TMK_ORIGIN_BYTES];
    tmk_query *query = NULL;
    tmk_status status;

    if (!tmk_random(origin, sizeof origin))
        return tmk_fail(error, TMK_UNSUPPORTED, "%s: no source of random numbers",
                        tmk_database_path(ledger->database));
    TMK_TRY(
        tmk_query_new(ledger->database, "INSERT INTO origin VALUES (1, ?1)", &query, error));
    tmk_query_bind_blob(query, 1, origin, sizeof origin);
    status = tmk_query_run(query, error);
    tmk_query_free(&query);
    return status;
}

/* Reads the ledger's origin, when that is asked for the first time; only a temporary ledger
 * may lack one. */
static tmk_status load_origin(tmk_ledger *ledger, tmk_error *error)
{
    tmk_log *log = &ledger->log;
    tmk_query *query = NULL;
    const char *bytes;
    size_t size = 0;
    int has_row = 0;
    tmk_status status;

    if (log->is_known)
        return TMK_OK;
    status = tmk_query_new(ledger->database, "SELECT origin FROM origin", &query, error);
    if (status == TMK_OK)
        status = tmk_query_step(query, &has_row, error);
    if (has_row) {
        bytes = tmk_query_text(query, 0, &size);
        log->has_origin = bytes != NULL && size == TMK_ORIGIN_BYTES;
        if (log->has_origin)
            memcpy(log->origin, bytes, size);
    }
    tmk_query_free(&query);
    if (status == TMK_OK && !log->has_origin && !tmk_database_is_temporary(ledger->database))
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: it has no origin; use a backup",
                        tmk_database_path(ledger->database));
    log->is_known = status == TMK_OK;
    return status;
}

/* The last event of the ledger's own log: its number, time and hash, all 0 without one. */
static tmk_status read_last(tmk_ledger *ledger, tmk_event *event, tmk_error *error)
{
    static const char sql[] = "SELECT sequence, time, hash FROM events WHERE origin = ?1"
                              " ORDER BY sequence DESC LIMIT 1";
    tmk_log *log = &ledger->log;
    const char *bytes;
    size_t size;
    int has_row = 0;
    tmk_status status;

    *event = (tmk_event){.sequence = 0};
    memcpy(event->origin, log->origin, TMK_ORIGIN_BYTES);
    if (log->last == NULL)
        TMK_TRY(tmk_query_new(ledger->database, sql, &log->last, error));
    tmk_query_bind_blob(log->last, 1, log->origin, TMK_ORIGIN_BYTES);
    status = tmk_query_step(log->last, &has_row, error);
    if (has_row) {
        event->sequence = tmk_query_number(log->last, 0);
        event->time = tmk_query_number(log->last, 1);
        bytes = tmk_query_text(log->last, 2, &size);
        if (bytes != NULL && size == TMK_DIGEST_BYTES)
            memcpy(event->hash, bytes, size);
    }
    tmk_query_reset(log->last);
    return status;
}

tmk_status tmk_log_after(const tmk_ledger *ledger, int64_t last, int64_t *time,
                         tmk_error *error)
{
    int64_t now = tmk_ledger_now();

    *time = now > last ? now : last + 1;
    return *time <= TMK_LAST_TIME
               ? TMK_OK
               : tmk_fail(
                     error, TMK_BAD_ARGUMENT,
                     "%s: nothing can be recorded after the end of the year 9999, a time "
                     "that is recorded already; use a backup",
                     tmk_database_path(ledger->database));
}

tmk_status tmk_log_time(tmk_ledger *ledger, int64_t *time, tmk_error *error)
{
    tmk_event last = {.time = 0};

    TMK_TRY(load_origin(ledger, error));
    if (ledger->log.has_origin)
        TMK_TRY(read_last(ledger, &last, error));
    return tmk_log_after(ledger, last.time, time, error);
}

tmk_status tmk_log_not_ahead(int64_t time, const char *subject, tmk_error *error)
{
    return time <= tmk_ledger_now() + DAY
               ? TMK_OK
               : tmk_fail(
                     error, TMK_BAD_ARGUMENT,
                     "%s: its time is more than a day ahead of the clock; set the clock, "
                     "or correct the time",
                     subject);
}

tmk_status tmk_event_insert(tmk_ledger *ledger, const tmk_event *event, tmk_error *error)
{
    tmk_log *log = &ledger->log;

    if (log->insert == NULL)
        TMK_TRY(
            tmk_query_new(ledger->database,
                          "INSERT INTO events (origin, sequence, time, kind, payload, hash)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                          &log->insert, error));
    tmk_query_bind_blob(log->insert, 1, event->origin, TMK_ORIGIN_BYTES);
    tmk_query_bind_number(log->insert, 2, event->sequence);
    tmk_query_bind_number(log->insert, 3, event->time);
    tmk_query_bind_text(log->insert, 4, event->kind);
    tmk_query_bind_blob(log->insert, 5, event->payload.bytes, event->payload.size);
    tmk_query_bind_blob(log->insert, 6, event->hash, TMK_DIGEST_BYTES);
    return tmk_query_run(log->insert, error);
}

tmk_status tmk_log_append(tmk_ledger *ledger, const char *kind, tmk_bytes payload,
                          int64_t after, int64_t *time, tmk_error *error)
{
    tmk_event event;
    uint8_t previous[TMK_DIGEST_BYTES];

    TMK_TRY(read_last(ledger, &event, error));
    memcpy(previous, event.hash, sizeof previous);
    TMK_TRY(
        tmk_log_after(ledger, event.time > after ? event.time : after, &event.time, error));
    if (time != NULL)
        *time = event.time;
    event.sequence++;
    event.kind = kind;
    event.payload = payload;
    tmk_event_hash(previous, &event, event.hash);
    return tmk_event_insert(ledger, &event, error);
}

tmk_status tmk_log_has(tmk_ledger *ledger, const char *kind,
                       const uint8_t digest[TMK_DIGEST_BYTES], int *is_there,
                       tmk_error *error)
{
    tmk_log *log = &ledger->log;
    tmk_status status;

    if (log->find == NULL)
        TMK_TRY(tmk_query_new(ledger->database,
                              "SELECT 1 FROM events WHERE payload = ?1 AND kind = ?2 LIMIT 1",
                              &log->find, error));
    tmk_query_bind_blob(log->find, 1, digest, TMK_DIGEST_BYTES);
    tmk_query_bind_text(log->find, 2, kind);
    status = tmk_query_step(log->find, is_there, error);
    tmk_query_reset(log->find);
    return status;
}

tmk_status tmk_log_find(tmk_ledger *ledger, const tmk_table *table, const void *row,
                        uint8_t digest[TMK_DIGEST_BYTES], int *is_there, tmk_error *error)
{
    tmk_table_digest(table, row, digest);
    return tmk_log_has(ledger, table->thing, digest, is_there, error);
}

tmk_status tmk_log_row(tmk_ledger *ledger, const tmk_table *table, const void *row,
                       tmk_error *error)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    int is_there = 0;

    TMK_TRY(load_origin(ledger, error));
    if (!ledger->log.has_origin)
        return TMK_OK;
    TMK_TRY(tmk_log_find(ledger, table, row, digest, &is_there, error));
    return is_there ? TMK_OK
                    : tmk_log_append(ledger, table->thing, (tmk_bytes){digest, sizeof digest},
                                     0, NULL, error);
}

tmk_status tmk_log_is_own(tmk_ledger *ledger, const uint8_t origin[TMK_ORIGIN_BYTES],
                          int *is_own, tmk_error *error)
{
    TMK_TRY(load_origin(ledger, error));
    *is_own = ledger->log.has_origin &&
              memcmp(ledger->log.origin, origin, TMK_ORIGIN_BYTES) == 0;
    return TMK_OK;
}

tmk_status tmk_log_is_kept(tmk_ledger *ledger, int *is_kept, tmk_error *error)
{
    TMK_TRY(load_origin(ledger, error));
    *is_kept = ledger->log.has_origin;
    return TMK_OK;
}

/* -------------------------------------------------------------------- reading */

static tmk_status read_event(tmk_ledger *ledger, tmk_query *query, tmk_event *event,
                             tmk_error *error)
{
    size_t origin, payload, hash;
    const char *origin_bytes = tmk_query_text(query, 0, &origin);
    const char *payload_bytes = tmk_query_text(query, 4, &payload);
    const char *hash_bytes = tmk_query_text(query, 5, &hash);

    *event = (tmk_event){.sequence = tmk_query_number(query, 1),
                         .time = tmk_query_number(query, 2),
                         .payload = {(const uint8_t *)payload_bytes, payload}};
    TMK_TRY(tmk_ledger_text(ledger, query, 3, &event->kind, error));
    if (origin_bytes == NULL || origin != TMK_ORIGIN_BYTES || hash_bytes == NULL ||
        hash != TMK_DIGEST_BYTES || payload_bytes == NULL || payload > PAYLOAD_LIMIT ||
        strlen(event->kind) > KIND_LIMIT || event->sequence < 1 || event->time < 1 ||
        event->time > TMK_LAST_TIME)
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: event %lld; use a backup",
                        tmk_database_path(ledger->database), (long long)event->sequence);
    memcpy(event->origin, origin_bytes, TMK_ORIGIN_BYTES);
    memcpy(event->hash, hash_bytes, TMK_DIGEST_BYTES);
    return TMK_OK;
}

static tmk_status visit_all(tmk_ledger *ledger,
                            int (*visit)(void *context, const tmk_event *event),
                            void *context, tmk_error *error)
{
    tmk_query *query = NULL;
    int has_row = 0, stopped = 0;
    tmk_status status =
        tmk_query_new(ledger->database,
                      "SELECT origin, sequence, time, kind, payload, hash FROM events"
                      " ORDER BY origin, sequence",
                      &query, error);

    if (status == TMK_OK)
        status = tmk_query_step(query, &has_row, error);
    while (status == TMK_OK && has_row && !stopped) {
        tmk_event event;

        status = read_event(ledger, query, &event, error);
        if (status == TMK_OK)
            stopped = visit(context, &event);
        if (status == TMK_OK && !stopped)
            status = tmk_query_step(query, &has_row, error);
    }
    tmk_query_free(&query);
    return status;
}

tmk_status tmk_ledger_each_event(tmk_ledger *ledger,
                                 int (*visit)(void *context, const tmk_event *event),
                                 void *context, tmk_error *error)
{
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = visit_all(ledger, visit, context, error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}
