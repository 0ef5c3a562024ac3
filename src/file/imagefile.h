/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the formats share: an image, and the table row that a format is.  The public
 * functions are declared in toonmark-file.h.
 */
#ifndef TMK_FILE_IMAGEFILE_H
#define TMK_FILE_IMAGEFILE_H

#include "base/picture.h"
#include "file/input.h"
#include "file/metadata.h"
#include "toonmark-file.h"

#define TMK_DEFAULT_QUALITY 95     /* of pixels that were not lossy before */
#define TMK_FULL_CHROMA_QUALITY 90 /* from here on JPEG keeps colour at full resolution */

/* How a JPEG file was coded, so that it can be coded the same way again. */
typedef struct tmk_jpeg_coding {
    int known; /* 0: the image was not JPEG */
    int components;
    int is_rgb;        /* stored as RGB, not as YCbCr */
    int is_arithmetic; /* coded so, not by Huffman's codes */
    unsigned restart_interval;
    struct {
        int id;             /* the component's number in the file */
        int h, v;           /* sampling factors */
        uint16_t table[64]; /* quantisers in natural order */
    } component[3];
} tmk_jpeg_coding;

/* How a file was coded, as far as it matters for coding it again. */
typedef struct tmk_coding {
    int interlaced;   /* PNG: Adam7; JPEG: progressive */
    int lossless;     /* WebP */
    int webp_quality; /* of a lossy WebP, estimated; 0: unknown */
    tmk_jpeg_coding jpeg;
} tmk_coding;

/* What became of a file. */
typedef struct tmk_damage {
    int found; /* it is damaged, and what decodes of it was kept */
    int rows;  /* that were decoded, as stored, from the top; the others are absent */
    int of;    /* rows */
} tmk_damage;

struct tmk_image {
    tmk_picture picture; /* upright */
    tmk_format format;
    tmk_orientation orientation; /* how to turn the stored pixels to get the upright ones */
    tmk_coding coding;
    tmk_metadata metadata;
    tmk_damage damage;
    tmk_blob file;      /* a JPEG file as it was read, for its coefficients; else empty */
    int file_is_marked; /* it is the marked file: to be written as it is, if its format and
                           quality are to stay */
};

/* Bytes to be decoded. */
typedef struct tmk_source {
    const unsigned char *bytes;
    size_t size;
    const char *name; /* for messages */
    int salvage;      /* it is damaged: keep what decodes */
} tmk_source;

/* What an encoder is to write. */
typedef struct tmk_target {
    const char *name; /* for messages */
    const tmk_image *image;
    const tmk_picture *picture;  /* the pixels as they are stored */
    int quality;                 /* 0 to 100 as in tmk_write_options */
    int same_format;             /* the image came from this format: write its chunks */
    const tmk_blob *exif;        /* to write otherwise; may be empty */
    tmk_orientation orientation; /* how the stored pixels are turned to get upright ones */
} tmk_target;

#define TMK_HEAD_BYTES 64 /* of a file, by which formats that come in rows are recognised */

/* Where bytes go: takes SIZE of them, and fails as it likes. */
typedef tmk_status tmk_put(void *context, const void *bytes, size_t size, tmk_error *error);

/*
 * A row of the table of formats.  What a format can't do is NULL; file/rowfile.h is how the
 * operations on rows are used, and tmk_file_*_blocks those on blocks.
 */
typedef struct tmk_codec {
    tmk_format format;
    const char *name;
    const char *endings[4]; /* of file names, lower case */
    size_t max_exif;        /* the most bytes of EXIF that the format can hold */
    int (*is)(const tmk_source *source);

    /*
     * Fills IMAGE, which is all zero: pixels as stored, format-free metadata, chunks and
     * coding; sets ->orientation if something other than EXIF states it.  What was filled
     * before a failure is the caller's to free.  A damaged file of which to keep what decodes
     * is no failure as long as there are rows: ->damage.rows says how many.
     */
    tmk_status (*decode)(const tmk_source *source, tmk_image *image, tmk_error *error);

    /* Appends the file to OUT, the caller's after failure too.  NULL: read only. */
    tmk_status (*encode)(const tmk_target *target, tmk_blob *out, tmk_error *error);

    /*
     * Opens INPUT, which must stay until *READER is closed, to be read row by row; *READER
     * stays NULL if this file must be decoded as a whole.  IMAGE, all zero, is filled like
     * by decode, but for the pixels and what finish_rows adds; NULL: it is known.
     */
    tmk_status (*open_rows)(void **reader, const tmk_input *input, tmk_image *image,
                            tmk_error *error);
    /* Fills ROWS with as many of the next rows. */
    tmk_status (*read_rows)(void *reader, const tmk_picture *rows, tmk_error *error);
    /* Reads what follows the last row, and adds the rest of the metadata. */
    tmk_status (*finish_rows)(void *reader, tmk_metadata *metadata, tmk_error *error);
    /* Closes *READER, which becomes NULL, and may be. */
    void (*close_rows)(void **reader);

    /*
     * Begins the file TARGET, which must stay until *WRITER is closed and is stored upright
     * and not interlaced; the pixels of its picture are ignored.  Bytes go to PUT.
     */
    tmk_status (*open_rows_writer)(void **writer, const tmk_target *target, tmk_put *put,
                                   void *context, tmk_error *error);
    tmk_status (*write_rows)(void *writer, const tmk_picture *rows, tmk_error *error);
    /* Writes what follows the last row. */
    tmk_status (*finish_rows_writer)(void *writer, tmk_error *error);
    /* Closes *WRITER, which becomes NULL, and may be. */
    void (*close_rows_writer)(void **writer);

    /* Reads the quantised coefficients of SOURCE into BLOCKS, the caller's after failure too. */
    tmk_status (*read_blocks)(const tmk_source *source, tmk_blocks *blocks, tmk_error *error);
    /* Appends to OUT, the caller's after failure too, TARGET's image with BLOCKS for its
     * pixels, coded like the file that it was read from. */
    tmk_status (*write_blocks)(const tmk_target *target, const tmk_blocks *blocks,
                               tmk_blob *out, tmk_error *error);
} tmk_codec;

extern const tmk_codec tmk_png_codec;
extern const tmk_codec tmk_jpeg_codec;
extern const tmk_codec tmk_webp_codec;
extern const tmk_codec tmk_avif_codec;

/* The format whose files begin like SOURCE; NULL: none does. */
const tmk_codec *tmk_file_recognise(const tmk_source *source);

/* Whether a picture of WIDTH x HEIGHT, as NAME claims, has sides within the limits. */
tmk_status tmk_file_check_sides(const char *name, uint64_t width, uint64_t height,
                                tmk_error *error);

/* Whether a picture of WIDTH x HEIGHT may be allocated for NAME, which claims that size. */
tmk_status tmk_file_check_size(const char *name, uint64_t width, uint64_t height,
                               tmk_error *error);

/* The format that tmk_image_write would write IMAGE to PATH in; NAME is for messages. */
tmk_status tmk_file_choose_codec(const tmk_image *image, const char *path, const char *name,
                                 const tmk_write_options *options, const tmk_codec **codec,
                                 tmk_error *error);

/* What CODEC is to write of IMAGE: its pixels must still be turned as ->orientation says. */
tmk_target tmk_file_target(const tmk_image *image, const tmk_codec *codec, int quality,
                           const char *name);

/* Appends IMAGE, turned and encoded, to OUT, the caller's after failure too. */
tmk_status tmk_file_encode(const tmk_image *image, const tmk_codec *codec, int quality,
                           const char *name, tmk_blob *out, tmk_error *error);

/* Whether IMAGE, written by CODEC in QUALITY, keeps its coefficients: it is marked in them. */
int tmk_file_keeps_blocks(const tmk_image *image, const tmk_codec *codec, int quality);

/* Reads the coefficients of SOURCE, a file of FORMAT, into BLOCKS, the caller's after failure
 * too. */
tmk_status tmk_file_read_blocks(const tmk_source *source, tmk_format format,
                                tmk_blocks *blocks, tmk_error *error);

/* Appends to OUT, the caller's after failure too, IMAGE with BLOCKS for its pixels, as it was
 * coded. */
tmk_status tmk_file_write_blocks(const tmk_image *image, const tmk_blocks *blocks,
                                 const char *name, tmk_blob *out, tmk_error *error);

/*
 * Writes row Y of PICTURE to OUT as 8-bit samples of CHANNELS channels: 16 bits are
 * rounded, grey is spread to RGB where CHANNELS asks for that, alpha stays.
 */
void tmk_file_row8(const tmk_picture *picture, int y, int channels, unsigned char *out);

#endif
