/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between a picture's samples and the two planes that carry the mark: luma Y and the
 * blue-yellow difference Cb of ITU-R BT.601 (the colour space of JPEG and WebP), both in
 * units of 8-bit grey levels whatever the picture's depth.  Grey pictures have no Cb.
 */
#ifndef TMK_IMAGE_COLOUR_H
#define TMK_IMAGE_COLOUR_H

#include "base/picture.h"
#include "image/plane.h"

/* Rows FIRST to FIRST + LUMA->height - 1 of PICTURE; a transparent pixel reads as mid
 * grey (its colour is nobody's).  CHROMA may be NULL, and is zero for grey pictures. */
void tmk_colour_split(const tmk_picture *picture, int first, tmk_plane *luma,
                      tmk_plane *chroma);

/*
 * Whether PICTURE shows any colour.  One that is stored as RGB but grey, save for the few
 * levels that a codec leaves in its chroma, shows none, and must not be given any.
 */
int tmk_colour_present(const tmk_picture *picture);

/* The same for a picture that comes in parts: how many pixels of a part are not grey, and
 * whether so many make a picture of WIDTH x HEIGHT one with colour. */
size_t tmk_colour_count(const tmk_picture *picture);
int tmk_colour_enough(size_t coloured, int width, int height);

/* What a change of Cb by 1, luma held constant, does to red, green and blue. */
void tmk_colour_of_chroma(float rgb[3]);

/*
 * Adds DELTA_LUMA, and DELTA_CHROMA with luma held constant, to WIDTH pixels from ROW of a
 * picture like PICTURE, and rounds.  Pixels that are pure white, pure black or fully
 * transparent are left as they are.
 */
void tmk_colour_add(const tmk_picture *picture, unsigned char *row, int width,
                    const float *delta_luma, const float *delta_chroma);

#endif
