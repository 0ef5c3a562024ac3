/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Image files that are read and written row by row, in any format that can do that. */
#ifndef TMK_FILE_ROWFILE_H
#define TMK_FILE_ROWFILE_H

#include "file/imagefile.h"

/* A file that is read.  All zero: closed, or one that must be decoded as a whole. */
typedef struct tmk_row_reader {
    const tmk_codec *codec;
    void *own; /* the codec's */
} tmk_row_reader;

/*
 * Opens INPUT, which must stay until READER is closed.  A file that must be decoded as a
 * whole (its format, interlacing or orientation asks for that) leaves READER closed.  IMAGE,
 * all zero and the caller's after failure too, gets a picture without pixels, format,
 * orientation and metadata, save for what tmk_row_reader_finish adds; NULL if they are known.
 */
tmk_status tmk_row_reader_open(tmk_row_reader *reader, const tmk_input *input,
                               tmk_image *image, tmk_error *error);

static inline int tmk_row_reader_is_open(const tmk_row_reader *reader)
{
    return reader->codec != NULL;
}

/* Fills ROWS with as many of the next rows. */
tmk_status tmk_row_reader_read(const tmk_row_reader *reader, const tmk_picture *rows,
                               tmk_error *error);

/* Reads what follows the last row, where a file may still be damaged, and adds the rest of
 * the metadata. */
tmk_status tmk_row_reader_finish(const tmk_row_reader *reader, tmk_metadata *metadata,
                                 tmk_error *error);

/* Closes READER; a closed one is allowed. */
void tmk_row_reader_close(tmk_row_reader *reader);

/* A file that is written.  All zero: closed. */
typedef struct tmk_row_writer {
    const tmk_codec *codec;
    void *own; /* the codec's */
} tmk_row_writer;

/* Whether CODEC can write a picture like IMAGE row by row. */
int tmk_row_writer_suits(const tmk_codec *codec, const tmk_image *image);

/* Begins the file TARGET, which must stay until WRITER is closed; the pixels of its picture
 * are ignored.  Bytes go to PUT as they come. */
tmk_status tmk_row_writer_open(tmk_row_writer *writer, const tmk_codec *codec,
                               const tmk_target *target, tmk_put *put, void *context,
                               tmk_error *error);

static inline int tmk_row_writer_is_open(const tmk_row_writer *writer)
{
    return writer->codec != NULL;
}

/* Writes ROWS, the next ones. */
tmk_status tmk_row_writer_write(const tmk_row_writer *writer, const tmk_picture *rows,
                                tmk_error *error);

/* Writes what follows the last row. */
tmk_status tmk_row_writer_finish(const tmk_row_writer *writer, tmk_error *error);

/* Closes WRITER; a closed one is allowed. */
void tmk_row_writer_close(tmk_row_writer *writer);

#endif
