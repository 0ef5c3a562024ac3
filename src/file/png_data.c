/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/png_data.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "file/png_filter.h"

#define LEVEL 6
#define BLOCK ((size_t)256 << 10) /* filtered bytes that are packed in one way, about */
#define SAMPLE ((size_t)32 << 10) /* of them that both ways are tried on: zlib's window */
/* How much larger than the thorough way the quick one may make the sample. */
#define LARGER 1.002

enum { THOROUGH = Z_FILTERED, QUICK = Z_RLE };

struct tmk_png_data {
    size_t row;                /* bytes */
    size_t pixel;              /* bytes */
    int depth;                 /* bits a sample */
    unsigned char *raw[2];     /* the row above, and this one, after zeros */
    unsigned char *work;       /* of the filter */
    unsigned char *block;      /* filtered rows */
    size_t filled, room;       /* bytes of it */
    unsigned char *part;       /* packed bytes */
    unsigned char *tried;      /* a sample, packed */
    z_stream stream, trial[2]; /* trial: the thorough way, the quick one */
    int strategy;
    tmk_png_part *put;
    void *context;
};

/* ---------------------------------------------------------------------------- zlib */

static voidpf allocate(voidpf context, uInt items, uInt size)
{
    (void)context;
    return tmk_calloc(items, size);
}

static void release(voidpf context, voidpf memory)
{
    (void)context;
    tmk_free(memory);
}

static int begin(z_stream *stream, int strategy)
{
    stream->zalloc = allocate;
    stream->zfree = release;
    return deflateInit2(stream, LEVEL, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL, strategy) ==
           Z_OK;
}

/* ------------------------------------------------------------------------- packing */

/* Bytes that SIZE bytes are packed to, by themselves. */
static size_t try(tmk_png_data *data, z_stream *stream, unsigned char *bytes, size_t size)
{
    deflateReset(stream);
    stream->next_in = bytes;
    stream->avail_in = (uInt)size;
    stream->next_out = data->tried;
    stream->avail_out = (uInt)(2 * SAMPLE);
    deflate(stream, Z_FINISH);
    return stream->total_out;
}

static int best_strategy(tmk_png_data *data)
{
    size_t size = data->filled < SAMPLE ? data->filled : SAMPLE;
    unsigned char *sample = data->block + (data->filled - size) / 2;
    double thorough = (double)try(data, &data->trial[0], sample, size);
    double quick = (double)try(data, &data->trial[1], sample, size);

    return quick <= LARGER * thorough ? QUICK : THOROUGH;
}

/* Passes on what has been packed, and makes room. */
static void put_part(tmk_png_data *data)
{
    size_t size = TMK_PNG_DATA_PART - data->stream.avail_out;

    data->stream.next_out = data->part;
    data->stream.avail_out = TMK_PNG_DATA_PART;
    if (size > 0)
        data->put(data->context, data->part, size);
}

static void change_strategy(tmk_png_data *data, int strategy)
{
    if (strategy == data->strategy)
        return;
    /* It has to write the end of what came before. */
    while (deflateParams(&data->stream, LEVEL, strategy) == Z_BUF_ERROR)
        put_part(data);
    data->strategy = strategy;
}

static void pack_block(tmk_png_data *data, int flush)
{
    int more;

    change_strategy(data, best_strategy(data));
    data->stream.next_in = data->block;
    data->stream.avail_in = (uInt)data->filled;
    do {
        int result = deflate(&data->stream, flush);

        more = data->stream.avail_in > 0 || (flush == Z_FINISH && result != Z_STREAM_END);
        if (data->stream.avail_out == 0 || result == Z_STREAM_END)
            put_part(data);
    } while (more);
    data->filled = 0;
}

/* ---------------------------------------------------------------------------- rows */

tmk_png_data *tmk_png_data_open(int width, int channels, int depth, tmk_png_part *part,
                                void *context)
{
    tmk_png_data *data = tmk_calloc(1, sizeof *data);
    size_t pixel = (size_t)channels * (size_t)depth / 8, row = (size_t)width * pixel;
    size_t rows = row + 1 < BLOCK ? BLOCK / (row + 1) : 1;
    int ok = data != NULL;

    if (data == NULL)
        return NULL;
    data->row = row;
    data->pixel = pixel;
    data->depth = depth;
    data->put = part;
    data->context = context;
    data->strategy = THOROUGH;
    data->room = rows * (row + 1);
    for (int i = 0; i < 2; i++)
        ok &= (data->raw[i] = tmk_calloc(TMK_PNG_MAX_PIXEL + row, 1)) != NULL;
    ok &= (data->work = tmk_calloc(row + 1, 1)) != NULL;
    ok &= (data->block = tmk_calloc(data->room, 1)) != NULL;
    ok &= (data->part = tmk_calloc(TMK_PNG_DATA_PART, 1)) != NULL;
    ok &= (data->tried = tmk_calloc(2 * SAMPLE, 1)) != NULL;
    ok = ok && begin(&data->stream, THOROUGH) && begin(&data->trial[0], THOROUGH) &&
         begin(&data->trial[1], QUICK);
    if (!ok) {
        tmk_png_data_close(data);
        return NULL;
    }
    data->stream.next_out = data->part;
    data->stream.avail_out = TMK_PNG_DATA_PART;
    return data;
}

/* PNG has the higher byte of a sample first. */
static void copy_row(tmk_png_data *data, unsigned char *out, const void *row)
{
    const uint16_t *samples = row;

    if (data->depth == 8) {
        memcpy(out, row, data->row);
        return;
    }
    for (size_t i = 0; i < data->row / 2; i++) {
        out[2 * i] = (unsigned char)(samples[i] >> 8);
        out[2 * i + 1] = (unsigned char)samples[i];
    }
}

void tmk_png_data_row(tmk_png_data *data, const void *row)
{
    unsigned char *above = data->raw[0], *raw = data->raw[1];

    if (data->filled == data->room)
        pack_block(data, Z_NO_FLUSH);
    copy_row(data, raw + TMK_PNG_MAX_PIXEL, row);
    tmk_png_filter(data->block + data->filled, data->work, raw + TMK_PNG_MAX_PIXEL,
                   above + TMK_PNG_MAX_PIXEL, data->row, data->pixel);
    data->filled += data->row + 1;
    data->raw[0] = raw;
    data->raw[1] = above;
}

void tmk_png_data_finish(tmk_png_data *data)
{
    pack_block(data, Z_FINISH);
}

void tmk_png_data_close(tmk_png_data *data)
{
    if (data == NULL)
        return;
    deflateEnd(&data->stream);
    deflateEnd(&data->trial[0]);
    deflateEnd(&data->trial[1]);
    for (int i = 0; i < 2; i++)
        tmk_free(data->raw[i]);
    tmk_free(data->work);
    tmk_free(data->block);
    tmk_free(data->part);
    tmk_free(data->tried);
    tmk_free(data);
}
