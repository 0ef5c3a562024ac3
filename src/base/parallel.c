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

static void *work(void *argument)
{
    job *shared = argument;
    size_t index;

    while ((index = atomic_fetch_add(&shared->next, 1)) < shared->count)
        shared->task(index, shared->context);
    return NULL;
}

void tmk_parallel(size_t count, int threads, tmk_task *task, void *context)
{
    job shared = {.count = count, .task = task, .context = context};
    pthread_t helpers[TMK_MAX_THREADS];
    int wanted = threads < TMK_MAX_THREADS ? threads : TMK_MAX_THREADS;
    int started = 0;

    if (wanted > 1 && (size_t)wanted > count)
        wanted = (int)count;
    while (started < wanted - 1 &&
           pthread_create(&helpers[started], NULL, work, &shared) == 0)
        started++;
    work(&shared);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
}
