/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that the log vouches for and that are not there.  An event has only a row's digest, so
 * they are counted: the digests in the log, less those of the rows, as they are or in any
 * state, less those that an event of the kind "replaced" names.  That event is appended where
 * a channel's row changes, and where a merge finds a row that is there already with other
 * details.
 */
#include "ledger/changes.h"

#define REPLACED "replaced"

tmk_status tmk_log_replaced(tmk_ledger *ledger, const tmk_table *table, const void *row,
                            tmk_error *error)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    int is_kept = 0, is_there = 0;

    TMK_TRY(tmk_log_is_kept(ledger, &is_kept, error));
    if (is_kept)
        TMK_TRY(tmk_log_find(ledger, table, row, digest, &is_there, error));
    if (!is_there)
        return TMK_OK;
    TMK_TRY(tmk_log_has(ledger, REPLACED, digest, &is_there, error));
    return is_there ? TMK_OK
                    : tmk_log_append(ledger, REPLACED, (tmk_bytes){digest, sizeof digest}, 0,
                                     NULL, error);
}

/* Adds to *FOUND whether an event vouches for ROW and none says that it was replaced. */
static tmk_status count_form(tmk_ledger *ledger, const tmk_table *table, const void *row,
                             int64_t *found, tmk_error *error)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    int is_there = 0, is_replaced = 0;

    TMK_TRY(tmk_log_find(ledger, table, row, digest, &is_there, error));
    if (is_there)
        TMK_TRY(tmk_log_has(ledger, REPLACED, digest, &is_replaced, error));
    *found += is_there && !is_replaced;
    return TMK_OK;
}

tmk_status tmk_log_count(tmk_ledger *ledger, const tmk_table *table, const void *row,
                         int64_t *found, tmk_error *error)
{
    tmk_release form;

    if (table != tmk_release_table())
        return count_form(ledger, table, row, found, error);
    form = *(const tmk_release *)row;
    for (int state = TMK_RELEASED; state <= TMK_ARCHIVED; state++) {
        form.state = (tmk_release_state)state;
        TMK_TRY(count_form(ledger, table, &form, found, error));
    }
    return TMK_OK;
}

tmk_status tmk_log_missing(tmk_ledger *ledger, int64_t found, tmk_error *error)
{
    static const char vouched_for[] =
        "SELECT count(DISTINCT payload) FROM events WHERE kind IN ('channel', 'release')"
        " AND payload NOT IN (SELECT payload FROM events WHERE kind = '" REPLACED "')";
    static const char changed[] =
        "SELECT count(DISTINCT substr(payload, 1, 16)) FROM events"
        " WHERE kind IN ('channel-state', 'channel-name', 'channel-note')"
        " AND CAST(substr(payload, 1, 16) AS TEXT) NOT IN (SELECT mark FROM channels)";
    int64_t vouched = 0, gone = 0;

    TMK_TRY(tmk_database_number(ledger->database, vouched_for, &vouched, error));
    TMK_TRY(tmk_database_number(ledger->database, changed, &gone, error));
    gone += vouched - found;
    return gone <= 0
               ? TMK_OK
               : tmk_fail(error, TMK_BAD_FILE,
                          "%s: is damaged: %lld channels or releases that the log names "
                          "are missing; use a backup",
                          tmk_database_path(ledger->database), (long long)gone);
}
