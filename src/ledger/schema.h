/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's tables, and how those of an older version become today's.  doc/ledger.md
 * says what each column means.
 */
#ifndef TMK_LEDGER_SCHEMA_H
#define TMK_LEDGER_SCHEMA_H

#include "ledger/database.h"

#define TMK_LEDGER_APPLICATION 0x746d6b6c /* "tmkl", as SQLite's application_id */

typedef enum tmk_schema_state {
    TMK_SCHEMA_CURRENT,
    TMK_SCHEMA_OLD, /* or an empty file: tmk_schema_update makes it current */
} tmk_schema_state;

/* Looks what DATABASE is; fails if it is not a ledger, or one of a newer version. */
TMK_MUST_USE tmk_status tmk_schema_look(tmk_database *database, tmk_schema_state *state,
                                        tmk_error *error);

/* What is left to do in the same transaction for a ledger that was of version FROM, 0 if
 * it is new. */
typedef tmk_status tmk_schema_finish(void *context, int64_t from, tmk_error *error);

/* Brings DATABASE up to date in one transaction, if nobody else has done so meanwhile. */
TMK_MUST_USE tmk_status tmk_schema_update(tmk_database *database, tmk_schema_finish *finish,
                                          void *context, tmk_error *error);

#endif
