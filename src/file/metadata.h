/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file holds besides pixels: opaque bytes that pass through untouched. */
#ifndef TMK_FILE_METADATA_H
#define TMK_FILE_METADATA_H

#include "base/status.h"
#include "base/picture.h"

/* Bytes from malloc that grow; a NUL follows the last one.  All zero is an empty blob. */
typedef struct tmk_blob {
    unsigned char *bytes;
    size_t size, capacity;
} tmk_blob;

/* Makes room for CAPACITY bytes; TMK_NO_MEMORY leaves BLOB as it was. */
tmk_status tmk_blob_reserve(tmk_blob *blob, size_t capacity);

/* Appends SIZE bytes; TMK_NO_MEMORY leaves BLOB as it was. */
tmk_status tmk_blob_append(tmk_blob *blob, const void *bytes, size_t size);

void tmk_blob_free(tmk_blob *blob);

/* One part of a file that only the format it came from understands. */
typedef struct tmk_chunk {
    uint32_t tag; /* PNG: the chunk's four letters, big end first; JPEG: the marker */
    int late;     /* PNG: stood after the pixels */
    tmk_blob data;
} tmk_chunk;

typedef enum tmk_unit {
    TMK_NO_RESOLUTION = 0,
    TMK_ASPECT, /* only the ratio of x to y is known */
    TMK_PER_INCH,
    TMK_PER_CM,
    TMK_PER_METRE
} tmk_unit;

typedef struct tmk_resolution {
    tmk_unit unit;
    uint32_t x, y;
} tmk_resolution;

/*
 * The first four go to whatever format is written.  The chunks are the file's own
 * wording of them, and all the rest; they go only to the format they came from, which
 * then ignores the first four.
 */
typedef enum tmk_lost {
    TMK_LOST_TRAILER = 1, /* bytes after the end */
    TMK_LOST_PAGES = 2,   /* JPEG: further pictures, of MPF */
    TMK_LOST_GAINS = 4    /* JPEG: a gain map, which XMP announces */
} tmk_lost;

typedef struct tmk_metadata {
    unsigned lost; /* what of the file is not kept, TMK_LOST_ and so on */
    tmk_blob icc;  /* an ICC profile */
    tmk_blob exif; /* from the TIFF header on */
    tmk_blob xmp;  /* a packet of UTF-8 */
    tmk_resolution resolution;
    tmk_chunk *chunks; /* in the file's order */
    size_t count;
} tmk_metadata;

/* Appends a copy of SIZE bytes as a chunk. */
tmk_status tmk_metadata_add(tmk_metadata *metadata, uint32_t tag, int late, const void *bytes,
                            size_t size);

void tmk_metadata_free(tmk_metadata *metadata);

/* Whether SIZE bytes after the end of a file say nothing: zeros, or ends of lines. */
int tmk_is_padding(const unsigned char *bytes, size_t size);

/* RESOLUTION in UNIT, rounded, at least 1; a ratio stays one. */
tmk_resolution tmk_resolution_in(tmk_resolution resolution, tmk_unit unit);

/* Appends EXIF to an empty blob, without the "Exif" that some writers put in front. */
tmk_status tmk_exif_append(tmk_blob *exif, const void *bytes, size_t size);

/* The orientation that EXIF asks for; TMK_UPRIGHT if it says nothing sensible. */
tmk_orientation tmk_exif_orientation(const tmk_blob *exif);

/* Sets the orientation in EXIF, if it has one, to ORIENTATION. */
void tmk_exif_set_orientation(tmk_blob *exif, tmk_orientation orientation);

/* Whether an ICC profile describes grey pixels; a picture that was spread to RGB must
 * not carry one. */
int tmk_icc_is_grey(const tmk_blob *icc);

#endif
