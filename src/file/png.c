/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNG as a format of the table; file/png_reader and file/png_writer, the only users of
 * libpng, do the work. */
#include "file/imagefile.h"
#include "file/png_reader.h"
#include "file/png_writer.h"
#include "file/pngchunk.h"

static int is_png(const tmk_source *source)
{
    return tmk_png_is(source->bytes, source->size);
}

/* Reads rows, and what follows them. */
static tmk_status read_all(tmk_png_reader *reader, tmk_image *image, tmk_error *error)
{
    TMK_TRY(tmk_png_reader_rows(reader, &image->picture, error));
    return tmk_png_reader_finish(reader, &image->metadata, error);
}

static tmk_status decode_png(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    tmk_input input = {source->name, source->bytes, -1, source->size};
    tmk_picture shape = {0};
    tmk_png_reader *reader = NULL;
    tmk_png_reading how = source->salvage ? TMK_PNG_SALVAGE : TMK_PNG_WHOLE;
    tmk_status status = tmk_png_reader_open(&reader, &input, how, &shape, error);

    if (status == TMK_OK) {
        image->coding.interlaced = tmk_png_reader_interlaced(reader);
        status = tmk_picture_alloc(&image->picture, shape.width, shape.height, shape.channels,
                                   shape.depth, error);
    }
    if (status == TMK_OK) {
        status = read_all(reader, image, error);
        image->damage.rows = tmk_png_reader_rows_done(reader);
        if (status == TMK_BAD_FILE && source->salvage && image->damage.rows > 0)
            status = TMK_OK;
    }
    if (status == TMK_OK)
        status = tmk_png_collect_chunks(&input, &image->picture, &image->metadata, error);
    tmk_png_reader_close(&reader);
    return status;
}

static tmk_status append(void *context, const void *bytes, size_t size, tmk_error *error)
{
    return tmk_blob_append(context, bytes, size) == TMK_OK
               ? TMK_OK
               : tmk_fail_memory(error, "a PNG file");
}

static tmk_status encode_png(const tmk_target *target, tmk_blob *out, tmk_error *error)
{
    tmk_png_writer *writer = NULL;
    tmk_status status = tmk_png_writer_open(&writer, target, append, out, error);

    if (status == TMK_OK)
        status = tmk_png_writer_rows(writer, target->picture, error);
    if (status == TMK_OK)
        status = tmk_png_writer_finish(writer, error);
    tmk_png_writer_close(&writer);
    return status;
}

/* --------------------------------------------------------------------- row by row */

static void close_rows(void **reader)
{
    tmk_png_reader *png = *reader;

    tmk_png_reader_close(&png);
    *reader = NULL;
}

static tmk_status open_rows(void **reader, const tmk_input *input, tmk_image *image,
                            tmk_error *error)
{
    tmk_picture shape;
    tmk_png_reader *png = NULL;
    tmk_status status = tmk_png_reader_open(&png, input, TMK_PNG_ROWS, &shape, error);

    if (status == TMK_OK && image != NULL) {
        image->picture = shape;
        image->coding.interlaced = tmk_png_reader_interlaced(png);
        status = tmk_png_collect_chunks(input, &shape, &image->metadata, error);
    }
    if (status != TMK_OK || tmk_png_reader_interlaced(png))
        tmk_png_reader_close(&png);
    *reader = png;
    return status;
}

static tmk_status read_rows(void *reader, const tmk_picture *rows, tmk_error *error)
{
    return tmk_png_reader_rows(reader, rows, error);
}

static tmk_status finish_rows(void *reader, tmk_metadata *metadata, tmk_error *error)
{
    return tmk_png_reader_finish(reader, metadata, error);
}

static tmk_status open_rows_writer(void **writer, const tmk_target *target, tmk_put *put,
                                   void *context, tmk_error *error)
{
    tmk_png_writer *png = NULL;
    tmk_status status = tmk_png_writer_open(&png, target, put, context, error);

    *writer = png;
    return status;
}

static tmk_status write_rows(void *writer, const tmk_picture *rows, tmk_error *error)
{
    return tmk_png_writer_rows(writer, rows, error);
}

static tmk_status finish_rows_writer(void *writer, tmk_error *error)
{
    return tmk_png_writer_finish(writer, error);
}

static void close_rows_writer(void **writer)
{
    tmk_png_writer *png = *writer;

    tmk_png_writer_close(&png);
    *writer = NULL;
}

const tmk_codec tmk_png_codec = {
    .format = TMK_PNG,
    .name = "png",
    .endings = {".png"},
    .max_exif = TMK_PNG_MAX_CHUNK,
    .is = is_png,
    .decode = decode_png,
    .encode = encode_png,
    .open_rows = open_rows,
    .read_rows = read_rows,
    .finish_rows = finish_rows,
    .close_rows = close_rows,
    .open_rows_writer = open_rows_writer,
    .write_rows = write_rows,
    .finish_rows_writer = finish_rows_writer,
    .close_rows_writer = close_rows_writer,
};
