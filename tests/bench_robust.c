/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measures robustness: marks pages, attacks each copy, reads the mark back blind.
 *
 *     bench_robust [-j JOBS] [-e fast|normal|deep] [-s STRENGTH] [-l] [-v]
 *                  -a "ATTACK ATTACK ..." PAGE...
 *
 * For each attack it prints how many pages gave their whole payload back, how many gave
 * any other mark (which must be none), the weakest bound, and the time of an extraction.
 * Every page has a mark and, with the attack's number, a seed of its own.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attack.h"
#include "base/parallel.h"
#include "image/picture.h"

#define MAX_ATTACKS 96

typedef struct outcome {
    int ran, found, wrong;
    double log10_p, seconds;
} outcome;

typedef struct bench {
    const tmk_key *key;
    tmk_embed_options embed;
    tmk_extract_options extract;
    char *attacks[MAX_ATTACKS];
    int attack_count, pages, verbose;
    char **names;
    outcome *outcomes; /* [page][attack] */
} bench;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t mark_of(size_t page)
{
    return 0x9e3779b97f4a7c15u * (uint64_t)(page + 1);
}

static void run_attack(bench *b, const tmk_picture *marked, size_t page, int attack)
{
    outcome *out = &b->outcomes[page * (size_t)b->attack_count + (size_t)attack];
    tmk_extract_result result;
    tmk_picture seized;
    tmk_error error;
    double start;

    if (attack_apply(b->attacks[attack], page * 1000 + (size_t)attack, marked, &seized,
                     &error) != TMK_OK) {
        fprintf(stderr, "%s: %s: %s\n", b->names[page], b->attacks[attack], error.text);
        return;
    }
    start = now();
    if (tmk_extract(b->key, &seized, &b->extract, &result, &error) != TMK_OK) {
        fprintf(stderr, "%s: %s: %s\n", b->names[page], b->attacks[attack], error.text);
    } else {
        out->seconds = now() - start;
        out->ran = 1;
        for (int i = 0; i < result.count; i++)
            if (result.marks[i].mark == mark_of(page)) {
                out->found = 1;
                out->log10_p = result.marks[i].log10_p;
            } else {
                out->wrong++;
            }
        if (b->verbose && !out->found)
            fprintf(stderr, "missed: %s %s\n", b->names[page], b->attacks[attack]);
        if (out->wrong)
            fprintf(stderr, "WRONG: %s %s\n", b->names[page], b->attacks[attack]);
    }
    tmk_picture_release(&seized);
}

static void run_page(size_t page, void *context)
{
    bench *b = context;
    tmk_image *image = NULL;
    tmk_error error;

    if (tmk_image_read(b->names[page], &image, &error) != TMK_OK ||
        tmk_embed(b->key, tmk_image_picture(image), mark_of(page), &b->embed, NULL,
                  &error) != TMK_OK)
        fprintf(stderr, "%s\n", error.text);
    else
        for (int a = 0; a < b->attack_count; a++)
            run_attack(b, tmk_image_picture(image), page, a);
    tmk_image_free(&image);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void print_attack(const bench *b, int attack, double *seconds)
{
    int ran = 0, found = 0, wrong = 0;
    double worst = -HUGE_VAL;

    for (int page = 0; page < b->pages; page++) {
        const outcome *out = &b->outcomes[(size_t)page * (size_t)b->attack_count +
                                          (size_t)attack];

        if (out->ran)
            seconds[ran++] = out->seconds;
        found += out->found;
        wrong += out->wrong;
        if (out->found)
            worst = fmax(worst, out->log10_p);
    }
    qsort(seconds, (size_t)ran, sizeof *seconds, by_value);
    printf("| %-34s | %3d / %3d | %5.1f %% | %5d | %7.1f | %5.2f | %5.2f |\n",
           b->attacks[attack], found, ran, ran ? 100.0 * found / ran : 0, wrong, worst,
           ran ? seconds[ran / 2] : 0, ran ? seconds[ran - 1] : 0);
    fflush(stdout);
}

static int parse(bench *b, int argc, char **argv, int *jobs)
{
    int option;

    while ((option = getopt(argc, argv, "j:e:s:a:v")) != -1)
        switch (option) {
        case 'j':
            *jobs = atoi(optarg);
            break;
        case 'e':
            b->extract.effort = optarg[0] == 'f'   ? TMK_FAST
                                : optarg[0] == 'd' ? TMK_DEEP
                                                   : TMK_NORMAL;
            break;
        case 's':
            b->embed.strength = atof(optarg);
            break;
        case 'a':
            for (char *word = strtok(optarg, " "); word != NULL && b->attack_count < MAX_ATTACKS;
                 word = strtok(NULL, " "))
                b->attacks[b->attack_count++] = word;
            break;
        case 'v':
            b->verbose = 1;
            break;
        default:
            return 0;
        }
    b->names = argv + optind;
    b->pages = argc - optind;
    return b->pages > 0 && b->attack_count > 0;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    bench b = {0};
    tmk_key *key = NULL;
    tmk_error error;
    double *seconds;
    int jobs = 1;

    tmk_embed_options_init(&b.embed);
    tmk_extract_options_init(&b.extract);
    if (!parse(&b, argc, argv, &jobs)) {
        fprintf(stderr, "usage: bench_robust [-j N] [-e EFFORT] [-s STRENGTH] [-v] "
                        "-a 'ATTACK ...' PAGE...\n");
        return 2;
    }
    b.outcomes = calloc((size_t)b.pages * (size_t)b.attack_count, sizeof *b.outcomes);
    seconds = calloc((size_t)b.pages, sizeof *seconds);
    if (b.outcomes == NULL || seconds == NULL ||
        tmk_key_from_bytes(secret, &key, &error) != TMK_OK)
        return 2;
    b.key = key;
    tmk_parallel((size_t)b.pages, jobs, run_page, &b);
    printf("| attack                             | recovered |         | wrong | weakest | "
           "median s | most s |\n|---|---|---|---|---|---|---|\n");
    for (int a = 0; a < b.attack_count; a++)
        print_attack(&b, a, seconds);
    free(seconds);
    free(b.outcomes);
    tmk_key_free(&key);
    return 0;
}
