/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/analysis.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "image/colour.h"

/* Rows that a thread takes at a time. */
#define ROWS_AT_ONCE 64

#define MAX_CHUNK_ROWS (16 * TMK_PIECE)

int tmk_chunk_rows(int width, size_t most)
{
    size_t rows = most / (size_t)width / TMK_PIECE * TMK_PIECE;

    return rows < TMK_PIECE ? TMK_PIECE : rows > MAX_CHUNK_ROWS ? MAX_CHUNK_ROWS : (int)rows;
}

/* Rows FIRST to FIRST + COUNT - 1 of the page, as far as they are cut into tasks. */
typedef struct job {
    const tmk_rows *window;
    int first, count;
    tmk_survey *survey; /* or */
    tmk_analysis *analysis;
    tmk_manner manner;
} job;

/* The planes of the rows of WINDOW that decide the mask of rows FIRST to LAST - 1. */
typedef struct planes {
    tmk_plane luma, chroma;
    int above; /* rows of margin before FIRST */
} planes;

static tmk_status split(planes *to, const tmk_rows *window, int first, int last,
                        tmk_error *error)
{
    int from = first - TMK_MASK_MARGIN, end = last + TMK_MASK_MARGIN;
    tmk_status status;

    from = from < window->first ? window->first : from;
    end = end > tmk_rows_end(window) ? tmk_rows_end(window) : end;
    to->above = first - from;
    status = tmk_plane_alloc(&to->luma, window->picture.width, end - from, error);
    if (status == TMK_OK)
        status = tmk_plane_alloc(&to->chroma, window->picture.width, end - from, error);
    if (status == TMK_OK)
        tmk_colour_split(&window->picture, from - window->first, &to->luma, &to->chroma);
    return status;
}

static void release_planes(planes *of)
{
    tmk_plane_release(&of->luma);
    tmk_plane_release(&of->chroma);
}

/* Runs TASK over ROWS_AT_ONCE rows at a time. */
static tmk_status in_parallel(job *j, tmk_try_task *task, int threads, tmk_error *error)
{
    size_t count = (size_t)(j->count + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;

    return tmk_parallel_try(count, threads, task, j, error);
}

/* The rows of task INDEX, *FIRST to the one before the result. */
static int rows_of_task(const job *j, size_t index, int *first)
{
    int end = j->first + j->count;

    *first = j->first + (int)index * ROWS_AT_ONCE;
    return end - *first < ROWS_AT_ONCE ? end : *first + ROWS_AT_ONCE;
}

/* ------------------------------------------------------------------- survey */

/* What the page is like is not known yet, so that the ends of the scale are tried; those
 * that differ in what is drawn stand side by side. */
#define MANNERS 4
static const tmk_manner manners[MANNERS] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

tmk_status tmk_survey_begin(tmk_survey *survey, int width, int height, tmk_error *error)
{
    size_t rows = ((size_t)height + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP;

    *survey = (tmk_survey){.width = width, .height = height};
    survey->columns = (width + TMK_PIECE - 1) / TMK_PIECE;
    survey->energy = tmk_calloc(rows * MANNERS * TMK_COMPONENTS * (size_t)survey->columns,
                                sizeof *survey->energy);
    survey->ground = tmk_calloc(rows, sizeof *survey->ground);
    return survey->energy != NULL && survey->ground != NULL
               ? TMK_OK
               : tmk_fail_memory(error, "a survey");
}

void tmk_survey_release(tmk_survey *survey)
{
    tmk_free(survey->energy);
    tmk_free(survey->ground);
    survey->energy = NULL;
    survey->ground = NULL;
}

static float *energies(const tmk_survey *survey, int y, int manner, tmk_component component)
{
    size_t row = (size_t)(y / TMK_SURVEY_STEP);

    return survey->energy + ((row * MANNERS + (size_t)manner) * TMK_COMPONENTS + component) *
                                (size_t)survey->columns;
}

static void add_squares(float *energy, const float *amplitude, int width)
{
    for (int x = 0; x < width; x++)
        energy[x / TMK_PIECE] += amplitude[x] * amplitude[x];
}

/* The energies of row Y, of which FROM is split, if the page had each of the manners. */
static tmk_status try_manners(const job *j, int y, const planes *from,
                              tmk_plane amplitude[TMK_COMPONENTS], tmk_error *error)
{
    for (int i = 0; i < MANNERS; i++) {
        TMK_TRY(tmk_mask(&amplitude[TMK_LUMA], &amplitude[TMK_CHROMA], &from->luma,
                         &from->chroma, from->above, manners[i], error));
        for (int c = 0; c < TMK_COMPONENTS; c++)
            add_squares(energies(j->survey, y, i, (tmk_component)c), amplitude[c].samples,
                        j->survey->width);
    }
    return tmk_ground_count(&j->survey->ground[y / TMK_SURVEY_STEP], &from->luma, from->above,
                            error);
}

static tmk_status survey_row(const job *j, int y, tmk_error *error)
{
    tmk_plane amplitude[TMK_COMPONENTS] = {{0}, {0}};
    planes from = {0};
    tmk_status status = split(&from, j->window, y, y + 1, error);

    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
        status = tmk_plane_alloc(&amplitude[c], j->survey->width, 1, error);
    if (status == TMK_OK)
        status = try_manners(j, y, &from, amplitude, error);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&amplitude[c]);
    release_planes(&from);
    return status;
}

static tmk_status survey_task(size_t index, void *context, tmk_error *error)
{
    const job *j = context;
    int first, end = rows_of_task(j, index, &first);

    for (int y = (first + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP * TMK_SURVEY_STEP; y < end;
         y += TMK_SURVEY_STEP)
        TMK_TRY(survey_row(j, y, error));
    return TMK_OK;
}

/* Counts until it is clear that there is colour. */
static void look_for_colour(tmk_survey *survey, const tmk_rows *window, int first, int count)
{
    for (int y = first; y < first + count && !survey->coloured; y++) {
        tmk_rows row = tmk_rows_part(window, y, 1);

        survey->pixels += tmk_colour_count(&row.picture);
        survey->coloured = tmk_colour_enough(survey->pixels, survey->width, survey->height);
    }
}

tmk_status tmk_survey_rows(tmk_survey *survey, const tmk_rows *window, int first, int count,
                           int threads, tmk_error *error)
{
    job j = {.window = window, .first = first, .count = count, .survey = survey};

    look_for_colour(survey, window, first, count);
    return in_parallel(&j, survey_task, threads, error);
}

tmk_manner tmk_survey_manner(const tmk_survey *survey)
{
    int rows = (survey->height + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP;
    double clean = 0, grainy = 0;

    for (int i = 0; i < rows; i++) {
        clean += survey->ground[i].clean;
        grainy += survey->ground[i].grainy;
    }
    return (tmk_manner){survey->coloured, tmk_ground_drawn(clean, grainy)};
}

double tmk_survey_energy(const tmk_survey *survey, tmk_component component, int column,
                         int first, int count)
{
    double painted = 0, drawn = 0;
    tmk_manner manner = tmk_survey_manner(survey);
    int rows = 0;

    for (int y = (first + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP * TMK_SURVEY_STEP;
         y < first + count; y += TMK_SURVEY_STEP, rows++) {
        painted += energies(survey, y, 2 * survey->coloured, component)[column];
        drawn += energies(survey, y, 2 * survey->coloured + 1, component)[column];
    }
    return rows > 0 ? (painted + manner.drawn * (drawn - painted)) * count / rows : 0;
}

/* ----------------------------------------------------------------- analysis */

tmk_status tmk_analysis_alloc(tmk_analysis *analysis, int width, int rows, tmk_error *error)
{
    tmk_status status = TMK_OK;

    memset(analysis, 0, sizeof *analysis);
    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
        status = tmk_plane_alloc(&analysis->amplitude[c], width, rows, error);
    return status;
}

void tmk_analysis_release(tmk_analysis *analysis)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&analysis->amplitude[c]);
}

static tmk_status analyse_task(size_t index, void *context, tmk_error *error)
{
    const job *j = context;
    int first, end = rows_of_task(j, index, &first);
    planes from = {0};
    tmk_plane part[TMK_COMPONENTS];
    tmk_status status = split(&from, j->window, first, end, error);

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        part[c] = j->analysis->amplitude[c];
        part[c].samples = tmk_plane_row(&part[c], first - j->first);
        part[c].height = end - first;
    }
    if (status == TMK_OK)
        status = tmk_mask(&part[TMK_LUMA], &part[TMK_CHROMA], &from.luma, &from.chroma,
                          from.above, j->manner, error);
    release_planes(&from);
    return status;
}

tmk_status tmk_analyse(tmk_analysis *analysis, const tmk_rows *window, int first, int count,
                       tmk_manner manner, int threads, tmk_error *error)
{
    job j = {.window = window,
             .first = first,
             .count = count,
             .analysis = analysis,
             .manner = manner};

    analysis->first = first;
    for (int c = 0; c < TMK_COMPONENTS; c++)
        analysis->amplitude[c].height = count;
    return in_parallel(&j, analyse_task, threads, error);
}
