/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of a mark a page can hide, and where: the same for every mark that is put into
 * it, so many copies share one analysis.  It comes in two parts.
 *
 *     survey     of the whole page, before any row of it can be marked: whether it shows
 *                colour, and roughly where its hiding places are
 *     analysis   of a chunk of rows: the amplitude that each pixel can hide
 *
 * Both see the page through a window of rows, so pages of any height fit into little memory,
 * and neither depends on how the page is cut into windows and chunks.
 */
#ifndef TMK_MARK_ANALYSIS_H
#define TMK_MARK_ANALYSIS_H

#include "carrier/carrier.h"
#include "base/picture.h"
#include "image/plane.h"
#include "signal/mask.h"

/* Rows that a chunk of a page is to have: some multiple of TMK_PIECE, which makes about MOST
 * pixels. */
int tmk_chunk_rows(int width, size_t most);

/* ------------------------------------------------------------------- survey */

/* The side of a piece, and the height of a chunk is a multiple of it. */
#define TMK_PIECE 160
/* One row in so many is looked at for hiding places. */
#define TMK_SURVEY_STEP 16

typedef struct tmk_survey {
    int width, height;  /* of the page */
    int coloured;       /* known when all rows have been seen: chroma is marked as well */
    size_t pixels;      /* coloured ones so far */
    int columns;        /* of pieces */
    float *energy;      /* squared amplitudes: [row / STEP][manner][component][column] */
    tmk_ground *ground; /* [row / STEP] */
} tmk_survey;

/* Begins the survey of a page; ends with tmk_survey_release. */
tmk_status tmk_survey_begin(tmk_survey *survey, int width, int height, tmk_error *error);

/*
 * Looks at rows FIRST to FIRST + COUNT - 1.  WINDOW holds these and the TMK_MASK_MARGIN
 * rows of the page above and below them.  Every row of the page must come once.
 */
tmk_status tmk_survey_rows(tmk_survey *survey, const tmk_rows *window, int first, int count,
                           int threads, tmk_error *error);

/* What the page is like, when all rows have been seen. */
tmk_manner tmk_survey_manner(const tmk_survey *survey);

/* The squared amplitudes, as rough as the survey is, of COMPONENT in the piece of COUNT rows from FIRST in COLUMN. */
double tmk_survey_energy(const tmk_survey *survey, tmk_component component, int column,
                         int first, int count);

void tmk_survey_release(tmk_survey *survey);

/* ----------------------------------------------------------------- analysis */

/* The deviation, in 8-bit grey levels, that a mark of strength 1 may have at each pixel. */
typedef struct tmk_analysis {
    int first;                           /* the page's row that row 0 of the planes is */
    tmk_plane amplitude[TMK_COMPONENTS]; /* their height may be less than was allocated */
} tmk_analysis;

/* Makes room for chunks of up to ROWS rows; ends with tmk_analysis_release. */
tmk_status tmk_analysis_alloc(tmk_analysis *analysis, int width, int rows, tmk_error *error);

/* Analyses a chunk of the page as tmk_survey_rows sees it; MANNER is the survey's. */
tmk_status tmk_analyse(tmk_analysis *analysis, const tmk_rows *window, int first, int count,
                       tmk_manner manner, int threads, tmk_error *error);

/* The amplitudes of the page's row Y, which the chunk must hold. */
static inline const float *tmk_analysis_row(const tmk_analysis *analysis,
                                            tmk_component component, int y)
{
    return tmk_plane_row(&analysis->amplitude[component], y - analysis->first);
}

void tmk_analysis_release(tmk_analysis *analysis);

#endif
