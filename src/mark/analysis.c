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
    tmk_survey *survey;     /* or */
    tmk_analysis *analysis;
    int coloured;
    tmk_error *errors; /* of each task */
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

/* Runs TASK over ROWS_AT_ONCE rows at a time; the first failure of any. */
static tmk_status in_parallel(job *j, tmk_task *task, int threads, tmk_error *error)
{
    size_t count = (size_t)(j->count + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
    tmk_status status = TMK_OK;

    j->errors = tmk_calloc(count, sizeof *j->errors);
    if (j->errors == NULL)
        return tmk_fail_memory(error, "an analysis");
    tmk_parallel(count, threads, task, j);
    for (size_t i = 0; i < count && status == TMK_OK; i++)
        if (j->errors[i].status != TMK_OK)
            status = tmk_fail(error, j->errors[i].status, "%s", j->errors[i].text);
    tmk_free(j->errors);
    return status;
}

/* The rows of task INDEX, *FIRST to the one before the result. */
static int rows_of_task(const job *j, size_t index, int *first)
{
    int end = j->first + j->count;

    *first = j->first + (int)index * ROWS_AT_ONCE;
    return end - *first < ROWS_AT_ONCE ? end : *first + ROWS_AT_ONCE;
}

/* ------------------------------------------------------------------- survey */

tmk_status tmk_survey_begin(tmk_survey *survey, int width, int height, tmk_error *error)
{
    size_t rows = ((size_t)height + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP;

    *survey = (tmk_survey){.width = width, .height = height};
    survey->columns = (width + TMK_PIECE - 1) / TMK_PIECE;
    survey->energy = tmk_calloc(rows * 2 * TMK_COMPONENTS * (size_t)survey->columns,
                                sizeof *survey->energy);
    return survey->energy != NULL ? TMK_OK : tmk_fail_memory(error, "a survey");
}

void tmk_survey_release(tmk_survey *survey)
{
    tmk_free(survey->energy);
    survey->energy = NULL;
}

static float *energies(const tmk_survey *survey, int y, int coloured, tmk_component component)
{
    size_t row = (size_t)(y / TMK_SURVEY_STEP);

    return survey->energy + ((row * 2 + (size_t)coloured) * TMK_COMPONENTS + component) *
                                (size_t)survey->columns;
}

static void add_squares(float *energy, const float *amplitude, int width)
{
    for (int x = 0; x < width; x++)
        energy[x / TMK_PIECE] += amplitude[x] * amplitude[x];
}

/* Whether the page shows colour is not known yet, so both masks are tried. */
static tmk_status survey_row(const job *j, int y, tmk_error *error)
{
    int width = j->survey->width;
    tmk_plane amplitude[TMK_COMPONENTS] = {{0}, {0}};
    planes from = {0};
    tmk_status status = split(&from, j->window, y, y + 1, error);

    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
        status = tmk_plane_alloc(&amplitude[c], width, 1, error);
    for (int coloured = 0; coloured < 2 && status == TMK_OK; coloured++) {
        status = tmk_mask(&amplitude[TMK_LUMA], &amplitude[TMK_CHROMA], &from.luma,
                          &from.chroma, from.above, coloured, error);
        for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
            add_squares(energies(j->survey, y, coloured, (tmk_component)c),
                        amplitude[c].samples, width);
    }
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_plane_release(&amplitude[c]);
    release_planes(&from);
    return status;
}

static void survey_task(size_t index, void *context)
{
    job *j = context;
    int first, end = rows_of_task(j, index, &first);
    tmk_status status = TMK_OK;

    for (int y = (first + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP * TMK_SURVEY_STEP;
         y < end && status == TMK_OK; y += TMK_SURVEY_STEP)
        status = survey_row(j, y, &j->errors[index]);
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

double tmk_survey_energy(const tmk_survey *survey, tmk_component component, int column,
                         int first, int count)
{
    double sum = 0;
    int rows = 0;

    for (int y = (first + TMK_SURVEY_STEP - 1) / TMK_SURVEY_STEP * TMK_SURVEY_STEP;
         y < first + count; y += TMK_SURVEY_STEP, rows++)
        sum += energies(survey, y, survey->coloured, component)[column];
    return rows > 0 ? sum * count / rows : 0;
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

static void analyse_task(size_t index, void *context)
{
    job *j = context;
    int first, end = rows_of_task(j, index, &first);
    planes from = {0};
    tmk_plane part[TMK_COMPONENTS];

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        part[c] = j->analysis->amplitude[c];
        part[c].samples = tmk_plane_row(&part[c], first - j->first);
        part[c].height = end - first;
    }
    if (split(&from, j->window, first, end, &j->errors[index]) == TMK_OK)
        (void)!tmk_mask(&part[TMK_LUMA], &part[TMK_CHROMA], &from.luma, &from.chroma,
                        from.above, j->coloured, &j->errors[index]);
    release_planes(&from);
}

tmk_status tmk_analyse(tmk_analysis *analysis, const tmk_rows *window, int first, int count,
                       int coloured, int threads, tmk_error *error)
{
    job j = {.window = window, .first = first, .count = count, .analysis = analysis,
             .coloured = coloured};

    analysis->first = first;
    for (int c = 0; c < TMK_COMPONENTS; c++)
        analysis->amplitude[c].height = count;
    return in_parallel(&j, analyse_task, threads, error);
}
