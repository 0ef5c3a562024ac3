/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of releases: their states, by the user and by merging. */
#include <string.h>

#include "base/memory.h"
#include "ledger/changes.h"

/* ------------------------------------------------------------------ the subject */

#define NUMBER_BYTES 8
#define DIGEST_AT (2 * NUMBER_BYTES)
#define PATH_AT (DIGEST_AT + TMK_DIGEST_BYTES)

static void put_number(uint8_t bytes[NUMBER_BYTES], uint64_t number)
{
    for (int i = 0; i < NUMBER_BYTES; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
}

static uint64_t get_number(const uint8_t bytes[NUMBER_BYTES])
{
    uint64_t number = 0;

    for (int i = 0; i < NUMBER_BYTES; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

tmk_bytes tmk_change_of_release(const tmk_release *release)
{
    size_t length = strlen(release->output);
    uint8_t *bytes = tmk_calloc(PATH_AT + length + 1, 1);

    if (bytes == NULL)
        return (tmk_bytes){NULL, 0};
    put_number(bytes, (uint64_t)release->time);
    put_number(bytes + NUMBER_BYTES, release->mark);
    memcpy(bytes + DIGEST_AT, release->output_digest, TMK_DIGEST_BYTES);
    memcpy(bytes + PATH_AT, release->output, length);
    return (tmk_bytes){bytes, PATH_AT + length + 1};
}

static const char *const *state_words(void)
{
    const tmk_field *field = tmk_release_field(0);

    for (size_t i = 0; strcmp(field->name, "state") != 0; i++)
        field = tmk_release_field(i);
    return field->words;
}

static tmk_status find_state(tmk_ledger *ledger, const tmk_release *release,
                             tmk_change_value *value, tmk_error *error)
{
    tmk_bytes subject = tmk_change_of_release(release);
    tmk_status status;

    value->is_there = 0;
    if (subject.bytes == NULL)
        return tmk_fail_memory(error, release->output);
    status = tmk_change_find(ledger, TMK_CHANGE_RELEASE, subject, value, error);
    tmk_free((void *)subject.bytes);
    return status;
}

static tmk_status record_state(tmk_ledger *ledger, const tmk_release *release,
                               tmk_release_state state, tmk_error *error)
{
    tmk_bytes subject = tmk_change_of_release(release);
    tmk_status status;

    if (subject.bytes == NULL)
        return tmk_fail_memory(error, release->output);
    status = tmk_change_record(ledger, TMK_CHANGE_RELEASE, subject, state_words()[state],
                               NULL, error);
    tmk_free((void *)subject.bytes);
    return status;
}

/* Writes the state into the row, and vouches for it. */
static tmk_status update_row(tmk_ledger *ledger, tmk_release release, tmk_release_state state,
                             tmk_error *error)
{
    tmk_query *query = NULL;
    tmk_status status;

    TMK_TRY(tmk_query_new(ledger->database, "UPDATE releases SET state = ?1 WHERE id = ?2",
                          &query, error));
    tmk_query_bind_text(query, 1, state_words()[state]);
    tmk_query_bind_number(query, 2, release.id);
    status = tmk_query_run(query, error);
    tmk_query_free(&query);
    TMK_TRY(status);
    release.state = state;
    return tmk_log_row(ledger, tmk_release_table(), &release, error);
}

/* -------------------------------------------------------------------- by hand */

/* A change on its way. */
typedef struct changing {
    tmk_ledger *ledger;
    tmk_release_state state;
    size_t found;
    tmk_status status;
    tmk_error *error;
} changing;

static tmk_status change(changing *c, const tmk_release *release)
{
    if (release->state == c->state)
        return TMK_OK;
    TMK_TRY(record_state(c->ledger, release, c->state, c->error));
    return update_row(c->ledger, *release, c->state, c->error);
}

static int change_one(void *context, const tmk_release *release)
{
    changing *c = context;

    c->found++;
    c->status = change(c, release);
    return c->status != TMK_OK;
}

static tmk_status change_all(changing *c, const int64_t *ids, size_t count)
{
    if ((unsigned)c->state > TMK_ARCHIVED)
        return tmk_fail(c->error, TMK_BAD_ARGUMENT, "%s: there is no such state of a release",
                        tmk_database_path(c->ledger->database));
    for (size_t i = 0; i < count; i++) {
        tmk_release_filter filter = {.id = ids[i]};

        c->found = 0;
        if (ids[i] > 0)
            TMK_TRY(tmk_ledger_each(c->ledger, &filter, change_one, c, c->error));
        TMK_TRY(c->status);
        if (c->found == 0)
            return tmk_fail(c->error, TMK_BAD_ARGUMENT, "%s: no such release: %lld",
                            tmk_database_path(c->ledger->database), (long long)ids[i]);
    }
    return TMK_OK;
}

tmk_status tmk_ledger_set_release_state(tmk_ledger *ledger, const int64_t *ids, size_t count,
                                        tmk_release_state state, tmk_error *error)
{
    changing c = {.ledger = ledger, .state = state, .status = TMK_OK, .error = error};
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(ledger->database, change_all(&c, ids, count), error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}

tmk_status tmk_change_release_born(tmk_ledger *ledger, const tmk_release *release,
                                   tmk_error *error)
{
    tmk_change_value latest;

    if (release->state == TMK_RELEASED)
        return TMK_OK;
    TMK_TRY(find_state(ledger, release, &latest, error));
    return latest.is_there ? TMK_OK : record_state(ledger, release, release->state, error);
}

/* ------------------------------------------------------------- by the log's word */

/* The state that the log has for RELEASE; its own if there is none. */
static tmk_status follow(tmk_ledger *ledger, const tmk_release *release,
                         tmk_release_state *state, tmk_error *error)
{
    tmk_change_value latest;
    int number = (int)release->state;

    TMK_TRY(find_state(ledger, release, &latest, error));
    if (latest.is_there && !tmk_find_word(state_words(), latest.text, &number))
        return tmk_change_fail(ledger, TMK_CHANGE_RELEASE, error);
    *state = (tmk_release_state)number;
    return TMK_OK;
}

tmk_status tmk_change_release_check(tmk_ledger *ledger, const tmk_release *release,
                                    int *is_so, tmk_error *error)
{
    tmk_release_state state;

    TMK_TRY(follow(ledger, release, &state, error));
    *is_so = state == release->state;
    return TMK_OK;
}

/* What makes a release, as a change names it. */
typedef struct identity {
    tmk_ledger *ledger;
    int64_t time;
    uint64_t mark;
    tmk_status status;
    tmk_error *error;
} identity;

static int settle_one(void *context, const tmk_release *release)
{
    identity *i = context;
    tmk_release_state state;

    if (release->time != i->time)
        return 0;
    i->status = follow(i->ledger, release, &state, i->error);
    if (i->status == TMK_OK && state != release->state)
        i->status = update_row(i->ledger, *release, state, i->error);
    return 1;
}

static tmk_status settle(tmk_ledger *ledger, tmk_bytes payload, tmk_error *error)
{
    const char *path = (const char *)payload.bytes + PATH_AT;
    identity i = {.ledger = ledger, .status = TMK_OK, .error = error};
    tmk_release_filter filter = {.output = path};

    if (payload.size <= PATH_AT || memchr(path, '\0', payload.size - PATH_AT) == NULL)
        return tmk_change_fail(ledger, TMK_CHANGE_RELEASE, error);
    i.time = (int64_t)get_number(payload.bytes);
    i.mark = get_number(payload.bytes + NUMBER_BYTES);
    filter.mark = &i.mark;
    filter.output_digest = payload.bytes + DIGEST_AT;
    TMK_TRY(tmk_ledger_each(ledger, &filter, settle_one, &i, error));
    return i.status;
}

tmk_status tmk_change_settle_releases(tmk_ledger *ledger, tmk_ledger *other, tmk_error *error)
{
    return tmk_change_each(ledger, other, TMK_CHANGE_RELEASE, settle, error);
}
