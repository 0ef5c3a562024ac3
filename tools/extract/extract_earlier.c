/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/extract_earlier.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "exits.h"
#include "report.h"
#include "text.h"

static void forget(earlier_answer *answer)
{
    free(answer->file);
    free(answer->marks);
}

/* ---------------------------------------------------------------------- lines */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

/* The name that distinguishes a file: its bytes where it is not UTF-8. */
static const char *name_of(const json_t *object)
{
    int is_part = json_object_get(object, "container") != NULL;
    const char *hex = text_of(object, is_part ? "container_hex" : "file_hex");

    return *hex != '\0' ? hex : text_of(object, is_part ? "container" : "file");
}

static void take_marks(earlier_answer *answer, const json_t *marks)
{
    answer->marks = allocated(json_array_size(marks), sizeof *answer->marks);
    for (size_t i = 0; i < json_array_size(marks); i++) {
        const char *digits = text_of(json_array_get(marks, i), "mark");

        answer->mark_count += tmk_mark_parse(digits, &answer->marks[answer->mark_count]);
    }
}

/* Whether a failure is the machine's rather than the file's. */
static int is_passing(const char *error)
{
    return strcmp(error, "not_readable") == 0 || strcmp(error, "no_memory") == 0;
}

/* Takes up OBJECT, if it is an answer that holds under SETTINGS. */
static void take_line(earlier_answers *e, const json_t *object, size_t line,
                      const char *settings)
{
    const char *file = name_of(object), *digest = text_of(object, "digest");
    const json_t *found = json_object_get(object, "found");
    earlier_answer answer = {.line = line,
                             .is_part = json_object_get(object, "container") != NULL,
                             .is_last = json_is_true(json_object_get(object, "last"))};

    if (*file == '\0' || strlen(digest) != EXTRACT_DIGEST_DIGITS ||
        strcmp(text_of(object, "settings"), settings) != 0)
        return;
    answer.file = copied(file);
    memcpy(answer.digest, digest, sizeof answer.digest);
    answer.outcome = found == NULL         ? EARLIER_FAILED
                     : json_is_true(found) ? EARLIER_FOUND
                                           : EARLIER_NONE;
    answer.is_passing = is_passing(text_of(object, "error"));
    take_marks(&answer, json_object_get(object, "marks"));
    e->items = grown(e->items, e->count, &e->room, sizeof *e->items);
    e->items[e->count++] = answer;
}

static int compare(const void *left, const void *right)
{
    const earlier_answer *a = left, *b = right;
    int order = strcmp(a->file, b->file);

    if (order == 0)
        order = strcmp(a->digest, b->digest);
    return order != 0 ? order : a->line < b->line ? -1 : a->line > b->line;
}

/* ------------------------------------------------------------------------ all */

/* Takes up all whole lines; END becomes where the next answer belongs.  0, or the number of
 * a line that is not JSON. */
static size_t take_lines(earlier_answers *e, FILE *file, const char *settings, off_t *end)
{
    char *line = NULL;
    size_t room = 0, number = 0, kept = 0;
    off_t at = 0;
    ssize_t length;

    *end = 0;
    while ((length = getline(&line, &room, file)) > 0 && line[length - 1] == '\n') {
        json_t *object = json_loadb(line, (size_t)length, 0, NULL);
        int is_inside = json_is_true(json_object_get(object, "summary")) ||
                        json_is_false(json_object_get(object, "last"));

        number++;
        if (!json_is_object(object)) {
            json_decref(object);
            free(line);
            return number;
        }
        take_line(e, object, number, settings);
        json_decref(object);
        at += length;
        if (!is_inside) {
            *end = at;
            kept = e->count;
        }
    }
    while (e->count > kept)
        forget(&e->items[--e->count]);
    free(line);
    return 0;
}

int earlier_read(earlier_answers *e, FILE *file, const char *path, const char *settings)
{
    off_t end = 0;
    size_t bad = take_lines(e, file, settings, &end);

    if (bad > 0) {
        report_line("%s: line %zu is not JSON; name the file that extract --json -o wrote",
                    path, bad);
        return EXIT_TROUBLE;
    }
    if (ferror(file) || fseeko(file, end, SEEK_SET) != 0 ||
        ftruncate(fileno(file), end) != 0) {
        report_line("%s: can't be completed: %s", path, strerror(errno));
        return EXIT_TROUBLE;
    }
    if (e->count > 1)
        qsort(e->items, e->count, sizeof *e->items, compare);
    return EXIT_ALL;
}

/* How many answers there are up to LAST, of the pictures of one file. */
static size_t count_parts(const earlier_answers *e, const earlier_answer *last)
{
    size_t count = 1;

    while (last->is_part && last - count >= e->items && !(last - count)->is_last &&
           strcmp((last - count)->file, last->file) == 0 &&
           strcmp((last - count)->digest, last->digest) == 0)
        count++;
    return count;
}

const earlier_answer *earlier_find(const earlier_answers *e, const char *file,
                                   const char *digest, size_t *count)
{
    earlier_answer wanted = {.file = (char *)file, .line = SIZE_MAX};
    size_t low = 0, high = e->count;

    if (strlen(digest) != EXTRACT_DIGEST_DIGITS)
        return NULL;
    memcpy(wanted.digest, digest, sizeof wanted.digest);
    while (low <
           high) { /* the first that comes after it: the one before is the last of its */
        size_t middle = low + (high - low) / 2;

        if (compare(&e->items[middle], &wanted) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || strcmp(e->items[low - 1].file, file) != 0 ||
        strcmp(e->items[low - 1].digest, digest) != 0)
        return NULL;
    *count = count_parts(e, &e->items[low - 1]);
    for (size_t i = 1; i <= *count; i++)
        if (e->items[low - i].is_passing)
            return NULL;
    return &e->items[low - 1];
}

void earlier_free(earlier_answers *e)
{
    for (size_t i = 0; i < e->count; i++)
        forget(&e->items[i]);
    free(e->items);
    *e = (earlier_answers){0};
}
