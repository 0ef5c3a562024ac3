/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether slices of one strip add up as src/release/slices.c says, for bench_joined.sh.
 *
 *     bench_joined [-s STRENGTH] [-l LEVEL] [-r ROWS] STRIP...
 *
 * Each STRIP is marked as a whole and cut into slices of ROWS rows, whose scores after LEVEL
 * (1 light, 2 normal, 3 hard) are measured.  For runs of 2, 4, ... slices it prints a line
 *
 *     PREDICTED SCORE READ
 *
 * the score that the slices' own add up to, that of the run itself, and whether the mark
 * was decoded from it.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/attack/attack.h"
#include "base/picture.h"
#include "mark/known.h"
#include "release/gain.h"
#include "release/wear.h"

#define MAX_SLICES 1000
#define LEAST 9.0 /* weaker runs are left out: they are not read */

typedef struct bench {
    tmk_key *key;
    tmk_embed_options embed;
    tmk_verify_level level;
    int rows;
} bench;

typedef struct finding {
    double score; /* at the place where it must be */
    int read;     /* decoded blind */
} finding;

/* Wears ROWS rows from TOP on of STRIP, which lies at PLACE, and reads what is left, all of
 * it at once as an investigator would. */
static tmk_status judge(const bench *b, const tmk_picture *strip, const tmk_place *place,
                        uint64_t mark, int top, int rows, finding *f, tmk_error *error)
{
    tmk_origin whole = {place->x, place->y, place->band};
    tmk_origin own = tmk_origin_below(&whole, top);
    tmk_picture run = *strip;
    tmk_extract_options options;
    tmk_extract_result result = {0};
    tmk_image *worn = NULL;
    tmk_status status;

    run.pixels = tmk_picture_row(strip, top);
    run.height = rows;
    f->read = 0;
    tmk_extract_options_init(&options);
    options.effort = TMK_FAST;
    status = tmk_wear(&run, b->level, &worn, error);
    if (status == TMK_OK)
        status = tmk_known_score(&f->score, b->key, tmk_image_picture(worn), &own,
                                 tmk_wear_scale(b->level), mark, error);
    if (status == TMK_OK)
        status = tmk_extract(b->key, tmk_image_picture(worn), &options, &result, error);
    for (int i = 0; i < result.count; i++)
        f->read |= result.marks[i].mark == mark;
    tmk_image_free(&worn);
    return status;
}

static tmk_status try_runs(const bench *b, const tmk_picture *strip, const tmk_place *place,
                           uint64_t mark, tmk_error *error)
{
    static double gains[MAX_SLICES];
    int count = strip->height / b->rows;
    finding found;
    tmk_status status = TMK_OK;

    count = count < MAX_SLICES ? count : MAX_SLICES;
    for (int i = 0; status == TMK_OK && i < count; i++) {
        status = judge(b, strip, place, mark, i * b->rows, b->rows, &found, error);
        gains[i] = tmk_gain(found.score);
    }
    for (int run = 2; run <= count && run <= 32; run *= 2)
        for (int i = 0; status == TMK_OK && i + run <= count; i += (run + 3) / 4) {
            double sum = 0;

            for (int j = i; j < i + run; j++)
                sum += gains[j];
            if (sum < LEAST * LEAST)
                continue;
            status = judge(b, strip, place, mark, i * b->rows, run * b->rows, &found, error);
            if (status == TMK_OK)
                printf("%.3f %.3f %d\n", sqrt(sum), found.score, found.read);
        }
    return status;
}

static tmk_status try_strip(const bench *b, const char *path, uint64_t mark, tmk_error *error)
{
    tmk_embed_report report;
    tmk_picture strip = {0};
    tmk_image *image = NULL;
    tmk_status status = tmk_image_read(path, &image, error);

    if (status == TMK_OK)
        status = attack_apply("none", 0, tmk_image_picture(image), &strip, error);
    if (status == TMK_OK)
        status = tmk_embed(b->key, &strip, mark, &b->embed, &report, error);
    if (status == TMK_OK)
        status = try_runs(b, &strip, &report.place, mark, error);
    tmk_picture_release(&strip);
    tmk_image_free(&image);
    return status;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    bench b = {.level = TMK_VERIFY_NORMAL, .rows = 128};
    tmk_error error = {TMK_OK, ""};
    int option, good = 1, failed = 0;

    tmk_embed_options_init(&b.embed);
    while ((option = getopt(argc, argv, "s:l:r:")) != -1) {
        good = good && option != '?';
        if (option == 's')
            b.embed.strength = atof(optarg);
        if (option == 'l')
            b.level = (tmk_verify_level)atoi(optarg);
        if (option == 'r')
            b.rows = atoi(optarg);
    }
    if (!good || argc - optind < 1 || b.rows < TMK_MIN_SIDE) {
        fprintf(stderr, "usage: bench_joined [-s STRENGTH] [-l LEVEL] [-r ROWS] "
                        "STRIP...\n");
        return 2;
    }
    if (tmk_key_from_bytes(secret, &b.key, &error) != TMK_OK)
        return 2;
    for (int i = optind; i < argc; i++)
        if (try_strip(&b, argv[i], 0x9e3779b97f4a7c15u * (uint64_t)(i + 1), &error) !=
            TMK_OK) {
            fprintf(stderr, "bench_joined: %s: %s\n", argv[i], error.text);
            failed = 1;
        }
    tmk_key_free(&b.key);
    return failed;
}
