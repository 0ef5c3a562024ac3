/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of a folder and of the folders in it. */
#ifndef TOOLS_WALK_H
#define TOOLS_WALK_H

#include "inputs/inputs.h"

typedef struct walk_options {
    const char *command;  /* its name, for messages */
    int by_folder;        /* each folder's pages are one strip; else each page is */
    int takes_all;        /* hidden files, litter, and files that are no pictures, as well */
    const char **ignored; /* patterns of what is left out, IGNORED_COUNT of them */
    int ignored_count;
    int has_excluded; /* what is DEVICE, NUMBER is left out: it is where outputs go */
    dev_t device;
    ino_t number;
} walk_options;

/*
 * Adds the pages below the folder PATH to LIST: of each folder first its pages, then
 * those of its folders, in natural order ("9.png" before "10.png").  Pages are regular
 * files, or links to such, that hold a picture or have an ending of one; a picture of a kind
 * that can't be marked is added with that kind.  Hidden files and folders, litter, links to
 * folders, what is ignored and what is excluded are left out.  With takes_all pages are all
 * files, hidden ones and litter too, and no kinds are known.  A folder that can't be read is
 * added with its problem.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int walk_folder(const walk_options *options, const char *path, input_list *list);

/* Compares names as people sort them: runs of digits by their value. */
int compare_natural(const char *left, const char *right);

#endif
