/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make_golden DIRECTORY: writes the format's values and pages; see golden.h. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/golden/golden.h"
#include "base/picture.h"
#include "toonmark-file.h"

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "make_golden: %s: %s\n", path, why);
    return EXIT_FAILURE;
}

static int write_values(const char *path)
{
    golden_value values[GOLDEN_VALUES];
    FILE *file = fopen(path, "w");

    if (file == NULL)
        return fail(path, "can't be written");
    golden_compute(values);
    for (int i = 0; i < GOLDEN_VALUES; i++)
        fprintf(file, "%s %s\n", values[i].name, values[i].value);
    return fclose(file) == 0 ? EXIT_SUCCESS : fail(path, "can't be written");
}

static int write_page(const golden_file *golden, const char *path)
{
    tmk_picture page = golden_page(golden->width, golden->height, golden->channels, 8);
    tmk_key *key = golden_key();
    tmk_write_options options;
    tmk_image *image = NULL;
    tmk_error error = {TMK_OK, ""};

    tmk_write_options_init(&options);
    options.quality = golden->quality;
    options.overwrite = TMK_OUTPUT_REPLACE;
    if (tmk_embed(key, &page, GOLDEN_MARK, NULL, NULL, &error) != TMK_OK ||
        tmk_image_from_picture(&page, tmk_format_of_path(path), &image, &error) != TMK_OK ||
        tmk_image_write(image, path, &options, &error) != TMK_OK)
        fail(path, error.text);
    tmk_image_free(&image);
    tmk_key_free(&key);
    tmk_picture_release(&page);
    return error.status == TMK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    char path[4096];
    int failed;

    if (argc != 2)
        return fail("usage", "make_golden DIRECTORY");
    snprintf(path, sizeof path, "%s/values", argv[1]);
    failed = write_values(path);
    for (int i = 0; i < GOLDEN_FILES && !failed; i++) {
        snprintf(path, sizeof path, "%s/%s", argv[1], golden_files[i].name);
        failed = write_page(&golden_files[i], path);
    }
    return failed;
}
