/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Toonmark: an invisible mark, naming a distribution channel, in every page.
 *
 * The order of calls, from a key to an answer:
 *
 *     tmk_key *key = NULL;
 *     tmk_key_load("publisher.key", &key, &error);        1. the secret
 *
 *     tmk_embed(key, &picture, mark, NULL, &report,       2. mark its pixels in place
 *               &error);
 *     tmk_extract(key, &seized, NULL, &result, &error);   3. later: whose copy is this?
 *     if (result.count > 0) ... result.marks[0].mark, result.marks[0].log10_p
 *
 * A tmk_picture describes pixels that are in memory.  Rows that come and go are marked by
 * tmk_embed_source, and for many channels at once by a tmk_page.  Image files, and whole
 * releases of them, are in toonmark-file.h; channels, and what was released to whom, in
 * toonmark-ledger.h.  Each is a library of its own, which this one does not need.
 *
 * Every function that can fail returns a tmk_status, TMK_OK being 0, and fills the
 * tmk_error it is given (NULL: none) with one line that says what is wrong and
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
    TMK_CANCELLED,    /* the progress callback asked to stop */
    TMK_DISK_FULL     /* no room for the file, on the disk or within a quota */
} tmk_status;

/* What went wrong, for a person: one line without a final newline, naming the file. */
typedef struct tmk_error {
    tmk_status status;
    char text[480];
} tmk_error;

/* A short constant description of STATUS, e.g. "damaged file"; never NULL. */
TMK_API const char *tmk_status_text(tmk_status status);

/* The library's version, e.g. "1.0.0". */
TMK_API const char *tmk_version(void);

#define TMK_DIGEST_BYTES 32 /* of a BLAKE2b-256 digest, which identifies a file */

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

/* Reads a key file; refuses one that group or others can read (TMK_BAD_KEY).  Its group may where
 * it is another user's, or nothing can be changed there: a secret mounted for a service. */
TMK_API TMK_MUST_USE tmk_status tmk_key_load(const char *path, tmk_key **key,
                                             tmk_error *error);

/* Wipes and frees *KEY and sets it to NULL; NULL is allowed. */
TMK_API void tmk_key_free(tmk_key **key);

/* A public name of the key, 16 hex digits and a NUL, which reveals nothing of the secret. */
TMK_API void tmk_key_fingerprint(const tmk_key *key, char text[17]);

/* --------------------------------------------------------------------- marks */

/* The version of the mark's format.  It is part of every sub-key's name and of the key
 * file: a mark of another version is a mark under another key. */
#define TMK_FORMAT_VERSION 2

#define TMK_MARK_DIGITS 16

/* Reads a mark, exactly 16 hexadecimal digits; 1, or 0 if TEXT is anything else. */
TMK_API int tmk_mark_parse(const char *text, uint64_t *mark);

/* Writes MARK as 16 hexadecimal digits and a NUL. */
TMK_API void tmk_mark_format(uint64_t mark, char text[TMK_MARK_DIGITS + 1]);

/*
 * In how many of their 2048 coded bits marks A and B differ: 0 where they are equal, and near
 * 1024 for marks that were drawn at random.  Below TMK_NEAR_MARKS a copy of one may be hard to
 * distinguish from one of the other where little is left of it.
 */
#define TMK_NEAR_MARKS 512
TMK_API int tmk_mark_distance(uint64_t a, uint64_t b);

/* ------------------------------------------------------------------ pictures */

#define TMK_MIN_SIDE 64      /* smallest width and height that can be marked or read */
#define TMK_MAX_SIDE 1000000 /* largest width or height; JPEG holds 65,500, WebP 16,383 */
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
#define TMK_VARIANTS 16 /* of a mark in a page */

typedef struct tmk_embed_options {
    double strength; /* 0.25 to 4; 1 is the default; amplitude, relative to the default */
    int variant;     /* 0 (default) to 15: copies of a page that carry the same mark, at the
                        same place, and stay distinct even when mixed */
    int threads;     /* 1 to 64; changes the speed, never the output */
    /* Called now and then with a fraction done, 0 to 1; non-zero cancels.  May be NULL. */
    int (*progress)(void *context, double done);
    void *context;
} tmk_embed_options;

/*
 * Where on the endless plane of carriers a picture's upper left corner lies: x and y from
 * 0 to 1023, band from 0 to 4095, and 4096 more for each variant.  Each page and mark has a
 * place of its own, drawn with the key; it is of use to whoever has the key, and useless
 * without.
 */
#define TMK_PLACE_SIDE 1024
#define TMK_PLACE_BANDS (TMK_VARIANTS * 4096)
typedef struct tmk_place {
    int x, y, band;
} tmk_place;

typedef struct tmk_embed_report {
    /* All of what a reader of the output sees, encoded as it is; but where tmk_embed marks a
     * picture, and for an output cut from several sources, of the pixels before they are
     * encoded. */
    double psnr_db;      /* over all colour samples; HUGE_VAL where nothing changed */
    double luma_psnr_db; /* over luma alone */
    double margin_db;    /* how far the mark lies above what decoding needs after JPEG
                            quality 50; below 0 it would not be read back; -HUGE_VAL when
                            the page holds no mark at all */
    tmk_place place;     /* where the mark lies, see tmk_score_at */
} tmk_embed_report;

/* The place of what begins ROWS rows, 0 or more, below PLACE. */
TMK_API tmk_place tmk_place_below(const tmk_place *place, int64_t rows);

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

/* --------------------------------------------------------------------- blocks */

/*
 * A picture as JPEG stores it (ITU-T T.81): each component in blocks of 8 x 8, transformed
 * and quantised.  A coefficient times its quantiser is that of an orthonormal DCT of
 * samples from 0 to 255.
 */
#define TMK_BLOCK_SIDE 8
#define TMK_BLOCK_SIZE 64
#define TMK_BLOCK_PLANES 3

/* What the planes are. */
typedef enum tmk_block_colours {
    TMK_BLOCKS_GREY, /* luma */
    TMK_BLOCKS_YCC,  /* luma, Cb, Cr of BT.601 */
    TMK_BLOCKS_RGB
} tmk_block_colours;

/* Coefficients in natural order: rows of rising vertical frequency. */
typedef int16_t tmk_block[TMK_BLOCK_SIZE];

typedef struct tmk_block_plane {
    int h, v;          /* sampling factors, 1 to 4 */
    int columns, rows; /* of blocks; those that lie beyond the picture are not held */
    uint16_t quantiser[TMK_BLOCK_SIZE]; /* at least 1 */
    tmk_block *blocks;                  /* row by row */
} tmk_block_plane;

typedef struct tmk_blocks {
    int width, height; /* of the picture, pixels, as it is stored */
    int orientation;   /* that turns it to the upright one, as EXIF numbers them: 1 to 8 */
    tmk_block_colours colours;
    int count; /* of planes: 1 or 3 */
    int h, v;  /* the largest sampling factors */
    tmk_block_plane planes[TMK_BLOCK_PLANES];
} tmk_blocks;

/*
 * Allocates zeroed blocks for a picture whose width, height, count of planes and sampling
 * factors are set; everything else is filled.  Ends with tmk_blocks_release, also after a
 * failure.
 */
TMK_API TMK_MUST_USE tmk_status tmk_blocks_alloc(tmk_blocks *blocks, tmk_error *error);

/* Frees the blocks and clears BLOCKS; cleared ones are allowed. */
TMK_API void tmk_blocks_release(tmk_blocks *blocks);

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

/* Where rows come from.  All of them are read twice: to survey the page, and to mark it. */
typedef struct tmk_row_source {
    const char *name;  /* for messages, such as that of its file; NULL: "picture" */
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
    tmk_status (*read_blocks)(void *context, tmk_blocks *blocks, tmk_error *error);
} tmk_row_source;

/* Where marked rows go. */
typedef struct tmk_row_sink {
    void *context; /* of the calls */
    int needs_all; /* non-zero: it keeps all rows until it is finished.  Of such copies no
                         more are made at a time than there are threads, so that few of
                         them are in memory */

    /* Begins a picture like SHAPE, which has no pixels.  The first call, and the last if it
     * fails. */
    tmk_status (*open)(void *context, const tmk_picture *shape, tmk_error *error);
    /* Takes ROWS, the next ones, of the samples of SHAPE.  NULL: it takes coefficients
     * alone. */
    tmk_status (*write)(void *context, const tmk_picture *rows, tmk_error *error);
    /* Instead of all rows: takes marked BLOCKS of the source.  DECODED becomes the upright
     * picture that a reader of them sees; its pixels stay until finish or abandon.  NULL: it
     * takes no coefficients. */
    tmk_status (*write_blocks)(void *context, const tmk_blocks *blocks, tmk_picture *decoded,
                               tmk_error *error);
    /* Ends the picture when all is written; it counts only now.  The last call. */
    tmk_status (*finish)(void *context, tmk_error *error);
    /* Gives it up instead, after a failure or when cancelled.  The last call. */
    void (*abandon)(void *context);
    /* After the last rows, of an output that is all of one source: DECODED becomes the picture
     * that a reader will see, like SHAPE, where writing loses something; its pixels stay until
     * finish or abandon.  NULL, or without pixels: exactly what was written. */
    tmk_status (*see)(void *context, tmk_picture *decoded, tmk_error *error);
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
    int finished;            /* non-zero: it is written */
    int coefficients;        /* non-zero: it was marked in the source's coefficients */
    int width, height;       /* pixels */
    int64_t top;             /* the page's row that it begins with */
    tmk_embed_report report; /* of this output by itself */
} tmk_page_output;

/* One copy of a page. */
typedef struct tmk_page_copy {
    uint64_t mark;
    int variant;              /* as in tmk_embed_options */
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
                                                 tmk_embed_report *report, tmk_error *error);

/* ------------------------------------------------------------------ extract */

typedef enum tmk_effort {
    TMK_AS_RELEASED = -1, /* full size, upright: what was just written */
    TMK_FAST,             /* also likely scales */
    TMK_NORMAL,           /* all scales 0.35 to 3, flips, quarter turns */
    TMK_DEEP,             /* also small rotations, aspect ratios and shear */
    TMK_EXHAUSTIVE        /* also pages whose sync carriers someone subtracted, upright or
                             mirrored, at full size and common sizes: half a minute more */
} tmk_effort;

#define TMK_MIN_LOG10_BOUND -50
#define TMK_MAX_LOG10_BOUND -2

typedef struct tmk_extract_options {
    tmk_effort effort;  /* default TMK_DEEP: that far at most, the likely first, until a mark
                           is clear */
    double log10_bound; /* a mark is reported where its log10_p is this or below: -50 to -2,
                           default -9 */
    double questions;   /* 1 (default) or more, to 10^12: how often this is asked in all, over
                         pictures, keys and versions of the program; a factor of p */
    const uint64_t *known_marks; /* marks that were released (may be NULL): these are tried */
    size_t known_count;          /* by name as well, which reads much weaker copies */
    int decoys;   /* marks that a known mark has to excel before it is named: 100,000
                           (default), 0 to 10,000,000; they take some seconds, where one
                           may be named only */
    int variants; /* 1 (default) to 16: pages carry variants 0 to VARIANTS - 1; each
                           further one takes time, and is counted in log10_p */
    int threads;  /* 1 to 64; changes the speed, never the answer */
    int (*progress)(void *context, double done); /* as in tmk_embed_options */
    void *context;
} tmk_extract_options;

#define TMK_MAX_QUESTIONS 1e12
#define TMK_MAX_DECOYS 10000000
#define TMK_DECOY_SEED_BYTES 32

/* Which question a mark answers. */
typedef enum tmk_question {
    TMK_BLIND, /* which of all 2^64 marks is it? */
    TMK_KNOWN  /* which of the known marks is it? */
} tmk_question;

/*
 * One mark that was found, and how its picture lies to the released one.
 *
 * log10_p makes one statement, "not chance": the probability that a picture whose maker never
 * had this key, or anything that was made with it, gives such a result, is at most
 * 10^log10_p.  It is never below 10^-60 times the questions.  It says nothing of pictures that
 * carry another mark of this key, nor of who made the copy.
 *
 * log10_another makes the other, "not another channel": if the known marks were drawn at
 * random, as tmk_ledger_add_channel draws them, and the picture's maker did not choose them,
 * then a known mark that is not in the picture is reported with at most this probability,
 * whatever else is.  It says nothing of marks that were chosen by hand.
 *
 * doc/evidence.md has the proofs.
 */
typedef struct tmk_found {
    uint64_t mark;
    tmk_question question;
    double log10_p;       /* "not chance", all questions counted */
    double log10_another; /* "not another channel", all questions counted; NAN: not available,
                             without known marks, or without decoys */
    int decoys;           /* that this mark stands above all of; 0 for a blind question */
    uint8_t decoy_seed[TMK_DECOY_SEED_BYTES]; /* ChaCha20's key, of which the decoys are the
                                                 stream 0, 8 bytes each, lowest first */
    double log10_tail; /* the bound that it is made of: of one question, without a floor.  To
                          compare and to recompute, not to be stated */
    double score; /* z of the carriers that were tested: correlation over its deviation */
    double scale_x, scale_y;   /* seized size over released size */
    double rotation_deg;       /* counter-clockwise turn of the seized against the released
                                picture, -180 to 180 */
    int flipped;               /* mirrored left to right (before the turn) */
    double offset_x, offset_y; /* where the seized picture's upper left corner lies on the
                                  marked plane, released pixels, 0 to 1024 */
    int band;                  /* and in which band of it, see tmk_place */
    double map[6]; /* from the plane to this picture: u = map[0] x + map[1] y + map[2],
                                  v = map[3] x + map[4] y + map[5] */
    int map_band;  /* in which row 0 of that plane begins */
    int variant;   /* see tmk_embed_options */
} tmk_found;

#define TMK_MAX_FOUND 64

typedef struct tmk_extract_result {
    int count;                      /* marks found, 0 to TMK_MAX_FOUND */
    tmk_found marks[TMK_MAX_FOUND]; /* strongest first */
} tmk_extract_result;

TMK_API void tmk_extract_options_init(tmk_extract_options *options);

/* Reads the marks that PICTURE carries under KEY.  OPTIONS may be NULL. */
TMK_API TMK_MUST_USE tmk_status tmk_extract(const tmk_key *key, const tmk_picture *picture,
                                            const tmk_extract_options *options,
                                            tmk_extract_result *result, tmk_error *error);

/*
 * *SCORE becomes the z of MARK in PICTURE, which was marked with its upper left corner at
 * PLACE and is upright now, at SCALE of its released size, however little that is: without
 * the mark it has mean 0 and deviation 1.
 */
TMK_API TMK_MUST_USE tmk_status tmk_score_at(const tmk_key *key, const tmk_picture *picture,
                                             uint64_t mark, const tmk_place *place,
                                             double scale, double *score, tmk_error *error);

#ifdef __cplusplus
}
#endif

#endif
