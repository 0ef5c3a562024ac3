/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader of seized files that was taken over: what it does is what the file says.
 *
 *     CRASH  LOOP  EAT  OPEN PATH  CONNECT  RUN  KILL  TGKILL  LIE    what it may not
 *     NOTHING                                               claims to hold no picture
 *     SIGNAL                                                gets what a terminal sends to all
 *     LIST                                                  reports what it holds
 *
 * All else is decoded.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reader/reader_child.h"
#include "reader/reader_protocol.h"

#define MEMORY ((uint64_t)512 << 20)
#define SECONDS 1

static volatile int sink;

static int report(reader_out *out, const char *text)
{
    tmk_error error = {.status = TMK_BAD_FILE};

    snprintf(error.text, sizeof error.text, "%s", text);
    return reader_send_problem(out, &error, NULL);
}

static int eat(reader_out *out)
{
    size_t had = 0;

    for (size_t piece = 16 << 20; had < ((size_t)8 << 30); had += piece) {
        char *memory = malloc(piece);

        if (memory == NULL)
            return report(out, "no more memory");
        sink += memory[0] = 1; /* a page of it */
    }
    return report(out, "8 GiB");
}

static int open_file(reader_out *out, const char *path)
{
    return report(out, open(path, O_RDONLY) < 0 ? "not opened" : "OPENED");
}

/* The descriptors that are open, and whether the environment names a key. */
static int list(reader_out *out)
{
    char text[256] = "holds";

    for (int i = 0; i < 1024; i++)
        if ((lseek(i, 0, SEEK_CUR) >= 0 || errno != EBADF) && strlen(text) < 200)
            sprintf(text + strlen(text), " %d", i);
    strcat(text, getenv("TOONMARK_KEY") != NULL ? " and a key's name" : "");
    return report(out, text);
}

static int misbehave(const char *what, reader_out *out)
{
    if (strcmp(what, "CRASH") == 0)
        raise(SIGSEGV);
    if (strcmp(what, "LOOP") == 0)
        for (;;)
            sink++;
    if (strcmp(what, "EAT") == 0)
        return eat(out);
    if (strncmp(what, "OPEN ", 5) == 0)
        return open_file(out, what + 5);
    if (strcmp(what, "CONNECT") == 0)
        return report(out, socket(AF_INET, SOCK_STREAM, 0) < 0 ? "no network" : "CONNECTED");
    if (strcmp(what, "RUN") == 0)
        return report(out, execl("/bin/true", "true", (char *)NULL) < 0 ? "not run" : "RUN");
    if (strcmp(what, "KILL") == 0)
        return report(out, kill(getppid(), SIGKILL) < 0 ? "not killed" : "KILLED");
    if (strcmp(what, "TGKILL") == 0) /* signal 0 only asks whether it may */
        return report(out, syscall(SYS_tgkill, getppid(), getppid(), 0) < 0 ? "not killed"
                                                                            : "KILLED");
    if (strcmp(what, "SIGNAL") == 0)
        return report(out, raise(SIGINT) + raise(SIGTERM) + raise(SIGHUP) == 0 ? "still here"
                                                                               : "none sent");
    if (strcmp(what, "NOTHING") == 0)
        return 0;
    if (strcmp(what, "LIE") == 0)
        return send(READER_SOCKET, what, sizeof(reader_reply), MSG_NOSIGNAL) < 0;
    return strcmp(what, "LIST") == 0 ? list(out) : 1;
}

static int decode(const unsigned char *bytes, size_t size, reader_out *out)
{
    static char word[4096]; /* as long as a reply, and more */
    tmk_image *image = NULL;
    tmk_error error;
    int failed;

    if (size > 2 && size < sizeof word / 2 && bytes[0] >= 'A' && bytes[0] <= 'Z') {
        memset(word, 0, sizeof word);
        memcpy(word, bytes, size - 1); /* without the line's end */
        return misbehave(word, out);
    }
    if (tmk_image_decode(bytes, size, "file", &image, &error) != TMK_OK)
        return reader_send_problem(out, &error, NULL);
    failed = reader_send_image(out, image, NULL);
    tmk_image_free(&image);
    return failed;
}

int main(void)
{
    const reader_limits limits = {MEMORY, SECONDS};

    return reader_serve(decode, &limits);
}
