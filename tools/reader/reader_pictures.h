/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that hold several pictures, and formats that only the reader knows.  Each function
 * sends what its kind of file holds.  A format that is not built in is nobody's: the library
 * then says what the file is.
 */
#ifndef TOOLS_READER_PICTURES_H
#define TOOLS_READER_PICTURES_H

#include "reader/reader_child.h"

/* A file, or a member of one. */
typedef struct reader_file {
    const unsigned char *bytes;
    size_t size;
    const char *member; /* NULL: the seized file itself */
} reader_file;

typedef enum reader_result {
    READER_NOT_MINE = 0, /* it is of another kind; nothing was sent */
    READER_SENT,         /* its pictures, or what is wrong with it */
    READER_GONE          /* nobody takes anything any more */
} reader_result;

reader_result reader_read_archive(const reader_file *file, reader_out *out);
reader_result reader_read_warc(const reader_file *file, reader_out *out);
reader_result reader_read_bmp(const reader_file *file, reader_out *out);
reader_result reader_read_gif(const reader_file *file, reader_out *out);
reader_result reader_read_webp(const reader_file *file, reader_out *out); /* animated */
reader_result reader_read_tiff(const reader_file *file, reader_out *out);

/* Any of these, or what the library reads, but no archive; never NOT_MINE. */
reader_result reader_read_picture(const reader_file *file, reader_out *out);

/* Whether FILE is a picture of some kind, readable or not. */
int reader_is_picture(const reader_file *file);

/* Sends the RGBA pixels of part NUMBER (from 1) of COUNT, which is called NAME, "frame"; a
 * single one bears the name of the file alone. */
reader_result reader_send_part(const reader_file *file, reader_out *out,
                               const tmk_picture *picture, const char *name, int number,
                               int count);

/* Sends that FILE is wrong: STATUS, and why. */
reader_result reader_refuse(const reader_file *file, reader_out *out, tmk_status status,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
