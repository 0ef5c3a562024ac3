/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's log: a chain of events for each ledger of origin, to which every row that is
 * recorded adds one.  A row is vouched for by an event whose payload is the row's digest.
 *
 * A temporary ledger has no origin and appends nothing: its rows are logged by the ledger
 * that they are merged into.  The lock is held, and for what appends a transaction has begun.
 */
#ifndef TMK_LEDGER_EVENTS_H
#define TMK_LEDGER_EVENTS_H

#include "ledger/columns.h"
#include "ledger/ledger.h"

/* Gives the new ledger its origin. */
TMK_MUST_USE tmk_status tmk_log_begin(tmk_ledger *ledger, tmk_error *error);

/* The time of what is recorded now: the clock's, or if that was set back, later than the
 * last event of this ledger. */
TMK_MUST_USE tmk_status tmk_log_time(tmk_ledger *ledger, int64_t *time, tmk_error *error);

/* The same, later than LAST; fails beyond the last time that a ledger may hold. */
TMK_MUST_USE tmk_status tmk_log_after(const tmk_ledger *ledger, int64_t last, int64_t *time,
                                      tmk_error *error);

/* Fails if TIME, of SUBJECT from elsewhere, is more than a day ahead of the clock: what is
 * recorded here afterwards would have to be later still. */
TMK_MUST_USE tmk_status tmk_log_not_ahead(int64_t time, const char *subject,
                                          tmk_error *error);

/*
 * Appends an event of KIND to the ledger's own log, later than AFTER; *TIME (may be NULL) is
 * its time.  tmk_log_is_kept was asked before.
 */
TMK_MUST_USE tmk_status tmk_log_append(tmk_ledger *ledger, const char *kind,
                                       tmk_bytes payload, int64_t after, int64_t *time,
                                       tmk_error *error);

/* Appends an event that vouches for ROW of TABLE, unless there is one in any of the logs. */
TMK_MUST_USE tmk_status tmk_log_row(tmk_ledger *ledger, const tmk_table *table,
                                    const void *row, tmk_error *error);

/* Adds the logs of OTHER to those of LEDGER. */
TMK_MUST_USE tmk_status tmk_log_merge(tmk_ledger *ledger, tmk_ledger *other,
                                      tmk_error *error);

/* Whether each event fits the one before, and each row is vouched for. */
TMK_MUST_USE tmk_status tmk_log_check(tmk_ledger *ledger, tmk_error *error);

/* Appends an event for each row that is there, when a ledger becomes one with a log. */
TMK_MUST_USE tmk_status tmk_log_all_rows(tmk_ledger *ledger, tmk_error *error);

/* The hash of EVENT, which follows one with the hash PREVIOUS (zeros: it is the first). */
void tmk_event_hash(const uint8_t previous[TMK_DIGEST_BYTES], const tmk_event *event,
                    uint8_t hash[TMK_DIGEST_BYTES]);

/* Adds EVENT as it is. */
TMK_MUST_USE tmk_status tmk_event_insert(tmk_ledger *ledger, const tmk_event *event,
                                         tmk_error *error);

/* Whether an event vouches for ROW, and the row's DIGEST. */
TMK_MUST_USE tmk_status tmk_log_find(tmk_ledger *ledger, const tmk_table *table,
                                     const void *row, uint8_t digest[TMK_DIGEST_BYTES],
                                     int *is_there, tmk_error *error);

/* Whether there is an event of KIND whose payload is DIGEST. */
TMK_MUST_USE tmk_status tmk_log_has(tmk_ledger *ledger, const char *kind,
                                    const uint8_t digest[TMK_DIGEST_BYTES], int *is_there,
                                    tmk_error *error);

/* Appends an event saying that ROW, if one vouches for it, has given way to another. */
TMK_MUST_USE tmk_status tmk_log_replaced(tmk_ledger *ledger, const tmk_table *table,
                                         const void *row, tmk_error *error);

/* Adds to *FOUND the events that vouch for ROW in any state. */
TMK_MUST_USE tmk_status tmk_log_count(tmk_ledger *ledger, const tmk_table *table,
                                      const void *row, int64_t *found, tmk_error *error);

/* Fails if events vouch for more rows than the FOUND ones of all that are there. */
TMK_MUST_USE tmk_status tmk_log_missing(tmk_ledger *ledger, int64_t found, tmk_error *error);

/* Whether ORIGIN is the ledger's own. */
TMK_MUST_USE tmk_status tmk_log_is_own(tmk_ledger *ledger,
                                       const uint8_t origin[TMK_ORIGIN_BYTES], int *is_own,
                                       tmk_error *error);

/* Whether the ledger has an origin, and so a log of its own. */
TMK_MUST_USE tmk_status tmk_log_is_kept(tmk_ledger *ledger, int *is_kept, tmk_error *error);

/* Frees the statements that were kept for the next time. */
void tmk_log_free(tmk_log *log);

#endif
