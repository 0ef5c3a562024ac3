/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the tests of the attacks. */
#ifndef TESTS_ATTACK_SUPPORT_H
#define TESTS_ATTACK_SUPPORT_H

#include <check.h>
#include <string.h>

#include "tests/attack/attack.h"
#include "base/picture.h"
#include "tests/pages/draw.h"

static inline tmk_picture apply_seeded(const char *name, uint64_t seed, const tmk_picture *in)
{
    tmk_error error = {TMK_OK, ""};
    tmk_picture out = {0};

    ck_assert_msg(attack_apply(name, seed, in, &out, &error) == TMK_OK, "%s: %s", name,
                  error.text);
    ck_assert_int_eq(out.depth, 8);
    return out;
}

static inline tmk_picture apply(const char *name, const tmk_picture *in)
{
    return apply_seeded(name, 1, in);
}

static inline tmk_picture drawn(draw_kind kind, int width, int height)
{
    tmk_picture page = {0};

    ck_assert_int_eq(draw_page(7, kind, width, height, &page, NULL), TMK_OK);
    return page;
}

static inline tmk_picture blank(int width, int height, int channels)
{
    tmk_picture page = {0};

    ck_assert_int_eq(tmk_picture_alloc(&page, width, height, channels, 8, NULL), TMK_OK);
    return page;
}

/* A page of one value. */
static inline tmk_picture constant(int width, int height, int channels, int value)
{
    tmk_picture page = blank(width, height, channels);

    memset(page.pixels, value, page.stride * (size_t)height);
    return page;
}

static inline double psnr_after(const char *name, const tmk_picture *in)
{
    tmk_picture out = apply(name, in);
    double psnr = attack_psnr(in, &out);

    tmk_picture_release(&out);
    return psnr;
}

/* Different colours in P; counting stops at 300. */
static inline int colours_of(const tmk_picture *p)
{
    int seen[300], count = 0;

    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            const uint8_t *q = tmk_picture_row(p, y) + x * p->channels;
            int value = p->channels == 1 ? q[0] : q[0] << 16 | q[1] << 8 | q[2], i = 0;

            while (i < count && seen[i] != value)
                i++;
            if (i == count && count < 300)
                seen[count++] = value;
        }
    return count;
}

#endif
