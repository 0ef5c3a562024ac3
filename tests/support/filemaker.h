/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Image files for tests, made with the foreign libraries and not with our own writers. */
#ifndef TMK_TESTS_FILEMAKER_H
#define TMK_TESTS_FILEMAKER_H

#include "tests/support/pictures.h"

/* A file in memory; ends with free(bytes). */
typedef struct filemaker_file {
    unsigned char *bytes;
    size_t size;
} filemaker_file;

typedef struct filemaker_png {
    int colour_type, depth; /* libpng's numbers */
    int interlaced;
    int transparent; /* adds tRNS: the palette's even colours, or the first pixel's colour */
} filemaker_png;

/* Samples of any depth up to 8, or 16, taken from a seeded sequence. */
filemaker_file filemaker_make_png(int width, int height, const filemaker_png *setup,
                                  uint64_t seed);

/* Puts a chunk before the first chunk that is called BEFORE. */
void filemaker_insert(filemaker_file *png, const char *before, const char *name,
                      const void *bytes, size_t size);

/* Makes the checksums of a damaged PNG file fit its chunks, as far as these can be found. */
void filemaker_repair(unsigned char *bytes, size_t size);

/* The data of the chunk NAME (the first one), or NULL. */
const unsigned char *filemaker_chunk(const filemaker_file *png, const char *name,
                                     size_t *size);

/* The eight-bit or sixteen-bit samples of a PNG file as libpng alone expands them. */
tmk_picture filemaker_expand(const filemaker_file *png);

typedef struct filemaker_marker {
    int marker;
    const char *bytes;
    size_t size;
} filemaker_marker;

typedef struct filemaker_jpeg {
    int quality;
    int h, v;        /* of the first component; the others have 1 x 1 */
    int progressive; /* bits: 1 progressive, 2 arithmetic coding */
    int restart;
    int space; /* 0: as the picture; else libjpeg's J_COLOR_SPACE to store */
    const filemaker_marker *markers; /* ends with marker 0; NULL: none */
} filemaker_jpeg;

filemaker_file filemaker_make_jpeg(const tmk_picture *picture, const filemaker_jpeg *setup);

/* What there is to know about a JPEG file: everything but the pixels, as bytes that can
 * be compared, with markers distinguished by their length. */
filemaker_file filemaker_describe_jpeg(const filemaker_file *jpeg);

/* QUALITY 0 is lossless. */
filemaker_file filemaker_make_webp(const tmk_picture *picture, int quality);
filemaker_file filemaker_make_animated_webp(const tmk_picture *picture);
filemaker_file filemaker_add_to_webp(filemaker_file webp, const char *tag, const void *bytes,
                                     size_t size);

/* ANGLE in quarter turns and MIRROR as in libavif, -1: none.  No bytes without AVIF. */
filemaker_file filemaker_make_avif(const tmk_picture *picture, int depth, int angle,
                                   int mirror);

/* A TIFF structure of two entries, the second being the orientation. */
filemaker_file filemaker_make_exif(int orientation, int big_endian);

#endif
