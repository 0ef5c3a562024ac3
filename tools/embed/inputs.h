/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The image files that a call names: operands, lists, and folders that are walked.  They
 * are known before any work begins, in the order in which they are worked on.
 */
#ifndef TOOLS_INPUTS_H
#define TOOLS_INPUTS_H

#include <sys/types.h>

#include "arguments.h"

#define UNKNOWN_SIZE ((int64_t)-1)

/* One file. */
typedef struct input {
    char *path;    /* "-" is standard input */
    size_t inside; /* where in PATH the part below the walked folder begins; a file that was
                      named itself: where its name begins */
    int problem;   /* an errno: it can't be read; EISDIR: a folder that -r would walk */
    int64_t bytes; /* UNKNOWN_SIZE for what is no regular file */
    dev_t device;  /* who it is, where BYTES is known */
    ino_t number;
} input;

/* All of them, in strips: each one file, or with --strip those that were named, or those of
 * a folder. */
typedef struct inputs {
    input *items;
    size_t count, room;
    size_t *strips; /* where each strip begins in ITEMS; one more than there are strips */
    size_t strip_count, strip_room;
} inputs;

/* Checks what the options say about inputs; as inputs_collect. */
int inputs_check(const arguments *a);

/*
 * Finds what A, which was checked, names.  Files and folders that can't be read are among
 * the items, so that they are reported in their place.  LIST ends with inputs_free, after failure too.
 * EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int inputs_collect(const arguments *a, inputs *list);

void inputs_free(inputs *list);

/* Adds PATH as a file, in a new strip where BEGINS says so or there is none. */
void inputs_add(inputs *list, const char *path, size_t inside, int problem, int begins);

/* Whether PATH is standard input or output. */
int is_stream(const char *path);

/* Where the last part of PATH begins. */
size_t name_offset(const char *path);

#endif
