/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "commands.h"

#define DRAW_EVERY 0.1 /* seconds */
#define WIDEST 160     /* columns that are used at the most */

struct progress {
    pthread_mutex_t lock; /* held for all that follows, and while lines are printed */
    size_t pages, pages_done;
    double work, work_done;
    double worked; /* of WORK_DONE, what was not skipped */
    size_t pages_worked;
    double start, drawn; /* seconds */
    size_t shown;        /* columns that the bar takes on the terminal now */
};

/* ---------------------------------------------------------------------- texts */

/* "0:07", "12:30" or "3:05:00". */
static void put_time(char text[32], double seconds)
{
    unsigned long all = seconds < 359999 ? (unsigned long)(seconds + 0.5) : 359999;

    if (all >= 3600)
        snprintf(text, 32, "%lu:%02lu:%02lu", all / 3600, all / 60 % 60, all % 60);
    else
        snprintf(text, 32, "%lu:%02lu", all / 60, all % 60);
}

/* How long the rest will take, from what was worked so far; "" while it is not known. */
static void put_left(char text[48], const progress *bar, double seconds)
{
    char left[32];

    text[0] = '\0';
    if (bar->worked <= 0 || seconds < 1)
        return;
    put_time(left, seconds * (bar->work - bar->work_done) / bar->worked);
    snprintf(text, 48, "  %s left", left);
}

static void put_rate(char text[48], const progress *bar, double seconds)
{
    double rate = seconds > 0 ? (double)bar->pages_worked / seconds : 0;

    text[0] = '\0';
    if (rate >= 1)
        snprintf(text, 48, "  %.1f pages/s", rate);
    else if (rate > 0)
        snprintf(text, 48, "  %.1f s/page", 1 / rate);
}

static void put_count(char text[64], const progress *bar)
{
    if (bar->pages > 0)
        snprintf(text, 64, "  %zu/%zu", bar->pages_done, bar->pages);
    else
        snprintf(text, 64, "  %zu", bar->pages_done);
}

/* -------------------------------------------------------------------- drawing */

/* Columns that may be used: the last one is left free, where some terminals wrap. */
static size_t columns(void)
{
    struct winsize size;
    size_t width = 80;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    return (width < WIDEST ? width : WIDEST) - 1;
}

/* Makes the line for WIDTH columns: what doesn't fit is left out, the bar first. */
static void make_line(char line[WIDEST + 1], size_t width, const progress *bar,
                      double seconds)
{
    double done = bar->work > 0 ? bar->work_done / bar->work : 1;
    char percent[16], count[64], rate[48], left[48], facts[192];
    size_t length, room, filled;

    done = done < 0 ? 0 : done > 1 ? 1 : done;
    snprintf(percent, sizeof percent, "%3d %%", (int)(done * 100));
    put_count(count, bar);
    put_rate(rate, bar, seconds);
    put_left(left, bar, seconds);
    snprintf(facts, sizeof facts, "%s%s%s%s", percent, count, rate, left);
    if (strlen(facts) > width)
        snprintf(facts, sizeof facts, "%s%s", percent, left);
    if (strlen(facts) > width)
        snprintf(facts, sizeof facts, "%.*s", (int)width, percent);
    length = strlen(facts);
    line[0] = '\0';
    if (width >= length + 13) {
        room = width - length - 3 < 40 ? width - length - 3 : 40;
        filled = (size_t)(done * (double)room);
        line[0] = '[';
        memset(line + 1, '=', filled);
        memset(line + 1 + filled, ' ', room - filled);
        memcpy(line + 1 + room, "] ", 3);
    }
    memcpy(line + strlen(line), facts, length + 1);
}

/* Draws over what is shown; blanks wipe what the new line does not reach. */
static void show(progress *bar, const char *line)
{
    size_t length = strlen(line);
    size_t rest = bar->shown > length ? bar->shown - length : 0;

    fprintf(stderr, "\r%s%*s", line, (int)rest, "");
    if (length == 0)
        fputc('\r', stderr);
    fflush(stderr);
    bar->shown = length;
}

/* Whether this program is the one that the terminal belongs to now. */
static int is_in_foreground(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);

    return group < 0 || group == getpgrp();
}

static void draw(progress *bar)
{
    char line[WIDEST + 1];
    double now = seconds_now();

    if (now - bar->drawn < DRAW_EVERY || !is_in_foreground())
        return;
    bar->drawn = now;
    make_line(line, columns(), bar, now - bar->start);
    show(bar, line);
}

static void wipe(progress *bar)
{
    if (bar->shown > 0)
        show(bar, "");
    bar->drawn = 0; /* and draw it again as soon as may be */
}

/* ----------------------------------------------------------------------- calls */

progress *progress_open(size_t pages, double work)
{
    progress *bar;

    if (!isatty(STDERR_FILENO))
        return NULL;
    bar = calloc(1, sizeof *bar);
    if (bar == NULL)
        return NULL; /* it would be missed least of all */
    pthread_mutex_init(&bar->lock, NULL);
    bar->pages = pages;
    bar->work = work;
    bar->start = seconds_now();
    draw(bar);
    return bar;
}

void progress_close(progress **bar)
{
    if (*bar == NULL)
        return;
    wipe(*bar);
    pthread_mutex_destroy(&(*bar)->lock);
    free(*bar);
    *bar = NULL;
}

static void advance(progress *bar, double work, size_t pages, int worked)
{
    if (bar == NULL)
        return;
    pthread_mutex_lock(&bar->lock);
    bar->work_done += work;
    bar->pages_done += pages;
    if (worked) {
        bar->worked += work;
        bar->pages_worked += pages;
    }
    draw(bar);
    pthread_mutex_unlock(&bar->lock);
}

void progress_advance(progress *bar, double work, size_t pages)
{
    advance(bar, work, pages, 1);
}

void progress_skip(progress *bar, double work, size_t pages)
{
    advance(bar, work, pages, 0);
}

void progress_hold(progress *bar)
{
    if (bar == NULL)
        return;
    pthread_mutex_lock(&bar->lock);
    wipe(bar);
}

void progress_release(progress *bar)
{
    if (bar == NULL)
        return;
    draw(bar);
    pthread_mutex_unlock(&bar->lock);
}
