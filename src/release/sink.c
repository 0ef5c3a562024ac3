/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/sink.h"

#include <string.h>

#include "base/memory.h"
#include "file/newfile.h"
#include "file/stream.h"
#include "release/conform.h"

/* ------------------------------------------------------------------- files of rows */

struct tmk_writer {
    const tmk_codec *codec;
    int quality;
    tmk_image image; /* that the rows make: all but the pixels are borrowed */
    tmk_newfile *file;
    tmk_row_writer rows; /* closed: the picture is collected */
    tmk_target target;
    int next;         /* row */
    tmk_blob encoded; /* the file, where it was made to be looked at */
    tmk_picture seen; /* and what a reader sees of it, in the samples that were written */
};

static tmk_status put(void *context, const void *bytes, size_t size, tmk_error *error)
{
    return tmk_newfile_put(context, bytes, size, error);
}

/* A copy is as private as its page; what came through a pipe has no permissions. */
static tmk_status open_file(tmk_newfile **file, const tmk_sink *sink, tmk_error *error)
{
    TMK_TRY(tmk_newfile_open(file, sink->path, sink->write.overwrite, error));
    if (sink->like->content.bytes != NULL)
        return TMK_OK;
    return tmk_newfile_limit(*file, sink->like->about.st_mode, error);
}

static tmk_status begin(tmk_writer *w, const tmk_sink *sink, const tmk_picture *shape,
                        tmk_error *error)
{
    const char *name = tmk_stream_output_name(sink->path);

    w->image = *sink->like->image;
    w->image.picture = (tmk_picture){0};
    w->quality = sink->write.quality;
    TMK_TRY(
        tmk_file_choose_codec(&w->image, sink->path, name, &sink->write, &w->codec, error));
    TMK_TRY(open_file(&w->file, sink, error));
    if (!tmk_row_writer_suits(w->codec, &w->image))
        return tmk_picture_alloc(&w->image.picture, shape->width, shape->height,
                                 shape->channels, shape->depth, error);
    w->image.picture = *shape;
    w->target = tmk_file_target(&w->image, w->codec, w->quality, sink->path);
    return tmk_row_writer_open(&w->rows, w->codec, &w->target, put, w->file, error);
}

static void close_writer(tmk_writer *w)
{
    if (w == NULL)
        return;
    if (!tmk_row_writer_is_open(&w->rows))
        tmk_picture_release(&w->image.picture);
    tmk_row_writer_close(&w->rows);
    tmk_newfile_abandon(&w->file);
    tmk_blob_free(&w->encoded);
    tmk_picture_release(&w->seen);
    tmk_free(w);
}

static tmk_status encode_whole(tmk_writer *w, tmk_error *error)
{
    return tmk_file_encode(&w->image, w->codec, w->quality, tmk_newfile_name(w->file),
                           &w->encoded, error);
}

static tmk_status put_whole(tmk_writer *w, tmk_error *error)
{
    if (w->encoded.size == 0)
        TMK_TRY(encode_whole(w, error));
    return tmk_newfile_put(w->file, w->encoded.bytes, w->encoded.size, error);
}

/* The file is whole: it gets its name. */
static tmk_status finish_writer(tmk_writer *w, tmk_output *output, tmk_error *error)
{
    output->format = w->codec->format;
    if (tmk_row_writer_is_open(&w->rows))
        TMK_TRY(tmk_row_writer_finish(&w->rows, error));
    else
        TMK_TRY(put_whole(w, error));
    return tmk_newfile_finish(&w->file, &output->bytes, output->digest, error);
}

/* ---------------------------------------------------------------------------- calls */

static void abandon(void *context)
{
    tmk_sink *sink = context;

    close_writer(sink->writer);
    sink->writer = NULL;
    tmk_image_free(&sink->decoded);
    tmk_blob_free(&sink->file);
}

/* What can't be written is refused here, before there is work. */
static tmk_status open(void *context, const tmk_picture *shape, tmk_error *error)
{
    tmk_sink *sink = context;
    tmk_status status;

    if (sink->keeps_blocks)
        return tmk_newfile_check(sink->path, sink->write.overwrite, error);
    sink->writer = tmk_calloc(1, sizeof *sink->writer);
    if (sink->writer == NULL)
        return tmk_fail_memory(error, sink->path);
    status = begin(sink->writer, sink, shape, error);
    if (status != TMK_OK)
        abandon(sink);
    return status;
}

static tmk_status write_rows(void *context, const tmk_picture *rows, tmk_error *error)
{
    tmk_writer *w = ((tmk_sink *)context)->writer;
    const tmk_picture *whole = &w->image.picture;

    if (tmk_row_writer_is_open(&w->rows))
        return tmk_row_writer_write(&w->rows, rows, error);
    for (int y = 0; y < rows->height; y++)
        memcpy(tmk_picture_row(whole, w->next++), tmk_picture_row(rows, y), whole->stride);
    return TMK_OK;
}

/* Makes the file of the collected picture, and reads it as anybody would. */
static tmk_status see(void *context, tmk_picture *decoded, tmk_error *error)
{
    tmk_writer *w = ((tmk_sink *)context)->writer;
    const char *name = tmk_newfile_name(w->file);
    tmk_image *image = NULL;
    tmk_status status;

    if (tmk_row_writer_is_open(&w->rows)) /* a format of rows loses nothing */
        return TMK_OK;
    TMK_TRY(encode_whole(w, error));
    TMK_TRY(tmk_image_decode(w->encoded.bytes, w->encoded.size, name, &image, error));
    status = tmk_picture_conform(&w->seen, &image->picture, &w->image.picture, error);
    tmk_image_free(&image);
    *decoded = w->seen;
    return status;
}

/* Makes the file, and reads it as anybody would. */
static tmk_status write_blocks(void *context, const tmk_blocks *blocks, tmk_picture *decoded,
                               tmk_error *error)
{
    tmk_sink *sink = context;

    TMK_TRY(tmk_file_write_blocks(sink->like->image, blocks, sink->path, &sink->file, error));
    TMK_TRY(tmk_image_decode(sink->file.bytes, sink->file.size, sink->path, &sink->decoded,
                             error));
    *decoded = sink->decoded->picture;
    return TMK_OK;
}

static tmk_status put_file(const tmk_sink *sink, tmk_error *error)
{
    tmk_output *output = sink->output;
    tmk_newfile *file = NULL;
    tmk_status status = open_file(&file, sink, error);

    output->format = sink->like->image->format;
    if (status == TMK_OK)
        status = tmk_newfile_put(file, sink->file.bytes, sink->file.size, error);
    if (status == TMK_OK)
        return tmk_newfile_finish(&file, &output->bytes, output->digest, error);
    tmk_newfile_abandon(&file);
    return status;
}

static tmk_status finish(void *context, tmk_error *error)
{
    tmk_sink *sink = context;
    tmk_status status = sink->keeps_blocks ? put_file(sink, error)
                                           : finish_writer(sink->writer, sink->output, error);

    abandon(sink);
    return status;
}

/* ---------------------------------------------------------------------------- sinks */

void tmk_sink_init(tmk_sink *sink, const char *path, const tmk_slice *like, int is_whole,
                   const tmk_write_options *write, tmk_output *output)
{
    const tmk_codec *codec = NULL;

    *sink = (tmk_sink){.path = path, .like = like, .write = *write, .output = output};
    sink->keeps_blocks = is_whole &&
                         tmk_file_choose_codec(like->image, path, like->name, write, &codec,
                                               NULL) == TMK_OK &&
                         tmk_file_keeps_blocks(like->image, codec, write->quality);
}

tmk_row_sink tmk_sink_rows(tmk_sink *sink)
{
    const tmk_codec *codec = NULL;
    int streams = tmk_file_choose_codec(sink->like->image, sink->path, sink->path,
                                        &sink->write, &codec, NULL) == TMK_OK &&
                  tmk_row_writer_suits(codec, sink->like->image);

    return (tmk_row_sink){.context = sink,
                          .needs_all = !streams,
                          .open = open,
                          .write = write_rows,
                          .see = see,
                          .write_blocks = sink->keeps_blocks ? write_blocks : NULL,
                          .finish = finish,
                          .abandon = abandon};
}
