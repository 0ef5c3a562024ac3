/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What pirates do to an episode's slices: stitched, cut elsewhere, resized, encoded.
 *
 *     bench_recut [-j THREADS] [-s STRENGTH] [-v] DIRECTORY SLICE...
 *
 * The SLICEs, in order and of one width, are marked for two channels, once as slices of one
 * strip and once as pages of their own, and written to DIRECTORY.  For each attack it
 * prints in how many pieces the right channel is named: the whole mark decoded, or found by
 * its name among KNOWN released ones.  Marks of anybody else are wrong.  Exit status: 0, or
 * 1 if there was a wrong mark.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/attack/attack.h"
#include "base/memory.h"
#include "base/picture.h"
#include "tests/support/dice.h"
#include "toonmark-file.h"

#define KNOWN 100 /* released marks, of which the first two are in the pieces */
#define MAX_SLICES 200

/* What the pieces are cut from: the copy; every second slice from the other channel's; the
 * copy with rows taken out where slices meet. */
typedef enum strip_source { WHOLE, MIXED, TRIMMED, SOURCES } strip_source;

#define TRIM 37 /* rows */

typedef struct strip_attack {
    const char *name;
    int rows;  /* of each piece; 0: one piece, -1: the slices as they were released */
    int first; /* rows of the first piece, which is left out; 0: none is */
    const char *chain;
    strip_source source;
} strip_attack;

static const strip_attack attacks[] = {
    {"slices as released", -1, 0, "none", WHOLE},
    {"slices, JPEG 70", -1, 0, "jpeg:70", WHOLE},
    {"slices, x0.75, WebP 50", -1, 0, "resize:0.75:area+webp:50", WHOLE},
    {"stitched, width 720, JPEG 75", 0, 0, "width:720:lanczos+jpeg:75", WHOLE},
    {"cut every 5000 from row 313, longest side 2560, JPEG 80", 5000, 313, "messenger:2560",
     WHOLE},
    {"cut every 5000 from row 313, JPEG 75", 5000, 313, "jpeg:75", WHOLE},
    {"cut every 2000 from row 313, JPEG 90, width 720, WebP 80", 2000, 313,
     "jpeg:90+width:720:lanczos+webp:80", WHOLE},
    {"e-book: cut every 1080 from row 313, 1072 wide, JPEG 85", 1080, 313,
     "width:1072:lanczos+jpeg:85", WHOLE},
    {"cut every 800 from row 100, JPEG 70", 800, 100, "jpeg:70", WHOLE},
    {"cut every 800 from row 100, JPEG 50", 800, 100, "jpeg:50", WHOLE},
    {"cut every 800 from row 100, x0.75, WebP 50", 800, 100, "resize:0.75:area+webp:50",
     WHOLE},
    {"cut every 400 from row 100, JPEG 70", 400, 100, "jpeg:70", WHOLE},
    {"cut every 400 from row 100, x0.75, WebP 50", 400, 100, "resize:0.75:area+webp:50",
     WHOLE},
    {"cut every 200 from row 100, JPEG 70", 200, 100, "jpeg:70", WHOLE},
    {"37 rows taken out at each joint, cut every 2000, JPEG 75", 2000, 313, "jpeg:75",
     TRIMMED},
    {"slices of two channels in turn, cut every 2000, JPEG 75", 2000, 313, "jpeg:75", MIXED},
};

enum { ATTACKS = sizeof attacks / sizeof attacks[0] };

typedef struct bench {
    tmk_key *key;
    double strength;
    int threads, verbose;
    uint64_t known[KNOWN]; /* marks that extraction is given: the two channels' first */
    char **paths;          /* of the slices */
    size_t count;
    const char *directory;
    int tops[MAX_SLICES + 1]; /* of the slices in a copy, and its end */
} bench;

typedef struct outcome {
    int pieces, named, wrong;
} outcome;

/* --------------------------------------------------------------------- copies */

/* Marks the slices FROM to FROM + COUNT - 1 as one strip. */
static tmk_status mark_run(const bench *b, size_t from, size_t count, uint64_t mark,
                           char (*written)[4096], tmk_error *error)
{
    const char *paths[MAX_SLICES];
    tmk_output outputs[MAX_SLICES];
    tmk_copy copy = {
        .mark = mark, .strength = b->strength, .paths = paths, .outputs = outputs};
    tmk_strip_options options;
    tmk_strip *strip = NULL;
    tmk_status status = tmk_strip_open((const char *const *)b->paths + from, count, &strip,
                                       error);

    tmk_strip_options_init(&options);
    options.write.overwrite = TMK_OUTPUT_REPLACE;
    options.threads = b->threads;
    for (size_t i = 0; i < count; i++)
        paths[i] = written[from + i];
    if (status == TMK_OK)
        status = tmk_strip_embed(b->key, strip, &copy, 1, &options, error);
    for (size_t i = 0; status == TMK_OK && i < count; i++)
        if (outputs[i].status != TMK_OK) {
            *error = outputs[i].error;
            status = outputs[i].status;
        }
    tmk_strip_free(&strip);
    return status;
}

/* Appends the page PATH, as attacks see it, to STITCHED, which has *TOP rows so far. */
static tmk_status append(tmk_picture *stitched, const char *path, int *top, tmk_error *error)
{
    tmk_picture page = {0}, more = {0};
    tmk_image *image = NULL;
    tmk_status status = tmk_image_read(path, &image, error);

    if (status == TMK_OK)
        status = attack_apply("none", 0, tmk_image_picture(image), &page, error);
    tmk_image_free(&image);
    if (status == TMK_OK &&
        (*top > 0 && (page.width != stitched->width || page.channels != stitched->channels)))
        status = tmk_fail(error, TMK_BAD_ARGUMENT, "%s: another width or kind", path);
    if (status == TMK_OK)
        status = tmk_picture_alloc(&more, page.width, *top + page.height, page.channels, 8,
                                   error);
    if (status == TMK_OK) {
        for (int y = 0; y < *top; y++)
            memcpy(tmk_picture_row(&more, y), tmk_picture_row(stitched, y), more.stride);
        for (int y = 0; y < page.height; y++)
            memcpy(tmk_picture_row(&more, *top + y), tmk_picture_row(&page, y), more.stride);
        *top += page.height;
        tmk_picture_release(stitched);
        *stitched = more;
    }
    tmk_picture_release(&page);
    return status;
}

/* STITCHED becomes the copy for MARK: JOINED by one mark, or of pages with their own. */
static tmk_status make_copy(bench *b, uint64_t mark, int joined, tmk_picture *stitched,
                            tmk_error *error)
{
    static char written[MAX_SLICES][4096];
    size_t step = joined ? b->count : 1;
    tmk_status status = TMK_OK;
    int top = 0;

    for (size_t i = 0; i < b->count; i++) {
        const char *dot = strrchr(b->paths[i], '.');

        snprintf(written[i], sizeof written[i], "%s/%d-%03d%s", b->directory, joined, (int)i,
                 dot != NULL ? dot : ".png");
    }
    for (size_t i = 0; status == TMK_OK && i < b->count; i += step)
        status = mark_run(b, i, step, mark, written, error);
    for (size_t i = 0; status == TMK_OK && i < b->count; i++) {
        b->tops[i] = top;
        status = append(stitched, written[i], &top, error);
    }
    b->tops[b->count] = top;
    return status;
}

/* Puts every second slice of OTHER into a copy of STITCHED. */
static tmk_status mix(const bench *b, const tmk_picture *stitched, const tmk_picture *other,
                      tmk_picture *mixed, tmk_error *error)
{
    tmk_status status = tmk_picture_copy(mixed, stitched, error);

    for (size_t i = 1; status == TMK_OK && i < b->count; i += 2)
        for (int y = b->tops[i]; y < b->tops[i + 1]; y++)
            memcpy(tmk_picture_row(mixed, y), tmk_picture_row(other, y), mixed->stride);
    return status;
}

/* Takes the last rows of every slice out of a copy of STITCHED. */
static tmk_status trim(const bench *b, const tmk_picture *stitched, tmk_picture *trimmed,
                       tmk_error *error)
{
    tmk_status status = tmk_picture_copy(trimmed, stitched, error);
    int top = 0;

    for (size_t i = 0; status == TMK_OK && i < b->count; i++)
        for (int y = b->tops[i]; y < b->tops[i + 1] - TRIM; y++)
            memcpy(tmk_picture_row(trimmed, top++), tmk_picture_row(stitched, y),
                   trimmed->stride);
    if (status == TMK_OK)
        trimmed->height = top;
    return status;
}

/* --------------------------------------------------------------------- pieces */

static tmk_status try_piece(const bench *b, const strip_attack *attack,
                            const tmk_picture *piece, outcome *o, tmk_error *error)
{
    tmk_extract_options options;
    tmk_extract_result result;
    tmk_picture worn = {0};
    int named = 0, wrong = 0;
    tmk_status status = attack_apply(attack->chain, (uint64_t)o->pieces, piece, &worn, error);

    tmk_extract_options_init(&options);
    options.threads = b->threads;
    options.known_marks = b->known;
    options.known_count = KNOWN;
    if (status == TMK_OK)
        status = tmk_extract(b->key, &worn, &options, &result, error);
    tmk_picture_release(&worn);
    if (status != TMK_OK)
        return status;
    for (int i = 0; i < result.count; i++) {
        int own = result.marks[i].mark == b->known[0] ||
                  (attack->source == MIXED && result.marks[i].mark == b->known[1]);

        named |= own;
        wrong |= !own;
    }
    if (b->verbose)
        fprintf(stderr, "%s: piece %d, %d rows: %d marks, z %.1f%s\n", attack->name,
                o->pieces, piece->height, result.count,
                result.count > 0 ? result.marks[0].score : 0, wrong ? ", WRONG" : "");
    o->pieces++;
    o->named += named;
    o->wrong += wrong;
    return TMK_OK;
}

static tmk_status try_attack(const bench *b, const strip_attack *attack,
                             const tmk_picture *stitched, outcome *o, tmk_error *error)
{
    size_t slice = 0;
    int top = attack->first;
    tmk_status status = TMK_OK;

    *o = (outcome){0};
    while (status == TMK_OK && top < stitched->height) {
        tmk_picture piece = *stitched;
        int end = attack->rows > 0    ? top + attack->rows
                  : attack->rows == 0 ? stitched->height
                                      : b->tops[++slice];

        piece.pixels = tmk_picture_row(stitched, top);
        piece.height = (end < stitched->height ? end : stitched->height) - top;
        if (piece.height >= 2 * TMK_MIN_SIDE)
            status = try_piece(b, attack, &piece, o, error);
        top = end;
    }
    return status;
}

/* All attacks on copies that are JOINED by one mark or not. */
static tmk_status try_all(bench *b, int joined, outcome outcomes[ATTACKS], tmk_error *error)
{
    tmk_picture sources[SOURCES] = {{0}}, other = {0};
    tmk_status status = make_copy(b, b->known[1], joined, &other, error);

    if (status == TMK_OK)
        status = make_copy(b, b->known[0], joined, &sources[WHOLE], error);
    if (status == TMK_OK)
        status = mix(b, &sources[WHOLE], &other, &sources[MIXED], error);
    if (status == TMK_OK)
        status = trim(b, &sources[WHOLE], &sources[TRIMMED], error);
    for (int i = 0; status == TMK_OK && i < ATTACKS; i++)
        status = try_attack(b, &attacks[i], &sources[attacks[i].source], &outcomes[i], error);
    for (int i = 0; i < SOURCES; i++)
        tmk_picture_release(&sources[i]);
    tmk_picture_release(&other);
    return status;
}

static int print(outcome outcomes[2][ATTACKS])
{
    int wrong = 0;

    printf("| attack | one strip: pieces named | wrong | pages of their own: pieces named |"
           " wrong |\n|---|---|---|---|---|\n");
    for (int i = 0; i < ATTACKS; i++) {
        const outcome *strip = &outcomes[1][i], *pages = &outcomes[0][i];

        printf("| %s | %d / %d | %d | %d / %d | %d |\n", attacks[i].name, strip->named,
               strip->pieces, strip->wrong, pages->named, pages->pieces, pages->wrong);
        wrong += strip->wrong + pages->wrong;
    }
    return wrong > 0;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    static bench b = {.threads = 1, .strength = 1};
    outcome outcomes[2][ATTACKS];
    dice d = dice_of(1, 77);
    tmk_error error = {TMK_OK, ""};
    int option, good = 1;

    while ((option = getopt(argc, argv, "j:s:v")) != -1) {
        good = good && option != '?';
        if (option == 'j')
            b.threads = atoi(optarg);
        if (option == 's')
            b.strength = atof(optarg);
        b.verbose |= option == 'v';
    }
    if (!good || argc - optind < 2 || argc - optind - 1 > MAX_SLICES) {
        fprintf(stderr,
                "usage: bench_recut [-j THREADS] [-s STRENGTH] [-v] DIRECTORY SLICE...\n");
        return 2;
    }
    b.directory = argv[optind];
    b.paths = argv + optind + 1;
    b.count = (size_t)(argc - optind - 1);
    for (int i = 0; i < KNOWN; i++)
        b.known[i] = dice_next(&d);
    if (tmk_key_from_bytes(secret, &b.key, &error) != TMK_OK ||
        try_all(&b, 1, outcomes[1], &error) != TMK_OK ||
        try_all(&b, 0, outcomes[0], &error) != TMK_OK) {
        fprintf(stderr, "bench_recut: %s\n", error.text);
        return 2;
    }
    tmk_key_free(&b.key);
    return print(outcomes);
}
