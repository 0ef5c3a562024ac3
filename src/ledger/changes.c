/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes in the log: finding the latest, appending one, going through all. */
#include "ledger/changes.h"

#include <string.h>

#include "base/memory.h"

static const char *const kinds[] = {
    [TMK_CHANGE_STATE] = "channel-state",
    [TMK_CHANGE_NAME] = "channel-name",
    [TMK_CHANGE_NOTE] = "channel-note",
    [TMK_CHANGE_RELEASE] = "release-state",
};

tmk_status tmk_change_fail(const tmk_ledger *ledger, tmk_change_kind kind, tmk_error *error)
{
    return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: an event %s; use a backup",
                    tmk_database_path(ledger->database), kinds[kind]);
}

int tmk_find_word(const char *const *words, const char *text, int *value)
{
    for (*value = 0; words[*value] != NULL; ++*value) {
        if (strcmp(words[*value], text) == 0)
            return 1;
    }
    return 0;
}

/* FIRST and SECOND as one, which tmk_free() ends; NULL without memory. */
static uint8_t *joined(tmk_bytes first, const void *second, size_t size)
{
    uint8_t *bytes = tmk_calloc(first.size + size, 1);

    if (bytes != NULL) {
        memcpy(bytes, first.bytes, first.size);
        memcpy(bytes + first.size, second, size);
    }
    return bytes;
}

/* -------------------------------------------------------------------- reading */

/* Takes the value that the statement stands on. */
static tmk_status read_value(tmk_ledger *ledger, tmk_change_kind kind, tmk_query *query,
                             tmk_change_value *value, tmk_error *error)
{
    size_t size;
    const char *text = tmk_query_text(query, 1, &size);

    if (text == NULL || size >= sizeof value->text || memchr(text, '\0', size) != NULL)
        return tmk_change_fail(ledger, kind, error);
    memcpy(value->text, text, size);
    value->text[size] = '\0';
    value->time = tmk_query_number(query, 0);
    return TMK_OK;
}

/* All payloads that begin with the subject lie between it and BEYOND: no text begins with
 * the byte 255. */
static tmk_status find_between(tmk_ledger *ledger, tmk_change_kind kind, tmk_bytes subject,
                               const uint8_t *beyond, tmk_change_value *value,
                               tmk_error *error)
{
    static const char sql[] = "SELECT time, substr(payload, ?4) FROM events"
                              " WHERE kind = ?1 AND payload >= ?2 AND payload < ?3"
                              " ORDER BY time DESC, origin DESC, sequence DESC LIMIT 1";
    tmk_log *log = &ledger->log;
    tmk_status status;

    if (log->latest == NULL)
        TMK_TRY(tmk_query_new(ledger->database, sql, &log->latest, error));
    tmk_query_bind_text(log->latest, 1, kinds[kind]);
    tmk_query_bind_blob(log->latest, 2, subject.bytes, subject.size);
    tmk_query_bind_blob(log->latest, 3, beyond, subject.size + 1);
    tmk_query_bind_number(log->latest, 4, (int64_t)subject.size + 1);
    status = tmk_query_step(log->latest, &value->is_there, error);
    if (value->is_there)
        status = read_value(ledger, kind, log->latest, value, error);
    tmk_query_reset(log->latest);
    return status;
}

tmk_status tmk_change_find(tmk_ledger *ledger, tmk_change_kind kind, tmk_bytes subject,
                           tmk_change_value *value, tmk_error *error)
{
    uint8_t *beyond = joined(subject, "\xff", 1);
    tmk_status status;

    *value = (tmk_change_value){.is_there = 0};
    if (beyond == NULL)
        return tmk_fail_memory(error, "a change in the ledger");
    status = find_between(ledger, kind, subject, beyond, value, error);
    tmk_free(beyond);
    return status;
}

/* Calls TREAT with the payloads that QUERY gives. */
static tmk_status treat_all(tmk_ledger *ledger, tmk_query *query,
                            tmk_status (*treat)(tmk_ledger *ledger, tmk_bytes payload,
                                                tmk_error *error),
                            tmk_error *error)
{
    int has_row = 0;

    TMK_TRY(tmk_query_step(query, &has_row, error));
    while (has_row) {
        size_t size;
        const char *payload = tmk_query_text(query, 0, &size);

        if (payload == NULL)
            return tmk_fail_memory(error, "a change in the ledger");
        TMK_TRY(treat(ledger, (tmk_bytes){(const uint8_t *)payload, size}, error));
        TMK_TRY(tmk_query_step(query, &has_row, error));
    }
    return TMK_OK;
}

tmk_status tmk_change_each(tmk_ledger *ledger, tmk_ledger *other, tmk_change_kind kind,
                           tmk_status (*treat)(tmk_ledger *ledger, tmk_bytes payload,
                                               tmk_error *error),
                           tmk_error *error)
{
    tmk_query *query = NULL;
    tmk_status status;

    TMK_TRY(tmk_query_new(other->database, "SELECT payload FROM events WHERE kind = ?1",
                          &query, error));
    tmk_query_bind_text(query, 1, kinds[kind]);
    status = treat_all(ledger, query, treat, error);
    tmk_query_free(&query);
    return status;
}

/* ------------------------------------------------------------------ appending */

tmk_status tmk_change_record(tmk_ledger *ledger, tmk_change_kind kind, tmk_bytes subject,
                             const char *value, int64_t *time, tmk_error *error)
{
    tmk_change_value latest;
    uint8_t *payload;
    int is_kept = 0;
    tmk_status status;

    TMK_TRY(tmk_log_is_kept(ledger, &is_kept, error));
    if (!is_kept)
        return time != NULL ? tmk_log_time(ledger, time, error) : TMK_OK;
    TMK_TRY(tmk_change_find(ledger, kind, subject, &latest, error));
    payload = joined(subject, value, strlen(value));
    if (payload == NULL)
        return tmk_fail_memory(error, "a change in the ledger");
    status = tmk_log_append(ledger, kinds[kind],
                            (tmk_bytes){payload, subject.size + strlen(value)}, latest.time,
                            time, error);
    tmk_free(payload);
    return status;
}
