/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Archives, ZIP and CBZ, RAR and CBR, 7-Zip, tar, and the only file that knows libarchive.
 *
 * Nothing is written to a disk, so a member's name is only a name.  What may be an attack, or
 * can't be read, is one line each; what is no picture, such as a comic's ComicInfo.xml, is
 * counted, and named in one line for all.
 */
#include "reader/reader_pictures.h"

#ifndef HAVE_ARCHIVE

reader_result reader_read_archive(const reader_file *file, reader_out *out)
{
    (void)file;
    (void)out;
    return READER_NOT_MINE;
}

#else

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_MEMBERS 10000
#define MOST_MEMBER_BYTES ((size_t)256 << 20) /* of one */
#define MOST_BYTES ((uint64_t)8 << 30)        /* of all */
#define PIECE ((size_t)256 << 10)

/* An archive while it is read. */
typedef struct unpacking {
    struct archive *archive;
    const reader_file *file;
    reader_out *out;
    uint64_t total; /* bytes so far */
    size_t pictures, others;
    char first_other[256];
    unsigned char *bytes; /* of a member */
    size_t size, room;
} unpacking;

/* Formats that libarchive reads by itself, without other programs. */
static struct archive *open_archive(const reader_file *file)
{
    struct archive *a = archive_read_new();

    if (a == NULL)
        return NULL;
    archive_read_support_format_zip(a);
    archive_read_support_format_rar(a);
    archive_read_support_format_rar5(a);
    archive_read_support_format_7zip(a);
    archive_read_support_format_tar(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    if (archive_read_open_memory(a, file->bytes, file->size) == ARCHIVE_OK)
        return a;
    archive_read_free(a);
    return NULL;
}

/* How many members there are, up to one more than may be; -1: not an archive. */
static int count_members(const reader_file *file)
{
    struct archive *a = open_archive(file);
    struct archive_entry *entry;
    int count = -1, status;

    while (a != NULL && count <= MOST_MEMBERS &&
           ((status = archive_read_next_header(a, &entry)) == ARCHIVE_OK ||
            status == ARCHIVE_WARN))
        count += 1 + (count < 0);
    /* Encrypted headers hide all members. */
    if (a != NULL && count < 0 && archive_read_has_encrypted_entries(a) > 0)
        count = 0;
    archive_read_free(a);
    return count;
}

/* --------------------------------------------------------------------- members */

/* Reads the current member; NULL, or what is wrong.  What came before a fault is kept. */
static const char *read_member(unpacking *u)
{
    u->size = 0;
    for (;;) {
        la_ssize_t got;

        if (u->size == MOST_MEMBER_BYTES)
            return "more than 256 MiB unpacked; unpack it by hand if it is no bomb";
        if (u->total >= MOST_BYTES)
            return "the archive has more than 8 GiB unpacked; unpack it by hand if it is no "
                   "bomb";
        if (u->room - u->size < PIECE) {
            unsigned char *more = realloc(u->bytes, 2 * u->room + PIECE);

            if (more == NULL)
                return "out of memory; unpack it by hand";
            u->bytes = more;
            u->room = 2 * u->room + PIECE;
        }
        got = archive_read_data(u->archive, u->bytes + u->size, PIECE);
        if (got == 0 || (got < 0 && u->size > 0))
            return NULL;
        if (got < 0) /* ARCHIVE_RETRY as well: of data in disorder it never ends */
            return "damaged within the archive; look for another copy";
        if (got > 0) {
            u->size += (size_t)got;
            u->total += (uint64_t)got;
        }
    }
}

static void note_other(unpacking *u, const char *name)
{
    if (u->others++ == 0)
        snprintf(u->first_other, sizeof u->first_other, "%s", name);
}

/* What is to be said of ENTRY instead of reading it; NULL: nothing. */
static const char *refusal(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) != NULL || archive_entry_filetype(entry) == AE_IFLNK)
        return "a link within the archive, which is not followed";
    if (archive_entry_filetype(entry) != AE_IFREG)
        return "neither a file nor a folder; left out";
    if (archive_entry_is_data_encrypted(entry))
        return "encrypted; unpack the archive with its password, and give its pictures";
    return NULL;
}

static reader_result take_member(unpacking *u, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry), *problem = refusal(entry);
    reader_file member = {NULL, 0, name != NULL && *name != '\0' ? name : "?"};

    if (archive_entry_filetype(entry) == AE_IFDIR)
        return READER_SENT;
    if (problem == NULL)
        problem = read_member(u);
    if (problem != NULL) {
        u->pictures++;
        return reader_refuse(&member, u->out, TMK_UNSUPPORTED, "%s", problem);
    }
    member.bytes = u->bytes;
    member.size = u->size;
    if (!reader_is_picture(&member)) {
        note_other(u, member.member);
        return READER_SENT;
    }
    u->pictures++;
    return reader_read_picture(&member, u->out);
}

static reader_result take_members(unpacking *u)
{
    struct archive_entry *entry;
    reader_result result = READER_SENT;
    int status = ARCHIVE_EOF;

    while (result == READER_SENT && u->total < MOST_BYTES &&
           ((status = archive_read_next_header(u->archive, &entry)) == ARCHIVE_OK ||
            status == ARCHIVE_WARN))
        result = take_member(u, entry);
    if (result == READER_SENT && u->total < MOST_BYTES && status != ARCHIVE_EOF) {
        u->pictures++;
        return reader_refuse(u->file, u->out, TMK_BAD_FILE,
                             "damaged archive: %s; what comes before is read; look for "
                             "another copy",
                             archive_error_string(u->archive));
    }
    return result;
}

/* Says what was left out; a file of which nothing was said so far is no picture itself. */
static reader_result end_members(unpacking *u)
{
    if (u->pictures == 0)
        return reader_refuse(u->file, u->out, TMK_UNSUPPORTED,
                             "an archive without pictures; give a picture");
    if (u->others == 0)
        return READER_SENT;
    return reader_send_note(u->out, u->file->member,
                            "%zu member%s no picture%s and left out, the first %s", u->others,
                            u->others == 1 ? " is" : "s are", u->others == 1 ? "" : "s",
                            u->first_other) != 0
               ? READER_GONE
               : READER_SENT;
}

reader_result reader_read_archive(const reader_file *file, reader_out *out)
{
    unpacking u = {.file = file, .out = out};
    int count = count_members(file);
    reader_result result;
    uint32_t before;

    if (count < 0)
        return READER_NOT_MINE;
    if (count == 0)
        return reader_refuse(file, out, TMK_UNSUPPORTED,
                             "an archive whose list of members is encrypted; unpack it with "
                             "its password, and give its pictures");
    if (count > MOST_MEMBERS)
        return reader_refuse(file, out, TMK_UNSUPPORTED,
                             "an archive of more than %d members; unpack it, and give its "
                             "pictures",
                             MOST_MEMBERS);
    u.archive = open_archive(file);
    if (u.archive == NULL)
        return READER_NOT_MINE;
    before = reader_split(out, (uint32_t)count);
    result = take_members(&u);
    if (result == READER_SENT)
        result = end_members(&u);
    reader_rejoin(out, before);
    archive_read_free(u.archive);
    free(u.bytes);
    return result;
}

#endif
