/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_ledger [-n TRANSACTIONS] [-m RELEASES] DIRECTORY
 *
 * How many transactions a second one ledger in DIRECTORY takes from 1, 4 and 16 processes at
 * once; and how many files of 300 kB the disk takes when each and its folder are synced, as
 * those of a release are.  Then, the processor's share alone, which is all that counts where
 * many releases share a transaction: filling a ledger of RELEASES, and merging it.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "toonmark-ledger.h"

#define PATH_SIZE 4096

static double seconds_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(tmk_status status, const tmk_error *error)
{
    if (status != TMK_OK) {
        fprintf(stderr, "bench_ledger: %s\n", error->text);
        exit(2);
    }
}

static void check_disk(int is_fine, const char *path)
{
    if (!is_fine) {
        perror(path);
        exit(2);
    }
}

/* Writes COUNT files into a directory of its own, and syncs each and the directory. */
static void write_files(const char *directory, int process, int count)
{
    static const char data[300000];
    char path[PATH_SIZE];
    int folder, file;

    snprintf(path, sizeof path, "%s/files-%d", directory, process);
    check_disk(mkdir(path, 0700) == 0, path);
    folder = open(path, O_RDONLY | O_DIRECTORY);
    check_disk(folder >= 0, path);
    for (int i = 0; i < count; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d", i);
        file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        check_disk(file >= 0 && write(file, data, sizeof data) == (ssize_t)sizeof data &&
                       fsync(file) == 0 && close(file) == 0 && fsync(folder) == 0,
                   path);
    }
    for (int i = 0; i < count; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d", i);
        unlinkat(folder, name, 0);
    }
    close(folder);
    rmdir(path);
}

/* The texts of a release, which must last as long as it is used. */
typedef struct texts {
    char input[96], output[96], page[16];
} texts;

static void fill(tmk_release *release, texts *t, int process, int i)
{
    snprintf(t->input, sizeof t->input, "/srv/episodes/title/%d/%06d.jpg", process, i);
    snprintf(t->output, sizeof t->output, "/srv/release/channel/title/%d/%06d.jpg", process,
             i);
    snprintf(t->page, sizeof t->page, "%06d", i);
    tmk_release_init(release);
    release->mark = 0x00112233445566aa;
    release->channel = "channel";
    release->input = t->input;
    release->output = t->output;
    /* Digests are spread evenly, as real ones are: that is what fills an index slowly. */
    for (int b = 0; b < TMK_DIGEST_BYTES; b++) {
        uint32_t mixed = ((uint32_t)i * 2654435761U + (uint32_t)(process + b) * 40503U) ^
                         ((uint32_t)b << 24);

        release->input_digest[b] = (uint8_t)(mixed >> 21);
        release->output_digest[b] = (uint8_t)(mixed >> 17);
    }
    release->title = "title";
    release->episode = "12";
    release->page = t->page;
    release->strength = 1;
    release->margin_db = 5.25;
    release->psnr_db = 45.125;
    release->version = "bench";
}

/* Records COUNT releases, TOGETHER of them in each transaction. */
static void record(const char *path, int process, int count, int together)
{
    tmk_release *releases = calloc((size_t)together, sizeof releases[0]);
    texts *t = calloc((size_t)together, sizeof t[0]);
    tmk_ledger *ledger = NULL;
    tmk_error error;

    if (releases == NULL || t == NULL)
        exit(2);
    check(tmk_ledger_open(path, TMK_LEDGER_WRITE, &ledger, &error), &error);
    for (int i = 0; i < count; i += together) {
        for (int k = 0; k < together; k++)
            fill(&releases[k], &t[k], process, i + k);
        check(tmk_ledger_record(ledger, releases, (size_t)together, &error), &error);
    }
    tmk_ledger_close(&ledger);
    free(releases);
    free(t);
}

/* How many times a second WORK does one of COUNT things, shared by PROCESSES. */
static double rate(void (*work)(const char *path, int process, int count), const char *path,
                   int processes, int count)
{
    double start = seconds_of(CLOCK_MONOTONIC);
    int failed = 0;

    fflush(stdout);
    for (int i = 0; i < processes; i++) {
        pid_t child = fork();

        if (child == 0) {
            work(path, i, count / processes);
            _exit(0);
        }
        failed |= child < 0;
    }
    for (int i = 0, status; i < processes; i++)
        failed |= wait(&status) < 0 || status != 0;
    if (failed) {
        fprintf(stderr, "bench_ledger: a process failed\n");
        exit(2);
    }
    return count / processes * processes / (seconds_of(CLOCK_MONOTONIC) - start);
}

static void record_singly(const char *path, int process, int count)
{
    record(path, process, count, 1);
}

/* Fills a ledger with COUNT releases, and merges it into another one twice. */
static void fill_and_merge(const char *directory, int count)
{
    enum { TOGETHER = 1000 };
    char from_path[PATH_SIZE], to_path[PATH_SIZE];
    tmk_ledger *to = NULL, *from = NULL;
    tmk_merge_counts counts;
    struct stat file = {0};
    tmk_error error;
    double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);

    count = count / TOGETHER * TOGETHER;
    snprintf(from_path, sizeof from_path, "%s/shard.db", directory);
    snprintf(to_path, sizeof to_path, "%s/all.db", directory);
    record(from_path, 0, count, TOGETHER);
    printf("| releases recorded a processor second, %d of %d together | %.0f |\n", TOGETHER,
           count, count / (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start));
    for (int time = 1; time <= 2; time++) {
        start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        check(tmk_ledger_open(to_path, TMK_LEDGER_WRITE, &to, &error), &error);
        check(tmk_ledger_open(from_path, TMK_LEDGER_READ, &from, &error), &error);
        check(tmk_ledger_merge(to, from, &counts, &error), &error);
        tmk_ledger_close(&from);
        tmk_ledger_close(&to);
        printf("| releases merged a processor second, %d %s ones | %.0f |\n", count,
               time == 1 ? "new" : "known",
               (double)(counts.releases_added + counts.releases_known) /
                   (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start));
    }
    stat(to_path, &file);
    printf("| bytes a release in the ledger | %.0f |\n", (double)file.st_size / count);
}

int main(int argc, char **argv)
{
    static const int processes[] = {1, 4, 16};
    int transactions = 1600, releases = 100000;
    char path[PATH_SIZE];

    for (int option; (option = getopt(argc, argv, "n:m:")) != -1;) {
        if (option == 'n')
            transactions = atoi(optarg);
        else if (option == 'm')
            releases = atoi(optarg);
        else
            transactions = 0;
    }
    if (argc - optind != 1 || transactions < 16 || releases < 1000) {
        fprintf(stderr, "usage: bench_ledger [-n TRANSACTIONS] [-m RELEASES] DIRECTORY\n");
        return 2;
    }
    printf("| | a second |\n|---|---|\n");
    for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++) {
        snprintf(path, sizeof path, "%s/%d.db", argv[optind], processes[i]);
        printf("| transactions, %d process%s | %.0f |\n", processes[i],
               processes[i] == 1 ? "" : "es",
               rate(record_singly, path, processes[i], transactions));
    }
    for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++)
        printf("| files of 300 kB, %d process%s | %.0f |\n", processes[i],
               processes[i] == 1 ? "" : "es",
               rate(write_files, argv[optind], processes[i], transactions / 4));
    fill_and_merge(argv[optind], releases);
    return 0;
}
