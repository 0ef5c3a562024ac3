/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks rows of a copy, one row of tiles a task. */
#include "mark/embed_rows.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "image/colour.h"

/* Rows that are marked by one task: those of one row of tiles. */
typedef struct stretch {
    int first, end;
    tmk_change change;
    tmk_error error;
} stretch;

typedef struct job {
    const tmk_rows *rows;
    const tmk_pattern *pattern;
    const tmk_analysis *analysis;
    stretch *stretches;
} job;

/* The pixels change here. */
static void mark_row(const tmk_rows *rows, int y, const float *luma, const float *chroma,
                     unsigned char *old, tmk_change *change)
{
    const tmk_picture *picture = &rows->picture;
    unsigned char *row = tmk_picture_row(picture, y - rows->first);

    memcpy(old, row, (size_t)picture->width * tmk_picture_pixel_size(picture));
    tmk_colour_add(picture, row, picture->width, luma, chroma);
    tmk_change_add_row(change, picture, old, row);
}

static void mark_stretch(size_t index, void *context)
{
    job *j = context;
    stretch *s = &j->stretches[index];
    int width = j->rows->picture.width;
    unsigned char *old = tmk_calloc((size_t)width, tmk_picture_pixel_size(&j->rows->picture));
    tmk_plane delta[TMK_COMPONENTS] = {{0}, {0}};
    tmk_status status = old != NULL ? TMK_OK : tmk_fail_memory(&s->error, "a row");

    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
        status = tmk_plane_alloc(&delta[c], width, s->end - s->first, &s->error);
    if (status == TMK_OK)
        status = tmk_pattern_rows(delta, j->pattern, s->first, j->analysis, &s->error);
    for (int y = s->first; y < s->end && status == TMK_OK; y++)
        mark_row(j->rows, y, tmk_plane_row(&delta[TMK_LUMA], y - s->first),
                 tmk_plane_row(&delta[TMK_CHROMA], y - s->first), old, &s->change);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&delta[c]);
    tmk_free(old);
}

tmk_status tmk_embed_rows(const tmk_rows *rows, const tmk_pattern *pattern,
                          const tmk_analysis *analysis, int threads, tmk_change *change,
                          tmk_error *error)
{
    size_t most = (size_t)rows->picture.height / TMK_TILE + 2, count = 0;
    job j = {rows, pattern, analysis, tmk_calloc(most, sizeof *j.stretches)};
    tmk_status status = TMK_OK;

    if (j.stretches == NULL)
        return tmk_fail_memory(error, "a band of rows");
    for (int y = rows->first; y < tmk_rows_end(rows); y = j.stretches[count++].end) {
        int next = tmk_pattern_next(pattern, y), end = tmk_rows_end(rows);

        j.stretches[count].first = y;
        j.stretches[count].end = next < end ? next : end;
    }
    tmk_parallel(count, threads, mark_stretch, &j);
    for (size_t i = 0; i < count && status == TMK_OK; i++) {
        tmk_change_add(change, &j.stretches[i].change);
        if (j.stretches[i].error.status != TMK_OK)
            status = tmk_fail(error, j.stretches[i].error.status, "%s",
                              j.stretches[i].error.text);
    }
    tmk_free(j.stretches);
    return status;
}
