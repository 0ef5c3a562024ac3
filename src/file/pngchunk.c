/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chunks of a PNG file that pass through, byte for byte where that is possible.
 *
 * A walk over the file's own sequence of chunks: length, four letters, data, checksum.
 * A table says what becomes of each kind; chunks that describe samples are matched to
 * the samples that will be written.
 */
#include "file/pngchunk.h"

#include <string.h>
#include <zlib.h>

#include "base/memory.h"

#define MAX_CHUNKS 10000 /* that pass through */
#define KIND_PALETTE 3   /* colour type of the header */

typedef enum handling {
    OMIT,
    ONCE, /* a second one is an error of the file and is left out */
    MANY,
    REFUSE,    /* means something that we would destroy */
    ANIMATION, /* refused if it has frames beside the picture */
    BITS,      /* significant bits of the samples */
    COLOUR,    /* of the background */
    PALETTE,   /* not passed on, but the background may ask for it */
} handling;

static const struct {
    char name[5];
    handling rule;
} rules[] = {
    {"gAMA", ONCE}, {"cHRM", ONCE}, {"sRGB", ONCE},      {"iCCP", ONCE},   {"cICP", ONCE},
    {"mDCV", ONCE}, {"cLLI", ONCE}, {"pHYs", ONCE},      {"eXIf", ONCE},   {"tIME", ONCE},
    {"oFFs", ONCE}, {"sCAL", ONCE}, {"pCAL", ONCE},      {"sTER", ONCE},   {"tEXt", MANY},
    {"zTXt", MANY}, {"iTXt", MANY}, {"sPLT", MANY},      {"sBIT", BITS},   {"bKGD", COLOUR},
    {"tRNS", OMIT}, {"hIST", OMIT}, {"acTL", ANIMATION}, {"fdAT", REFUSE}, {"PLTE", PALETTE},
};

#define RULES (sizeof rules / sizeof rules[0])

static uint32_t big_endian(const unsigned char *bytes)
{
    return TMK_PNG_TAG(bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* The row of the table for NAME, or RULES. */
static size_t find_rule(const unsigned char *name)
{
    size_t i = 0;

    while (i < RULES && memcmp(rules[i].name, name, 4) != 0)
        i++;
    return i;
}

/* Unknown chunks pass if the file can be read without them (first letter small) and they
 * don't depend on the pixels (fourth letter small): PNG specification, section 5.4. */
static handling rule_for_unknown(const unsigned char *name)
{
    return (name[0] & 0x20) != 0 && (name[3] & 0x20) != 0 ? MANY : OMIT;
}

/* One step of the walk. */
typedef struct chunk {
    const unsigned char *name; /* four letters */
    const unsigned char *data;
    size_t size;
} chunk;

typedef struct walk {
    unsigned char header[13]; /* data of the first chunk */
    unsigned char palette[3 * 256];
    size_t colours;
    const tmk_picture *picture;
    tmk_metadata *metadata;
    char seen[RULES + 1]; /* chunks so far, by row of the table */
    int late;             /* the pixels have passed */
} walk;

static tmk_status add(const walk *at, const chunk *next, const unsigned char *data,
                      size_t size)
{
    return tmk_metadata_add(at->metadata, big_endian(next->name), at->late, data, size);
}

/* The significant bits of each sample: all of alpha's, where a colour was transparent. */
static tmk_status add_bits(const walk *at, const chunk *next)
{
    unsigned char bits[5] = {0};
    size_t size = next->size, channels = (size_t)at->picture->channels;

    if (size > 4)
        return TMK_OK;
    memcpy(bits, next->data, size);
    if (tmk_picture_has_alpha(at->picture) && size + 1 == channels)
        bits[size++] = (unsigned char)at->picture->depth;
    return size == channels ? add(at, next, bits, size) : TMK_OK;
}

/* The background: an index is looked up, a grey value of few bits is spread. */
static tmk_status add_colour(const walk *at, const chunk *next)
{
    int depth = at->header[8], kind = at->header[9];
    unsigned char colour[6] = {0};

    if (kind == KIND_PALETTE) {
        if (next->size != 1 || next->data[0] >= at->colours)
            return TMK_OK;
        for (size_t i = 0; i < 3; i++)
            colour[2 * i + 1] = at->palette[3 * (size_t)next->data[0] + i];
        return add(at, next, colour, 6);
    }
    if (depth < 8) {
        if (next->size != 2 || next->data[1] >> depth != 0)
            return TMK_OK;
        colour[1] = (unsigned char)(next->data[1] * (255 / ((1 << depth) - 1)));
        return add(at, next, colour, 2);
    }
    return add(at, next, next->data, next->size);
}

static handling rule_for(const unsigned char *name)
{
    size_t row = find_rule(name);

    return row < RULES ? rules[row].rule : rule_for_unknown(name);
}

static tmk_status take(walk *at, const chunk *next)
{
    size_t row = find_rule(next->name);
    handling rule = rule_for(next->name);

    if (rule == REFUSE)
        return TMK_UNSUPPORTED;
    if (rule == ANIMATION) /* of one frame, which is the picture unless there is another */
        return next->size == 8 && big_endian(next->data) == 1 ? TMK_OK : TMK_UNSUPPORTED;
    if (rule == PALETTE) {
        at->colours = next->size / 3 < 256 ? next->size / 3 : 256;
        memcpy(at->palette, next->data, 3 * at->colours);
        return TMK_OK;
    }
    if ((rule != MANY && at->seen[row]) ||
        crc32_z(0, next->name, next->size + 4) != big_endian(next->data + next->size))
        return TMK_OK;
    at->seen[row] = 1;
    if (rule == BITS)
        return add_bits(at, next);
    if (rule == COLOUR)
        return add_colour(at, next);
    return add(at, next, next->data, next->size);
}

/* Reads the chunk of SIZE bytes whose name is at WHERE, and deals with it. */
static tmk_status read_chunk(walk *at, const tmk_input *input, uint64_t where, size_t size)
{
    unsigned char *bytes = tmk_calloc(size + 8, 1); /* name, data, checksum */
    tmk_status status = TMK_NO_MEMORY;

    if (bytes != NULL) {
        chunk next = {bytes, bytes + 4, size};

        status = tmk_input_read(input, where, bytes, size + 8) ? take(at, &next)
                                                               : TMK_NOT_READABLE;
    }
    tmk_free(bytes);
    return status;
}

/* The length and name of the chunk at WHERE; 0 if it doesn't lie within the file. */
static int read_head(const tmk_input *input, uint64_t where, unsigned char head[8])
{
    uint64_t left = input->size - where;

    return tmk_input_read(input, where, head, 8) && left >= 12 &&
           big_endian(head) <= left - 12;
}

/* Bytes after the end are not written; zeros are no loss. */
static void note_trailer(const walk *at, const tmk_input *input, uint64_t where)
{
    unsigned char bytes[64];
    size_t size = input->size - where < sizeof bytes ? (size_t)(input->size - where)
                                                     : sizeof bytes;

    if (tmk_input_read(input, where, bytes, size) && !tmk_is_padding(bytes, size))
        at->metadata->lost |= TMK_LOST_TRAILER;
}

static tmk_status walk_chunks(walk *at, const tmk_input *input)
{
    uint64_t where = TMK_PNG_SIGNATURE_BYTES;
    tmk_status status = TMK_OK;
    unsigned char head[8];

    tmk_input_read(input, where + 8, at->header, sizeof at->header);
    while (status == TMK_OK && read_head(input, where, head) &&
           memcmp(head + 4, "IEND", 4) != 0) {
        uint32_t size = big_endian(head);

        at->late |= memcmp(head + 4, "IDAT", 4) == 0;
        if (rule_for(head + 4) != OMIT && at->metadata->count < MAX_CHUNKS)
            status = read_chunk(at, input, where + 4, size);
        where += (uint64_t)size + 12;
    }
    if (status == TMK_OK && read_head(input, where, head))
        note_trailer(at, input, where + 12);
    return status;
}

tmk_status tmk_png_check_chunks(const tmk_input *input, int salvage, tmk_error *error)
{
    uint64_t where = TMK_PNG_SIGNATURE_BYTES;
    unsigned char head[8];

    do {
        if (!read_head(input, where, head) && salvage)
            return TMK_OK;
        if (!read_head(input, where, head))
            return tmk_fail(error, TMK_BAD_FILE,
                            "%s: damaged PNG: the file ends too early; export it again",
                            input->name);
        if (memcmp(head + 4, "IDAT", 4) != 0 && big_endian(head) > TMK_PNG_MAX_TEXT)
            return tmk_fail(error, TMK_BAD_FILE,
                            "%s: a PNG with %u MiB in one chunk of metadata; export it "
                            "without",
                            input->name, (unsigned)(big_endian(head) >> 20));
        where += (uint64_t)big_endian(head) + 12;
    } while (memcmp(head + 4, "IEND", 4) != 0);
    return TMK_OK;
}

static tmk_status take_exif(tmk_metadata *metadata)
{
    tmk_status status = TMK_OK;

    for (size_t i = 0; status == TMK_OK && i < metadata->count; i++)
        if (metadata->chunks[i].tag == TMK_PNG_TAG('e', 'X', 'I', 'f'))
            status = tmk_exif_append(&metadata->exif, metadata->chunks[i].data.bytes,
                                     metadata->chunks[i].data.size);
    return status;
}

tmk_status tmk_png_collect_chunks(const tmk_input *input, const tmk_picture *picture,
                                  tmk_metadata *metadata, tmk_error *error)
{
    walk at = {.picture = picture, .metadata = metadata};
    tmk_status status = walk_chunks(&at, input);

    if (status == TMK_OK)
        status = take_exif(metadata);
    if (status == TMK_NO_MEMORY)
        return tmk_fail_memory(error, input->name);
    if (status == TMK_NOT_READABLE)
        return tmk_fail(error, status, "%s: can't be read, or changed while it was read",
                        input->name);
    if (status == TMK_UNSUPPORTED)
        return tmk_fail(error, status, "%s: an animated PNG; give its frames one by one",
                        input->name);
    return status;
}
