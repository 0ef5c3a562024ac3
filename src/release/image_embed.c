/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marks an image where its file keeps it: a JPEG's coefficients, everything else's pixels.
 */
#include <string.h>

#include "file/imagefile.h"

/* An image as source and sink of coefficients. */
typedef struct own_blocks {
    tmk_image *image;
    tmk_blob file;      /* the marked one, */
    tmk_image *decoded; /* and what a reader sees of it */
} own_blocks;

static tmk_status read_blocks(void *context, tmk_blocks *blocks, tmk_error *error)
{
    const tmk_image *image = ((own_blocks *)context)->image;
    tmk_source source = {image->file.bytes, image->file.size, "image", 0};
    tmk_status status = tmk_file_read_blocks(&source, image->format, blocks, error);

    blocks->orientation = (int)image->orientation;
    return status;
}

static tmk_status open(void *context, const tmk_picture *shape, tmk_error *error)
{
    (void)context;
    (void)shape;
    (void)error;
    return TMK_OK;
}

static tmk_status write_blocks(void *context, const tmk_blocks *blocks, tmk_picture *decoded,
                               tmk_error *error)
{
    own_blocks *own = context;

    TMK_TRY(tmk_file_write_blocks(own->image, blocks, "image", &own->file, error));
    TMK_TRY(tmk_image_decode(own->file.bytes, own->file.size, "image", &own->decoded, error));
    *decoded = own->decoded->picture;
    return TMK_OK;
}

static void abandon(void *context)
{
    own_blocks *own = context;

    tmk_image_free(&own->decoded);
    tmk_blob_free(&own->file);
}

/* The image becomes the one that was marked. */
static tmk_status finish(void *context, tmk_error *error)
{
    own_blocks *own = context;
    tmk_picture picture = own->image->picture;
    tmk_blob file = own->image->file;

    (void)error;
    own->image->picture = own->decoded->picture;
    own->image->file = own->file;
    own->image->file_is_marked = 1;
    own->decoded->picture = picture; /* what it was before ends here */
    own->file = file;
    abandon(own);
    return TMK_OK;
}

/* Whether the image can be marked in its coefficients. */
static int keeps_blocks(const tmk_image *image)
{
    return image->file.size > 0 && image->picture.width >= TMK_MIN_SIDE &&
           image->picture.height >= TMK_MIN_SIDE;
}

tmk_status tmk_image_embed(const tmk_key *key, tmk_image *image, uint64_t mark,
                           const tmk_embed_options *options, tmk_embed_report *report,
                           tmk_error *error)
{
    own_blocks own = {.image = image};
    tmk_row_source source = {.name = "image", .context = &own, .read_blocks = read_blocks};
    tmk_row_sink sink = {.context = &own,
                         .open = open,
                         .write_blocks = write_blocks,
                         .finish = finish,
                         .abandon = abandon};

    if (key == NULL || image == NULL)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "no key, or no image, was given");
    if (!keeps_blocks(image))
        return tmk_embed(key, &image->picture, mark, options, report, error);
    source.shape = image->picture;
    return tmk_embed_source(key, &source, &sink, mark, options, report, error);
}
