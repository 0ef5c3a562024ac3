/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reader/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"
#include "paths.h"
#include "text.h"

#define PATIENCE 600    /* seconds without a byte, after which a reader is ended */
#define LOOK_AROUND 200 /* milliseconds between looks for a signal */
#define GRACE 400       /* looks at a process that should have ended, 5 ms each */

struct reader {
    pid_t process;
    int socket;
    uint32_t guards;
    const char *path; /* of the file in hand */
    double shares;    /* of its pictures so far: at the most 1 */
    int answered;     /* there was more than notes */
    int ended;        /* there is no more of it */
    int broken;       /* what came is not what a reader sends */
    int late;         /* the process is not waited for any longer */
    reader *next;
};

struct readers {
    pthread_mutex_t lock;
    reader *idle;
    int guards;
};

/* ------------------------------------------------------------------- processes */

/* The program that reads: beside this one, or where it is installed. */
static char *find_program(void)
{
    static const char name[] = "toonmark-reader";
    char own[4096], *path;
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);

    own[length > 0 ? length : 0] = '\0';
    own[name_offset(own)] = '\0';
    path = joined(own, name, "");
    if (*own != '\0' && access(path, X_OK) == 0)
        return path;
    free(path);
    path = joined(own, "../libexec/toonmark/", name);
    if (*own != '\0' && access(path, X_OK) == 0)
        return path;
    free(path);
    return joined(READER_DIR, "/", name);
}

/* Nothing of the environment is handed on but where libraries are. */
static char **make_environment(void)
{
    static const char *const kept[] = {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
    char **all = allocated(sizeof kept / sizeof kept[0] + 2, sizeof *all);
    size_t count = 0;

    all[count++] = copied("LC_ALL=C.UTF-8");
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (getenv(kept[i]) != NULL)
            all[count++] = joined(kept[i], "=", getenv(kept[i]));
    return all;
}

/* Signals that a terminal or a batch system sends to all processes at once are this program's
 * to note: a reader ends with its socket, and must not seem to have crashed before that. */
static void get_blocked(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    sigaddset(signals, SIGQUIT);
}

/* Starts PROGRAM with its end of the socket and no other file; 0 or an errno. */
static int spawn(const char *program, int end, pid_t *process)
{
    char *const words[] = {"toonmark-reader", NULL};
    char **environment = make_environment();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t how;
    sigset_t blocked;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed == 0) {
        get_blocked(&blocked);
        posix_spawnattr_init(&how);
        posix_spawnattr_setsigmask(&how, &blocked);
        posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, end, READER_SOCKET);
        failed = posix_spawn(process, program, &actions, &how, words, environment);
        posix_spawnattr_destroy(&how);
        posix_spawn_file_actions_destroy(&actions);
    }
    for (size_t i = 0; environment[i] != NULL; i++)
        free(environment[i]);
    free(environment);
    return failed;
}

/* Ends the process, which ends by itself, and at once, when its socket does, unless it is
 * broken; how it ended. */
static int end_process(reader *self)
{
    const struct timespec moment = {0, 5000000};
    pid_t ended = 0;
    int how = 0;

    close(self->socket);
    for (int i = 0; i < GRACE && ended == 0 && !self->broken && !self->late; i++) {
        ended = waitpid(self->process, &how, WNOHANG);
        if (ended == 0)
            nanosleep(&moment, NULL);
    }
    if (ended == 0) {
        kill(self->process, SIGKILL);
        while (waitpid(self->process, &how, 0) < 0 && errno == EINTR) {
        }
    }
    return how;
}

/* ---------------------------------------------------------------------- bytes */

/* Waits until the socket is ready for EVENT; 0 when there is nothing to wait for any more. */
static int wait_for(reader *self, short event)
{
    struct pollfd what = {self->socket, event, 0};

    for (int i = 0; i < PATIENCE * 1000 / LOOK_AROUND; i++) {
        int ready = poll(&what, 1, LOOK_AROUND);

        if (ready > 0)
            return 1;
        if ((ready < 0 && errno != EINTR) || interrupted())
            return 0;
    }
    self->late = 1;
    return 0;
}

static int send_all(reader *self, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent;

        if (!wait_for(self, POLLOUT))
            return 0;
        sent = send(self->socket, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return 0;
        if (sent > 0) {
            at += sent;
            size -= (size_t)sent;
        }
    }
    return 1;
}

static int receive_all(reader *self, void *bytes, size_t size)
{
    char *at = bytes;

    while (size > 0) {
        ssize_t got;

        if (!wait_for(self, POLLIN))
            return 0;
        got = recv(self->socket, at, size, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return 0;
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
    return 1;
}

/* -------------------------------------------------------------------- readers */

readers *readers_open(void)
{
    readers *all = allocated(1, sizeof *all);

    pthread_mutex_init(&all->lock, NULL);
    all->guards = -1;
    return all;
}

void readers_close(readers **all)
{
    if (*all == NULL)
        return;
    while ((*all)->idle != NULL) {
        reader *self = (*all)->idle;

        (*all)->idle = self->next;
        end_process(self); /* it ends where its socket does */
        free(self);
    }
    pthread_mutex_destroy(&(*all)->lock);
    free(*all);
    *all = NULL;
}

int readers_guards(readers *all)
{
    int guards;

    pthread_mutex_lock(&all->lock);
    guards = all->guards;
    pthread_mutex_unlock(&all->lock);
    return guards;
}

static void fail(tmk_error *error, tmk_status status, const char *path, const char *member,
                 const char *text)
{
    error->status = status;
    snprintf(error->text, sizeof error->text, "%.200s%s%.120s: %.150s", path,
             *member != '\0' ? ":" : "", member, text);
}

/* A new process; NULL, and what is wrong. */
static reader *begin(const char *path, tmk_error *error)
{
    char *program = find_program();
    reader *self = allocated(1, sizeof *self);
    reader_hello hello = {{0}, 0};
    int ends[2], problem = 0;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        problem = errno;
    } else {
        self->socket = ends[0];
        problem = spawn(program, ends[1], &self->process);
        close(ends[1]);
        if (problem != 0)
            close(ends[0]);
    }
    if (problem == 0 && receive_all(self, &hello, sizeof hello) &&
        strncmp(hello.version, tmk_version(), sizeof hello.version) == 0) {
        self->guards = hello.guards;
        free(program);
        return self;
    }
    error->status = interrupted() ? TMK_CANCELLED : TMK_NOT_READABLE;
    snprintf(error->text, sizeof error->text,
             "%.200s: can't be decoded: %.150s: %.60s; install toonmark again", path, program,
             problem != 0 ? strerror(problem) : "not the reader of this version");
    if (problem == 0) {
        self->broken = 1;
        end_process(self);
    }
    free(self);
    free(program);
    return NULL;
}

reader *reader_start(readers *all, const void *bytes, size_t size, const char *path,
                     tmk_error *error)
{
    const reader_request request = {size};
    reader *self;

    pthread_mutex_lock(&all->lock);
    self = all->idle;
    if (self != NULL)
        all->idle = self->next;
    pthread_mutex_unlock(&all->lock);
    if (self == NULL)
        self = begin(path, error);
    if (self == NULL)
        return NULL;
    pthread_mutex_lock(&all->lock);
    all->guards = (int)(self->guards & (all->guards < 0 ? ~0u : (unsigned)all->guards));
    pthread_mutex_unlock(&all->lock);
    self->path = path;
    self->ended = 0;
    self->shares = 0;
    self->answered = 0;
    self->next = NULL;
    if (send_all(self, &request, sizeof request))
        send_all(self, bytes, size);
    return self; /* reader_next reports what went wrong */
}

/* ------------------------------------------------------------------- pictures */

static const char *describe(const reader *self, int how)
{
    if (self->broken)
        return "the decoder sent nonsense and was ended; look at the file with care";
    if (self->late)
        return "the decoder took too long and was ended; look at the file with care";
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU)
        return "the decoder took too much time and was ended; look at the file with care";
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS)
        return "the decoder tried what it may not, and was ended: the file may be an attack";
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL)
        return "the decoder was killed, perhaps for its memory; look at the file with care";
    return "the decoder crashed; look at the file with care";
}

/* The process has gone, or must go; it is replaced for the next file. */
static void report_fault(reader *self, seized *out)
{
    int how;

    self->late |= interrupted() != 0;
    how = end_process(self);

    out->status = interrupted() ? TMK_CANCELLED : TMK_BAD_FILE;
    if (out->status == TMK_BAD_FILE && WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL &&
        !self->broken && !self->late)
        out->status = TMK_NO_MEMORY; /* another call may have more */
    fail(&out->error, out->status, self->path, out->member, describe(self, how));
    self->process = 0;
    self->ended = 1;
}

/* What a picture may be, whatever the reader says. */
static int is_sound(const reader_reply *r)
{
    return r->width > 0 && r->height > 0 && r->width <= TMK_MAX_SIDE &&
           r->height <= TMK_MAX_SIDE &&
           (uint64_t)r->width * (uint64_t)r->height <= TMK_MAX_PIXELS && r->channels >= 1 &&
           r->channels <= 4 && (r->depth == 8 || r->depth == 16);
}

/* Whether a file has no more pictures than it said: what is stated of each rests on that. */
static int count_share(reader *self, const reader_reply *r)
{
    if (r->pictures == 0)
        return 0;
    self->shares += 1.0 / r->pictures;
    return self->shares <= 1 + 1e-6;
}

static int take_pixels(reader *self, const reader_reply *r, seized *out)
{
    size_t row = (size_t)r->width * (size_t)r->channels * (size_t)r->depth / 8;
    void *pixels = malloc(row * (size_t)r->height);

    out->picture = (tmk_picture){r->width, r->height, r->channels, r->depth, row, pixels};
    out->damaged = r->damaged != 0;
    out->rows = r->rows;
    out->rows_read = r->rows_read;
    out->pictures = r->pictures;
    if (pixels != NULL && receive_all(self, pixels, row * (size_t)r->height))
        return 1;
    free(pixels);
    out->picture.pixels = NULL;
    return 0;
}

/* Whether REPLY says something else than a picture, which OUT then has. */
static int take_text(reader *self, reader_reply *reply, seized *out)
{
    int known = reply->status > TMK_OK && reply->status < TMK_CANCELLED;

    reply->text[sizeof reply->text - 1] = reply->member[sizeof reply->member - 1] = '\0';
    memcpy(out->member, reply->member, sizeof out->member);
    out->is_note = reply->kind == READER_NOTE;
    self->answered |= !out->is_note;
    if (reply->kind == READER_PROBLEM)
        out->status = known ? (tmk_status)reply->status : TMK_BAD_FILE;
    if (out->is_note || out->status != TMK_OK)
        fail(&out->error, out->status, self->path, out->member, reply->text);
    return out->is_note || out->status != TMK_OK;
}

int reader_next(reader *self, seized *out)
{
    reader_reply reply;
    int fault;

    *out = (seized){.status = TMK_OK, .guards = self->guards};
    if (self->ended)
        return 0;
    fault = !receive_all(self, &reply, sizeof reply);
    if (!fault && reply.kind == READER_END && self->answered) {
        self->ended = 1;
        return 0;
    }
    if (!fault) {
        if (take_text(self, &reply, out))
            return 1;
        self->broken = reply.kind != READER_PICTURE || !is_sound(&reply) ||
                       !count_share(self, &reply);
        fault = self->broken || !take_pixels(self, &reply, out);
    }
    if (fault)
        report_fault(self, out);
    return 1;
}

void reader_finish(readers *all, reader **self)
{
    reader *r = *self;

    *self = NULL;
    if (r == NULL)
        return;
    if (r->process != 0 && r->ended) {
        pthread_mutex_lock(&all->lock);
        r->next = all->idle;
        all->idle = r;
        pthread_mutex_unlock(&all->lock);
        return;
    }
    if (r->process != 0) {
        r->broken = 1;
        end_process(r);
    }
    free(r);
}
