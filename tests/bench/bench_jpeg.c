/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JPEG pages marked in their coefficients, against decoding, marking and encoding them again
 * with the same quantisers, for tests/bench/bench_jpeg.sh.
 *
 *     bench_jpeg [-j JOBS] [-s STRENGTH] DIRECTORY PAGE...
 *
 * PAGE is a JPEG file, or FILE@QUALITY: any image, which is made a JPEG of that quality
 * first (chroma is full from quality 90 on, else 4:2:0).  Writes page N as it was and both
 * marked copies, decoded, as DIRECTORY/N-plain.png, N-blocks.png and N-pixels.png, and
 * prints a line of
 *
 *     N NAME FILE OPTIMISED BLOCKS PIXELS            bytes: as it was; the same with optimal
 *                                                    Huffman codes; marked either way
 *     PSNR LUMA_PSNR (blocks) PSNR LUMA_PSNR (pixels)
 *     Z_BLOCKS Z_PIXELS                              for each attack of the table below
 *
 * z is the score of the data carriers where origin and scale are known, so that also marks
 * that are too weak for a blind search are counted separately.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "file/imagefile.h"
#include "file/jpeg_blocks.h"
#include "mark/change.h"
#include "mark/pattern.h"
#include "mark/soft.h"
#include "tests/support/content.h"

static const struct {
    const char *name;
    double scale;
} attacks[] = {
    {"none", 1},
    {"jpeg:75", 1},
    {"jpeg:50", 1},
    {"jpeg:30", 1},
    {"webp:50", 1},
    {"resize:0.75+jpeg:70", 0.75},
    {"resize:0.5+jpeg:50", 0.5},
    {"resize:1.35+webp:75", 1.35},
};

#define ATTACKS (sizeof attacks / sizeof attacks[0])

typedef struct bench {
    const tmk_key *key;
    tmk_carriers *carriers;
    tmk_embed_options options;
    const char *directory;
    char **pages;
    int failed;
    char (*lines)[1000];
} bench;

/* One page and what is known of its mark. */
typedef struct page {
    uint64_t mark;
    uint8_t coded[TMK_CODE_BITS];
    tmk_origin origin;
    tmk_blob file; /* the JPEG */
    tmk_picture plain;
} page;

/* What one way of marking made of it. */
typedef struct outcome {
    size_t bytes;
    tmk_embed_report report;
    double z[ATTACKS];
} outcome;

static tmk_status encode(const tmk_image *image, int quality, tmk_blob *out, tmk_error *error)
{
    const tmk_write_options options = {TMK_JPEG, quality, 0};
    void *bytes = NULL;
    size_t size = 0;
    tmk_status status = tmk_image_encode(image, &options, &bytes, &size, error);

    if (status == TMK_OK)
        status = tmk_blob_append(out, bytes, size);
    free(bytes);
    return status;
}

/* The page as a JPEG file, and its pixels. */
static tmk_status load(page *p, const char *name, tmk_error *error)
{
    char path[4096], *quality;
    tmk_image *image = NULL, *again = NULL;
    tmk_picture flat = {0};
    tmk_status status;

    snprintf(path, sizeof path, "%s", name);
    quality = strrchr(path, '@');
    if (quality != NULL)
        *quality++ = '\0';
    status = tmk_image_read(path, &image, error);
    if (status == TMK_OK && quality == NULL)
        status = tmk_blob_append(&p->file, image->file.bytes, image->file.size);
    if (status == TMK_OK && quality != NULL)
        status = attack_apply("none", 0, tmk_image_picture(image), &flat, error);
    if (status == TMK_OK && quality != NULL) {
        tmk_image_free(&image);
        status = tmk_image_from_picture(&flat, TMK_PNG, &image, error);
        if (status == TMK_OK)
            status = encode(image, atoi(quality), &p->file, error);
    }
    if (status == TMK_OK)
        status = tmk_image_decode(p->file.bytes, p->file.size, path, &again, error);
    if (status == TMK_OK)
        status = tmk_picture_copy(&p->plain, tmk_image_picture(again), error);
    tmk_picture_release(&flat);
    tmk_image_free(&again);
    tmk_image_free(&image);
    return status;
}

static tmk_status score(double *z, const bench *b, const page *p, const tmk_picture *copy,
                        double scale, tmk_error *error)
{
    tmk_affine map = {scale, 0, -scale * p->origin.x, 0, scale, -scale * p->origin.y};
    tmk_residuals residuals = {0};
    tmk_spectra spectra = {0};
    tmk_weights weights;
    tmk_soft soft;
    tmk_fft *fft = NULL;
    tmk_status status = tmk_fft_new(&fft, TMK_TILE, error);

    if (status == TMK_OK)
        status = tmk_residuals_make(&residuals, copy, TMK_PREDICT_PLAIN, error);
    if (status == TMK_OK)
        status = tmk_spectra_measure(&spectra, b->carriers, fft, &residuals, &map, error);
    if (status == TMK_OK) {
        tmk_weights_estimate(&weights, b->carriers, &spectra, p->origin.band);
        tmk_soft_read(&soft, b->carriers, &spectra, &weights, p->origin.band);
        *z = tmk_soft_score(&soft, p->coded);
    }
    tmk_spectra_release(&spectra);
    tmk_residuals_release(&residuals);
    tmk_fft_free(&fft);
    return status;
}

static tmk_status write_png(const bench *b, const tmk_picture *picture, size_t number,
                            const char *what, tmk_error *error)
{
    const tmk_write_options options = {TMK_PNG, 0, 1};
    char path[4096];
    tmk_image *image = NULL;
    tmk_status status = tmk_image_from_picture(picture, TMK_PNG, &image, error);

    snprintf(path, sizeof path, "%s/%zu-%s.png", b->directory, number, what);
    if (status == TMK_OK)
        status = tmk_image_write(image, path, &options, error);
    tmk_image_free(&image);
    return status;
}

/* Measures a marked FILE of the page. */
static tmk_status look_at(outcome *out, const bench *b, const page *p, const tmk_blob *file,
                          size_t number, const char *what, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_change change = {0};
    tmk_status status = tmk_image_decode(file->bytes, file->size, what, &image, error);

    out->bytes = file->size;
    if (status == TMK_OK) {
        tmk_change_between(&change, &p->plain, tmk_image_picture(image));
        tmk_change_report(&change, &out->report);
        status = write_png(b, tmk_image_picture(image), number, what, error);
    }
    for (size_t i = 0; i < ATTACKS && status == TMK_OK; i++) {
        tmk_picture copy = {0};

        status = attack_apply(attacks[i].name, 7, tmk_image_picture(image), &copy, error);
        if (status == TMK_OK)
            status = score(&out->z[i], b, p, &copy, attacks[i].scale, error);
        tmk_picture_release(&copy);
    }
    tmk_image_free(&image);
    return status;
}

static tmk_status mark_blocks(const bench *b, const page *p, tmk_blob *out, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_status status = tmk_image_decode(p->file.bytes, p->file.size, "page", &image, error);

    if (status == TMK_OK)
        status = tmk_image_embed(b->key, image, p->mark, &b->options, NULL, error);
    if (status == TMK_OK)
        status = encode(image, 0, out, error);
    tmk_image_free(&image);
    return status;
}

static tmk_status mark_pixels(const bench *b, const page *p, tmk_blob *out, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_status status = tmk_image_decode(p->file.bytes, p->file.size, "page", &image, error);

    if (status == TMK_OK)
        status = tmk_embed(b->key, tmk_image_picture(image), p->mark, &b->options, NULL,
                           error);
    if (status == TMK_OK)
        status = encode(image, 0, out, error);
    tmk_image_free(&image);
    return status;
}

/* The bytes of the untouched page with Huffman codes of its own. */
static tmk_status optimise(const page *p, size_t *bytes, tmk_error *error)
{
    const tmk_source source = {p->file.bytes, p->file.size, "page", 0};
    tmk_target target = {.name = "page", .same_format = 1};
    tmk_image *image = NULL;
    tmk_blocks blocks = {0};
    tmk_blob out = {0};
    tmk_status status = tmk_image_decode(p->file.bytes, p->file.size, "page", &image, error);

    target.image = image;
    if (status == TMK_OK)
        status = tmk_jpeg_read_blocks(&source, &blocks, error);
    if (status == TMK_OK)
        status = tmk_jpeg_write_blocks(&target, &blocks, &out, error);
    *bytes = out.size;
    tmk_blob_free(&out);
    tmk_blocks_release(&blocks);
    tmk_image_free(&image);
    return status;
}

static tmk_status run(const bench *b, page *p, size_t number, char *line, size_t room,
                      tmk_error *error)
{
    const char *name = strrchr(b->pages[number], '/');
    tmk_blob by_blocks = {0}, by_pixels = {0};
    uint8_t content[TMK_CONTENT_BYTES];
    outcome blocks = {0}, pixels = {0};
    size_t optimised = 0;
    int used;
    tmk_status status = load(p, b->pages[number], error);

    if (status != TMK_OK)
        return status;
    content_of(content, &p->plain);
    tmk_payload_encode(p->mark, p->coded);
    tmk_origin_of(&p->origin, b->key, p->mark, 0, content);
    status = write_png(b, &p->plain, number, "plain", error);
    if (status == TMK_OK)
        status = optimise(p, &optimised, error);
    if (status == TMK_OK)
        status = mark_blocks(b, p, &by_blocks, error);
    if (status == TMK_OK)
        status = look_at(&blocks, b, p, &by_blocks, number, "blocks", error);
    if (status == TMK_OK)
        status = mark_pixels(b, p, &by_pixels, error);
    if (status == TMK_OK)
        status = look_at(&pixels, b, p, &by_pixels, number, "pixels", error);
    used = snprintf(line, room, "%zu %s %zu %zu %zu %zu %.2f %.2f %.2f %.2f", number,
                    name != NULL ? name + 1 : b->pages[number], p->file.size, optimised,
                    blocks.bytes, pixels.bytes, blocks.report.psnr_db,
                    blocks.report.luma_psnr_db, pixels.report.psnr_db,
                    pixels.report.luma_psnr_db);
    for (size_t i = 0; i < ATTACKS; i++)
        used += snprintf(line + used, room - (size_t)used, " %.2f %.2f", blocks.z[i],
                         pixels.z[i]);
    tmk_blob_free(&by_blocks);
    tmk_blob_free(&by_pixels);
    return status;
}

static void run_page(size_t number, void *context)
{
    bench *b = context;
    page p = {.mark = 0x9e3779b97f4a7c15u * (number + 1)};
    tmk_error error = {0};

    if (run(b, &p, number, b->lines[number], sizeof b->lines[number], &error) != TMK_OK) {
        fprintf(stderr, "bench_jpeg: %s: %s\n", b->pages[number], error.text);
        b->lines[number][0] = '\0';
    }
    tmk_picture_release(&p.plain);
    tmk_blob_free(&p.file);
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    bench b = {0};
    tmk_key *key = NULL;
    int jobs = 1, option, good = 1, failed = 0;

    tmk_embed_options_init(&b.options);
    while ((option = getopt(argc, argv, "j:s:")) != -1) {
        good = good && (option == 'j' || option == 's');
        if (option == 'j')
            jobs = atoi(optarg);
        if (option == 's')
            b.options.strength = atof(optarg);
    }
    if (!good || argc - optind < 2 || jobs < 1) {
        fprintf(stderr, "usage: bench_jpeg [-j JOBS] [-s STRENGTH] DIRECTORY PAGE...\n");
        return 2;
    }
    b.directory = argv[optind];
    b.pages = argv + optind + 1;
    b.lines = calloc((size_t)argc, sizeof *b.lines);
    if (b.lines == NULL || tmk_key_from_bytes(secret, &key, NULL) != TMK_OK ||
        tmk_carriers_new(&b.carriers, key, NULL) != TMK_OK)
        return 2;
    b.key = key;
    tmk_parallel((size_t)(argc - optind - 1), jobs, run_page, &b);
    for (int i = 0; i < argc - optind - 1; i++) {
        failed |= b.lines[i][0] == '\0';
        if (b.lines[i][0] != '\0')
            puts(b.lines[i]);
    }
    free(b.lines);
    tmk_carriers_free(&b.carriers);
    tmk_key_free(&key);
    return failed;
}
