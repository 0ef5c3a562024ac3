/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies of a page in the making: what they share, and what each has of its own.
 *
 *     embed.c   goes through the page, chunk by chunk, for all copies
 *     copy.c    does with a chunk what each copy wants
 */
#ifndef TMK_MARK_JOB_H
#define TMK_MARK_JOB_H

#include "blocks/blocks.h"
#include "mark/change.h"
#include "mark/cuts.h"
#include "mark/margin.h"
#include "mark/window.h"

/* One copy. */
typedef struct tmk_worker {
    tmk_page_copy *copy;
    uint8_t coded[TMK_CODE_BITS];
    tmk_pattern pattern; /* at the page's origin */
    double square;       /* of the score in all outputs so far */
    tmk_change all;      /* in all outputs so far */
    /* of the current output */
    tmk_page_output *output;
    int is_open; /* its sink is */
    tmk_change change;
    tmk_margin margin;
    /* of the current chunk */
    tmk_pattern local; /* at the section's origin */
    tmk_rows rows;     /* its own pixels, while they are marked and written */
} tmk_worker;

/* Rows of one copy that are marked by one task: those of one row of tiles. */
typedef struct tmk_stretch {
    tmk_worker *worker;
    int first, end;
    tmk_status status;
    tmk_change change;
} tmk_stretch;

/* What they share; tasks only read it. */
typedef struct tmk_job {
    tmk_page *page;
    const tmk_key *key;
    const tmk_page_options *options;
    uint8_t content[TMK_CONTENT_BYTES];
    tmk_carriers *carriers;
    tmk_cuts cuts;
    tmk_page_copy *copies;
    size_t copy_count;
    double done, total; /* rows */

    /* the current copies, some of all */
    size_t group_most; /* how many these may be */
    size_t group;      /* the first one's index */
    size_t count;
    tmk_worker *workers;
    /* the current output */
    size_t output;
    const tmk_cut *cut;
    tmk_pieces pieces; /* of it that are read again */
    tmk_blocks blocks; /* its coefficients, if any copy is marked in them; else none */
    int step;          /* rows of a chunk; 0: all of a part */
    /* the current chunk */
    const tmk_part *part;
    tmk_window window; /* of the part's section, untouched */
    int first, rows;   /* of the section */
    tmk_analysis analysis;
    int room; /* rows that it has room for */
    /* the copies that take it at the same time */
    tmk_worker *taking;
    size_t taking_count;
    tmk_stretch *stretches;
    size_t stretch_count;
} tmk_job;

/* The section that the current chunk is of. */
static inline const tmk_section *tmk_job_section(const tmk_job *job)
{
    return &job->page->sections[job->part->section];
}

/* Whether the chunk is the output's last one. */
static inline int tmk_job_is_last(const tmk_job *job)
{
    const tmk_part *last = &job->cuts.parts[job->cut->first_part + job->cut->parts - 1];

    return job->part == last && job->first + job->rows == last->first + last->rows;
}

/* Begins copy number INDEX. */
void tmk_worker_begin(tmk_worker *worker, const tmk_job *job, size_t index);

/* Its current output becomes that of JOB. */
void tmk_worker_begin_output(tmk_worker *worker, const tmk_job *job);

/* Whether its current output is still to be written; and whether in its coefficients. */
int tmk_worker_is_wanted(const tmk_worker *worker);
int tmk_worker_takes_blocks(const tmk_worker *worker, const tmk_job *job);

/* Gives an output that is not finished up, without a failure of its own. */
void tmk_worker_abandon(tmk_worker *worker);

/* The copy as a whole is reported. */
void tmk_worker_end(tmk_worker *worker);

/*
 * COUNT copies from number FIRST on are to take the chunk: those that are marked in pixels
 * get their own, which are cut into ->stretches.  What fails is a copy's output alone; a
 * failure of all leaves no stretches.
 */
tmk_status tmk_copies_begin_chunk(tmk_job *job, size_t first, size_t count, tmk_error *error);

/* A task of the tmk_job CONTEXT: marks stretch INDEX.  The pixels change here. */
void tmk_copies_mark(size_t index, void *context);

/* A task of the tmk_job CONTEXT: what was marked for taking copy INDEX is read and written;
 * or its coefficients are marked and written. */
void tmk_copies_write(size_t index, void *context);

#endif
