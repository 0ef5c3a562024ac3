/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * toonmark-reader: decodes the files that toonmark sends it, in a process that holds neither
 * key nor ledger, and can open neither.  toonmark starts it; by hand it is of no use.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "reader/reader_child.h"
#include "reader/reader_pictures.h"
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

static int decode(const unsigned char *bytes, size_t size, reader_out *out)
{
    const reader_file file = {bytes, size, NULL};
    reader_result result = READER_NOT_MINE;

    if (!reader_is_picture(&file))
        result = reader_read_warc(&file, out);
    if (result == READER_NOT_MINE && !reader_is_picture(&file))
        result = reader_read_archive(&file, out);
    if (result == READER_NOT_MINE)
        result = reader_read_picture(&file, out);
    return result == READER_GONE;
}

int main(void)
{
    const reader_limits limits = {memory_limit(), SECONDS};
    struct sockaddr address;
    socklen_t length = sizeof address;

    /* What libraries would open files for later, when they may not. */
    setlocale(LC_ALL, "C.UTF-8"); /* names of members */
    setenv("TZ", "UTC0", 1);      /* their times */
    tzset();
    if (getsockname(READER_SOCKET, &address, &length) != 0) {
        fputs("toonmark-reader: started by toonmark extract; of no use by hand\n", stderr);
        return 2;
    }
    return reader_serve(decode, &limits);
}
