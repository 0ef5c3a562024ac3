/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a mark changes in a page, for tests/bench/bench_visibility.sh.
 *
 *     bench_look [-s STRENGTH] DIRECTORY PAGE...
 *
 * Writes page N as DIRECTORY/N-plain.png and DIRECTORY/N-marked.png, and prints a line
 *
 *     N NAME PSNR_RGB PSNR_LUMA PLAIN MARKED PLAIN_444 MARKED_444 READ
 *
 * where the last four numbers are bytes of a JPEG quality-90 encode, chroma 4:2:0 and full,
 * and READ gives the levels of verification at which the mark is read: L, N, H, or "-".
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack.h"
#include "base/picture.h"
#include "toonmark-file.h"

#define JPEG_QUALITY 90

static tmk_status write_page(const tmk_picture *page, const char *directory, int number,
                             const char *what, tmk_error *error)
{
    char path[4096];
    tmk_image *image = NULL;
    tmk_write_options options;
    tmk_status status = tmk_image_from_picture(page, TMK_PNG, &image, error);

    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    snprintf(path, sizeof path, "%s/%d-%s.png", directory, number, what);
    if (status == TMK_OK)
        status = tmk_image_write(image, path, &options, error);
    tmk_image_free(&image);
    return status;
}

/* The page as attacks see it, 8 bits and no alpha: that is what is compared. */
static tmk_status load(const char *path, tmk_picture *page, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_status status = tmk_image_read(path, &image, error);

    if (status == TMK_OK)
        status = attack_apply("none", 0, tmk_image_picture(image), page, error);
    tmk_image_free(&image);
    return status;
}

/* At which levels the written page number NUMBER is read. */
static tmk_status read_back(const tmk_key *key, const char *directory, int number,
                            uint64_t mark, char read[4], tmk_error *error)
{
    static const char letters[] = "LNH";
    char path[4096];
    tmk_status status = TMK_OK;

    snprintf(path, sizeof path, "%s/%d-marked.png", directory, number);
    for (int i = 0; status == TMK_OK && i < 3; i++) {
        tmk_verdict verdict;

        status = tmk_verify_file(key, path, mark, NULL,
                                 (tmk_verify_level)(TMK_VERIFY_LIGHT + i), 1, &verdict,
                                 error);
        if (status == TMK_OK && verdict.passed)
            *read++ = letters[i];
    }
    strcpy(read, "");
    return status;
}

static tmk_status look_at(const tmk_key *key, const tmk_embed_options *options,
                          const char *directory, int number, const char *path,
                          tmk_error *error)
{
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    uint64_t mark = 0x9e3779b97f4a7c15u * (uint64_t)(number + 1);
    tmk_picture plain = {0}, marked = {0};
    tmk_embed_report report;
    char read[4] = "";
    tmk_status status = load(path, &plain, error);

    if (status == TMK_OK)
        status = tmk_picture_copy(&marked, &plain, error);
    if (status == TMK_OK)
        status = tmk_embed(key, &marked, mark, options, &report, error);
    if (status == TMK_OK)
        status = write_page(&plain, directory, number, "plain", error);
    if (status == TMK_OK)
        status = write_page(&marked, directory, number, "marked", error);
    if (status == TMK_OK)
        status = read_back(key, directory, number, mark, read, error);
    if (status == TMK_OK)
        printf("%d %s %.3f %.3f %zu %zu %zu %zu %s\n", number, name,
               attack_psnr(&plain, &marked), report.luma_psnr_db,
               attack_jpeg_size(&plain, JPEG_QUALITY, 0),
               attack_jpeg_size(&marked, JPEG_QUALITY, 0),
               attack_jpeg_size(&plain, JPEG_QUALITY, 1),
               attack_jpeg_size(&marked, JPEG_QUALITY, 1), *read ? read : "-");
    tmk_picture_release(&plain);
    tmk_picture_release(&marked);
    return status;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    tmk_embed_options options;
    tmk_key *key = NULL;
    tmk_error error;
    int option, good = 1, failed = 0;

    tmk_embed_options_init(&options);
    while ((option = getopt(argc, argv, "s:")) != -1) {
        good = good && option == 's';
        options.strength = option == 's' ? atof(optarg) : 0;
    }
    if (!good || argc - optind < 2) {
        fprintf(stderr, "usage: bench_look [-s STRENGTH] DIRECTORY PAGE...\n");
        return 2;
    }
    if (tmk_key_from_bytes(secret, &key, &error) != TMK_OK)
        return 2;
    for (int i = optind + 1; i < argc; i++)
        if (look_at(key, &options, argv[optind], i - optind, argv[i], &error) != TMK_OK) {
            fprintf(stderr, "bench_look: %s: %s\n", argv[i], error.text);
            failed = 1;
        }
    tmk_key_free(&key);
    return failed;
}
