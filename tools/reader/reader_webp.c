/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Animated WebP, frame by frame as a viewer shows them. */
#include "reader/reader_pictures.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#define MOST_FRAMES 100

static reader_result send_frames(const reader_file *file, reader_out *out,
                                 WebPAnimDecoder *decoder, const WebPAnimInfo *about)
{
    int all = (int)about->frame_count, count = all < MOST_FRAMES ? all : MOST_FRAMES, i = 0;
    tmk_picture frame = {(int)about->canvas_width,
                         (int)about->canvas_height,
                         4,
                         8,
                         (size_t)about->canvas_width * 4,
                         NULL};
    uint32_t before = reader_split(out, (uint32_t)(count > 0 ? count : 1));
    reader_result result = READER_SENT;
    uint8_t *pixels;
    int time;

    while (result == READER_SENT && i < count &&
           WebPAnimDecoderGetNext(decoder, &pixels, &time)) {
        frame.pixels = pixels;
        result = reader_send_part(file, out, &frame, "frame", ++i, count);
    }
    reader_rejoin(out, before);
    if (result == READER_SENT && i == 0)
        return reader_refuse(file, out, TMK_BAD_FILE,
                             "damaged animated WebP; look for another copy");
    if (result == READER_SENT && i < all &&
        reader_send_note(out, file->member, "of %d frames the first %d are read", all, i) !=
            0)
        return READER_GONE;
    return result;
}

reader_result reader_read_webp(const reader_file *file, reader_out *out)
{
    const WebPData data = {file->bytes, file->size};
    WebPBitstreamFeatures features;
    WebPAnimDecoderOptions options;
    WebPAnimDecoder *decoder;
    WebPAnimInfo about;
    reader_result result = READER_NOT_MINE;

    if (file->size < 12 || memcmp(file->bytes, "RIFF", 4) != 0 ||
        memcmp(file->bytes + 8, "WEBP", 4) != 0 ||
        WebPGetFeatures(file->bytes, file->size, &features) != VP8_STATUS_OK ||
        !features.has_animation || !WebPAnimDecoderOptionsInit(&options))
        return READER_NOT_MINE;
    options.color_mode = MODE_RGBA;
    decoder = WebPAnimDecoderNew(&data, &options);
    if (decoder == NULL)
        return reader_refuse(file, out, TMK_BAD_FILE,
                             "damaged animated WebP; look for another copy");
    if (WebPAnimDecoderGetInfo(decoder, &about))
        result = send_frames(file, out, decoder, &about);
    WebPAnimDecoderDelete(decoder);
    return result;
}
