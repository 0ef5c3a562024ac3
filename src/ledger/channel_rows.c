/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The channels of a ledger, one row each. */
#include <stdio.h>

#include "base/keystream.h"
#include "ledger/channel_text.h"
#include "ledger/channels.h"
#include "ledger/ledger.h"

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

static tmk_status check(const tmk_channel *channel, int64_t time, tmk_error *error)
{
    const char *problem = tmk_channel_name_problem(channel->name);

    if (problem == NULL)
        problem = tmk_channel_note_problem(channel->note);
    if (problem == NULL && (time < 0 || time > TMK_LAST_TIME))
        problem = "the time is out of range";
    return problem == NULL
               ? TMK_OK
               : tmk_fail(error, TMK_BAD_ARGUMENT, "%s: %s", channel->name, problem);
}

static tmk_status insert(tmk_ledger *ledger, const tmk_channel *channel, const char *digits,
                         int64_t time, tmk_error *error)
{
    tmk_query *query = NULL;
    tmk_status status = tmk_query_new(
        ledger->database,
        "INSERT INTO channels (time, name, mark, note) VALUES (?1, ?2, ?3, ?4)", &query,
        error);

    if (status != TMK_OK)
        return status;
    tmk_query_bind_number(query, 1, time != 0 ? time : tmk_ledger_now());
    tmk_query_bind_text(query, 2, channel->name);
    tmk_query_bind_text(query, 3, digits);
    tmk_query_bind_text(query, 4, channel->note);
    status = tmk_query_run(query, error);
    tmk_query_free(&query);
    return status;
}

/* Whether a row has the channel's name or mark; *SAME tells whether it has both. */
static tmk_status look_for(tmk_ledger *ledger, const tmk_channel *channel,
                           const char *digits, int *same, tmk_error *error)
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
                              "%s: channel %s is there already, with the mark %s", path,
                              channel->name, text);
    } else if (status == TMK_OK) {
        status = find(ledger, "mark", digits, &query, error);
        if (status == TMK_OK && query != NULL) {
            status = tmk_ledger_text(ledger, query, 0, &text, error);
            if (status == TMK_OK)
                status = tmk_fail(error, TMK_EXISTS,
                                  "%s: channel %s has the mark %s that is meant for %s",
                                  path, text, digits, channel->name);
        }
    }
    tmk_query_free(&query);
    return status;
}

tmk_status tmk_ledger_insert_channel(tmk_ledger *ledger, const tmk_channel *channel,
                                     int64_t time, int *is_new, tmk_error *error)
{
    char digits[TMK_MARK_DIGITS + 1];
    int same = 0;
    tmk_status status = check(channel, time, error);

    tmk_mark_format(channel->mark, digits);
    if (status == TMK_OK)
        status = look_for(ledger, channel, digits, &same, error);
    if (status == TMK_OK && !same)
        status = insert(ledger, channel, digits, time, error);
    if (is_new != NULL)
        *is_new = !same;
    return status;
}

tmk_status tmk_ledger_put_channel(tmk_ledger *ledger, const tmk_channel *channel,
                                  int64_t time, tmk_error *error)
{
    tmk_channel full = {channel->name, channel->mark,
                        channel->note != NULL ? channel->note : ""};
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(ledger->database,
                                  tmk_ledger_insert_channel(ledger, &full, time, NULL, error),
                                  error);
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
        status = tmk_fail(error, TMK_EXISTS, "%s: channel %s is there already", path, name);
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
    tmk_status status = check(channel, 0, error);

    if (status == TMK_OK)
        status = refuse_taken(ledger, channel->name, wanted, error);
    if (status == TMK_OK && wanted == NULL)
        status = fresh_mark(ledger, &channel->mark, error);
    if (status == TMK_OK)
        status = tmk_ledger_insert_channel(ledger, channel, 0, NULL, error);
    return status;
}

tmk_status tmk_ledger_add_channel(tmk_ledger *ledger, const char *name,
                                  const uint64_t *wanted, const char *note, uint64_t *mark,
                                  tmk_error *error)
{
    tmk_channel channel = {name, wanted != NULL ? *wanted : 0, note != NULL ? note : ""};
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

/* The channel of the row that QUERY stands on: time, name, mark, note. */
static tmk_status read_row(tmk_ledger *ledger, tmk_query *query, tmk_channel *channel,
                           int64_t *time, tmk_error *error)
{
    const char *digits = "";
    tmk_status status;

    *time = tmk_query_number(query, 0);
    status = tmk_ledger_text(ledger, query, 1, &channel->name, error);
    if (status == TMK_OK)
        status = tmk_ledger_text(ledger, query, 2, &digits, error);
    if (status == TMK_OK)
        status = tmk_ledger_text(ledger, query, 3, &channel->note, error);
    if (status == TMK_OK &&
        (!tmk_mark_parse(digits, &channel->mark) || check(channel, *time, NULL) != TMK_OK))
        status = tmk_fail(error, TMK_BAD_FILE, "%s: is damaged: the channel of mark %s",
                          tmk_database_path(ledger->database), digits);
    return status;
}

static tmk_status visit_all(tmk_ledger *ledger,
                            int (*visit)(void *context, const tmk_channel *channel,
                                         int64_t time),
                            void *context, tmk_error *error)
{
    tmk_query *query = NULL;
    int has_row = 0, stopped = 0;
    tmk_status status =
        tmk_query_new(ledger->database,
                      "SELECT time, name, mark, note FROM channels ORDER BY time, id", &query,
                      error);

    if (status == TMK_OK)
        status = tmk_query_step(query, &has_row, error);
    while (status == TMK_OK && has_row && !stopped) {
        tmk_channel channel;
        int64_t time;

        status = read_row(ledger, query, &channel, &time, error);
        if (status == TMK_OK)
            stopped = visit(context, &channel, time);
        if (status == TMK_OK && !stopped)
            status = tmk_query_step(query, &has_row, error);
    }
    tmk_query_free(&query);
    return status;
}

tmk_status tmk_ledger_each_channel(tmk_ledger *ledger,
                                   int (*visit)(void *context, const tmk_channel *channel,
                                                int64_t time),
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

static int append(void *context, const tmk_channel *channel, int64_t time)
{
    listing *l = context;

    (void)time;
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
