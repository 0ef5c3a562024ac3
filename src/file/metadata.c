/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a file holds besides pixels.  Blobs are carried, not understood, with one
 * exception: the EXIF tag Orientation, found by walking the first directory of the TIFF
 * structure (Exif 2.3, section 4.5: byte order, 42, offset; count, entries of 12 bytes).
 */
#include "file/metadata.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------ blobs */

tmk_status tmk_blob_reserve(tmk_blob *blob, size_t capacity)
{
    unsigned char *bytes;

    if (capacity < blob->capacity)
        return TMK_OK;
    if (capacity >= PTRDIFF_MAX)
        return TMK_NO_MEMORY;
    bytes = realloc(blob->bytes, capacity + 1);
    if (bytes == NULL)
        return TMK_NO_MEMORY;
    bytes[blob->size] = 0;
    blob->bytes = bytes;
    blob->capacity = capacity + 1;
    return TMK_OK;
}

tmk_status tmk_blob_append(tmk_blob *blob, const void *bytes, size_t size)
{
    size_t needed;

    if (__builtin_add_overflow(blob->size, size, &needed) || needed >= PTRDIFF_MAX / 2)
        return TMK_NO_MEMORY;
    /* A blob that grows doubles, so that many small pieces cost no more than one. */
    if (needed >= blob->capacity &&
        tmk_blob_reserve(blob, blob->size > 0 && needed < 2 * blob->capacity
                                   ? 2 * blob->capacity
                                   : needed) != TMK_OK)
        return TMK_NO_MEMORY;
    if (size > 0)
        memcpy(blob->bytes + blob->size, bytes, size);
    blob->size = needed;
    blob->bytes[needed] = 0;
    return TMK_OK;
}

void tmk_blob_free(tmk_blob *blob)
{
    free(blob->bytes);
    *blob = (tmk_blob){0};
}

/* --------------------------------------------------------------------- metadata */

tmk_status tmk_metadata_add(tmk_metadata *metadata, uint32_t tag, int late, const void *bytes,
                            size_t size)
{
    tmk_chunk chunk = {tag, late, {0}};
    size_t count = metadata->count;

    /* The array is enlarged whenever its length reaches a power of two. */
    if ((count & (count - 1)) == 0) {
        size_t room = count > 0 ? 2 * count : 1;
        tmk_chunk *chunks = realloc(metadata->chunks, room * sizeof *chunks);

        if (chunks == NULL)
            return TMK_NO_MEMORY;
        metadata->chunks = chunks;
    }
    if (tmk_blob_append(&chunk.data, bytes, size) != TMK_OK)
        return TMK_NO_MEMORY;
    metadata->chunks[metadata->count++] = chunk;
    return TMK_OK;
}

int tmk_is_padding(const unsigned char *bytes, size_t size)
{
    size_t i = 0;

    while (i < size && (bytes[i] == 0 || bytes[i] == '\n' || bytes[i] == '\r'))
        i++;
    return i == size;
}

void tmk_metadata_free(tmk_metadata *metadata)
{
    for (size_t i = 0; i < metadata->count; i++)
        tmk_blob_free(&metadata->chunks[i].data);
    free(metadata->chunks);
    tmk_blob_free(&metadata->icc);
    tmk_blob_free(&metadata->exif);
    tmk_blob_free(&metadata->xmp);
    *metadata = (tmk_metadata){0};
}

/* ------------------------------------------------------------------- resolution */

static double units_per_metre(tmk_unit unit)
{
    return unit == TMK_PER_INCH ? 1 / 0.0254 : unit == TMK_PER_CM ? 100 : 1;
}

static uint32_t converted(uint32_t value, double factor)
{
    double result = value * factor + 0.5;

    return result < 1 ? 1 : result > UINT32_MAX ? UINT32_MAX : (uint32_t)result;
}

tmk_resolution tmk_resolution_in(tmk_resolution resolution, tmk_unit unit)
{
    double factor = units_per_metre(resolution.unit) / units_per_metre(unit);

    if (resolution.unit == TMK_NO_RESOLUTION || resolution.unit == TMK_ASPECT)
        return resolution;
    return (tmk_resolution){unit, converted(resolution.x, factor),
                            converted(resolution.y, factor)};
}

/* ------------------------------------------------------------------------- EXIF */

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define ENTRY_BYTES 12
#define ENTRY_VALUE 8 /* offset of the value in an entry */

tmk_status tmk_exif_append(tmk_blob *exif, const void *bytes, size_t size)
{
    static const char head[6] = "Exif\0";

    if (size >= sizeof head && memcmp(bytes, head, sizeof head) == 0)
        return tmk_blob_append(exif, (const unsigned char *)bytes + sizeof head,
                               size - sizeof head);
    return tmk_blob_append(exif, bytes, size);
}

static uint32_t number(const unsigned char *bytes, int count, int big_endian)
{
    uint32_t value = 0;

    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[big_endian ? i : count - 1 - i];
    return value;
}

/* The two bytes of the orientation's value, or NULL; *BIG_ENDIAN gives their order. */
static unsigned char *orientation_value(const tmk_blob *exif, int *big_endian)
{
    size_t directory, entries;

    if (exif->size < 8 ||
        (memcmp(exif->bytes, "II*\0", 4) != 0 && memcmp(exif->bytes, "MM\0*", 4) != 0))
        return NULL;
    *big_endian = exif->bytes[0] == 'M';
    directory = number(exif->bytes + 4, 4, *big_endian);
    if (directory > exif->size || exif->size - directory < 2)
        return NULL;
    entries = number(exif->bytes + directory, 2, *big_endian);
    for (size_t i = 0; i < entries; i++) {
        size_t at = directory + 2 + i * ENTRY_BYTES;
        unsigned char *entry = exif->bytes + at;

        if (at > exif->size || exif->size - at < ENTRY_BYTES)
            return NULL;
        if (number(entry, 2, *big_endian) == TAG_ORIENTATION)
            return number(entry + 2, 2, *big_endian) == TYPE_SHORT ? entry + ENTRY_VALUE
                                                                   : NULL;
    }
    return NULL;
}

tmk_orientation tmk_exif_orientation(const tmk_blob *exif)
{
    int big_endian = 0;
    const unsigned char *value = orientation_value(exif, &big_endian);
    uint32_t found = value != NULL ? number(value, 2, big_endian) : 0;

    return found >= TMK_UPRIGHT && found <= TMK_TURNED_270 ? (tmk_orientation)found
                                                           : TMK_UPRIGHT;
}

void tmk_exif_set_orientation(tmk_blob *exif, tmk_orientation orientation)
{
    int big_endian = 0;
    unsigned char *value = orientation_value(exif, &big_endian);

    if (value != NULL) {
        value[big_endian ? 0 : 1] = 0;
        value[big_endian ? 1 : 0] = (unsigned char)orientation;
    }
}

int tmk_icc_is_grey(const tmk_blob *icc)
{
    return icc->size >= 20 && memcmp(icc->bytes + 16, "GRAY", 4) == 0;
}
