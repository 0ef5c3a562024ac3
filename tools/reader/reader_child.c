/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reader/reader_child.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "reader/reader_guard.h"
#include "reader/reader_protocol.h"

struct reader_out {
    int socket;
    uint32_t pictures; /* that there may be, of which each is one */
    const reader_limits *limits;
};

/* ---------------------------------------------------------------------- bytes */

static int send_all(int to, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent = send(to, at, size, MSG_NOSIGNAL);

        if (sent < 0 && errno != EINTR)
            return -1;
        if (sent > 0) {
            at += sent;
            size -= (size_t)sent;
        }
    }
    return 0;
}

static int receive_all(int from, void *bytes, size_t size)
{
    char *at = bytes;

    while (size > 0) {
        ssize_t got = recv(from, at, size, 0);

        if (got == 0 || (got < 0 && errno != EINTR))
            return -1;
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
    return 0;
}

/* Processor time for one more picture: the limit counts all since the start. */
static void allow_seconds(int seconds)
{
    struct rusage used;
    struct rlimit limit;

    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0)
        return;
    limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1 + seconds);
    setrlimit(RLIMIT_CPU, &limit);
}

/* -------------------------------------------------------------------- replies */

static void put_text(char *to, size_t room, const char *text)
{
    snprintf(to, room, "%s", text != NULL ? text : "");
}

int reader_send_problem(reader_out *out, const tmk_error *error, const char *member)
{
    reader_reply reply = {.kind = READER_PROBLEM, .status = (int32_t)error->status};

    put_text(reply.text, sizeof reply.text, error->text);
    put_text(reply.member, sizeof reply.member, member);
    return send_all(out->socket, &reply, sizeof reply);
}

int reader_send_image(reader_out *out, tmk_image *image, const char *member)
{
    const tmk_picture *picture = tmk_image_picture(image);
    size_t row = (size_t)picture->width * (size_t)picture->channels * (size_t)picture->depth /
                 8;
    reader_reply reply = {.kind = READER_PICTURE,
                          .pictures = out->pictures,
                          .width = picture->width,
                          .height = picture->height,
                          .channels = picture->channels,
                          .depth = picture->depth,
                          .damaged = tmk_image_is_damaged(image),
                          .rows = tmk_image_rows(image),
                          .rows_read = tmk_image_rows_read(image)};
    int failed;

    put_text(reply.member, sizeof reply.member, member);
    allow_seconds(out->limits->seconds); /* for what comes next */
    failed = send_all(out->socket, &reply, sizeof reply);
    if (failed == 0 && picture->stride == row)
        return send_all(out->socket, picture->pixels, row * (size_t)picture->height);
    for (int y = 0; failed == 0 && y < picture->height; y++)
        failed = send_all(out->socket,
                          (const char *)picture->pixels + (size_t)y * picture->stride, row);
    return failed;
}

int reader_send_note(reader_out *out, const char *member, const char *format, ...)
{
    reader_reply reply = {.kind = READER_NOTE};
    va_list values;

    va_start(values, format);
    vsnprintf(reply.text, sizeof reply.text, format, values);
    va_end(values);
    put_text(reply.member, sizeof reply.member, member);
    return send_all(out->socket, &reply, sizeof reply);
}

uint32_t reader_split(reader_out *out, uint32_t parts)
{
    uint32_t before = out->pictures;

    out->pictures = parts > UINT32_MAX / before ? UINT32_MAX : before * parts;
    return before;
}

void reader_rejoin(reader_out *out, uint32_t before)
{
    out->pictures = before;
}

/* ---------------------------------------------------------------------- files */

/* Receives one file and answers it; non-zero ends the reader. */
static int serve_one(reader_out *out, reader_decode *decode, const reader_limits *limits)
{
    static const reader_reply end = {.kind = READER_END};
    reader_request request;
    unsigned char *bytes;
    int failed;

    if (receive_all(out->socket, &request, sizeof request) != 0)
        return -1;
    bytes = malloc(request.size > 0 ? request.size : 1);
    if (bytes == NULL)
        return -1;
    failed = receive_all(out->socket, bytes, request.size);
    if (failed == 0) {
        allow_seconds(limits->seconds);
        failed = decode(bytes, request.size, out);
    }
    free(bytes);
    return failed != 0 ? failed : send_all(out->socket, &end, sizeof end);
}

int reader_serve(reader_decode *decode, const reader_limits *limits)
{
    reader_out out = {READER_SOCKET, 1, limits};
    reader_hello hello = {.guards = reader_guard(limits->memory)};

    put_text(hello.version, sizeof hello.version, tmk_version());
    if (send_all(out.socket, &hello, sizeof hello) != 0)
        return 1;
    while (serve_one(&out, decode, limits) == 0) {
    }
    return 0;
}
