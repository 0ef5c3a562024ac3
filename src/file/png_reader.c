/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/png_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "file/png_trap.h"
#include "file/pngchunk.h"

#define MAX_DEFLATE_RATIO 1040 /* deflate packs no better than 1032 to 1 */
#define BUFFER_BYTES ((size_t)64 << 10)

struct tmk_png_reader {
    tmk_png_trap trap;
    const tmk_input *input;
    png_structp png;
    png_infop info;
    int passes;
    tmk_picture own; /* size and kind of its samples */
    /* arguments of the current step */
    tmk_png_reading how;
    int rows_done; /* of the first pass, which shows all of the picture, though coarsely */
    tmk_picture *shape;
    const tmk_picture *rows;
    tmk_metadata *metadata;
    /* what libpng asks for next: it takes small pieces */
    uint64_t at; /* of the input: what follows the buffer */
    size_t held, used;
    unsigned char buffer[BUFFER_BYTES];
};

void tmk_png_on_error(png_structp png, png_const_charp message)
{
    tmk_png_trap *here = png_get_error_ptr(png);

    /* A step that fails by itself has set the status and the text already. */
    if (here->status == TMK_OK && here->out_of_memory)
        here->status = tmk_fail_memory(here->error, here->name);
    else if (here->status == TMK_OK)
        here->status = tmk_fail(here->error, TMK_BAD_FILE, "%s: %s: %s; export it again",
                                here->name, here->doing, message);
    longjmp(here->back, 1);
}

/* What libpng only warns of concerns chunks that we don't interpret; or, in a file that is
 * known to be damaged, checksums. */
void tmk_png_on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

png_voidp tmk_png_allocate(png_structp png, png_alloc_size_t size)
{
    tmk_png_trap *here = png_get_mem_ptr(png);
    void *memory = malloc(size);

    here->out_of_memory |= memory == NULL;
    return memory;
}

void tmk_png_free(png_structp png, png_voidp memory)
{
    (void)png;
    free(memory);
}

/* Runs STEP, unless one has failed before. */
static tmk_status guard(tmk_png_reader *in, void (*step)(tmk_png_reader *), tmk_error *error)
{
    in->trap.error = error;
    if (in->trap.status == TMK_OK && setjmp(in->trap.back) == 0)
        step(in);
    return in->trap.status;
}

static void stop(tmk_png_reader *in, tmk_status status)
{
    in->trap.status = status;
    png_error(in->png, "");
}

static void refill(tmk_png_reader *in)
{
    uint64_t left = in->input->size - in->at;

    in->used = 0;
    in->held = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
    if (in->held == 0)
        png_error(in->png, "the file ends too early");
    if (!tmk_input_read(in->input, in->at, in->buffer, in->held))
        stop(in, tmk_fail(in->trap.error, TMK_NOT_READABLE,
                          "%s: can't be read, or changed while it was read", in->trap.name));
    in->at += in->held;
}

static void give_bytes(png_structp png, png_bytep out, size_t size)
{
    tmk_png_reader *in = png_get_io_ptr(png);

    while (size > 0) {
        size_t count;

        if (in->used == in->held)
            refill(in);
        count = in->held - in->used < size ? in->held - in->used : size;
        memcpy(out, in->buffer + in->used, count);
        in->used += count;
        out += count;
        size -= count;
    }
}

/* ------------------------------------------------------------------------- header */

/* A file that claims a picture it can't hold is refused at once. */
static void check_size(tmk_png_reader *in)
{
    uint64_t width = png_get_image_width(in->png, in->info);
    uint64_t height = png_get_image_height(in->png, in->info);
    tmk_status status =
        in->how != TMK_PNG_ROWS
            ? tmk_file_check_size(in->trap.name, width, height, in->trap.error)
            : tmk_file_check_sides(in->trap.name, width, height, in->trap.error);

    if (status != TMK_OK)
        stop(in, status);
    if (png_get_rowbytes(in->png, in->info) * height / MAX_DEFLATE_RATIO > in->input->size)
        png_error(in->png, "the file is too short for its picture");
}

/* Asks for whole samples in the machine's byte order. */
static void read_header(tmk_png_reader *in)
{
    const uint16_t one = 1;

    png_read_info(in->png, in->info);
    check_size(in);
    png_set_expand(in->png);
    if (*(const unsigned char *)&one == 1)
        png_set_swap(in->png);
    in->passes = png_set_interlace_handling(in->png);
    png_read_update_info(in->png, in->info);
    *in->shape = (tmk_picture){(int)png_get_image_width(in->png, in->info),
                               (int)png_get_image_height(in->png, in->info),
                               png_get_channels(in->png, in->info),
                               png_get_bit_depth(in->png, in->info),
                               png_get_rowbytes(in->png, in->info),
                               NULL};
    in->own = *in->shape;
}

int tmk_png_is(const unsigned char *bytes, size_t size)
{
    return size >= TMK_PNG_SIGNATURE_BYTES &&
           memcmp(bytes, "\x89PNG\r\n\x1a\n", TMK_PNG_SIGNATURE_BYTES) == 0;
}

tmk_status tmk_png_reader_open(tmk_png_reader **reader, const tmk_input *input,
                               tmk_png_reading how, tmk_picture *shape, tmk_error *error)
{
    tmk_png_reader *in;
    tmk_status status;

    *reader = NULL;
    TMK_TRY(tmk_png_check_chunks(input, how == TMK_PNG_SALVAGE, error));
    in = tmk_calloc(1, sizeof *in);
    if (in == NULL)
        return tmk_fail_memory(error, input->name);
    in->trap.name = input->name;
    in->trap.doing = "damaged PNG";
    in->input = input;
    in->how = how;
    in->shape = shape;
    in->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &in->trap, tmk_png_on_error,
                                       tmk_png_on_warning, &in->trap, tmk_png_allocate,
                                       tmk_png_free);
    in->info = in->png != NULL ? png_create_info_struct(in->png) : NULL;
    if (in->info == NULL) {
        tmk_png_reader_close(&in);
        return tmk_fail_memory(error, input->name);
    }
    /* Sizes are checked here, where the message can say more. */
    png_set_user_limits(in->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(in->png, TMK_PNG_MAX_TEXT);
    if (how == TMK_PNG_SALVAGE) {
        png_set_crc_action(in->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
        png_set_benign_errors(in->png, 1);
        png_set_option(in->png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
    }
    png_set_read_fn(in->png, in, give_bytes);
    status = guard(in, read_header, error);
    if (status != TMK_OK)
        tmk_png_reader_close(&in);
    *reader = in;
    return status;
}

int tmk_png_reader_interlaced(const tmk_png_reader *reader)
{
    return reader->passes > 1;
}

/* --------------------------------------------------------------------------- rows */

static void read_rows(tmk_png_reader *in)
{
    int coarse = in->how == TMK_PNG_SALVAGE && in->passes > 1;

    for (int pass = 0; pass < in->passes; pass++)
        for (int y = 0; y < in->rows->height; y++) {
            unsigned char *row = tmk_picture_row(in->rows, y);

            png_read_row(in->png, coarse ? NULL : row, coarse ? row : NULL);
            in->rows_done += pass == 0;
        }
}

int tmk_png_reader_rows_done(const tmk_png_reader *reader)
{
    return reader->rows_done;
}

tmk_status tmk_png_reader_rows(tmk_png_reader *reader, const tmk_picture *rows,
                               tmk_error *error)
{
    const tmk_picture *own = &reader->own;

    if (rows->width != own->width || rows->channels != own->channels ||
        rows->depth != own->depth)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: changed while it was read",
                        reader->trap.name);
    reader->rows = rows;
    return guard(reader, read_rows, error);
}

/* ----------------------------------------------------------------------- metadata */

/* Takes from libpng what other formats can hold too. */
static void read_metadata(tmk_png_reader *in)
{
    tmk_metadata *metadata = in->metadata;
    tmk_status status = TMK_OK;
    png_charp name;
    png_bytep bytes;
    png_textp texts = NULL;
    png_uint_32 size, x, y;
    int count = 0, kind;

    png_read_end(in->png, in->info);
    if (png_get_iCCP(in->png, in->info, &name, &kind, &bytes, &size) != 0)
        status = tmk_blob_append(&metadata->icc, bytes, size);
    if (png_get_pHYs(in->png, in->info, &x, &y, &kind) != 0 && x > 0 && y > 0)
        metadata->resolution =
            (tmk_resolution){kind == PNG_RESOLUTION_METER ? TMK_PER_METRE : TMK_ASPECT, x, y};
    png_get_text(in->png, in->info, &texts, &count);
    for (int i = 0; status == TMK_OK && i < count && metadata->xmp.size == 0; i++)
        if (strcmp(texts[i].key, TMK_XMP_KEYWORD) == 0)
            status = tmk_blob_append(&metadata->xmp, texts[i].text, strlen(texts[i].text));
    if (status != TMK_OK)
        stop(in, tmk_fail_memory(in->trap.error, in->trap.name));
}

tmk_status tmk_png_reader_finish(tmk_png_reader *reader, tmk_metadata *metadata,
                                 tmk_error *error)
{
    reader->metadata = metadata;
    return guard(reader, read_metadata, error);
}

void tmk_png_reader_close(tmk_png_reader **reader)
{
    if (*reader == NULL)
        return;
    png_destroy_read_struct(&(*reader)->png, &(*reader)->info, NULL);
    tmk_free(*reader);
    *reader = NULL;
}
