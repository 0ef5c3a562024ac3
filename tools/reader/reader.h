/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program's side: files that may do harm are decoded by toonmark-reader, a process that
 * holds no key.  One that a file has ended is replaced for the next.
 *
 *     reader = reader_start(all, bytes, size, path, &error);
 *     while (reader_next(&reader, &seized) == XX
 *     reader_finish(all, &reader);
 *
 * Readers are kept for whoever comes next, on any thread, until readers_close.
 */
#ifndef TOOLS_READER_H
#define TOOLS_READER_H

#include "reader/reader_protocol.h"

typedef struct readers readers;
typedef struct reader reader;

/* What comes out of a file. */
typedef struct seized {
    tmk_status status; /* of this picture; its message, with the file's name, is in error */
    tmk_error error;
    char member[READER_MEMBER_BYTES]; /* what it is of the file; "": the file itself */
    tmk_picture picture;              /* pixels are the caller's, by free(); NULL: none */
    int damaged, rows, rows_read;
    double pictures; /* it is one of so many of its file, at the most */
    uint32_t guards; /* of its reader, of the bits in reader_protocol.h */
    int is_note;     /* neither a picture nor a failure, but what error's text says */
} seized;

readers *readers_open(void);
void readers_close(readers **all);

/* What fences every reader that has run so far, of the bits in reader_protocol.h; -1: none has
 * run. */
int readers_guards(readers *all);

/*
 * Hands the SIZE BYTES of the file PATH to a reader; both must stay until it is finished.
 * NULL: none can be started, and ERROR says why.
 */
reader *reader_start(readers *all, const void *bytes, size_t size, const char *path,
                     tmk_error *error);

/* Fills OUT with the next picture, or with what is wrong; 0: there is no more.  A signal to
 * the program (interrupt.h) gives TMK_CANCELLED. */
int reader_next(reader *self, seized *out);

/* Ends with the file, whether all of it came or not. */
void reader_finish(readers *all, reader **self);

#endif
