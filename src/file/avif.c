/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AVIF, read only, and the only file that knows libavif.
 *
 * 8 bits stay 8, 10 and 12 become 16.  How the picture is cropped, turned and mirrored is
 * given by properties of the file, in that order (ISO/IEC 23000-22, 7.3.6.7); the EXIF tag
 * is no more than a note, so it is set to what holds for the pixels we give.
 */
#include <string.h>

#include "file/imagefile.h"

/* A file type box: its length, "ftyp", a brand, a version, then further brands. */
static int is_avif(const tmk_source *source)
{
    const unsigned char *bytes = source->bytes;
    size_t size;

    if (source->size < 16 || memcmp(bytes + 4, "ftyp", 4) != 0)
        return 0;
    size = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
    size = size < source->size ? size : source->size;
    for (size_t at = 8; at + 4 <= size; at += at == 8 ? 8 : 4)
        if (memcmp(bytes + at, "avif", 4) == 0 || memcmp(bytes + at, "avis", 4) == 0)
            return 1;
    return 0;
}

#ifndef HAVE_AVIF

static tmk_status decode_avif(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    (void)image;
    return tmk_fail(error, TMK_UNSUPPORTED,
                    "%s: an AVIF file, which this build can't read; convert it to PNG",
                    source->name);
}

#else

#include <avif/avif.h>

static tmk_status fail_decoding(avifResult result, const char *name, tmk_error *error)
{
    switch (result) {
    case AVIF_RESULT_OUT_OF_MEMORY:
        return tmk_fail_memory(error, name);
    case AVIF_RESULT_NO_CODEC_AVAILABLE:
    case AVIF_RESULT_UNSUPPORTED_DEPTH:
    case AVIF_RESULT_NOT_IMPLEMENTED:
        return tmk_fail(error, TMK_UNSUPPORTED, "%s: %s; convert it to PNG", name,
                        avifResultToString(result));
    default:
        return tmk_fail(error, TMK_BAD_FILE, "%s: damaged AVIF: %s; export it again", name,
                        avifResultToString(result));
    }
}

static avifDecoder *make_decoder(void)
{
    avifDecoder *decoder = avifDecoderCreate();

    if (decoder != NULL) {
        decoder->maxThreads = 1;
        decoder->imageDimensionLimit = TMK_MAX_SIDE;
        /* Files without the pixi property are common. */
        decoder->strictFlags &= ~(avifStrictFlags)AVIF_STRICT_PIXI_REQUIRED;
    }
    return decoder;
}

static tmk_status read_frame(avifDecoder *decoder, const tmk_source *source, tmk_error *error)
{
    avifResult result = avifDecoderSetIOMemory(decoder, source->bytes, source->size);

    if (result == AVIF_RESULT_OK)
        result = avifDecoderParse(decoder);
    if (result != AVIF_RESULT_OK)
        return fail_decoding(result, source->name, error);
    if (decoder->imageCount != 1)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: an animated AVIF; give its frames one by one", source->name);
    TMK_TRY(tmk_file_check_size(source->name, decoder->image->width, decoder->image->height,
                                error));
    result = avifDecoderNextImage(decoder);
    if (result != AVIF_RESULT_OK)
        return fail_decoding(result, source->name, error);
    /* The coded picture may be of another size than its container said. */
    return tmk_file_check_size(source->name, decoder->image->width, decoder->image->height,
                               error);
}

/* Leaves the first of three equal colours, and alpha. */
static void drop_equal_colours(tmk_picture *picture)
{
    size_t sample = (size_t)picture->depth / 8;
    size_t pixel = tmk_picture_pixel_size(picture);
    int channels = picture->channels - 2;

    for (int y = 0; y < picture->height; y++) {
        unsigned char *row = tmk_picture_row(picture, y);

        for (int x = 0; x < picture->width; x++) {
            unsigned char *in = row + (size_t)x * pixel;
            unsigned char *out = row + (size_t)x * sample * (size_t)channels;

            memmove(out, in, sample);
            if (channels == 2)
                memmove(out + sample, in + 3 * sample, sample);
        }
    }
    picture->channels = channels;
}

static tmk_status read_pixels(const avifImage *frame, const char *name, tmk_picture *picture,
                              tmk_error *error)
{
    avifRGBImage pixels;
    int has_alpha = frame->alphaPlane != NULL;
    avifResult result;

    TMK_TRY(tmk_picture_alloc(picture, (int)frame->width, (int)frame->height,
                              has_alpha ? 4 : 3, frame->depth > 8 ? 16 : 8, error));
    avifRGBImageSetDefaults(&pixels, frame);
    pixels.depth = (uint32_t)picture->depth;
    pixels.format = has_alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    pixels.chromaUpsampling = AVIF_CHROMA_UPSAMPLING_BEST_QUALITY;
    pixels.pixels = picture->pixels;
    pixels.rowBytes = (uint32_t)picture->stride;
    result = avifImageYUVToRGB(frame, &pixels);
    if (result != AVIF_RESULT_OK)
        return fail_decoding(result, name, error);
    if (frame->yuvFormat == AVIF_PIXEL_FORMAT_YUV400)
        drop_equal_colours(picture);
    return TMK_OK;
}

static tmk_status crop(const avifImage *frame, const char *name, tmk_picture *picture,
                       tmk_error *error)
{
    avifDiagnostics ignored;
    avifCropRect part;
    tmk_picture view = *picture, cropped;
    tmk_status status;

    if ((frame->transformFlags & AVIF_TRANSFORM_CLAP) == 0)
        return TMK_OK;
    if (!avifCropRectConvertCleanApertureBox(&part, &frame->clap, frame->width, frame->height,
                                             frame->yuvFormat, &ignored))
        return fail_decoding(AVIF_RESULT_BMFF_PARSE_FAILED, name, error);
    view.width = (int)part.width;
    view.height = (int)part.height;
    view.pixels = tmk_picture_row(picture, (int)part.y) +
                  part.x * tmk_picture_pixel_size(picture);
    status = tmk_picture_copy(&cropped, &view, error);
    if (status == TMK_OK) {
        tmk_picture_release(picture);
        *picture = cropped;
    }
    return status;
}

/* The turn (quarters, counter-clockwise), then the mirror (none, top to bottom, left to
 * right), as one of EXIF's eight. */
static tmk_orientation orientation_of(const avifImage *frame)
{
    static const tmk_orientation table[4][3] = {
        {TMK_UPRIGHT, TMK_FLIPPED_180, TMK_FLIPPED},
        {TMK_TURNED_270, TMK_TRANSPOSED, TMK_TRANSVERSED},
        {TMK_TURNED_180, TMK_FLIPPED, TMK_FLIPPED_180},
        {TMK_TURNED_90, TMK_TRANSVERSED, TMK_TRANSPOSED},
    };
    int turn = frame->transformFlags & AVIF_TRANSFORM_IROT ? frame->irot.angle & 3 : 0;
    int mirror = frame->transformFlags & AVIF_TRANSFORM_IMIR ? 1 + (frame->imir.mode & 1) : 0;

    return table[turn][mirror];
}

/* Turns the pixels for good, since no format that we write has the properties. */
static tmk_status turn(const avifImage *frame, tmk_picture *picture, tmk_error *error)
{
    tmk_orientation orientation = orientation_of(frame);
    tmk_picture upright;
    tmk_status status;

    if (orientation == TMK_UPRIGHT)
        return TMK_OK;
    status = tmk_picture_orient(&upright, picture, orientation, error);
    if (status == TMK_OK) {
        tmk_picture_release(picture);
        *picture = upright;
    }
    return status;
}

static tmk_status read_metadata(const avifImage *frame, tmk_metadata *metadata,
                                const char *name, tmk_error *error)
{
    if (tmk_blob_append(&metadata->icc, frame->icc.data, frame->icc.size) != TMK_OK ||
        tmk_exif_append(&metadata->exif, frame->exif.data, frame->exif.size) != TMK_OK ||
        tmk_blob_append(&metadata->xmp, frame->xmp.data, frame->xmp.size) != TMK_OK)
        return tmk_fail_memory(error, name);
    tmk_exif_set_orientation(&metadata->exif, TMK_UPRIGHT);
    return TMK_OK;
}

static tmk_status decode_avif(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    avifDecoder *decoder = make_decoder();
    tmk_status status;

    if (decoder == NULL)
        return tmk_fail_memory(error, source->name);
    image->orientation = TMK_UPRIGHT;
    status = read_frame(decoder, source, error);
    if (status == TMK_OK)
        status = read_pixels(decoder->image, source->name, &image->picture, error);
    if (status == TMK_OK)
        status = crop(decoder->image, source->name, &image->picture, error);
    if (status == TMK_OK)
        status = turn(decoder->image, &image->picture, error);
    if (status == TMK_OK)
        status = read_metadata(decoder->image, &image->metadata, source->name, error);
    avifDecoderDestroy(decoder);
    return status;
}

#endif

const tmk_codec tmk_avif_codec = {
    .format = TMK_AVIF,
    .name = "avif",
    .endings = {".avif"},
    .is = is_avif,
    .decode = decode_avif,
};
