/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts that work on one strip share. */
#ifndef TOOLS_EMBED_WORK_H
#define TOOLS_EMBED_WORK_H

#include "embed/embed.h"

/* A strip in hand. */
typedef struct labour {
    embed_run *run;
    size_t index; /* of the strip */
    int threads;
    size_t targets, count; /* COUNT outputs: all slices for all targets */
    strip_result *result;
    const char **paths; /* of the FILES files that the strip consists of */
    size_t files;
    tmk_strip *strip; /* NULL: not opened yet */
    uint8_t (*digests)[TMK_DIGEST_BYTES]; /* of the files; NULL: not known yet */
    uint64_t *bytes;
    char *options;    /* as a release has them; NULL: not known yet */
    struct round_of_copies *round; /* that the library is at */
    double strength;               /* of that */
    double work, told; /* units on the progress bar; how many of them were told */
    size_t told_pages;
} labour;

/* Notes that the output M can't be had. */
void fail(made *m, const tmk_error *error);

/* Whether M is there already as it would be made now; else how it may be replaced is put
 * into M.  What can't be found out is made. */
int resume_is_done(labour *l, made *m, size_t target, size_t slice);

/* Settles what was written: it is recorded, if anything is; what can't be, fails. */
void record_written(labour *l);

/* Knows the digests of the strip's files from now on. */
tmk_status find_digests(labour *l, tmk_error *error);

/* What decided the bytes of the strip's outputs beside mark and key, in words. */
const char *options_text(labour *l);

/* Reads back what was written and is not settled.  What can't be read and may be marked
 * stronger is pending again. */
void verify_written(labour *l);

/* The strength to try after STRENGTH; the same where there is none. */
double stronger(const arguments *a, double strength);

#endif
