/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/nopicture.h"

#include <string.h>
#include <strings.h>

#define TEXT_BYTES 512 /* that are looked at to see whether a file is text */

static const char unpack[] = "unpack it and give its pictures";
static const char another[] = "give a picture";

/* A file that has SIZE bytes MAGIC at offset AT. */
static const struct kind {
    const char *name, *remedy, *magic;
    size_t at, size;
} kinds[] = {
    {"a ZIP archive (or CBZ, EPUB)", unpack, "PK\3\4", 0, 4},
    {"an empty ZIP archive", another, "PK\5\6", 0, 4},
    {"a RAR archive (or CBR)", unpack, "Rar!\x1a\7", 0, 6},
    {"a 7-Zip archive", unpack, "7z\xbc\xaf\x27\x1c", 0, 6},
    {"a tar archive", unpack, "ustar", 257, 5},
    {"a gzip file", unpack, "\x1f\x8b", 0, 2},
    {"an xz file", unpack,
     "\xfd"
     "7zXZ",
     0, 5},
    {"a Zstandard file", unpack, "\x28\xb5\x2f\xfd", 0, 4},
    {"a bzip2 file", unpack, "BZh", 0, 3},
    {"a WARC web archive", unpack, "WARC/", 0, 5},
    {"a PDF document", "extract its pictures, as pdfimages -all does", "%PDF-", 0, 5},
    {"an icon", another, "\0\0\1\0", 0, 4},
    {"a video (MP4)", "give its frames one by one", "ftyp", 4, 4},
    {"a video (Matroska or WebM)", "give its frames one by one", "\x1a\x45\xdf\xa3", 0, 4},
    {"an AVI or WAV file", "give its frames one by one", "RIFF", 0, 4},
    {"macOS's notes on a file (AppleDouble)", another, "\0\5\x16\7", 0, 4},
    {"a folder's settings of macOS (.DS_Store)", another, "\0\0\0\1Bud1", 0, 8},
    {"an OLE file (such as Thumbs.db, or an old Office document)", another,
     "\xd0\xcf\x11\xe0", 0, 4},
    {"an SQLite database", another, "SQLite format 3", 0, 15},
    {"a program", another,
     "\x7f"
     "ELF",
     0, 4},
    {"a program", another, "MZ", 0, 2},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static int begins_like(const unsigned char *bytes, size_t size, const char *word)
{
    size_t length = strlen(word);

    return size >= length && strncasecmp((const char *)bytes, word, length) == 0;
}

/* What markup there is, after a byte order mark and white space. */
static const char *name_of_markup(const unsigned char *bytes, size_t size)
{
    size_t at = begins_like(bytes, size, "\xef\xbb\xbf") ? 3 : 0;

    while (at < size && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
        at++;
    bytes += at;
    size -= at;
    if (begins_like(bytes, size, "<!doctype html") || begins_like(bytes, size, "<html") ||
        begins_like(bytes, size, "<head"))
        return "an HTML page";
    return begins_like(bytes, size, "<?xml") ? "an XML document" : NULL;
}

/* Whether no byte is one that text has not. */
static int is_text(const unsigned char *bytes, size_t size)
{
    if (size > TEXT_BYTES)
        size = TEXT_BYTES;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] < 0x20 &&
            (bytes[i] == '\0' || strchr("\t\n\v\f\r\x1b", bytes[i]) == NULL))
            return 0;
    return size > 0;
}

static const struct kind *find(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < KINDS; i++)
        if (size >= kinds[i].at + kinds[i].size &&
            memcmp(bytes + kinds[i].at, kinds[i].magic, kinds[i].size) == 0)
            return &kinds[i];
    return NULL;
}

static const char *name_of(const unsigned char *bytes, size_t size)
{
    const struct kind *kind = find(bytes, size);
    const char *markup = name_of_markup(bytes, size);

    if (kind != NULL || markup != NULL)
        return kind != NULL ? kind->name : markup;
    return is_text(bytes, size) ? "a text file" : NULL;
}

tmk_status tmk_refuse_no_picture(const unsigned char *bytes, size_t size, const char *name,
                                 tmk_error *error)
{
    const struct kind *kind = find(bytes, size);
    const char *what = name_of(bytes, size);

    if (what == NULL)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: not an image of a known format; convert it to PNG, JPEG or WebP",
                        name);
    return tmk_fail(error, TMK_UNSUPPORTED, "%s: %s; %s", name, what,
                    kind != NULL ? kind->remedy : another);
}
