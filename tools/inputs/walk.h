/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of a folder and of the folders in it. */
#ifndef TOOLS_WALK_H
#define TOOLS_WALK_H

#include "inputs/inputs.h"

typedef struct walk_options {
    const char *command; /* its name, for messages */
    int by_folder;       /* each folder's pages are one strip; else each page is */
    int takes_all;       /* hidden files and folders, and files of any ending, as well */
    int has_excluded;    /* what is DEVICE, NUMBER is left out: it is where outputs go */
    dev_t device;
    ino_t number;
} walk_options;

/*
 * Adds the pages below the folder PATH to LIST: of each folder first its pages, then
 * those of its folders, in natural order ("9.png" before "10.png").  Pages are regular
 * files, or links to such, with an ending of an image, or with takes_all of any; hidden
 * files and folders (but with takes_all), links to folders, and what is excluded are left
 * out.  A folder that can't be read is
 * added with its problem.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int walk_folder(const walk_options *options, const char *path, input_list *list);

/* Compares names as people sort them: runs of digits by their value. */
int compare_natural(const char *left, const char *right);

#endif
