/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text into a ledger: what ledger_export wrote, or the text registry of version 0.1.
 * The rows go into a ledger of their own first, which is then merged: all of them or none,
 * and those that are there already are not doubled.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_parts.h"
#include "ledger/ledger_row.h"
#include "paths.h"
#include "report.h"
#include "table.h"

/* A file that is being read. */
typedef struct import {
    const char *path;
    table rows;
    tmk_ledger *draft;
} import;

static int complain(const import *in, const char *what, const char *subject)
{
    report_line("%s: line %zu: %s%s%s", in->path, in->rows.line, subject,
                *subject != '\0' ? ": " : "", what);
    return EXIT_TROUBLE;
}

/* Adds the row that was read to the draft. */
static int add(import *in, const ledger_row *row)
{
    const char *problem = row_problem(row);
    tmk_error error;
    tmk_status status;

    if (problem != NULL)
        return complain(in, problem, "");
    status = row->is_channel ? tmk_ledger_put_channel(in->draft, &row->channel, &error)
                             : tmk_ledger_record(in->draft, &row->release, 1, &error);
    return status == TMK_OK ? EXIT_ALL : complain(in, error.text, "");
}

/* ------------------------------------------------------------------------- CSV */

/* The columns by their names, in the first record. */
static int read_names(import *in, size_t columns[TABLE_FIELDS])
{
    int seen[ROW_FIELDS] = {0};

    for (size_t i = 0; i < in->rows.count; i++) {
        columns[i] = row_find(in->rows.fields[i]);
        if (columns[i] == ROW_FIELDS)
            return complain(in, "no column that a ledger has", in->rows.fields[i]);
        if (seen[columns[i]]++)
            return complain(in, "a column twice", in->rows.fields[i]);
    }
    if (!seen[row_find("mark")])
        return complain(in, "no column 'mark'; the first line must name the columns", "");
    return EXIT_ALL;
}

/* Sets FIELD of ROW by what stands in the record at INDEX. */
static int set_field(import *in, ledger_row *row, size_t field, size_t index)
{
    const char *wants = row_set(row, field, in->rows.fields[index]);

    return wants == NULL ? EXIT_ALL : complain(in, wants, row_name(field));
}

static int read_record(import *in, const size_t columns[TABLE_FIELDS], size_t count)
{
    const size_t record = row_find("record"), output = row_find("output");
    ledger_row row;
    int status = EXIT_ALL;

    row_init(&row);
    if (in->rows.count != count)
        return complain(in, "not as many fields as columns", "");
    row.is_channel = 1;
    for (size_t i = 0; i < count; i++) {
        if (columns[i] == output && *in->rows.fields[i] != '\0')
            row.is_channel = 0;
    }
    for (size_t i = 0; i < count && status == EXIT_ALL; i++) {
        if (columns[i] == record)
            status = set_field(in, &row, record, i);
    }
    for (size_t i = 0; i < count && status == EXIT_ALL; i++) {
        if (columns[i] != record && *in->rows.fields[i] != '\0')
            status = set_field(in, &row, columns[i], i);
    }
    if (status == EXIT_ALL)
        status = add(in, &row);
    row_free(&row);
    return status;
}

static int read_csv(import *in)
{
    size_t columns[TABLE_FIELDS], count;
    int more = table_read_record(&in->rows), status = EXIT_ALL;

    if (more > 0)
        status = read_names(in, columns);
    count = in->rows.count;
    while (more > 0 && status == EXIT_ALL) {
        more = table_read_record(&in->rows);
        if (more > 0)
            status = read_record(in, columns, count);
    }
    return more < 0 ? complain(in, in->rows.problem, "") : status;
}

/* ------------------------------------------------------------------ JSON lines */

/* The texts of one object's members that are not in it as they are. */
typedef struct texts {
    char *items[2 * ROW_FIELDS];
    size_t count;
} texts;

static void forget(texts *kept)
{
    while (kept->count > 0)
        free(kept->items[--kept->count]);
}

/* VALUE as the text that row_set takes; NULL if it is of no such type. */
static const char *text_of(json_t *value, texts *kept)
{
    char *text;

    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_null(value))
        return "";
    if (!json_is_number(value))
        return NULL;
    text = malloc(ROW_BUFFER);
    if (text == NULL)
        report_no_memory();
    kept->items[kept->count++] = text;
    if (json_is_integer(value))
        snprintf(text, ROW_BUFFER, "%lld", (long long)json_integer_value(value));
    else
        snprintf(text, ROW_BUFFER, "%.17g", json_real_value(value));
    return text;
}

/* The bytes that the hexadecimal digits HEX give; NULL if they are none, or hold a NUL. */
static const char *bytes_of(const char *hex, texts *kept)
{
    size_t size = strlen(hex) / 2;
    char *bytes = calloc(size + 1, 1);
    unsigned value;

    if (bytes == NULL)
        report_no_memory();
    kept->items[kept->count++] = bytes;
    if (strlen(hex) % 2 != 0 || strspn(hex, "0123456789abcdefABCDEF") != strlen(hex))
        return NULL;
    for (size_t i = 0; i < size; i++) {
        sscanf(hex + 2 * i, "%2x", &value);
        if (value == 0)
            return NULL;
        bytes[i] = (char)value;
    }
    return bytes;
}

/* Whether NAME is FIELD_hex, of a FIELD that may hold any bytes. */
static size_t find_hex(const char *name)
{
    char stem[32];
    size_t length = strlen(name), field;

    if (length < 5 || length - 4 >= sizeof stem || strcmp(name + length - 4, "_hex") != 0)
        return ROW_FIELDS;
    snprintf(stem, sizeof stem, "%.*s", (int)(length - 4), name);
    field = row_find(stem);
    return field < ROW_FIELDS && row_is_bytes(field) ? field : ROW_FIELDS;
}

/* What "ledger list" says of a release that is of its own ledger alone. */
static int is_local(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "newest") == 0;
}

static int read_members(import *in, json_t *object, ledger_row *row, texts *kept)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        size_t field = row_find(name), hex = find_hex(name);
        const char *text = text_of(value, kept), *wants;
        char other[64];

        if (field == ROW_FIELDS && hex == ROW_FIELDS && !is_local(name))
            return complain(in, "no member that a ledger has", name);
        if (is_local(name) || field == row_find("record"))
            continue;
        if (hex < ROW_FIELDS)
            text = json_is_string(value) ? bytes_of(text, kept) : NULL;
        if (text == NULL)
            return complain(in, "not of the type that it should be", name);
        snprintf(other, sizeof other, "%s_hex", name);
        if (hex == ROW_FIELDS && json_object_get(object, other) != NULL)
            continue; /* the hexadecimal form says all */
        wants = row_set(row, hex < ROW_FIELDS ? hex : field, text);
        if (wants != NULL)
            return complain(in, wants, name);
    }
    return EXIT_ALL;
}

/* What the object is: as it says, else a release if it names an output. */
static int read_kind(import *in, json_t *object, ledger_row *row)
{
    json_t *record = json_object_get(object, "record");
    const char *wants = NULL;

    row->is_channel = json_object_get(object, "output") == NULL;
    if (record != NULL)
        wants = json_is_string(record)
                    ? row_set(row, row_find("record"), json_string_value(record))
                    : "not of the type that it should be";
    if (wants != NULL)
        return complain(in, wants, "record");
    return json_object_get(object, "mark") != NULL ? EXIT_ALL : complain(in, "no mark", "");
}

static int read_object(import *in)
{
    json_error_t problem;
    json_t *object = json_loads(in->rows.bytes, JSON_REJECT_DUPLICATES, &problem);
    texts kept = {.count = 0};
    ledger_row row;
    int status;

    if (!json_is_object(object)) {
        json_decref(object);
        return complain(in, object == NULL ? problem.text : "not a JSON object", "");
    }
    row_init(&row);
    status = read_kind(in, object, &row);
    if (status == EXIT_ALL)
        status = read_members(in, object, &row, &kept);
    if (status == EXIT_ALL)
        status = add(in, &row);
    row_free(&row);
    forget(&kept);
    json_decref(object);
    return status;
}

static int read_jsonl(import *in)
{
    int more, status = EXIT_ALL;

    while (status == EXIT_ALL && (more = table_read_line(&in->rows)) != 0)
        status = more < 0 ? complain(in, in->rows.problem, "") : read_object(in);
    return status;
}

/* ------------------------------------------------------------------- registries */

static int read_registry(import *in)
{
    tmk_channels *channels = NULL;
    tmk_error error;
    tmk_status status = tmk_channels_load(is_stream(in->path) ? "/dev/stdin" : in->path,
                                          &channels, &error);

    for (size_t i = 0; status == TMK_OK && i < tmk_channels_count(channels); i++)
        status = tmk_ledger_put_channel(in->draft, tmk_channels_at(channels, i), &error);
    tmk_channels_free(&channels);
    if (status != TMK_OK)
        report_error(in->path, &error);
    return status == TMK_OK ? EXIT_ALL : EXIT_TROUBLE;
}

/* -------------------------------------------------------------------------- all */

/*
 * The format as the file's beginning shows it: '{' is JSON's, and a first line without a
 * tab that has a comma or is "mark" names columns.  Of standard input, which can be read
 * once only, just the first character is looked at: a registry must be named there.
 */
static const char *guess_format(FILE *stream, int is_standard)
{
    char line[1024];
    int byte = getc(stream);
    const char *format;

    ungetc(byte, stream);
    if (byte == '{')
        return "jsonl";
    if (is_standard)
        return "csv";
    if (fgets(line, sizeof line, stream) == NULL)
        line[0] = '\0';
    format = strchr(line, '\t') == NULL && line[0] != '#' && strchr(line, ',') != NULL
                 ? "csv"
                 : "channels";
    rewind(stream);
    return format;
}

static int read_all(import *in, const char *format)
{
    int is_standard = is_stream(in->path), status;
    FILE *stream = is_standard ? stdin : fopen(in->path, "rb");

    if (stream == NULL) {
        report_line("%s: can't be opened: %s", in->path, strerror(errno));
        return EXIT_TROUBLE;
    }
    if (format == NULL)
        format = guess_format(stream, is_standard);
    table_init(&in->rows, stream);
    status = strcmp(format, "csv") == 0     ? read_csv(in)
             : strcmp(format, "jsonl") == 0 ? read_jsonl(in)
                                            : read_registry(in);
    table_free(&in->rows);
    if (!is_standard)
        fclose(stream);
    return status;
}

int ledger_import(const arguments *a, tmk_ledger *ledger)
{
import in = {.path = a->operands[1] };
    tmk_merge_counts counts;
    tmk_error error;
    int status = EXIT_ALL;

    if (tmk_ledger_open(NULL, TMK_LEDGER_WRITE, &in.draft, &error) != TMK_OK) {
        report_error("", &error);
        return EXIT_TROUBLE;
    }
    status = read_all(&in, a->format);
    if (status == EXIT_ALL && tmk_ledger_merge(ledger, in.draft, &counts, &error) != TMK_OK) {
        report_error(in.path, &error);
        status = EXIT_TROUBLE;
    }
    tmk_ledger_close(&in.draft);
    if (status == EXIT_ALL)
        ledger_print_counts(in.path, &counts, a->json);
    return status;
}
