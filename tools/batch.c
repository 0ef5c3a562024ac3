/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch.h"

#include <pthread.h>
#include <stdlib.h>

#include "interrupt.h"
#include "text.h"
#include "toonmark.h"

typedef struct pool {
    const batch *job;
    int threads_each;
    pthread_mutex_t lock;    /* held for all that follows */
    size_t next;             /* the first file that nobody has taken */
    size_t reported;         /* the first file that has not been reported */
    unsigned char *done;     /* by file: worked on */
    pthread_cond_t moved_on; /* a file has been reported */
    int stopped;
} pool;

/* Reports what can be reported; the lock is held. */
static void report_done(pool *p)
{
    while (!p->stopped && p->reported < p->job->count && p->done[p->reported]) {
        if (p->job->finish(p->reported, p->job->context) != 0)
            p->stopped = 1;
        p->reported++;
    }
    pthread_cond_broadcast(&p->moved_on);
}

/* Waits until the next file is not too far ahead of those that were reported. */
static void wait_for_room(pool *p)
{
    while (!p->stopped && !interrupted() && p->next >= p->reported + BATCH_AHEAD)
        pthread_cond_wait(&p->moved_on, &p->lock);
}

static void *work(void *argument)
{
    pool *p = argument;

    pthread_mutex_lock(&p->lock);
    while (wait_for_room(p), !p->stopped && !interrupted() && p->next < p->job->count) {
        size_t index = p->next++;

        pthread_mutex_unlock(&p->lock);
        p->job->work(index, p->threads_each, p->job->context);
        pthread_mutex_lock(&p->lock);
        p->done[index] = 1;
        report_done(p);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

void batch_run(const batch *job)
{
    pthread_t helpers[TMK_MAX_THREADS];
    int started = 0;
    int workers = (size_t)job->threads < job->count ? job->threads : (int)job->count;
    pool p = {
        .job = job, .lock = PTHREAD_MUTEX_INITIALIZER, .moved_on = PTHREAD_COND_INITIALIZER};

    if (workers < 1)
        return;
    p.threads_each = job->threads / workers;
    p.done = allocated(job->count, 1);
    while (started < workers - 1 && pthread_create(&helpers[started], NULL, work, &p) == 0)
        started++;
    work(&p);
    while (started > 0)
        pthread_join(helpers[--started], NULL);
    free(p.done);
}
