/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_process [-n RUNS] COMMAND [ARGUMENT]...
 *
 * Runs COMMAND RUNS times, its output thrown away, and prints the medians of processor
 * seconds and of elapsed seconds, and the largest peak of memory in KiB, on one line.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 101

extern char **environ;

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* Runs COMMAND once; returns 0 if it succeeds. */
static int run(char *const *command, double *processor, double *elapsed, long *peak)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage = {0};
    double start = seconds_now();
    int status = -1, error;
    pid_t child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawnp(&child, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0)
        while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
            ;
    *elapsed = seconds_now() - start;
    *processor = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    if (usage.ru_maxrss > *peak)
        *peak = usage.ru_maxrss;
    return !(error == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof values[0], by_value);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int main(int argc, char **argv)
{
    double processor[MAX_RUNS], elapsed[MAX_RUNS];
    int runs = 3;
    long peak = 0;

    for (int option; (option = getopt(argc, argv, "+n:")) != -1;)
        runs = option == 'n' ? atoi(optarg) : 0;
    if (optind == argc || runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: bench_process [-n RUNS] COMMAND [ARGUMENT]...\n");
        return 2;
    }
    for (int i = 0; i < runs; i++) {
        if (run(argv + optind, &processor[i], &elapsed[i], &peak) != 0) {
            fprintf(stderr, "bench_process: %s failed\n", argv[optind]);
            return 1;
        }
    }
    printf("%.4f %.4f %ld\n", median(processor, runs), median(elapsed, runs), peak);
    return 0;
}
