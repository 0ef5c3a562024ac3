/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C and its like: the work in hand is dropped cleanly, a second one ends at once. */
#ifndef TOOLS_INTERRUPT_H
#define TOOLS_INTERRUPT_H

/* From now on SIGINT, SIGTERM and SIGHUP are noted, and SIGPIPE is a write error. */
void interrupt_prepare(void);

/* The signal that was noted, or 0. */
int interrupted(void);

/* After a failed output, while errno is its: if nobody reads what is written, it is as if
 * SIGPIPE had come, so that the program ends as quietly as others do. */
void interrupt_by_pipe(void);

/* A progress callback for the library: cancels once a signal was noted. */
int interrupt_progress(void *context, double done);

/* Ends the program by the signal that was noted, as its parent expects; else returns. */
void interrupt_end(void);

#endif
