/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draw_page [--seed N] [--width W] [--height H] [--kind colour|manga|strip] OUT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/pages/draw.h"
#include "base/picture.h"
#include "toonmark-file.h"

typedef struct request {
    uint64_t seed;
    int width, height;
    draw_kind kind;
    const char *out;
} request;

static int usage(void)
{
    fputs("usage: draw_page [--seed N] [--width W] [--height H] "
          "[--kind colour|manga|strip] OUT\n",
          stderr);
    return 2;
}

/* TEXT as a whole number up to MOST; 0 where it is none. */
static int number_of(const char *text, unsigned long long most, unsigned long long *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number <= most;
}

static int parse(int argc, char **argv, request *r)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"width", required_argument, NULL, 'w'},
                                            {"height", required_argument, NULL, 'h'},
                                            {"kind", required_argument, NULL, 'k'},
                                            {NULL, 0, NULL, 0}};
    unsigned long long number;
    int option, good = 1;

    while (good && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 's') {
            good = number_of(optarg, UINT64_MAX, &number);
            r->seed = number;
        } else if (option == 'w' || option == 'h') {
            good = number_of(optarg, TMK_MAX_SIDE, &number);
            *(option == 'w' ? &r->width : &r->height) = (int)number;
        } else {
            good = option == 'k' && draw_kind_of(optarg, &r->kind);
        }
    }
    if (!good || optind + 1 != argc)
        return 0;
    r->out = argv[optind];
    return 1;
}

int main(int argc, char **argv)
{
    request r = {.seed = 1, .width = 800, .height = 1280, .kind = DRAW_COLOUR};
    tmk_error error = {TMK_OK, ""};
    tmk_write_options options;
    tmk_picture page = {0};
    tmk_image *image = NULL;
    tmk_status status;

    if (!parse(argc, argv, &r))
        return usage();
    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    status = draw_page(r.seed, r.kind, r.width, r.height, &page, &error);
    if (status == TMK_OK)
        status = tmk_image_from_picture(&page, TMK_PNG, &image, &error);
    if (status == TMK_OK)
        status = tmk_image_write(image, r.out, &options, &error);
    tmk_image_free(&image);
    tmk_picture_release(&page);
    if (status != TMK_OK)
        fprintf(stderr, "draw_page: %s\n", error.text);
    return status == TMK_OK ? 0 : 1;
}
