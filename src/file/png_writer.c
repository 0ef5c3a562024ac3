/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/png_writer.h"

#include "base/memory.h"
#include "file/png_data.h"
#include "file/png_trap.h"
#include "file/pngchunk.h"

struct tmk_png_writer {
    tmk_png_trap trap;
    const tmk_target *target;
    tmk_put *put;
    void *context;
    png_structp png;
    png_infop info;
    tmk_png_data *data;      /* of rows from top to bottom; NULL: interlaced, by libpng */
    const tmk_picture *rows; /* of the current step */
};

/* Runs STEP, unless one has failed before. */
static tmk_status guard(tmk_png_writer *job, void (*step)(tmk_png_writer *), tmk_error *error)
{
    job->trap.error = error;
    if (job->trap.status == TMK_OK && setjmp(job->trap.back) == 0)
        step(job);
    return job->trap.status;
}

static void take_bytes(png_structp png, png_bytep bytes, size_t size)
{
    tmk_png_writer *job = png_get_io_ptr(png);
    tmk_status status = job->put(job->context, bytes, size, job->trap.error);

    if (status != TMK_OK) {
        job->trap.status = status;
        png_error(png, "");
    }
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

/* ------------------------------------------------------------------------- chunks */

static void put_chunk(tmk_png_writer *job, uint32_t tag, const void *bytes, size_t size)
{
    png_byte name[5] = {0};

    png_save_uint_32(name, tag);
    png_write_chunk(job->png, name, bytes, size);
}

static void put_own_chunks(tmk_png_writer *job, int late)
{
    const tmk_metadata *metadata = &job->target->image->metadata;

    for (size_t i = 0; i < metadata->count; i++)
        if (metadata->chunks[i].late == late)
            put_chunk(job, metadata->chunks[i].tag, metadata->chunks[i].data.bytes,
                      metadata->chunks[i].data.size);
}

/* XMP as an international text that is not packed: keyword, 0, two flags, two empty names. */
static void put_xmp(tmk_png_writer *job, const tmk_blob *xmp)
{
    static const char head[] = TMK_XMP_KEYWORD "\0\0\0\0";

    png_write_chunk_start(job->png, (png_const_bytep) "iTXt",
                          (png_uint_32)(sizeof head + xmp->size));
    png_write_chunk_data(job->png, (png_const_bytep)head, sizeof head);
    png_write_chunk_data(job->png, xmp->bytes, xmp->size);
    png_write_chunk_end(job->png);
}

/* What came from another format. */
static void put_metadata(tmk_png_writer *job)
{
    const tmk_metadata *metadata = &job->target->image->metadata;
    tmk_resolution resolution = tmk_resolution_in(metadata->resolution, TMK_PER_METRE);
    unsigned char physical[9];

    if (resolution.unit != TMK_NO_RESOLUTION) {
        png_save_uint_32(physical, resolution.x);
        png_save_uint_32(physical + 4, resolution.y);
        physical[8] = resolution.unit == TMK_PER_METRE;
        put_chunk(job, TMK_PNG_TAG('p', 'H', 'Y', 's'), physical, sizeof physical);
    }
    if (job->target->exif->size > 0)
        put_chunk(job, TMK_PNG_TAG('e', 'X', 'I', 'f'), job->target->exif->bytes,
                  job->target->exif->size);
    if (metadata->xmp.size > 0)
        put_xmp(job, &metadata->xmp);
}

/* -------------------------------------------------------------------------- steps */

static int is_interlaced(const tmk_target *target)
{
    return target->same_format && target->image->coding.interlaced;
}

static void write_header(tmk_png_writer *job)
{
    static const int kinds[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    const tmk_target *target = job->target;
    const tmk_picture *picture = target->picture;
    const tmk_blob *icc = &target->image->metadata.icc;
    int interlaced = is_interlaced(target);
    const uint16_t one = 1;

    png_set_IHDR(job->png, job->info, (png_uint_32)picture->width,
                 (png_uint_32)picture->height, picture->depth, kinds[picture->channels],
                 interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!target->same_format && icc->size > 0 && icc->size <= UINT32_MAX)
        png_set_iCCP(job->png, job->info, "ICC profile", PNG_COMPRESSION_TYPE_BASE,
                     icc->bytes, (png_uint_32)icc->size);
    png_write_info(job->png, job->info);
    if (target->same_format)
        put_own_chunks(job, 0);
    else
        put_metadata(job);
    if (interlaced && picture->depth == 16 && *(const unsigned char *)&one == 1)
        png_set_swap(job->png);
}

static void put_data(void *context, const unsigned char *bytes, size_t size)
{
    tmk_png_writer *job = context;

    put_chunk(job, TMK_PNG_TAG('I', 'D', 'A', 'T'), bytes, size);
}

static void write_interlaced(tmk_png_writer *job)
{
    int passes = png_set_interlace_handling(job->png);

    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < job->rows->height; y++)
            png_write_row(job->png, tmk_picture_row(job->rows, y));
}

static void write_rows(tmk_png_writer *job)
{
    if (job->data == NULL) {
        write_interlaced(job);
        return;
    }
    for (int y = 0; y < job->rows->height; y++)
        tmk_png_data_row(job->data, tmk_picture_row(job->rows, y));
}

/* libpng would miss data that it did not pack itself, so png_write_end is not called. */
static void write_end(tmk_png_writer *job)
{
    if (job->data != NULL)
        tmk_png_data_finish(job->data);
    if (job->target->same_format)
        put_own_chunks(job, 1);
    put_chunk(job, TMK_PNG_TAG('I', 'E', 'N', 'D'), NULL, 0);
}

tmk_status tmk_png_writer_open(tmk_png_writer **writer, const tmk_target *target,
                               tmk_put *put, void *context, tmk_error *error)
{
    tmk_png_writer *job = tmk_calloc(1, sizeof *job);
    tmk_status status;

    *writer = NULL;
    if (job == NULL)
        return tmk_fail_memory(error, target->name);
    job->trap.name = target->name;
    job->trap.doing = "can't be created";
    job->target = target;
    job->put = put;
    job->context = context;
    job->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &job->trap, tmk_png_on_error,
                                         tmk_png_on_warning, &job->trap, tmk_png_allocate,
                                         tmk_png_free);
    job->info = job->png != NULL ? png_create_info_struct(job->png) : NULL;
    if (job->info == NULL) {
        tmk_png_writer_close(&job);
        return tmk_fail_memory(error, target->name);
    }
    png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_benign_errors(job->png, 1);
    png_set_write_fn(job->png, job, take_bytes, flush_nothing);
    status = guard(job, write_header, error);
    if (status == TMK_OK && !is_interlaced(target)) {
        job->data = tmk_png_data_open(target->picture->width, target->picture->channels,
                                      target->picture->depth, put_data, job);
        status = job->data != NULL ? TMK_OK : tmk_fail_memory(error, target->name);
    }
    if (status != TMK_OK)
        tmk_png_writer_close(&job);
    *writer = job;
    return status;
}

tmk_status tmk_png_writer_rows(tmk_png_writer *writer, const tmk_picture *rows,
                               tmk_error *error)
{
    writer->rows = rows;
    return guard(writer, write_rows, error);
}

tmk_status tmk_png_writer_finish(tmk_png_writer *writer, tmk_error *error)
{
    return guard(writer, write_end, error);
}

void tmk_png_writer_close(tmk_png_writer **writer)
{
    if (*writer == NULL)
        return;
    tmk_png_data_close((*writer)->data);
    png_destroy_write_struct(&(*writer)->png, &(*writer)->info);
    tmk_free(*writer);
    *writer = NULL;
}
