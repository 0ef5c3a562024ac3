/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two tables of columns, and the statements that are made of them. */
#include "ledger/columns.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* What a column needs to be added to rows that are there already: a value that says
 * nothing.  Paths and the texts made of them may hold any bytes: TEXT if they are UTF-8,
 * else BLOB, which the type ANY of a STRICT table keeps as it is. */
static const char *const types[] = {
    [TMK_FIELD_TIME] = "INTEGER NOT NULL DEFAULT 0",
    [TMK_FIELD_NUMBER] = "INTEGER NOT NULL DEFAULT 0",
    [TMK_FIELD_INT] = "INTEGER NOT NULL DEFAULT 0",
    [TMK_FIELD_REAL] = "REAL",
    [TMK_FIELD_TEXT] = "ANY NOT NULL DEFAULT ''",
    [TMK_FIELD_MARK] = "TEXT NOT NULL DEFAULT '0000000000000000'",
    [TMK_FIELD_KEY] = "TEXT NOT NULL DEFAULT ''",
    [TMK_FIELD_DIGEST] = "BLOB",
    [TMK_FIELD_WORD] = "TEXT NOT NULL",
    [TMK_FIELD_BLOB] = "BLOB",
};

#define NAMED(name, of, member, kind_, column, version)                                      \
    {                                                                                        \
        {name, TMK_FIELD_##kind_, offsetof(of, member), NULL}, column, version, 0            \
    }
#define COLUMN(of, member, kind_, column, version)                                           \
    NAMED(#member, of, member, kind_, column, version)
#define INPUT(member, kind_, column)                                                         \
    {                                                                                        \
        {#member, TMK_FIELD_##kind_, offsetof(tmk_release, member), NULL}, column, 1, 1      \
    }
#define WORD(of, member, words, version)                                                     \
    {                                                                                        \
        {#member, TMK_FIELD_WORD, offsetof(of, member), words}, #member, version, 0          \
    }

static const char *const channel_states[] = {
    [TMK_CHANNEL_ACTIVE] = "active", [TMK_CHANNEL_RETIRED] = "retired", NULL};

static const char *const release_states[] = {[TMK_RELEASED] = "released",
                                             [TMK_WITHDRAWN] = "withdrawn",
                                             [TMK_ARCHIVED] = "archived",
                                             NULL};

_Static_assert(sizeof(tmk_channel_state) == sizeof(int) &&
                   sizeof(tmk_release_state) == sizeof(int),
               "a state is read and written as an int");

static const tmk_column channel_columns[] = {
    COLUMN(tmk_channel, time, TIME, "time", 1),
    NAMED("channel", tmk_channel, name, TEXT, "name", 1),
    COLUMN(tmk_channel, mark, MARK, "mark", 1),
    COLUMN(tmk_channel, note, TEXT, "note", 1),
    WORD(tmk_channel, state, channel_states, 3),
};

/* To add a column, put a row at the end, its version being the next. */
static const tmk_column release_columns[] = {
    COLUMN(tmk_release, time, TIME, "time", 1),
    COLUMN(tmk_release, channel, TEXT, "channel", 1),
    COLUMN(tmk_release, mark, MARK, "mark", 1),
    COLUMN(tmk_release, key, KEY, "fingerprint", 1),
    COLUMN(tmk_release, title, TEXT, "title", 1),
    COLUMN(tmk_release, episode, TEXT, "episode", 1),
    COLUMN(tmk_release, page, TEXT, "page", 1),
    COLUMN(tmk_release, slice, INT, "slice", 1),
    INPUT(input, TEXT, "path"),
    INPUT(input_digest, DIGEST, "digest"),
    INPUT(input_bytes, NUMBER, "bytes"),
    COLUMN(tmk_release, output, TEXT, "output", 1),
    COLUMN(tmk_release, output_digest, DIGEST, "output_digest", 1),
    COLUMN(tmk_release, output_bytes, NUMBER, "output_bytes", 1),
    COLUMN(tmk_release, width, INT, "width", 2),
    COLUMN(tmk_release, height, NUMBER, "height", 2),
    COLUMN(tmk_release, strength, REAL, "strength", 1),
    COLUMN(tmk_release, quality, INT, "quality", 1),
    COLUMN(tmk_release, options, TEXT, "options", 1),
    COLUMN(tmk_release, margin_db, REAL, "margin_db", 1),
    COLUMN(tmk_release, psnr_db, REAL, "psnr_db", 1),
    COLUMN(tmk_release, verified, TEXT, "verified", 1),
    COLUMN(tmk_release, version, TEXT, "version", 1),
    COLUMN(tmk_release, format_version, INT, "format_version", 3),
    NAMED("place_x", tmk_release, place.x, INT, "place_x", 3),
    NAMED("place_y", tmk_release, place.y, INT, "place_y", 3),
    NAMED("band", tmk_release, place.band, INT, "band", 3),
    COLUMN(tmk_release, variant, INT, "variant", 3),
    WORD(tmk_release, state, release_states, 3),
    COLUMN(tmk_release, content, BLOB, "content", 3),
    COLUMN(tmk_release, clock, TIME, "clock", 3),
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const tmk_table *tmk_channel_table(void)
{
    static const tmk_table table = {"channels", "channel", "FROM channels AS r",
                                    channel_columns, COUNT(channel_columns)};

    return &table;
}

const tmk_table *tmk_release_table(void)
{
    static const tmk_table table = {"releases", "release",
                                    "FROM releases AS r JOIN inputs AS i ON i.id = r.input",
                                    release_columns, COUNT(release_columns)};

    return &table;
}

const tmk_field *tmk_channel_field(size_t index)
{
    return index < COUNT(channel_columns) ? &channel_columns[index].field : NULL;
}

const tmk_field *tmk_release_field(size_t index)
{
    return index < COUNT(release_columns) ? &release_columns[index].field : NULL;
}

/* ----------------------------------------------------------------- statements */

/* Appends FORMAT to SQL. */
__attribute__((format(printf, 2, 3))) static void append(char sql[TMK_SQL_BYTES],
                                                         const char *format, ...)
{
    size_t length = strlen(sql);
    va_list values;

    va_start(values, format);
    vsnprintf(sql + length, TMK_SQL_BYTES - length, format, values);
    va_end(values);
}

int tmk_columns_version(void)
{
    int version = 0;

    for (size_t i = 0; i < COUNT(channel_columns); i++)
        version = channel_columns[i].since > version ? channel_columns[i].since : version;
    for (size_t i = 0; i < COUNT(release_columns); i++)
        version = release_columns[i].since > version ? release_columns[i].since : version;
    return version;
}

/* The words that COLUMN may hold, of which the first stands in rows that are there. */
static void append_words(char sql[TMK_SQL_BYTES], const tmk_column *column)
{
    const char *const *words = column->field.words;

    append(sql, " DEFAULT '%s' CHECK (%s IN (", words[0], column->name);
    for (size_t i = 0; words[i] != NULL; i++)
        append(sql, "%s'%s'", i > 0 ? ", " : "", words[i]);
    append(sql, "))");
}

void tmk_table_alter(const tmk_table *table, int version, char sql[TMK_SQL_BYTES])
{
    *sql = '\0';
    for (size_t i = 0; i < table->count; i++) {
        const tmk_column *column = &table->columns[i];

        if (column->since != version)
            continue;
        append(sql, "ALTER TABLE %s ADD COLUMN %s %s", table->name, column->name,
               types[column->field.kind]);
        if (column->field.kind == TMK_FIELD_WORD)
            append_words(sql, column);
        append(sql, ";");
    }
}

void tmk_table_insert(const tmk_table *table, const char *last, char sql[TMK_SQL_BYTES])
{
    int parameters = 0;

    *sql = '\0';
    append(sql, "INSERT INTO %s (", table->name);
    for (size_t i = 0; i < table->count; i++) {
        if (!table->columns[i].of_input)
            append(sql, "%s%s", parameters++ > 0 ? ", " : "", table->columns[i].name);
    }
    if (last != NULL)
        append(sql, "%s%s", parameters++ > 0 ? ", " : "", last);
    append(sql, ") VALUES (");
    for (int i = 1; i <= parameters; i++)
        append(sql, "%s?%d", i > 1 ? ", " : "", i);
    append(sql, ")");
}

void tmk_table_select(const tmk_table *table, const char *extra, const char *rest,
                      char sql[TMK_SQL_BYTES])
{
    *sql = '\0';
    append(sql, "SELECT r.id");
    for (size_t i = 0; i < table->count; i++)
        append(sql, ", %c.%s", table->columns[i].of_input ? 'i' : 'r',
               table->columns[i].name);
    append(sql, "%s %s %s", extra, table->from, rest);
}
