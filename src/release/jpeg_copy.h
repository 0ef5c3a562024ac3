/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A marked copy of a JPEG file, made in its coefficients. */
#ifndef TMK_RELEASE_JPEG_COPY_H
#define TMK_RELEASE_JPEG_COPY_H

#include "file/imagefile.h"
#include "blocks/blocks.h"
#include "mark/embed_rows.h"
#include "mark/margin.h"

/* What all copies of a file share, and only read. */
typedef struct tmk_jpeg_page {
    const char *name;             /* of a copy, for messages */
    const tmk_image *image;       /* coding, orientation and metadata; pixels don't count */
    const tmk_blocks *blocks;     /* of the file, by tmk_jpeg_read_blocks */
    const tmk_rows *rows;         /* all its pixels, upright and untouched */
    const tmk_analysis *analysis; /* of all of them */
    const tmk_pieces *pieces;     /* chosen ones; those of page number PAGE are read */
    int page;
} tmk_jpeg_page;

/*
 * Appends to FILE, the caller's after failure too, the page with the mark PATTERN, which is
 * at the page's own origin.  What that changed in its decoded pixels is added to CHANGE and
 * MARGIN.
 */
tmk_status tmk_jpeg_copy(const tmk_jpeg_page *page, const tmk_pattern *pattern, int threads,
                         tmk_blob *file, tmk_change *change, tmk_margin *margin,
                         tmk_error *error);

#endif
