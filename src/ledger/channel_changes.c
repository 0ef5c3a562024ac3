/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of channels: their states, names and notes, by the user and by merging. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/changes.h"

tmk_bytes tmk_change_of_mark(const char *digits)
{
    return (tmk_bytes){(const uint8_t *)digits, TMK_MARK_DIGITS};
}

static const char *const *state_words(void)
{
    const tmk_table *table = tmk_channel_table();

    return table->columns[table->count - 1].field.words;
}

/* Writes what may change of CHANNEL into its row. */
static tmk_status update_row(tmk_ledger *ledger, const tmk_channel *channel, tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    tmk_query *query = NULL;
    tmk_status status;

    TMK_TRY(tmk_query_new(ledger->database,
                          "UPDATE channels SET name = ?1, note = ?2, state = ?3"
                          " WHERE mark = ?4",
                          &query, error));
    tmk_mark_format(channel->mark, digits);
    tmk_query_bind_text(query, 1, channel->name);
    tmk_query_bind_text(query, 2, channel->note);
    tmk_query_bind_text(query, 3, state_words()[channel->state]);
    tmk_query_bind_text(query, 4, digits);
    status = tmk_query_run(query, error);
    tmk_query_free(&query);
    return status;
}

static tmk_status refuse_taken(tmk_ledger *ledger, const char *name, uint64_t mark,
                               tmk_error *error)
{
    tmk_channel_row other;
    int is_there = 0, is_taken;
    tmk_status status = tmk_ledger_read_channel(ledger, "name", name, &other, &is_there,
                                                error);

    is_taken = status == TMK_OK && is_there && other.channel.mark != mark;
    free(other.bytes);
    return !is_taken ? status
                     : tmk_fail(error, TMK_EXISTS,
                                "%s: channel %s is there already; rename that one first, or "
                                "choose another name",
                                tmk_database_path(ledger->database), name);
}

/* -------------------------------------------------------------------- by hand */

/* A change that a user wants. */
typedef struct edit {
    tmk_change_kind kind;
    const char *text; /* name or note */
    tmk_channel_state state;
} edit;

/* CHANNEL as it will be, and the text of what changes; NULL if it is so already. */
static const char *apply(const edit *e, tmk_channel *channel)
{
    const char **member = e->kind == TMK_CHANGE_NAME ? &channel->name : &channel->note;
    int is_same = e->kind == TMK_CHANGE_STATE ? channel->state == e->state
                                              : strcmp(*member, e->text) == 0;

    if (is_same)
        return NULL;
    if (e->kind == TMK_CHANGE_STATE) {
        channel->state = e->state;
        return (unsigned)e->state <= TMK_CHANNEL_RETIRED ? state_words()[e->state] : "";
    }
    *member = e->text;
    return e->text;
}

static tmk_status change(tmk_ledger *ledger, tmk_channel channel, const edit *e,
                         tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    const tmk_channel before = channel;
    const char *value = apply(e, &channel);
    int64_t time = 0;

    if (value == NULL)
        return TMK_OK;
    TMK_TRY(tmk_channel_check(&channel, error));
    if (e->kind == TMK_CHANGE_NAME)
        TMK_TRY(refuse_taken(ledger, channel.name, channel.mark, error));
    tmk_mark_format(channel.mark, digits);
    TMK_TRY(
        tmk_change_record(ledger, e->kind, tmk_change_of_mark(digits), value, &time, error));
    TMK_TRY(tmk_log_replaced(ledger, tmk_channel_table(), &before, error));
    TMK_TRY(update_row(ledger, &channel, error));
    TMK_TRY(tmk_log_row(ledger, tmk_channel_table(), &channel, error));
    channel.time = time; /* of the name */
    return e->kind == TMK_CHANGE_NAME ? tmk_ledger_insert_name(ledger, &channel, error)
                                      : TMK_OK;
}

static tmk_status find_and_change(tmk_ledger *ledger, const char *name, const edit *e,
                                  tmk_error *error)
{
    tmk_channel_row row;
    int is_there = 0;
    tmk_status status = tmk_ledger_read_channel(ledger, "name", name, &row, &is_there, error);

    if (status == TMK_OK && is_there)
        status = change(ledger, row.channel, e, error);
    else if (status == TMK_OK)
        status = tmk_fail(error, TMK_BAD_ARGUMENT, "%s: no such channel: %s",
                          tmk_database_path(ledger->database), name);
    free(row.bytes);
    return status;
}

static tmk_status change_named(tmk_ledger *ledger, const char *name, const edit *e,
                               tmk_error *error)
{
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(ledger->database, find_and_change(ledger, name, e, error),
                                  error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}

tmk_status tmk_ledger_set_channel_state(tmk_ledger *ledger, const char *name,
                                        tmk_channel_state state, tmk_error *error)
{
    return change_named(ledger, name, &(edit){TMK_CHANGE_STATE, NULL, state}, error);
}

tmk_status tmk_ledger_rename_channel(tmk_ledger *ledger, const char *name,
                                     const char *new_name, tmk_error *error)
{
    return change_named(ledger, name, &(edit){TMK_CHANGE_NAME, new_name, 0}, error);
}

tmk_status tmk_ledger_note_channel(tmk_ledger *ledger, const char *name, const char *note,
                                   tmk_error *error)
{
    return change_named(ledger, name, &(edit){TMK_CHANGE_NOTE, note != NULL ? note : "", 0},
                        error);
}

tmk_status tmk_change_channel_born(tmk_ledger *ledger, const tmk_channel *channel,
                                   tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    tmk_change_value latest;

    if (channel->state == TMK_CHANNEL_ACTIVE)
        return TMK_OK;
    tmk_mark_format(channel->mark, digits);
    TMK_TRY(tmk_change_find(ledger, TMK_CHANGE_STATE, tmk_change_of_mark(digits), &latest,
                            error));
    return latest.is_there
               ? TMK_OK
               : tmk_change_record(ledger, TMK_CHANGE_STATE, tmk_change_of_mark(digits),
                                   state_words()[channel->state], NULL, error);
}

/* ------------------------------------------------------------- by the log's word */

/* The values that the log has for a channel. */
typedef struct latest_values {
    tmk_change_value state, name, note;
} latest_values;

/* What CHANNEL is by the log; its texts lie in VALUES. */
static tmk_status follow(tmk_ledger *ledger, latest_values *values, tmk_channel *channel,
                         tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    tmk_bytes subject = tmk_change_of_mark(digits);
    int state;

    tmk_mark_format(channel->mark, digits);
    TMK_TRY(tmk_change_find(ledger, TMK_CHANGE_STATE, subject, &values->state, error));
    TMK_TRY(tmk_change_find(ledger, TMK_CHANGE_NAME, subject, &values->name, error));
    TMK_TRY(tmk_change_find(ledger, TMK_CHANGE_NOTE, subject, &values->note, error));
    if (values->state.is_there && !tmk_find_word(state_words(), values->state.text, &state))
        return tmk_change_fail(ledger, TMK_CHANGE_STATE, error);
    if (values->state.is_there)
        channel->state = (tmk_channel_state)state;
    if (values->name.is_there)
        channel->name = values->name.text;
    if (values->note.is_there)
        channel->note = values->note.text;
    return TMK_OK;
}

tmk_status tmk_change_channel_check(tmk_ledger *ledger, const tmk_channel *channel,
                                    int *is_so, tmk_error *error)
{
    tmk_channel followed = *channel;
    latest_values values;

    TMK_TRY(follow(ledger, &values, &followed, error));
    *is_so = followed.state == channel->state && strcmp(followed.name, channel->name) == 0 &&
             strcmp(followed.note, channel->note) == 0;
    return TMK_OK;
}

/* Reads the channel that PAYLOAD of a change is about. */
static tmk_status read_changed(tmk_ledger *ledger, tmk_bytes payload, tmk_channel_row *row,
                               int *is_there, tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1] = "";
    uint64_t mark;

    *row = (tmk_channel_row){.bytes = NULL};
    if (payload.size >= TMK_MARK_DIGITS)
        memcpy(digits, payload.bytes, TMK_MARK_DIGITS);
    if (!tmk_mark_parse(digits, &mark))
        return tmk_change_fail(ledger, TMK_CHANGE_STATE, error);
    return tmk_ledger_read_channel(ledger, "mark", digits, row, is_there, error);
}

/* Makes way: a name that changes may be one that another channel still has.  No name holds
 * a control character. */
static tmk_status put_aside(tmk_ledger *ledger, tmk_bytes payload, tmk_error *error)
{
    tmk_channel_row row;
    char aside[TMK_MARK_DIGITS + 2] = "\1";
    int is_there = 0, is_so = 1;
    tmk_status status = read_changed(ledger, payload, &row, &is_there, error);

    if (status == TMK_OK && is_there)
        status = tmk_change_channel_check(ledger, &row.channel, &is_so, error);
    if (status == TMK_OK && !is_so) {
        status = tmk_log_replaced(ledger, tmk_channel_table(), &row.channel, error);
        tmk_mark_format(row.channel.mark, aside + 1);
        row.channel.name = aside;
        if (status == TMK_OK)
            status = update_row(ledger, &row.channel, error);
    }
    free(row.bytes);
    return status;
}

static tmk_status settle_row(tmk_ledger *ledger, tmk_channel channel, tmk_error *error)
{
    latest_values values;
    int is_so = 0;

    TMK_TRY(tmk_change_channel_check(ledger, &channel, &is_so, error));
    if (is_so)
        return TMK_OK;
    TMK_TRY(tmk_log_replaced(ledger, tmk_channel_table(), &channel, error));
    TMK_TRY(follow(ledger, &values, &channel, error));
    TMK_TRY(tmk_channel_check(&channel, error));
    TMK_TRY(refuse_taken(ledger, channel.name, channel.mark, error));
    TMK_TRY(update_row(ledger, &channel, error));
    return tmk_log_row(ledger, tmk_channel_table(), &channel, error);
}

static tmk_status settle(tmk_ledger *ledger, tmk_bytes payload, tmk_error *error)
{
    tmk_channel_row row;
    int is_there = 0;
    tmk_status status = read_changed(ledger, payload, &row, &is_there, error);

    if (status == TMK_OK && is_there)
        status = settle_row(ledger, row.channel, error);
    free(row.bytes);
    return status;
}

tmk_status tmk_change_settle_channels(tmk_ledger *ledger, tmk_ledger *other, tmk_error *error)
{
    TMK_TRY(tmk_change_each(ledger, other, TMK_CHANGE_NAME, put_aside, error));
    TMK_TRY(tmk_change_each(ledger, other, TMK_CHANGE_NAME, settle, error));
    TMK_TRY(tmk_change_each(ledger, other, TMK_CHANGE_NOTE, settle, error));
    return tmk_change_each(ledger, other, TMK_CHANGE_STATE, settle, error);
}
