/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many files on several threads, reported in the order in which they were named. */
#ifndef TOOLS_BATCH_H
#define TOOLS_BATCH_H

#include <stddef.h>

#define BATCH_AHEAD 256 /* files that are worked on before an earlier one is reported */

typedef struct batch {
    size_t count;
    int threads; /* 1 to 64, shared between files and the library's work on each */

    /* Does file INDEX on THREADS threads; called on any thread, in no order. */
    void (*work)(size_t index, int threads, void *context);

    /* Reports file INDEX; called by one thread at a time, in order, as early as can be.
     * Non-zero starts no further file. */
    int (*finish)(size_t index, void *context);
    void *context;
} batch;

/*
 * Runs the batch; returns when all that was started is finished.  A signal that asks
 * the program to end (see interrupt.h) starts no further file.
 */
void batch_run(const batch *job);

#endif
