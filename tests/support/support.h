/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the test programs share: seeded numbers, drawn pictures, a directory to work in. */
#ifndef TMK_TESTS_SUPPORT_H
#define TMK_TESTS_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#include "toonmark.h"

/* The next number of a sequence that SEED, changed by the call, stands for. */
uint32_t support_random(uint64_t *seed);

/*
 * A drawn page: flats, a gradient, lines and some grain, different for each SEED.  Alpha
 * has transparent, half-transparent and opaque places.  Ends with support_release.
 */
tmk_picture support_draw(int width, int height, int channels, int depth, uint64_t seed);

void support_release(tmk_picture *picture);

/* Whether both have the same size, kind and samples. */
int support_same(const tmk_picture *one, const tmk_picture *other);

/* The root of the mean squared difference of samples, in units of 8 bits; both must have
 * the same size and kind. */
double support_rms(const tmk_picture *one, const tmk_picture *other);

/* Makes an empty directory; the path is the caller's to free. */
char *support_directory(void);

/* Removes a directory and the files in it, and frees its path. */
void support_remove_directory(char *path);

/* How many files DIRECTORY holds. */
int support_count_files(const char *directory);

/* DIRECTORY/NAME, to be freed. */
char *support_path(const char *directory, const char *name);

/* All of a file, to be freed; NULL if it can't be read. */
unsigned char *support_load(const char *path, size_t *size);

/* Writes a file, 0 if that worked. */
int support_save(const char *path, const void *bytes, size_t size);

#endif
