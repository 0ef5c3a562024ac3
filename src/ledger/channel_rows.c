/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channels of a ledger, one row each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "ledger/channel_text.h"
#include "ledger/changes.h"
#include "ledger/channel_list.h"
#include "ledger/events.h"

/* --------------------------------------------------------------------- adding */

/* The channel whose COLUMN is TEXT, as a new query that stands on its row of name and
 * mark; NULL if there is none. */
static tmk_status find(tmk_ledger *ledger, const char *column, const char *text,
                       tmk_query **query, tmk_error *error)
{
    char sql[96];
    int has_row = 0;
    tmk_status status;

    snprintf(sql, sizeof sql, "SELECT name, mark FROM channels WHERE %s = ?1", column);
    status = tmk_query_new(ledger->database, sql, query, error);
    if (status != TMK_OK)
        return status;
    tmk_query_bind_text(*query, 1, text);
    status = tmk_query_step(*query, &has_row, error);
    if (!has_row)
        tmk_query_free(query);
    return status;
}

tmk_status tmk_channel_check(const tmk_channel *channel, tmk_error *error)
{
    const char *problem = tmk_channel_name_problem(channel->name);

    if (problem == NULL)
        problem = tmk_channel_note_problem(channel->note);
    if (problem == NULL && (channel->time < 0 || channel->time > TMK_LAST_TIME))
        problem = "the time is out of range";
    if (problem == NULL && (unsigned)channel->state > TMK_CHANNEL_RETIRED)
        problem = "there is no such state";
    return problem == NULL
               ? TMK_OK
               : tmk_fail(error, TMK_BAD_ARGUMENT, "%s: %s", channel->name, problem);
}

tmk_status tmk_ledger_insert_name(tmk_ledger *ledger, const tmk_channel *channel,
                                  tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    tmk_query *query = NULL;
    tmk_status status;

    TMK_TRY(tmk_channel_check(channel, error));
    TMK_TRY(tmk_query_new(ledger->database,
                          "INSERT OR IGNORE INTO channel_names (mark, time, name)"
                          " VALUES (?1, ?2, ?3)",
                          &query, error));
    tmk_mark_format(channel->mark, digits);
    tmk_query_bind_text(query, 1, digits);
    tmk_query_bind_number(query, 2, channel->time);
    tmk_query_bind_text(query, 3, channel->name);
    status = tmk_query_run(query, error);
    tmk_query_free(&query);
    return status;
}

static tmk_status insert(tmk_ledger *ledger, const tmk_channel *channel, tmk_error *error)
{
    const tmk_table *table = tmk_channel_table();
    char sql[TMK_SQL_BYTES];
    tmk_query *query = NULL;
    tmk_status status;

    tmk_table_insert(table, NULL, sql);
    TMK_TRY(tmk_query_new(ledger->database, sql, &query, error));
    tmk_table_bind(table, query, channel);
    status = tmk_query_run(query, error);
    tmk_query_free(&query);
    TMK_TRY(status);
    TMK_TRY(tmk_ledger_insert_name(ledger, channel, error));
    TMK_TRY(tmk_log_row(ledger, table, channel, error));
    return tmk_change_channel_born(ledger, channel, error);
}

/* Whether a row has the channel's name or mark; *SAME says whether it has both. */
static tmk_status look_for(tmk_ledger *ledger, const tmk_channel *channel, const char *digits,
                           int *same, tmk_error *error)
{
    const char *path = tmk_database_path(ledger->database), *text = "";
    tmk_query *query = NULL;
    uint64_t mark = 0;
    tmk_status status = find(ledger, "name", channel->name, &query, error);

    *same = 0;
    if (status == TMK_OK && query != NULL) {
        status = tmk_ledger_text(ledger, query, 1, &text, error);
        *same = tmk_mark_parse(text, &mark) && mark == channel->mark;
        if (status == TMK_OK && !*same)
            status = tmk_fail(error, TMK_EXISTS,
                              "%s: channel %s exists already, with the mark %s", path,
                              channel->name, text);
    } else if (status == TMK_OK) {
        status = find(ledger, "mark", digits, &query, error);
        if (status == TMK_OK && query != NULL) {
            status = tmk_ledger_text(ledger, query, 0, &text, error);
            if (status == TMK_OK)
                status = tmk_fail(error, TMK_EXISTS,
                                  "%s: channel %s has the mark %s that is meant for %s", path,
                                  text, digits, channel->name);
        }
    }
    tmk_query_free(&query);
    return status;
}

/* CHANNEL is there already, under DIGITS: if with other details, its own row is nowhere. */
static tmk_status note_known(tmk_ledger *ledger, const tmk_channel *channel,
                             const char *digits, tmk_error *error)
{
    uint8_t one[TMK_DIGEST_BYTES], other[TMK_DIGEST_BYTES];
    tmk_channel_row row;
    int is_there = 0;
    tmk_status status = tmk_ledger_read_channel(ledger, "mark", digits, &row, &is_there,
                                                error);

    if (status == TMK_OK && is_there) {
        tmk_table_digest(tmk_channel_table(), channel, one);
        tmk_table_digest(tmk_channel_table(), &row.channel, other);
        if (memcmp(one, other, sizeof one) != 0)
            status = tmk_log_replaced(ledger, tmk_channel_table(), channel, error);
    }
    free(row.bytes);
    return status;
}

tmk_status tmk_ledger_insert_channel(tmk_ledger *ledger, const tmk_channel *channel,
                                     int *is_new, tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    tmk_channel full = *channel;
    tmk_change_value name;
    int same = 0;

    if (full.note == NULL)
        full.note = "";
    TMK_TRY(tmk_channel_check(&full, error));
    TMK_TRY(tmk_log_not_ahead(channel->time, channel->name, error));
    tmk_mark_format(channel->mark, digits);
    TMK_TRY(
        tmk_change_find(ledger, TMK_CHANGE_NAME, tmk_change_of_mark(digits), &name, error));
    if (name.is_there)
        full.name = name.text; /* it comes under a name that it had once */
    TMK_TRY(look_for(ledger, &full, digits, &same, error));
    if (is_new != NULL)
        *is_new = !same;
    if (full.time == 0 && !same)
        TMK_TRY(tmk_log_time(ledger, &full.time, error));
    return same ? note_known(ledger, channel, digits, error) : insert(ledger, &full, error);
}

tmk_status tmk_ledger_put_channel(tmk_ledger *ledger, const tmk_channel *channel,
                                  tmk_error *error)
{
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(
            ledger->database, tmk_ledger_insert_channel(ledger, channel, NULL, error), error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}

/* Refuses a channel whose NAME or mark is taken, by this very channel too. */
static tmk_status refuse_taken(tmk_ledger *ledger, const char *name, const uint64_t *mark,
                               tmk_error *error)
{
    const char *path = tmk_database_path(ledger->database), *text = "";
    char digits[TMK_MARK_DIGITS + 1];
    tmk_query *query = NULL;
    tmk_status status = find(ledger, "name", name, &query, error);

    if (status == TMK_OK && query != NULL)
        status = tmk_fail(error, TMK_EXISTS, "%s: channel %s exists already", path, name);
    tmk_query_free(&query);
    if (status != TMK_OK || mark == NULL)
        return status;
    tmk_mark_format(*mark, digits);
    status = find(ledger, "mark", digits, &query, error);
    if (status == TMK_OK && query != NULL)
        status = tmk_ledger_text(ledger, query, 0, &text, error);
    if (status == TMK_OK && query != NULL)
        status = tmk_fail(error, TMK_EXISTS,
                          "%s: channel %s has this mark; choose another one", path, text);
    tmk_query_free(&query);
    return status;
}

/* A random mark that no channel has. */
static tmk_status fresh_mark(tmk_ledger *ledger, uint64_t *mark, tmk_error *error)
{
    const char *path = tmk_database_path(ledger->database);
    char digits[TMK_MARK_DIGITS + 1];
    tmk_query *query = NULL;
    tmk_status status;
    int is_taken;

    do {
        if (!tmk_random(mark, sizeof *mark))
            return tmk_fail(error, TMK_UNSUPPORTED,
                            "%s: no source of random numbers; give the mark", path);
        tmk_mark_format(*mark, digits);
        status = find(ledger, "mark", digits, &query, error);
        is_taken = query != NULL;
        tmk_query_free(&query);
    } while (status == TMK_OK && is_taken);
    return status;
}

static tmk_status add(tmk_ledger *ledger, tmk_channel *channel, const uint64_t *wanted,
                      tmk_error *error)
{
    TMK_TRY(tmk_channel_check(channel, error));
    TMK_TRY(refuse_taken(ledger, channel->name, wanted, error));
    if (wanted == NULL)
        TMK_TRY(fresh_mark(ledger, &channel->mark, error));
    return tmk_ledger_insert_channel(ledger, channel, NULL, error);
}

tmk_status tmk_ledger_add_channel(tmk_ledger *ledger, const char *name,
                                  const uint64_t *wanted, const char *note, uint64_t *mark,
                                  tmk_error *error)
{
    tmk_channel channel = {
        .name = name, .mark = wanted != NULL ? *wanted : 0, .note = note != NULL ? note : ""};
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(ledger->database, add(ledger, &channel, wanted, error),
                                  error);
    pthread_mutex_unlock(&ledger->lock);
    if (status == TMK_OK && mark != NULL)
        *mark = channel.mark;
    return status;
}

/* -------------------------------------------------------------------- reading */

/* Reads the channel that QUERY stands on. */
static tmk_status read_row(tmk_ledger *ledger, tmk_query *query, tmk_channel *channel,
                           tmk_texts *texts, tmk_error *error)
{
    const char *path = tmk_database_path(ledger->database);

    TMK_TRY(tmk_table_read(tmk_channel_table(), query, path, channel, texts, error));
    if (tmk_channel_check(channel, NULL) != TMK_OK)
        return tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: channel %lld; use a backup",
                        path, (long long)tmk_query_number(query, 0));
    return TMK_OK;
}

tmk_status tmk_ledger_read_channel(tmk_ledger *ledger, const char *column, const char *text,
                                   tmk_channel_row *row, int *is_there, tmk_error *error)
{
    char rest[64], sql[TMK_SQL_BYTES];
    tmk_texts texts = {0};
    tmk_query *query = NULL;
    tmk_status status;

    *row = (tmk_channel_row){.bytes = NULL};
    *is_there = 0;
    snprintf(rest, sizeof rest, "WHERE r.%s = ?1", column);
    tmk_table_select(tmk_channel_table(), "", rest, sql);
    TMK_TRY(tmk_query_new(ledger->database, sql, &query, error));
    tmk_query_bind_text(query, 1, text);
    status = tmk_query_step(query, is_there, error);
    if (*is_there)
        status = tmk_table_read(tmk_channel_table(), query,
                                tmk_database_path(ledger->database), &row->channel, &texts,
                                error);
    row->bytes = texts.bytes;
    tmk_query_free(&query);
    return status;
}

static tmk_status visit_all(tmk_ledger *ledger,
                            int (*visit)(void *context, const tmk_channel *channel),
                            void *context, tmk_error *error)
{
    char sql[TMK_SQL_BYTES];
    tmk_query *query = NULL;
    tmk_texts texts = {0};
    int has_row = 0, stopped = 0;
    tmk_status status;

    tmk_table_select(tmk_channel_table(), "", "ORDER BY r.time, r.id", sql);
    status = tmk_query_new(ledger->database, sql, &query, error);
    if (status == TMK_OK)
        status = tmk_query_step(query, &has_row, error);
    while (status == TMK_OK && has_row && !stopped) {
        tmk_channel channel;

        status = read_row(ledger, query, &channel, &texts, error);
        if (status == TMK_OK)
            stopped = visit(context, &channel);
        if (status == TMK_OK && !stopped)
            status = tmk_query_step(query, &has_row, error);
    }
    tmk_query_free(&query);
    free(texts.bytes);
    return status;
}

tmk_status tmk_ledger_each_channel(tmk_ledger *ledger,
                                   int (*visit)(void *context, const tmk_channel *channel),
                                   void *context, tmk_error *error)
{
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = visit_all(ledger, visit, context, error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}

/* A list in the making, and its failure. */
typedef struct listing {
    tmk_channels *channels;
    tmk_status status;
    tmk_error *error;
} listing;

static int append(void *context, const tmk_channel *channel)
{
    listing *l = context;

    l->status = tmk_channels_append(l->channels, channel, 0, l->error);
    return l->status != TMK_OK;
}

tmk_status tmk_ledger_channels(tmk_ledger *ledger, tmk_channels **channels, tmk_error *error)
{
    listing l = {tmk_channels_new(), TMK_OK, error};
    tmk_status status;

    *channels = l.channels;
    if (l.channels == NULL)
        return tmk_fail_memory(error, "the channels");
    status = tmk_ledger_each_channel(ledger, append, &l, error);
    if (status == TMK_OK)
        status = l.status;
    if (status == TMK_OK)
        status = tmk_channels_finish(l.channels, tmk_database_path(ledger->database), error);
    if (status != TMK_OK)
        tmk_channels_free(channels);
    return status;
}
