/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JPEG as quantised coefficients: what is not changed between reading and writing comes
 * back as it was, without a generation's loss.
 */
#include "file/jpeg_parts.h" /* first, as libjpeg wants it */

#include "file/jpeg_blocks.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- reading */

typedef struct reader {
    tmk_jpeg_reader base; /* first, for its trap */
    tmk_blocks *blocks;
} reader;

/* Makes room for blocks of the file's shape. */
static void allocate(reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->base.jpeg;
    tmk_blocks *blocks = in->blocks;
    tmk_status status;

    blocks->width = (int)jpeg->image_width;
    blocks->height = (int)jpeg->image_height;
    blocks->count = jpeg->num_components;
    blocks->colours = jpeg->jpeg_color_space == JCS_GRAYSCALE ? TMK_BLOCKS_GREY
                      : jpeg->jpeg_color_space == JCS_RGB     ? TMK_BLOCKS_RGB
                                                              : TMK_BLOCKS_YCC;
    for (int c = 0; c < blocks->count; c++) {
        blocks->planes[c].h = jpeg->comp_info[c].h_samp_factor;
        blocks->planes[c].v = jpeg->comp_info[c].v_samp_factor;
    }
    status = tmk_blocks_alloc(blocks, in->base.trap.error);
    if (status != TMK_OK)
        tmk_jpeg_stop(&in->base.trap, status);
}

static void read_plane(reader *in, int component, jvirt_barray_ptr array)
{
    struct jpeg_decompress_struct *jpeg = &in->base.jpeg;
    tmk_block_plane *plane = &in->blocks->planes[component];

    tmk_jpeg_read_table(&in->base, component, plane->quantiser);
    for (int row = 0; row < plane->rows; row++) {
        JBLOCKARRAY line = jpeg->mem->access_virt_barray((j_common_ptr)jpeg, array,
                                                         (JDIMENSION)row, 1, FALSE);

        memcpy(plane->blocks + (size_t)row * (size_t)plane->columns, line[0],
               (size_t)plane->columns * sizeof *plane->blocks);
    }
}

static void read_all(reader *in)
{
    jvirt_barray_ptr *arrays;

    tmk_jpeg_read_header(&in->base);
    allocate(in);
    arrays = jpeg_read_coefficients(&in->base.jpeg);
    for (int c = 0; c < in->blocks->count; c++)
        read_plane(in, c, arrays[c]);
}

static void guard_reading(reader *in)
{
    if (setjmp(in->base.trap.back) == 0)
        read_all(in);
}

tmk_status tmk_jpeg_read_blocks(const tmk_source *source, tmk_blocks *blocks,
                                tmk_error *error)
{
    reader in = {.blocks = blocks};

    memset(blocks, 0, sizeof *blocks);
    tmk_jpeg_reader_init(&in.base, source, error);
    guard_reading(&in);
    jpeg_destroy_decompress(&in.base.jpeg);
    return in.base.trap.status;
}

/* ----------------------------------------------------------------------- writing */

#define MAX_OWN_SCANS (4 * TMK_BLOCK_PLANES)

typedef struct writer {
    tmk_jpeg_writer base; /* first, for its trap */
    const tmk_blocks *blocks;
    jpeg_scan_info scans[MAX_OWN_SCANS];
} writer;

/* Adds a scan of one component alone. */
static void add_scan(writer *job, int component, int first, int last, int high, int low)
{
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;

    job->scans[jpeg->num_scans++] =
        (jpeg_scan_info){1, {component, 0, 0, 0}, first, last, high, low};
}

/*
 * Components whose blocks are too many for an interleaved scan, which other programs wrote
 * one by one, are written so too.
 */
static void separate_scans(writer *job, int is_progressive)
{
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;
    int last = TMK_BLOCK_SIZE - 1;

    jpeg->num_scans = 0;
    for (int c = 0; c < job->blocks->count; c++) {
        if (!is_progressive) {
            add_scan(job, c, 0, last, 0, 0);
            continue;
        }
        add_scan(job, c, 0, 0, 0, 0);
        add_scan(job, c, 1, 5, 0, 0);
        add_scan(job, c, 6, last, 0, 0);
    }
    jpeg->scan_info = job->scans;
}

static void set_scans(writer *job)
{
    int is_progressive = job->base.target->image->coding.interlaced, together = 0;

    for (int c = 0; c < job->blocks->count; c++)
        together += job->blocks->planes[c].h * job->blocks->planes[c].v;
    if (job->blocks->count > 1 && together > TMK_JPEG_BLOCKS_IN_MCU)
        separate_scans(job, is_progressive);
    else if (is_progressive)
        jpeg_simple_progression(&job->base.jpeg);
}

static void set_coding(writer *job)
{
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;
    const tmk_jpeg_coding *coding = &job->base.target->image->coding.jpeg;
    const tmk_blocks *blocks = job->blocks;
    const uint16_t *tables[TMK_BLOCK_PLANES] = {0};

    jpeg->image_width = (JDIMENSION)blocks->width;
    jpeg->image_height = (JDIMENSION)blocks->height;
    jpeg->input_components = blocks->count;
    jpeg->in_color_space = blocks->count == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_colorspace(jpeg, blocks->colours == TMK_BLOCKS_GREY  ? JCS_GRAYSCALE
                              : blocks->colours == TMK_BLOCKS_RGB ? JCS_RGB
                                                                  : JCS_YCbCr);
    for (int c = 0; c < blocks->count; c++) {
        jpeg->comp_info[c].h_samp_factor = blocks->planes[c].h;
        jpeg->comp_info[c].v_samp_factor = blocks->planes[c].v;
        jpeg->comp_info[c].component_id = coding->component[c].id;
        tables[c] = blocks->planes[c].quantiser;
    }
    tmk_jpeg_set_tables(&job->base, blocks->count, tables);
    /* The input's own markers say it all. */
    jpeg->write_JFIF_header = jpeg->write_Adobe_marker = FALSE;
    jpeg->restart_interval = coding->restart_interval;
    jpeg->arith_code = coding->is_arithmetic;
    jpeg->optimize_coding = !coding->is_arithmetic;
    set_scans(job);
}

/* An array as libjpeg wants it: whole rows of MCUs. */
static jvirt_barray_ptr request(writer *job, const tmk_block_plane *plane)
{
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;
    int columns = (plane->columns + plane->h - 1) / plane->h * plane->h;
    int rows = (plane->rows + plane->v - 1) / plane->v * plane->v;

    return jpeg->mem->request_virt_barray((j_common_ptr)jpeg, JPOOL_IMAGE, TRUE,
                                          (JDIMENSION)columns, (JDIMENSION)rows,
                                          (JDIMENSION)plane->v);
}

static void fill(writer *job, const tmk_block_plane *plane, jvirt_barray_ptr array)
{
    struct jpeg_compress_struct *jpeg = &job->base.jpeg;

    for (int row = 0; row < plane->rows; row++) {
        JBLOCKARRAY line = jpeg->mem->access_virt_barray((j_common_ptr)jpeg, array,
                                                         (JDIMENSION)row, 1, TRUE);

        memcpy(line[0], plane->blocks + (size_t)row * (size_t)plane->columns,
               (size_t)plane->columns * sizeof *plane->blocks);
    }
}

static void write_all(writer *job)
{
    jvirt_barray_ptr arrays[TMK_BLOCK_PLANES] = {0};

    tmk_jpeg_start_writer(&job->base);
    set_coding(job);
    for (int c = 0; c < job->blocks->count; c++)
        arrays[c] = request(job, &job->blocks->planes[c]);
    jpeg_write_coefficients(&job->base.jpeg, arrays);
    for (int c = 0; c < job->blocks->count; c++)
        fill(job, &job->blocks->planes[c], arrays[c]);
    tmk_jpeg_put_metadata(&job->base);
    jpeg_finish_compress(&job->base.jpeg);
}

static void guard_writing(writer *job)
{
    if (setjmp(job->base.trap.back) == 0)
        write_all(job);
}

tmk_status tmk_jpeg_write_blocks(const tmk_target *target, const tmk_blocks *blocks,
                                 tmk_blob *out, tmk_error *error)
{
    writer *job = calloc(1, sizeof *job);
    tmk_status status;

    if (job == NULL)
        return tmk_fail_memory(error, target->name);
    tmk_jpeg_writer_init(&job->base, target, out, error);
    job->blocks = blocks;
    guard_writing(job);
    jpeg_destroy_compress(&job->base.jpeg);
    status = job->base.trap.status;
    free(job);
    return status;
}
