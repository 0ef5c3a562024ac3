/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int noted; /* lock-free, so a handler may set it */

static void note(int number)
{
    atomic_store(&noted, number);
}

void interrupt_prepare(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, standing;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (sigaction(numbers[i], NULL, &standing) == 0 && standing.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file that grows too large fails alone */
}

int interrupted(void)
{
    return atomic_load(&noted);
}

void interrupt_by_pipe(void)
{
    if (errno == EPIPE)
        atomic_store(&noted, SIGPIPE);
}

int interrupt_progress(void *context, double done)
{
    (void)context;
    (void)done;
    return interrupted() != 0;
}

void interrupt_end(void)
{
    int number = interrupted();

    if (number != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
}
