/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

/* Tasks of which the next is taken by whoever is free. */
typedef struct tasks {
    atomic_size_t next; /* the first index that nobody has taken */
    size_t count;
    void *context;
    tmk_task *task;
    /* or one that can fail: */
    tmk_try_task *attempt;
    pthread_mutex_t lock; /* of what follows */
    size_t first;         /* the lowest index that failed so far, and its failure */
    tmk_error error;
} tasks;

typedef struct helpers {
    pthread_t threads[TMK_MAX_THREADS];
    int started;
} helpers;

/* Takes the next index; 0 if there is none. */
static int take(tasks *shared, size_t *index)
{
    *index = atomic_fetch_add(&shared->next, 1);
    return *index < shared->count;
}

/* Starts all threads but the caller's. */
static void start(helpers *others, int threads, void *(*help)(void *), tasks *shared)
{
    int wanted = threads < TMK_MAX_THREADS ? threads : TMK_MAX_THREADS;

    others->started = 0;
    if (wanted > 1 && (size_t)wanted > shared->count)
        wanted = (int)shared->count;
    while (others->started < wanted - 1 &&
           pthread_create(&others->threads[others->started], NULL, help, shared) == 0)
        others->started++;
}

static void join(helpers *others)
{
    while (others->started > 0)
        pthread_join(others->threads[--others->started], NULL);
}

/* The loops below are the caller's and its helpers': twice, so that a task is no deeper in
 * the stack than it must be. */

static void *help(void *argument)
{
    tasks *shared = argument;
    size_t index;

    while (take(shared, &index))
        shared->task(index, shared->context);
    return NULL;
}

void tmk_parallel(size_t count, int threads, tmk_task *task, void *context)
{
    tasks shared = {.count = count, .context = context, .task = task};
    helpers others;
    size_t index;

    start(&others, threads, help, &shared);
    while (take(&shared, &index))
        task(index, context);
    join(&others);
}

/* ------------------------------------------------------------- tasks that can fail */

/* Keeps the failure of task INDEX, if it is one, and the lowest. */
static void note(tasks *shared, size_t index, tmk_status status, const tmk_error *error)
{
    if (status == TMK_OK)
        return;
    pthread_mutex_lock(&shared->lock);
    if (shared->error.status == TMK_OK || index < shared->first) {
        shared->first = index;
        shared->error = *error;
        shared->error.status = status;
    }
    pthread_mutex_unlock(&shared->lock);
}

static void *help_trying(void *argument)
{
    tasks *shared = argument;
    size_t index;

    while (take(shared, &index)) {
        tmk_error error = {0};

        note(shared, index, shared->attempt(index, shared->context, &error), &error);
    }
    return NULL;
}

tmk_status tmk_parallel_try(size_t count, int threads, tmk_try_task *task, void *context,
                            tmk_error *error)
{
    tasks shared = {.count = count,
                    .context = context,
                    .attempt = task,
                    .lock = PTHREAD_MUTEX_INITIALIZER};
    helpers others;
    size_t index;

    start(&others, threads, help_trying, &shared);
    while (take(&shared, &index)) {
        tmk_error own = {0};

        note(&shared, index, task(index, context, &own), &own);
    }
    join(&others);
    pthread_mutex_destroy(&shared.lock);
    return shared.error.status == TMK_OK
               ? TMK_OK
               : tmk_fail(error, shared.error.status, "%s", shared.error.text);
}
