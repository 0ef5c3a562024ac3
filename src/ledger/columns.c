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
};

#define COLUMN(of, member, kind_, column, version) \
    {{#member, TMK_FIELD_##kind_, offsetof(of, member)}, column, version, 0}
#define INPUT(member, kind_, column) \
    {{#member, TMK_FIELD_##kind_, offsetof(tmk_release, member)}, column, 1, 1}

static const tmk_column channel_columns[] = {
    COLUMN(tmk_channel, time, TIME, "time", 1),
    {{"channel", TMK_FIELD_TEXT, offsetof(tmk_channel, name)}, "name", 1, 0},
    COLUMN(tmk_channel, mark, MARK, "mark", 1),
    COLUMN(tmk_channel, note, TEXT, "note", 1),
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
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const tmk_table *tmk_channel_table(void)
{
    static const tmk_table table = {
        "channels", "channel", "FROM channels AS r", channel_columns, COUNT(channel_columns)};

    return &table;
}

const tmk_table *tmk_release_table(void)
{
    static const tmk_table table = {
        "releases", "release", "FROM releases AS r JOIN inputs AS i ON i.id = r.input",
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

/* Puts FORMAT behind what stands in SQL. */
__attribute__((format(printf, 2, 3))) static void append(char sql[TMK_SQL_BYTES],
                                                         const char *format, ...)
{
    size_t length = strlen(sql);
    va_list values;

    va_start(values, format);
    vsnprintf(sql + length, TMK_SQL_BYTES - length, format, values);
    va_end(values);
}

void tmk_table_alter(const tmk_table *table, int version, char sql[TMK_SQL_BYTES])
{
    *sql = '\0';
    for (size_t i = 0; i < table->count; i++) {
        const tmk_column *column = &table->columns[i];

        if (column->since == version)
            append(sql, "ALTER TABLE %s ADD COLUMN %s %s;", table->name, column->name,
                   types[column->field.kind]);
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
        append(sql, ", %c.%s", table->columns[i].of_input ? 'i' : 'r', table->columns[i].name);
    append(sql, "%s %s %s", extra, table->from, rest);
}
