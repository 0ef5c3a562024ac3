/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The format: what must come out alike on every machine.
 *
 * tests/golden/values holds hashes of codewords, carriers and marked pixels, and beside
 * it lie marked pages that must be read.  Codewords and carriers change only together with
 * TMK_FORMAT_VERSION, and pages of another version are not read; how much a page can hide,
 * and so its pixels, may change in between ("make golden" writes all anew).
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "toonmark.h"

#define GOLDEN_MARK UINT64_C(0x5eed0fca11ab1e00)

/* The key of bytes 0, 1, 2, ... */
tmk_key *golden_key(void);

/* A page made of whole numbers: ends with tmk_picture_release. */
tmk_picture golden_page(int width, int height, int channels, int depth);

/* One line of the file: a name and a hash. */
typedef struct golden_value {
    char name[32], value[65];
} golden_value;

#define GOLDEN_VALUES 13

/* Fills in the values of the code that this program was built with. */
void golden_compute(golden_value values[GOLDEN_VALUES]);

/* The marked pages, in tests/golden. */
typedef struct golden_file {
    const char *name;
    int width, height, channels, quality;
} golden_file;

#define GOLDEN_FILES 3
extern const golden_file golden_files[GOLDEN_FILES];

#endif
