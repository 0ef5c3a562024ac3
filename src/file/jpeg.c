/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JPEG as pixels; jpeg_blocks.c has it as coefficients, and jpeg_parts.c what both share.
 * These three are all that knows libjpeg-turbo.
 *
 * A page that was JPEG is coded again as it was: the same quantisers, sampling, scan
 * order and restart interval, and its markers in their order, so that all that differs is
 * what the mark changed.  Decoding uses the accurate integer transform and smooth chroma.
 */
#include "file/jpeg_parts.h" /* first, as libjpeg wants it */

#include "file/jpeg_blocks.h"

#include <stdlib.h>
#include <string.h>

#define MAX_EXIF_BYTES (65533 - 6) /* in a marker, with its head */

/* libjpeg's encoder works with 8 q in 16 bits.  No coefficient of 8-bit samples reaches
 * half of this, so a coarser quantiser leaves nothing but zeros either way. */
#define MAX_QUANTISER 4095

#define MAX_CUTS 4 /* tries to leave out what is damaged at the end of a file */

static const char exif_head[6] = "Exif\0";
static const char xmp_head[29] = "http://ns.adobe.com/xap/1.0/";
static const char pages_head[4] = "MPF";

/* ----------------------------------------------------------------------- reading */

typedef struct reader {
    tmk_jpeg_reader base; /* first, for its trap */
    tmk_image *image;
    JOCTET *icc; /* from libjpeg, by malloc */
} reader;

static void guard_reading(reader *in, void (*step)(reader *))
{
    if (in->base.trap.status == TMK_OK && setjmp(in->base.trap.back) == 0)
        step(in);
}

static void read_header(reader *in)
{
    tmk_jpeg_read_header(&in->base);
}

/* Notes how the file was coded, once all its tables are there. */
static void note_coding(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->base.jpeg;
    tmk_jpeg_coding *coding = &in->image->coding.jpeg;

    in->image->coding.interlaced = jpeg->progressive_mode;
    coding->known = 1;
    coding->components = jpeg->num_components;
    coding->is_rgb = jpeg->jpeg_color_space == JCS_RGB;
    coding->is_arithmetic = jpeg->arith_code;
    coding->restart_interval = jpeg->restart_interval;
    for (int c = 0; c < jpeg->num_components; c++) {
        const jpeg_component_info *component = &jpeg->comp_info[c];

        tmk_jpeg_read_table(&in->base, c, coding->component[c].table);
        for (int i = 0; i < TMK_BLOCK_SIZE; i++)
            if (coding->component[c].table[i] > MAX_QUANTISER)
                coding->component[c].table[i] = MAX_QUANTISER;
        coding->component[c].h = component->h_samp_factor;
        coding->component[c].v = component->v_samp_factor;
        coding->component[c].id = component->component_id;
    }
}

static void read_pixels(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->base.jpeg;
    tmk_picture *picture = &in->image->picture;
    int is_grey = jpeg->jpeg_color_space == JCS_GRAYSCALE;
    tmk_status status = tmk_picture_alloc(picture, (int)jpeg->image_width,
                                          (int)jpeg->image_height, is_grey ? 1 : 3, 8,
                                          in->base.trap.error);

    if (status != TMK_OK)
        tmk_jpeg_stop(&in->base.trap, status);
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

/* Whether XMP announces a gain map: Adobe's and ISO's, Apple's. */
static int has_gain_map(const tmk_blob *xmp)
{
    static const char *const names[] = {"hdrgm:Version", "HDRGainMap", "hdr-gain-map"};
    int found = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0] && xmp->size > 0; i++)
        found |= strstr((const char *)xmp->bytes, names[i]) != NULL;
    return found;
}

/* What follows the picture is not written. */
static void note_losses(reader *in)
{
    const struct jpeg_source_mgr *source = in->base.jpeg.src;
    tmk_metadata *metadata = &in->image->metadata;

    if (!in->base.trap.salvage &&
        !tmk_is_padding(source->next_input_byte, source->bytes_in_buffer))
        metadata->lost |= TMK_LOST_TRAILER;
    if (metadata->lost != 0 && has_gain_map(&metadata->xmp))
        metadata->lost |= TMK_LOST_GAINS;
}

static void read_metadata(reader *in)
{
    static const tmk_unit units[] = {TMK_ASPECT, TMK_PER_INCH, TMK_PER_CM};
    struct jpeg_decompress_struct *jpeg = &in->base.jpeg;
    tmk_metadata *metadata = &in->image->metadata;
    tmk_status status = TMK_OK;
    unsigned size = 0;

    for (const struct jpeg_marker_struct *marker = jpeg->marker_list;
         status == TMK_OK && marker != NULL; marker = marker->next) {
        /* The index of further pictures after this one, which are not written. */
        if (marker->marker == JPEG_APP0 + 2 &&
            begins(marker->data, marker->data_length, pages_head, sizeof pages_head)) {
            metadata->lost |= TMK_LOST_PAGES;
            continue;
        }
        status = tmk_metadata_add(metadata, marker->marker, 0, marker->data,
                                  marker->data_length);
        if (status == TMK_OK)
            status = understand(metadata, marker);
    }
    note_losses(in);
    if (status == TMK_OK && jpeg_read_icc_profile(jpeg, &in->icc, &size))
        status = tmk_blob_append(&metadata->icc, in->icc, size);
    if (status != TMK_OK)
        tmk_jpeg_stop(&in->base.trap,
                      tmk_fail_memory(in->base.trap.error, in->base.trap.name));
    if (jpeg->saw_JFIF_marker && jpeg->density_unit < 3 && jpeg->X_density > 0 &&
        jpeg->Y_density > 0)
        metadata->resolution = (tmk_resolution){units[jpeg->density_unit], jpeg->X_density,
                                                jpeg->Y_density};
}

static int is_jpeg(const tmk_source *source)
{
    return source->size >= 3 && memcmp(source->bytes, "\xFF\xD8\xFF", 3) == 0;
}

/* Whether the status of a damaged file may be forgiven; if so, for its rows. */
static void keep_rows(reader *in)
{
    tmk_jpeg_trap *trap = &in->base.trap;
    JDIMENSION rows = in->base.jpeg.output_scanline;

    if (!in->base.source->salvage || in->image->picture.pixels == NULL ||
        (trap->status != TMK_OK && trap->status != TMK_BAD_FILE))
        return;
    if (trap->ended && rows > trap->rows_before)
        rows = trap->rows_before;
    in->image->damage.rows = (int)rows;
    if (rows > 0)
        trap->status = TMK_OK;
    else if (trap->status == TMK_OK)
        trap->status = tmk_fail(trap->error, TMK_BAD_FILE,
                                "%s: %s: it ends before its picture; export it again",
                                trap->name, trap->doing);
}

/* Reads the file once; *USED becomes how many of its bytes libjpeg has looked at. */
static tmk_status decode_once(const tmk_source *source, tmk_image *image, size_t *used,
                              tmk_error *error)
{
    reader in = {.image = image};

    tmk_jpeg_reader_init(&in.base, source, error);
    guard_reading(&in, read_header);
    guard_reading(&in, read_pixels);
    keep_rows(&in);
    guard_reading(&in, read_metadata);
    free(in.icc);
    if (in.base.jpeg.src != NULL)
        *used = source->size - in.base.jpeg.src->bytes_in_buffer;
    jpeg_destroy_decompress(&in.base.jpeg);
    return in.base.trap.status;
}

/* Where the last marker begins that begins at USED or before, and is of a segment; 0: there is
 * none. */
static size_t last_marker(const tmk_source *source, size_t used)
{
    const unsigned char *bytes = source->bytes;

    for (size_t at = used + 2 < source->size ? used + 2 : source->size; at > 4; at--)
        if (bytes[at - 2] == 0xFF && bytes[at - 1] >= 0xC0 && bytes[at - 1] < 0xFF &&
            (bytes[at - 1] < 0xD0 || bytes[at - 1] > 0xD9))
            return at - 2;
    return 0;
}

/* A later scan, or its tables, may be damaged where the earlier ones show the whole picture:
 * then the file ends there. */
static tmk_status decode_damaged(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    tmk_source part = *source;
    tmk_status status = TMK_BAD_FILE;

    for (int i = 0; i < MAX_CUTS && status == TMK_BAD_FILE && part.size > 0; i++) {
        size_t used = part.size;

        tmk_picture_release(&image->picture);
        status = decode_once(&part, image, &used, error);
        part.size = last_marker(&part, used);
    }
    return status;
}

static tmk_status decode_jpeg(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    size_t used = 0;

    if (source->salvage)
        return decode_damaged(source, image, error);
    TMK_TRY(decode_once(source, image, &used, error));
    return tmk_blob_append(&image->file, source->bytes, source->size) == TMK_OK
               ? TMK_OK
               : tmk_fail_memory(error, source->name);
}

/* ----------------------------------------------------------------------- writing */

typedef struct writer {
    tmk_jpeg_writer base; /* first, for its trap */
    unsigned char *row;
} writer;

/* The input's sampling, or what QUALITY makes sensible. */
static void set_sampling(writer *job, int quality)
{
    const tmk_jpeg_coding *coding = &job->base.target->image->coding.jpeg;
    jpeg_component_info *components = job->base.jpeg.comp_info;
    int blocks = 0;

    for (int c = 0; c < job->base.jpeg.num_components && coding->known; c++)
        blocks += coding->component[c].h * coding->component[c].v;
    for (int c = 0; c < job->base.jpeg.num_components; c++) {
        if (coding->known &&
            (blocks <= TMK_JPEG_BLOCKS_IN_MCU || job->base.jpeg.num_components == 1)) {
            components[c].h_samp_factor = coding->component[c].h;
            components[c].v_samp_factor = coding->component[c].v;
        } else {
            int factor = c == 0 && quality < TMK_FULL_CHROMA_QUALITY && !coding->known &&
                                 job->base.jpeg.num_components == 3
                             ? 2
                             : 1;

            components[c].h_samp_factor = components[c].v_samp_factor = factor;
        }
    }
}

static void set_resolution(writer *job)
{
    tmk_resolution resolution = job->base.target->image->metadata.resolution;

    if (resolution.unit == TMK_PER_METRE)
        resolution = tmk_resolution_in(resolution, TMK_PER_INCH);
    if (resolution.unit == TMK_NO_RESOLUTION || resolution.x > UINT16_MAX ||
        resolution.y > UINT16_MAX)
        return;
    job->base.jpeg.density_unit = (UINT8)(resolution.unit - TMK_ASPECT);
    job->base.jpeg.X_density = (UINT16)resolution.x;
    job->base.jpeg.Y_density = (UINT16)resolution.y;
}

static void set_coding(writer *job)
{
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;
    const tmk_target *target = job->base.target;
    const tmk_jpeg_coding *coding = &target->image->coding.jpeg;
    const uint16_t *const tables[] = {coding->component[0].table, coding->component[1].table,
                                      coding->component[2].table};
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
        tmk_jpeg_set_tables(&job->base, jpeg->num_components, tables);
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
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;

    tmk_jpeg_start_writer(&job->base);
    set_coding(job);
    jpeg_start_compress(jpeg, TRUE);
    tmk_jpeg_put_metadata(&job->base);
    while (jpeg->next_scanline < jpeg->image_height) {
        tmk_file_row8(job->base.target->picture, (int)jpeg->next_scanline,
                      job->base.target->picture->channels, job->row);
        jpeg_write_scanlines(jpeg, &job->row, 1);
    }
    jpeg_finish_compress(jpeg);
}

static void guard_writing(writer *job)
{
    if (setjmp(job->base.trap.back) == 0)
        write_picture(job);
}

static tmk_status encode_jpeg(const tmk_target *target, tmk_blob *out, tmk_error *error)
{
    const tmk_picture *picture = target->picture;
    writer *job;
    tmk_status status;

    if (target->same_format && target->quality == 0 && target->image->file_is_marked)
        return tmk_blob_append(out, target->image->file.bytes, target->image->file.size) ==
                       TMK_OK
                   ? TMK_OK
                   : tmk_fail_memory(error, target->name);
    if (tmk_picture_has_alpha(picture))
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: JPEG can't hold the picture's transparency; name an output that "
                        "ends in .png or .webp",
                        target->name);
    if (picture->width > JPEG_MAX_DIMENSION || picture->height > JPEG_MAX_DIMENSION)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: JPEG holds no more than %ld pixels a side; cut it into slices, "
                        "or name an output that ends in .png",
                        target->name, JPEG_MAX_DIMENSION);
    job = calloc(1, sizeof *job);
    if (job == NULL)
        return tmk_fail_memory(error, target->name);
    tmk_jpeg_writer_init(&job->base, target, out, error);
    job->row = malloc((size_t)picture->width * (size_t)picture->channels);
    if (job->row == NULL)
        job->base.trap.status = tmk_fail_memory(error, target->name);
    else
        guard_writing(job);
    jpeg_destroy_compress(&job->base.jpeg);
    status = job->base.trap.status;
    free(job->row);
    free(job);
    return status;
}

const tmk_codec tmk_jpeg_codec = {
    .format = TMK_JPEG,
    .name = "jpeg",
    .endings = {".jpg", ".jpeg", ".jpe", ".jfif"},
    .max_exif = MAX_EXIF_BYTES,
    .is = is_jpeg,
    .decode = decode_jpeg,
    .encode = encode_jpeg,
    .read_blocks = tmk_jpeg_read_blocks,
    .write_blocks = tmk_jpeg_write_blocks,
};
