/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The library in one page: marks PAGE, lets it become a JPEG of quality 60, reads it back.
 *
 *     cc example.c $(pkg-config --cflags --libs toonmark) -o example
 *     ./example page.png
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <toonmark.h>

static tmk_error error;

static void check(tmk_status status)
{
    if (status == TMK_OK)
        return;
    fprintf(stderr, "example: %s\n", error.text);
    exit(1);
}

int main(int argc, char **argv)
{
    const uint64_t mark = 0x00c0ffee00001234;
    tmk_write_options options;
    tmk_key *key = NULL;
    tmk_image *page = NULL, *copy = NULL;
    tmk_embed_report report;
    tmk_extract_result result;
    void *jpeg = NULL;
    size_t size;

    if (argc != 2)
        return 2;
    check(tmk_key_generate(&key, &error)); /* a publisher keeps one: tmk_key_save, _load */
    check(tmk_image_read(argv[1], &page, &error));
    check(tmk_embed(key, tmk_image_picture(page), mark, NULL, &report, &error));
    printf("marked, %.1f dB\n", report.psnr_db);

    tmk_write_options_init(&options);
    options.format = TMK_JPEG;
    options.quality = 60;
    check(tmk_image_encode(page, &options, &jpeg, &size, &error));
    check(tmk_image_decode(jpeg, size, "the copy", &copy, &error));

    check(tmk_extract(key, tmk_image_picture(copy), NULL, &result, &error));
    for (int i = 0; i < result.count; i++)
        printf("mark %016" PRIx64 ", bound 10^%.0f\n", result.marks[i].mark,
               result.marks[i].log10_p);

    free(jpeg);
    tmk_image_free(&copy);
    tmk_image_free(&page);
    tmk_key_free(&key);
    return result.count == 1 && result.marks[0].mark == mark ? 0 : 1;
}
