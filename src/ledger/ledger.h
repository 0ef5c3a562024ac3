/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The object of the public tmk_ledger_* functions, whose descriptions in
 * toonmark-ledger.h hold: a database, and the lock that makes it serve any number of threads. */
#ifndef TMK_LEDGER_LEDGER_H
#define TMK_LEDGER_LEDGER_H

#include <pthread.h>

#include "ledger/database.h"

/* The statements that add releases; all NULL before the first one. */
typedef struct tmk_inserts {
    tmk_query *input, *find_input, *latest, *known, *release;
} tmk_inserts;

/* The ledger's own log: whose it is, and the statements that read and append. */
typedef struct tmk_log {
    int is_known, has_origin;
    uint8_t origin[TMK_ORIGIN_BYTES];
    tmk_query *last, *find, *insert, *latest;
} tmk_log;

struct tmk_ledger {
    pthread_mutex_t lock; /* recursive; held by whoever uses the rest */
    tmk_database *database;
    tmk_inserts inserts;
    tmk_log log;
};

/* Locks and unlocks two ledgers, whichever is named first: in the order of their addresses,
 * so that two threads that each need both never wait for each other. */
void tmk_ledger_lock_both(tmk_ledger *one, tmk_ledger *other);
void tmk_ledger_unlock_both(tmk_ledger *one, tmk_ledger *other);

#define TMK_LAST_TIME 253402300799999999 /* the end of the year 9999, microseconds */

/* Now, in microseconds since 1970 UTC. */
int64_t tmk_ledger_now(void);

/* The text of COLUMN in *TEXT, which belongs to QUERY; one that holds a NUL is damage. */
TMK_MUST_USE tmk_status tmk_ledger_text(const tmk_ledger *ledger, tmk_query *query,
                                        int column, const char **text, tmk_error *error);

/* Adds CHANNEL unless name and mark stand there together; *IS_NEW (may be NULL) says.
 * The lock is held and a transaction has begun. */
TMK_MUST_USE tmk_status tmk_ledger_insert_channel(tmk_ledger *ledger,
                                                  const tmk_channel *channel, int *is_new,
                                                  tmk_error *error);

/* A channel as it was read; its texts lie in BYTES, which free() ends. */
typedef struct tmk_channel_row {
    tmk_channel channel;
    char *bytes;
} tmk_channel_row;

/* Reads the channel whose COLUMN is TEXT; *IS_THERE says whether there is one. */
TMK_MUST_USE tmk_status tmk_ledger_read_channel(tmk_ledger *ledger, const char *column,
                                                const char *text, tmk_channel_row *row,
                                                int *is_there, tmk_error *error);

/* A problem of CHANNEL that keeps it from being recorded, as a failure. */
TMK_MUST_USE tmk_status tmk_channel_check(const tmk_channel *channel, tmk_error *error);

/* Notes that CHANNEL's mark has its name since its time; lock and transaction as above. */
TMK_MUST_USE tmk_status tmk_ledger_insert_name(tmk_ledger *ledger, const tmk_channel *channel,
                                               tmk_error *error);

/* Adds RELEASE unless it is there already; lock, transaction and IS_NEW as above. */
TMK_MUST_USE tmk_status tmk_ledger_insert_release(tmk_ledger *ledger,
                                                  const tmk_release *release, int *is_new,
                                                  tmk_error *error);

/* Frees the statements that adding releases has left for the next time. */
void tmk_inserts_free(tmk_inserts *inserts);

#endif
