/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNG, whole pictures at once.  Row by row it is in file/png_reader and file/png_writer,
 * the only users of libpng. */
#include "file/imagefile.h"
#include "file/png_reader.h"
#include "file/png_writer.h"
#include "file/pngchunk.h"

static int is_png(const tmk_source *source)
{
    return tmk_png_is(source->bytes, source->size);
}

static tmk_status decode_png(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    tmk_input input = {source->name, source->bytes, -1, source->size};
    tmk_picture shape = {0};
    tmk_png_reader *reader = NULL;
    tmk_status status = tmk_png_reader_open(&reader, &input, 1, &shape, error);

    if (status == TMK_OK) {
        image->coding.interlaced = tmk_png_reader_interlaced(reader);
        status = tmk_picture_alloc(&image->picture, shape.width, shape.height, shape.channels,
                                   shape.depth, error);
    }
    if (status == TMK_OK)
        status = tmk_png_reader_rows(reader, &image->picture, error);
    if (status == TMK_OK)
        status = tmk_png_reader_finish(reader, &image->metadata, error);
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

const tmk_codec tmk_png_codec = {
    TMK_PNG, "png", {".png"}, TMK_PNG_MAX_CHUNK, is_png, decode_png, encode_png,
};
