/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_ledger [-n TRANSACTIONS] DIRECTORY
 *
 * How many releases a second one ledger in DIRECTORY takes, a transaction each, from 1, 4
 * and 16 processes at once; beside the number of times a second that the disk says of a
 * page of data that it is safe.  Then, how fast a ledger of that size is merged.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "toonmark.h"

#define PATH_SIZE 4096

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(tmk_status status, const tmk_error *error)
{
    if (status != TMK_OK) {
        fprintf(stderr, "bench_ledger: %s\n", error->text);
        exit(2);
    }
}

/* Syncs of 4096 new bytes a second, as SQLite's log grows. */
static double syncs_per_second(const char *directory)
{
    enum { SYNCS = 200 };
    static const char page[4096];
    char path[PATH_SIZE];
    double start;
    int file;

    snprintf(path, sizeof path, "%s/syncs", directory);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    start = seconds_now();
    for (int i = 0; i < SYNCS; i++) {
        if (file < 0 || write(file, page, sizeof page) != (ssize_t)sizeof page ||
            fdatasync(file) != 0) {
            perror(path);
            exit(2);
        }
    }
    close(file);
    unlink(path);
    return SYNCS / (seconds_now() - start);
}

/* What one process does: COUNT releases, a transaction each. */
static void record(const char *path, int process, int count)
{
    tmk_ledger *ledger = NULL;
    tmk_release release;
    tmk_error error;

    check(tmk_ledger_open(path, TMK_LEDGER_WRITE, &ledger, &error), &error);
    for (int i = 0; i < count; i++) {
        char input[128], output[128], number[16];

        snprintf(input, sizeof input, "/srv/episodes/title/%d/%04d.jpg", process, i);
        snprintf(output, sizeof output, "/srv/release/channel/title/%d/%04d.jpg", process, i);
        snprintf(number, sizeof number, "%04d", i);
        tmk_release_init(&release);
        release.mark = 0x00112233445566aa;
        release.channel = "channel";
        release.input = input;
        release.output = output;
        for (int b = 0; b < TMK_DIGEST_BYTES; b++) {
            release.input_digest[b] = (uint8_t)(i >> (b % 4 * 8));
            release.output_digest[b] = (uint8_t)(process + (i >> (b % 4 * 8)));
        }
        release.title = "title";
        release.episode = "12";
        release.page = number;
        release.strength = 1;
        release.version = "bench";
        check(tmk_ledger_record(ledger, &release, 1, &error), &error);
    }
    tmk_ledger_close(&ledger);
}

static double releases_per_second(const char *path, int processes, int transactions)
{
    double start = seconds_now();
    int failed = 0;

    for (int i = 0; i < processes; i++) {
        pid_t child = fork();

        if (child == 0) {
            record(path, i, transactions / processes);
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
    return transactions / processes * processes / (seconds_now() - start);
}

static void merge(const char *directory, const char *path)
{
    char all[PATH_SIZE];
    tmk_ledger *to = NULL, *from = NULL;
    tmk_merge_counts counts;
    tmk_error error;
    double start;

    snprintf(all, sizeof all, "%s/all.db", directory);
    for (int time = 1; time <= 2; time++) {
        start = seconds_now();
        check(tmk_ledger_open(all, TMK_LEDGER_WRITE, &to, &error), &error);
        check(tmk_ledger_open(path, TMK_LEDGER_READ, &from, &error), &error);
        check(tmk_ledger_merge(to, from, &counts, &error), &error);
        tmk_ledger_close(&from);
        tmk_ledger_close(&to);
        printf("| merged, %s | %.0f |\n", time == 1 ? "all new" : "all known",
               (double)(counts.releases_added + counts.releases_known) /
                   (seconds_now() - start));
    }
}

int main(int argc, char **argv)
{
    static const int processes[] = {1, 4, 16};
    char path[PATH_SIZE] = "";
    struct stat file = {0};
    int transactions = 1600;

    for (int option; (option = getopt(argc, argv, "n:")) != -1;)
        transactions = option == 'n' ? atoi(optarg) : 0;
    if (argc - optind != 1 || transactions < 16) {
        fprintf(stderr, "usage: bench_ledger [-n TRANSACTIONS] DIRECTORY\n");
        return 2;
    }
    printf("| releases a second | |\n|---|---|\n");
    for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++) {
        snprintf(path, sizeof path, "%s/%d.db", argv[optind], processes[i]);
        printf("| %d process%s, a transaction each | %.0f |\n", processes[i],
               processes[i] == 1 ? "" : "es",
               releases_per_second(path, processes[i], transactions));
        fflush(stdout);
    }
    merge(argv[optind], path);
    printf("| syncs of 4 KiB a second, for comparison | %.0f |\n",
           syncs_per_second(argv[optind]));
    stat(path, &file);
    printf("| bytes a release in the ledger | %.0f |\n",
           (double)file.st_size / (transactions / 16 * 16));
    return 0;
}
