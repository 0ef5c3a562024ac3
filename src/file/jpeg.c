/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JPEG, and the only file that knows libjpeg-turbo.
 *
 * A page that was JPEG is coded again as it was: the same quantisers, sampling, scan
 * order and restart interval, and its markers in their order, so that all that differs is
 * what the mark changed.  Decoding uses the accurate integer transform and smooth chroma.
 *
 * libjpeg calls damage a warning and goes on with grey; here damage is a failure, and
 * only what leaves the pixels whole is let pass.  Failures jump to guard_reading() or
 * guard_writing(); what has to survive the jump lives outside their frames.
 */
#include <stdio.h> /* jpeglib.h uses FILE */

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "file/imagefile.h"

#define MAX_SCANS 500         /* real files have about ten; thousands are an attack */
#define MAX_MARKER_BYTES 65533 /* that follow a marker's length */
#define MAX_BLOCKS_IN_MCU 10   /* of the standard (T.81, B.2.3) */
#define MAX_ICC_BYTES (255 * 65519) /* in 255 markers */
#define OUT_BYTES 65536

/* libjpeg's encoder works with 8 q in 16 bits.  No coefficient of 8-bit samples reaches
 * half of this, so a coarser quantiser leaves nothing but zeros either way. */
#define MAX_QUANTISER 4095

static const char exif_head[6] = "Exif\0";
static const char xmp_head[29] = "http://ns.adobe.com/xap/1.0/";
static const char pages_head[4] = "MPF";

/* Where libjpeg's failures land; the manager comes first, so that a pointer to it is one
 * to the trap. */
typedef struct trap {
    struct jpeg_error_mgr manager;
    jmp_buf back;
    const char *name;
    const char *doing;
    tmk_error *error;
    tmk_status status;
} trap;

static tmk_status status_of(int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY: return TMK_NO_MEMORY;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED: return TMK_UNSUPPORTED;
    default: return TMK_BAD_FILE;
    }
}

static void on_error(j_common_ptr jpeg)
{
    trap *here = (trap *)jpeg->err;
    char message[JMSG_LENGTH_MAX];

    here->manager.format_message(jpeg, message);
    here->status = status_of(here->manager.msg_code);
    if (here->status == TMK_NO_MEMORY)
        tmk_fail_memory(here->error, here->name);
    else if (here->status == TMK_UNSUPPORTED)
        tmk_fail(here->error, here->status, "%s: %s; save it as an 8-bit RGB JPEG or PNG",
                 here->name, message);
    else
        tmk_fail(here->error, here->status, "%s: %s: %s; export it again", here->name,
                 here->doing, message);
    longjmp(here->back, 1);
}

static void stop(trap *here, tmk_status status)
{
    here->status = status;
    longjmp(here->back, 1);
}

/* Negative levels are warnings: a few of them leave the pixels whole. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level >= 0)
        return;
    switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_ICC:
    case JWRN_NOT_SEQUENTIAL: return;
    default: on_error(jpeg);
    }
}

static void set_trap(trap *here)
{
    jpeg_std_error(&here->manager);
    here->manager.error_exit = on_error;
    here->manager.emit_message = on_message;
}

/* ----------------------------------------------------------------------- reading */

typedef struct reader {
    trap trap;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_progress_mgr progress;
    const tmk_source *source;
    tmk_image *image;
    JOCTET *icc; /* from libjpeg, by malloc */
} reader;

static void guard_reading(reader *in, void (*step)(reader *))
{
    if (in->trap.status == TMK_OK && setjmp(in->trap.back) == 0)
        step(in);
}

static void count_scans(j_common_ptr jpeg)
{
    trap *here = (trap *)jpeg->err;

    if (((j_decompress_ptr)jpeg)->input_scan_number > MAX_SCANS)
        stop(here, tmk_fail(here->error, TMK_BAD_FILE,
                            "%s: a JPEG of more than %d scans; export it again", here->name,
                            MAX_SCANS));
}

static void check_kind(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->jpeg;
    J_COLOR_SPACE space = jpeg->jpeg_color_space;
    trap *here = &in->trap;
    tmk_status status = tmk_file_check_size(here->name, jpeg->image_width,
                                            jpeg->image_height, here->error);
    uint64_t blocks;

    if (status != TMK_OK)
        stop(here, status);
    if (space != JCS_GRAYSCALE && space != JCS_YCbCr && space != JCS_RGB)
        stop(here, tmk_fail(here->error, TMK_UNSUPPORTED,
                            "%s: a JPEG in %s; convert it to RGB", here->name,
                            space == JCS_UNKNOWN ? "unknown colours" : "CMYK, for print"));
    /* Huffman codes spend a bit at least on a block: a tiny file that claims a huge
     * picture is refused before memory is had for it. */
    blocks = (uint64_t)jpeg->comp_info[0].width_in_blocks *
             jpeg->comp_info[0].height_in_blocks;
    if (!jpeg->arith_code && blocks / 8 > in->source->size)
        stop(here, tmk_fail(here->error, TMK_BAD_FILE,
                            "%s: damaged JPEG: too short for its picture; export it again",
                            here->name));
}

static void read_header(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->jpeg;

    jpeg_create_decompress(jpeg);
    jpeg->progress = &in->progress;
    in->progress.progress_monitor = count_scans;
    jpeg_mem_src(jpeg, in->source->bytes, in->source->size);
    jpeg_save_markers(jpeg, JPEG_COM, 0xFFFF);
    for (int i = 0; i < 16; i++)
        jpeg_save_markers(jpeg, JPEG_APP0 + i, 0xFFFF);
    jpeg_read_header(jpeg, TRUE);
    check_kind(in);
}

/* Copies a component's quantisers; 0 if they are missing or not valid (T.81, B.2.4.1). */
static int copy_table(uint16_t copy[DCTSIZE2], const JQUANT_TBL *table)
{
    for (int i = 0; table != NULL && i < DCTSIZE2; i++) {
        if (table->quantval[i] == 0)
            return 0;
        copy[i] = table->quantval[i] < MAX_QUANTISER ? table->quantval[i] : MAX_QUANTISER;
    }
    return table != NULL;
}

/* Notes how the file was coded, once all its tables are there. */
static void note_coding(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->jpeg;
    tmk_jpeg_coding *coding = &in->image->coding.jpeg;

    in->image->coding.interlaced = jpeg->progressive_mode;
    coding->known = 1;
    coding->components = jpeg->num_components;
    coding->is_rgb = jpeg->jpeg_color_space == JCS_RGB;
    coding->restart_interval = jpeg->restart_interval;
    for (int c = 0; c < jpeg->num_components; c++) {
        const jpeg_component_info *component = &jpeg->comp_info[c];

        if (!copy_table(coding->component[c].table, component->quant_table))
            stop(&in->trap, tmk_fail(in->trap.error, TMK_BAD_FILE,
                                     "%s: damaged JPEG: a colour's table is missing or not "
                                     "valid; export it again",
                                     in->trap.name));
        coding->component[c].h = component->h_samp_factor;
        coding->component[c].v = component->v_samp_factor;
    }
}

static void read_pixels(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->jpeg;
    tmk_picture *picture = &in->image->picture;
    int is_grey = jpeg->jpeg_color_space == JCS_GRAYSCALE;
    tmk_status status = tmk_picture_alloc(picture, (int)jpeg->image_width,
                                          (int)jpeg->image_height, is_grey ? 1 : 3, 8,
                                          in->trap.error);

    if (status != TMK_OK)
        stop(&in->trap, status);
    jpeg->out_color_space = is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->do_fancy_upsampling = TRUE;
    jpeg->do_block_smoothing = FALSE;
    jpeg_start_decompress(jpeg);
    note_coding(in);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = tmk_picture_row(picture, (int)jpeg->output_scanline);

        jpeg_read_scanlines(jpeg, &row, 1);
    }
    /* Not jpeg_finish_decompress yet: that frees the markers. */
    while (!jpeg_input_complete(jpeg))
        if (jpeg_consume_input(jpeg) == JPEG_SUSPENDED)
            break;
}

static int begins(const void *bytes, size_t size, const char *head, size_t length)
{
    return size > length && memcmp(bytes, head, length) == 0;
}

/* Takes what other formats can hold too from a marker that is the first of its kind. */
static tmk_status understand(tmk_metadata *metadata, const struct jpeg_marker_struct *marker)
{
    size_t size = marker->data_length;

    if (marker->marker != JPEG_APP0 + 1)
        return TMK_OK;
    if (metadata->exif.size == 0 && begins(marker->data, size, exif_head, sizeof exif_head))
        return tmk_blob_append(&metadata->exif, marker->data + sizeof exif_head,
                               size - sizeof exif_head);
    if (metadata->xmp.size == 0 && begins(marker->data, size, xmp_head, sizeof xmp_head))
        return tmk_blob_append(&metadata->xmp, marker->data + sizeof xmp_head,
                               size - sizeof xmp_head);
    return TMK_OK;
}

static void read_metadata(reader *in)
{
    static const tmk_unit units[] = {TMK_ASPECT, TMK_PER_INCH, TMK_PER_CM};
    struct jpeg_decompress_struct *jpeg = &in->jpeg;
    tmk_metadata *metadata = &in->image->metadata;
    tmk_status status = TMK_OK;
    unsigned size = 0;

    for (const struct jpeg_marker_struct *marker = jpeg->marker_list;
         status == TMK_OK && marker != NULL; marker = marker->next) {
        /* The index of further pictures behind this one, which are not written. */
        if (marker->marker == JPEG_APP0 + 2 &&
            begins(marker->data, marker->data_length, pages_head, sizeof pages_head))
            continue;
        status = tmk_metadata_add(metadata, marker->marker, 0, marker->data,
                                  marker->data_length);
        if (status == TMK_OK)
            status = understand(metadata, marker);
    }
    if (status == TMK_OK && jpeg_read_icc_profile(jpeg, &in->icc, &size))
        status = tmk_blob_append(&metadata->icc, in->icc, size);
    if (status != TMK_OK)
        stop(&in->trap, tmk_fail_memory(in->trap.error, in->trap.name));
    if (jpeg->saw_JFIF_marker && jpeg->density_unit < 3 && jpeg->X_density > 0 &&
        jpeg->Y_density > 0)
        metadata->resolution = (tmk_resolution){units[jpeg->density_unit], jpeg->X_density,
                                                jpeg->Y_density};
}

static int is_jpeg(const tmk_source *source)
{
    return source->size >= 3 && memcmp(source->bytes, "\xFF\xD8\xFF", 3) == 0;
}

static tmk_status decode_jpeg(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    reader in = {.trap = {.name = source->name, .doing = "damaged JPEG", .error = error},
                 .source = source,
                 .image = image};

    set_trap(&in.trap);
    in.jpeg.err = &in.trap.manager;
    guard_reading(&in, read_header);
    guard_reading(&in, read_pixels);
    guard_reading(&in, read_metadata);
    free(in.icc);
    jpeg_destroy_decompress(&in.jpeg);
    return in.trap.status;
}

/* ----------------------------------------------------------------------- writing */

typedef struct writer {
    trap trap;
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr destination;
    const tmk_target *target;
    tmk_blob *out;
    unsigned char *row;
    JOCTET piece[OUT_BYTES];
} writer;

static writer *writer_of(j_compress_ptr jpeg)
{
    return (writer *)jpeg->err; /* the trap's manager is its first member */
}

static void start_piece(j_compress_ptr jpeg)
{
    jpeg->dest->next_output_byte = writer_of(jpeg)->piece;
    jpeg->dest->free_in_buffer = OUT_BYTES;
}

static void take_bytes(j_compress_ptr jpeg, size_t size)
{
    writer *job = writer_of(jpeg);

    if (tmk_blob_append(job->out, job->piece, size) != TMK_OK)
        stop(&job->trap, tmk_fail_memory(job->trap.error, job->trap.name));
    start_piece(jpeg);
}

static boolean take_full_piece(j_compress_ptr jpeg)
{
    take_bytes(jpeg, OUT_BYTES);
    return TRUE;
}

static void take_last_piece(j_compress_ptr jpeg)
{
    take_bytes(jpeg, OUT_BYTES - jpeg->dest->free_in_buffer);
}

/* The input's sampling, or what QUALITY makes sensible. */
static void set_sampling(writer *job, int quality)
{
    const tmk_jpeg_coding *coding = &job->target->image->coding.jpeg;
    jpeg_component_info *components = job->jpeg.comp_info;
    int blocks = 0;

    for (int c = 0; c < job->jpeg.num_components && coding->known; c++)
        blocks += coding->component[c].h * coding->component[c].v;
    for (int c = 0; c < job->jpeg.num_components; c++) {
        if (coding->known && (blocks <= MAX_BLOCKS_IN_MCU || job->jpeg.num_components == 1)) {
            components[c].h_samp_factor = coding->component[c].h;
            components[c].v_samp_factor = coding->component[c].v;
        } else {
            int factor = c == 0 && quality < TMK_FULL_CHROMA_QUALITY && !coding->known &&
                                 job->jpeg.num_components == 3
                             ? 2
                             : 1;

            components[c].h_samp_factor = components[c].v_samp_factor = factor;
        }
    }
}

/* The input's quantisers; components that shared a table share one again. */
static void keep_tables(writer *job)
{
    const tmk_jpeg_coding *coding = &job->target->image->coding.jpeg;

    for (int c = 0; c < job->jpeg.num_components; c++) {
        const uint16_t *table = coding->component[c].table;
        JQUANT_TBL **slot = &job->jpeg.quant_tbl_ptrs[c];
        int same = 0;

        while (memcmp(coding->component[same].table, table, sizeof coding->component[0].table))
            same++;
        job->jpeg.comp_info[c].quant_tbl_no = same;
        if (same < c)
            continue;
        if (*slot == NULL)
            *slot = jpeg_alloc_quant_table((j_common_ptr)&job->jpeg);
        memcpy((*slot)->quantval, table, sizeof coding->component[0].table);
        (*slot)->sent_table = FALSE;
    }
}

static void put_marker(writer *job, int marker, const char *head, size_t length,
                       const tmk_blob *blob)
{
    if (blob->size > MAX_MARKER_BYTES - length)
        return;
    jpeg_write_m_header(&job->jpeg, marker, (unsigned)(length + blob->size));
    for (size_t i = 0; i < length; i++)
        jpeg_write_m_byte(&job->jpeg, (unsigned char)head[i]);
    for (size_t i = 0; i < blob->size; i++)
        jpeg_write_m_byte(&job->jpeg, blob->bytes[i]);
}

static void put_metadata(writer *job)
{
    const tmk_metadata *metadata = &job->target->image->metadata;

    if (job->target->same_format) {
        for (size_t i = 0; i < metadata->count; i++)
            put_marker(job, (int)metadata->chunks[i].tag, NULL, 0, &metadata->chunks[i].data);
        return;
    }
    if (job->target->exif->size > 0)
        put_marker(job, JPEG_APP0 + 1, exif_head, sizeof exif_head, job->target->exif);
    if (metadata->xmp.size > 0)
        put_marker(job, JPEG_APP0 + 1, xmp_head, sizeof xmp_head, &metadata->xmp);
    if (metadata->icc.size > 0 && metadata->icc.size <= MAX_ICC_BYTES)
        jpeg_write_icc_profile(&job->jpeg, metadata->icc.bytes, (unsigned)metadata->icc.size);
}

static void set_resolution(writer *job)
{
    tmk_resolution resolution = job->target->image->metadata.resolution;

    if (resolution.unit == TMK_PER_METRE)
        resolution = tmk_resolution_in(resolution, TMK_PER_INCH);
    if (resolution.unit == TMK_NO_RESOLUTION || resolution.x > UINT16_MAX ||
        resolution.y > UINT16_MAX)
        return;
    job->jpeg.density_unit = (UINT8)(resolution.unit - TMK_ASPECT);
    job->jpeg.X_density = (UINT16)resolution.x;
    job->jpeg.Y_density = (UINT16)resolution.y;
}

static void set_coding(writer *job)
{
    struct jpeg_compress_struct *jpeg = &job->jpeg;
    const tmk_target *target = job->target;
    const tmk_jpeg_coding *coding = &target->image->coding.jpeg;
    int quality = target->quality > 0 ? target->quality : TMK_DEFAULT_QUALITY;

    jpeg->image_width = (JDIMENSION)target->picture->width;
    jpeg->image_height = (JDIMENSION)target->picture->height;
    jpeg->input_components = target->picture->channels;
    jpeg->in_color_space = target->picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    if (coding->known && coding->is_rgb && jpeg->in_color_space == JCS_RGB)
        jpeg_set_colorspace(jpeg, JCS_RGB);
    jpeg_set_quality(jpeg, quality, TRUE);
    set_sampling(job, quality);
    if (coding->known && target->quality == 0)
        keep_tables(job);
    set_resolution(job);
    if (target->same_format && coding->known) {
        /* The input's own markers say it all. */
        jpeg->write_JFIF_header = jpeg->write_Adobe_marker = FALSE;
        jpeg->restart_interval = coding->restart_interval;
    }
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->optimize_coding = TRUE;
    if (target->same_format && target->image->coding.interlaced)
        jpeg_simple_progression(jpeg);
}

static void write_picture(writer *job)
{
    struct jpeg_compress_struct *jpeg = &job->jpeg;

    jpeg_create_compress(jpeg);
    jpeg->dest = &job->destination;
    job->destination.init_destination = start_piece;
    job->destination.empty_output_buffer = take_full_piece;
    job->destination.term_destination = take_last_piece;
    set_coding(job);
    jpeg_start_compress(jpeg, TRUE);
    put_metadata(job);
    while (jpeg->next_scanline < jpeg->image_height) {
        tmk_file_row8(job->target->picture, (int)jpeg->next_scanline,
                      job->target->picture->channels, job->row);
        jpeg_write_scanlines(jpeg, &job->row, 1);
    }
    jpeg_finish_compress(jpeg);
}

static void guard_writing(writer *job)
{
    if (setjmp(job->trap.back) == 0)
        write_picture(job);
}

static tmk_status encode_jpeg(const tmk_target *target, tmk_blob *out, tmk_error *error)
{
    const tmk_picture *picture = target->picture;
    writer *job;
    tmk_status status;

    if (tmk_picture_has_alpha(picture))
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: JPEG can't hold the picture's transparency; name an output that "
                        "ends in .png or .webp",
                        target->name);
    job = calloc(1, sizeof *job);
    if (job == NULL)
        return tmk_fail_memory(error, target->name);
    job->trap.name = target->name;
    job->trap.doing = "can't be made";
    job->trap.error = error;
    job->target = target;
    job->out = out;
    job->row = malloc((size_t)picture->width * (size_t)picture->channels);
    set_trap(&job->trap);
    job->jpeg.err = &job->trap.manager;
    if (job->row == NULL)
        job->trap.status = tmk_fail_memory(error, target->name);
    else
        guard_writing(job);
    jpeg_destroy_compress(&job->jpeg);
    status = job->trap.status;
    free(job->row);
    free(job);
    return status;
}

const tmk_codec tmk_jpeg_codec = {
    TMK_JPEG,
    "jpeg",
    {".jpg", ".jpeg", ".jpe"},
    MAX_MARKER_BYTES - sizeof exif_head,
    is_jpeg,
    decode_jpeg,
    encode_jpeg,
};
