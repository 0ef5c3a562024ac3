/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The quality of a VP8 key frame.
 *
 * Reads the frame header up to its quantiser indices (RFC 6386, Bankoski et al. 2011,
 * sections 7, 9.2-9.6, 19.2), and undoes the encoder's customary curve from quality to
 * index: with q in 0..1,
 *
 *     linear = 2/3 q below q = 3/4, else 2 q - 1;   index = 127 (1 - linear^(1/3))
 *
 * Segments are quantised finer and coarser around that, which shifts the exponent, but
 * not its mean over the picture; the odds of the segment map give the size of each.
 */
#include "file/vp8.h"

#include <math.h>
#include <string.h>

#define FRAME_HEAD 10 /* tag, start code, sides */
#define SEGMENTS 4
#define MAX_INDEX 127

/* The arithmetic decoder; all that is read here has even odds or a fixed length. */
typedef struct coder {
    const unsigned char *at, *end;
    unsigned value, range; /* value holds two bytes */
    int shifts;
} coder;

static unsigned next_byte(coder *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static unsigned read_bit(coder *in)
{
    unsigned split = 1 + ((in->range - 1) >> 1); /* odds of 128 in 256 */
    unsigned bit = in->value >= split << 8;

    if (bit) {
        in->range -= split;
        in->value -= split << 8;
    } else {
        in->range = split;
    }
    while (in->range < 128) {
        in->value <<= 1;
        in->range <<= 1;
        if (++in->shifts == 8) {
            in->shifts = 0;
            in->value |= next_byte(in);
        }
    }
    return bit;
}

static int read_bits(coder *in, int count)
{
    int value = 0;

    while (count-- > 0)
        value = value << 1 | (int)read_bit(in);
    return value;
}

/* A flag, then COUNT bits and a sign if it is set. */
static int read_optional(coder *in, int count)
{
    int value;

    if (!read_bit(in))
        return 0;
    value = read_bits(in, count);
    return read_bit(in) ? -value : value;
}

typedef struct segments {
    int enabled, absolute;
    int index[SEGMENTS];
    double odds[SEGMENTS - 1]; /* of the map's tree: first half, 0 in it, 2 in the other */
} segments;

static void read_segments(coder *in, segments *found)
{
    unsigned update_map, update_data;

    found->enabled = (int)read_bit(in);
    if (!found->enabled)
        return;
    update_map = read_bit(in);
    update_data = read_bit(in);
    if (update_data) {
        found->absolute = (int)read_bit(in);
        for (int i = 0; i < SEGMENTS; i++)
            found->index[i] = read_optional(in, 7);
        for (int i = 0; i < SEGMENTS; i++)
            read_optional(in, 6); /* loop filter levels */
    }
    for (int i = 0; update_map && i < SEGMENTS - 1; i++)
        if (read_bit(in))
            found->odds[i] = read_bits(in, 8) / 256.0;
}

static void skip_loop_filter(coder *in)
{
    read_bits(in, 1 + 6 + 3); /* kind, level, sharpness */
    if (read_bit(in) && read_bit(in))
        for (int i = 0; i < 8; i++)
            read_optional(in, 6);
}

/* The logarithm of 1 - index / 127, for the middle of what rounds down to INDEX. */
static double exponent(int index)
{
    index = index < 0 ? 0 : index >= MAX_INDEX ? MAX_INDEX - 1 : index;
    return log(1 - (index + 0.5) / MAX_INDEX);
}

static int quality_of(const segments *found, int base)
{
    const double *odds = found->odds;
    const double share[SEGMENTS] = {odds[0] * odds[1], odds[0] * (1 - odds[1]),
                                    (1 - odds[0]) * odds[2], (1 - odds[0]) * (1 - odds[2])};
    double mean = 0, linear;
    int quality;

    for (int i = 0; i < SEGMENTS; i++)
        mean += share[i] * exponent(!found->enabled   ? base
                                    : found->absolute ? found->index[i]
                                                      : base + found->index[i]);
    linear = exp(3 * mean);
    quality = (int)lround(100 * (linear < 0.5 ? 1.5 * linear : (1 + linear) / 2));
    return quality < 1 ? 1 : quality;
}

int tmk_vp8_quality(const unsigned char *data, size_t size)
{
    coder in = {0};
    segments found = {.odds = {1, 1, 1}};

    if (size < FRAME_HEAD + 2 || (data[0] & 1) != 0 ||
        memcmp(data + 3, "\x9d\x01\x2a", 3) != 0)
        return 0;
    in.at = data + FRAME_HEAD;
    in.end = data + size;
    in.range = 255;
    in.value = next_byte(&in) << 8;
    in.value |= next_byte(&in);
    read_bits(&in, 2); /* colour space, clamping */
    read_segments(&in, &found);
    skip_loop_filter(&in);
    read_bits(&in, 2); /* partitions */
    return quality_of(&found, read_bits(&in, 7));
}
