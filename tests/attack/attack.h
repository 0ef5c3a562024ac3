/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a released page: every attack by its name and a seed.
 *
 *     status = attack_apply("resize:0.75:lanczos+jpeg:70", 1, &page, &copy, &error);
 *     ...
 *     tmk_picture_release(&copy);
 *
 * A name is a word and its arguments, joined by ':'; steps are joined by '+' and run
 * from left to right.  attack_table lists every word with its syntax.
 */
#ifndef TESTS_ATTACK_H
#define TESTS_ATTACK_H

#include <stddef.h>
#include <stdint.h>

#include "toonmark.h"

/*
 * Applies the attack NAME to IN (any channels, 8 or 16 bits) and gives an 8-bit grey or
 * RGB picture; alpha is laid on white first.  The same arguments give the same picture.
 * OUT ends with tmk_picture_release; after a failure it holds nothing.
 */
tmk_status attack_apply(const char *name, uint64_t seed, const tmk_picture *in,
                        tmk_picture *out, tmk_error *error);

/* The same, where SECOND is the page that attacks which join pages put beside IN;
 * attack_apply draws one from the seed. */
tmk_status attack_apply_beside(const char *name, uint64_t seed, const tmk_picture *in,
                               const tmk_picture *second, tmk_picture *out, tmk_error *error);

typedef struct attack_entry {
    const char *word;   /* "jpeg" */
    const char *syntax; /* "jpeg:QUALITY[:444]" */
    const char *text;   /* what it does, one line */
} attack_entry;

/* Attack number INDEX of those this build knows, NULL after the last. */
const attack_entry *attack_table(size_t index);

/* Peak signal-to-noise ratio in dB between two 8-bit pictures of one shape; HUGE_VAL
 * where they are equal, -1 where their shapes differ. */
double attack_psnr(const tmk_picture *a, const tmk_picture *b);

/* Bytes of an 8-bit grey or RGB picture as baseline JPEG, chroma 4:2:0 or full, without
 * optimised Huffman tables; 0 if libjpeg refuses it. */
size_t attack_jpeg_size(const tmk_picture *in, int quality, int full_chroma);

#endif
