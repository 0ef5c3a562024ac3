/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"

int is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

static int is_directory(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static int is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What the options alone can get wrong. */
static int check_options(const arguments *a)
{
    int streams = 0;

    for (int i = 0; i < a->count; i++)
        streams += is_stream(a->operands[i]);
    if (a->output == NULL && a->directory == NULL)
        return usage_error("embed", "say where to write: -o OUT for one FILE, or -d DIR");
    if (a->output != NULL && a->directory != NULL)
        return usage_error("embed", "-o and -d exclude each other");
    if (a->output != NULL && a->count > 1)
        return usage_error("embed", "-o takes one FILE; give a directory with -d");
    if (a->directory != NULL && streams > 0)
        return usage_error("embed", "standard input has no name for -d; use -o OUT");
    if (a->output != NULL && !is_stream(a->output) && is_directory(a->output))
        return usage_error("embed", "%s is a directory; use -d", a->output);
    return EXIT_ALL;
}

/* DIRECTORY/NAME where NAME is the last part of PATH. */
static char *inside(const char *directory, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length = strlen(directory), size = length + strlen(name) + 2;
    char *text = malloc(size);

    if (text != NULL)
        snprintf(text, size, "%s%s%s", directory,
                 length > 0 && directory[length - 1] == '/' ? "" : "/", name);
    return text;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Refuses two inputs that would be written to one file. */
static int check_distinct(char **outputs, size_t count)
{
    char **sorted = calloc(count, sizeof *sorted);
    int status = EXIT_ALL;

    if (sorted == NULL)
        report_no_memory();
    memcpy(sorted, outputs, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 1; i < count && status == EXIT_ALL; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            status = usage_error("embed", "two files would become %s; name them apart",
                                 sorted[i]);
    }
    free(sorted);
    return status;
}

/* Refuses to write over what is to be read. */
static int check_inputs(const arguments *a, char **outputs)
{
    size_t count = (size_t)a->count;
    struct stat *inputs = calloc(count, sizeof *inputs), output;
    int status = EXIT_ALL;

    if (inputs == NULL)
        report_no_memory();
    for (size_t i = 0; i < count; i++) {
        if (is_stream(a->operands[i]) || stat(a->operands[i], &inputs[i]) != 0)
            inputs[i].st_nlink = 0; /* not there: no file has this */
    }
    for (size_t o = 0; o < count && status == EXIT_ALL; o++) {
        if (is_stream(outputs[o]) || stat(outputs[o], &output) != 0)
            continue;
        for (size_t i = 0; i < count && status == EXIT_ALL; i++) {
            if (inputs[i].st_nlink == 0 || !is_same_file(&inputs[i], &output))
                continue;
            if (i != o)
                status = usage_error("embed", "%s would be written over the input %s",
                                     outputs[o], a->operands[i]);
            else if (!a->force)
                status = usage_error("embed", "%s is the input itself; name another output",
                                     outputs[o]);
        }
    }
    free(inputs);
    return status;
}

static int make_directory(const char *path)
{
    if (mkdir(path, 0777) == 0 || is_directory(path))
        return EXIT_ALL;
    report_line("%s: can't be made: %s", path, strerror(errno));
    return EXIT_TROUBLE;
}

void outputs_free(char ***outputs, size_t count)
{
    for (size_t i = 0; *outputs != NULL && i < count; i++)
        free((*outputs)[i]);
    free(*outputs);
    *outputs = NULL;
}

int outputs_plan(const arguments *a, char ***outputs)
{
    size_t count = (size_t)a->count;
    int status = check_options(a);

    *outputs = NULL;
    if (status != EXIT_ALL)
        return status;
    *outputs = calloc(count, sizeof **outputs);
    if (*outputs == NULL)
        report_no_memory();
    for (size_t i = 0; i < count; i++) {
        (*outputs)[i] = a->output != NULL ? strdup(a->output)
                                          : inside(a->directory, a->operands[i]);
        if ((*outputs)[i] == NULL)
            report_no_memory();
    }
    status = check_distinct(*outputs, count);
    if (status == EXIT_ALL)
        status = check_inputs(a, *outputs);
    if (status == EXIT_ALL && a->directory != NULL)
        status = make_directory(a->directory);
    if (status != EXIT_ALL)
        outputs_free(outputs, count);
    return status;
}
