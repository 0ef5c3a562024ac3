/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads change the speed, never the answer: each task writes only what is its own. */
#ifndef TMK_BASE_PARALLEL_H
#define TMK_BASE_PARALLEL_H

#include "base/status.h"

typedef void tmk_task(size_t index, void *context);

/*
 * Calls TASK(i, CONTEXT) once for each i from 0 to COUNT - 1, on up to THREADS threads
 * of which the caller's is one, and returns when all are done.  With one thread it is
 * a plain loop in order.  Where the system refuses a thread the others do its work, so
 * this can't fail; tasks report failures through their own slots of CONTEXT.
 */
void tmk_parallel(size_t count, int threads, tmk_task *task, void *context);

/* A task that can fail, and then fills ERROR. */
typedef tmk_status tmk_try_task(size_t index, void *context, tmk_error *error);

/* The same for tasks that can fail.  All of them are called, and the failure of the lowest
 * index is the caller's, so that it does not depend on the number of threads either. */
tmk_status tmk_parallel_try(size_t count, int threads, tmk_try_task *task, void *context,
                            tmk_error *error);

#endif
