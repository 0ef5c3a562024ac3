/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GIF, frame by frame as a viewer shows them, and the only file that knows giflib. */
#include "reader/reader_pictures.h"

#ifndef HAVE_GIF

reader_result reader_read_gif(const reader_file *file, reader_out *out)
{
    (void)file;
    (void)out;
    return READER_NOT_MINE;
}

#else

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FRAMES 100

/* The bytes that giflib has not read yet. */
typedef struct source {
    const unsigned char *bytes;
    size_t left;
} source;

static int give(GifFileType *gif, GifByteType *to, int size)
{
    source *from = gif->UserData;
    size_t count = (size_t)size < from->left ? (size_t)size : from->left;

    memcpy(to, from->bytes, count);
    from->bytes += count;
    from->left -= count;
    return (int)count;
}

/* ---------------------------------------------------------------------- frames */

static unsigned char *pixel(const tmk_picture *canvas, int x, int y)
{
    return (unsigned char *)canvas->pixels + (size_t)y * canvas->stride + (size_t)x * 4;
}

/* Draws FRAME over what is on CANVAS. */
static void draw(const GifFileType *gif, const SavedImage *frame, int transparent,
                 const tmk_picture *canvas)
{
    const GifImageDesc *place = &frame->ImageDesc;
    const ColorMapObject *colours = place->ColorMap != NULL ? place->ColorMap
                                                            : gif->SColorMap;

    for (int y = 0; y < place->Height && place->Top + y < canvas->height; y++)
        for (int x = 0; x < place->Width && place->Left + x < canvas->width; x++) {
            int index = frame->RasterBits[(size_t)y * (size_t)place->Width + (size_t)x];
            unsigned char *to = pixel(canvas, place->Left + x, place->Top + y);

            if (index == transparent || colours == NULL || index >= colours->ColorCount)
                continue;
            to[0] = colours->Colors[index].Red;
            to[1] = colours->Colors[index].Green;
            to[2] = colours->Colors[index].Blue;
            to[3] = 255;
        }
}

static void clear(const GifImageDesc *place, const tmk_picture *canvas)
{
    for (int y = 0; y < place->Height && place->Top + y < canvas->height; y++)
        for (int x = 0; x < place->Width && place->Left + x < canvas->width; x++)
            memset(pixel(canvas, place->Left + x, place->Top + y), 0, 4);
}

/* Whether FRAME can be drawn: it is decoded, and lies where it may. */
static int is_sound(const SavedImage *frame)
{
    return frame->RasterBits != NULL && frame->ImageDesc.Left >= 0 &&
           frame->ImageDesc.Top >= 0 && frame->ImageDesc.Width > 0 &&
           frame->ImageDesc.Height > 0;
}

static reader_result send_frames(const reader_file *file, reader_out *out, GifFileType *gif,
                                 const tmk_picture *canvas, int count)
{
    size_t size = canvas->stride * (size_t)canvas->height;
    unsigned char *before = malloc(size);
    reader_result result = READER_SENT;

    if (before == NULL)
        return reader_refuse(file, out, TMK_NO_MEMORY, "out of memory");
    for (int i = 0; i < count && result == READER_SENT; i++) {
        const SavedImage *frame = &gif->SavedImages[i];
        GraphicsControlBlock control = {.TransparentColor = NO_TRANSPARENT_COLOR};

        if (!is_sound(frame))
            continue;
        DGifSavedExtensionToGCB(gif, i, &control);
        if (control.DisposalMode == DISPOSE_PREVIOUS)
            memcpy(before, canvas->pixels, size);
        draw(gif, frame, control.TransparentColor, canvas);
        result = reader_send_part(file, out, canvas, "frame", i + 1, count);
        if (control.DisposalMode == DISPOSE_PREVIOUS)
            memcpy(canvas->pixels, before, size);
        else if (control.DisposalMode == DISPOSE_BACKGROUND)
            clear(&frame->ImageDesc, canvas);
    }
    free(before);
    return result;
}

/* ------------------------------------------------------------------------- all */

static reader_result send_all(const reader_file *file, reader_out *out, GifFileType *gif)
{
    tmk_picture canvas = {gif->SWidth, gif->SHeight, 4, 8, (size_t)gif->SWidth * 4, NULL};
    int count = gif->ImageCount < MOST_FRAMES ? gif->ImageCount : MOST_FRAMES;
    reader_result result;
    uint32_t before;

    if (gif->SWidth < 1 || gif->SHeight < 1 ||
        (uint64_t)gif->SWidth * (uint64_t)gif->SHeight > TMK_MAX_PIXELS)
        return reader_refuse(file, out, TMK_NO_MEMORY,
                             "a GIF of %d x %d pixels, which is beyond the limits",
                             gif->SWidth, gif->SHeight);
    canvas.pixels = calloc((size_t)canvas.height, canvas.stride);
    if (canvas.pixels == NULL)
        return reader_refuse(file, out, TMK_NO_MEMORY, "out of memory");
    before = reader_split(out, (uint32_t)count);
    result = send_frames(file, out, gif, &canvas, count);
    reader_rejoin(out, before);
    if (result == READER_SENT && gif->ImageCount > count &&
        reader_send_note(out, file->member, "of %d frames the first %d are read",
                         gif->ImageCount, count) != 0)
        result = READER_GONE;
    free(canvas.pixels);
    return result;
}

reader_result reader_read_gif(const reader_file *file, reader_out *out)
{
    source from = {file->bytes, file->size};
    GifFileType *gif;
    reader_result result;
    int problem = 0, whole;

    if (file->size < 6 || memcmp(file->bytes, "GIF8", 4) != 0)
        return READER_NOT_MINE;
    gif = DGifOpen(&from, give, &problem);
    if (gif == NULL)
        return reader_refuse(file, out, TMK_BAD_FILE, "damaged GIF; look for another copy");
    whole = DGifSlurp(gif) == GIF_OK;
    if (gif->ImageCount > 0 && gif->SavedImages != NULL && is_sound(&gif->SavedImages[0]))
        result = send_all(file, out, gif);
    else
        result = reader_refuse(file, out, TMK_BAD_FILE, "damaged GIF; look for another copy");
    if (result == READER_SENT && !whole &&
        reader_send_note(out, file->member, "damaged GIF: what decodes is read") != 0)
        result = READER_GONE;
    DGifCloseFile(gif, &problem);
    return result;
}

#endif
