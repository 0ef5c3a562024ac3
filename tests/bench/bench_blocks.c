/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the blocks of a JPEG file that carry no mark come out as they were.
 *
 *     bench_blocks PAGE.jpg...
 *
 * Marks each page in its coefficients and reads the blocks of both files again.  A block can
 * carry no mark if the page can hide nothing in any of the pixels that it stands for, or if
 * its plane (Cr) is not marked at all.  Prints a table: all blocks, those without a mark,
 * those of them that differ (0 is what is promised), and those with a mark that differ.
 * The exit status is 1 if any block differs that should not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocks/blocks.h"
#include "file/imagefile.h"
#include "file/jpeg_blocks.h"
#include "mark/analysis.h"

typedef struct counts {
    size_t blocks, without, harmed, changed;
} counts;

/* Whether the page can hide anything in a pixel of the block in COLUMN and ROW. */
static int can_hide(const tmk_analysis *analysis, tmk_component component,
                    const tmk_blocks *blocks, const tmk_block_plane *plane, int column,
                    int row)
{
    int wide = TMK_BLOCK_SIDE * blocks->h / plane->h,
        high = TMK_BLOCK_SIDE * blocks->v / plane->v;

    for (int y = row * high; y < (row + 1) * high && y < blocks->height; y++) {
        const float *hide = tmk_analysis_row(analysis, component, y);

        for (int x = column * wide; x < (column + 1) * wide && x < blocks->width; x++)
            if (hide[x] > 0)
                return 1;
    }
    return 0;
}

static void compare(counts *c, const tmk_blocks *before, const tmk_blocks *after,
                    const tmk_analysis *analysis)
{
    for (int p = 0; p < before->count; p++) {
        const tmk_block_plane *plane = &before->planes[p];

        for (int y = 0; y < plane->rows; y++)
            for (int x = 0; x < plane->columns; x++) {
                int differs = memcmp(tmk_block_at(plane, x, y),
                                     tmk_block_at(&after->planes[p], x, y),
                                     sizeof(tmk_block));
                int carries = p < TMK_COMPONENTS &&
                              can_hide(analysis, (tmk_component)p, before, plane, x, y);

                c->blocks++;
                c->without += !carries;
                c->harmed += !carries && differs != 0;
                c->changed += carries && differs != 0;
            }
    }
}

/* What the upright page PICTURE can hide, all rows at once. */
static tmk_status analyse(tmk_analysis *analysis, const tmk_picture *picture,
                          tmk_error *error)
{
    tmk_rows page = {0, *picture};
    tmk_survey survey = {0};
    tmk_status status = tmk_survey_begin(&survey, picture->width, picture->height, error);

    if (status == TMK_OK)
        status = tmk_survey_rows(&survey, &page, 0, picture->height, 1, error);
    if (status == TMK_OK)
        status = tmk_analysis_alloc(analysis, picture->width, picture->height, error);
    if (status == TMK_OK)
        status = tmk_analyse(analysis, &page, 0, picture->height, tmk_survey_manner(&survey),
                             1, error);
    tmk_survey_release(&survey);
    return status;
}

static tmk_status measure(counts *c, const tmk_key *key, const char *path, tmk_error *error)
{
    const tmk_write_options options = {TMK_JPEG, 0, 0};
    tmk_source old = {.name = path}, new = {.name = "the marked file"};
    tmk_blocks before = {0}, after = {0};
    tmk_analysis analysis = {0};
    tmk_image *image = NULL;
    void *bytes = NULL;
    tmk_status status = tmk_image_read(path, &image, error);

    if (status == TMK_OK && (image->format != TMK_JPEG || image->orientation != TMK_UPRIGHT))
        status = tmk_fail(error, TMK_UNSUPPORTED, "%s: not an upright JPEG file", path);
    if (status == TMK_OK) {
        old.bytes = image->file.bytes;
        old.size = image->file.size;
        status = tmk_jpeg_read_blocks(&old, &before, error);
    }
    if (status == TMK_OK)
        status = analyse(&analysis, tmk_image_picture(image), error);
    if (status == TMK_OK)
        status = tmk_image_embed(key, image, 0x0123456789abcdefu, NULL, NULL, error);
    if (status == TMK_OK)
        status = tmk_image_encode(image, &options, &bytes, &new.size, error);
    new.bytes = bytes;
    if (status == TMK_OK)
        status = tmk_jpeg_read_blocks(&new, &after, error);
    if (status == TMK_OK)
        compare(c, &before, &after, &analysis);
    tmk_analysis_release(&analysis);
    tmk_blocks_release(&before);
    tmk_blocks_release(&after);
    tmk_image_free(&image);
    free(bytes);
    return status;
}

static void print(const char *name, const counts *c)
{
    printf("| %s | %zu | %zu | %zu | %zu |\n", name, c->blocks, c->without, c->harmed,
           c->changed);
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    counts all = {0};
    tmk_error error = {0};
    tmk_key *key = NULL;
    int failed = argc < 2 || tmk_key_from_bytes(secret, &key, &error) != TMK_OK;

    puts("| page | blocks | that carry no mark | of these changed | that carry one, changed "
         "|\n"
         "|---|---|---|---|---|");
    for (int i = 1; i < argc && !failed; i++) {
        const char *name = strrchr(argv[i], '/');
        counts own = {0};

        if (measure(&own, key, argv[i], &error) != TMK_OK) {
            fprintf(stderr, "bench_blocks: %s\n", error.text);
            failed = 1;
            break;
        }
        print(name != NULL ? name + 1 : argv[i], &own);
        all.blocks += own.blocks;
        all.without += own.without;
        all.harmed += own.harmed;
        all.changed += own.changed;
    }
    print("**all**", &all);
    tmk_key_free(&key);
    return failed || all.harmed > 0;
}
