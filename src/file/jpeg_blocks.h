/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A JPEG file's coefficients. */
#ifndef TMK_FILE_JPEG_BLOCKS_H
#define TMK_FILE_JPEG_BLOCKS_H

#include "file/imagefile.h"

/* Reads the coefficients of the file SOURCE into BLOCKS, the caller's after failure too. */
tmk_status tmk_jpeg_read_blocks(const tmk_source *source, tmk_blocks *blocks,
                                tmk_error *error);

/*
 * Appends to OUT, the caller's after failure too, TARGET's image with BLOCKS for its
 * pixels: quantisers, sampling, order of scans, restart interval and markers are those of
 * the file that the image was read from.
 */
tmk_status tmk_jpeg_write_blocks(const tmk_target *target, const tmk_blocks *blocks,
                                 tmk_blob *out, tmk_error *error);

#endif
