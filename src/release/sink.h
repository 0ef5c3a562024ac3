/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An output file that takes marked rows as they come.  Formats that are written row by row
 * are encoded on the way, others collect a whole picture first.
 */
#ifndef TMK_RELEASE_SINK_H
#define TMK_RELEASE_SINK_H

#include "file/imagefile.h"

typedef struct tmk_sink tmk_sink;

/*
 * Begins the file PATH with a picture like SHAPE, whose pixels are ignored.  LIKE, which must
 * stay, is the image that it comes from: format, coding and metadata, and its pixels are
 * ignored too.  What can't be written is refused here, before there is work.
 */
tmk_status tmk_sink_open(tmk_sink **sink, const char *path, const tmk_image *like,
                         const tmk_picture *shape, const tmk_write_options *options,
                         tmk_error *error);

/* Appends ROWS, whose samples may be of a poorer kind than SHAPE's: grey becomes colour, 8
 * bits become 16, and what has no alpha becomes opaque. */
tmk_status tmk_sink_rows(tmk_sink *sink, const tmk_picture *rows, tmk_error *error);

/* Gives *SINK, which becomes NULL also after a failure, its name, and fills in format, size
 * and digest of OUTPUT. */
tmk_status tmk_sink_finish(tmk_sink **sink, tmk_output *output, tmk_error *error);

/* Ends *SINK without a trace and sets it to NULL; NULL is allowed. */
void tmk_sink_abandon(tmk_sink **sink);

/* Whether a picture like LIKE, written to PATH, is encoded while rows come. */
int tmk_sink_streams(const char *path, const tmk_image *like,
                     const tmk_write_options *options);

/* Writes SIZE finished BYTES to PATH instead, and fills in size and digest. */
tmk_status tmk_sink_bytes(const char *path, const void *bytes, size_t size,
                          tmk_output_mode overwrite, tmk_output *output,
                          tmk_error *error);

#endif
