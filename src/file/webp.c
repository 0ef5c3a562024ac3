/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WebP, and the only file that knows libwebp.
 *
 * A lossless page stays lossless, with the colour below full transparency kept; a lossy
 * one is coded at about the quality that its quantisers show.  The colour profile, EXIF
 * and XMP are the container's own chunks.
 */
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "file/imagefile.h"
#include "file/vp8.h"

#define LOSSLESS_EFFORT 4  /* 0 to 9: 6 takes a third longer and saves 0.3 % */
#define UNKNOWN_QUALITY 90 /* of a lossy input whose quantisers can't be read */

/* ----------------------------------------------------------------------- reading */

static tmk_status fail_decoding(VP8StatusCode code, const char *name, tmk_error *error)
{
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return tmk_fail_memory(error, name);
    return tmk_fail(error, TMK_BAD_FILE, "%s: damaged WebP: %s; export it again", name,
                    code == VP8_STATUS_NOT_ENOUGH_DATA ? "the file ends too early"
                                                       : "corrupt bitstream");
}

static tmk_status fail_version(const char *name, tmk_error *error)
{
    return tmk_fail(error, TMK_UNSUPPORTED,
                    "%s: incompatible libwebp version; install that of the build, or use PNG",
                    name);
}

/* An animation of one frame that fills it is a picture: SOURCE becomes that frame. */
static int find_only_frame(tmk_source *source)
{
    const WebPData data = {source->bytes, source->size};
    WebPDemuxer *demuxer = WebPDemux(&data);
    WebPIterator frame = {0};
    int found = demuxer != NULL && WebPDemuxGetFrame(demuxer, 1, &frame) &&
                frame.num_frames == 1 && frame.x_offset == 0 && frame.y_offset == 0 &&
                (uint32_t)frame.width == WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH) &&
                (uint32_t)frame.height == WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);

    if (found) {
        source->bytes = frame.fragment.bytes; /* within the file's */
        source->size = frame.fragment.size;
    }
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demuxer);
    return found;
}

static tmk_status check_features(const tmk_source *source, WebPBitstreamFeatures *features,
                                 tmk_error *error)
{
    VP8StatusCode code = WebPGetFeatures(source->bytes, source->size, features);

    if (code != VP8_STATUS_OK)
        return fail_decoding(code, source->name, error);
    return tmk_file_check_size(source->name, (uint64_t)features->width,
                               (uint64_t)features->height, error);
}

/* Decodes what there is; *ROWS become how many rows that are. */
static VP8StatusCode salvage_pixels(const tmk_source *source, WebPDecoderConfig *config,
                                    int *rows)
{
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, config);
    VP8StatusCode code;

    if (decoder == NULL)
        return VP8_STATUS_OUT_OF_MEMORY;
    code = WebPIUpdate(decoder, source->bytes, source->size);
    if (code != VP8_STATUS_OUT_OF_MEMORY &&
        WebPIDecGetRGB(decoder, rows, NULL, NULL, NULL) != NULL && *rows > 0)
        code = VP8_STATUS_OK;
    WebPIDelete(decoder);
    return code == VP8_STATUS_SUSPENDED ? VP8_STATUS_NOT_ENOUGH_DATA : code;
}

static tmk_status read_pixels(const tmk_source *source, const WebPBitstreamFeatures *features,
                              tmk_image *image, tmk_error *error)
{
    tmk_picture *picture = &image->picture;
    WebPDecoderConfig config;
    VP8StatusCode code;

    TMK_TRY(tmk_picture_alloc(picture, features->width, features->height,
                              features->has_alpha ? 4 : 3, 8, error));
    if (!WebPInitDecoderConfig(&config))
        return fail_version(source->name, error);
    config.output.colorspace = features->has_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = picture->pixels;
    config.output.u.RGBA.stride = (int)picture->stride;
    config.output.u.RGBA.size = picture->stride * (size_t)picture->height;
    code = source->salvage ? salvage_pixels(source, &config, &image->damage.rows)
                           : WebPDecode(source->bytes, source->size, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? TMK_OK : fail_decoding(code, source->name, error);
}

typedef tmk_status appender(tmk_blob *blob, const void *bytes, size_t size);

static tmk_status read_chunk(const WebPDemuxer *demuxer, const char *tag, appender *append,
                             tmk_blob *blob)
{
    WebPChunkIterator chunk;
    tmk_status status = TMK_OK;

    if (WebPDemuxGetChunk(demuxer, tag, 1, &chunk)) {
        status = append(blob, chunk.chunk.bytes, chunk.chunk.size);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    return status;
}

/* The quality of the only frame. */
static int estimate_quality(const WebPDemuxer *demuxer)
{
    WebPIterator frame;
    int quality = 0;

    if (WebPDemuxGetFrame(demuxer, 1, &frame)) {
        const unsigned char *bytes = frame.fragment.bytes;
        size_t size = frame.fragment.size;

        /* The fragment is chunks: perhaps one of alpha, then that of the frame. */
        while (size >= 8 && memcmp(bytes, "VP8 ", 4) != 0) {
            size_t chunk = (size_t)bytes[4] | (size_t)bytes[5] << 8 | (size_t)bytes[6] << 16 |
                           (size_t)bytes[7] << 24;

            chunk += 8 + (chunk & 1);
            if (chunk > size)
                break;
            bytes += chunk;
            size -= chunk;
        }
        if (size >= 8)
            quality = tmk_vp8_quality(bytes + 8, size - 8);
        WebPDemuxReleaseIterator(&frame);
    }
    return quality > 0 ? quality : UNKNOWN_QUALITY;
}

static tmk_status read_container(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    const WebPData data = {source->bytes, source->size};
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
    tmk_status status;

    if (demuxer == NULL || state != WEBP_DEMUX_DONE) {
        WebPDemuxDelete(demuxer);
        if (source->salvage) /* its pixels may be there all the same */
            return TMK_OK;
        return fail_decoding(state == WEBP_DEMUX_PARSE_ERROR ? VP8_STATUS_BITSTREAM_ERROR
                                                             : VP8_STATUS_NOT_ENOUGH_DATA,
                             source->name, error);
    }
    status = read_chunk(demuxer, "ICCP", tmk_blob_append, &image->metadata.icc);
    if (status == TMK_OK)
        status = read_chunk(demuxer, "EXIF", tmk_exif_append, &image->metadata.exif);
    if (status == TMK_OK)
        status = read_chunk(demuxer, "XMP ", tmk_blob_append, &image->metadata.xmp);
    if (status != TMK_OK)
        status = tmk_fail_memory(error, source->name);
    else if (!image->coding.lossless)
        image->coding.webp_quality = estimate_quality(demuxer);
    WebPDemuxDelete(demuxer);
    return status;
}

static int is_webp(const tmk_source *source)
{
    return source->size >= 12 && memcmp(source->bytes, "RIFF", 4) == 0 &&
           memcmp(source->bytes + 8, "WEBP", 4) == 0;
}

/* Bytes after the container are not written. */
static void note_trailer(const tmk_source *source, tmk_metadata *metadata)
{
    const unsigned char *size = source->bytes + 4;
    size_t end = 8 + ((size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 |
                      (size_t)size[3] << 24);

    end += end & 1;
    if (source->size > end && !tmk_is_padding(source->bytes + end, source->size - end))
        metadata->lost |= TMK_LOST_TRAILER;
}

static tmk_status decode_webp(const tmk_source *source, tmk_image *image, tmk_error *error)
{
    WebPBitstreamFeatures features;
    tmk_source frame = *source;

    TMK_TRY(check_features(source, &features, error));
    if (features.has_animation && !find_only_frame(&frame))
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: an animated WebP; give its frames one by one", source->name);
    if (features.has_animation)
        TMK_TRY(check_features(&frame, &features, error));
    image->coding.lossless = features.format == 2;
    TMK_TRY(read_container(source, image, error));
    note_trailer(source, &image->metadata);
    return read_pixels(&frame, &features, image, error);
}

/* ----------------------------------------------------------------------- writing */

static int set_config(const tmk_target *target, WebPConfig *config)
{
    const tmk_coding *coding = &target->image->coding;
    int quality = target->quality;
    int lossless = quality == 100 || (quality == 0 && coding->lossless);

    if (quality == 0)
        quality = coding->webp_quality > 0 ? coding->webp_quality : TMK_DEFAULT_QUALITY;
    if (!WebPConfigInit(config))
        return 0;
    config->quality = (float)quality;
    config->exact = 1; /* colour below transparency is kept */
    return !lossless || WebPConfigLosslessPreset(config, LOSSLESS_EFFORT);
}

/* Copies the pixels, as RGB or RGBA, to libwebp's picture. */
static int import(const tmk_picture *picture, WebPPicture *frame)
{
    int channels = tmk_picture_has_alpha(picture) ? 4 : 3;
    int stride = picture->width * channels;
    unsigned char *pixels = malloc((size_t)stride * (size_t)picture->height);
    int done;

    if (pixels == NULL)
        return 0;
    for (int y = 0; y < picture->height; y++)
        tmk_file_row8(picture, y, channels, pixels + (size_t)y * (size_t)stride);
    done = channels == 4 ? WebPPictureImportRGBA(frame, pixels, stride)
                         : WebPPictureImportRGB(frame, pixels, stride);
    free(pixels);
    return done;
}

static tmk_status encode_frame(const tmk_target *target, WebPMemoryWriter *writer,
                               tmk_error *error)
{
    WebPConfig config;
    WebPPicture frame;
    tmk_status status = TMK_OK;

    if (!set_config(target, &config) || !WebPPictureInit(&frame))
        return fail_version(target->name, error);
    frame.use_argb = config.lossless;
    frame.width = target->picture->width;
    frame.height = target->picture->height;
    frame.writer = WebPMemoryWrite;
    frame.custom_ptr = writer;
    if (!import(target->picture, &frame))
        status = tmk_fail_memory(error, target->name);
    else if (!WebPEncode(&config, &frame))
        status = frame.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ||
                         frame.error_code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY
                     ? tmk_fail_memory(error, target->name)
                     : tmk_fail(error, TMK_UNSUPPORTED,
                                "%s: WebP can't hold it (libwebp error %d); name an output "
                                "that ends in .png",
                                target->name, (int)frame.error_code);
    WebPPictureFree(&frame);
    return status;
}

static int set_chunk(WebPMux *mux, const char *tag, const tmk_blob *blob)
{
    const WebPData data = {blob->bytes, blob->size};

    return blob->size == 0 || WebPMuxSetChunk(mux, tag, &data, 0) == WEBP_MUX_OK;
}

/* Puts the frame and what goes with it into a container. */
static tmk_status wrap(const tmk_target *target, const WebPMemoryWriter *writer,
                       tmk_blob *out, tmk_error *error)
{
    static const tmk_blob nothing = {0};
    const tmk_metadata *metadata = &target->image->metadata;
    const WebPData frame = {writer->mem, writer->size};
    /* WebP has no grey pixels for a grey profile to describe. */
    int fits = target->picture->channels >= 3 || !tmk_icc_is_grey(&metadata->icc);
    WebPData file = {NULL, 0};
    WebPMux *mux = WebPMuxNew();
    tmk_status status = TMK_NO_MEMORY;

    if (mux != NULL && WebPMuxSetImage(mux, &frame, 0) == WEBP_MUX_OK &&
        set_chunk(mux, "ICCP", fits ? &metadata->icc : &nothing) &&
        set_chunk(mux, "EXIF", target->exif) && set_chunk(mux, "XMP ", &metadata->xmp) &&
        WebPMuxAssemble(mux, &file) == WEBP_MUX_OK)
        status = tmk_blob_append(out, file.bytes, file.size);
    WebPDataClear(&file);
    WebPMuxDelete(mux);
    return status == TMK_OK ? TMK_OK : tmk_fail_memory(error, target->name);
}

static tmk_status encode_webp(const tmk_target *target, tmk_blob *out, tmk_error *error)
{
    WebPMemoryWriter writer;
    tmk_status status;

    if (target->picture->width > WEBP_MAX_DIMENSION ||
        target->picture->height > WEBP_MAX_DIMENSION)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: WebP holds no more than %d pixels a side; cut it into slices, "
                        "or name an output that ends in .png or .jpg",
                        target->name, WEBP_MAX_DIMENSION);
    WebPMemoryWriterInit(&writer);
    status = encode_frame(target, &writer, error);
    if (status == TMK_OK)
        status = wrap(target, &writer, out, error);
    WebPMemoryWriterClear(&writer);
    return status;
}

const tmk_codec tmk_webp_codec = {
    .format = TMK_WEBP,
    .name = "webp",
    .endings = {".webp"},
    .max_exif = (size_t)1 << 30,
    .is = is_webp,
    .decode = decode_webp,
    .encode = encode_webp,
};
