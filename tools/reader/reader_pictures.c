/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reader/reader_pictures.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reader/reader_protocol.h"

static reader_result result_of(int failed)
{
    return failed ? READER_GONE : READER_SENT;
}

reader_result reader_refuse(const reader_file *file, reader_out *out, tmk_status status,
                            const char *format, ...)
{
    tmk_error error = {.status = status};
    va_list values;

    va_start(values, format);
    vsnprintf(error.text, sizeof error.text, format, values);
    va_end(values);
    return result_of(reader_send_problem(out, &error, file->member));
}

/* Messages of the library begin with the name that the bytes have; the program puts the
 * file's. */
static void drop_name(tmk_error *error, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(error->text, name, length) == 0 &&
        strncmp(error->text + length, ": ", 2) == 0)
        memmove(error->text, error->text + length + 2, strlen(error->text + length + 2) + 1);
}

reader_result reader_send_part(const reader_file *file, reader_out *out,
                               const tmk_picture *picture, const char *name, int number,
                               int count)
{
    char member[READER_MEMBER_BYTES];
    tmk_image *image = NULL;
    tmk_error error;
    int failed;

    if (tmk_image_from_picture(picture, TMK_PNG, &image, &error) != TMK_OK)
        return reader_refuse(file, out, error.status, "%s", error.text);
    snprintf(member, sizeof member, "%.400s%s%s %d", file->member != NULL ? file->member : "",
             file->member != NULL ? ":" : "", name, number);
    failed = reader_send_image(out, image, count > 1 ? member : file->member);
    tmk_image_free(&image);
    return result_of(failed);
}

/* What the library reads, or says of the file. */
static reader_result read_image(const reader_file *file, reader_out *out)
{
    static const char name[] = "file";
    const tmk_read_options how = {.salvage = 1};
    tmk_image *image = NULL;
    tmk_error error = {0};
    int failed;

    if (tmk_image_decode_with(file->bytes, file->size, name, &how, &image, &error) !=
        TMK_OK) {
        drop_name(&error, name);
        return result_of(reader_send_problem(out, &error, file->member));
    }
    failed = reader_send_image(out, image, file->member);
    tmk_image_free(&image);
    return result_of(failed);
}

reader_result reader_read_picture(const reader_file *file, reader_out *out)
{
    static reader_result (*const kinds[])(const reader_file *file, reader_out *out) = {
        reader_read_gif, reader_read_webp, reader_read_tiff, reader_read_bmp};
    reader_result result = READER_NOT_MINE;

    for (size_t i = 0; result == READER_NOT_MINE && i < sizeof kinds / sizeof kinds[0]; i++)
        result = kinds[i](file, out);
    return result != READER_NOT_MINE ? result : read_image(file, out);
}

int reader_is_picture(const reader_file *file)
{
    tmk_format format;

    return tmk_picture_kind(file->bytes, file->size, &format) != NULL;
}
