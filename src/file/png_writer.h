/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PNG file that is written row by row.  Chunks that pass through are written in the order
 * they were read in, on the same side of the pixels.
 */
#ifndef TMK_FILE_PNG_WRITER_H
#define TMK_FILE_PNG_WRITER_H

#include "file/imagefile.h"

typedef struct tmk_png_writer tmk_png_writer;

/* Begins the file TARGET, which must stay until it is ended; of its picture the size and the
 * kind of samples count, and not the pixels. */
tmk_status tmk_png_writer_open(tmk_png_writer **writer, const tmk_target *target,
                               tmk_put *put, void *context, tmk_error *error);

/* Writes ROWS, the next ones; all at once if the file is to be interlaced. */
tmk_status tmk_png_writer_rows(tmk_png_writer *writer, const tmk_picture *rows,
                               tmk_error *error);

/* Writes what follows the last row. */
tmk_status tmk_png_writer_finish(tmk_png_writer *writer, tmk_error *error);

/* Ends *WRITER and sets it to NULL; NULL is allowed. */
void tmk_png_writer_close(tmk_png_writer **writer);

#endif
