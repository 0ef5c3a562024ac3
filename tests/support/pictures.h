/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, pictures and planes for tests: made by number, saved, compared. */
#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/picture.h"
#include "image/plane.h"
#include "tests/support/dice.h"
#include "tests/support/suite.h"

/* Key number NUMBER. */
tmk_key *key_of(unsigned number);

/* ------------------------------------------------------- pictures; the caller's to release */

tmk_picture new_picture(int width, int height, int channels, int depth);
tmk_picture copy_of(const tmk_picture *source);

/*
 * A page in the simplest sense, by whole numbers alone: slow gradients of colour between
 * 40 and 215 with a grain of two levels, which hides a mark everywhere.
 */
tmk_picture gradients(int width, int height, int channels, int depth, uint64_t seed);

/*
 * Small panels of flats, a gradient, lines and some grain, different for each SEED.  Alpha
 * has transparent, half-transparent and opaque places.
 */
tmk_picture panels(int width, int height, int channels, int depth, uint64_t seed);

/* Fills all samples with noise, every value equally likely. */
void fill_noise(const tmk_picture *picture, uint64_t seed);

/* What gradients() draws, into a picture that is there. */
void fill_gradients(const tmk_picture *picture, uint64_t seed);

/* A view of ROWS rows of PAGE from FIRST on. */
tmk_picture rows_of(const tmk_picture *page, int first, int rows);

/* Sample C of pixel (X, Y), and its change. */
int get_sample(const tmk_picture *picture, int x, int y, int c);
void set_sample(const tmk_picture *picture, int x, int y, int c, int value);

/* Whether all samples are the same; both must have the same size and kind. */
int same_pixels(const tmk_picture *a, const tmk_picture *b);

/* The root of the mean squared difference of samples, in units of 8 bits; both must have
 * the same size and kind. */
double rms_between(const tmk_picture *a, const tmk_picture *b);

/* Writes the picture to the file NAME, over what is there; QUALITY 0 is the default. */
void save_picture(const tmk_picture *picture, const char *name, int quality);
tmk_picture load_picture(const char *name);

/* ------------------------------------------------------------------------- planes */

tmk_plane new_plane(int width, int height);
tmk_plane noise_plane(int width, int height, double low, double high, uint64_t seed);

/* Pearson's statistic of COUNT cells that should be equally full. */
double chi_squared_of(const unsigned *cells, size_t count, double expected);

#endif
