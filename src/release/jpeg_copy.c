/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release/jpeg_copy.h"

#include "mark/embed_blocks.h"

/* Reads the finished file as anybody would, and tells what became of the page. */
static tmk_status look_at(const tmk_jpeg_page *page, const tmk_pattern *pattern,
                          const tmk_blob *file, tmk_change *change, tmk_margin *margin,
                          tmk_error *error)
{
    tmk_image *marked = NULL;
    tmk_status status = tmk_image_decode(file->bytes, file->size, page->name, &marked, error);

    if (status == TMK_OK) {
        tmk_rows rows = {page->rows->first, marked->picture};

        tmk_change_between(change, &page->rows->picture, &marked->picture);
        status = tmk_margin_read_rows(margin, pattern, page->pieces, page->page, &rows, error);
    }
    tmk_image_free(&marked);
    return status;
}

tmk_status tmk_jpeg_copy(const tmk_jpeg_page *page, const tmk_pattern *pattern, int threads,
                         tmk_blob *file, tmk_change *change, tmk_margin *margin,
                         tmk_error *error)
{
    tmk_blocks marked = {0};
    tmk_status status = tmk_blocks_copy(&marked, page->blocks, error);

    if (status == TMK_OK)
        status = tmk_embed_blocks(&marked, page->blocks, page->image->orientation, pattern,
                                  page->analysis, threads, error);
    if (status == TMK_OK)
        status = tmk_file_write_blocks(page->image, &marked, page->name, file, error);
    tmk_blocks_release(&marked);
    if (status == TMK_OK)
        status = look_at(page, pattern, file, change, margin, error);
    return status;
}
