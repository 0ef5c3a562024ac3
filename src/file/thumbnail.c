/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thumbnails are JPEG files inside of metadata, whatever the metadata's own structure is:
 * so a JPEG's beginning is looked for anywhere, in plain bytes or, in XMP, in base 64.
 * JFIF alone has thumbnails of plain samples as well, in a segment of theirs.
 */
#include "file/thumbnail.h"

#include <string.h>

#define JPEG_APP0 0xE0
#define JPEG_APP1 0xE1
#define JPEG_APP13 0xED
#define PNG_EXIF 0x65584966u

static int is_segment(unsigned char marker)
{
    return (marker >= 0xC0 && marker <= 0xCF) || marker == 0xDB || marker == 0xDD ||
           (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
}

/* Whether a JPEG begins at BYTES: SOI, a segment, and another one where that ends.  Bytes
 * by chance do once in 10^12. */
static int begins_jpeg(const unsigned char *bytes, size_t size)
{
    size_t length;

    if (size < 6 || memcmp(bytes, "\xFF\xD8\xFF", 3) != 0 || !is_segment(bytes[3]))
        return 0;
    length = (size_t)bytes[4] << 8 | bytes[5];
    return length >= 2 && length <= size - 6 && bytes[4 + length] == 0xFF &&
           is_segment(bytes[5 + length]);
}

static int holds_jpeg(const tmk_blob *blob)
{
    const unsigned char *at = blob->bytes, *end = at + blob->size;

    while (at != NULL && end - at >= 6) {
        if (begins_jpeg(at, (size_t)(end - at)))
            return 1;
        at = memchr(at + 1, 0xFF, (size_t)(end - at) - 1);
    }
    return 0;
}

static int holds(const tmk_blob *blob, const char *text)
{
    return blob->size > 0 && memmem(blob->bytes, blob->size, text, strlen(text)) != NULL;
}

/* A picture in XMP is the value of a property "image" in Adobe's name space for them. */
static int is_xmp_with_picture(const tmk_blob *blob)
{
    return holds(blob, "GImg:image");
}

static int begins(const tmk_blob *blob, const char *head, size_t length)
{
    return blob->size > length && memcmp(blob->bytes, head, length) == 0;
}

/* JFIF's segment ends with the sides of a thumbnail, 0 x 0 mostly, and its samples; the
 * extension has nothing but one. */
static int is_jfif_with_picture(const tmk_blob *blob)
{
    return begins(blob, "JFXX", 5) || (begins(blob, "JFIF", 5) && blob->size > 14 &&
                                       blob->bytes[12] > 0 && blob->bytes[13] > 0);
}

static const char *name_of(const tmk_chunk *chunk)
{
    if ((chunk->tag == JPEG_APP1 && begins(&chunk->data, "Exif", 5)) ||
        chunk->tag == PNG_EXIF)
        return "EXIF";
    return chunk->tag == JPEG_APP13 ? "Photoshop" : "metadata";
}

const char *tmk_thumbnail_holder(const tmk_metadata *metadata)
{
    if (holds_jpeg(&metadata->exif))
        return "EXIF";
    if (is_xmp_with_picture(&metadata->xmp))
        return "XMP";
    for (size_t i = 0; i < metadata->count; i++) {
        const tmk_chunk *chunk = &metadata->chunks[i];

        if (chunk->tag == JPEG_APP0 && is_jfif_with_picture(&chunk->data))
            return "JFIF";
        if (is_xmp_with_picture(&chunk->data))
            return "XMP";
        if (holds_jpeg(&chunk->data))
            return name_of(chunk);
    }
    return NULL;
}
