/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader's side: a loop over the files that it is sent, once it is fenced off. */
#ifndef TOOLS_READER_CHILD_H
#define TOOLS_READER_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "toonmark-file.h"

/* What a file may cost. */
typedef struct reader_limits {
    uint64_t memory; /* bytes of address space, for all there is */
    int seconds;     /* of processor time */
} reader_limits;

typedef struct reader_out reader_out;

/* Decodes SIZE BYTES and sends, by the two functions below, what they hold.  Non-zero: the
 * program has gone, and the reader ends. */
typedef int reader_decode(const unsigned char *bytes, size_t size, reader_out *out);

/* Sends IMAGE, or what is wrong, under the name of MEMBER (NULL: the file itself). */
int reader_send_image(reader_out *out, tmk_image *image, const char *member);
int reader_send_problem(reader_out *out, const tmk_error *error, const char *member);

/* Sends a message about MEMBER that is no failure. */
int reader_send_note(reader_out *out, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * What is sent from now on is one of PARTS, 1 or more, that this part of the file has, until
 * reader_rejoin with what this returns: each picture counts by all that might have been asked.
 */
uint32_t reader_split(reader_out *out, uint32_t parts);
void reader_rejoin(reader_out *out, uint32_t before);

/* Serves until the program goes; the exit status. */
int reader_serve(reader_decode *decode, const reader_limits *limits);

#endif
