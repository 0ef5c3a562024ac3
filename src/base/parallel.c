/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct job {
    atomic_size_t next; /* the first index that nobody has taken */
    size_t count;
    tmk_task *task;
    void *context;
} job;

/* Takes the next index; 0 if there is none. */
static int take(job *shared, size_t *index)
{
    *index = atomic_fetch_add(&shared->next, 1);
    return *index < shared->count;
}

static void *help(void *argument)
{
    job *shared = argument;
    size_t index;

    while (take(shared, &index))
        shared->task(index, shared->context);
    return NULL;
}

void tmk_parallel(size_t count, int threads, tmk_task *task, void *context)
{
    job shared = {.count = count, .task = task, .context = context};
    pthread_t helpers[TMK_MAX_THREADS];
    int wanted = threads < TMK_MAX_THREADS ? threads : TMK_MAX_THREADS;
    int started = 0;
    size_t index;

    if (wanted > 1 && (size_t)wanted > count)
        wanted = (int)count;
    while (started < wanted - 1 &&
           pthread_create(&helpers[started], NULL, help, &shared) == 0)
        started++;
    while (take(&shared, &index)) /* here, so that a task is no deeper than it must be */
        task(index, context);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
}

/* ------------------------------------------------------------- tasks that can fail */

typedef struct attempt {
    tmk_try_task *task;
    void *context;
    pthread_mutex_t lock; /* of what follows */
    size_t first;         /* the lowest index that failed so far, and its failure */
    tmk_error error;
} attempt;

static void attempt_one(size_t index, void *context)
{
    attempt *a = context;
    tmk_error error = {0};
    tmk_status status = a->task(index, a->context, &error);

    if (status == TMK_OK)
        return;
    pthread_mutex_lock(&a->lock);
    if (a->error.status == TMK_OK || index < a->first) {
        a->first = index;
        a->error = error;
        a->error.status = status;
    }
    pthread_mutex_unlock(&a->lock);
}

tmk_status tmk_parallel_try(size_t count, int threads, tmk_try_task *task, void *context,
                            tmk_error *error)
{
    attempt a = {.task = task, .context = context, .lock = PTHREAD_MUTEX_INITIALIZER};

    tmk_parallel(count, threads, attempt_one, &a);
    pthread_mutex_destroy(&a.lock);
    return a.error.status == TMK_OK ? TMK_OK
                                    : tmk_fail(error, a.error.status, "%s", a.error.text);
}
