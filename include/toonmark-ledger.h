/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Toonmark's ledger: which channel has which mark, and what was released to whom. */
#ifndef TOONMARK_LEDGER_H
#define TOONMARK_LEDGER_H

#include "toonmark.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------- ledger */

/*
 * The ledger: which channel has which mark, and what was released to whom, in one SQLite
 * file.  Any number of programs and threads may use one at the same time.  What a call
 * has recorded is on the disk when it returns, whatever happens to the program
 * afterwards; what it has not, leaves no trace.  Nothing that was recorded is ever removed,
 * and what may change (a channel's state, name and note, a release's state) is logged each
 * time.  doc/ledger.md describes the tables.
 *
 * A ledger holds no secret, yet it says who got what: a new one is private to its user.
 */
typedef struct tmk_ledger tmk_ledger;

typedef enum tmk_ledger_mode {
    TMK_LEDGER_READ, /* it must exist, and is not changed */
    TMK_LEDGER_WRITE /* it is created if it is missing (its directory is not), and migrated
                        if an older version of the library created it */
} tmk_ledger_mode;

/*
 * Opens the ledger PATH; with PATH NULL an empty one that is deleted when it is closed.
 * TMK_NOT_READABLE, TMK_NOT_WRITABLE: it can't be opened; TMK_BAD_FILE: it is not a
 * ledger or is damaged; TMK_UNSUPPORTED: a newer version created it.  One object
 * serves any number of threads, but not a child process after fork().
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_open(const char *path, tmk_ledger_mode mode,
                                                tmk_ledger **ledger, tmk_error *error);

/* Closes *LEDGER and sets it to NULL; NULL is allowed. */
TMK_API void tmk_ledger_close(tmk_ledger **ledger);

/*
 * How long the ledger's calls wait while other programs write, in milliseconds, before
 * they fail with TMK_NOT_WRITABLE; 60,000 by default.
 */
TMK_API void tmk_ledger_set_patience(tmk_ledger *ledger, int milliseconds);

/* The state of a channel. */
typedef enum tmk_channel_state {
    TMK_CHANNEL_ACTIVE,
    TMK_CHANNEL_RETIRED /* nothing is released through it any more */
} tmk_channel_state;

/* One channel that pages are released through.  The texts belong to whoever gave it. */
typedef struct tmk_channel {
    const char *name; /* UTF-8, 1 to 200 bytes, no control characters */
    uint64_t mark;
    const char *note; /* "" if there is none */
    int64_t time;     /* when it was added, as in tmk_release; 0 when putting: now */
    tmk_channel_state state;
} tmk_channel;

/* The channels as they were at one moment, in memory and read-only. */
typedef struct tmk_channels tmk_channels;

/* All channels of LEDGER, oldest first.  *CHANNELS is the caller's; end with
 * tmk_channels_free. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_channels(tmk_ledger *ledger,
                                                    tmk_channels **channels,
                                                    tmk_error *error);

/*
 * Reads the plain text that version 0.1 kept channels in, lines of
 *
 *     name <TAB> mark (16 hexadecimal digits) <TAB> note
 *
 * where the note may be missing, and empty lines and lines beginning with # are ignored.
 * Names and marks must be unique; messages give the line's number.  It serves to import
 * such a file into a ledger, by tmk_ledger_put_channel.
 */
TMK_API TMK_MUST_USE tmk_status tmk_channels_load(const char *path, tmk_channels **channels,
                                                  tmk_error *error);

/* Frees *CHANNELS and sets it to NULL; NULL is allowed. */
TMK_API void tmk_channels_free(tmk_channels **channels);

/* The number of channels, and the channel INDEX in their order, NULL beyond the end. */
TMK_API size_t tmk_channels_count(const tmk_channels *channels);
TMK_API const tmk_channel *tmk_channels_at(const tmk_channels *channels, size_t index);

/* The channel with this name, or this mark; NULL if there is none. */
TMK_API const tmk_channel *tmk_channels_find_name(const tmk_channels *channels,
                                                  const char *name);
TMK_API const tmk_channel *tmk_channels_find_mark(const tmk_channels *channels,
                                                  uint64_t mark);

/* All marks in their order, as tmk_extract_options.known_marks wants them. */
TMK_API const uint64_t *tmk_channels_marks(const tmk_channels *channels);

/*
 * Adds a channel.  WANTED is its mark; NULL: a fresh random one that no other channel
 * has.  NOTE may be NULL.  *MARK (may be NULL) is the mark it got.  TMK_EXISTS: the name
 * or mark is taken.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_add_channel(tmk_ledger *ledger, const char *name,
                                                       const uint64_t *wanted,
                                                       const char *note, uint64_t *mark,
                                                       tmk_error *error);

/*
 * Adds CHANNEL as another ledger has it.  If the same pair of name and mark exists already,
 * nothing is changed.  TMK_EXISTS: the name has another mark, or the mark another name.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_put_channel(tmk_ledger *ledger,
                                                       const tmk_channel *channel,
                                                       tmk_error *error);

/*
 * Changes the channel NAME: its state, its name, or its note (NULL: none).  Pages that were
 * marked before still read as this channel, under its new name; releases keep the name that it
 * had then.  Nothing happens if it is so already.  TMK_BAD_ARGUMENT: there is no such channel,
 * or a text is none that a channel could have; TMK_EXISTS: another channel has NEW_NAME.
 *
 * Each change is an event of the ledger's log.  Where ledgers that were changed apart are
 * merged, the latest change of each of the three holds, by (time, origin, sequence) of their
 * events, in whatever order they are merged.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_set_channel_state(tmk_ledger *ledger,
                                                             const char *name,
                                                             tmk_channel_state state,
                                                             tmk_error *error);
TMK_API TMK_MUST_USE tmk_status tmk_ledger_rename_channel(tmk_ledger *ledger,
                                                          const char *name,
                                                          const char *new_name,
                                                          tmk_error *error);
TMK_API TMK_MUST_USE tmk_status tmk_ledger_note_channel(tmk_ledger *ledger, const char *name,
                                                        const char *note, tmk_error *error);

/* Calls VISIT with every channel, oldest first, until it returns non-zero.  VISIT may not
 * use the ledger. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_each_channel(
    tmk_ledger *ledger, int (*visit)(void *context, const tmk_channel *channel),
    void *context, tmk_error *error);

/* The state of a release. */
typedef enum tmk_release_state {
    TMK_RELEASED,
    TMK_WITHDRAWN, /* no longer offered */
    TMK_ARCHIVED   /* still offered, its file no longer kept at its path */
} tmk_release_state;

/* Bytes that belong to something else; none: SIZE is 0. */
typedef struct tmk_bytes {
    const uint8_t *bytes;
    size_t size;
} tmk_bytes;

/*
 * One file that was released.  Texts may be NULL where there is nothing to say, which is
 * read back as "".  They may hold any bytes, as names of files do.
 */
typedef struct tmk_release {
    int64_t id;   /* number in this ledger, from 1; not looked at when recording */
    int64_t time; /* microseconds since 1970-01-01 00:00 UTC; 0 when recording: now, and
                     after everything that this ledger recorded, and every release of the
                     same output, whatever the clock says */
    uint64_t mark;
    const char *channel; /* the name that the mark had then; "": none */
    char key[17];        /* the key's fingerprint, or "" */

    const char *input; /* absolute path of the page; "-": standard input */
    uint8_t input_digest[TMK_DIGEST_BYTES];
    uint64_t input_bytes;
    const char *output; /* absolute path of the released file */
    uint8_t output_digest[TMK_DIGEST_BYTES];
    uint64_t output_bytes;
    int width; /* of the released picture, pixels; 0: not known */
    int64_t height;

    const char *title, *episode, *page;
    int slice; /* number of this slice of its strip, from 1; 0: no slice */

    double strength;     /* that it was embedded with */
    int quality;         /* that was asked for, 1 to 100; 0: none was */
    const char *options; /* what else decided the output's bytes, in the words of the
                             program that made it, which may compare them later */
    double margin_db;    /* as in tmk_embed_report; NAN: not known */
    double psnr_db;
    const char *verified; /* level at which it was read back from disk and found, such as
                             "normal"; "failed"; "": not tried */
    const char *version;  /* of the program */

    int format_version; /* of the mark, TMK_FORMAT_VERSION; 0: unknown, as is the place */
    tmk_place place;    /* where the mark lies, as in tmk_embed_report */
    int variant;        /* of the page for this channel, from 0 */
    tmk_release_state state;
    tmk_bytes content; /* a fingerprint of the page's content, at most 524,288 bytes */
    int64_t clock; /* what the clock said; 0: not known, and when recording at time 0: now */

    int is_newest; /* no later release has the same output; not looked at when recording */
} tmk_release;

/* A release of nothing yet: all texts "", numbers 0, margin_db and psnr_db NAN. */
TMK_API void tmk_release_init(tmk_release *release);

/*
 * Records COUNT releases, all or none.  A release that is recorded already (same output,
 * time, mark and output_digest) is not added again.  TMK_BAD_ARGUMENT: a path is not
 * absolute, a digest missing, a text longer than 32,768 bytes, or a number out of range.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_record(tmk_ledger *ledger,
                                                  const tmk_release *releases, size_t count,
                                                  tmk_error *error);

/*
 * Changes the state of the COUNT releases with these IDS, all or none; those that have it
 * already stay as they are.  A change is an event of the log, and merged as a channel's is.
 * TMK_BAD_ARGUMENT: there is no such release or state.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_set_release_state(tmk_ledger *ledger,
                                                             const int64_t *ids, size_t count,
                                                             tmk_release_state state,
                                                             tmk_error *error);

/* Which releases are selected: those that match everything that is not NULL or 0. */
typedef struct tmk_release_filter {
    int64_t id;
    const char *output; /* exactly this path */
    const char *under;  /* this output path, or below it as a directory */
    const uint8_t *input_digest, *output_digest;
    const char *channel; /* its name, now or when it was released */
    const uint64_t *mark;
    const char *title, *episode, *page;
    int newest; /* only the newest release of each output */
} tmk_release_filter;

/*
 * Calls VISIT with each release that FILTER (NULL: all) selects, oldest first, until it
 * returns non-zero.  The texts are valid during the call.  VISIT may use the ledger;
 * what is recorded meanwhile is not visited.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_each(
    tmk_ledger *ledger, const tmk_release_filter *filter,
    int (*visit)(void *context, const tmk_release *release), void *context, tmk_error *error);

/*
 * The fields of tmk_channel and tmk_release, for programs that print or read them one by
 * one: the table that the ledger itself is made of.
 */
typedef enum tmk_field_kind {
    TMK_FIELD_TIME,   /* int64_t, microseconds since 1970 */
    TMK_FIELD_NUMBER, /* int64_t, or uint64_t below 2^63; not negative */
    TMK_FIELD_INT,    /* int, not negative */
    TMK_FIELD_REAL,   /* double; NAN: not known */
    TMK_FIELD_TEXT,   /* const char *, any bytes */
    TMK_FIELD_MARK,   /* uint64_t */
    TMK_FIELD_KEY,    /* char[17] */
    TMK_FIELD_DIGEST, /* uint8_t[TMK_DIGEST_BYTES] */
    TMK_FIELD_WORD,   /* an enum, of which each value has a word */
    TMK_FIELD_BLOB    /* tmk_bytes */
} tmk_field_kind;

typedef struct tmk_field {
    const char *name;
    tmk_field_kind kind;
    size_t offset;            /* in the struct */
    const char *const *words; /* of TMK_FIELD_WORD, from 0; NULL ends them */
} tmk_field;

/* Field INDEX, from 0; NULL beyond the last one. */
TMK_API const tmk_field *tmk_channel_field(size_t index);
TMK_API const tmk_field *tmk_release_field(size_t index);

/* What a merge found: rows that it added, and rows that existed already. */
typedef struct tmk_merge_counts {
    uint64_t channels_added, channels_known;
    uint64_t releases_added, releases_known;
} tmk_merge_counts;

/*
 * Adds to LEDGER all that OTHER holds and it does not, such as the part that one of many
 * machines recorded; all or nothing.  Doing it again changes nothing.  TMK_EXISTS: a
 * channel's name has another mark, or a mark another name; TMK_BAD_FILE: the
 * logs contradict each other; nothing is added.  COUNTS may be NULL.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_merge(tmk_ledger *ledger, tmk_ledger *other,
                                                 tmk_merge_counts *counts, tmk_error *error);

#define TMK_ORIGIN_BYTES 16

/*
 * One entry of a ledger's log.  A ledger has an origin, a random name that it got when it
 * was created, and whatever is recorded in it appends an event under that name: numbered
 * from 1, and hashed with the hash of the previous one.  Merging adds the other ledger's logs
 * to its own.  doc/ledger.md defines the payload and the hash.
 */
typedef struct tmk_event {
    uint8_t origin[TMK_ORIGIN_BYTES];
    int64_t sequence;
    int64_t time;     /* as in tmk_release; later than that of the one before */
    const char *kind; /* "channel", "release", or a change: "channel-state", "channel-name",
                         "channel-note", "release-state"; or "replaced" */
    tmk_bytes payload;
    uint8_t hash[TMK_DIGEST_BYTES];
} tmk_event;

/* Calls VISIT with every event, by origin and sequence, until it returns non-zero.  VISIT
 * may not use the ledger. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_each_event(tmk_ledger *ledger,
                                                      int (*visit)(void *context,
                                                                   const tmk_event *event),
                                                      void *context, tmk_error *error);

/* Reads all of the ledger and reports damage as TMK_BAD_FILE, also a row that does not match
 * the log; takes long for a large one. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_check(tmk_ledger *ledger, tmk_error *error);

#ifdef __cplusplus
}
#endif

#endif
