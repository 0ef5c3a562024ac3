/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What pictures without a mark of this key give: does z follow its law, is anything found?
 *
 *     bench_null [-j JOBS] [-k KEYS] PAGE...          cheap: z of KEYS x PAGE x 2 trials
 *     bench_null [-j JOBS] [-m KNOWN] -n N PAGE...    full: N extractions at effort normal
 *
 * Half of the trials see the page as it is, half see it marked under another key.
 *
 * Cheap trials lay the page on the plane at its upper left corner and take a fresh key, a
 * random band and a random payload each.  The whitened spectra involve no key, so they are
 * measured once a page.  The observed tail stands beside the Gaussian one and the bound.
 *
 * Full extractions have a fresh key and KNOWN random marks each, and are asked for all
 * that lies below 1e-2, the loosest bound there is; below 1e-9 they must find nothing.
 * Exit status: 0, or 1 if they do.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "carrier/carrier.h"
#include "mark/soft.h"
#include "mark/spectra.h"
#include "tests/support/dice.h"
#include "toonmark-file.h"

#define SEED 20240301u
#define REPORTED (-2.0) /* log10 of the loosest bound that extraction can be asked for */
#define DECIDED (-9.0)  /* and of the default */
#define TAILS 5
#define MAX_KNOWN 100000

enum { UNMARKED, OTHER_KEY, KINDS };

static const char *const kind_names[KINDS] = {"unmarked", "marked, other key"};

/* The z of the trials of one kind of page. */
typedef struct tally {
    long trials, above[TAILS], below[TAILS]; /* z > t, z < -t for t = 1 to TAILS */
    double sum, squares, most;
} tally;

typedef struct search_outcome {
    int ran, wrong;
    double log10_p; /* of the best mark, 0 if there is none */
} search_outcome;

typedef struct bench {
    char **names;
    int pages, keys, searches;
    size_t known;
    tally (*tallies)[KINDS];  /* [page] */
    search_outcome *outcomes; /* [search] */
} bench;

/* ------------------------------------------------------------------------ keys */

static tmk_key *key_of(dice *d)
{
    uint8_t secret[TMK_KEY_BYTES];
    tmk_key *key = NULL;
    tmk_error error;

    for (int i = 0; i < TMK_KEY_BYTES; i += 8) {
        uint64_t word = dice_next(d);

        memcpy(secret + i, &word, 8);
    }
    if (tmk_key_from_bytes(secret, &key, &error) != TMK_OK) {
        fprintf(stderr, "bench_null: %s\n", error.text);
        exit(2);
    }
    return key;
}

/* PATH, marked under a key of the dice if KIND says so; NULL after a failure, which is
 * reported. */
static tmk_image *page_of(const char *path, int kind, dice *d)
{
    tmk_image *image = NULL;
    tmk_key *key = key_of(d);
    tmk_error error;
    tmk_status status = tmk_image_read(path, &image, &error);

    if (status == TMK_OK && kind == OTHER_KEY)
        status = tmk_embed(key, tmk_image_picture(image), dice_next(d), NULL, NULL, &error);
    if (status != TMK_OK) {
        fprintf(stderr, "bench_null: %s: %s\n", path, error.text);
        tmk_image_free(&image);
    }
    tmk_key_free(&key);
    return image;
}

/* ---------------------------------------------------------------- cheap trials */

static tmk_status measure(tmk_spectra *spectra, const tmk_carriers *carriers,
                          const tmk_picture *page, tmk_error *error)
{
    const tmk_affine as_it_lies = {1, 0, 0, 0, 1, 0};
    tmk_residuals residuals;
    tmk_fft *fft = NULL;
    tmk_status status = tmk_residuals_make(&residuals, page, TMK_PREDICT_PLAIN, error);

    if (status != TMK_OK)
        return status;
    status = tmk_fft_new(&fft, TMK_TILE, error);
    if (status == TMK_OK)
        status = tmk_spectra_measure(spectra, carriers, fft, &residuals, &as_it_lies, error);
    if (status == TMK_OK)
        tmk_fft_free(&fft);
    tmk_residuals_release(&residuals);
    return status;
}

static void count(tally *t, double z)
{
    t->trials++;
    t->sum += z;
    t->squares += z * z;
    t->most = fmax(t->most, z);
    for (int i = 0; i < TAILS; i++) {
        t->above[i] += z > i + 1;
        t->below[i] += z < -(i + 1);
    }
}

static double score(const tmk_carriers *carriers, const tmk_spectra *spectra, dice *d)
{
    tmk_weights weights;
    int band = dice_int(d, 0, TMK_BANDS - 1);
    uint8_t coded[TMK_CODE_BITS];
    tmk_soft soft;

    tmk_weights_estimate(&weights, carriers, spectra, band);
    tmk_soft_read(&soft, carriers, spectra, &weights, band);
    tmk_payload_encode(dice_next(d), coded);
    return tmk_soft_score(&soft, coded);
}

/* All keys' trials on one page of one kind. */
static void try_keys(const bench *b, const tmk_picture *page, dice *d, tally *t)
{
    tmk_spectra spectra;
    int measured = 0;

    for (int i = 0; i < b->keys; i++) {
        tmk_key *key = key_of(d);
        tmk_carriers *carriers = NULL;
        tmk_error error;
        tmk_status status = tmk_carriers_new(&carriers, key, &error);

        if (status == TMK_OK && !measured)
            status = measure(&spectra, carriers, page, &error);
        if (status != TMK_OK) {
            fprintf(stderr, "bench_null: %s\n", error.text);
            exit(2);
        }
        measured = 1;
        count(t, score(carriers, &spectra, d));
        tmk_carriers_free(&carriers);
        tmk_key_free(&key);
    }
    tmk_spectra_release(&spectra);
}

static void run_page(size_t index, void *context)
{
    bench *b = context;

    for (int kind = 0; kind < KINDS; kind++) {
        dice d = dice_of(SEED, KINDS * index + (size_t)kind);
        tmk_image *image = page_of(b->names[index], kind, &d);

        if (image != NULL)
            try_keys(b, tmk_image_picture(image), &d, &b->tallies[index][kind]);
        tmk_image_free(&image);
    }
}

static double gaussian_tail(double x)
{
    return 0.5 * erfc(x / sqrt(2));
}

static void add(tally *to, const tally *from)
{
    to->trials += from->trials;
    to->sum += from->sum;
    to->squares += from->squares;
    to->most = fmax(to->most, from->most);
    for (int i = 0; i < TAILS; i++) {
        to->above[i] += from->above[i];
        to->below[i] += from->below[i];
    }
}

/* Mean and deviation with their sampling errors, then the tail of each side. */
static void print_tally(const char *name, const tally *t)
{
    double n = (double)t->trials, mean = t->sum / n;
    double deviation = sqrt(t->squares / n - mean * mean);

    printf("\n%s: %ld trials, mean %+.4f +- %.4f, deviation %.4f +- %.4f, largest %.2f\n\n",
           name, t->trials, mean, 1 / sqrt(n), deviation, 1 / sqrt(2 * n), t->most);
    printf("| t | z > t | z < -t | Gaussian: expected | P(z > t) observed | Gaussian | "
           "bound |\n|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < TAILS; i++) {
        double p = gaussian_tail(i + 1);

        printf("| %d | %ld | %ld | %.1f +- %.1f | %.2e | %.2e | %.2e |\n", i + 1, t->above[i],
               t->below[i], n * p, sqrt(n * p * (1 - p)), (double)t->above[i] / n, p,
               exp(-0.5 * (i + 1) * (i + 1)));
    }
}

static void run_cheap(bench *b, int jobs)
{
    tally all = {0};

    b->tallies = calloc((size_t)b->pages, sizeof *b->tallies);
    if (b->tallies == NULL)
        exit(2);
    tmk_parallel((size_t)b->pages, jobs, run_page, b);
    for (int kind = 0; kind < KINDS; kind++) {
        tally sum = {0};

        for (int page = 0; page < b->pages; page++)
            add(&sum, &b->tallies[page][kind]);
        if (sum.trials > 0)
            print_tally(kind_names[kind], &sum);
        add(&all, &sum);
    }
    if (all.trials > 0)
        print_tally("both", &all);
    free(b->tallies);
}

/* --------------------------------------------------------------- full searches */

static void run_search(size_t index, void *context)
{
    bench *b = context;
    search_outcome *out = &b->outcomes[index];
    dice d = dice_of(SEED + 1, index);
    size_t page = index / KINDS % (size_t)b->pages;
    tmk_image *image = page_of(b->names[page], (int)(index % KINDS), &d);
    uint64_t *known = calloc(b->known + 1, sizeof *known);
    tmk_key *key = key_of(&d);
    tmk_extract_options options;
    tmk_extract_result result;
    tmk_error error;

    tmk_extract_options_init(&options);
    options.log10_bound = REPORTED;
    options.known_marks = known;
    options.known_count = b->known;
    for (size_t i = 0; known != NULL && i < b->known; i++)
        known[i] = dice_next(&d);
    if (image != NULL && known != NULL) {
        if (tmk_extract(key, tmk_image_picture(image), &options, &result, &error) != TMK_OK) {
            fprintf(stderr, "bench_null: %s: %s\n", b->names[page], error.text);
        } else {
            out->ran = 1;
            out->log10_p = result.count > 0 ? result.marks[0].log10_p : 0;
            out->wrong = out->log10_p <= DECIDED;
        }
    }
    tmk_key_free(&key);
    free(known);
    tmk_image_free(&image);
}

/* How many were wrong. */
static int run_full(bench *b, int jobs)
{
    search_outcome all = {0};
    int reported = 0;

    b->outcomes = calloc((size_t)b->searches, sizeof *b->outcomes);
    if (b->outcomes == NULL)
        exit(2);
    tmk_parallel((size_t)b->searches, jobs, run_search, b);
    printf("\n| pages | searches | at 1e-9 or below | at 1e-2 or below | strongest |\n"
           "|---|---|---|---|---|\n");
    for (int kind = 0; kind < KINDS; kind++) {
        search_outcome sum = {0};
        int low = 0;

        for (int i = kind; i < b->searches; i += KINDS) {
            sum.ran += b->outcomes[i].ran;
            sum.wrong += b->outcomes[i].wrong;
            sum.log10_p = fmin(sum.log10_p, b->outcomes[i].log10_p);
            low += b->outcomes[i].log10_p < 0;
        }
        printf("| %s | %d | %d | %d | ", kind_names[kind], sum.ran, sum.wrong, low);
        printf(low > 0 ? "10^%.2f |\n" : "above 10^-2 |\n", sum.log10_p);
        all.wrong += sum.wrong;
        reported += low;
    }
    free(b->outcomes);
    if (all.wrong > 0)
        fprintf(stderr, "bench_null: %d of %d reported were WRONG\n", all.wrong, reported);
    return all.wrong;
}

/* ------------------------------------------------------------------------ main */

static int parse(bench *b, int argc, char **argv, int *jobs)
{
    int option;

    while ((option = getopt(argc, argv, "j:k:n:m:")) != -1)
        switch (option) {
        case 'j':
            *jobs = atoi(optarg);
            break;
        case 'k':
            b->keys = atoi(optarg);
            break;
        case 'n':
            b->searches = atoi(optarg);
            break;
        case 'm':
            b->known = (size_t)atol(optarg);
            break;
        default:
            return 0;
        }
    b->names = argv + optind;
    b->pages = argc - optind;
    return b->pages > 0 && *jobs > 0 && b->keys > 0 && b->searches >= 0 &&
           b->known <= MAX_KNOWN;
}

int main(int argc, char **argv)
{
    bench b = {.keys = 400, .known = 100};
    int jobs = 1;

    if (!parse(&b, argc, argv, &jobs)) {
        fprintf(stderr, "usage: bench_null [-j JOBS] [-k KEYS | -n SEARCHES [-m KNOWN]] "
                        "PAGE...\n");
        return 2;
    }
    if (b.searches == 0) {
        run_cheap(&b, jobs);
        return 0;
    }
    return run_full(&b, jobs) > 0;
}
