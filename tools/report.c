/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "characters.h"
#include "exits.h"
#include "interrupt.h"

/* ----------------------------------------------------------------------- text */

void report_text(FILE *stream, const char *text)
{
    while (*text != '\0') {
        size_t size = character_size(text), bytes = size > 0 ? size : 1;

        if (size > 0 && !is_control(text)) {
            fwrite(text, 1, bytes, stream);
        } else {
            for (size_t i = 0; i < bytes; i++)
                fprintf(stream, "\\x%02x", (unsigned char)text[i]);
        }
        text += bytes;
    }
}

void report_line(const char *format, ...)
{
    char text[2048];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    fputs("toonmark: ", stderr);
    report_text(stderr, text);
    fputc('\n', stderr);
}

void report_error(const char *subject, const tmk_error *error)
{
    size_t length;

    if (strcmp(subject, "-") == 0)
        subject = "standard input"; /* as the library calls it */
    length = strlen(subject);
    if (length == 0 ||
        (strncmp(error->text, subject, length) == 0 && error->text[length] == ':'))
        report_line("%s", error->text);
    else
        report_line("%s: %s", subject, error->text);
}

void report_no_memory(void)
{
    report_line("out of memory; give fewer files at once");
    exit(EXIT_TROUBLE);
}

int report_flush(FILE *stream)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return 0;
    interrupt_by_pipe();
    if (!interrupted())
        report_line("standard output: can't be written: %s", strerror(errno));
    return EXIT_TROUBLE;
}

/* ----------------------------------------------------------------------- JSON */

json_t *report_object(void)
{
    json_t *object = json_object();

    if (object == NULL)
        report_no_memory();
    return object;
}

void report_put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        report_no_memory();
}

void report_put_text(json_t *object, const char *name, const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *valid = malloc(strlen(text) * 3 + 1), *end = valid;

    if (valid == NULL)
        report_no_memory();
    while (*text != '\0') {
        size_t size = character_size(text);

        memcpy(end, size > 0 ? text : replacement, size > 0 ? size : 3);
        end += size > 0 ? size : 3;
        text += size > 0 ? size : 1;
    }
    *end = '\0';
    report_put(object, name, json_string(valid));
    free(valid);
}

void report_put_mark(json_t *object, uint64_t mark)
{
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(mark, digits);
    report_put(object, "mark", json_string(digits));
}

char *report_file_name(const char *path)
{
    char *name = malloc(2 * strlen(path) + 1), *end = name;

    if (name == NULL)
        report_no_memory();
    if (is_utf8(path))
        return strcpy(name, path);
    for (; *path != '\0'; path++)
        end += sprintf(end, "%02x", (unsigned char)*path);
    return name;
}

void report_put_file(json_t *object, const char *name, const char *path)
{
    char member[64];
    char *hex;

    report_put_text(object, name, path);
    if (is_utf8(path))
        return;
    hex = report_file_name(path);
    snprintf(member, sizeof member, "%s_hex", name);
    report_put(object, member, json_string(hex));
    free(hex);
}

void report_put_number(json_t *object, const char *name, double value, int decimals)
{
    double unit = pow(10, decimals);

    if (!isfinite(value)) {
        report_put(object, name, json_null());
        return;
    }
    value = round(value * unit) / unit;
    report_put(object, name, json_real(value == 0 ? 0 : value)); /* never -0.0 */
}

void report_put_error(json_t *object, const tmk_error *error)
{
    static const char *const words[] = {
        [TMK_OK] = "ok",
        [TMK_BAD_ARGUMENT] = "bad_argument",
        [TMK_NO_MEMORY] = "no_memory",
        [TMK_NOT_READABLE] = "not_readable",
        [TMK_NOT_WRITABLE] = "not_writable",
        [TMK_EXISTS] = "exists",
        [TMK_BAD_FILE] = "bad_file",
        [TMK_UNSUPPORTED] = "unsupported",
        [TMK_BAD_KEY] = "bad_key",
        [TMK_CANCELLED] = "cancelled",
        [TMK_DISK_FULL] = "disk_full",
    };
    size_t index = (size_t)error->status;
    int known = index < sizeof words / sizeof words[0];

    report_put(object, "error", json_string(known ? words[index] : "unknown"));
    report_put_text(object, "message", error->text);
}

void report_json(FILE *stream, json_t *object)
{
    /* Ten digits show every rounded value as it was rounded. */
    if (json_dumpf(object, stream, JSON_COMPACT | JSON_REAL_PRECISION(10)) != 0 &&
        !ferror(stream))
        report_no_memory();
    fputc('\n', stream);
    json_decref(object);
}
