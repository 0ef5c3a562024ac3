/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pixels of a PNG file, row by row: filtered, and packed by zlib.
 *
 * A marked page is mostly noise, which has no repetitions that are worth a search; flat
 * pages have.  So each block of rows is packed in the way that packs a sample of it better:
 * at level 6, as libpng does, or with runs alone (Z_RLE).  On painted pages that takes a
 * fifth of the time for 1 to 5 % fewer bytes, and it costs flat ones less than 1 %.
 */
#ifndef TMK_FILE_PNG_DATA_H
#define TMK_FILE_PNG_DATA_H

#include <stddef.h>

typedef struct tmk_png_data tmk_png_data;

/* Takes the next SIZE packed bytes, at most TMK_PNG_DATA_PART; need not return. */
typedef void tmk_png_part(void *context, const unsigned char *bytes, size_t size);

#define TMK_PNG_DATA_PART ((size_t)1 << 16)

/* Begins rows of WIDTH pixels of CHANNELS samples of DEPTH bits, 8 or 16; NULL if there is no
 * memory. */
tmk_png_data *tmk_png_data_open(int width, int channels, int depth, tmk_png_part *part,
                                void *context);

/* Adds a row; 16-bit samples are in the machine's byte order. */
void tmk_png_data_row(tmk_png_data *data, const void *row);

/* Packs what is left. */
void tmk_png_data_finish(tmk_png_data *data);

/* NULL is allowed. */
void tmk_png_data_close(tmk_png_data *data);

#endif
