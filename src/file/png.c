/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PNG, and the only file that knows libpng.
 *
 * Palettes and fewer than 8 bits are spread to whole samples, since a mark needs colours
 * that the palette has not.  Chunks that pass through are written in the order they were
 * read in, on the same side of the pixels.
 *
 * libpng reports a failure by a call that must not return; guarded() is where it lands.
 * What has to survive the jump lives in the reader or writer, outside that frame.
 */
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "file/imagefile.h"
#include "file/pngchunk.h"

#define MAX_CHUNK_BYTES ((size_t)64 << 20) /* one text or profile, unpacked */
#define MAX_DEFLATE_RATIO 1040             /* deflate packs no better than 1032 to 1 */
#define XMP_KEYWORD "XML:com.adobe.xmp"

/* Where libpng's failures land. */
typedef struct trap {
    jmp_buf back;
    const char *name;
    const char *doing;
    tmk_error *error;
    tmk_status status;
} trap;

static void on_error(png_structp png, png_const_charp message)
{
    trap *here = png_get_error_ptr(png);

    /* A step that fails by itself has set the status and the text already. */
    if (here->status == TMK_OK && strstr(message, "emory") != NULL)
        here->status = tmk_fail_memory(here->error, here->name);
    else if (here->status == TMK_OK)
        here->status = tmk_fail(here->error, TMK_BAD_FILE, "%s: %s: %s; export it again",
                                here->name, here->doing, message);
    longjmp(here->back, 1);
}

/* What libpng only warns of concerns chunks that we don't interpret. */
static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* ----------------------------------------------------------------------- reading */

typedef struct reader {
    trap trap;
    const tmk_source *source;
    size_t at; /* next byte of the source */
    tmk_image *image;
    png_structp png;
    png_infop info;
    png_bytep *rows;
} reader;

static void guard_reading(reader *in, void (*step)(reader *))
{
    if (in->trap.status == TMK_OK && setjmp(in->trap.back) == 0)
        step(in);
}

static void give_bytes(png_structp png, png_bytep out, size_t size)
{
    reader *in = png_get_io_ptr(png);

    if (size > in->source->size - in->at)
        png_error(png, "the file ends too early");
    memcpy(out, in->source->bytes + in->at, size);
    in->at += size;
}

static void stop_reading(reader *in, tmk_status status)
{
    in->trap.status = status;
    png_error(in->png, "");
}

/* A tiny file that claims a huge picture is refused before memory is had for it. */
static void check_size(reader *in)
{
    uint64_t width = png_get_image_width(in->png, in->info);
    uint64_t height = png_get_image_height(in->png, in->info);
    tmk_status status = tmk_file_check_size(in->trap.name, width, height, in->trap.error);

    if (status != TMK_OK)
        stop_reading(in, status);
    if (png_get_rowbytes(in->png, in->info) * height / MAX_DEFLATE_RATIO > in->source->size)
        png_error(in->png, "the file is too short for its picture");
}

/* Asks for whole samples in the machine's byte order. */
static void choose_samples(reader *in)
{
    const uint16_t one = 1;

    png_set_expand(in->png);
    if (*(const unsigned char *)&one == 1)
        png_set_swap(in->png);
    png_set_interlace_handling(in->png);
    png_read_update_info(in->png, in->info);
}

static void read_pixels(reader *in)
{
    tmk_picture *picture = &in->image->picture;
    tmk_status status;

    png_read_info(in->png, in->info);
    check_size(in);
    in->image->coding.interlaced =
        png_get_interlace_type(in->png, in->info) != PNG_INTERLACE_NONE;
    choose_samples(in);
    status = tmk_picture_alloc(picture, (int)png_get_image_width(in->png, in->info),
                               (int)png_get_image_height(in->png, in->info),
                               png_get_channels(in->png, in->info),
                               png_get_bit_depth(in->png, in->info), in->trap.error);
    if (status != TMK_OK)
        stop_reading(in, status);
    in->rows = malloc((size_t)picture->height * sizeof *in->rows);
    if (in->rows == NULL)
        png_error(in->png, "no memory");
    for (int y = 0; y < picture->height; y++)
        in->rows[y] = tmk_picture_row(picture, y);
    png_read_image(in->png, in->rows);
    png_read_end(in->png, in->info);
}

/* Takes from libpng what other formats can hold too. */
static void read_metadata(reader *in)
{
    tmk_metadata *metadata = &in->image->metadata;
    tmk_status status = TMK_OK;
    png_charp name;
    png_bytep bytes;
    png_textp texts = NULL;
    png_uint_32 size, x, y;
    int count = 0, kind;

    if (png_get_iCCP(in->png, in->info, &name, &kind, &bytes, &size) != 0)
        status = tmk_blob_append(&metadata->icc, bytes, size);
    /* EXIF is the very chunk that passes through: its orientation must be the one told. */
    for (size_t i = 0; status == TMK_OK && i < metadata->count; i++)
        if (metadata->chunks[i].tag == TMK_PNG_TAG('e', 'X', 'I', 'f'))
            status = tmk_exif_append(&metadata->exif, metadata->chunks[i].data.bytes,
                                     metadata->chunks[i].data.size);
    if (png_get_pHYs(in->png, in->info, &x, &y, &kind) != 0 && x > 0 && y > 0)
        metadata->resolution = (tmk_resolution){
            kind == PNG_RESOLUTION_METER ? TMK_PER_METRE : TMK_ASPECT, x, y};
    png_get_text(in->png, in->info, &texts, &count);
    for (int i = 0; status == TMK_OK && i < count && metadata->xmp.size == 0; i++)
        if (strcmp(texts[i].key, XMP_KEYWORD) == 0)
            status = tmk_blob_append(&metadata->xmp, texts[i].text, strlen(texts[i].text));
    if (status != TMK_OK)
        png_error(in->png, "no memory");
}

static void collect_chunks(reader *in)
{
    tmk_status status = tmk_png_collect_chunks(in->source, &in->image->picture,
                                               &in->image->metadata, in->trap.error);

    if (status != TMK_OK)
        stop_reading(in, status);
}

static int is_png(const tmk_source *source)
{
    return source->size >= TMK_PNG_SIGNATURE_BYTES &&
           memcmp(source->bytes, "\x89PNG\r\n\x1a\n", TMK_PNG_SIGNATURE_BYTES) == 0;
}

static tmk_status decode_png(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    reader in = {.trap = {.name = source->name, .doing = "damaged PNG", .error = error},
                 .source = source,
                 .image = image};

    in.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &in.trap, on_error, on_warning);
    in.info = in.png != NULL ? png_create_info_struct(in.png) : NULL;
    if (in.info == NULL) {
        png_destroy_read_struct(&in.png, NULL, NULL);
        return tmk_fail_memory(error, source->name);
    }
    /* Sizes are checked here, where the message can say more. */
    png_set_user_limits(in.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(in.png, MAX_CHUNK_BYTES);
    png_set_read_fn(in.png, &in, give_bytes);
    guard_reading(&in, read_pixels);
    guard_reading(&in, collect_chunks);
    guard_reading(&in, read_metadata);
    free(in.rows);
    png_destroy_read_struct(&in.png, &in.info, NULL);
    return in.trap.status;
}

/* ----------------------------------------------------------------------- writing */

typedef struct writer {
    trap trap;
    const tmk_target *target;
    tmk_blob *out;
    png_structp png;
    png_infop info;
    png_bytep *rows;
} writer;

static void take_bytes(png_structp png, png_bytep bytes, size_t size)
{
    writer *job = png_get_io_ptr(png);

    if (tmk_blob_append(job->out, bytes, size) != TMK_OK)
        png_error(png, "no memory");
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static void put_chunk(writer *job, uint32_t tag, const void *bytes, size_t size)
{
    png_byte name[5] = {0};

    png_save_uint_32(name, tag);
    png_write_chunk(job->png, name, bytes, size);
}

static void put_own_chunks(writer *job, int late)
{
    const tmk_metadata *metadata = &job->target->image->metadata;

    for (size_t i = 0; i < metadata->count; i++)
        if (metadata->chunks[i].late == late)
            put_chunk(job, metadata->chunks[i].tag, metadata->chunks[i].data.bytes,
                      metadata->chunks[i].data.size);
}

/* XMP as an international text that is not packed: keyword, 0, two flags, two empty names. */
static void put_xmp(writer *job, const tmk_blob *xmp)
{
    static const char head[] = XMP_KEYWORD "\0\0\0\0";

    png_write_chunk_start(job->png, (png_const_bytep)"iTXt",
                          (png_uint_32)(sizeof head + xmp->size));
    png_write_chunk_data(job->png, (png_const_bytep)head, sizeof head);
    png_write_chunk_data(job->png, xmp->bytes, xmp->size);
    png_write_chunk_end(job->png);
}

/* What came from another format. */
static void put_metadata(writer *job)
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

static void write_picture(writer *job)
{
    static const int kinds[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    const tmk_target *target = job->target;
    const tmk_picture *picture = target->picture;
    const tmk_blob *icc = &target->image->metadata.icc;
    int interlaced = target->same_format && target->image->coding.interlaced;
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
    if (picture->depth == 16 && *(const unsigned char *)&one == 1)
        png_set_swap(job->png);
    png_write_image(job->png, job->rows);
    if (target->same_format)
        put_own_chunks(job, 1);
    png_write_end(job->png, NULL);
}

static void guard_writing(writer *job)
{
    if (setjmp(job->trap.back) == 0)
        write_picture(job);
}

static tmk_status encode_png(const tmk_target *target, tmk_blob *out, tmk_error *error)
{
    const tmk_picture *picture = target->picture;
    writer job = {.trap = {.name = target->name, .doing = "can't be made", .error = error},
                  .target = target,
                  .out = out};

    job.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &job.trap, on_error, on_warning);
    job.info = job.png != NULL ? png_create_info_struct(job.png) : NULL;
    job.rows = malloc((size_t)picture->height * sizeof *job.rows);
    if (job.info == NULL || job.rows == NULL) {
        job.trap.status = tmk_fail_memory(error, target->name);
    } else {
        for (int y = 0; y < picture->height; y++)
            job.rows[y] = tmk_picture_row(picture, y);
        png_set_user_limits(job.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_benign_errors(job.png, 1);
        png_set_write_fn(job.png, &job, take_bytes, flush_nothing);
        guard_writing(&job);
    }
    free(job.rows);
    png_destroy_write_struct(&job.png, &job.info);
    return job.trap.status;
}

const tmk_codec tmk_png_codec = {
    TMK_PNG, "png", {".png"}, PNG_UINT_31_MAX, is_png, decode_png, encode_png,
};
