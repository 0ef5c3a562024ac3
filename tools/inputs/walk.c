/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "inputs/sniff.h"
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

/* A name in a folder. */
typedef struct listed {
    char *name;
    const char *kind; /* as in input_file */
} listed;

/* Those that matter, in order. */
typedef struct entries {
    listed *items;
    size_t count, room;
} entries;

typedef struct listing {
    const char *below; /* the folder, as a path from the walked one; "" for itself */
    entries pages, folders;
} listing;

static void add_entry(entries *e, const char *name, const char *kind)
{
    e->items = grown(e->items, e->count, &e->room, sizeof *e->items);
    e->items[e->count++] = (listed){copied(name), kind};
}

/* Whether --ignore names NAME: a pattern with a slash is one of paths, else of names. */
static int is_ignored(const walk_options *options, const listing *l, const char *name)
{
    char *path = joined(l->below, *l->below != '\0' ? "/" : "", name);
    int found = 0;

    for (int i = 0; i < options->ignored_count && !found; i++) {
        const char *pattern = options->ignored[i];

        found = strchr(pattern, '/') == NULL ? fnmatch(pattern, name, 0) == 0
                                             : fnmatch(pattern, path, FNM_PATHNAME) == 0;
    }
    free(path);
    return found;
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
    const char *kind = NULL;

    if (name[0] == '.' &&
        (!options->takes_all || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
        return;
    if (is_ignored(options, l, name) ||
        fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
        is_excluded(options, &facts))
        return;
    if (S_ISDIR(facts.st_mode)) {
        if (options->takes_all || !sniff_is_litter(name))
            add_entry(&l->folders, name, NULL);
        return;
    }
    /* A link that leads nowhere is kept: that a page is missing should be reported. */
    if ((S_ISREG(facts.st_mode) ||
         (S_ISLNK(facts.st_mode) &&
          (fstatat(folder, name, &target, 0) != 0 || S_ISREG(target.st_mode)))) &&
        (options->takes_all || sniff_is_picture(folder, name, &kind)))
        add_entry(&l->pages, name, kind);
}

static int compare_entries(const void *left, const void *right)
{
    return compare_natural(((const listed *)left)->name, ((const listed *)right)->name);
}

static void sort(entries *e)
{
    if (e->count > 1)
        qsort(e->items, e->count, sizeof *e->items, compare_entries);
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
    sort(&l->pages);
    sort(&l->folders);
    return 0;
}

static void free_entries(entries *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->items[i].name);
    free(e->items);
}

/* Adds what is below PATH; INSIDE is where the part below the walked folder begins. */
static void walk(const walk_options *options, const char *path, size_t inside,
                 input_list *list)
{
    listing l = {.below = path + (inside < strlen(path) ? inside : strlen(path))};
    int problem = list_folder(options, path, &l);

    if (problem != 0)
        inputs_add(list, path, inside < strlen(path) ? inside : name_offset(path), problem,
                   1);
    for (size_t i = 0; i < l.pages.count; i++) {
        const listed *e = &l.pages.items[i];
        char *page = path_in(path, e->name);
        int begins = i == 0 || !options->by_folder;

        if (e->kind != NULL)
            inputs_add_kind(list, page, inside, e->kind, begins);
        else
            inputs_add(list, page, inside, 0, begins);
        free(page);
    }
    for (size_t i = 0; i < l.folders.count && !interrupted(); i++) {
        char *folder = path_in(path, l.folders.items[i].name);

        walk(options, folder, inside, list);
        free(folder);
    }
    free_entries(&l.pages);
    free_entries(&l.folders);
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
