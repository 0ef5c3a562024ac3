/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far the work is: a bar on the terminal, with rate and time left.  It is one line
 * of standard error that is drawn over and over, and gone at the end; where standard
 * error is no terminal nothing is drawn.  Every function may be called on any thread, and
 * with NULL, which is no bar.
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stddef.h>

typedef struct progress progress;

/*
 * A bar for PAGES outputs (0: not known) and WORK units of work, if standard
 * error is a terminal that this program may write to; else NULL.
 */
progress *progress_open(size_t pages, double work);

/* Takes the bar away for good, and frees it. */
void progress_close(progress **bar);

/* WORK more units are done, and PAGES more outputs with them. */
void progress_advance(progress *bar, double work, size_t pages);

/* The same for what turned out to be done already: it says nothing about the rate. */
void progress_skip(progress *bar, double work, size_t pages);

/* Between these two the bar is away, so that lines can be printed. */
void progress_hold(progress *bar);
void progress_release(progress *bar);

#endif
