/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measures robustness: marks pages, attacks each copy, reads the mark back blind.
 *
 *     bench_robust [-j JOBS] [-s STRENGTH] [-m KNOWN] [-v] -t TABLE -g GROUP PAGE...
 *     bench_robust ... [-e EFFORT] -a 'ATTACK ...' PAGE...
 *
 * TABLE has lines "GROUP REQUIRED EFFORT ATTACK", REQUIRED in percent of the pages (see
 * tests/bench/bench_attacks.txt).  Extraction is given KNOWN random marks that nobody embedded:
 * none of them may be found.  PAGE is FILE or FILE@ATTACK: what ATTACK makes of FILE is what
 * gets marked.  ATTACK is as tests/attack/attack has it, or
 *
 *     next:ATTACK            the page that ATTACK puts beside this one is the next PAGE,
 *                            and carries a mark of its own
 *     average:K[+ATTACK]     the mean of the copies for K channels; all K marks must be read
 *
 * For each attack it prints how many pages gave their whole payload back, how many gave
 * a mark that nobody embedded (which must be none), the weakest bound, and the processor
 * time of an extraction.  Exit status: 0, or 1 if there was a wrong mark.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/attack/attack.h"
#include "base/parallel.h"
#include "base/picture.h"
#include "tests/support/dice.h"
#include "toonmark-file.h"

#define MAX_ATTACKS 256
#define MAX_ATTACK_TEXT 120
#define MAX_CHANNELS 8
#define MAX_KNOWN 100000

typedef struct attack_case {
    char name[MAX_ATTACK_TEXT];
    double required; /* percent of the pages; 0: nothing is asked */
    tmk_effort effort;
} attack_case;

typedef struct outcome {
    int ran, found, wrong;
    double log10_p, seconds; /* log10_p: of the weakest mark that was found */
} outcome;

typedef struct bench {
    const tmk_key *key;
    tmk_embed_options embed;
    attack_case cases[MAX_ATTACKS];
    int count, pages, verbose;
    uint64_t *known; /* random marks that nobody embedded */
    size_t known_count;
    char **names;
    outcome *outcomes; /* [page][case] */
} bench;

/* Marks that a seized copy may show: the first OWN must be there. */
typedef struct expected {
    uint64_t marks[MAX_CHANNELS];
    int own, count;
} expected;

static const char *const effort_names[] = {"fast", "normal", "deep"};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t mark_of(size_t page, int channel)
{
    return 0x9e3779b97f4a7c15u * (uint64_t)(MAX_CHANNELS * page + (size_t)channel + 1);
}

/* A seed that depends on the attack's name and the page, but not on the other attacks. */
static uint64_t seed_of(const char *name, size_t page)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    dice d;

    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
    d = dice_of(hash, page);
    return dice_next(&d);
}

/* ---------------------------------------------------------------------- copies */

/* The pixels of page number PAGE as they are marked. */
static tmk_status load(const bench *b, size_t page, tmk_picture *plain, tmk_error *error)
{
    char path[4096], *prepare;
    tmk_image *image = NULL;
    tmk_status status;

    snprintf(path, sizeof path, "%s", b->names[page]);
    prepare = strrchr(path, '@');
    if (prepare != NULL)
        *prepare++ = '\0';
    status = tmk_image_read(path, &image, error);
    if (status == TMK_OK && prepare != NULL)
        status = attack_apply(prepare, page, tmk_image_picture(image), plain, error);
    else if (status == TMK_OK)
        status = tmk_picture_copy(plain, tmk_image_picture(image), error);
    tmk_image_free(&image);
    return status;
}

static tmk_status mark_copy(const bench *b, const tmk_picture *plain, uint64_t mark,
                            tmk_picture *copy, tmk_error *error)
{
    tmk_status status = tmk_picture_copy(copy, plain, error);

    if (status == TMK_OK)
        status = tmk_embed(b->key, copy, mark, &b->embed, NULL, error);
    return status;
}

/* Adds the marked copy for CHANNEL, flattened as attacks do it, to SUMS; OUT is its like. */
static tmk_status add_channel(const bench *b, const tmk_picture *plain, uint64_t mark,
                              uint32_t **sums, tmk_picture *out, tmk_error *error)
{
    tmk_picture copy = {0};
    tmk_status status = mark_copy(b, plain, mark, &copy, error);
    size_t row_samples;

    tmk_picture_release(out);
    if (status == TMK_OK)
        status = attack_apply("none", 0, &copy, out, error);
    tmk_picture_release(&copy);
    if (status != TMK_OK)
        return status;
    row_samples = (size_t)out->width * (size_t)out->channels;
    if (*sums == NULL)
        *sums = calloc(row_samples * (size_t)out->height, sizeof **sums);
    if (*sums == NULL)
        return tmk_fail(error, TMK_NO_MEMORY, "no memory for a mean");
    for (int y = 0; y < out->height; y++)
        for (size_t i = 0; i < row_samples; i++)
            (*sums)[(size_t)y * row_samples + i] += tmk_picture_row(out, y)[i];
    return TMK_OK;
}

/* The mean of the copies for K channels, all of which are expected. */
static tmk_status average(const bench *b, const tmk_picture *plain, size_t page, int k,
                          expected *marks, tmk_picture *out, tmk_error *error)
{
    uint32_t *sums = NULL;
    tmk_status status = TMK_OK;

    if (k < 1 || k > MAX_CHANNELS)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "the mean of %d copies", k);
    marks->own = marks->count = k;
    for (int channel = 0; status == TMK_OK && channel < k; channel++) {
        marks->marks[channel] = mark_of(page, channel);
        status = add_channel(b, plain, marks->marks[channel], &sums, out, error);
    }
    if (status == TMK_OK) {
        size_t row_samples = (size_t)out->width * (size_t)out->channels;

        for (int y = 0; y < out->height; y++)
            for (size_t i = 0; i < row_samples; i++)
                tmk_picture_row(out, y)[i] =
                    (uint8_t)((sums[(size_t)y * row_samples + i] + (uint32_t)k / 2) /
                              (uint32_t)k);
    }
    free(sums);
    return status;
}

static tmk_status average_and_attack(const bench *b, const tmk_picture *plain, size_t page,
                                     const char *name, expected *marks, tmk_picture *seized,
                                     tmk_error *error)
{
    const char *rest = strchr(name, '+');
    tmk_picture mean = {0};
    tmk_status status = average(b, plain, page, atoi(name + strlen("average:")), marks, &mean,
                                error);

    if (status == TMK_OK)
        status = attack_apply(rest != NULL ? rest + 1 : "none", seed_of(name, page), &mean,
                              seized, error);
    tmk_picture_release(&mean);
    return status;
}

static tmk_status attack_beside_next(const bench *b, const tmk_picture *marked, size_t page,
                                     const char *name, expected *marks, tmk_picture *seized,
                                     tmk_error *error)
{
    size_t other = (page + 1) % (size_t)b->pages;
    tmk_picture plain = {0}, next = {0};
    tmk_status status = load(b, other, &plain, error);

    marks->marks[marks->count++] = mark_of(other, 0);
    if (status == TMK_OK)
        status = mark_copy(b, &plain, mark_of(other, 0), &next, error);
    if (status == TMK_OK)
        status = attack_apply_beside(name + strlen("next:"), seed_of(name, page), marked,
                                     &next, seized, error);
    tmk_picture_release(&plain);
    tmk_picture_release(&next);
    return status;
}

static tmk_status seize(const bench *b, const tmk_picture *plain, const tmk_picture *marked,
                        size_t page, const char *name, expected *marks, tmk_picture *seized,
                        tmk_error *error)
{
    *marks = (expected){.marks = {mark_of(page, 0)}, .own = 1, .count = 1};
    if (strncmp(name, "average:", strlen("average:")) == 0)
        return average_and_attack(b, plain, page, name, marks, seized, error);
    if (strncmp(name, "next:", strlen("next:")) == 0)
        return attack_beside_next(b, marked, page, name, marks, seized, error);
    return attack_apply(name, seed_of(name, page), marked, seized, error);
}

/* --------------------------------------------------------------------- reading */

static void judge(outcome *out, const tmk_extract_result *result, const expected *marks)
{
    int own = 0;

    out->ran = 1;
    out->log10_p = -HUGE_VAL;
    for (int i = 0; i < result->count; i++) {
        int at = 0;

        while (at < marks->count && marks->marks[at] != result->marks[i].mark)
            at++;
        out->wrong += at == marks->count;
        if (at < marks->own) {
            own++;
            out->log10_p = fmax(out->log10_p, result->marks[i].log10_p);
        }
    }
    out->found = own == marks->own;
}

static void run_case(bench *b, const tmk_picture *plain, const tmk_picture *marked,
                     size_t page, int number)
{
    const attack_case *attack = &b->cases[number];
    outcome *out = &b->outcomes[page * (size_t)b->count + (size_t)number];
    tmk_extract_options options;
    tmk_extract_result result;
    tmk_picture seized = {0};
    tmk_error error;
    expected marks;
    double start;
    tmk_status status = seize(b, plain, marked, page, attack->name, &marks, &seized, &error);

    tmk_extract_options_init(&options);
    options.effort = attack->effort;
    options.known_marks = b->known;
    options.known_count = b->known_count;
    start = now();
    if (status == TMK_OK)
        status = tmk_extract(b->key, &seized, &options, &result, &error);
    out->seconds = now() - start;
    if (status == TMK_OK)
        judge(out, &result, &marks);
    else
        fprintf(stderr, "%s: %s: %s\n", b->names[page], attack->name, error.text);
    if (b->verbose && status == TMK_OK && !out->found)
        fprintf(stderr, "missed: %s %s\n", b->names[page], attack->name);
    if (out->wrong)
        fprintf(stderr, "WRONG: %s %s\n", b->names[page], attack->name);
    tmk_picture_release(&seized);
}

static void run_page(size_t page, void *context)
{
    bench *b = context;
    tmk_picture plain = {0}, marked = {0};
    tmk_error error;
    tmk_status status = load(b, page, &plain, &error);

    if (status == TMK_OK)
        status = mark_copy(b, &plain, mark_of(page, 0), &marked, &error);
    if (status != TMK_OK)
        fprintf(stderr, "%s: %s\n", b->names[page], error.text);
    for (int i = 0; status == TMK_OK && i < b->count; i++)
        run_case(b, &plain, &marked, page, i);
    tmk_picture_release(&plain);
    tmk_picture_release(&marked);
    if (b->verbose)
        fprintf(stderr, "done: %s\n", b->names[page]);
}

/* -------------------------------------------------------------------- printing */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Prints a row; returns whether as many pages as required were read; adds up *WRONG. */
static int print_case(const bench *b, int number, double *seconds, int *wrong_marks)
{
    const attack_case *attack = &b->cases[number];
    int ran = 0, found = 0, wrong = 0, enough;
    double weakest = -HUGE_VAL, reached;
    char required[16] = "";

    for (int page = 0; page < b->pages; page++) {
        const outcome *out = &b->outcomes[(size_t)page * (size_t)b->count + (size_t)number];

        if (out->ran)
            seconds[ran++] = out->seconds;
        found += out->found;
        wrong += out->wrong;
        if (out->found)
            weakest = fmax(weakest, out->log10_p);
    }
    qsort(seconds, (size_t)ran, sizeof *seconds, by_value);
    reached = ran > 0 ? 100.0 * found / ran : 0;
    enough = ran == b->pages && reached >= attack->required;
    if (attack->required > 0)
        snprintf(required, sizeof required, "%.0f %%", attack->required);
    printf("| %s | %s | %s | %s%.1f %%%s | %d / %d | %d | ", attack->name,
           effort_names[attack->effort], required, enough ? "" : "**", reached,
           enough ? "" : "**", found, ran, wrong);
    printf(found > 0 ? "%.1f | " : "| ", weakest);
    printf("%.2f | %.2f |\n", ran > 0 ? seconds[ran / 2] : 0, ran > 0 ? seconds[ran - 1] : 0);
    *wrong_marks += wrong;
    return enough;
}

/* Prints the table; the number of wrong marks. */
static int print(const bench *b, double *seconds)
{
    int enough = 0, wrong = 0;

    printf("| attack | effort | required | read | pages | wrong | weakest log10 p | "
           "median s | most s |\n|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < b->count; i++)
        enough += print_case(b, i, seconds, &wrong);
    printf("\n%d of %d figures reached, %d wrong marks\n", enough, b->count, wrong);
    return wrong;
}

/* ------------------------------------------------------------------- arguments */

static int effort_of(const char *name, tmk_effort *effort)
{
    for (int i = TMK_FAST; i <= TMK_DEEP; i++)
        if (strcmp(name, effort_names[i]) == 0) {
            *effort = (tmk_effort)i;
            return 1;
        }
    return 0;
}

static int add_case(bench *b, const char *name, double required, tmk_effort effort)
{
    attack_case *to = &b->cases[b->count];

    if (b->count == MAX_ATTACKS || strlen(name) >= sizeof to->name)
        return 0;
    snprintf(to->name, sizeof to->name, "%s", name);
    to->required = required;
    to->effort = effort;
    b->count++;
    return 1;
}

static int add_words(bench *b, char *words, tmk_effort effort)
{
    int good = 1;

    for (char *word = strtok(words, " "); good && word != NULL; word = strtok(NULL, " "))
        good = add_case(b, word, 0, effort);
    return good;
}

/* Reads the lines of GROUP; 0 if the table can't be read or is damaged. */
static int read_table(bench *b, const char *path, const char *group)
{
    char line[256], own[32], effort_name[16], name[MAX_ATTACK_TEXT];
    FILE *file = fopen(path, "r");
    tmk_effort effort;
    double required;
    int good = file != NULL;

    while (good && fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        good = sscanf(line, "%31s %lf %15s %119s", own, &required, effort_name, name) == 4 &&
               effort_of(effort_name, &effort);
        if (!good)
            fprintf(stderr, "bench_robust: %s: %s", path, line);
        else if (strcmp(own, group) == 0)
            good = add_case(b, name, required, effort);
    }
    if (file != NULL)
        fclose(file);
    return good;
}

static int parse(bench *b, int argc, char **argv, int *jobs)
{
    const char *table = NULL, *group = NULL;
    tmk_effort effort = TMK_NORMAL;
    char *words = NULL;
    int option, good = 1;

    while (good && (option = getopt(argc, argv, "j:e:s:a:t:g:m:v")) != -1)
        switch (option) {
        case 'j':
            *jobs = atoi(optarg);
            break;
        case 'e':
            good = effort_of(optarg, &effort);
            break;
        case 's':
            b->embed.strength = atof(optarg);
            break;
        case 'a':
            words = optarg;
            break;
        case 't':
            table = optarg;
            break;
        case 'g':
            group = optarg;
            break;
        case 'm':
            b->known_count = (size_t)atol(optarg);
            break;
        case 'v':
            b->verbose = 1;
            break;
        default:
            good = 0;
        }
    if (good && words != NULL)
        good = add_words(b, words, effort);
    if (good && table != NULL)
        good = group != NULL && read_table(b, table, group);
    b->names = argv + optind;
    b->pages = argc - optind;
    return good && b->pages > 0 && b->count > 0 && *jobs > 0 && b->known_count <= MAX_KNOWN;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    bench *b = calloc(1, sizeof *b);
    dice d = dice_of(MAX_KNOWN, 0);
    tmk_key *key = NULL;
    tmk_error error;
    double *seconds;
    int jobs = 1, wrong;

    if (b == NULL)
        return 2;
    tmk_embed_options_init(&b->embed);
    if (!parse(b, argc, argv, &jobs)) {
        fprintf(stderr, "usage: bench_robust [-j N] [-s STRENGTH] [-m KNOWN] [-v] "
                        "(-t TABLE -g GROUP | [-e EFFORT] -a 'ATTACK ...') PAGE...\n");
        return 2;
    }
    b->outcomes = calloc((size_t)b->pages * (size_t)b->count, sizeof *b->outcomes);
    seconds = calloc((size_t)b->pages, sizeof *seconds);
    b->known = calloc(b->known_count + 1, sizeof *b->known);
    if (b->outcomes == NULL || seconds == NULL || b->known == NULL ||
        tmk_key_from_bytes(secret, &key, &error) != TMK_OK)
        return 2;
    b->key = key;
    for (size_t i = 0; i < b->known_count; i++)
        b->known[i] = dice_next(&d);
    tmk_parallel((size_t)b->pages, jobs, run_page, b);
    wrong = print(b, seconds);
    free(seconds);
    free(b->outcomes);
    free(b->known);
    free(b);
    tmk_key_free(&key);
    return wrong > 0;
}
