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

#define MAX_CHUNKS 10000 /* that pass through */
#define KIND_PALETTE 3   /* colour type of the header */

typedef enum handling {
    OMIT,
    ONCE,    /* a second one is an error of the file and is left out */
    MANY,
    REFUSE,  /* means something that we would destroy */
    BITS,    /* significant bits of the samples */
    COLOUR,  /* of the background */
    PALETTE, /* not passed on, but the background may ask for it */
} handling;

static const struct {
    char name[5];
    handling rule;
} rules[] = {
    {"gAMA", ONCE}, {"cHRM", ONCE}, {"sRGB", ONCE}, {"iCCP", ONCE}, {"cICP", ONCE},
    {"mDCV", ONCE}, {"cLLI", ONCE}, {"pHYs", ONCE}, {"eXIf", ONCE}, {"tIME", ONCE},
    {"oFFs", ONCE}, {"sCAL", ONCE}, {"pCAL", ONCE}, {"sTER", ONCE}, {"tEXt", MANY},
    {"zTXt", MANY}, {"iTXt", MANY}, {"sPLT", MANY}, {"sBIT", BITS}, {"bKGD", COLOUR},
    {"tRNS", OMIT}, {"hIST", OMIT}, {"acTL", REFUSE}, {"PLTE", PALETTE},
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

/* The checksum of chunks (PNG specification, annex D), bit by bit: it serves small ones. */
static uint32_t checksum(const unsigned char *bytes, size_t size)
{
    uint32_t sum = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320u : 0);
    }
    return ~sum;
}

/* One step of the walk. */
typedef struct chunk {
    const unsigned char *name; /* four letters */
    const unsigned char *data;
    size_t size;
} chunk;

typedef struct walk {
    const unsigned char *header; /* data of the first chunk */
    const unsigned char *palette;
    size_t colours;
    const tmk_picture *picture;
    tmk_metadata *metadata;
    char seen[RULES + 1]; /* chunks so far, by row of the table */
    int late;             /* the pixels are behind us */
} walk;

static tmk_status add(const walk *at, const chunk *next, const unsigned char *data, size_t size)
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

static tmk_status take(walk *at, const chunk *next)
{
    size_t row = find_rule(next->name);
    handling rule = row < RULES ? rules[row].rule : rule_for_unknown(next->name);

    if (rule == REFUSE)
        return TMK_UNSUPPORTED;
    if (rule == PALETTE) {
        at->palette = next->data;
        at->colours = next->size / 3;
        return TMK_OK;
    }
    if (rule == OMIT || at->metadata->count >= MAX_CHUNKS ||
        (rule != MANY && at->seen[row]) ||
        checksum(next->name, next->size + 4) != big_endian(next->data + next->size))
        return TMK_OK;
    at->seen[row] = 1;
    if (rule == BITS)
        return add_bits(at, next);
    if (rule == COLOUR)
        return add_colour(at, next);
    return add(at, next, next->data, next->size);
}

tmk_status tmk_png_collect_chunks(const tmk_source *source, const tmk_picture *picture,
                                  tmk_metadata *metadata, tmk_error *error)
{
    const unsigned char *bytes = source->bytes + TMK_PNG_SIGNATURE_BYTES;
    const unsigned char *end = source->bytes + source->size;
    walk at = {.header = bytes + 8, .picture = picture, .metadata = metadata};
    tmk_status status = TMK_OK;

    while (status == TMK_OK && end - bytes >= 12) {
        chunk next = {bytes + 4, bytes + 8, big_endian(bytes)};

        if (next.size > (size_t)(end - bytes) - 12 || memcmp(next.name, "IEND", 4) == 0)
            break;
        at.late |= memcmp(next.name, "IDAT", 4) == 0;
        status = take(&at, &next);
        bytes += next.size + 12;
    }
    if (status == TMK_NO_MEMORY)
        return tmk_fail_memory(error, source->name);
    if (status == TMK_UNSUPPORTED)
        return tmk_fail(error, status, "%s: an animated PNG; give its frames one by one",
                        source->name);
    return status;
}
