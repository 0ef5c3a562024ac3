/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times whole processes: marking a page against decoding and encoding it, and reading it.
 *
 *     bench_speed [-n RUNS] TOONMARK RECODE DIRECTORY PAGE...
 *
 * Each PAGE is written as PNG, JPEG and WebP into DIRECTORY, which must be empty and keeps
 * what is made.  Commands take turns in each of RUNS rounds, so that whatever slows the
 * machine down slows all.  The table shows medians of elapsed seconds, and the ratio also
 * of processor time, which other work on the machine disturbs less.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "toonmark-file.h"

#define MAX_RUNS 101
#define MAX_WORDS 16
#define PATH_SIZE 4096
#define MARK "00112233445566aa"

extern char **environ;

/* What is timed, in the order of a round. */
enum { RECODE, EMBED, EMBED_2, EXTRACT, EXTRACT_2, SEARCH, SEARCH_2, COMMANDS };

typedef struct bench {
    const char *toonmark, *recode, *directory;
    char key[PATH_SIZE];
    int runs;
} bench;

typedef struct timing {
    double elapsed, processor; /* seconds */
} timing;

typedef struct page {
    char plain[PATH_SIZE], marked[PATH_SIZE], copy[PATH_SIZE];
    timing seconds[COMMANDS][MAX_RUNS];
} page;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* Runs WORDS, with standard output thrown away.  Any status but WANTED ends the program. */
static timing run(const char *const words[], int wanted)
{
    posix_spawn_file_actions_t actions;
    char *arguments[MAX_WORDS] = {NULL};
    double start = now();
    struct rusage usage = {0};
    int status = -1, error;
    pid_t child;

    for (int i = 0; i < MAX_WORDS - 1 && words[i] != NULL; i++)
        arguments[i] = (char *)(size_t)words[i]; /* posix_spawn changes no argument */
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0)
        while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
            ;
    if (error != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != wanted) {
        fprintf(stderr, "bench_speed: %s %s failed\n", arguments[0],
                arguments[1] != NULL ? arguments[1] : "");
        exit(2);
    }
    return (timing){now() - start, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)};
}

static timing embed(const bench *b, const page *p, const char *jobs)
{
    const char *words[] = {b->toonmark, "embed", "-f", "-j",      jobs,     "-k", b->key,
                           "-m",        MARK,    "-o", p->marked, p->plain, NULL};

    return run(words, 0);
}

static timing extract(const bench *b, const char *path, const char *jobs, int wanted)
{
    const char *words[] = {b->toonmark, "extract", "-j", jobs, "-k", b->key, path, NULL};

    return run(words, wanted);
}

static timing recode(const bench *b, const char *in, const char *out)
{
    const char *words[] = {b->recode, in, out, NULL};

    return run(words, 0);
}

static void take_turns(const bench *b, page *p)
{
    for (int i = 0; i < b->runs; i++) {
        p->seconds[RECODE][i] = recode(b, p->plain, p->copy);
        p->seconds[EMBED][i] = embed(b, p, "1");
        p->seconds[EMBED_2][i] = embed(b, p, "2");
        p->seconds[EXTRACT][i] = extract(b, p->marked, "1", 0);
        p->seconds[EXTRACT_2][i] = extract(b, p->marked, "2", 0);
        p->seconds[SEARCH][i] = extract(b, p->plain, "1", 1);
        p->seconds[SEARCH_2][i] = extract(b, p->plain, "2", 1);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static timing median(const timing *times, int count)
{
    double elapsed[MAX_RUNS], processor[MAX_RUNS];

    for (int i = 0; i < count; i++) {
        elapsed[i] = times[i].elapsed;
        processor[i] = times[i].processor;
    }
    qsort(elapsed, (size_t)count, sizeof *elapsed, by_value);
    qsort(processor, (size_t)count, sizeof *processor, by_value);
    return (timing){elapsed[count / 2], processor[count / 2]};
}

static void print_page(const bench *b, const char *name, const char *format, const page *p)
{
    timing t[COMMANDS];
    tmk_image *image = NULL;
    tmk_error error;
    int width = 0, height = 0;

    for (int i = 0; i < COMMANDS; i++)
        t[i] = median(p->seconds[i], b->runs);
    if (tmk_image_read(p->plain, &image, &error) == TMK_OK) {
        width = tmk_image_picture(image)->width;
        height = tmk_image_picture(image)->height;
    }
    tmk_image_free(&image);
    printf("| %s | %d x %d | %s | %.3f | %.3f | %.2f | %.2f ", name, width, height, format,
           t[RECODE].elapsed, t[EMBED].elapsed, t[EMBED].elapsed / t[RECODE].elapsed,
           t[EMBED].processor / t[RECODE].processor);
    for (int i = EMBED_2; i < COMMANDS; i++)
        printf("| %.3f ", t[i].elapsed);
    printf("|\n");
    fflush(stdout);
}

static void bench_page(const bench *b, const char *path, int number)
{
    static const char *const formats[] = {"png", "jpg", "webp"};
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    page *p = calloc(1, sizeof *p);

    if (p == NULL)
        exit(2);
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        snprintf(p->plain, PATH_SIZE, "%s/%d.%s", b->directory, number, formats[f]);
        snprintf(p->marked, PATH_SIZE, "%s/%d-marked.%s", b->directory, number, formats[f]);
        snprintf(p->copy, PATH_SIZE, "%s/%d-copy.%s", b->directory, number, formats[f]);
        recode(b, path, p->plain);
        take_turns(b, p);
        print_page(b, name, formats[f], p);
    }
    free(p);
}

int main(int argc, char **argv)
{
    bench b = {.runs = 5};
    int option, good = 1;

    while ((option = getopt(argc, argv, "n:")) != -1) {
        good = good && option == 'n';
        b.runs = option == 'n' ? atoi(optarg) : b.runs;
    }
    if (!good || argc - optind < 4 || b.runs < 1 || b.runs > MAX_RUNS) {
        fprintf(stderr, "usage: bench_speed [-n RUNS] TOONMARK RECODE DIRECTORY PAGE...\n");
        return 2;
    }
    b.toonmark = argv[optind];
    b.recode = argv[optind + 1];
    b.directory = argv[optind + 2];
    snprintf(b.key, sizeof b.key, "%s/key", b.directory);
    run((const char *[]){b.toonmark, "keygen", b.key, NULL}, 0);
    printf("| page | size | format | decode + encode, s | embed, s | ratio | ratio of "
           "processor time | embed -j 2 | extract, s | extract -j 2 | search of the unmarked "
           "page, s | search -j 2 |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int i = optind + 3; i < argc; i++)
        bench_page(&b, argv[i], i - optind - 3);
    return 0;
}
