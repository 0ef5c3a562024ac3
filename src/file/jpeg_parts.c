/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libjpeg calls damage a warning and goes on with grey; here damage is a failure, and
 * only what leaves the picture whole is let pass; unless what decodes is to be kept.
 */
#include "file/jpeg_parts.h"

#include <jerror.h>
#include <string.h>

#define MAX_SCANS 500               /* real files have about ten; thousands are an attack */
#define MAX_MARKER_BYTES 65533      /* that follow a marker's length */
#define MAX_ICC_BYTES (255 * 65519) /* in 255 markers */

static const char exif_head[6] = "Exif\0";
static const char xmp_head[29] = "http://ns.adobe.com/xap/1.0/";

/* ---------------------------------------------------------------------- failures */

static tmk_status status_of(int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY:
        return TMK_NO_MEMORY;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
        return TMK_UNSUPPORTED;
    default:
        return TMK_BAD_FILE;
    }
}

static void on_error(j_common_ptr jpeg)
{
    tmk_jpeg_trap *here = (tmk_jpeg_trap *)jpeg->err;
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

void tmk_jpeg_stop(tmk_jpeg_trap *trap, tmk_status status)
{
    trap->status = status;
    longjmp(trap->back, 1);
}

/* Notes where the data end.  What comes after the end of the data is grey; that of a later scan only
 * refines what is there already. */
static void note_end(j_common_ptr jpeg)
{
    tmk_jpeg_trap *here = (tmk_jpeg_trap *)jpeg->err;
    j_decompress_ptr in = (j_decompress_ptr)jpeg;
    int is_end = (jpeg->err->msg_code == JWRN_HIT_MARKER && in->unread_marker == JPEG_EOI) ||
                 jpeg->err->msg_code == JWRN_ARITH_BAD_CODE;

    if (here->ended || !is_end || in->input_scan_number != 1)
        return;
    here->ended = 1;
    here->rows_before = in->input_iMCU_row * (JDIMENSION)in->max_v_samp_factor * DCTSIZE;
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
    case JWRN_NOT_SEQUENTIAL:
        return;
    default:
        if (!((tmk_jpeg_trap *)jpeg->err)->salvage || !jpeg->is_decompressor)
            on_error(jpeg);
        note_end(jpeg);
    }
}

static void set_trap(tmk_jpeg_trap *here)
{
    jpeg_std_error(&here->manager);
    here->manager.error_exit = on_error;
    here->manager.emit_message = on_message;
}

/* ----------------------------------------------------------------------- reading */

void tmk_jpeg_reader_init(tmk_jpeg_reader *in, const tmk_source *source, tmk_error *error)
{
    in->trap.name = source->name;
    in->trap.doing = "damaged JPEG";
    in->trap.error = error;
    in->trap.salvage = source->salvage;
    in->source = source;
    set_trap(&in->trap);
    in->jpeg.err = &in->trap.manager;
}

static void count_scans(j_common_ptr jpeg)
{
    tmk_jpeg_trap *here = (tmk_jpeg_trap *)jpeg->err;

    if (((j_decompress_ptr)jpeg)->input_scan_number > MAX_SCANS)
        tmk_jpeg_stop(here, tmk_fail(here->error, TMK_BAD_FILE,
                                     "%s: a JPEG of more than %d scans; export it again",
                                     here->name, MAX_SCANS));
}

static void check_kind(tmk_jpeg_reader *in)
{
    struct jpeg_decompress_struct *jpeg = &in->jpeg;
    J_COLOR_SPACE space = jpeg->jpeg_color_space;
    tmk_jpeg_trap *here = &in->trap;
    tmk_status status = tmk_file_check_size(here->name, jpeg->image_width, jpeg->image_height,
                                            here->error);
    uint64_t blocks;

    if (status != TMK_OK)
        tmk_jpeg_stop(here, status);
    if (space == JCS_CMYK || space == JCS_YCCK)
        tmk_jpeg_stop(here,
                      tmk_fail(here->error, TMK_UNSUPPORTED,
                               "%s: a CMYK JPEG, for print, can't be marked; convert it "
                               "to RGB (sRGB) with its colour profile",
                               here->name));
    if (space != JCS_GRAYSCALE && space != JCS_YCbCr && space != JCS_RGB)
        tmk_jpeg_stop(here, tmk_fail(here->error, TMK_UNSUPPORTED,
                                     "%s: a JPEG of unknown colour space; convert it to RGB",
                                     here->name));
    /* Huffman codes spend a bit at least on a block: a tiny file that claims a huge
     * picture is refused before memory is had for it. */
    blocks = (uint64_t)jpeg->comp_info[0].width_in_blocks *
             jpeg->comp_info[0].height_in_blocks;
    if (!jpeg->arith_code && blocks / 8 > in->source->size)
        tmk_jpeg_stop(here, tmk_fail(here->error, TMK_BAD_FILE,
                                     "%s: damaged JPEG: too short for its picture; export it "
                                     "again",
                                     here->name));
}

void tmk_jpeg_read_header(tmk_jpeg_reader *in)
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

void tmk_jpeg_read_table(tmk_jpeg_reader *in, int component, uint16_t copy[TMK_BLOCK_SIZE])
{
    const JQUANT_TBL *table = in->jpeg.comp_info[component].quant_table;
    int valid = table != NULL;

    for (int i = 0; valid && i < TMK_BLOCK_SIZE; i++) {
        copy[i] = table->quantval[i];
        valid = copy[i] > 0;
    }
    if (!valid)
        tmk_jpeg_stop(&in->trap, tmk_fail(in->trap.error, TMK_BAD_FILE,
                                          "%s: damaged JPEG: a colour's table is missing or "
                                          "not valid; export it again",
                                          in->trap.name));
}

/* ----------------------------------------------------------------------- writing */

static tmk_jpeg_writer *writer_of(j_compress_ptr jpeg)
{
    return (tmk_jpeg_writer *)jpeg->err; /* the trap's manager is its first member */
}

static void start_piece(j_compress_ptr jpeg)
{
    jpeg->dest->next_output_byte = writer_of(jpeg)->buffer;
    jpeg->dest->free_in_buffer = TMK_JPEG_OUT_BYTES;
}

static void take_bytes(j_compress_ptr jpeg, size_t size)
{
    tmk_jpeg_writer *job = writer_of(jpeg);

    if (tmk_blob_append(job->out, job->buffer, size) != TMK_OK)
        tmk_jpeg_stop(&job->trap, tmk_fail_memory(job->trap.error, job->trap.name));
    start_piece(jpeg);
}

static boolean take_full_piece(j_compress_ptr jpeg)
{
    take_bytes(jpeg, TMK_JPEG_OUT_BYTES);
    return TRUE;
}

static void take_last_piece(j_compress_ptr jpeg)
{
    take_bytes(jpeg, TMK_JPEG_OUT_BYTES - jpeg->dest->free_in_buffer);
}

void tmk_jpeg_writer_init(tmk_jpeg_writer *job, const tmk_target *target, tmk_blob *out,
                          tmk_error *error)
{
    job->trap.name = target->name;
    job->trap.doing = "can't be created";
    job->trap.error = error;
    job->target = target;
    job->out = out;
    set_trap(&job->trap);
    job->jpeg.err = &job->trap.manager;
}

void tmk_jpeg_start_writer(tmk_jpeg_writer *job)
{
    jpeg_create_compress(&job->jpeg);
    job->jpeg.dest = &job->destination;
    job->destination.init_destination = start_piece;
    job->destination.empty_output_buffer = take_full_piece;
    job->destination.term_destination = take_last_piece;
}

void tmk_jpeg_set_tables(tmk_jpeg_writer *job, int count,
                         const uint16_t *const tables[TMK_BLOCK_PLANES])
{
    for (int c = 0; c < count; c++) {
        JQUANT_TBL **slot = &job->jpeg.quant_tbl_ptrs[c];
        int same = 0;

        while (memcmp(tables[same], tables[c], TMK_BLOCK_SIZE * sizeof *tables[c]) != 0)
            same++;
        job->jpeg.comp_info[c].quant_tbl_no = same;
        if (same < c)
            continue;
        if (*slot == NULL)
            *slot = jpeg_alloc_quant_table((j_common_ptr)&job->jpeg);
        memcpy((*slot)->quantval, tables[c], TMK_BLOCK_SIZE * sizeof *tables[c]);
        (*slot)->sent_table = FALSE;
    }
}

static void put_marker(tmk_jpeg_writer *job, int marker, const char *head, size_t length,
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

void tmk_jpeg_put_metadata(tmk_jpeg_writer *job)
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
