/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WARC, the archive format of web evidence (ISO 28500), plain or packed by gzip.
 *
 * A file is a sequence of records, each with lines of a header, an empty line, and content.
 * Those of type "response" hold what a server sent, with the lines of HTTP; "resource" ones
 * the file itself.  Pictures among them are named by their address and the record's date.
 */
#include "reader/reader_pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define MOST_RECORDS 100000
#define MOST_HEADER ((size_t)64 << 10)
#define MOST_CONTENT ((size_t)256 << 20) /* of one record */
#define PIECE ((size_t)256 << 10)
#define GZIP_OR_ZLIB (15 + 32) /* for inflateInit2 */

/* ---------------------------------------------------------------------- stream */

/* The file's bytes, unpacked: HELD of them are in the buffer, from USED on still to be read. */
typedef struct stream {
    const unsigned char *bytes;
    size_t left;
    int packed, ended;
    z_stream z;
    unsigned char *buffer;
    size_t used, held, room;
} stream;

static int stream_open(stream *s, const reader_file *file)
{
    *s = (stream){.bytes = file->bytes, .left = file->size};
    s->packed = file->size >= 2 && file->bytes[0] == 0x1f && file->bytes[1] == 0x8b;
    return !s->packed || inflateInit2(&s->z, GZIP_OR_ZLIB) == Z_OK;
}

static void stream_close(stream *s)
{
    if (s->packed)
        inflateEnd(&s->z);
    free(s->buffer);
}

/* Unpacks up to ROOM bytes to TO; a member of gzip follows the other. */
static size_t unpack(stream *s, unsigned char *to, size_t room)
{
    int status;

    s->z.next_in = (unsigned char *)s->bytes;
    s->z.avail_in = s->left > UINT32_MAX ? UINT32_MAX : (unsigned)s->left;
    s->z.next_out = to;
    s->z.avail_out = (unsigned)room;
    do {
        status = inflate(&s->z, Z_NO_FLUSH);
        if (status == Z_STREAM_END && s->z.avail_in > 0)
            status = inflateReset(&s->z);
    } while (status == Z_OK && s->z.avail_out > 0 && s->z.avail_in > 0);
    s->left -= (size_t)(s->z.next_in - s->bytes);
    s->bytes = s->z.next_in;
    s->ended = status != Z_OK || (s->left == 0 && s->z.avail_out > 0);
    return room - s->z.avail_out;
}

static size_t copy(stream *s, unsigned char *to, size_t room)
{
    size_t count = room < s->left ? room : s->left;

    memcpy(to, s->bytes, count);
    s->bytes += count;
    s->left -= count;
    s->ended = s->left == 0;
    return count;
}

/* Has SIZE bytes, or as many as there are, in the buffer; how many that are. */
static size_t want(stream *s, size_t size)
{
    if (s->used > 0 && s->held - s->used < size) {
        memmove(s->buffer, s->buffer + s->used, s->held - s->used);
        s->held -= s->used;
        s->used = 0;
    }
    while (s->held - s->used < size && !s->ended) {
        if (s->room - s->held < PIECE) {
            unsigned char *more = realloc(s->buffer, 2 * s->room + PIECE);

            if (more == NULL)
                break;
            s->buffer = more;
            s->room = 2 * s->room + PIECE;
        }
        s->held += (s->packed ? unpack : copy)(s, s->buffer + s->held, PIECE);
    }
    return s->held - s->used < size ? s->held - s->used : size;
}

/* Steps over SIZE bytes; 0 if they are not there. */
static int skip(stream *s, uint64_t size)
{
    while (size > 0) {
        size_t step = want(s, size < PIECE ? (size_t)size : PIECE);

        if (step == 0)
            return 0;
        s->used += step;
        size -= step;
    }
    return 1;
}

/* --------------------------------------------------------------------- headers */

/* The length of the lines at TEXT up to and with the first empty one; 0: there is none. */
static size_t header_length(const char *text, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        if (text[i] == '\n' && text[i + 1] == '\n')
            return i + 2;
        if (i + 3 < size && memcmp(text + i, "\r\n\r\n", 4) == 0)
            return i + 4;
    }
    return 0;
}

/* Copies the value of the line NAME in a header to TO, "" if there is none. */
static void value_of(const char *text, size_t size, const char *name, char *to, size_t room)
{
    size_t length = strlen(name), count = 0;

    for (size_t i = 0; i + length + 1 < size; i++) {
        if ((i > 0 && text[i - 1] != '\n') || strncasecmp(text + i, name, length) != 0 ||
            text[i + length] != ':')
            continue;
        i += length + 1;
        while (i < size && text[i] == ' ')
            i++;
        while (i < size && text[i] != '\r' && text[i] != '\n' && count + 1 < room)
            to[count++] = text[i++];
        break;
    }
    to[count] = '\0';
}

/* One record; its content follows in the stream. */
typedef struct record {
    uint64_t size;
    int holds_file; /* 1: as it is, 2: after the lines of HTTP; 0: neither */
    char name[480]; /* address and date */
} record;

/* Reads the header of the next record; 0 where there is none any more. */
static int next_record(stream *s, record *r)
{
    char type[32], address[400], date[40], length[24];
    const char *text;
    size_t size;

    while (want(s, 1) == 1 && (s->buffer[s->used] == '\r' || s->buffer[s->used] == '\n'))
        s->used++;
    size = want(s, MOST_HEADER);
    text = (const char *)s->buffer + s->used;
    size = size > 0 ? header_length(text, size) : 0;
    if (size == 0 || strncmp(text, "WARC/", 5) != 0)
        return 0;
    value_of(text, size, "WARC-Type", type, sizeof type);
    value_of(text, size, "WARC-Target-URI", address, sizeof address);
    value_of(text, size, "WARC-Date", date, sizeof date);
    value_of(text, size, "Content-Length", length, sizeof length);
    s->used += size;
    r->holds_file = strcmp(type, "resource") == 0 ? 1 : strcmp(type, "response") == 0 ? 2 : 0;
    r->size = strtoull(length, NULL, 10);
    snprintf(r->name, sizeof r->name, "%s%s%s%s", address, *date != '\0' ? " (" : "", date,
             *date != '\0' ? ")" : "");
    return 1;
}

/* --------------------------------------------------------------------- content */

/* Joins the chunks of HTTP (RFC 9112, 7.1) in place. */
static size_t join_chunks(unsigned char *bytes, size_t size)
{
    size_t from = 0, to = 0;

    for (;;) {
        char digits[17] = "";
        size_t length, count = 0;

        while (from < size && count < 16 && strchr("\r\n;", bytes[from]) == NULL)
            digits[count++] = (char)bytes[from++];
        while (from < size && bytes[from] != '\n')
            from++;
        from++;
        length = (size_t)strtoull(digits, NULL, 16);
        if (length == 0 || from >= size)
            return to;
        length = length < size - from ? length : size - from;
        memmove(bytes + to, bytes + from, length);
        to += length;
        from += length;
        while (from < size && (bytes[from] == '\r' || bytes[from] == '\n'))
            from++;
    }
}

/* Unpacks a body that was sent packed; *ROOM is the caller's to free.  0: it can't be. */
static int unpack_body(reader_file *body, unsigned char **room)
{
    stream s = {.bytes = body->bytes, .left = body->size, .packed = 1};
    size_t size;

    if (inflateInit2(&s.z, GZIP_OR_ZLIB) != Z_OK)
        return 0;
    size = want(&s, MOST_CONTENT);
    inflateEnd(&s.z);
    *room = s.buffer;
    body->bytes = s.buffer;
    body->size = size;
    return size > 0;
}

/* Finds the file in what a server sent, whose SIZE BYTES are changed. */
static void find_body(unsigned char *bytes, size_t size, reader_file *body,
                      unsigned char **room)
{
    size_t head = header_length((const char *)bytes, size < MOST_HEADER ? size : MOST_HEADER);
    char chunked[32], packed[32];

    value_of((const char *)bytes, head, "Transfer-Encoding", chunked, sizeof chunked);
    value_of((const char *)bytes, head, "Content-Encoding", packed, sizeof packed);
    bytes += head;
    size -= head;
    if (strcasecmp(chunked, "chunked") == 0)
        size = join_chunks(bytes, size);
    body->bytes = bytes;
    body->size = size;
    if (strcasecmp(packed, "gzip") == 0 || strcasecmp(packed, "x-gzip") == 0 ||
        strcasecmp(packed, "deflate") == 0)
        unpack_body(body, room);
}

/* What became of the records so far. */
typedef struct tally {
    size_t pictures, others;
} tally;

/* Takes the content of R, which is a file; what is no picture is counted. */
static reader_result take_content(stream *s, const record *r, reader_out *out, tally *t)
{
    reader_file body = {NULL, 0, r->name};
    unsigned char *room = NULL;
    reader_result result = READER_SENT;
    size_t size;

    if (r->size > MOST_CONTENT) {
        t->pictures++;
        result = reader_refuse(&body, out, TMK_UNSUPPORTED,
                               "more than 256 MiB; extract it by hand if it is a picture");
        return result == READER_SENT && !skip(s, r->size) ? READER_SENT : result;
    }
    size = want(s, (size_t)r->size); /* fewer where the file was cut off */
    body.bytes = s->buffer + s->used;
    body.size = size;
    if (r->holds_file == 2)
        find_body(s->buffer + s->used, size, &body, &room);
    if (reader_is_picture(&body)) {
        t->pictures++;
        result = reader_read_picture(&body, out);
    } else {
        t->others++;
    }
    s->used += size;
    free(room);
    return result;
}

/* ------------------------------------------------------------------------- all */

/* How many records hold a file; -1: this is not a WARC. */
static int count_records(const reader_file *file)
{
    int count = -1;
    stream s;
    record r;

    if (stream_open(&s, file) && want(&s, 5) == 5 && memcmp(s.buffer, "WARC/", 5) == 0)
        for (count = 0; count <= MOST_RECORDS && next_record(&s, &r);) {
            count += r.holds_file != 0;
            if (!skip(&s, r.size))
                break;
        }
    stream_close(&s);
    return count;
}

static reader_result take_records(const reader_file *file, reader_out *out, tally *t)
{
    reader_result result = READER_SENT;
    stream s;
    record r;

    if (!stream_open(&s, file))
        return reader_refuse(file, out, TMK_NO_MEMORY, "out of memory");
    while (result == READER_SENT && next_record(&s, &r)) {
        if (r.holds_file != 0)
            result = take_content(&s, &r, out, t);
        else if (!skip(&s, r.size))
            break;
    }
    stream_close(&s);
    return result;
}

reader_result reader_read_warc(const reader_file *file, reader_out *out)
{
    int count = count_records(file);
    tally t = {0, 0};
    reader_result result;
    uint32_t before;

    if (count < 0)
        return READER_NOT_MINE;
    if (count > MOST_RECORDS)
        return reader_refuse(file, out, TMK_UNSUPPORTED,
                             "a WARC of more than %d responses; split it", MOST_RECORDS);
    before = reader_split(out, (uint32_t)(count > 0 ? count : 1));
    result = take_records(file, out, &t);
    reader_rejoin(out, before);
    if (result == READER_SENT && t.pictures == 0)
        return reader_refuse(file, out, TMK_UNSUPPORTED,
                             "a WARC without pictures; give a picture");
    if (result == READER_SENT && t.others > 0 &&
        reader_send_note(out, file->member, "%zu response%s no picture%s and left out",
                         t.others, t.others == 1 ? " is" : "s are",
                         t.others == 1 ? "" : "s") != 0)
        return READER_GONE;
    return result;
}
