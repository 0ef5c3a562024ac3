/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/rowfile.h"

/* ----------------------------------------------------------------------- reading */

/* The format of INPUT, if it can be read row by row; else NULL. */
static const tmk_codec *recognise(const tmk_input *input)
{
    unsigned char head[TMK_HEAD_BYTES];
    size_t size = input->size < sizeof head ? (size_t)input->size : sizeof head;
    const tmk_source source = {head, size, input->name, 0};
    const tmk_codec *codec = tmk_input_read(input, 0, head, size)
                                 ? tmk_file_recognise(&source)
                                 : NULL;

    return codec != NULL && codec->open_rows != NULL ? codec : NULL;
}

tmk_status tmk_row_reader_open(tmk_row_reader *reader, const tmk_input *input,
                               tmk_image *image, tmk_error *error)
{
    tmk_row_reader opened = {recognise(input), NULL};

    *reader = (tmk_row_reader){0};
    if (opened.codec == NULL)
        return TMK_OK;
    TMK_TRY(opened.codec->open_rows(&opened.own, input, image, error));
    if (image != NULL) {
        image->format = opened.codec->format;
        if (image->orientation == 0)
            image->orientation = tmk_exif_orientation(&image->metadata.exif);
    }
    if (opened.own == NULL)
        return TMK_OK;
    if (image == NULL || image->orientation == TMK_UPRIGHT)
        *reader = opened;
    else
        tmk_row_reader_close(&opened);
    return TMK_OK;
}

tmk_status tmk_row_reader_read(const tmk_row_reader *reader, const tmk_picture *rows,
                               tmk_error *error)
{
    return reader->codec->read_rows(reader->own, rows, error);
}

tmk_status tmk_row_reader_finish(const tmk_row_reader *reader, tmk_metadata *metadata,
                                 tmk_error *error)
{
    return reader->codec->finish_rows(reader->own, metadata, error);
}

void tmk_row_reader_close(tmk_row_reader *reader)
{
    if (reader->codec != NULL)
        reader->codec->close_rows(&reader->own);
    *reader = (tmk_row_reader){0};
}

/* ----------------------------------------------------------------------- writing */

int tmk_row_writer_suits(const tmk_codec *codec, const tmk_image *image)
{
    tmk_target target = tmk_file_target(image, codec, 0, "");

    return codec->open_rows_writer != NULL && target.orientation == TMK_UPRIGHT &&
           !(target.same_format && image->coding.interlaced);
}

tmk_status tmk_row_writer_open(tmk_row_writer *writer, const tmk_codec *codec,
                               const tmk_target *target, tmk_put *put, void *context,
                               tmk_error *error)
{
    *writer = (tmk_row_writer){codec, NULL};
    return codec->open_rows_writer(&writer->own, target, put, context, error);
}

tmk_status tmk_row_writer_write(const tmk_row_writer *writer, const tmk_picture *rows,
                                tmk_error *error)
{
    return writer->codec->write_rows(writer->own, rows, error);
}

tmk_status tmk_row_writer_finish(const tmk_row_writer *writer, tmk_error *error)
{
    return writer->codec->finish_rows_writer(writer->own, error);
}

void tmk_row_writer_close(tmk_row_writer *writer)
{
    if (writer->codec != NULL)
        writer->codec->close_rows_writer(&writer->own);
    *writer = (tmk_row_writer){0};
}
