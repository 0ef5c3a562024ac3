/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/names.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "text.h"
#include "toonmark.h"

/* --------------------------------------------------------------------- fields */

/* Appends a value as one part of a path, or a piece of one. */
static void append_value(text_buffer *t, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char c = bytes[i], code[4];

        if (c == '/' || c == '%' || (i == 0 && (c == '.' || c == '-'))) {
            snprintf(code, sizeof code, "%%%02X", (unsigned)(unsigned char)c);
            text_add(t, code, 3);
        } else {
            text_add(t, &c, 1);
        }
    }
}

static void put_text(text_buffer *t, const char *value)
{
    append_value(t, value, strlen(value));
}

static void put_channel(text_buffer *t, const name_values *v)
{
    put_text(t, v->channel);
}

static void put_mark(text_buffer *t, const name_values *v)
{
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(v->mark, digits);
    put_text(t, digits);
}

static void put_variant(text_buffer *t, const name_values *v)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%d", v->variant);
    put_text(t, digits);
}

static void put_dir(text_buffer *t, const name_values *v)
{
    size_t name = name_offset(v->path);

    if (name > v->inside)
        text_add(t, v->path + v->inside, name - v->inside - 1);
}

static void put_stem(text_buffer *t, const name_values *v)
{
    size_t name = name_offset(v->path);

    text_add(t, v->path + name, stem_length(v->path, name));
}

static void put_ext(text_buffer *t, const name_values *v)
{
    size_t name = name_offset(v->path);
    const char *end = v->path + name + stem_length(v->path, name);

    text_add(t, end, strlen(end));
}

static void put_slice(text_buffer *t, const name_values *v)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%03zu", v->slice);
    put_text(t, digits);
}

static void put_title(text_buffer *t, const name_values *v)
{
    put_text(t, v->title);
}

static void put_episode(text_buffer *t, const name_values *v)
{
    put_text(t, v->episode);
}

static void put_page(text_buffer *t, const name_values *v)
{
    put_text(t, v->page);
}

static const struct field {
    const char *name;
    unsigned bit;
    void (*put)(text_buffer *t, const name_values *v);
} fields[] = {
    {"channel", NAME_CHANNEL, put_channel}, {"mark", NAME_MARK, put_mark},
    {"variant", NAME_VARIANT, put_variant}, {"dir", NAME_DIR, put_dir},
    {"stem", NAME_STEM, put_stem},          {"ext", NAME_EXT, put_ext},
    {"slice", NAME_SLICE, put_slice},       {"title", NAME_TITLE, put_title},
    {"episode", NAME_EPISODE, put_episode}, {"page", NAME_PAGE, put_page},
};

static const struct field *find_field(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0)
            return &fields[i];
    }
    return NULL;
}

/* -------------------------------------------------------------------- patterns */

/* Takes the next piece of *PATTERN: a field, or COUNT bytes of plain text at *PLAIN. */
static const struct field *next_piece(const char **pattern, const char **plain, size_t *count)
{
    const char *at = *pattern;
    size_t length;

    *plain = at;
    *count = strcspn(at, "{}");
    if (*count > 0) {
        *pattern = at + *count;
        return NULL;
    }
    if (at[1] == at[0]) { /* a doubled brace */
        *count = 1;
        *pattern = at + 2;
        return NULL;
    }
    length = strcspn(at + 1, "}");
    *pattern = at + length + 2;
    return find_field(at + 1, length);
}

const char *names_check(const char *pattern, unsigned *found, char problem[160])
{
    *found = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        size_t length;
        const struct field *field;

        if (*at != '{' && *at != '}')
            continue;
        if (at[1] == *at) {
            at++;
            continue;
        }
        length = strcspn(at, "}");
        if (*at == '}' || at[length] == '\0')
            return strcpy(problem, "has a single brace; write {{ or }} for one");
        field = find_field(at + 1, length - 1);
        if (field == NULL) {
            snprintf(problem, 160, "has the unknown field %.*s",
                     length < 60 ? (int)length + 1 : 60, at);
            return problem;
        }
        *found |= field->bit;
        at += length;
    }
    if (pattern[0] == '/')
        return strcpy(problem, "begins with /; names are within the directory -d");
    return NULL;
}

int names_part_channels(const char *pattern)
{
    static const char *const owns[] = {"{channel}", "{mark}"};
    const char *dir = strstr(pattern, "{dir}"), *last = dir;

    while (last != NULL && strstr(last + 1, "{dir}") != NULL)
        last = strstr(last + 1, "{dir}");
    for (size_t i = 0; i < 2; i++) {
        const char *at = strstr(pattern, owns[i]);
        const char *end = at != NULL ? at + strlen(owns[i]) : NULL;

        if (at != NULL && (at == pattern || at[-1] == '/') && (*end == '/' || *end == '\0') &&
            (dir == NULL || at < dir || at > last))
            return 1;
    }
    return 0;
}

/* -------------------------------------------------------------------- expanding */

static int is_known(const struct field *field, const name_values *v)
{
    switch (field->bit) {
    case NAME_CHANNEL:
        return v->channel != NULL;
    case NAME_TITLE:
        return v->title != NULL;
    case NAME_EPISODE:
        return v->episode != NULL;
    case NAME_PAGE:
        return v->page != NULL;
    default:
        return 1;
    }
}

/* Appends the parts of RAW that are not empty, with "/" between them, to PATH. */
static const char *append_parts(text_buffer *path, const char *raw, char problem[160])
{
    int parts = 0;

    while (*raw != '\0') {
        size_t length = strcspn(raw, "/");

        if (length > NAME_MAX) {
            snprintf(problem, 160, "its part %.40s... is longer than %d bytes", raw,
                     NAME_MAX);
            return problem;
        }
        if ((length == 1 && raw[0] == '.') || (length == 2 && strncmp(raw, "..", 2) == 0))
            return strcpy(problem, "it has a part . or ..");
        if (length > 0) {
            if (parts++ > 0)
                text_add(path, "/", 1);
            text_add(path, raw, length);
        }
        raw += length;
        raw += *raw == '/';
    }
    return parts > 0 ? NULL : strcpy(problem, "it is empty");
}

/* Puts what PATTERN stands for into RAW; NULL, or what is wrong. */
static const char *fill_in(const char *pattern, const name_values *values, text_buffer *raw,
                           char problem[160])
{
    while (*pattern != '\0') {
        const char *plain;
        size_t count;
        const struct field *field = next_piece(&pattern, &plain, &count);

        if (field == NULL) {
            text_add(raw, plain, count);
        } else if (is_known(field, values)) {
            field->put(raw, values);
        } else {
            snprintf(problem, 160, "its {%s} is not known", field->name);
            return problem;
        }
    }
    return NULL;
}

char *names_expand(const char *pattern, const char *directory, const name_values *values,
                   char problem[160])
{
    text_buffer raw = {0}, path = {0};
    const char *wrong;

    text_add(&raw, "", 0);
    text_add(&path, directory, strlen(directory));
    if (path.length == 0 || path.bytes[path.length - 1] != '/')
        text_add(&path, "/", 1);
    wrong = fill_in(pattern, values, &raw, problem);
    if (wrong == NULL)
        wrong = raw.length > 0 && raw.bytes[raw.length - 1] == '/'
                    ? strcpy(problem, "it ends with /")
                    : append_parts(&path, raw.bytes, problem);
    free(raw.bytes);
    if (wrong == NULL)
        return path.bytes;
    free(path.bytes);
    return NULL;
}
