/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack NAME[+NAME...] SEED IN OUT: what a pirate does to one page, as a program. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack.h"
#include "base/picture.h"
#include "toonmark-file.h"

static int list(void)
{
    const attack_entry *entry;

    for (size_t i = 0; (entry = attack_table(i)) != NULL; i++)
        printf("%s\n        %s\n", entry->syntax, entry->text);
    return 0;
}

static int usage(void)
{
    fputs("usage: attack NAME[+NAME...] SEED IN OUT\n"
          "       attack --list\n",
          stderr);
    return 2;
}

static tmk_status write_page(const tmk_picture *page, const char *path, tmk_error *error)
{
    tmk_write_options options;
    tmk_image *image = NULL;
    tmk_status status = tmk_image_from_picture(page, TMK_PNG, &image, error);

    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    if (status == TMK_OK)
        status = tmk_image_write(image, path, &options, error);
    tmk_image_free(&image);
    return status;
}

static int run(const char *name, uint64_t seed, const char *in, const char *out)
{
    tmk_error error = {TMK_OK, ""};
    tmk_image *page = NULL;
    tmk_picture copy = {0};
    tmk_status status = tmk_image_read(in, &page, &error);

    if (status == TMK_OK)
        status = attack_apply(name, seed, tmk_image_picture(page), &copy, &error);
    if (status == TMK_OK)
        status = write_page(&copy, out, &error);
    tmk_picture_release(&copy);
    tmk_image_free(&page);
    if (status != TMK_OK)
        fprintf(stderr, "attack: %s\n", error.text);
    return status == TMK_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    unsigned long long seed;
    char *end;

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc != 5)
        return usage();
    errno = 0;
    seed = strtoull(argv[2], &end, 10);
    if (errno != 0 || end == argv[2] || *end != '\0')
        return usage();
    return run(argv[1], (uint64_t)seed, argv[3], argv[4]);
}
