/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger_row.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report.h"

typedef const tmk_field *field_at(size_t index);

/* --------------------------------------------------------------------- fields */

/* The field of that NAME; NULL if there is none. */
static const tmk_field *find_in(field_at *at, const char *name)
{
    const tmk_field *field;

    for (size_t i = 0; (field = at(i)) != NULL; i++) {
        if (strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

const char *row_name(size_t field)
{
    const tmk_field *found;

    if (field-- == 0)
        return "record";
    for (size_t i = 0; (found = tmk_channel_field(i)) != NULL; i++) {
        if (field-- == 0)
            return found->name;
    }
    for (size_t i = 0; (found = tmk_release_field(i)) != NULL; i++) {
        if (find_in(tmk_channel_field, found->name) == NULL && field-- == 0)
            return found->name;
    }
    return NULL;
}

size_t row_find(const char *name)
{
    const char *other;

    for (size_t field = 0; (other = row_name(field)) != NULL; field++) {
        if (strcmp(other, name) == 0)
            return field;
    }
    return ROW_FIELDS;
}

/* FIELD in the struct of rows of ROW's kind; NULL if they don't have it, or if it is the
 * first one, which no struct has. */
static const tmk_field *field_of(const ledger_row *row, size_t field)
{
    return field == 0 ? NULL
                      : find_in(row->is_channel ? tmk_channel_field : tmk_release_field,
                                row_name(field));
}

/* Where ROW keeps FIELD. */
static const void *value_of(const ledger_row *row, const tmk_field *field)
{
    const void *start = row->is_channel ? (const void *)&row->channel : &row->release;

    return (const char *)start + field->offset;
}

int row_has(const ledger_row *row, size_t field)
{
    return field == 0 || field_of(row, field) != NULL;
}

int row_is_bytes(size_t field)
{
    const tmk_field *found = find_in(tmk_release_field, row_name(field));

    return found != NULL && found->kind == TMK_FIELD_TEXT;
}

void row_init(ledger_row *row)
{
    *row = (ledger_row){.channel = {.name = "", .note = ""}};
    tmk_release_init(&row->release);
}

void row_of_release(ledger_row *row, const tmk_release *release)
{
    *row = (ledger_row){.release = *release};
}

void row_of_channel(ledger_row *row, const tmk_channel *channel)
{
    row_init(row);
    row->is_channel = 1;
    row->channel = *channel;
}

void row_free(ledger_row *row)
{
    for (size_t i = 0; i < ROW_FIELDS; i++) {
        free(row->owned[i]);
        row->owned[i] = NULL;
    }
}

/* SIZE bytes that ROW owns for FIELD, in the place of those that it owned before. */
static char *own(ledger_row *row, size_t field, size_t size)
{
    free(row->owned[field]);
    row->owned[field] = malloc(size);
    if (row->owned[field] == NULL)
        report_no_memory();
    return row->owned[field];
}

/* --------------------------------------------------------------------- to text */

static const char *print_time(int64_t time, char buffer[ROW_BUFFER])
{
    time_t seconds = (time_t)(time / 1000000);
    struct tm parts = {0};
    size_t length;

    if (time == 0)
        return "";
    gmtime_r(&seconds, &parts);
    length = strftime(buffer, ROW_BUFFER, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(buffer + length, ROW_BUFFER - length, ".%06dZ", (int)(time % 1000000));
    return buffer;
}

static const char *print_digest(const uint8_t *digest, char buffer[ROW_BUFFER])
{
    for (int i = 0; i < TMK_DIGEST_BYTES; i++)
        sprintf(buffer + 2 * i, "%02x", digest[i]);
    return buffer;
}

/* The fewest digits, 15 or more, that give VALUE back. */
static int digits_of(double value)
{
    char text[ROW_BUFFER];
    int digits = 15;

    while (digits < 17) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
        digits++;
    }
    return digits;
}

static const char *print_real(double value, char buffer[ROW_BUFFER])
{
    if (isnan(value))
        return "";
    snprintf(buffer, ROW_BUFFER, "%.*g", digits_of(value), value);
    return buffer;
}

static const char *print_bytes(ledger_row *row, size_t field, const tmk_bytes *value)
{
    char *text = own(row, field, 2 * value->size + 1);

    *text = '\0';
    for (size_t i = 0; i < value->size; i++)
        sprintf(text + 2 * i, "%02x", value->bytes[i]);
    return text;
}

const char *row_text(ledger_row *row, size_t field, char buffer[ROW_BUFFER])
{
    const tmk_field *found = field_of(row, field);
    const void *value;

    if (field == 0)
        return row->is_channel ? "channel" : "release";
    if (found == NULL)
        return "";
    value = value_of(row, found);
    switch (found->kind) {
    case TMK_FIELD_TEXT:
        return *(const char *const *)value;
    case TMK_FIELD_KEY:
        return value;
    case TMK_FIELD_TIME:
        return print_time(*(const int64_t *)value, buffer);
    case TMK_FIELD_MARK:
        tmk_mark_format(*(const uint64_t *)value, buffer);
        return buffer;
    case TMK_FIELD_DIGEST:
        return print_digest(value, buffer);
    case TMK_FIELD_REAL:
        return print_real(*(const double *)value, buffer);
    case TMK_FIELD_INT:
        snprintf(buffer, ROW_BUFFER, "%d", *(const int *)value);
        return buffer;
    case TMK_FIELD_NUMBER:
        snprintf(buffer, ROW_BUFFER, "%lld", (long long)*(const int64_t *)value);
        return buffer;
    case TMK_FIELD_WORD:
        return found->words[*(const int *)value];
    case TMK_FIELD_BLOB:
        return print_bytes(row, field, value);
    }
    return "";
}

/* ------------------------------------------------------------------- from text */

/* Whether TEXT is PATTERN with a digit for each 0. */
static int has_pattern(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; text++, pattern++) {
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
            return 0;
    }
    return *text == '\0';
}

/* The number that COUNT digits at TEXT make. */
static int digits_at(const char *text, int count)
{
    int value = 0;

    for (; count > 0; count--)
        value = 10 * value + (*text++ - '0');
    return value;
}

static int parse_time(const char *text, int64_t *time)
{
    int has_fraction = has_pattern(text, "0000-00-00T00:00:00.000000Z");
    struct tm parts, again;

    if (!has_fraction && !has_pattern(text, "0000-00-00T00:00:00Z"))
        return 0;
    parts = (struct tm){.tm_year = digits_at(text, 4) - 1900,
                        .tm_mon = digits_at(text + 5, 2) - 1,
                        .tm_mday = digits_at(text + 8, 2),
                        .tm_hour = digits_at(text + 11, 2),
                        .tm_min = digits_at(text + 14, 2),
                        .tm_sec = digits_at(text + 17, 2)};
    again = parts;
    *time = (int64_t)timegm(&again) * 1000000 + (has_fraction ? digits_at(text + 20, 6) : 0);
    /* timegm takes the 31st of June for the 1st of July. */
    return parts.tm_year >= 70 && again.tm_mon == parts.tm_mon &&
           again.tm_mday == parts.tm_mday && again.tm_hour == parts.tm_hour &&
           again.tm_min == parts.tm_min && again.tm_sec == parts.tm_sec;
}

static int hex_digit(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

/* The SIZE bytes that all of TEXT gives. */
static int parse_hex(const char *text, uint8_t *bytes, size_t size)
{
    if (strlen(text) != 2 * size)
        return 0;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return 0;
        bytes[i] = (uint8_t)(16 * high + low);
    }
    return 1;
}

static int parse_bytes(ledger_row *row, size_t field, const char *text, tmk_bytes *value)
{
    size_t size = strlen(text) / 2;
    uint8_t *bytes = (uint8_t *)own(row, field, size + 1);

    *value = (tmk_bytes){bytes, size};
    return parse_hex(text, bytes, size);
}

static int parse_word(const char *const *words, const char *text, int *value)
{
    for (*value = 0; words[*value] != NULL; ++*value) {
        if (strcmp(words[*value], text) == 0)
            return 1;
    }
    return 0;
}

static int parse_whole(const char *text, int64_t limit, int64_t *value)
{
    *value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, *text - '0', value) || *value > limit)
            return 0;
    }
    return 1;
}

static int parse_real(const char *text, double *value)
{
    char *end;

    if (*text == '\0')
        return 1; /* as it was initialised */
    if (strcmp(text, "inf") != 0 && strcmp(text, "-inf") != 0 &&
        strspn(text, "+-.0123456789eE") != strlen(text))
        return 0;
    *value = strtod(text, &end);
    return *end == '\0';
}

static const char *set_value(ledger_row *row, size_t field, const tmk_field *found,
                             const char *text)
{
    void *value = (void *)value_of(row, found);
    int64_t number;

    switch (found->kind) {
    case TMK_FIELD_TEXT:
        *(const char **)value = text;
        return NULL;
    case TMK_FIELD_KEY:
        if (strlen(text) > TMK_MARK_DIGITS)
            return "16 hexadecimal digits";
        strcpy(value, text);
        return NULL;
    case TMK_FIELD_TIME:
        return *text == '\0' || parse_time(text, value)
                   ? NULL
                   : "a time, 2026-11-25T01:09:29.700805Z";
    case TMK_FIELD_MARK:
        return tmk_mark_parse(text, value) ? NULL : "16 hexadecimal digits";
    case TMK_FIELD_DIGEST:
        return *text == '\0' || parse_hex(text, value, TMK_DIGEST_BYTES)
                   ? NULL
                   : "64 hexadecimal digits";
    case TMK_FIELD_REAL:
        return parse_real(text, value) ? NULL : "a number";
    case TMK_FIELD_INT:
        if (!parse_whole(text, INT32_MAX, &number))
            return "a whole number";
        *(int *)value = (int)number;
        return NULL;
    case TMK_FIELD_NUMBER:
        return parse_whole(text, INT64_MAX, value) ? NULL : "a whole number";
    case TMK_FIELD_WORD:
        return parse_word(found->words, text, value) ? NULL : "one of its words";
    case TMK_FIELD_BLOB:
        return parse_bytes(row, field, text, value) ? NULL : "hexadecimal digits";
    }
    return NULL;
}

const char *row_set(ledger_row *row, size_t field, const char *text)
{
    const tmk_field *found = field_of(row, field);

    if (field == 0) {
        row->is_channel = strcmp(text, "channel") == 0;
        return row->is_channel || strcmp(text, "release") == 0 ? NULL : "channel or release";
    }
    return found == NULL ? NULL : set_value(row, field, found, text);
}

const char *row_problem(const ledger_row *row)
{
    if (row->is_channel)
        return *row->channel.name == '\0' ? "no channel" : NULL;
    return row->release.time == 0 ? "no time" : NULL; /* the ledger wants the rest */
}

/* ------------------------------------------------------------------------ JSON */

static json_t *real_value(double value)
{
    if (isnan(value))
        return json_null();
    return isinf(value) ? json_string(value > 0 ? "inf" : "-inf") : json_real(value);
}

/* FIELD of ROW in JSON's own type; NULL if that is a text. */
static json_t *number_of(const ledger_row *row, size_t field)
{
    const tmk_field *found = field_of(row, field);
    const void *value = found != NULL ? value_of(row, found) : NULL;

    if (found == NULL)
        return NULL;
    return found->kind == TMK_FIELD_REAL     ? real_value(*(const double *)value)
           : found->kind == TMK_FIELD_INT    ? json_integer(*(const int *)value)
           : found->kind == TMK_FIELD_NUMBER ? json_integer(*(const int64_t *)value)
                                             : NULL;
}

void row_put(json_t *object, ledger_row *row)
{
    char buffer[ROW_BUFFER];

    for (size_t i = 0; row_name(i) != NULL; i++) {
        json_t *number = number_of(row, i);

        if (number != NULL)
            report_put(object, row_name(i), number);
        else if (row_has(row, i))
            report_put_file(object, row_name(i), row_text(row, i, buffer));
    }
}

void row_json(FILE *stream, json_t *object)
{
    const char *name;
    json_t *value;
    size_t digits = 15;

    json_object_foreach(object, name, value)
    {
        if (json_is_real(value) && (size_t)digits_of(json_real_value(value)) > digits)
            digits = (size_t)digits_of(json_real_value(value));
    }
    if (json_dumpf(object, stream, JSON_COMPACT | JSON_REAL_PRECISION(digits)) != 0 &&
        !ferror(stream))
        report_no_memory();
    fputc('\n', stream);
    json_decref(object);
}
