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

void scratch_end(void)
{
    DIR *listing = opendir(".");
    struct dirent *entry;

    ck_assert_ptr_nonnull(listing);
    while ((entry = readdir(listing)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ck_assert_int_eq(remove(entry->d_name), 0);
    }
    closedir(listing);
    ck_assert_int_eq(chdir(origin), 0);
    ck_assert_int_eq(rmdir(directory), 0);
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
