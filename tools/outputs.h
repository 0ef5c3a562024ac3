/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file each marked page is written to; every clash is found before any work. */
#ifndef TOOLS_OUTPUTS_H
#define TOOLS_OUTPUTS_H

#include "arguments.h"

/*
 * Makes the list of outputs, one for each operand, and with -d the directory if it is
 * missing.  Refuses two equal outputs, an output that is another page's input, and,
 * without -f, one that is its own input.  *OUTPUTS ends with outputs_free.  EXIT_ALL,
 * or EXIT_TROUBLE after having said what is wrong.
 */
int outputs_plan(const arguments *a, char ***outputs);

void outputs_free(char ***outputs, size_t count);

/* Whether PATH is standard input or output. */
int is_stream(const char *path);

#endif
