/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/pieces.h"

#include <string.h>

#include "base/memory.h"

/* The least width and height that are read. */
#define LEAST 16

static double total_of(const tmk_piece *p)
{
    return p->energy[TMK_LUMA] + p->energy[TMK_CHROMA];
}

static tmk_status make_room(tmk_pieces *pieces, size_t more, tmk_error *error)
{
    tmk_piece *list = tmk_calloc((size_t)pieces->count + more, sizeof *list);

    if (list == NULL)
        return tmk_fail_memory(error, "the margin");
    if (pieces->count > 0)
        memcpy(list, pieces->list, (size_t)pieces->count * sizeof *list);
    tmk_free(pieces->list);
    pieces->list = list;
    return TMK_OK;
}

tmk_status tmk_pieces_add(tmk_pieces *pieces, const tmk_survey *survey, int page, int first,
                          int rows, tmk_error *error)
{
    size_t lines = ((size_t)rows + TMK_PIECE - 1) / TMK_PIECE;
    tmk_status status = make_room(pieces, lines * (size_t)survey->columns, error);

    if (status != TMK_OK)
        return status;
    for (int y = 0; y < rows; y += TMK_PIECE)
        for (int column = 0; column < survey->columns; column++) {
            int x = column * TMK_PIECE;
            tmk_piece *p = &pieces->list[pieces->count++];

            *p = (tmk_piece){page, x, first + y, TMK_PIECE, TMK_PIECE, {0}};
            if (x + p->width > survey->width)
                p->width = survey->width - x;
            if (y + p->height > rows)
                p->height = rows - y;
            for (int c = 0; c < TMK_COMPONENTS; c++)
                p->energy[c] = tmk_survey_energy(survey, (tmk_component)c, column, p->y,
                                                 p->height);
        }
    return TMK_OK;
}

static int is_good(const tmk_piece *p, double mean)
{
    return p->width >= LEAST && p->height >= LEAST && total_of(p) > 0 &&
           total_of(p) >= mean / 2;
}

void tmk_pieces_choose(tmk_pieces *pieces)
{
    double mean = 0;
    int good = 0, taken = 0, seen = 0;

    for (int i = 0; i < pieces->count; i++)
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            pieces->energy[c] += pieces->list[i].energy[c];
            mean += pieces->list[i].energy[c] / pieces->count;
        }
    for (int i = 0; i < pieces->count; i++)
        good += is_good(&pieces->list[i], mean);
    for (int i = 0; i < pieces->count && taken < TMK_PIECES_READ; i++)
        if (is_good(&pieces->list[i], mean) && seen++ * TMK_PIECES_READ / good >= taken)
            pieces->list[taken++] = pieces->list[i];
    pieces->count = taken;
}

void tmk_pieces_release(tmk_pieces *pieces)
{
    tmk_free(pieces->list);
    memset(pieces, 0, sizeof *pieces);
}
