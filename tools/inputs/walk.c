/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "interrupt.h"
#include "paths.h"
#include "text.h"
#include "toonmark-file.h"

/* ---------------------------------------------------------------------- order */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Compares the numbers that both begin with, and steps past them. */
static int compare_numbers(const char **left, const char **right)
{
    const char *a = *left + strspn(*left, "0"), *b = *right + strspn(*right, "0");
    size_t size_a = digits(a), size_b = digits(b);

    *left = a + size_a;
    *right = b + size_b;
    if (size_a != size_b)
        return size_a < size_b ? -1 : 1;
    return strncmp(a, b, size_a);
}

int compare_natural(const char *left, const char *right)
{
    const char *a = left, *b = right;

    while (*a != '\0' && *b != '\0') {
        int order;

        if (is_digit(*a) && is_digit(*b)) {
            order = compare_numbers(&a, &b);
        } else {
            order = (unsigned char)*a - (unsigned char)*b;
            a++;
            b++;
        }
        if (order != 0)
            return order;
    }
    if (*a != *b)
        return *a == '\0' ? -1 : 1;
    return strcmp(left, right); /* "1" and "01": any order, but always the same */
}

/* --------------------------------------------------------------------- folder */

/* The names in one folder that matter, in order. */
typedef struct listing {
    char **pages, **folders;
    size_t page_count, folder_count, page_room, folder_room;
} listing;

static void add_name(char ***names, size_t *count, size_t *room, const char *name)
{
    *names = grown(*names, *count, room, sizeof **names);
    (*names)[(*count)++] = copied(name);
}

static int is_excluded(const walk_options *options, const struct stat *facts)
{
    return options->has_excluded && facts->st_dev == options->device &&
           facts->st_ino == options->number;
}

/* Takes up NAME, an entry of the open folder, if it is a page or a folder to walk. */
static void sort_in(const walk_options *options, int folder, const char *name, listing *l)
{
    struct stat facts, target;

    if (name[0] == '.' &&
        (!options->takes_all || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
        return;
    if (fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
        is_excluded(options, &facts))
        return;
    if (S_ISDIR(facts.st_mode)) {
        add_name(&l->folders, &l->folder_count, &l->folder_room, name);
        return;
    }
    if (!options->takes_all && tmk_format_of_path(name) == TMK_FORMAT_UNKNOWN)
        return;
    /* A link that leads nowhere is kept: that a page is missing should be reported. */
    if (S_ISREG(facts.st_mode) ||
        (S_ISLNK(facts.st_mode) &&
         (fstatat(folder, name, &target, 0) != 0 || S_ISREG(target.st_mode))))
        add_name(&l->pages, &l->page_count, &l->page_room, name);
}

static int compare_names(const void *left, const void *right)
{
    return compare_natural(*(char *const *)left, *(char *const *)right);
}

/* Lists the folder PATH; 0 or an errno. */
static int list_folder(const walk_options *options, const char *path, listing *l)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL)
        return errno;
    while (errno = 0, (entry = readdir(folder)) != NULL)
        sort_in(options, dirfd(folder), entry->d_name, l);
    if (errno != 0) {
        int problem = errno;

        closedir(folder);
        return problem;
    }
    closedir(folder);
    if (l->page_count > 1)
        qsort(l->pages, l->page_count, sizeof *l->pages, compare_names);
    if (l->folder_count > 1)
        qsort(l->folders, l->folder_count, sizeof *l->folders, compare_names);
    return 0;
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* Adds what is below PATH; INSIDE is where the part below the walked folder begins. */
static void walk(const walk_options *options, const char *path, size_t inside,
                 input_list *list)
{
    listing l = {0};
    int problem = list_folder(options, path, &l);

    if (problem != 0)
        inputs_add(list, path, inside < strlen(path) ? inside : name_offset(path), problem,
                   1);
    for (size_t i = 0; i < l.page_count; i++) {
        char *page = path_in(path, l.pages[i]);

        inputs_add(list, page, inside, 0, i == 0 || !options->by_folder);
        free(page);
    }
    for (size_t i = 0; i < l.folder_count && !interrupted(); i++) {
        char *folder = path_in(path, l.folders[i]);

        walk(options, folder, inside, list);
        free(folder);
    }
    free_names(l.pages, l.page_count);
    free_names(l.folders, l.folder_count);
}

int walk_folder(const walk_options *options, const char *path, input_list *list)
{
    struct stat facts;
    size_t length = strlen(path);

    if (stat(path, &facts) == 0 && is_excluded(options, &facts))
        return usage_error(options->command, "%s is where outputs go; walk another folder",
                           path);
    walk(options, path, length > 0 && path[length - 1] == '/' ? length : length + 1, list);
    return interrupted() ? EXIT_TROUBLE : EXIT_ALL;
}
