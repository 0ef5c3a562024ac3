/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/scratch.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[SCRATCH_PATH], origin[SCRATCH_PATH];

void scratch_begin(void)
{
    const char *parent = getenv("TMPDIR");

    snprintf(directory, sizeof directory, "%s/toonmark-check-XXXXXX",
             parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(getcwd(origin, sizeof origin));
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
}

/* Calls ACT, if any, on each file; returns how many there are. */
static int each_file(int (*act)(const char *name))
{
    DIR *listing = opendir(".");
    const struct dirent *entry;
    int count = 0;

    ck_assert_ptr_nonnull(listing);
    while ((entry = readdir(listing)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        ck_assert(act == NULL || act(entry->d_name) == 0);
    }
    closedir(listing);
    return count;
}

void scratch_end(void)
{
    each_file(remove);
    ck_assert_int_eq(chdir(origin), 0);
    ck_assert_int_eq(rmdir(directory), 0);
}

int scratch_count(void)
{
    return each_file(NULL);
}

void scratch_write(const char *name, const void *bytes, size_t size, mode_t mode)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(fchmod(file, mode), 0);
    ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
    ck_assert_int_eq(close(file), 0);
}

size_t scratch_read(const char *name, char *text, size_t limit)
{
    FILE *file = fopen(name, "rb");
    size_t size;

    ck_assert_ptr_nonnull(file);
    size = fread(text, 1, limit - 1, file);
    text[size] = '\0';
    fclose(file);
    return size;
}

unsigned char *scratch_load(const char *name, size_t *size)
{
    int file = open(name, O_RDONLY);
    struct stat about;
    unsigned char *bytes;

    ck_assert_msg(file >= 0 && fstat(file, &about) == 0, "no file %s", name);
    *size = (size_t)about.st_size;
    bytes = malloc(*size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(read(file, bytes, *size), (ssize_t)*size);
    close(file);
    return bytes;
}

int scratch_same(const char *one, const char *other)
{
    size_t a_size, b_size;
    unsigned char *a = scratch_load(one, &a_size), *b = scratch_load(other, &b_size);
    int same = a_size == b_size && memcmp(a, b, a_size) == 0;

    free(a);
    free(b);
    return same;
}
