/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may change of a row once it is recorded: a channel's state, name and note, and a
 * release's state.  A change is an event of the log, whose payload is its subject (which row)
 * and then the new value as text.  The row follows the latest change of its kind, by (time,
 * origin, sequence), so that ledgers that hold the same events hold the same values, in
 * whichever order they were merged.  A change is later than all that the ledger knows of its
 * subject, whatever the clock says.
 *
 * The lock is held, and for what changes something a transaction has begun.
 */
#ifndef TMK_LEDGER_CHANGES_H
#define TMK_LEDGER_CHANGES_H

#include "ledger/events.h"

typedef enum tmk_change_kind {
    TMK_CHANGE_STATE, /* of a channel, whose subject is its mark's digits */
    TMK_CHANGE_NAME,
    TMK_CHANGE_NOTE,
    TMK_CHANGE_RELEASE /* the state of a release, see tmk_change_of_release */
} tmk_change_kind;

/* What a row was last changed to; nothing if it never was. */
typedef struct tmk_change_value {
    int is_there;
    int64_t time;
    char text[1001]; /* the longest is a note */
} tmk_change_value;

/* The subject of the channel whose mark has these DIGITS, which must live as long. */
tmk_bytes tmk_change_of_mark(const char *digits);

/* The subject of RELEASE, which tmk_free() ends; its bytes are NULL without memory.  Numbers
 * are 8 bytes, the lowest first: time, mark, the output's digest, its path and a NUL. */
tmk_bytes tmk_change_of_release(const tmk_release *release);

/* The latest value of KIND of SUBJECT. */
TMK_MUST_USE tmk_status tmk_change_find(tmk_ledger *ledger, tmk_change_kind kind,
                                        tmk_bytes subject, tmk_change_value *value,
                                        tmk_error *error);

/* Appends the change of SUBJECT to VALUE; *TIME (may be NULL) is that of the change. */
TMK_MUST_USE tmk_status tmk_change_record(tmk_ledger *ledger, tmk_change_kind kind,
                                          tmk_bytes subject, const char *value, int64_t *time,
                                          tmk_error *error);

/* Records the state that a new row came with, unless there is a change that gives it. */
TMK_MUST_USE tmk_status tmk_change_channel_born(tmk_ledger *ledger,
                                                const tmk_channel *channel, tmk_error *error);
TMK_MUST_USE tmk_status tmk_change_release_born(tmk_ledger *ledger,
                                                const tmk_release *release, tmk_error *error);

/* Whether the row is what its latest changes say. */
TMK_MUST_USE tmk_status tmk_change_channel_check(tmk_ledger *ledger,
                                                 const tmk_channel *channel, int *is_so,
                                                 tmk_error *error);
TMK_MUST_USE tmk_status tmk_change_release_check(tmk_ledger *ledger,
                                                 const tmk_release *release, int *is_so,
                                                 tmk_error *error);

/* Makes the channels of LEDGER, which has the events of OTHER, what these changes say. */
TMK_MUST_USE tmk_status tmk_change_settle_channels(tmk_ledger *ledger, tmk_ledger *other,
                                                   tmk_error *error);

/* The same for the releases. */
TMK_MUST_USE tmk_status tmk_change_settle_releases(tmk_ledger *ledger, tmk_ledger *other,
                                                   tmk_error *error);

/* Calls TREAT with LEDGER and the payload of each change of KIND in OTHER. */
TMK_MUST_USE tmk_status
tmk_change_each(tmk_ledger *ledger, tmk_ledger *other, tmk_change_kind kind,
                tmk_status (*treat)(tmk_ledger *ledger, tmk_bytes payload, tmk_error *error),
                tmk_error *error);

/* Sets *VALUE to the number of TEXT among WORDS, of which NULL is the last; 0 if it is none. */
int tmk_find_word(const char *const *words, const char *text, int *value);

/* A change in the log of LEDGER that no toonmark would have recorded. */
tmk_status tmk_change_fail(const tmk_ledger *ledger, tmk_change_kind kind, tmk_error *error);

#endif
