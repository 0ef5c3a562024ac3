/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An output file as a sink of marked rows.  Formats that are written row by row are encoded
 * on the way, others collect a whole picture first; and what was read as coefficients, and
 * is to be coded as it was, takes marked coefficients.
 */
#ifndef TMK_RELEASE_SINK_H
#define TMK_RELEASE_SINK_H

#include "release/slice.h"

typedef struct tmk_writer tmk_writer;

/* An output file, before, while and after it is written. */
typedef struct tmk_sink {
    const char *path;
    const tmk_slice *like; /* that it takes format, coding and metadata from */
    tmk_write_options write;
    tmk_output *output; /* format, size and digest are filled in */
    int keeps_blocks;   /* it takes the coefficients of LIKE */
    tmk_writer *writer; /* while it takes rows */
    tmk_blob file;      /* made of coefficients; and what a reader sees of it */
    tmk_image *decoded;
} tmk_sink;

/* Prepares SINK to write PATH as WRITE says, with the format, coding and metadata of LIKE;
 * IS_WHOLE: its rows are those of LIKE, all of them and no others. */
void tmk_sink_init(tmk_sink *sink, const char *path, const tmk_slice *like, int is_whole,
                   const tmk_write_options *write, tmk_output *output);

/* The prepared SINK, which must stay, for a page. */
tmk_row_sink tmk_sink_rows(tmk_sink *sink);

#endif
