/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a picture in which no mark was found: what was tried, why that may have
 * failed, and what to try next. */
#ifndef TOOLS_EXTRACT_MISS_H
#define TOOLS_EXTRACT_MISS_H

#include <jansson.h>
#include <stdio.h>

#include "toonmark.h"

typedef struct miss {
    int width, height; /* of the picture */
    double margin_db; /* that a mark would have in it, as embed measures it; NAN: not known */
    int damaged;      /* its file is */
} miss;

/* Measures how much of a mark PICTURE could hold; its pixels are changed.  CANCELLED as
 * in tmk_extract_options. */
miss miss_measure(const tmk_key *key, const tmk_picture *picture, int threads,
                  int (*cancelled)(void *context, double done), void *context);

/* Continues the line "FILE: no mark" on STREAM, without ending it. */
void miss_print(FILE *stream, const miss *m, tmk_effort effort);

/* Adds tried, reasons and next to OBJECT. */
void miss_put(json_t *object, const miss *m, tmk_effort effort);

#endif
