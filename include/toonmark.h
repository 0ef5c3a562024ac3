/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Toonmark: an invisible mark, naming a distribution channel, in every page.
 *
 * The order of calls, from a key to an answer:
 *
 *     tmk_key *key = NULL;
 *     tmk_key_load("publisher.key", &key, &error);        1. the secret
 *
 *     tmk_image *page = NULL;
 *     tmk_image_read("page.png", &page, &error);           2. a page
 *     tmk_embed(key, tmk_image_picture(page), mark,        3. mark its pixels in place
 *               NULL, &report, &error);
 *     tmk_image_write(page, "out.png", NULL, &error);      4. release it
 *
 *     tmk_extract(key, tmk_image_picture(seized), NULL,    5. later: whose copy is this?
 *                 &result, &error);
 *     if (result.count > 0) ... result.marks[0].mark, result.marks[0].log10_p
 *
 * Pixels that are in memory already need only a tmk_picture that describes them, and
 * steps 1, 3 and 5.
 *
 * Every function that can fail returns a tmk_status, TMK_OK being 0, and fills the
 * tmk_error it is given (NULL: don't tell) with one line that says what is wrong and
 * what to do.  "No mark found" is an answer, not an error.
 *
 * The library keeps no global state, prints nothing and never ends the process.
 * Objects may be shared between threads as long as nobody changes them: one tmk_key
 * serves any number of threads.
 */
#ifndef TOONMARK_H
#define TOONMARK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TMK_API __attribute__((visibility("default")))
#define TMK_MUST_USE __attribute__((warn_unused_result))
#else
#define TMK_API
#define TMK_MUST_USE
#endif

/* ------------------------------------------------------------------ failures */

typedef enum tmk_status {
    TMK_OK = 0,
    TMK_BAD_ARGUMENT, /* a value outside its documented range */
    TMK_NO_MEMORY,    /* an allocation failed, or a picture is beyond the limits */
    TMK_NOT_READABLE, /* the file can't be opened or read */
    TMK_NOT_WRITABLE, /* the file can't be created or written */
    TMK_EXISTS,       /* the output exists and overwriting was not asked for */
    TMK_BAD_FILE,     /* damaged, truncated or hostile data */
    TMK_UNSUPPORTED,  /* a format or variant that this build does not handle */
    TMK_BAD_KEY,      /* not a key file, or readable by others */
    TMK_CANCELLED     /* the progress callback asked to stop */
} tmk_status;

/* What went wrong, for a person: one line without a final newline, naming the file. */
typedef struct tmk_error {
    tmk_status status;
    char text[480];
} tmk_error;

/* A short constant description of STATUS, e.g. "damaged file"; never NULL. */
TMK_API const char *tmk_status_text(tmk_status status);

/* The library's version, e.g. "1.0.0", and what is built in, e.g. "png jpeg webp avif". */
TMK_API const char *tmk_version(void);
TMK_API const char *tmk_features(void);

/* ---------------------------------------------------------------------- keys */

#define TMK_KEY_BYTES 32

/* A secret of 256 bits, held in memory that is locked, guarded and left out of core files. */
typedef struct tmk_key tmk_key;

/* Makes a fresh random key.  *KEY is the caller's; end with tmk_key_free. */
TMK_API TMK_MUST_USE tmk_status tmk_key_generate(tmk_key **key, tmk_error *error);

/* Makes a key of 32 secret bytes that the caller already has. */
TMK_API TMK_MUST_USE tmk_status tmk_key_from_bytes(const uint8_t bytes[TMK_KEY_BYTES],
                                                   tmk_key **key, tmk_error *error);

/* Writes KEY to a new file PATH, mode 0600; refuses an existing file (TMK_EXISTS). */
TMK_API TMK_MUST_USE tmk_status tmk_key_save(const tmk_key *key, const char *path,
                                             tmk_error *error);

/* Reads a key file; refuses one that group or others can read (TMK_BAD_KEY). */
TMK_API TMK_MUST_USE tmk_status tmk_key_load(const char *path, tmk_key **key,
                                             tmk_error *error);

/* Wipes and frees *KEY and sets it to NULL; NULL is allowed. */
TMK_API void tmk_key_free(tmk_key **key);

/* A public name of the key, 16 hex digits and a NUL, which tells nothing of the secret. */
TMK_API void tmk_key_fingerprint(const tmk_key *key, char text[17]);

/* --------------------------------------------------------------------- marks */

/* The version of the mark's format.  It is part of every sub-key's name and of the key
 * file: a mark of another version is a mark under another key. */
#define TMK_FORMAT_VERSION 1

#define TMK_MARK_DIGITS 16

/* Reads a mark, exactly 16 hexadecimal digits; 1, or 0 if TEXT is anything else. */
TMK_API int tmk_mark_parse(const char *text, uint64_t *mark);

/* Writes MARK as 16 hexadecimal digits and a NUL. */
TMK_API void tmk_mark_format(uint64_t mark, char text[TMK_MARK_DIGITS + 1]);

/* ------------------------------------------------------------------ pictures */

#define TMK_MIN_SIDE 64       /* smallest width and height that can be marked or read */
#define TMK_MAX_SIDE 1000000  /* largest width or height; JPEG holds 65,500, WebP 16,383 */
#define TMK_MAX_PIXELS (400u * 1000u * 1000u)

/*
 * A view of pixels that somebody else owns.  Rows run from the top, samples are
 * interleaved; 16-bit samples are uint16_t in the machine's byte order.  Values are
 * non-linear (as in the file, e.g. sRGB), alpha is not premultiplied.
 */
typedef struct tmk_picture {
    int width, height; /* pixels */
    int channels;      /* 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA */
    int depth;         /* bits a sample: 8 or 16 */
    size_t stride;     /* bytes from one row to the next */
    void *pixels;
} tmk_picture;

/* -------------------------------------------------------------------- embed */

#define TMK_MAX_THREADS 64 /* that one call may use */
#define TMK_MIN_STRENGTH 0.25
#define TMK_MAX_STRENGTH 4

typedef struct tmk_embed_options {
    double strength; /* 0.25 to 4; 1 is the default; amplitude, relative to the default */
    int threads;     /* 1 to 64; changes the speed, never the output */
    /* Called now and then with a fraction done, 0 to 1; non-zero cancels.  May be NULL. */
    int (*progress)(void *context, double done);
    void *context;
} tmk_embed_options;

/*
 * Where on the endless plane of carriers a picture's upper left corner lies: x and y from
 * 0 to 1023, band from 0 to 4095.  Each page and mark has a place of its own, drawn with
 * the key; it is of use to whoever has the key, and means nothing without.
 */
typedef struct tmk_place {
    int x, y, band;
} tmk_place;

typedef struct tmk_embed_report {
    double psnr_db;      /* over all colour samples; HUGE_VAL where nothing changed */
    double luma_psnr_db; /* over luma alone */
    double margin_db;    /* how far the mark lies above what decoding needs after JPEG
                            quality 50; below 0 it would not be read back; -HUGE_VAL when
                            the page holds no mark at all */
    tmk_place place;     /* where the mark lies, see tmk_verify_file */
} tmk_embed_report;

TMK_API void tmk_embed_options_init(tmk_embed_options *options);

/*
 * Adds MARK, 64 bits of the caller's choice, to PICTURE in place.  Deterministic: the
 * same pixels, key, mark and strength give the same pixels on every machine.  OPTIONS
 * and REPORT may be NULL.  After a failure the pixels are unchanged.  A picture that
 * can't hold a mark, such as a blank one, is not a failure: see margin_db.
 */
TMK_API TMK_MUST_USE tmk_status tmk_embed(const tmk_key *key, const tmk_picture *picture,
                                          uint64_t mark, const tmk_embed_options *options,
                                          tmk_embed_report *report, tmk_error *error);

/* --------------------------------------------------------- pages of rows */

/*
 * For pixels that do not lie in one tmk_picture, or that many copies are made of: decoders
 * give rows, encoders take them, and the whole need never be in memory.
 *
 *     tmk_page_new(&page, &error);
 *     tmk_page_add(page, &source, 1, &error);            once, or for each slice of a strip
 *     tmk_page_embed(key, page, copies, count, NULL, &error);
 *     tmk_page_free(&page);
 *
 * Calls for one source or sink never overlap, but may come from any thread.  They fail as
 * functions of the library do: with a status, and a line in ERROR.
 */

struct tmk_blocks; /* coefficients of a JPEG */

/* Where rows come from.  All of them are read twice: to survey the page, and to mark it. */
typedef struct tmk_row_source {
    const char *name;  /* for messages, such as that of its file */
    tmk_picture shape; /* size and kind of samples, upright; with pixels: they are all there
                          until the page is freed, and nothing below is called */
    void *context;     /* of the calls */

    /* Begins a reading at the first row.  ALL is the shape: where all rows are in memory
     * until the reading ends, its pixels and stride may be set, and none is read. */
    tmk_status (*begin)(void *context, tmk_picture *all, tmk_error *error);
    /* Fills ROWS with the next ROWS->height rows.  Must fail if they are not those of the
     * reading before. */
    tmk_status (*read)(void *context, const tmk_picture *rows, tmk_error *error);
    /* Ends the reading, complete or not, also after a failure.  May be NULL. */
    void (*end)(void *context);
    /* Fills BLOCKS with the coefficients that the rows were decoded from; the page frees
     * them.  NULL: there are none. */
    tmk_status (*read_blocks)(void *context, struct tmk_blocks *blocks, tmk_error *error);
} tmk_row_source;

/* Where marked rows go. */
typedef struct tmk_row_sink {
    const char *name; /* for messages */
    void *context;    /* of the calls */
    int needs_all;    /* non-zero: it keeps all rows until it is finished.  Such copies are
                         made one after the other, so that few of them are in memory */

    /* Begins a picture like SHAPE, which has no pixels.  The first call, and the last if it
     * fails. */
    tmk_status (*open)(void *context, const tmk_picture *shape, tmk_error *error);
    /* Takes ROWS, the next ones, of the samples of SHAPE. */
    tmk_status (*write)(void *context, const tmk_picture *rows, tmk_error *error);
    /* Instead of all rows: takes marked BLOCKS of the source.  DECODED becomes the upright
     * picture that a reader of them sees; its pixels stay until finish or abandon.  NULL: it
     * takes no coefficients. */
    tmk_status (*write_blocks)(void *context, const struct tmk_blocks *blocks,
                               tmk_picture *decoded, tmk_error *error);
    /* Ends the picture when all is written; it counts only now.  The last call. */
    tmk_status (*finish)(void *context, tmk_error *error);
    /* Gives it up instead, after a failure or when cancelled.  The last call. */
    void (*abandon)(void *context);
} tmk_row_sink;

/* What is marked as one: a picture, or slices of equal width that are read as one strip. */
typedef struct tmk_page tmk_page;

/* Makes a page without rows.  *PAGE is the caller's; end with tmk_page_free. */
TMK_API TMK_MUST_USE tmk_status tmk_page_new(tmk_page **page, tmk_error *error);

/*
 * Adds SOURCE below those before, and surveys it on THREADS threads.  A copy of *SOURCE is
 * kept; what it points to must stay until the page is freed.  A slice may be of any height;
 * the whole page needs TMK_MIN_SIDE rows.  After a failure the page can only be freed.
 */
TMK_API TMK_MUST_USE tmk_status tmk_page_add(tmk_page *page, const tmk_row_source *source,
                                             int threads, tmk_error *error);

/* Frees *PAGE and sets it to NULL; NULL is allowed. */
TMK_API void tmk_page_free(tmk_page **page);

/* Its size in pixels, all slices together. */
TMK_API int tmk_page_width(const tmk_page *page);
TMK_API int64_t tmk_page_height(const tmk_page *page);

/* How many outputs a copy has: with OUTPUT_HEIGHT 0 one for each source, else one for every
 * so many rows, of which the last may be shorter. */
TMK_API size_t tmk_page_outputs(const tmk_page *page, int output_height);

/* One output of a copy. */
typedef struct tmk_page_output {
    tmk_row_sink sink; /* without open: it is not wanted */

    /* Filled in: */
    tmk_status status; /* of this output alone; its message is in error */
    tmk_error error;
    int finished;      /* non-zero: it is written */
    int coefficients;  /* non-zero: it was marked in the source's coefficients */
    int width, height; /* pixels */
    int64_t top;       /* the page's row that it begins with */
    tmk_embed_report report; /* of this output by itself */
} tmk_page_output;

/* One copy of a page. */
typedef struct tmk_page_copy {
    uint64_t mark;
    double strength;          /* as in tmk_embed_options; 0: that of the options */
    tmk_page_output *outputs; /* one for each output */
    tmk_embed_report report;  /* of all outputs together, filled in */
} tmk_page_copy;

typedef struct tmk_page_options {
    double strength;   /* as in tmk_embed_options */
    int threads;       /* 1 to 64; changes the speed, never the output */
    int output_height; /* 0 (default): cut as the sources are; else rows of each output */
    int (*progress)(void *context, double done); /* as in tmk_embed_options */
    /* Called on the caller's thread when output OUTPUT is finished, or has failed, in some
     * of the copies.  May be NULL. */
    void (*finished)(void *context, size_t output);
    void *context;
} tmk_page_options;

TMK_API void tmk_page_options_init(tmk_page_options *options);

/*
 * Marks COUNT COPIES of PAGE: it is read and analysed once for all of them.  One continuous
 * mark runs over all outputs of a copy, so that what is stitched or cut again reads as one.
 * A source that becomes one output, and has coefficients where its sink takes some, is
 * marked in these.  A failure of an output stays in its status, and the others are written.
 * The result is a failure of a source, of the arguments, or of cancelling, which leaves
 * what is finished.  OPTIONS may be NULL.
 */
TMK_API TMK_MUST_USE tmk_status tmk_page_embed(const tmk_key *key, tmk_page *page,
                                               tmk_page_copy *copies, size_t count,
                                               const tmk_page_options *options,
                                               tmk_error *error);

/* One page of one source for one sink; the rest as in tmk_embed. */
TMK_API TMK_MUST_USE tmk_status tmk_embed_source(const tmk_key *key,
                                                 const tmk_row_source *source,
                                                 const tmk_row_sink *sink, uint64_t mark,
                                                 const tmk_embed_options *options,
                                                 tmk_embed_report *report,
                                                 tmk_error *error);

/* ------------------------------------------------------------------ extract */

typedef enum tmk_effort {
    TMK_FAST,   /* likely scales, upright */
    TMK_NORMAL, /* all scales 0.4 to 2.5, flips, quarter turns */
    TMK_DEEP    /* also small rotations, aspect ratios and shear */
} tmk_effort;

#define TMK_MIN_LOG10_BOUND -300
#define TMK_MAX_LOG10_BOUND -2

typedef struct tmk_extract_options {
    tmk_effort effort;  /* default TMK_NORMAL */
    double log10_bound; /* a mark is reported at this bound or below: -300 to -2, default -9 */
    const uint64_t *known_marks; /* marks that were released (may be NULL): these are tried */
    size_t known_count;          /* by name as well, which reads much weaker copies */
    int threads;                 /* 1 to 64; changes the speed, never the answer */
    int (*progress)(void *context, double done); /* as in tmk_embed_options */
    void *context;
} tmk_extract_options;

/* One mark that was found, and how its picture lies to the released one. */
typedef struct tmk_found {
    uint64_t mark;
    double log10_p; /* log10 of the bound on the probability that an unmarked picture, or
                       one marked with another key, gives this result */
    double score;   /* z of the carriers that were tested: correlation over its deviation */
    double scale_x, scale_y; /* seized size over released size */
    double rotation_deg;     /* counter-clockwise turn of the seized against the released
                                picture, -180 to 180 */
    int flipped;             /* mirrored left to right (before the turn) */
    double offset_x, offset_y; /* where the seized picture's upper left corner lies on the
                                  marked plane, released pixels, 0 to 1024 */
} tmk_found;

#define TMK_MAX_FOUND 16

typedef struct tmk_extract_result {
    int count;                      /* marks found, 0 to TMK_MAX_FOUND */
    tmk_found marks[TMK_MAX_FOUND]; /* strongest first */
} tmk_extract_result;

TMK_API void tmk_extract_options_init(tmk_extract_options *options);

/* Reads the marks that PICTURE carries under KEY.  OPTIONS may be NULL. */
TMK_API TMK_MUST_USE tmk_status tmk_extract(const tmk_key *key, const tmk_picture *picture,
                                            const tmk_extract_options *options,
                                            tmk_extract_result *result, tmk_error *error);

/* -------------------------------------------------------------- image files */

typedef enum tmk_format {
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
    TMK_OUTPUT_SAME     /* with the very bytes that would be written it is as good as
                           written; any other is refused (TMK_EXISTS) */
} tmk_output_mode;

#define TMK_MAX_QUALITY 100

typedef struct tmk_write_options {
    tmk_format format; /* TMK_FORMAT_UNKNOWN (default): as PATH ends, else as it was read */
    int quality;       /* 1 to 100 for JPEG and WebP; 0 (default): that of the input, or 95;
                          WebP 100 and lossless WebP input: lossless */
    tmk_output_mode overwrite; /* default TMK_OUTPUT_NEW */
} tmk_write_options;

TMK_API void tmk_write_options_init(tmk_write_options *options);

/* The format that PATH's ending names (".jpg", ".PNG", ...), or TMK_FORMAT_UNKNOWN. */
TMK_API tmk_format tmk_format_of_path(const char *path);

/* "png", "jpeg", "webp", "avif" or "unknown". */
TMK_API const char *tmk_format_name(tmk_format format);

/* Reads PATH ("-" is standard input), whose content, not name, decides the format. */
TMK_API TMK_MUST_USE tmk_status tmk_image_read(const char *path, tmk_image **image,
                                               tmk_error *error);

/* Decodes SIZE bytes at DATA; NAME is used in messages. */
TMK_API TMK_MUST_USE tmk_status tmk_image_decode(const void *data, size_t size,
                                                 const char *name, tmk_image **image,
                                                 tmk_error *error);

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
                                                tmk_embed_report *report,
                                                tmk_error *error);

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
                                                 void **data, size_t *size,
                                                 tmk_error *error);

/* Makes an image that owns a copy of PICTURE's pixels and has no metadata. */
TMK_API TMK_MUST_USE tmk_status tmk_image_from_picture(const tmk_picture *picture,
                                                       tmk_format format,
                                                       tmk_image **image, tmk_error *error);

/* Frees *IMAGE and sets it to NULL; NULL is allowed. */
TMK_API void tmk_image_free(tmk_image **image);

/* ------------------------------------------------------- releases of image files */

#define TMK_DIGEST_BYTES 32

/* The BLAKE2b-256 digest of the file PATH, as "b2sum -l 256" prints it, and its size;
 * either may be NULL. */
TMK_API TMK_MUST_USE tmk_status tmk_file_digest(const char *path,
                                                uint8_t digest[TMK_DIGEST_BYTES],
                                                uint64_t *bytes, tmk_error *error);

/*
 * What is released: one image file, or several slices of equal width that are read as one,
 * from top to bottom.  A slice may be of any height; all together need TMK_MIN_SIDE rows.
 * PNG files that are not interlaced are read in bands of rows, so their height costs no
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
    int width;         /* pixels */
    int64_t height;
    int64_t top;       /* the strip's row that it begins with */
    int coefficients;  /* non-zero: a JPEG file that was never decoded and encoded again */
} tmk_output;

/* One copy of a strip, for one channel. */
typedef struct tmk_copy {
    uint64_t mark;
    double strength;          /* as in tmk_embed_options; 0: that of the options */
    const char *const *paths; /* one for each output; a NULL among them is not written */
    const tmk_output_mode *overwrite; /* one for each output; NULL: that of the options */
    tmk_output *outputs;      /* one for each output, filled in */
    tmk_embed_report report;  /* of all outputs together, filled in */
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
    int passed;       /* the whole mark was decoded, blind, from one window at least, at the
                         bound of 10^-9 that tmk_extract has by default */
    double log10_p;   /* the bound of the best window that was; 0 if none was */
    double score;     /* z of the mark, decoded or asked for by name, all windows together;
                         0 where nothing of it could be seen */
    int others;       /* other marks of the key that were decoded: the file was marked twice,
                         or is not the one that was meant */
    uint64_t other;   /* the strongest of them */
    int windows, windows_passed; /* windows that were read, 0: the file is too small for it;
                                    and those that were decoded alone */
    int64_t rows;        /* of the file */
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
 * How many consecutive ones of an episode's COUNT slices, whose verdicts are SLICES in
 * order, must fall into one hand so that any such run names the channel.  JOINED: one
 * continuous mark runs over the slices, so that a stitched copy adds up what they hold;
 * otherwise each stands for itself.  0: even all of them together do not.
 */
TMK_API size_t tmk_slices_needed(const tmk_verdict *slices, size_t count, int joined);

/* ------------------------------------------------------------------- ledger */

/*
 * The ledger: which channel has which mark, and what was released to whom, in one SQLite
 * file.  Any number of programs and threads may use one at the same time.  What a call
 * has recorded is on the disk when it returns, whatever happens to the program
 * afterwards; what it has not, leaves no trace.  Nothing that was recorded is ever
 * changed or removed.  doc/ledger.md describes the tables.
 *
 * A ledger holds no secret, yet it says who got what: a new one is private to its user.
 */
typedef struct tmk_ledger tmk_ledger;

typedef enum tmk_ledger_mode {
    TMK_LEDGER_READ, /* it must be there, and stays as it is */
    TMK_LEDGER_WRITE /* it is made if it is missing (its directory is not), and brought up
                        to date if an older version of the library made it */
} tmk_ledger_mode;

/*
 * Opens the ledger PATH; with PATH NULL an empty one that vanishes when it is closed.
 * TMK_NOT_READABLE, TMK_NOT_WRITABLE: it can't be opened; TMK_BAD_FILE: it is not a
 * ledger or is damaged; TMK_UNSUPPORTED: a newer version of the library made it.  One object
 * serves any number of threads, but not a process made by fork().
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_open(const char *path, tmk_ledger_mode mode,
                                                tmk_ledger **ledger, tmk_error *error);

/* Closes *LEDGER and sets it to NULL; NULL is allowed. */
TMK_API void tmk_ledger_close(tmk_ledger **ledger);

/*
 * How long the ledger's calls wait while other programs write, in milliseconds, before
 * they fail with TMK_NOT_WRITABLE; 60,000 by default.
 */
TMK_API void tmk_ledger_set_patience(tmk_ledger *ledger, int milliseconds);

/* What has become of a channel. */
typedef enum tmk_channel_state {
    TMK_CHANNEL_ACTIVE,
    TMK_CHANNEL_RETIRED /* nothing is released through it any more */
} tmk_channel_state;

/* One channel that pages are released through.  The texts belong to whoever gave it. */
typedef struct tmk_channel {
    const char *name; /* UTF-8, 1 to 200 bytes, no control characters */
    uint64_t mark;
    const char *note; /* "" if there is none */
    int64_t time;     /* it was made, as in tmk_release; 0 when putting: now */
    tmk_channel_state state;
} tmk_channel;

/* The channels as they were at one moment, in memory and read-only. */
typedef struct tmk_channels tmk_channels;

/* All channels of LEDGER, oldest first.  *CHANNELS is the caller's; end with
 * tmk_channels_free. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_channels(tmk_ledger *ledger,
                                                    tmk_channels **channels,
                                                    tmk_error *error);

/*
 * Reads the plain text that version 0.1 kept channels in, lines of
 *
 *     name <TAB> mark (16 hexadecimal digits) <TAB> note
 *
 * where the note may be missing and empty lines and lines beginning with # say nothing.
 * Names and marks must be unique; messages give the line's number.  It serves to bring
 * such a file into a ledger, by tmk_ledger_put_channel.
 */
TMK_API TMK_MUST_USE tmk_status tmk_channels_load(const char *path, tmk_channels **channels,
                                                  tmk_error *error);

/* Frees *CHANNELS and sets it to NULL; NULL is allowed. */
TMK_API void tmk_channels_free(tmk_channels **channels);

/* The number of channels, and the channel INDEX in their order, NULL beyond the end. */
TMK_API size_t tmk_channels_count(const tmk_channels *channels);
TMK_API const tmk_channel *tmk_channels_at(const tmk_channels *channels, size_t index);

/* The channel with this name, or this mark; NULL if there is none. */
TMK_API const tmk_channel *tmk_channels_find_name(const tmk_channels *channels,
                                                  const char *name);
TMK_API const tmk_channel *tmk_channels_find_mark(const tmk_channels *channels,
                                                  uint64_t mark);

/* All marks in their order, as tmk_extract_options.known_marks wants them. */
TMK_API const uint64_t *tmk_channels_marks(const tmk_channels *channels);

/*
 * Adds a channel.  WANTED is its mark; NULL: a fresh random one that no other channel
 * has.  NOTE may be NULL.  *MARK (may be NULL) is the mark it got.  TMK_EXISTS: the name
 * or mark is taken.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_add_channel(tmk_ledger *ledger, const char *name,
                                                       const uint64_t *wanted,
                                                       const char *note, uint64_t *mark,
                                                       tmk_error *error);

/*
 * Adds CHANNEL as it came from elsewhere.  If the very pair of name and mark is there
 * already, nothing is changed.  TMK_EXISTS: the name stands for another mark, or the mark
 * for another name.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_put_channel(tmk_ledger *ledger,
                                                       const tmk_channel *channel,
                                                       tmk_error *error);

/* Calls VISIT with every channel, oldest first, until it returns non-zero.  VISIT may not
 * use the ledger. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_each_channel(
    tmk_ledger *ledger, int (*visit)(void *context, const tmk_channel *channel),
    void *context, tmk_error *error);

/* What has become of a release. */
typedef enum tmk_release_state {
    TMK_RELEASED,
    TMK_WITHDRAWN, /* taken back */
    TMK_ARCHIVED   /* still out, its file no longer kept where it was */
} tmk_release_state;

/* Some bytes that somebody else owns; none: SIZE is 0. */
typedef struct tmk_bytes {
    const uint8_t *bytes;
    size_t size;
} tmk_bytes;

/*
 * One file that was released.  Texts may be NULL where there is nothing to say, which is
 * read back as "".  They may hold any bytes, as names of files do.
 */
typedef struct tmk_release {
    int64_t id;   /* number in this ledger, from 1; not looked at when recording */
    int64_t time; /* microseconds since 1970-01-01 00:00 UTC; 0 when recording: now, and
                     after everything that this ledger recorded, and every release of the
                     same output, whatever the clock says */
    uint64_t mark;
    const char *channel; /* the name that the mark had then; "": none */
    char key[17];        /* the key's fingerprint, or "" */

    const char *input;  /* absolute path of the page; "-": standard input */
    uint8_t input_digest[TMK_DIGEST_BYTES];
    uint64_t input_bytes;
    const char *output; /* absolute path of the released file */
    uint8_t output_digest[TMK_DIGEST_BYTES];
    uint64_t output_bytes;
    int width;          /* of the released picture, pixels; 0: not known */
    int64_t height;

    const char *title, *episode, *page;
    int slice; /* number of this slice of its strip, from 1; 0: no slice */

    double strength; /* that it was embedded with */
    int quality;     /* that was asked for, 1 to 100; 0: none was */
    const char *options;  /* what else decided the output's bytes, in the words of the
                             program that made it, which may compare them later */
    double margin_db;     /* as in tmk_embed_report; NAN: not known */
    double psnr_db;
    const char *verified; /* level at which it was read back from disk and found, such as
                             "normal"; "failed"; "": not tried */
    const char *version;  /* of the program */

    int format_version; /* of the mark, TMK_FORMAT_VERSION; 0: not known, nor is the place */
    tmk_place place;    /* where the mark lies, as in tmk_embed_report */
    int variant;        /* of the page for this channel, from 0 */
    tmk_release_state state;
    tmk_bytes content; /* a fingerprint of the page's content, at most 524,288 bytes */
    int64_t clock;    /* what the clock said; 0: not known, and when recording at time 0: now */

    int is_newest; /* no later release has the same output; not looked at when recording */
} tmk_release;

/* A release of nothing yet: all texts "", numbers 0, margin_db and psnr_db NAN. */
TMK_API void tmk_release_init(tmk_release *release);

/*
 * Records COUNT releases, all or none.  A release that is there already (same output,
 * time, mark and output_digest) is not doubled.  TMK_BAD_ARGUMENT: a path is not
 * absolute, a digest missing, a text longer than 32,768 bytes, or a number out of range.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_record(tmk_ledger *ledger,
                                                  const tmk_release *releases, size_t count,
                                                  tmk_error *error);

/* Which releases are meant: those that fit everything that is not NULL or 0. */
typedef struct tmk_release_filter {
    int64_t id;
    const char *output; /* exactly this path */
    const char *under;  /* this output path, or below it as a directory */
    const uint8_t *input_digest, *output_digest;
    const char *channel;
    const uint64_t *mark;
    const char *title, *episode, *page;
    int newest; /* only the newest release of each output */
} tmk_release_filter;

/*
 * Calls VISIT with each release that FILTER (NULL: all) means, oldest first, until it
 * returns non-zero.  The texts are valid during the call.  VISIT may use the ledger;
 * what is recorded meanwhile is not visited.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_each(
    tmk_ledger *ledger, const tmk_release_filter *filter,
    int (*visit)(void *context, const tmk_release *release), void *context,
    tmk_error *error);

/*
 * The fields of tmk_channel and tmk_release, for programs that print or read them one by
 * one: the table that the ledger itself is made of.
 */
typedef enum tmk_field_kind {
    TMK_FIELD_TIME,   /* int64_t, microseconds since 1970 */
    TMK_FIELD_NUMBER, /* int64_t, or uint64_t below 2^63; not negative */
    TMK_FIELD_INT,    /* int, not negative */
    TMK_FIELD_REAL,   /* double; NAN: not known */
    TMK_FIELD_TEXT,   /* const char *, any bytes */
    TMK_FIELD_MARK,   /* uint64_t */
    TMK_FIELD_KEY,    /* char[17] */
    TMK_FIELD_DIGEST, /* uint8_t[TMK_DIGEST_BYTES] */
    TMK_FIELD_WORD,   /* an enum, of which each value has a word */
    TMK_FIELD_BLOB    /* tmk_bytes */
} tmk_field_kind;

typedef struct tmk_field {
    const char *name;
    tmk_field_kind kind;
    size_t offset;            /* in the struct */
    const char *const *words; /* of TMK_FIELD_WORD, from 0; NULL ends them */
} tmk_field;

/* Field INDEX, from 0; NULL beyond the last one. */
TMK_API const tmk_field *tmk_channel_field(size_t index);
TMK_API const tmk_field *tmk_release_field(size_t index);

/* What a merge found: rows that it added, and rows that were there already. */
typedef struct tmk_merge_counts {
    uint64_t channels_added, channels_known;
    uint64_t releases_added, releases_known;
} tmk_merge_counts;

/*
 * Adds to LEDGER all that OTHER holds and it does not, such as the part that one of many
 * machines recorded; all or nothing.  Doing it again changes nothing.  TMK_EXISTS: a
 * channel's name stands for another mark, or a mark for another name; TMK_BAD_FILE: the
 * logs contradict each other; nothing is added.  COUNTS may be NULL.
 */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_merge(tmk_ledger *ledger, tmk_ledger *other,
                                                 tmk_merge_counts *counts, tmk_error *error);

#define TMK_ORIGIN_BYTES 16

/*
 * One entry of a ledger's log.  A ledger has an origin, a random name that it got when it
 * was made, and whatever is recorded in it appends an event under that name: numbered from
 * 1, and hashed with the hash of the one before.  Merging adds the other ledger's logs
 * beside its own.  doc/ledger.md says what the payload and the hash are made of.
 */
typedef struct tmk_event {
    uint8_t origin[TMK_ORIGIN_BYTES];
    int64_t sequence;
    int64_t time;     /* as in tmk_release; later than that of the one before */
    const char *kind; /* "channel" or "release" */
    tmk_bytes payload;
    uint8_t hash[TMK_DIGEST_BYTES];
} tmk_event;

/* Calls VISIT with every event, by origin and sequence, until it returns non-zero.  VISIT
 * may not use the ledger. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_each_event(
    tmk_ledger *ledger, int (*visit)(void *context, const tmk_event *event), void *context,
    tmk_error *error);

/* Reads all of the ledger and reports damage as TMK_BAD_FILE, also a row that is not what
 * the log says of it; takes long for a large one. */
TMK_API TMK_MUST_USE tmk_status tmk_ledger_check(tmk_ledger *ledger, tmk_error *error);

#ifdef __cplusplus
}
#endif

#endif
