/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a further copy of a page costs, beside encoding it.
 *
 *     bench_strip [-n RUNS] DIRECTORY FILE...
 *
 * Each FILE is marked for one channel and for 1 + FURTHER channels on one thread, and a
 * marked copy is encoded as it was written.  The table shows medians of processor seconds;
 * what is written goes to DIRECTORY, over and over.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "toonmark-file.h"

#define FURTHER 8
#define MAX_RUNS 101
#define PATH_SIZE 4096

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void require(tmk_status status, const tmk_error *error)
{
    if (status == TMK_OK)
        return;
    fprintf(stderr, "bench_strip: %s\n", error->text);
    exit(2);
}

/* Seconds for COUNT copies of FILE; their paths are PATHS. */
static double mark(const tmk_key *key, const char *file, const char *const *paths,
                   size_t count)
{
    tmk_copy copies[1 + FURTHER];
    tmk_output outputs[1 + FURTHER];
    tmk_strip_options options;
    tmk_strip *strip = NULL;
    tmk_error error;
    double start = now();

    tmk_strip_options_init(&options);
    options.write.overwrite = TMK_OUTPUT_REPLACE;
    for (size_t i = 0; i < count; i++)
        copies[i] = (tmk_copy){.mark = i, .paths = &paths[i], .outputs = &outputs[i]};
    require(tmk_strip_open(&file, 1, &strip, &error), &error);
    require(tmk_strip_embed(key, strip, copies, count, &options, &error), &error);
    for (size_t i = 0; i < count; i++)
        require(outputs[i].status, &outputs[i].error);
    tmk_strip_free(&strip);
    return now() - start;
}

/* Seconds for encoding the marked FILE as it is. */
static double encode(const char *file)
{
    tmk_image *image = NULL;
    tmk_error error;
    void *data;
    size_t size;
    double start;

    require(tmk_image_read(file, &image, &error), &error);
    start = now();
    require(tmk_image_encode(image, NULL, &data, &size, &error), &error);
    start = now() - start;
    free(data);
    tmk_image_free(&image);
    return start;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

static void measure(const tmk_key *key, const char *directory, const char *file, int runs)
{
    double one[MAX_RUNS], many[MAX_RUNS], alone[MAX_RUNS], each;
    char names[1 + FURTHER][PATH_SIZE];
    const char *paths[1 + FURTHER], *ending = strrchr(file, '.');
    const char *name = strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file;

    for (int i = 0; i <= FURTHER; i++) {
        snprintf(names[i], PATH_SIZE, "%s/%d%s", directory, i, ending != NULL ? ending : "");
        paths[i] = names[i];
    }
    for (int i = 0; i < runs; i++) {
        one[i] = mark(key, file, paths, 1);
        many[i] = mark(key, file, paths, 1 + FURTHER);
        alone[i] = encode(paths[0]);
    }
    each = (median(many, runs) - median(one, runs)) / FURTHER;
    printf("| %s | %.3f | %.3f | %.3f | %.2f |\n", name, median(one, runs), each,
           median(alone, runs), each / median(alone, runs));
}

int main(int argc, char **argv)
{
    tmk_key *key = NULL;
    tmk_error error;
    int runs = 5, option;

    while ((option = getopt(argc, argv, "n:")) == 'n')
        runs = atoi(optarg);
    if (option != -1 || argc - optind < 2 || runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: bench_strip [-n RUNS] DIRECTORY FILE...\n");
        return 2;
    }
    require(tmk_key_generate(&key, &error), &error);
    printf("| page | one copy, s | each further, s | encoding alone, s | ratio |\n"
           "|---|---|---|---|---|\n");
    for (int i = optind + 1; i < argc; i++)
        measure(key, argv[optind], argv[i], runs);
    tmk_key_free(&key);
    return 0;
}
