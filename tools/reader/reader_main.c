/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * toonmark-reader: decodes the files that toonmark sends it, in a process that holds neither
 * key nor ledger, and can open neither.  toonmark starts it; by hand it is of no use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader/reader_child.h"
#include "reader/reader_protocol.h"

#define MOST_MEMORY ((uint64_t)6 << 30) /* bytes: the largest picture, twice, and its file */
#define LEAST_MEMORY ((uint64_t)1 << 30)
#define SECONDS 120

/* Three quarters of the machine's memory, within bounds. */
static uint64_t memory_limit(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t most = pages > 0 && size > 0 ? (uint64_t)pages / 4 * 3 * (uint64_t)size : 0;

    return most < LEAST_MEMORY ? LEAST_MEMORY : most < MOST_MEMORY ? most : MOST_MEMORY;
}

/* Messages begin with the name that the bytes are given here; the program puts the file's. */
static void drop_name(tmk_error *error, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(error->text, name, length) == 0 &&
        strncmp(error->text + length, ": ", 2) == 0)
        memmove(error->text, error->text + length + 2, strlen(error->text + length + 2) + 1);
}

static int decode(const unsigned char *bytes, size_t size, reader_out *out)
{
    static const char name[] = "file";
    const tmk_read_options how = {.salvage = 1};
    tmk_image *image = NULL;
    tmk_error error = {0};
    int failed;

    if (tmk_image_decode_with(bytes, size, name, &how, &image, &error) != TMK_OK) {
        drop_name(&error, name);
        return reader_send_problem(out, &error, NULL);
    }
    failed = reader_send_image(out, image, NULL);
    tmk_image_free(&image);
    return failed;
}

int main(void)
{
    const reader_limits limits = {memory_limit(), SECONDS};
    struct sockaddr address;
    socklen_t length = sizeof address;

    if (getsockname(READER_SOCKET, &address, &length) != 0) {
        fputs("toonmark-reader: started by toonmark extract; of no use by hand\n", stderr);
        return 2;
    }
    return reader_serve(decode, &limits);
}
