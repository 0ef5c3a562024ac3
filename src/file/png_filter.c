/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/png_filter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/wider.h"

enum { FILTERS = 5 };

/* Each of these filters a row, from RAW, what is LEFT of it, UP, and left of that, DIAGONAL. */
typedef void filter(unsigned char *out, const unsigned char *raw, const unsigned char *left,
                    const unsigned char *up, const unsigned char *diagonal, size_t size);

static void none(unsigned char *out, const unsigned char *raw, const unsigned char *left,
                 const unsigned char *up, const unsigned char *diagonal, size_t size)
{
    (void)left;
    (void)up;
    (void)diagonal;
    memcpy(out, raw, size);
}

TMK_WIDER
static void sub(unsigned char *restrict out, const unsigned char *raw,
                const unsigned char *left, const unsigned char *up,
                const unsigned char *diagonal, size_t size)
{
    (void)up;
    (void)diagonal;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(raw[i] - left[i]);
}

TMK_WIDER
static void above(unsigned char *restrict out, const unsigned char *raw,
                  const unsigned char *left, const unsigned char *up,
                  const unsigned char *diagonal, size_t size)
{
    (void)left;
    (void)diagonal;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(raw[i] - up[i]);
}

TMK_WIDER
static void average(unsigned char *restrict out, const unsigned char *raw,
                    const unsigned char *left, const unsigned char *up,
                    const unsigned char *diagonal, size_t size)
{
    (void)diagonal;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(raw[i] - ((left[i] + up[i]) >> 1));
}

/* The neighbour that is nearest to left + up - diagonal; at a tie in this order. */
TMK_WIDER
static void paeth(unsigned char *restrict out, const unsigned char *raw,
                  const unsigned char *left, const unsigned char *up,
                  const unsigned char *diagonal, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        short a = left[i], b = up[i], c = diagonal[i];
        short to_a = (short)abs(b - c), to_b = (short)abs(a - c);
        short to_c = (short)abs(a + b - 2 * c), nearest = to_b <= to_c ? b : c;

        nearest = to_a <= to_b && to_a <= to_c ? a : nearest;
        out[i] = (unsigned char)(raw[i] - nearest);
    }
}

TMK_WIDER
static size_t magnitudes(const unsigned char *bytes, size_t size)
{
    unsigned sum = 0; /* the largest row, of 8 million bytes, fits */

    for (size_t i = 0; i < size; i++)
        sum += bytes[i] < 128 ? bytes[i] : 256U - bytes[i];
    return sum;
}

void tmk_png_filter(unsigned char *out, unsigned char *work, const unsigned char *row,
                    const unsigned char *up, size_t size, size_t pixel)
{
    static filter *const filters[FILTERS] = {none, sub, above, average, paeth};
    size_t least = SIZE_MAX;

    for (int i = 0; i < FILTERS; i++) {
        size_t sum;

        filters[i](work + 1, row, row - pixel, up, up - pixel, size);
        sum = magnitudes(work + 1, size);
        if (sum < least) {
            least = sum;
            work[0] = (unsigned char)i;
            memcpy(out, work, size + 1);
        }
    }
}
