/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TIFF, page by page, and the only file that knows libtiff. */
#include "reader/reader_pictures.h"

#ifndef HAVE_TIFF

reader_result reader_read_tiff(const reader_file *file, reader_out *out)
{
    (void)file;
    (void)out;
    return READER_NOT_MINE;
}

#else

#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#define MOST_PAGES 1000

/* The bytes as libtiff wants them. */
typedef struct source {
    const reader_file *file;
    toff_t at;
} source;

static tmsize_t give(thandle_t handle, void *to, tmsize_t size)
{
    source *s = handle;
    toff_t left = s->at < s->file->size ? s->file->size - s->at : 0;
    tmsize_t count = size < 0 ? 0 : (toff_t)size < left ? size : (tmsize_t)left;

    memcpy(to, s->file->bytes + (count > 0 ? s->at : 0), (size_t)count);
    s->at += (toff_t)count;
    return count;
}

static tmsize_t take(thandle_t handle, void *from, tmsize_t size)
{
    (void)handle;
    (void)from;
    (void)size;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int from)
{
    source *s = handle;

    s->at = from == SEEK_SET   ? offset
            : from == SEEK_CUR ? s->at + offset
                               : s->file->size + offset;
    return s->at;
}

static int close_source(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_of(thandle_t handle)
{
    return ((source *)handle)->file->size;
}

/* ----------------------------------------------------------------------- pages */

/* libtiff's pixels are words of 8 bits each, red lowest. */
static void spread(const uint32_t *words, const tmk_picture *picture)
{
    unsigned char *to = picture->pixels;

    for (size_t i = 0; i < (size_t)picture->width * (size_t)picture->height; i++, to += 4) {
        uint32_t word = words[i]; /* TO lies in it */

        to[0] = (unsigned char)TIFFGetR(word);
        to[1] = (unsigned char)TIFFGetG(word);
        to[2] = (unsigned char)TIFFGetB(word);
        to[3] = (unsigned char)TIFFGetA(word);
    }
}

static reader_result send_page(const reader_file *file, reader_out *out, TIFF *tiff,
                               int number, int count)
{
    uint32_t width = 0, height = 0;
    tmk_picture picture;
    uint32_t *words;
    reader_result result;

    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    if (width == 0 || height == 0 || width > TMK_MAX_SIDE || height > TMK_MAX_SIDE ||
        (uint64_t)width * height > TMK_MAX_PIXELS)
        return reader_refuse(file, out, TMK_NO_MEMORY,
                             "a TIFF of %u x %u pixels, which is beyond the limits", width,
                             height);
    words = calloc((size_t)width * height, sizeof *words);
    picture = (tmk_picture){(int)width, (int)height, 4, 8, (size_t)width * 4, words};
    if (words == NULL)
        return reader_refuse(file, out, TMK_NO_MEMORY, "out of memory");
    if (!TIFFReadRGBAImageOriented(tiff, width, height, words, ORIENTATION_TOPLEFT, 0)) {
        result = reader_refuse(file, out, TMK_BAD_FILE,
                               "page %d of a TIFF is damaged or of an unknown kind; convert "
                               "it to PNG",
                               number);
    } else {
        spread(words, &picture); /* in place: each word becomes its own four bytes */
        result = reader_send_part(file, out, &picture, "page", number, count);
    }
    free(words);
    return result;
}

static reader_result send_pages(const reader_file *file, reader_out *out, TIFF *tiff)
{
    int all = (int)TIFFNumberOfDirectories(tiff);
    int count = all < MOST_PAGES ? all : MOST_PAGES;
    uint32_t before = reader_split(out, (uint32_t)(count > 0 ? count : 1));
    reader_result result = READER_SENT;

    for (int i = 0; i < count && result == READER_SENT; i++)
        result = TIFFSetDirectory(tiff, (tdir_t)i)
                     ? send_page(file, out, tiff, i + 1, count)
                     : reader_refuse(file, out, TMK_BAD_FILE, "page %d of a TIFF is damaged",
                                     i + 1);
    reader_rejoin(out, before);
    return count > 0 ? result
                     : reader_refuse(file, out, TMK_BAD_FILE, "a TIFF without a picture");
}

reader_result reader_read_tiff(const reader_file *file, reader_out *out)
{
    source from = {file, 0};
    reader_result result;
    TIFF *tiff;

    if (file->size < 8 ||
        (memcmp(file->bytes, "II*\0", 4) != 0 && memcmp(file->bytes, "MM\0*", 4) != 0 &&
         memcmp(file->bytes, "II+\0", 4) != 0 && memcmp(file->bytes, "MM\0+", 4) != 0))
        return READER_NOT_MINE;
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    tiff = TIFFClientOpen("file", "rm", &from, give, take, seek, close_source, size_of, NULL,
                          NULL);
    if (tiff == NULL)
        return reader_refuse(file, out, TMK_BAD_FILE, "damaged TIFF; look for another copy");
    result = send_pages(file, out, tiff);
    TIFFClose(tiff);
    return result;
}

#endif
