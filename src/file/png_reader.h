/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PNG file that is read row by row.  Palettes and fewer than 8 bits are spread to whole
 * samples, since a mark needs colours that the palette has not.
 */
#ifndef TMK_FILE_PNG_READER_H
#define TMK_FILE_PNG_READER_H

#include "file/imagefile.h"
#include "file/input.h"

typedef struct tmk_png_reader tmk_png_reader;

int tmk_png_is(const unsigned char *bytes, size_t size);

/*
 * Opens INPUT, which must stay until the reader is closed.  SHAPE becomes the picture, as it
 * is stored, but without pixels.  Its sides are within the limits, and if HOW is not to be
 * read row by row, its pixels too.
 */
typedef enum tmk_png_reading {
    TMK_PNG_ROWS,   /* row by row */
    TMK_PNG_WHOLE,  /* all rows at once */
    TMK_PNG_SALVAGE /* what decodes of a damaged file, whatever its checksums are */
} tmk_png_reading;
tmk_status tmk_png_reader_open(tmk_png_reader **reader, const tmk_input *input,
                               tmk_png_reading how, tmk_picture *shape, tmk_error *error);

/* How many rows were decoded, if only coarsely: until a failure, those that can be kept. */
int tmk_png_reader_rows_done(const tmk_png_reader *reader);

/* Whether the rows are interlaced: they then come all at once. */
int tmk_png_reader_interlaced(const tmk_png_reader *reader);

/* Fills ROWS, of the width and the samples of the file, with as many of the next rows; a file
 * that has others by now is refused. */
tmk_status tmk_png_reader_rows(tmk_png_reader *reader, const tmk_picture *rows,
                               tmk_error *error);

/* Reads what follows the last row, and what of the metadata other formats can hold. */
tmk_status tmk_png_reader_finish(tmk_png_reader *reader, tmk_metadata *metadata,
                                 tmk_error *error);

/* Closes *READER and sets it to NULL; NULL is allowed. */
void tmk_png_reader_close(tmk_png_reader **reader);

#endif
