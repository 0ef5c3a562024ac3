/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding releases to a ledger: a row each, and one for each input that they came from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/changes.h"

#define TEXT_LIMIT 32768     /* bytes; the longest path that Linux takes has 4095 */
#define CONTENT_LIMIT 524288 /* bytes */

void tmk_release_init(tmk_release *release)
{
    *release = (tmk_release){.channel = "",
                             .input = "",
                             .output = "",
                             .title = "",
                             .episode = "",
                             .page = "",
                             .options = "",
                             .verified = "",
                             .version = "",
                             .margin_db = NAN,
                             .psnr_db = NAN};
}

/* ----------------------------------------------------------------- what is fit */

static int is_absolute(const char *path)
{
    return path != NULL && *path == '/';
}

static int is_fingerprint(const char key[17])
{
    uint64_t unused;

    return memchr(key, '\0', 17) != NULL && (*key == '\0' || tmk_mark_parse(key, &unused));
}

/* A digest of zeros is one that nobody computed. */
static int is_digest(const uint8_t digest[TMK_DIGEST_BYTES])
{
    int any = 0;

    for (int i = 0; i < TMK_DIGEST_BYTES; i++)
        any |= digest[i];
    return any != 0;
}

static const char *problem_of(const tmk_release *r)
{
    const char *const texts[] = {r->channel, r->input,   r->output,   r->title,  r->episode,
                                 r->page,    r->options, r->verified, r->version};

    if (!is_absolute(r->output))
        return "the output's path is not absolute";
    if (!is_absolute(r->input) && (r->input == NULL || strcmp(r->input, "-") != 0))
        return "the input's path is not absolute";
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] != NULL && strlen(texts[i]) > TEXT_LIMIT)
            return "a text is longer than 32768 bytes";
    }
    if (!is_digest(r->input_digest) || !is_digest(r->output_digest))
        return "the digest of input or output is missing";
    if (!is_fingerprint(r->key))
        return "the key's fingerprint must be 16 hexadecimal digits";
    if (r->time < 0 || r->time > TMK_LAST_TIME || r->input_bytes > INT64_MAX ||
        r->output_bytes > INT64_MAX || r->width < 0 || r->height < 0 || r->slice < 0)
        return "a time, size or number is out of range";
    if (!isfinite(r->strength) || r->strength < 0 || r->quality < 0 || r->quality > 100)
        return "strength or quality is out of range";
    if (r->format_version < 0 || r->place.x < 0 || r->place.y < 0 || r->place.band < 0 ||
        r->variant < 0 || (unsigned)r->state > TMK_ARCHIVED || r->clock < 0 ||
        r->clock > TMK_LAST_TIME)
        return "the place, its version, the state or the clock is out of range";
    if (r->content.size > CONTENT_LIMIT)
        return "the content's fingerprint is longer than 524288 bytes";
    return NULL;
}

static tmk_status check(const tmk_release *release, tmk_error *error)
{
    const char *problem = problem_of(release);

    return problem == NULL
               ? TMK_OK
               : tmk_fail(error, TMK_BAD_ARGUMENT, "%s: can't be recorded: %s",
                          release->output != NULL ? release->output : "", problem);
}

/* --------------------------------------------------------------------- adding */

void tmk_inserts_free(tmk_inserts *inserts)
{
    tmk_query_free(&inserts->input);
    tmk_query_free(&inserts->find_input);
    tmk_query_free(&inserts->latest);
    tmk_query_free(&inserts->known);
    tmk_query_free(&inserts->release);
}

static tmk_status prepare_all(tmk_ledger *ledger, tmk_error *error)
{
    tmk_database *database = ledger->database;
    tmk_inserts *inserts = &ledger->inserts;
    char sql[TMK_SQL_BYTES];

    TMK_TRY(tmk_query_new(database,
                          "SELECT id, bytes FROM inputs WHERE digest = ?1 AND path = ?2",
                          &inserts->find_input, error));
    TMK_TRY(tmk_query_new(database,
                          "INSERT INTO inputs (path, digest, bytes) VALUES (?1, ?2, ?3)",
                          &inserts->input, error));
    TMK_TRY(tmk_query_new(database, "SELECT max(time) FROM releases WHERE output = ?1",
                          &inserts->latest, error));
    tmk_table_select(tmk_release_table(), "",
                     "WHERE r.output = ?1 AND r.time = ?2 AND r.mark = ?3"
                     " AND r.output_digest = ?4",
                     sql);
    TMK_TRY(tmk_query_new(database, sql, &inserts->known, error));
    tmk_table_insert(tmk_release_table(), "input", sql);
    strcat(sql, " ON CONFLICT (output, time, mark, output_digest) DO NOTHING");
    return tmk_query_new(database, sql, &inserts->release, error);
}

static tmk_status prepare(tmk_ledger *ledger, tmk_error *error)
{
    tmk_status status;

    if (ledger->inserts.release != NULL)
        return TMK_OK;
    status = prepare_all(ledger, error);
    if (status != TMK_OK)
        tmk_inserts_free(&ledger->inserts);
    return status;
}

/* The row of the release's input, made if need be. */
static tmk_status input_row(tmk_ledger *ledger, const tmk_release *r, int64_t *id,
                            tmk_error *error)
{
    tmk_inserts *inserts = &ledger->inserts;
    int64_t bytes = (int64_t)r->input_bytes;
    int has_row = 0;
    tmk_status status;

    tmk_query_bind_blob(inserts->find_input, 1, r->input_digest, TMK_DIGEST_BYTES);
    tmk_query_bind_text(inserts->find_input, 2, r->input);
    status = tmk_query_step(inserts->find_input, &has_row, error);
    if (has_row) {
        *id = tmk_query_number(inserts->find_input, 0);
        bytes = tmk_query_number(inserts->find_input, 1);
    }
    tmk_query_reset(inserts->find_input);
    if (status == TMK_OK && bytes != (int64_t)r->input_bytes)
        return tmk_fail(
            error, TMK_BAD_ARGUMENT,
            "%s: can't be recorded: its input of the same digest has %lld bytes in "
            "the ledger, not %lld",
            r->output, (long long)bytes, (long long)r->input_bytes);
    if (status != TMK_OK || has_row)
        return status;
    tmk_query_bind_text(inserts->input, 1, r->input);
    tmk_query_bind_blob(inserts->input, 2, r->input_digest, TMK_DIGEST_BYTES);
    tmk_query_bind_number(inserts->input, 3, (int64_t)r->input_bytes);
    status = tmk_query_run(inserts->input, error);
    *id = tmk_database_last_id(ledger->database);
    return status;
}

/* The time of a release made now: later than all that this ledger recorded and any of the
 * same output, as clocks are set back now and then. */
static tmk_status time_after_all(tmk_ledger *ledger, const char *output, int64_t *time,
                                 tmk_error *error)
{
    tmk_inserts *inserts = &ledger->inserts;
    int has_row = 0;
    tmk_status status;

    TMK_TRY(tmk_log_time(ledger, time, error));
    tmk_query_bind_text(inserts->latest, 1, output);
    status = tmk_query_step(inserts->latest, &has_row, error);
    if (has_row && tmk_query_number(inserts->latest, 0) >= *time)
        status = tmk_log_after(ledger, tmk_query_number(inserts->latest, 0), time, error);
    tmk_query_reset(inserts->latest);
    return status;
}

/* Whether the row that is there in the place of RELEASE says the same, but for the state. */
static tmk_status is_same_row(tmk_ledger *ledger, const tmk_release *release,
                              tmk_texts *texts, int *is_same, tmk_error *error)
{
    uint8_t one[TMK_DIGEST_BYTES], other[TMK_DIGEST_BYTES];
    tmk_query *query = ledger->inserts.known;
    tmk_release there = *release;
    char digits[TMK_MARK_DIGITS + 1];
    int has_row = 0;

    tmk_mark_format(release->mark, digits);
    tmk_query_bind_text(query, 1, release->output);
    tmk_query_bind_number(query, 2, release->time);
    tmk_query_bind_copy(query, 3, digits);
    tmk_query_bind_blob(query, 4, release->output_digest, TMK_DIGEST_BYTES);
    TMK_TRY(tmk_query_step(query, &has_row, error));
    if (has_row)
        TMK_TRY(tmk_table_read(tmk_release_table(), query,
                               tmk_database_path(ledger->database), &there, texts, error));
    there.state = release->state;
    tmk_table_digest(tmk_release_table(), release, one);
    tmk_table_digest(tmk_release_table(), &there, other);
    *is_same = memcmp(one, other, sizeof one) == 0;
    return TMK_OK;
}

/* RELEASE is there already: if with other details, its own row is nowhere. */
static tmk_status note_known(tmk_ledger *ledger, const tmk_release *release, tmk_error *error)
{
    tmk_texts texts = {0};
    int is_same = 1;
    tmk_status status = is_same_row(ledger, release, &texts, &is_same, error);

    tmk_query_reset(ledger->inserts.known);
    free(texts.bytes);
    if (status != TMK_OK || is_same)
        return status;
    return tmk_log_replaced(ledger, tmk_release_table(), release, error);
}

tmk_status tmk_ledger_insert_release(tmk_ledger *ledger, const tmk_release *release,
                                     int *is_new, tmk_error *error)
{
    tmk_inserts *inserts = &ledger->inserts;
    tmk_release full = *release;
    int64_t input = 0;
    int next, added;

    TMK_TRY(check(release, error));
    TMK_TRY(tmk_log_not_ahead(release->time, release->output, error));
    TMK_TRY(prepare(ledger, error));
    TMK_TRY(input_row(ledger, release, &input, error));
    if (full.time == 0 && full.clock == 0)
        full.clock = tmk_ledger_now();
    if (full.time == 0)
        TMK_TRY(time_after_all(ledger, full.output, &full.time, error));
    next = tmk_table_bind(tmk_release_table(), inserts->release, &full);
    tmk_query_bind_number(inserts->release, next, input);
    TMK_TRY(tmk_query_run(inserts->release, error));
    added = tmk_database_changes(ledger->database) > 0;
    if (is_new != NULL)
        *is_new = added;
    if (!added)
        return note_known(ledger, &full, error);
    TMK_TRY(tmk_log_row(ledger, tmk_release_table(), &full, error));
    return tmk_change_release_born(ledger, &full, error);
}

static tmk_status insert_all(tmk_ledger *ledger, const tmk_release *releases, size_t count,
                             tmk_error *error)
{
    for (size_t i = 0; i < count; i++)
        TMK_TRY(tmk_ledger_insert_release(ledger, &releases[i], NULL, error));
    return TMK_OK;
}

tmk_status tmk_ledger_record(tmk_ledger *ledger, const tmk_release *releases, size_t count,
                             tmk_error *error)
{
    tmk_status status;

    pthread_mutex_lock(&ledger->lock);
    status = tmk_database_begin(ledger->database, error);
    if (status == TMK_OK)
        status = tmk_database_end(ledger->database,
                                  insert_all(ledger, releases, count, error), error);
    pthread_mutex_unlock(&ledger->lock);
    return status;
}
