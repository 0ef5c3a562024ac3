/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lossy codecs, there and back in memory, with the settings that ordinary tools use. */
#include "config.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <webp/decode.h>
#include <webp/encode.h>
#ifdef HAVE_AVIF
#include <avif/avif.h>
#endif

#include "tests/attack/attack_parts.h"

/* "444" after a quality: full chroma resolution. */
static int wants_444(const attack_job *job)
{
    return attack_number(job, 1, 420) == 444;
}

/* An RGB copy of IN, for codecs that know no grey. */
static tmk_status to_rgb(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    tmk_status status = tmk_picture_alloc(out, in->width, in->height, 3, 8, job->error);

    for (int y = 0; status == TMK_OK && y < in->height; y++) {
        const uint8_t *from = tmk_picture_row(in, y);
        uint8_t *to = tmk_picture_row(out, y);

        for (int x = 0; x < in->width; x++, from += in->channels, to += 3)
            for (int c = 0; c < 3; c++)
                to[c] = from[in->channels == 3 ? c : 0];
    }
    return status;
}

/* Turns RGB pixels WIDTH x HEIGHT at PIXELS into a new picture with CHANNELS. */
static tmk_status from_rgb(const attack_job *job, const uint8_t *pixels, size_t stride,
                           const tmk_picture *like, tmk_picture *out)
{
    tmk_status status = attack_like(job, like, out);

    for (int y = 0; status == TMK_OK && y < out->height; y++) {
        const uint8_t *from = pixels + (size_t)y * stride;
        uint8_t *to = tmk_picture_row(out, y);

        if (out->channels == 3) {
            memcpy(to, from, out->stride);
            continue;
        }
        for (int x = 0; x < out->width; x++)
            to[x] = (uint8_t)attack_luma(from + 3 * x, 3);
    }
    return status;
}

/* ----------------------------------------------------------------------- JPEG */

/* libjpeg reports trouble by a call that must not return. */
typedef struct jpeg_trouble {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
} jpeg_trouble;

static void jpeg_escape(j_common_ptr common)
{
    jpeg_trouble *trouble = (jpeg_trouble *)common->err;

    longjmp(trouble->escape, 1);
}

static void jpeg_silent(j_common_ptr common)
{
    (void)common;
}

static struct jpeg_error_mgr *jpeg_errors(jpeg_trouble *trouble)
{
    jpeg_std_error(&trouble->manager);
    trouble->manager.error_exit = jpeg_escape;
    trouble->manager.output_message = jpeg_silent;
    return &trouble->manager;
}

static void jpeg_settings(struct jpeg_compress_struct *encoder, const tmk_picture *in,
                          int quality, int full_chroma)
{
    encoder->image_width = (JDIMENSION)in->width;
    encoder->image_height = (JDIMENSION)in->height;
    encoder->input_components = in->channels;
    encoder->in_color_space = in->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(encoder);
    jpeg_set_quality(encoder, quality, TRUE);
    if (full_chroma)
        encoder->comp_info[0].h_samp_factor = encoder->comp_info[0].v_samp_factor = 1;
}

static int jpeg_write(const tmk_picture *in, int quality, int full_chroma,
                      unsigned char **data, unsigned long *size)
{
    struct jpeg_compress_struct encoder;
    jpeg_trouble trouble;

    encoder.err = jpeg_errors(&trouble);
    if (setjmp(trouble.escape) != 0) {
        jpeg_destroy_compress(&encoder);
        return 0;
    }
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, data, size);
    jpeg_settings(&encoder, in, quality, full_chroma);
    jpeg_start_compress(&encoder, TRUE);
    while (encoder.next_scanline < encoder.image_height) {
        JSAMPROW row = tmk_picture_row(in, (int)encoder.next_scanline);

        jpeg_write_scanlines(&encoder, &row, 1);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    return 1;
}

static int jpeg_read(const unsigned char *data, unsigned long size, tmk_picture *out)
{
    struct jpeg_decompress_struct decoder;
    jpeg_trouble trouble;

    decoder.err = jpeg_errors(&trouble);
    if (setjmp(trouble.escape) != 0) {
        jpeg_destroy_decompress(&decoder);
        return 0;
    }
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, data, size);
    jpeg_read_header(&decoder, TRUE);
    jpeg_start_decompress(&decoder);
    while (decoder.output_scanline < decoder.output_height) {
        JSAMPROW row = tmk_picture_row(out, (int)decoder.output_scanline);

        jpeg_read_scanlines(&decoder, &row, 1);
    }
    jpeg_finish_decompress(&decoder);
    jpeg_destroy_decompress(&decoder);
    return 1;
}

static tmk_status apply_jpeg(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    unsigned char *data = NULL;
    unsigned long size = 0;
    tmk_status status = attack_like(job, in, out);

    if (status != TMK_OK)
        return status;
    if (!jpeg_write(in, (int)job->number[0], in->channels == 3 && wants_444(job), &data,
                    &size) ||
        !jpeg_read(data, size, out)) {
        tmk_picture_release(out);
        status = tmk_fail(job->error, TMK_BAD_FILE, "libjpeg refuses the page");
    }
    free(data);
    return status;
}

size_t attack_jpeg_size(const tmk_picture *in, int quality, int full_chroma)
{
    unsigned char *data = NULL;
    unsigned long size = 0;
    int written = jpeg_write(in, quality, full_chroma && in->channels == 3, &data, &size);

    free(data);
    return written ? size : 0;
}

/* ----------------------------------------------------------------------- WebP */

static int webp_write(const tmk_picture *rgb, double quality, WebPMemoryWriter *writer)
{
    WebPConfig config;
    WebPPicture picture;
    int done;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return 0;
    config.quality = (float)quality;
    config.method = 4;
    picture.width = rgb->width;
    picture.height = rgb->height;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = writer;
    done = WebPPictureImportRGB(&picture, rgb->pixels, (int)rgb->stride) &&
           WebPEncode(&config, &picture);
    WebPPictureFree(&picture);
    return done;
}

static tmk_status apply_webp(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    WebPMemoryWriter writer;
    tmk_picture rgb = {0};
    uint8_t *pixels = NULL;
    int width = 0, height = 0;
    tmk_status status = to_rgb(job, in, &rgb);

    WebPMemoryWriterInit(&writer);
    if (status == TMK_OK && webp_write(&rgb, job->number[0], &writer))
        pixels = WebPDecodeRGB(writer.mem, writer.size, &width, &height);
    if (status == TMK_OK && (pixels == NULL || width != in->width || height != in->height))
        status = tmk_fail(job->error, TMK_BAD_FILE,
                          "libwebp refuses the page (its sides end at 16383)");
    if (status == TMK_OK)
        status = from_rgb(job, pixels, 3 * (size_t)width, in, out);
    WebPFree(pixels);
    WebPMemoryWriterClear(&writer);
    tmk_picture_release(&rgb);
    return status;
}

/* ----------------------------------------------------------------------- AVIF */

#ifdef HAVE_AVIF

static avifResult avif_write(const tmk_picture *rgb, int quality, int full_chroma,
                             avifRWData *data)
{
    avifImage *image = avifImageCreate((uint32_t)rgb->width, (uint32_t)rgb->height, 8,
                                       full_chroma ? AVIF_PIXEL_FORMAT_YUV444
                                                   : AVIF_PIXEL_FORMAT_YUV420);
    avifEncoder *encoder = avifEncoderCreate();
    avifResult result = AVIF_RESULT_OUT_OF_MEMORY;
    avifRGBImage view;

    if (image != NULL && encoder != NULL) {
        image->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT601;
        avifRGBImageSetDefaults(&view, image);
        view.format = AVIF_RGB_FORMAT_RGB;
        view.depth = 8;
        view.pixels = rgb->pixels;
        view.rowBytes = (uint32_t)rgb->stride;
        encoder->speed = 8;
        encoder->maxThreads = 1;
        encoder->minQuantizer = encoder->maxQuantizer = ((100 - quality) * 63 + 50) / 100;
        result = avifImageRGBToYUV(image, &view);
        if (result == AVIF_RESULT_OK)
            result = avifEncoderWrite(encoder, image, data);
    }
    if (encoder != NULL)
        avifEncoderDestroy(encoder);
    if (image != NULL)
        avifImageDestroy(image);
    return result;
}

/* Decodes into RGB, whose shape is that of the page that was written. */
static avifResult avif_read(const avifRWData *data, tmk_picture *rgb)
{
    avifImage *image = avifImageCreateEmpty();
    avifDecoder *decoder = avifDecoderCreate();
    avifResult result = AVIF_RESULT_OUT_OF_MEMORY;
    avifRGBImage view;

    if (image != NULL && decoder != NULL) {
        decoder->maxThreads = 1;
        result = avifDecoderReadMemory(decoder, image, data->data, data->size);
        if (result == AVIF_RESULT_OK) {
            avifRGBImageSetDefaults(&view, image);
            view.format = AVIF_RGB_FORMAT_RGB;
            view.depth = 8;
            view.pixels = rgb->pixels;
            view.rowBytes = (uint32_t)rgb->stride;
            result = avifImageYUVToRGB(image, &view);
        }
    }
    if (decoder != NULL)
        avifDecoderDestroy(decoder);
    if (image != NULL)
        avifImageDestroy(image);
    return result;
}

static tmk_status apply_avif(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    avifRWData data = AVIF_DATA_EMPTY;
    avifResult result;
    tmk_picture rgb = {0};
    tmk_status status = to_rgb(job, in, &rgb);

    if (status != TMK_OK)
        return status;
    result = avif_write(&rgb, (int)job->number[0], wants_444(job), &data);
    if (result == AVIF_RESULT_OK)
        result = avif_read(&data, &rgb);
    if (result == AVIF_RESULT_OK)
        status = from_rgb(job, rgb.pixels, rgb.stride, in, out);
    else
        status = tmk_fail(job->error, TMK_BAD_FILE, "libavif: %s",
                          avifResultToString(result));
    avifRWDataFree(&data);
    tmk_picture_release(&rgb);
    return status;
}

#endif

/* ------------------------------------------------------------------- the table */

/* QUALITY is checked here once for every codec. */
static tmk_status check_quality(const attack_job *job)
{
    double chroma = attack_number(job, 1, 420);

    if (job->number[0] < 0 || job->number[0] > 100)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "a quality of %g; 0 to 100 are known",
                        job->number[0]);
    if (chroma != 420 && chroma != 444)
        return tmk_fail(job->error, TMK_BAD_ARGUMENT, "chroma %g; 420 and 444 are known",
                        chroma);
    return TMK_OK;
}

#define CHECKED(name)                                                                        \
    static tmk_status name(const attack_job *job, const tmk_picture *in, tmk_picture *out)   \
    {                                                                                        \
        tmk_status status = check_quality(job);                                              \
                                                                                             \
        return status == TMK_OK ? apply_##name(job, in, out) : status;                       \
    }

CHECKED(jpeg)
CHECKED(webp)
#ifdef HAVE_AVIF
CHECKED(avif)
#endif

static tmk_status jpeg_twice(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    char name[64];

    snprintf(name, sizeof name, "jpeg:%g+jpeg:%g", attack_number(job, 0, 90),
             attack_number(job, 1, 70));
    return attack_steps(job, name, in, out);
}

static tmk_status platform(const attack_job *job, const tmk_picture *in, tmk_picture *out)
{
    return attack_steps(job, "jpeg:90", in, out);
}

const attack_row attack_codec_rows[] = {
    {{"jpeg", "jpeg:QUALITY[:444]", "JPEG, chroma 4:2:0 or full"}, 1, 2, jpeg},
    {{"jpeg-twice", "jpeg-twice[:FIRST:THEN]", "JPEG 90, then 70"}, 0, 2, jpeg_twice},
    {{"platform", "platform", "the host's own JPEG 90"}, 0, 0, platform},
    {{"webp", "webp:QUALITY", "lossy WebP, method 4"}, 1, 1, webp},
#ifdef HAVE_AVIF
    {{"avif", "avif:QUALITY[:444]", "AVIF, chroma 4:2:0 or full, speed 8"}, 1, 2, avif},
#endif
    {{NULL, NULL, NULL}, 0, 0, NULL},
};
