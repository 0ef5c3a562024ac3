/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/sink.h"

#include <string.h>

#include "base/memory.h"
#include "file/newfile.h"
#include "file/rowfile.h"
#include "file/stream.h"

struct tmk_sink {
    const tmk_codec *codec;
    int quality;
    tmk_image image;    /* that the rows make: all but the pixels are borrowed */
    tmk_picture row;    /* one converted row */
    tmk_newfile *file;
    tmk_row_writer writer; /* closed: the picture is collected */
    tmk_target target;
    int next; /* row */
};

static tmk_status put(void *context, const void *bytes, size_t size, tmk_error *error)
{
    return tmk_newfile_put(context, bytes, size, error);
}

int tmk_sink_streams(const char *path, const tmk_image *like,
                     const tmk_write_options *options)
{
    const tmk_codec *codec = NULL;

    return tmk_file_choose_codec(like, path, path, options, &codec, NULL) == TMK_OK &&
           tmk_row_writer_suits(codec, like);
}

static tmk_status begin(tmk_sink *sink, const char *path, const tmk_picture *shape,
                        const tmk_write_options *options, tmk_error *error)
{
    const char *name = tmk_stream_output_name(path);
    tmk_status status =
        tmk_file_choose_codec(&sink->image, path, name, options, &sink->codec, error);

    if (status == TMK_OK)
        status = tmk_newfile_open(&sink->file, path, options->overwrite, error);
    if (status == TMK_OK)
        status = tmk_picture_alloc(&sink->row, shape->width, 1, shape->channels, shape->depth,
                                   error);
    if (status != TMK_OK)
        return status;
    sink->quality = options->quality;
    if (!tmk_row_writer_suits(sink->codec, &sink->image))
        return tmk_picture_alloc(&sink->image.picture, shape->width, shape->height,
                                 shape->channels, shape->depth, error);
    sink->image.picture = *shape;
    sink->image.picture.pixels = NULL;
    sink->target = tmk_file_target(&sink->image, sink->codec, sink->quality, path);
    return tmk_row_writer_open(&sink->writer, sink->codec, &sink->target, put, sink->file,
                               error);
}

tmk_status tmk_sink_open(tmk_sink **sink, const char *path, const tmk_image *like,
                         const tmk_picture *shape, const tmk_write_options *options,
                         tmk_error *error)
{
    tmk_sink *made = tmk_calloc(1, sizeof *made);
    tmk_status status;

    *sink = NULL;
    if (made == NULL)
        return tmk_fail_memory(error, path);
    made->image = *like;
    made->image.picture = (tmk_picture){0};
    status = begin(made, path, shape, options, error);
    if (status != TMK_OK)
        tmk_sink_abandon(&made);
    *sink = made;
    return status;
}

/* --------------------------------------------------------------------------- rows */

static unsigned sample_at(const unsigned char *row, size_t i, int depth)
{
    return depth == 8 ? row[i] : ((const uint16_t *)(const void *)row)[i];
}

/* Spreads a row of IN to the kind of OUT's samples, which is no poorer. */
static void convert(const tmk_picture *out, const tmk_picture *in, int y)
{
    const unsigned char *from = tmk_picture_row(in, y);
    int alpha = tmk_picture_has_alpha(in), colours = in->channels - alpha;

    for (int x = 0; x < out->width; x++)
        for (int c = 0; c < out->channels; c++) {
            int is_alpha = tmk_picture_has_alpha(out) && c == out->channels - 1;
            int source = is_alpha ? in->channels - 1 : colours == 1 ? 0 : c;
            unsigned value = is_alpha && !alpha
                                 ? (in->depth == 8 ? 255 : 65535)
                                 : sample_at(from, (size_t)(x * in->channels + source),
                                             in->depth);
            size_t to = (size_t)(x * out->channels + c);

            if (out->depth == 8)
                ((unsigned char *)out->pixels)[to] = (unsigned char)value;
            else
                ((uint16_t *)out->pixels)[to] =
                    (uint16_t)(in->depth == 8 ? value * 257 : value);
        }
}

/* Rows that are of the right kind already. */
static tmk_status take_rows(tmk_sink *sink, const tmk_picture *rows, tmk_error *error)
{
    tmk_picture *whole = &sink->image.picture;

    if (tmk_row_writer_is_open(&sink->writer))
        return tmk_row_writer_write(&sink->writer, rows, error);
    for (int y = 0; y < rows->height; y++)
        memcpy(tmk_picture_row(whole, sink->next++), tmk_picture_row(rows, y), whole->stride);
    return TMK_OK;
}

tmk_status tmk_sink_rows(tmk_sink *sink, const tmk_picture *rows, tmk_error *error)
{
    tmk_status status = TMK_OK;

    if (rows->channels == sink->row.channels && rows->depth == sink->row.depth)
        return take_rows(sink, rows, error);
    for (int y = 0; y < rows->height && status == TMK_OK; y++) {
        convert(&sink->row, rows, y);
        status = take_rows(sink, &sink->row, error);
    }
    return status;
}

/* ------------------------------------------------------------------------- ending */

static tmk_status encode_whole(tmk_sink *sink, const char *name, tmk_error *error)
{
    tmk_blob bytes = {0};
    tmk_status status = tmk_file_encode(&sink->image, sink->codec, sink->quality, name,
                                        &bytes, error);

    if (status == TMK_OK)
        status = tmk_newfile_put(sink->file, bytes.bytes, bytes.size, error);
    tmk_blob_free(&bytes);
    return status;
}

tmk_status tmk_sink_finish(tmk_sink **sink, tmk_output *output, tmk_error *error)
{
    tmk_sink *s = *sink;
    tmk_status status = tmk_row_writer_is_open(&s->writer)
                            ? tmk_row_writer_finish(&s->writer, error)
                            : encode_whole(s, tmk_newfile_name(s->file), error);

    output->format = s->codec->format;
    if (status == TMK_OK)
        status = tmk_newfile_finish(&s->file, &output->bytes, output->digest, error);
    tmk_sink_abandon(sink);
    return status;
}

void tmk_sink_abandon(tmk_sink **sink)
{
    tmk_sink *s = *sink;

    *sink = NULL;
    if (s == NULL)
        return;
    if (!tmk_row_writer_is_open(&s->writer))
        tmk_picture_release(&s->image.picture);
    tmk_row_writer_close(&s->writer);
    tmk_newfile_abandon(&s->file);
    tmk_picture_release(&s->row);
    tmk_free(s);
}

tmk_status tmk_sink_bytes(const char *path, const void *bytes, size_t size,
                          tmk_output_mode overwrite, tmk_output *output, tmk_error *error)
{
    return tmk_newfile_write(path, overwrite, bytes, size, &output->bytes, output->digest,
                             error);
}
