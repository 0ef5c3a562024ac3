/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch.h"

#include <pthread.h>
#include <stdlib.h>

#include "interrupt.h"
#include "text.h"
#include "toonmark.h"

typedef struct crew {
    const batch *batch;
    int threads_each;
    pthread_mutex_t lock;      /* held for all that follows */
    size_t next;               /* the first file that nobody has taken */
    size_t reported;           /* the first file that has not been reported */
    unsigned char *done;       /* by file: worked on */
    pthread_cond_t told;       /* a file has been reported */
    int stopped;
} crew;

/* Reports what can be reported; the lock is held. */
static void report_done(crew *c)
{
    while (!c->stopped && c->reported < c->batch->count && c->done[c->reported]) {
        if (c->batch->finish(c->reported, c->batch->context) != 0)
            c->stopped = 1;
        c->reported++;
    }
    pthread_cond_broadcast(&c->told);
}

/* Waits until the next file is not too far ahead of those that were reported. */
static void wait_for_room(crew *c)
{
    while (!c->stopped && !interrupted() && c->next >= c->reported + BATCH_AHEAD)
        pthread_cond_wait(&c->told, &c->lock);
}

static void *work(void *argument)
{
    crew *c = argument;

    pthread_mutex_lock(&c->lock);
    while (wait_for_room(c), !c->stopped && !interrupted() && c->next < c->batch->count) {
        size_t index = c->next++;

        pthread_mutex_unlock(&c->lock);
        c->batch->work(index, c->threads_each, c->batch->context);
        pthread_mutex_lock(&c->lock);
        c->done[index] = 1;
        report_done(c);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

void batch_run(const batch *job)
{
    pthread_t helpers[TMK_MAX_THREADS];
    int started = 0;
    int workers = (size_t)job->threads < job->count ? job->threads : (int)job->count;
    crew c = {.batch = job, .lock = PTHREAD_MUTEX_INITIALIZER,
              .told = PTHREAD_COND_INITIALIZER};

    if (workers < 1)
        return;
    c.threads_each = job->threads / workers;
    c.done = allocated(job->count, 1);
    while (started < workers - 1 && pthread_create(&helpers[started], NULL, work, &c) == 0)
        started++;
    work(&c);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
    free(c.done);
}
