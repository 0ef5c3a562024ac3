/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger_row.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report.h"

typedef enum kind { RECORD, TEXT, NOTE, TIME, MARK, KEY, DIGEST, SIZE, WIDE, WHOLE, REAL } kind;

static const struct field {
    kind kind;
    size_t offset; /* in tmk_release */
    int of_channels;
} fields[ROW_FIELDS] = {
    {RECORD, 0, 1},
    {TIME, offsetof(tmk_release, time), 1},
    {TEXT, offsetof(tmk_release, channel), 1},
    {MARK, offsetof(tmk_release, mark), 1},
    {NOTE, 0, 1},
    {KEY, offsetof(tmk_release, key), 0},
    {TEXT, offsetof(tmk_release, title), 0},
    {TEXT, offsetof(tmk_release, episode), 0},
    {TEXT, offsetof(tmk_release, page), 0},
    {WHOLE, offsetof(tmk_release, slice), 0},
    {TEXT, offsetof(tmk_release, input), 0},
    {DIGEST, offsetof(tmk_release, input_digest), 0},
    {SIZE, offsetof(tmk_release, input_bytes), 0},
    {TEXT, offsetof(tmk_release, output), 0},
    {DIGEST, offsetof(tmk_release, output_digest), 0},
    {SIZE, offsetof(tmk_release, output_bytes), 0},
    {WHOLE, offsetof(tmk_release, width), 0},
    {WIDE, offsetof(tmk_release, height), 0},
    {REAL, offsetof(tmk_release, strength), 0},
    {WHOLE, offsetof(tmk_release, quality), 0},
    {TEXT, offsetof(tmk_release, options), 0},
    {REAL, offsetof(tmk_release, margin_db), 0},
    {REAL, offsetof(tmk_release, psnr_db), 0},
    {TEXT, offsetof(tmk_release, verified), 0},
    {TEXT, offsetof(tmk_release, version), 0},
};

const char *const row_names[ROW_FIELDS] = {
    "record",        "time",         "channel",    "mark",          "note",
    "key",           "title",        "episode",    "page",          "slice",
    "input",         "input_digest", "input_bytes", "output",       "output_digest",
    "output_bytes",  "width",        "height",     "strength",      "quality",
    "options",       "margin_db",    "psnr_db",    "verified",      "version",
};

void row_init(ledger_row *row)
{
    *row = (ledger_row){.note = ""};
    tmk_release_init(&row->release);
}

void row_of_release(ledger_row *row, const tmk_release *release)
{
    *row = (ledger_row){.release = *release, .note = ""};
}

void row_of_channel(ledger_row *row, const tmk_channel *channel, int64_t time)
{
    row_init(row);
    row->is_channel = 1;
    row->release.time = time;
    row->release.mark = channel->mark;
    row->release.channel = channel->name;
    row->note = channel->note;
}

size_t row_find(const char *name)
{
    size_t field = 0;

    while (field < ROW_FIELDS && strcmp(row_names[field], name) != 0)
        field++;
    return field;
}

int row_has(const ledger_row *row, size_t field)
{
    return row->is_channel ? fields[field].of_channels : fields[field].kind != NOTE;
}

int row_is_bytes(size_t field)
{
    return fields[field].kind == TEXT;
}

/* --------------------------------------------------------------------- to text */

static const char *print_time(int64_t time, char buffer[ROW_BUFFER])
{
    time_t seconds = (time_t)(time / 1000000);
    struct tm parts = {0};
    size_t length;

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

const char *row_text(const ledger_row *row, size_t field, char buffer[ROW_BUFFER])
{
    const void *value = (const char *)&row->release + fields[field].offset;

    if (!row_has(row, field))
        return "";
    switch (fields[field].kind) {
    case RECORD:
        return row->is_channel ? "channel" : "release";
    case NOTE:
        return row->note;
    case TEXT:
        return *(const char *const *)value;
    case KEY:
        return value;
    case TIME:
        return print_time(*(const int64_t *)value, buffer);
    case MARK:
        tmk_mark_format(*(const uint64_t *)value, buffer);
        return buffer;
    case DIGEST:
        return print_digest(value, buffer);
    case REAL:
        return print_real(*(const double *)value, buffer);
    case WHOLE:
        snprintf(buffer, ROW_BUFFER, "%d", *(const int *)value);
        return buffer;
    case SIZE:
    case WIDE:
        snprintf(buffer, ROW_BUFFER, "%lld", (long long)*(const int64_t *)value);
        return buffer;
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

static int parse_digest(const char *text, uint8_t *digest)
{
    if (strlen(text) != 2 * TMK_DIGEST_BYTES)
        return 0;
    for (int i = 0; i < TMK_DIGEST_BYTES; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return 0;
        digest[i] = (uint8_t)(16 * high + low);
    }
    return 1;
}

static int parse_whole(const char *text, int64_t limit, int64_t *value)
{
    *value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' ||
            __builtin_mul_overflow(*value, 10, value) ||
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

const char *row_set(ledger_row *row, size_t field, const char *text)
{
    void *value = (char *)&row->release + fields[field].offset;
    int64_t number;

    switch (fields[field].kind) {
    case RECORD:
        row->is_channel = strcmp(text, "channel") == 0;
        return row->is_channel || strcmp(text, "release") == 0 ? NULL : "channel or release";
    case NOTE:
        row->note = text;
        return NULL;
    case TEXT:
        *(const char **)value = text;
        return NULL;
    case KEY:
        if (strlen(text) >= sizeof row->release.key)
            return "16 hexadecimal digits";
        strcpy(value, text);
        return NULL;
    case TIME:
        return *text == '\0' || parse_time(text, value) ? NULL
                                                        : "a time, 2026-11-25T01:09:29.700805Z";
    case MARK:
        return tmk_mark_parse(text, value) ? NULL : "16 hexadecimal digits";
    case DIGEST:
        return *text == '\0' || parse_digest(text, value) ? NULL : "64 hexadecimal digits";
    case REAL:
        return parse_real(text, value) ? NULL : "a number";
    case WHOLE:
        if (!parse_whole(text, INT32_MAX, &number))
            return "a whole number";
        *(int *)value = (int)number;
        return NULL;
    case SIZE:
    case WIDE:
        if (!parse_whole(text, INT64_MAX, &number))
            return "a whole number";
        *(int64_t *)value = number;
        return NULL;
    }
    return NULL;
}

const char *row_problem(const ledger_row *row)
{
    if (row->is_channel)
        return *row->release.channel == '\0' ? "no channel" : NULL;
    return row->release.time == 0 ? "no time" : NULL; /* the ledger wants the rest */
}

/* ------------------------------------------------------------------------ JSON */

static json_t *real_value(double value)
{
    if (isnan(value))
        return json_null();
    return isinf(value) ? json_string(value > 0 ? "inf" : "-inf") : json_real(value);
}

void row_put(json_t *object, const ledger_row *row)
{
    char buffer[ROW_BUFFER];

    for (size_t i = 0; i < ROW_FIELDS; i++) {
        const void *value = (const char *)&row->release + fields[i].offset;

        if (!row_has(row, i))
            continue;
        if (fields[i].kind == REAL)
            report_put(object, row_names[i], real_value(*(const double *)value));
        else if (fields[i].kind == WHOLE)
            report_put(object, row_names[i], json_integer(*(const int *)value));
        else if (fields[i].kind == SIZE || fields[i].kind == WIDE)
            report_put(object, row_names[i], json_integer(*(const int64_t *)value));
        else
            report_put_file(object, row_names[i], row_text(row, i, buffer));
    }
}

void row_json(FILE *stream, json_t *object)
{
    const char *name;
    json_t *value;
    size_t digits = 15;

    json_object_foreach(object, name, value) {
        if (json_is_real(value) && (size_t)digits_of(json_real_value(value)) > digits)
            digits = (size_t)digits_of(json_real_value(value));
    }
    if (json_dumpf(object, stream, JSON_COMPACT | JSON_REAL_PRECISION(digits)) != 0 &&
        !ferror(stream))
        report_no_memory();
    fputc('\n', stream);
    json_decref(object);
}
