/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of image files, in the order in which they are worked on. */
#ifndef TOOLS_INPUTS_H
#define TOOLS_INPUTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define UNKNOWN_SIZE ((int64_t)-1)

/* One file. */
typedef struct input_file {
    char *path;    /* "-" is standard input */
    size_t inside; /* where in PATH the part below the walked folder begins; a file that was
                      named itself: where its name begins */
    int problem;   /* an errno: it can't be read; EISDIR: a folder that -r would walk */
    const char *kind; /* what picture it is where that can't be marked, "GIF"; else NULL */
    int64_t bytes;    /* UNKNOWN_SIZE for what is no regular file */
    dev_t device;     /* who it is, where BYTES is known */
    ino_t number;
} input_file;

/* All of them, in strips: each one file, or with --strip those that were named, or those of
 * a folder. */
typedef struct input_list {
    input_file *items;
    size_t count, room;
    size_t *strips; /* where each strip begins in ITEMS; one more than there are strips */
    size_t strip_count, strip_room;
} input_list;

/* Ends LIST, which begins as {0}. */
void inputs_free(input_list *list);

/* Adds PATH as a file, in a new strip where BEGINS says so or there is none. */
void inputs_add(input_list *list, const char *path, size_t inside, int problem, int begins);

/* Adds the picture PATH of a KIND that can't be marked, as inputs_add. */
void inputs_add_kind(input_list *list, const char *path, size_t inside, const char *kind,
                     int begins);

/* Units of work that the strip INDEX is, for the progress bar: bytes. */
double inputs_work(const input_list *list, size_t index);

#endif
