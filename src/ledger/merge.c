/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One ledger's content added to another's: through the same checks as new rows, so that
 * a hostile file brings in nothing that could not have been recorded. */
#include "ledger/ledger.h"

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

static tmk_status add_all(merging *m, tmk_ledger *other)
{
    tmk_status status = tmk_ledger_each_channel(other, add_channel, m, m->error);

    if (status == TMK_OK && m->status == TMK_OK)
        status = tmk_ledger_each(other, NULL, add_release, m, m->error);
    return status != TMK_OK ? status : m->status;
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
        status = tmk_database_end(ledger->database, add_all(&m, other), error);
    tmk_database_set_cache(ledger->database, TMK_CACHE_KIB);
    tmk_ledger_unlock_both(ledger, other);
    if (counts != NULL)
        *counts = status == TMK_OK ? m.counts : (tmk_merge_counts){0};
    return status;
}
