/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Image files for tests.  The libraries are trusted here: a failure ends the test. */
#include "tests/support/filemaker.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>
#include <webp/mux.h>
#ifdef HAVE_AVIF
#include <avif/avif.h>
#endif

static void append(filemaker_file *file, const void *bytes, size_t size)
{
    file->bytes = realloc(file->bytes, file->size + size + 1);
    if (file->bytes == NULL)
        abort();
    if (size > 0)
        memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

/* --------------------------------------------------------------------------- PNG */

static void take(png_structp png, png_bytep bytes, size_t size)
{
    append(png_get_io_ptr(png), bytes, size);
}

static void set_transparent(png_structp png, png_infop info, const filemaker_png *setup,
                            int colours, const unsigned char *first)
{
    png_byte alpha[256];
    png_color_16 colour = {0, first[0], first[0], first[0], first[0]};

    for (int i = 0; i < colours; i++)
        alpha[i] = (png_byte)(i % 2 == 0 ? 7 * i : 255);
    if (setup->depth == 16)
        colour = (png_color_16){0, (png_uint_16)(first[0] << 8 | first[1]),
                                (png_uint_16)(first[2] << 8 | first[3]),
                                (png_uint_16)(first[4] << 8 | first[5]),
                                (png_uint_16)(first[0] << 8 | first[1])};
    else if (setup->colour_type == PNG_COLOR_TYPE_RGB)
        colour = (png_color_16){0, first[0], first[1], first[2], 0};
    else
        colour.gray = (png_uint_16)(first[0] >> (8 - setup->depth));
    png_set_tRNS(png, info, alpha, colours, &colour);
}

static void set_palette(png_structp png, png_infop info, int colours)
{
    png_color palette[256];

    for (int i = 0; i < colours; i++)
        palette[i] = (png_color){(png_byte)(i * 37), (png_byte)(255 - i), (png_byte)(i * 5)};
    png_set_PLTE(png, info, palette, colours);
}

filemaker_file filemaker_make_png(int width, int height, const filemaker_png *setup,
                                  uint64_t seed)
{
    filemaker_file file = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    int is_palette = setup->colour_type == PNG_COLOR_TYPE_PALETTE;
    int colours = is_palette ? 1 << setup->depth : 0;
    size_t stride, bytes;
    dice d = {seed};
    png_bytep pixels;
    png_bytepp rows = calloc((size_t)height, sizeof *rows);

    png_set_write_fn(png, &file, take, NULL);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, setup->depth,
                 setup->colour_type, setup->interlaced, 0, 0);
    stride = png_get_rowbytes(png, info);
    bytes = stride * (size_t)height;
    pixels = malloc(bytes);
    for (size_t i = 0; i < bytes; i++)
        pixels[i] = (png_byte)dice_bits(&d);
    for (int y = 0; y < height; y++)
        rows[y] = pixels + (size_t)y * stride;
    if (is_palette)
        set_palette(png, info, colours);
    if (setup->transparent)
        set_transparent(png, info, setup, colours, pixels);
    png_write_info(png, info);
    png_write_image(png, rows);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(pixels);
    free(rows);
    return file;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

static size_t find_chunk(const filemaker_file *png, const char *name)
{
    for (size_t at = 8; at + 12 <= png->size; at += big_endian(png->bytes + at) + 12)
        if (memcmp(png->bytes + at + 4, name, 4) == 0)
            return at;
    return 0;
}

/* The checksum of a chunk's name and data. */
static uint32_t checksum(const unsigned char *bytes, size_t size)
{
    uint32_t sum = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? sum >> 1 ^ 0xEDB88320u : sum >> 1;
    }
    return ~sum;
}

void filemaker_repair(unsigned char *bytes, size_t size)
{
    for (size_t at = 8; at + 12 <= size;) {
        size_t length = png_get_uint_32(bytes + at);

        if (length > size - at - 12)
            return;
        png_save_uint_32(bytes + at + 8 + length, checksum(bytes + at + 4, length + 4));
        at += length + 12;
    }
}

void filemaker_insert(filemaker_file *png, const char *before, const char *name,
                      const void *bytes, size_t size)
{
    filemaker_file out = {0}, body = {0};
    size_t at = find_chunk(png, before);
    unsigned char word[4];

    append(&body, name, 4);
    append(&body, bytes, size);
    append(&out, png->bytes, at);
    png_save_uint_32(word, (png_uint_32)size);
    append(&out, word, 4);
    append(&out, body.bytes, body.size);
    png_save_uint_32(word, checksum(body.bytes, body.size));
    append(&out, word, 4);
    append(&out, png->bytes + at, png->size - at);
    free(body.bytes);
    free(png->bytes);
    *png = out;
}

const unsigned char *filemaker_chunk(const filemaker_file *png, const char *name,
                                     size_t *size)
{
    size_t at = find_chunk(png, name);

    if (at == 0)
        return NULL;
    *size = big_endian(png->bytes + at);
    return png->bytes + at + 8;
}

/* libpng's simplified interface does not keep 16 bits as they are, so the long way. */
typedef struct cursor {
    const filemaker_file *file;
    size_t at;
} cursor;

static void give(png_structp png, png_bytep bytes, size_t size)
{
    cursor *from = png_get_io_ptr(png);

    if (size > from->file->size - from->at)
        abort();
    memcpy(bytes, from->file->bytes + from->at, size);
    from->at += size;
}

tmk_picture filemaker_expand(const filemaker_file *png_file)
{
    cursor from = {png_file, 0};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    const uint16_t one = 1;
    tmk_picture picture = {0};
    png_bytepp rows;

    png_set_read_fn(png, &from, give);
    png_read_png(png, info,
                 PNG_TRANSFORM_EXPAND |
                     (*(const char *)&one == 1 ? PNG_TRANSFORM_SWAP_ENDIAN : 0),
                 NULL);
    rows = png_get_rows(png, info);
    picture.width = (int)png_get_image_width(png, info);
    picture.height = (int)png_get_image_height(png, info);
    picture.channels = png_get_channels(png, info);
    picture.depth = png_get_bit_depth(png, info);
    picture.stride = png_get_rowbytes(png, info);
    picture.pixels = malloc(picture.stride * (size_t)picture.height);
    for (int y = 0; y < picture.height; y++)
        memcpy((char *)picture.pixels + (size_t)y * picture.stride, rows[y], picture.stride);
    png_destroy_read_struct(&png, &info, NULL);
    return picture;
}

/* -------------------------------------------------------------------------- JPEG */

filemaker_file filemaker_make_jpeg(const tmk_picture *picture, const filemaker_jpeg *setup)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    filemaker_file file = {0};

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)picture->width;
    jpeg.image_height = (JDIMENSION)picture->height;
    jpeg.input_components = picture->channels;
    jpeg.in_color_space = picture->channels == 1   ? JCS_GRAYSCALE
                          : picture->channels == 3 ? JCS_RGB
                                                   : JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    if (setup->space != 0)
        jpeg_set_colorspace(&jpeg, (J_COLOR_SPACE)setup->space);
    jpeg_set_quality(&jpeg, setup->quality, TRUE);
    jpeg.comp_info[0].h_samp_factor = setup->h;
    jpeg.comp_info[0].v_samp_factor = setup->v;
    jpeg.restart_interval = (unsigned)setup->restart;
    if (setup->progressive & 1)
        jpeg_simple_progression(&jpeg);
    jpeg.arith_code = (setup->progressive & 2) != 0;
    jpeg.density_unit = 1;
    jpeg.X_density = 144;
    jpeg.Y_density = 150;
    jpeg_start_compress(&jpeg, TRUE);
    for (const filemaker_marker *m = setup->markers; m != NULL && m->marker != 0; m++)
        jpeg_write_marker(&jpeg, m->marker, (const JOCTET *)m->bytes, (unsigned)m->size);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)picture->pixels + jpeg.next_scanline * picture->stride;

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    append(&file, bytes, size);
    free(bytes);
    return file;
}

filemaker_file filemaker_describe_jpeg(const filemaker_file *file)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    filemaker_file facts = {0};

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, file->bytes, file->size);
    jpeg_save_markers(&jpeg, JPEG_COM, 0xFFFF);
    for (int i = 0; i < 16; i++)
        jpeg_save_markers(&jpeg, JPEG_APP0 + i, 0xFFFF);
    jpeg_read_header(&jpeg, TRUE);
    for (jpeg_saved_marker_ptr m = jpeg.marker_list; m != NULL; m = m->next) {
        append(&facts, &m->marker, 1);
        append(&facts, &m->data_length, sizeof m->data_length);
        append(&facts, m->data, m->data_length);
    }
    jpeg_start_decompress(&jpeg);
    append(&facts, &jpeg.progressive_mode, sizeof jpeg.progressive_mode);
    append(&facts, &jpeg.restart_interval, sizeof jpeg.restart_interval);
    append(&facts, &jpeg.jpeg_color_space, sizeof jpeg.jpeg_color_space);
    for (int c = 0; c < jpeg.num_components; c++) {
        append(&facts, &jpeg.comp_info[c].h_samp_factor, sizeof(int));
        append(&facts, &jpeg.comp_info[c].v_samp_factor, sizeof(int));
        append(&facts, jpeg.comp_info[c].quant_table->quantval,
               sizeof jpeg.comp_info[c].quant_table->quantval);
    }
    jpeg_abort_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return facts;
}

/* -------------------------------------------------------------------------- WebP */

filemaker_file filemaker_make_webp(const tmk_picture *picture, int quality)
{
    filemaker_file file = {0};
    WebPConfig config;
    WebPPicture frame;
    WebPMemoryWriter writer;

    WebPMemoryWriterInit(&writer);
    if (!WebPConfigInit(&config) || !WebPPictureInit(&frame))
        abort();
    config.quality = (float)(quality > 0 ? quality : 50);
    config.lossless = quality == 0;
    config.exact = 1;
    frame.use_argb = config.lossless;
    frame.width = picture->width;
    frame.height = picture->height;
    frame.writer = WebPMemoryWrite;
    frame.custom_ptr = &writer;
    if (!(picture->channels == 4
              ? WebPPictureImportRGBA(&frame, picture->pixels, (int)picture->stride)
              : WebPPictureImportRGB(&frame, picture->pixels, (int)picture->stride)) ||
        !WebPEncode(&config, &frame))
        abort();
    append(&file, writer.mem, writer.size);
    WebPPictureFree(&frame);
    WebPMemoryWriterClear(&writer);
    return file;
}

static filemaker_file assemble(WebPMux *mux)
{
    filemaker_file file = {0};
    WebPData out;

    if (WebPMuxAssemble(mux, &out) != WEBP_MUX_OK)
        abort();
    append(&file, out.bytes, out.size);
    WebPDataClear(&out);
    WebPMuxDelete(mux);
    return file;
}

filemaker_file filemaker_add_to_webp(filemaker_file webp, const char *tag, const void *bytes,
                                     size_t size)
{
    WebPData data = {webp.bytes, webp.size}, chunk = {bytes, size};
    WebPMux *mux = WebPMuxCreate(&data, 1);

    if (mux == NULL || WebPMuxSetChunk(mux, tag, &chunk, 1) != WEBP_MUX_OK)
        abort();
    free(webp.bytes);
    return assemble(mux);
}

filemaker_file filemaker_make_animated_webp(const tmk_picture *picture)
{
    filemaker_file still = filemaker_make_webp(picture, 0);
    WebPMux *mux = WebPMuxNew();
    WebPMuxFrameInfo frame = {
        .bitstream = {still.bytes, still.size}, .duration = 100, .id = WEBP_CHUNK_ANMF};
    const WebPMuxAnimParams params = {0, 0};

    for (int i = 0; i < 2; i++)
        if (WebPMuxPushFrame(mux, &frame, 1) != WEBP_MUX_OK)
            abort();
    if (WebPMuxSetAnimationParams(mux, &params) != WEBP_MUX_OK)
        abort();
    free(still.bytes);
    return assemble(mux);
}

/* -------------------------------------------------------------------------- AVIF */

#ifdef HAVE_AVIF
filemaker_file filemaker_make_avif(const tmk_picture *picture, int depth, int angle,
                                   int mirror)
{
    filemaker_file file = {0};
    avifRWData out = AVIF_DATA_EMPTY;
    avifImage *frame = avifImageCreate((uint32_t)picture->width, (uint32_t)picture->height,
                                       (uint32_t)depth, AVIF_PIXEL_FORMAT_YUV444);
    avifEncoder *encoder = avifEncoderCreate();
    avifRGBImage pixels;

    /* The identity matrix and quantiser 0 make it lossless. */
    frame->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_IDENTITY;
    avifRGBImageSetDefaults(&pixels, frame);
    pixels.depth = (uint32_t)picture->depth;
    pixels.format = picture->channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    pixels.pixels = picture->pixels;
    pixels.rowBytes = (uint32_t)picture->stride;
    if (angle >= 0)
        frame->transformFlags |= AVIF_TRANSFORM_IROT;
    if (mirror >= 0)
        frame->transformFlags |= AVIF_TRANSFORM_IMIR;
    frame->irot.angle = (uint8_t)(angle > 0 ? angle : 0);
    frame->imir.mode = (uint8_t)(mirror > 0 ? mirror : 0);
    encoder->speed = 10;
    encoder->minQuantizer = encoder->maxQuantizer = 0;
    encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = 0;
    if (avifImageRGBToYUV(frame, &pixels) == AVIF_RESULT_OK &&
        avifEncoderWrite(encoder, frame, &out) == AVIF_RESULT_OK)
        append(&file, out.data, out.size);
    avifRWDataFree(&out);
    avifEncoderDestroy(encoder);
    avifImageDestroy(frame);
    return file;
}
#else
filemaker_file filemaker_make_avif(const tmk_picture *picture, int depth, int angle,
                                   int mirror)
{
    (void)picture;
    (void)depth;
    (void)angle;
    (void)mirror;
    return (filemaker_file){0};
}
#endif

/* -------------------------------------------------------------------------- EXIF */

filemaker_file filemaker_make_exif(int orientation, int is_big)
{
    /* clang-format off */
    static const unsigned char big[] = {
        'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2,  /* head */
        1,  0, 0, 3, 0, 0, 0, 1, 2, 0, 0, 0, /* width */
        1, 18, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, /* ours */
        0, 0, 0, 0,
    };
    static const unsigned char little[] = {
        'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0,
         0, 1, 3, 0, 1, 0, 0, 0, 0, 2, 0, 0,
        18, 1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    };
    /* clang-format on */
    filemaker_file file = {0};

    append(&file, is_big ? big : little, sizeof big);
    file.bytes[is_big ? 31 : 30] = (unsigned char)orientation;
    return file;
}
