/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What reading and writing JPEG share, whether pixels or blocks: libjpeg's failures, the
 * header, the markers, the bytes.  Only jpeg*.c include it.
 *
 * Failures jump to the setjmp() of whoever called; what has to survive the jump lives
 * outside their frames.
 */
#ifndef TMK_FILE_JPEG_PARTS_H
#define TMK_FILE_JPEG_PARTS_H

#include <stdio.h> /* jpeglib.h uses FILE */

#include <jpeglib.h>

#include <setjmp.h>

#include "file/imagefile.h"

#define TMK_JPEG_BLOCKS_IN_MCU 10 /* of the standard (T.81, B.2.3) */
#define TMK_JPEG_OUT_BYTES 65536

/* Where libjpeg's failures land; the manager comes first, so that a pointer to it is one
 * to the trap. */
typedef struct tmk_jpeg_trap {
    struct jpeg_error_mgr manager;
    jmp_buf back;
    const char *name;
    const char *doing;
    tmk_error *error;
    tmk_status status;
    int salvage;            /* damage is no failure */
    int ended;              /* then: the data have ended before the picture */
    JDIMENSION rows_before; /* rows of pixels that came before that */
} tmk_jpeg_trap;

/* A file that is read; the trap comes first. */
typedef struct tmk_jpeg_reader {
    tmk_jpeg_trap trap;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_progress_mgr progress;
    const tmk_source *source;
} tmk_jpeg_reader;

/* A file that is written; the trap comes first. */
typedef struct tmk_jpeg_writer {
    tmk_jpeg_trap trap;
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr destination;
    const tmk_target *target;
    tmk_blob *out;
    JOCTET buffer[TMK_JPEG_OUT_BYTES];
} tmk_jpeg_writer;

/* Ends the job with STATUS, whose message is filled already. */
_Noreturn void tmk_jpeg_stop(tmk_jpeg_trap *trap, tmk_status status);

/* Readies a cleared reader for SOURCE; nothing of libjpeg can fail yet. */
void tmk_jpeg_reader_init(tmk_jpeg_reader *in, const tmk_source *source, tmk_error *error);

/* Creates the decompressor, keeps all markers and checks the kind of the picture. */
void tmk_jpeg_read_header(tmk_jpeg_reader *in);

/* Copies a component's quantisers, in natural order; stops if they are missing or not
 * valid (T.81, B.2.4.1). */
void tmk_jpeg_read_table(tmk_jpeg_reader *in, int component, uint16_t copy[TMK_BLOCK_SIZE]);

/* Readies a cleared writer that appends to OUT what TARGET asks for. */
void tmk_jpeg_writer_init(tmk_jpeg_writer *job, const tmk_target *target, tmk_blob *out,
                          tmk_error *error);

/* Creates the compressor. */
void tmk_jpeg_start_writer(tmk_jpeg_writer *job);

/* Sets the quantisers of COUNT components; those that are the same share a table. */
void tmk_jpeg_set_tables(tmk_jpeg_writer *job, int count,
                         const uint16_t *const tables[TMK_BLOCK_PLANES]);

/* Writes the metadata: the input's own markers, or what another format's pixels bring. */
void tmk_jpeg_put_metadata(tmk_jpeg_writer *job);

#endif
