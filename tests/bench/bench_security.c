/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What whoever has marked pages, and all that is public, can do against a mark, for
 * tests/bench/bench_security.sh.
 *
 *     bench_security [-e EFFORT] [-k 'K ...'] [-c 'GAIN ...'] [-t STRIP] -n LEARNED
 *                    DIRECTORY PAGE...
 *
 * The first LEARNED pages, each released with a mark of its own under one key, teach a template
 * (tests/attack/attack_template.h); it is taken from each of the others K times.  So is one
 * that the tall page STRIP shows by itself, folded by 1024 rows, and one of a single page of the
 * same band, which is looked for among marks.  "Coring" subtracts GAIN times what a surface
 * blur removes.  Then each is saved as JPEG 80 and read with EFFORT (none: not at all).
 *
 * Writes page N as DIRECTORY/N.png (one that was marked anew for an attack as
 * DIRECTORY/N-ROW-from.png) and what an attack makes of it, before it is saved as JPEG, as
 * DIRECTORY/N-ROW.png, and prints a line
 *
 *     ROW N PSNR SYNC INDEX DATA READ SECONDS ATTACK
 *
 * PSNR is of the attack's change; z of the three roles are those at the true place; READ is the
 * first effort that gives the mark ("-": none; "WRONG": another one), SECONDS all that these
 * searches took.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/picture.h"
#include "mark/layered.h"
#include "mark/origin.h"
#include "mark/soft.h"
#include "tests/attack/attack_template.h"
#include "tests/support/content.h"
#include "toonmark-file.h"

#define MAX_SETTINGS 16
#define BAND_SIDE 4096 /* rows of a template of a band and those below it */
#define TRIES 1000000  /* marks, until two pages share a band */
#define SAVED "jpeg:80"

static const char *const effort_names[] = {"fast", "normal", "deep", "exhaustive"};

typedef struct page {
    tmk_picture plain, marked;
    uint64_t mark;
    tmk_place place;
} page;

typedef struct bench {
    tmk_key *key;
    tmk_carriers *carriers;
    tmk_fft *fft;
    const char *directory, *strip;
    int effort; /* below TMK_FAST: nothing is searched */
    int learned, pages, row;
    int anew; /* pages were marked anew */
    const char *ks[MAX_SETTINGS], *gains[MAX_SETTINGS];
    page *list;
} bench;

/* ------------------------------------------------------------------------ pages */

/* PATH as attacks see it, 8 bits and no alpha. */
static tmk_status load(const char *path, tmk_picture *to, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_status status = tmk_image_read(path, &image, error);

    if (status == TMK_OK)
        status = attack_apply("none", 0, tmk_image_picture(image), to, error);
    tmk_image_free(&image);
    return status;
}

static tmk_status write_page(const bench *b, const tmk_picture *picture, const char *name,
                             tmk_error *error)
{
    char path[4096];
    tmk_image *image = NULL;
    tmk_write_options options;
    tmk_status status = tmk_image_from_picture(picture, TMK_PNG, &image, error);

    tmk_write_options_init(&options);
    options.overwrite = TMK_OUTPUT_REPLACE;
    snprintf(path, sizeof path, "%s/%s.png", b->directory, name);
    if (status == TMK_OK)
        status = tmk_image_write(image, path, &options, error);
    tmk_image_free(&image);
    return status;
}

/* Marks P anew with MARK. */
static tmk_status mark(const bench *b, page *p, uint64_t number, tmk_error *error)
{
    tmk_embed_report report;

    tmk_picture_release(&p->marked);
    p->mark = number;
    TMK_TRY(tmk_picture_copy(&p->marked, &p->plain, error));
    TMK_TRY(tmk_embed(b->key, &p->marked, number, NULL, &report, error));
    p->place = report.place;
    return TMK_OK;
}

static tmk_status open_page(const bench *b, page *p, const char *path, int number,
                            tmk_error *error)
{
    TMK_TRY(load(path, &p->plain, error));
    return mark(b, p, 0x9e3779b97f4a7c15u * (uint64_t)(number + 1), error);
}

static void close_page(page *p)
{
    tmk_picture_release(&p->plain);
    tmk_picture_release(&p->marked);
}

/* A mark that puts A and B into one band; 0 if none was found. */
static uint64_t shared_band(const bench *b, const page *one, const page *other)
{
    uint8_t digests[2][TMK_CONTENT_BYTES];

    content_of(digests[0], &one->plain);
    content_of(digests[1], &other->plain);
    for (uint64_t number = 1; number < TRIES; number++) {
        tmk_origin origins[2];

        for (int i = 0; i < 2; i++)
            tmk_origin_of(&origins[i], b->key, number, 0, digests[i]);
        if (origins[0].band == origins[1].band)
            return number;
    }
    return 0;
}

/* ---------------------------------------------------------------------- scoring */

/* z of a role of known sign, both components at their own deviation. */
static double z_of(const bench *b, const tmk_spectra *spectra, tmk_role role, int band)
{
    double z = 0, components = 0;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_walk walk = tmk_walk_of(b->carriers, spectra, c, role, band);
        double sum = 0, power = 0;

        while (tmk_walk_next(&walk))
            for (int i = 0; i < walk.tile.count; i++) {
                float complex value = walk.values[walk.tile.slots[i]];

                sum += tmk_along(value, walk.tile.phases[i]);
                power += tmk_power(value);
            }
        if (power > 0) {
            z += sum / sqrt(power);
            components++;
        }
    }
    return components > 0 ? z / sqrt(components) : 0;
}

/* The scores at the true place, by role. */
static tmk_status score(const bench *b, const page *p, const tmk_picture *seized,
                        double z[TMK_ROLES], tmk_error *error)
{
    const tmk_affine map = {1, 0, -p->place.x, 0, 1, -p->place.y};
    uint8_t coded[TMK_CODE_BITS];
    tmk_residuals residuals;
    tmk_layered layered = {0};
    tmk_spectra spectra;
    tmk_weights weights;
    tmk_soft soft;
    tmk_status status;

    TMK_TRY(tmk_residuals_make(&residuals, seized, TMK_PREDICT_PLAIN, error));
    status = tmk_spectra_measure(&spectra, b->carriers, b->fft, &residuals, &map, error);
    if (status == TMK_OK) {
        for (int role = TMK_SYNC; role < TMK_DATA; role++)
            z[role] = z_of(b, &spectra, (tmk_role)role, p->place.band);
        status = tmk_layered_gather(&layered, &spectra, b->carriers, b->fft, &residuals, &map,
                                    p->place.band, error);
        if (status != TMK_OK)
            tmk_spectra_release(&spectra);
    }
    tmk_layered_release(&layered);
    tmk_residuals_release(&residuals);
    if (status != TMK_OK)
        return status;
    tmk_weights_estimate(&weights, b->carriers, &spectra, p->place.band);
    tmk_soft_read(&soft, b->carriers, &spectra, &weights, p->place.band);
    tmk_payload_encode(p->mark, coded);
    z[TMK_DATA] = tmk_soft_score(&soft, coded);
    tmk_spectra_release(&spectra);
    return TMK_OK;
}

/* The first effort up to that of B that gives P's mark. */
static tmk_status search(const bench *b, const page *p, const tmk_picture *seized,
                         const char **read, tmk_error *error)
{
    *read = "-";
    for (int effort = TMK_FAST; effort <= b->effort && strcmp(*read, "-") == 0; effort++) {
        tmk_extract_options options;
        tmk_extract_result result;

        if (effort != TMK_NORMAL && effort != b->effort)
            continue; /* it is part of what follows */
        tmk_extract_options_init(&options);
        options.effort = (tmk_effort)effort;
        TMK_TRY(tmk_extract(b->key, seized, &options, &result, error));
        if (result.count > 0)
            *read = result.marks[0].mark == p->mark ? effort_names[effort] : "WRONG";
    }
    return TMK_OK;
}

/* What is left on page NUMBER, which an attack turned into CHANGED. */
static tmk_status report(const bench *b, int number, const tmk_picture *changed,
                         const char *attack, tmk_error *error)
{
    const page *p = &b->list[number];
    tmk_picture saved = {0};
    double z[TMK_ROLES];
    const char *read = "-";
    clock_t start;
    char name[64];
    tmk_status status;

    snprintf(name, sizeof name, "%d-%d", number, b->row);
    status = write_page(b, changed, name, error);
    if (status == TMK_OK && b->anew) {
        snprintf(name, sizeof name, "%d-%d-from", number, b->row);
        status = write_page(b, &p->marked, name, error);
    }
    if (status == TMK_OK)
        status = attack_apply(SAVED, 1, changed, &saved, error);
    if (status == TMK_OK)
        status = score(b, p, &saved, z, error);
    start = clock();
    if (status == TMK_OK)
        status = search(b, p, &saved, &read, error);
    tmk_picture_release(&saved);
    if (status != TMK_OK)
        return status;
    printf("%d %d %.2f %.1f %.1f %.1f %s %.1f %s\n", b->row, number,
           attack_psnr(&p->marked, changed), z[TMK_SYNC], z[TMK_INDEX], z[TMK_DATA], read,
           (double)(clock() - start) / CLOCKS_PER_SEC, attack);
    fflush(stdout);
    return TMK_OK;
}

/* ---------------------------------------------------------------------- attacks */

/* Takes TEMPLATE from page NUMBER, each K times; WHAT says what it was learned from. */
static tmk_status subtract_from(bench *b, const attack_template *template, int number,
                                const char *what, tmk_error *error)
{
    const page *p = &b->list[number];

    for (int i = 0; b->ks[i] != NULL; i++, b->row++) {
        tmk_picture changed = {0};
        char text[200];
        tmk_status status = tmk_picture_copy(&changed, &p->marked, error);

        snprintf(text, sizeof text, "template of %s, k = %s", what, b->ks[i]);
        if (status == TMK_OK)
            status = attack_template_subtract(template, &changed, p->place.x, p->place.y,
                                              atof(b->ks[i]), error);
        if (status == TMK_OK)
            status = report(b, number, &changed, text, error);
        tmk_picture_release(&changed);
        TMK_TRY(status);
    }
    return TMK_OK;
}

/* From all pages that were not learned from. */
static tmk_status subtract_from_all(bench *b, const attack_template *template,
                                    const char *what, tmk_error *error)
{
    int first = b->row, next = first;

    for (int number = b->learned; number < b->pages; number++) {
        b->row = first;
        TMK_TRY(subtract_from(b, template, number, what, error));
        next = b->row;
    }
    b->row = next;
    return TMK_OK;
}

static tmk_status common_sync(bench *b, tmk_error *error)
{
    attack_template template;
    char what[64];
    tmk_status status = attack_template_begin(&template, TMK_PERIOD, error);

    for (int i = 0; status == TMK_OK && i < b->learned; i++)
        status = attack_template_add(&template, &b->list[i].marked, b->list[i].place.x,
                                     b->list[i].place.y, error);
    if (status == TMK_OK)
        status = attack_template_learn(&template, &attack_common, error);
    snprintf(what, sizeof what, "%d pages", b->learned);
    if (status == TMK_OK)
        status = subtract_from_all(b, &template, what, error);
    attack_template_release(&template);
    return status;
}

static tmk_status tall_release(bench *b, tmk_error *error)
{
    page tall = {0};
    attack_template template;
    char what[64];
    tmk_status status = attack_template_begin(&template, TMK_PERIOD, error);

    if (status == TMK_OK)
        status = open_page(b, &tall, b->strip, b->pages, error);
    if (status == TMK_OK)
        status = attack_template_add(&template, &tall.marked, tall.place.x, tall.place.y,
                                     error);
    if (status == TMK_OK)
        status = attack_template_learn(&template, &attack_common, error);
    snprintf(what, sizeof what, "one release of %d rows", tall.marked.height);
    if (status == TMK_OK)
        status = subtract_from_all(b, &template, what, error);
    attack_template_release(&template);
    close_page(&tall);
    return status;
}

/* The first page that is learned from becomes the partner of each of the others. */
static tmk_status partner(bench *b, tmk_error *error)
{
    page *one = &b->list[0];
    int first = b->row, next = first;

    for (int number = b->learned; number < b->pages; number++) {
        page *own = &b->list[number];
        uint64_t before = own->mark, shared = shared_band(b, one, own);
        attack_template template;
        tmk_status status = attack_template_begin(&template, BAND_SIDE, error);

        b->row = first;
        b->anew = 1;
        if (status == TMK_OK)
            status = mark(b, one, shared, error);
        if (status == TMK_OK)
            status = mark(b, own, shared, error);
        if (status == TMK_OK)
            status = attack_template_add(&template, &one->marked, one->place.x, one->place.y,
                                         error);
        if (status == TMK_OK)
            status = attack_template_learn(&template, &attack_all, error);
        if (status == TMK_OK)
            status = subtract_from(b, &template, number, "one page of the same band", error);
        attack_template_release(&template);
        TMK_TRY(status);
        TMK_TRY(mark(b, own, before, error));
        next = b->row;
    }
    b->row = next;
    return TMK_OK;
}

static tmk_status coring(bench *b, tmk_error *error)
{
    for (int i = 0; b->gains[i] != NULL; i++, b->row++)
        for (int number = b->learned; number < b->pages; number++) {
            tmk_picture changed = {0};
            char name[64];
            tmk_status status;

            snprintf(name, sizeof name, "coring:%s", b->gains[i]);
            status = attack_apply(name, 1, &b->list[number].marked, &changed, error);
            if (status == TMK_OK)
                status = report(b, number, &changed, name, error);
            tmk_picture_release(&changed);
            TMK_TRY(status);
        }
    return TMK_OK;
}

/* ------------------------------------------------------------------------- main */

static tmk_status run(bench *b, char **names, tmk_error *error)
{
    for (int i = 0; i < b->pages; i++)
        TMK_TRY(open_page(b, &b->list[i], names[i], i, error));
    for (int i = b->learned; i < b->pages; i++) {
        char name[64];

        snprintf(name, sizeof name, "%d", i);
        TMK_TRY(write_page(b, &b->list[i].marked, name, error));
        TMK_TRY(report(b, i, &b->list[i].marked, "none", error));
    }
    b->row++;
    if (b->learned > 0 && b->ks[0] != NULL)
        TMK_TRY(common_sync(b, error));
    if (b->strip != NULL)
        TMK_TRY(tall_release(b, error));
    TMK_TRY(coring(b, error));
    return b->learned > 0 && b->ks[0] != NULL ? partner(b, error) : TMK_OK;
}

static void list_words(const char *list[MAX_SETTINGS], char *words)
{
    int count = 0;

    for (char *word = strtok(words, " "); word != NULL && count < MAX_SETTINGS - 1;
         word = strtok(NULL, " "))
        list[count++] = word;
    list[count] = NULL;
}

static int effort_of(const char *name)
{
    for (int i = 0; i < (int)(sizeof effort_names / sizeof *effort_names); i++)
        if (strcmp(name, effort_names[i]) == 0)
            return i;
    return TMK_FAST - 1;
}

static int parse(bench *b, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "e:k:c:t:n:")) != -1)
        switch (option) {
        case 'e':
            b->effort = effort_of(optarg);
            break;
        case 'k':
            list_words(b->ks, optarg);
            break;
        case 'c':
            list_words(b->gains, optarg);
            break;
        case 't':
            b->strip = optarg;
            break;
        case 'n':
            b->learned = atoi(optarg);
            break;
        default:
            return 0;
        }
    b->directory = argv[optind];
    b->pages = argc - optind - 1;
    return b->learned >= 0 && b->pages > b->learned;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    bench b = {.effort = TMK_FAST - 1};
    tmk_error error;
    tmk_status status;

    if (!parse(&b, argc, argv)) {
        fprintf(stderr, "usage: bench_security [-e EFFORT] [-k 'K ...'] [-c 'GAIN ...'] "
                        "[-t STRIP] -n LEARNED DIRECTORY PAGE...\n");
        return 2;
    }
    b.list = calloc((size_t)b.pages, sizeof *b.list);
    if (b.list == NULL || tmk_key_from_bytes(secret, &b.key, &error) != TMK_OK ||
        tmk_carriers_new(&b.carriers, b.key, &error) != TMK_OK ||
        tmk_fft_new(&b.fft, TMK_TILE, &error) != TMK_OK)
        return 2;
    status = run(&b, argv + optind + 1, &error);
    if (status != TMK_OK)
        fprintf(stderr, "bench_security: %s\n", error.text);
    for (int i = 0; i < b.pages; i++)
        close_page(&b.list[i]);
    free(b.list);
    tmk_fft_free(&b.fft);
    tmk_carriers_free(&b.carriers);
    tmk_key_free(&b.key);
    return status != TMK_OK;
}
