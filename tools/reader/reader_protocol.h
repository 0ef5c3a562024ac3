/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the program and its reader, a program of the same build, send each other over a
 * socket.  The reader decodes files that may do harm: whatever it sends is checked.
 *
 *     hello                                 once, from the reader
 *     request, its bytes                    a file
 *     reply, its pixels    ...              each picture, or what is wrong
 *     reply with END                        no more of this file
 */
#ifndef TOOLS_READER_PROTOCOL_H
#define TOOLS_READER_PROTOCOL_H

#include <stdint.h>

#include "toonmark.h"

#define READER_SOCKET 3 /* the reader's end */
#define READER_MEMBER_BYTES 512

/* What keeps a reader that was taken over from doing harm. */
enum { READER_LIMITS = 1, READER_LANDLOCK = 2, READER_SECCOMP = 4 };

typedef struct reader_hello {
    char version[32];
    uint32_t guards; /* those that hold */
} reader_hello;

typedef struct reader_request {
    uint64_t size; /* bytes that follow */
} reader_request;

typedef enum reader_kind {
    READER_END,
    READER_PICTURE,
    READER_PROBLEM,
    READER_NOTE
} reader_kind;

typedef struct reader_reply {
    uint32_t kind;
    uint32_t pictures; /* a picture is one of so many of its file */
    int32_t status;    /* of a problem: a tmk_status */
    char text[480];    /* the message of that or of a note, without the name of a file */
    char member[READER_MEMBER_BYTES];       /* what it is of the file; "": the file itself */
    int32_t width, height, channels, depth; /* of a picture, whose rows follow without gaps */
    int32_t damaged, rows, rows_read;       /* as tmk_image_is_damaged and so on say */
} reader_reply;

#endif
