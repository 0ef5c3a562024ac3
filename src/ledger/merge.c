/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ledger's content added to another's: through the same checks as new rows, so that
 * a hostile file brings in nothing that could not have been recorded. */
#include "ledger/changes.h"

/* A merge on its way. */
typedef struct merging {
    tmk_ledger *into;
    tmk_merge_counts counts;
    tmk_status status;
    tmk_error *error;
} merging;

static int add_channel(void *context, const tmk_channel *channel)
{
    merging *m = context;
    int is_new;

    m->status = tmk_ledger_insert_channel(m->into, channel, &is_new, m->error);
    if (m->status == TMK_OK && is_new)
        m->counts.channels_added++;
    else
        m->counts.channels_known++;
    return m->status != TMK_OK;
}

static int add_release(void *context, const tmk_release *release)
{
    merging *m = context;
    int is_new;

    m->status = tmk_ledger_insert_release(m->into, release, &is_new, m->error);
    if (m->status == TMK_OK && is_new)
        m->counts.releases_added++;
    else
        m->counts.releases_known++;
    return m->status != TMK_OK;
}

/* Adds the names that the other ledger's channels had, from QUERY. */
static tmk_status add_names(merging *m, tmk_ledger *other, tmk_query *query)
{
    int has_row = 0;

    TMK_TRY(tmk_query_step(query, &has_row, m->error));
    while (has_row) {
        tmk_channel channel = {.note = "", .time = tmk_query_number(query, 1)};
        const char *digits;

        TMK_TRY(tmk_ledger_text(other, query, 0, &digits, m->error));
        TMK_TRY(tmk_ledger_text(other, query, 2, &channel.name, m->error));
        if (!tmk_mark_parse(digits, &channel.mark))
            return tmk_fail(m->error, TMK_BAD_FILE,
                            "%s: is damaged: the mark of the name %s; use a backup",
                            tmk_database_path(other->database), channel.name);
        TMK_TRY(tmk_ledger_insert_name(m->into, &channel, m->error));
        TMK_TRY(tmk_query_step(query, &has_row, m->error));
    }
    return TMK_OK;
}

static tmk_status add_all_names(merging *m, tmk_ledger *other)
{
    tmk_query *query = NULL;
    tmk_status status;

    TMK_TRY(tmk_query_new(other->database, "SELECT mark, time, name FROM channel_names",
                          &query, m->error));
    status = add_names(m, other, query);
    tmk_query_free(&query);
    return status;
}

/* The logs come first: what they vouch for needs no event of this ledger's own.  The channels
 * here follow the changes in them before others come that may have a name that was given up. */
static tmk_status add_all(merging *m, tmk_ledger *other)
{
    TMK_TRY(tmk_log_merge(m->into, other, m->error));
    TMK_TRY(tmk_change_settle_channels(m->into, other, m->error));
    TMK_TRY(tmk_ledger_each_channel(other, add_channel, m, m->error));
    TMK_TRY(m->status);
    TMK_TRY(tmk_change_settle_channels(m->into, other, m->error));
    TMK_TRY(add_all_names(m, other));
    TMK_TRY(tmk_ledger_each(other, NULL, add_release, m, m->error));
    TMK_TRY(m->status);
    return tmk_change_settle_releases(m->into, other, m->error);
}

/* All of the other ledger is read as it is at one moment: a row that comes without its
 * event, as somebody has just recorded both, would be logged a second time. */
static tmk_status add_snapshot(merging *m, tmk_ledger *other)
{
    tmk_status status, ended;

    TMK_TRY(tmk_database_run(other->database, "SAVEPOINT merge", m->error));
    status = add_all(m, other);
    ended = tmk_database_run(other->database, "RELEASE merge",
                             status == TMK_OK ? m->error : NULL);
    return status != TMK_OK ? status : ended;
}

tmk_status tmk_ledger_merge(tmk_ledger *ledger, tmk_ledger *other, tmk_merge_counts *counts,
                            tmk_error *error)
{
    merging m = {.into = ledger, .status = TMK_OK, .error = error};
    tmk_status status;

    if (ledger == other)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%s: can't be merged with itself",
                        tmk_database_path(ledger->database));
    tmk_ledger_lock_both(ledger, other);
    tmk_database_set_cache(ledger->database, TMK_LARGE_CACHE_KIB);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(ledger->database, add_snapshot(&m, other), error);
    tmk_database_set_cache(ledger->database, TMK_CACHE_KIB);
    tmk_ledger_unlock_both(ledger, other);
    if (counts != NULL)
        *counts = status == TMK_OK ? m.counts : (tmk_merge_counts){0};
    return status;
}
