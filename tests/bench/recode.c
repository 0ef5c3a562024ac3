/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recode [-q QUALITY] IN OUT: reads a page and writes it, with the libraries and settings
 * of the program itself.  The least that marking a file can cost.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "toonmark-file.h"

int main(int argc, char **argv)
{
    tmk_write_options options;
    tmk_image *image = NULL;
    tmk_error error;
    tmk_status status;

    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    for (int option; (option = getopt(argc, argv, "q:")) != -1;)
        options.quality = option == 'q' ? atoi(optarg) : -1;
    if (argc - optind != 2 || options.quality < 0) {
        fprintf(stderr, "usage: recode [-q QUALITY] IN OUT\n");
        return 2;
    }
    status = tmk_image_read(argv[optind], &image, &error);
    if (status == TMK_OK)
        status = tmk_image_write(image, argv[optind + 1], &options, &error);
    tmk_image_free(&image);
    if (status != TMK_OK)
        fprintf(stderr, "recode: %s\n", error.text);
    return status != TMK_OK;
}
