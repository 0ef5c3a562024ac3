/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Toonmark for image files: PNG, JPEG, WebP and AVIF, and whole releases of them.
 *
 *     tmk_image_read("page.png", &page, &error);           a page
 *     tmk_image_embed(key, page, mark, NULL, &report,      mark it
 *                     &error);
 *     tmk_image_write(page, "out.png", NULL, &error);      release it
 *
 *     tmk_strip_open(paths, count, &strip, &error);        or: read and analysed once,
 *     tmk_strip_embed(key, strip, copies, channels,        written for each channel,
 *                     NULL, &error);
 *     tmk_verify_file(key, path, mark, &place,             and read back from the disk
 *                     TMK_VERIFY_NORMAL, 1, &verdict, &error);
 */
#ifndef TOONMARK_FILE_H
#define TOONMARK_FILE_H

#include "toonmark.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is built in, e.g. "png jpeg webp avif". */
TMK_API const char *tmk_features(void);

/* -------------------------------------------------------------- image files */

typedef enum tmk_format {
    TMK_FORMAT_AS_READ = -1, /* in tmk_write_options only */
    TMK_FORMAT_UNKNOWN = 0,
    TMK_PNG,
    TMK_JPEG,
    TMK_WEBP,
    TMK_AVIF /* read only */
} tmk_format;

/* A decoded image file: upright pixels, and everything that must pass through untouched. */
typedef struct tmk_image tmk_image;

/* What becomes of a file that is there already under the name of an output. */
typedef enum tmk_output_mode {
    TMK_OUTPUT_NEW = 0, /* it stays, and the output is refused (TMK_EXISTS) */
    TMK_OUTPUT_REPLACE, /* it is replaced */
    TMK_OUTPUT_SAME     /* with exactly the bytes that would be written it counts as
                           written; any other is refused (TMK_EXISTS) */
} tmk_output_mode;

#define TMK_MAX_QUALITY 100

typedef struct tmk_write_options {
    tmk_format format; /* TMK_FORMAT_UNKNOWN (default): as PATH ends, else as it was read;
                          TMK_FORMAT_AS_READ: so whatever PATH ends in */
    int quality;       /* 1 to 100 for JPEG and WebP; 0 (default): that of the input, or 95;
                          WebP 100 and lossless WebP input: lossless */
    tmk_output_mode overwrite; /* default TMK_OUTPUT_NEW */
} tmk_write_options;

TMK_API void tmk_write_options_init(tmk_write_options *options);

/* The format that PATH's ending names (".jpg", ".PNG", ...), or TMK_FORMAT_UNKNOWN. */
TMK_API tmk_format tmk_format_of_path(const char *path);

/* "png", "jpeg", "webp", "avif" or "unknown". */
TMK_API const char *tmk_format_name(tmk_format format);

/*
 * What picture a file is of which HEAD are the first SIZE bytes; TMK_KIND_BYTES are enough:
 * "PNG", "GIF", ...  NULL: none that is known.  *FORMAT is TMK_FORMAT_UNKNOWN where it can't be
 * read.
 */
#define TMK_KIND_BYTES 512
TMK_API const char *tmk_picture_kind(const void *head, size_t size, tmk_format *format);

/* The same word for FORMAT: "PNG", "JPEG", "WebP", "AVIF" or "unknown". */
TMK_API const char *tmk_format_kind(tmk_format format);

/* The kind of picture, "GIF", that PATH's ending names and no tmk_format is; NULL: none. */
TMK_API const char *tmk_picture_kind_of_path(const char *path);

/* Reads PATH ("-" is standard input), whose content, not name, decides the format. */
TMK_API TMK_MUST_USE tmk_status tmk_image_read(const char *path, tmk_image **image,
                                               tmk_error *error);

/* Decodes SIZE bytes at DATA; NAME is used in messages. */
TMK_API TMK_MUST_USE tmk_status tmk_image_decode(const void *data, size_t size,
                                                 const char *name, tmk_image **image,
                                                 tmk_error *error);

typedef struct tmk_read_options {
    int salvage; /* 0 (default): a damaged file is refused.  Else what decodes of it is kept,
                    and the rows that are missing are fully transparent: enough to read a
                    mark from, not to release */
} tmk_read_options;

TMK_API void tmk_read_options_init(tmk_read_options *options);

/* As tmk_image_read and tmk_image_decode; OPTIONS may be NULL. */
TMK_API TMK_MUST_USE tmk_status tmk_image_read_with(const char *path,
                                                    const tmk_read_options *options,
                                                    tmk_image **image, tmk_error *error);
TMK_API TMK_MUST_USE tmk_status tmk_image_decode_with(const void *data, size_t size,
                                                      const char *name,
                                                      const tmk_read_options *options,
                                                      tmk_image **image, tmk_error *error);

/* Whether IMAGE's file is damaged, how many rows it has, as they are stored, and how many of
 * them were read: they may be all. */
TMK_API int tmk_image_is_damaged(const tmk_image *image);
TMK_API int tmk_image_rows(const tmk_image *image);
TMK_API int tmk_image_rows_read(const tmk_image *image);

/*
 * As tmk_embed, but where the image's file keeps its picture: a JPEG is marked in its
 * quantised coefficients, without a generation's loss, and written as it was coded where
 * tmk_write_options asks for its own format and quality; all others in their pixels.
 * tmk_image_picture then shows the marked page; what was painted into a JPEG's pixels since
 * it was read is lost.  After a failure the image is unchanged.
 */
TMK_API TMK_MUST_USE tmk_status tmk_image_embed(const tmk_key *key, tmk_image *image,
                                                uint64_t mark,
                                                const tmk_embed_options *options,
                                                tmk_embed_report *report, tmk_error *error);

/* The image's own pixels, upright whatever its EXIF orientation; valid while IMAGE lives. */
TMK_API tmk_picture *tmk_image_picture(tmk_image *image);
TMK_API tmk_format tmk_image_format(const tmk_image *image);

/*
 * Where IMAGE's metadata hold a small picture of the page, which passes through and bears
 * no mark: "EXIF", "XMP", "Photoshop", "JFIF", or "metadata" of another kind.  NULL: there
 * is none.
 */
TMK_API const char *tmk_image_thumbnail(const tmk_image *image);

/*
 * What IMAGE's file holds after its picture, which is not written, for it would be a clean
 * copy: "a gain map", "further pictures (MPF)" or "bytes after the end".  NULL: nothing.
 */
TMK_API const char *tmk_image_lost(const tmk_image *image);

/*
 * Writes IMAGE to PATH ("-" is standard output): into a temporary file beside it, which
 * then takes its name.  ICC profile, EXIF, XMP and resolution pass through.  OPTIONS may
 * be NULL.
 */
TMK_API TMK_MUST_USE tmk_status tmk_image_write(const tmk_image *image, const char *path,
                                                const tmk_write_options *options,
                                                tmk_error *error);

/* Encodes IMAGE into memory; *DATA is the caller's, ends with free(). */
TMK_API TMK_MUST_USE tmk_status tmk_image_encode(const tmk_image *image,
                                                 const tmk_write_options *options,
                                                 void **data, size_t *size, tmk_error *error);

/* Makes an image that owns a copy of PICTURE's pixels and has no metadata. */
TMK_API TMK_MUST_USE tmk_status tmk_image_from_picture(const tmk_picture *picture,
                                                       tmk_format format, tmk_image **image,
                                                       tmk_error *error);

/* Frees *IMAGE and sets it to NULL; NULL is allowed. */
TMK_API void tmk_image_free(tmk_image **image);

/* ------------------------------------------------------- releases of image files */

/* The BLAKE2b-256 digest of the file PATH, as "b2sum -l 256" prints it, and its size;
 * either may be NULL. */
TMK_API TMK_MUST_USE tmk_status tmk_file_digest(const char *path,
                                                uint8_t digest[TMK_DIGEST_BYTES],
                                                uint64_t *bytes, tmk_error *error);

/*
 * Reads all of the file PATH, "-" being standard input, up to 1 GiB.  *BYTES are the caller's and
 * end with free(); DIGEST, which may be NULL, is theirs.
 */
TMK_API TMK_MUST_USE tmk_status tmk_file_load(const char *path, void **bytes, size_t *size,
                                              uint8_t digest[TMK_DIGEST_BYTES],
                                              tmk_error *error);

/*
 * What is released: one image file, or several slices of equal width that are read as one,
 * from top to bottom.  A slice may be of any height; all together need TMK_MIN_SIDE rows.
 * PNG files that are not interlaced are read in chunks of rows, so their height costs no
 * memory: a strip of 800 x 100,000 pixels takes less than 96 MiB.
 */
typedef struct tmk_strip tmk_strip;

/*
 * Reads the COUNT files of PATHS ("-" is standard input) and makes what all their copies
 * share.  The files must stay as they are until the strip is freed.  *STRIP is the
 * caller's; end with tmk_strip_free.
 */
TMK_API TMK_MUST_USE tmk_status tmk_strip_open(const char *const *paths, size_t count,
                                               tmk_strip **strip, tmk_error *error);

/* Frees *STRIP and sets it to NULL; NULL is allowed. */
TMK_API void tmk_strip_free(tmk_strip **strip);

/* Its size in pixels, all slices together. */
TMK_API int tmk_strip_width(const tmk_strip *strip);
TMK_API int64_t tmk_strip_height(const tmk_strip *strip);

/* The format of input file INDEX, and the BLAKE2b-256 digest and number of its bytes. */
TMK_API tmk_format tmk_strip_format(const tmk_strip *strip, size_t index);
TMK_API const uint8_t *tmk_strip_digest(const tmk_strip *strip, size_t index);
TMK_API uint64_t tmk_strip_bytes(const tmk_strip *strip, size_t index);

/* Where the metadata of input file INDEX hold a small picture: as tmk_image_thumbnail. */
TMK_API const char *tmk_strip_thumbnail(const tmk_strip *strip, size_t index);

/* What of input file INDEX is not written: as tmk_image_lost. */
TMK_API const char *tmk_strip_lost(const tmk_strip *strip, size_t index);

/* How many files a copy has: with SLICE_HEIGHT 0 one for each input file, else slices of
 * that many rows, of which the last may be shorter. */
TMK_API size_t tmk_strip_outputs(const tmk_strip *strip, int slice_height);

/* What became of one output file. */
typedef struct tmk_output {
    tmk_status status; /* of this file alone; its message is in error */
    tmk_error error;
    tmk_embed_report report; /* of this file by itself */
    uint64_t bytes;          /* its size and digest */
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_format format;
    int width; /* pixels */
    int64_t height;
    int64_t top;      /* the strip's row that it begins with */
    int coefficients; /* non-zero: a JPEG file that was never decoded and encoded again */
} tmk_output;

/* One copy of a strip, for one channel. */
typedef struct tmk_copy {
    uint64_t mark;
    int variant;              /* as in tmk_embed_options */
    double strength;          /* as in tmk_embed_options; 0: that of the options */
    const char *const *paths; /* one for each output; a NULL among them is not written */
    const tmk_output_mode *overwrite; /* one for each output; NULL: that of the options */
    tmk_output *outputs;              /* one for each output, filled in */
    tmk_embed_report report;          /* of all outputs together, filled in */
} tmk_copy;

typedef struct tmk_strip_options {
    double strength;  /* as in tmk_embed_options */
    int threads;      /* 1 to 64; changes the speed, never the output */
    int slice_height; /* 0 (default): cut as the input is; else rows of each output */
    tmk_write_options write;
    int (*progress)(void *context, double done); /* as in tmk_embed_options */
    /* Called on the caller's thread when output OUTPUT is finished in some of the copies:
     * those whose ->status is a failure or whose ->bytes are not 0.  May be NULL. */
    void (*finished)(void *context, size_t output);
    void *context;
} tmk_strip_options;

TMK_API void tmk_strip_options_init(tmk_strip_options *options);

/*
 * Marks COUNT COPIES of STRIP and writes them, each output as tmk_image_write does: the
 * strip is decoded and analysed once for all of them.  One continuous mark runs over all
 * slices of a copy, so that a stitched or re-cut copy reads as one.  What it gives for one
 * PNG file is what tmk_embed gives for its pixels.  JPEG files that stay JPEG, uncut and at
 * quality 0, are marked in their coefficients.
 *
 * A failure of an output stays in its ->status, and the others are written.  The result is
 * a failure of the input, of the arguments, or of cancelling, which leaves what is finished.
 * OPTIONS may be NULL.
 */
TMK_API TMK_MUST_USE tmk_status tmk_strip_embed(const tmk_key *key, tmk_strip *strip,
                                                tmk_copy *copies, size_t count,
                                                const tmk_strip_options *options,
                                                tmk_error *error);

/* ------------------------------------------------------------------- verify */

/* What a released file is put through, in memory, before its mark is read again. */
typedef enum tmk_verify_level {
    TMK_VERIFY_NONE,   /* nothing: is the file on disk itself read? */
    TMK_VERIFY_LIGHT,  /* JPEG of quality 75, chroma halved: what portals and libraries do */
    TMK_VERIFY_NORMAL, /* JPEG of quality 50, chroma halved */
    TMK_VERIFY_HARD    /* three quarters of the size, then WebP of quality 50 */
} tmk_verify_level;

/* What became of a mark.  Files of more than about two million pixels are read in windows
 * of rows, so that memory stays bounded. */
typedef struct tmk_verdict {
    int passed;     /* the whole mark was decoded, blind, from one window at least, at the
                         bound of 10^-9 that tmk_extract has by default */
    double log10_p; /* the bound of the best window that was; 0 if none was */
    double score;   /* z of the mark, decoded or asked for by name, all windows together;
                         0 where nothing of it could be seen */
    int others;     /* other marks of the key that were decoded: the file was marked twice,
                         or is not the one that was meant */
    uint64_t other; /* the strongest of them */
    int windows, windows_passed; /* windows that were read, 0: the file is too small for it;
                                    and those that were decoded alone */
    int64_t rows;                /* of the file */
    int64_t rows_needed; /* any part of so many rows is read; 0: even the whole is not */
} tmk_verdict;

/*
 * Reads PATH back from the disk, wears it down as LEVEL says and decodes what is left.
 * PLACE is that of the report of its embedding.  The mark is decoded without it, as an
 * investigator would have to; it serves for the score of what could not be decoded.  NULL:
 * not known, and only scores above 6 or so are seen.  THREADS, 1 to 64, changes the speed,
 * never the verdict.
 *
 * A mark that is not read is a verdict, not a failure; a file that is missing or damaged
 * is a failure.  What has less than TMK_MIN_SIDE pixels a side after the wear is not read.
 */
TMK_API TMK_MUST_USE tmk_status tmk_verify_file(const tmk_key *key, const char *path,
                                                uint64_t mark, const tmk_place *place,
                                                tmk_verify_level level, int threads,
                                                tmk_verdict *verdict, tmk_error *error);

/*
 * How many consecutive slices identify the channel, wherever they are taken from an episode
 * of COUNT slices, whose verdicts are SLICES in order.  JOINED: one continuous mark runs over
 * the slices, so that a stitched copy adds up what they hold; otherwise each is read by
 * itself.  0: even all of them together do not identify it.
 */
TMK_API size_t tmk_slices_needed(const tmk_verdict *slices, size_t count, int joined);

#ifdef __cplusplus
}
#endif

#endif
