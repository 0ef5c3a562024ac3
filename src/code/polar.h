/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Polar codes of any power of two, any choice of information positions and any parity
 * checks among them; list decoding of soft values.
 *
 * A codeword is u times the m-th Kronecker power of (1 0; 1 1), modulo 2, where u has
 * N = 2^m places.  Each place holds an information bit, a parity check over information
 * bits that stand before it, or zero.  Information bit k of a word (1 << k) stands at the
 * k-th information place from the front.
 */
#ifndef TMK_CODE_POLAR_H
#define TMK_CODE_POLAR_H

#include "base/status.h"

#define TMK_POLAR_MIN_LOG2 2
#define TMK_POLAR_MAX_LOG2 11
#define TMK_POLAR_MAX_LENGTH (1 << TMK_POLAR_MAX_LOG2)
#define TMK_POLAR_MAX_LIST 4096

/* Soft values must lie within plus and minus this: no bit is ever quite certain. */
#define TMK_POLAR_CERTAIN 0.99999905f /* 1 - 2^-20 */

typedef enum tmk_polar_place {
    TMK_POLAR_ZERO,
    TMK_POLAR_INFORMATION,
    TMK_POLAR_CHECK
} tmk_polar_place;

/* A code.  Plain values: fill in, copy, share. */
typedef struct tmk_polar_code {
    int log2_length;                       /* TMK_POLAR_MIN_LOG2 to TMK_POLAR_MAX_LOG2 */
    uint8_t places[TMK_POLAR_MAX_LENGTH];  /* a tmk_polar_place for each of u */
    uint64_t checks[TMK_POLAR_MAX_LENGTH]; /* at a check: the information bits it adds up */
} tmk_polar_code;

/* Replaces SIZE bits (a power of two) by their product with the Kronecker power. */
void tmk_polar_transform(uint8_t *bits, int size);

/* Scratch space of a list decoder; not shared between threads while it works. */
typedef struct tmk_polar_decoder tmk_polar_decoder;

/*
 * A decoder of CODE (copied) for lists of up to LIST_SIZE paths, 1 to TMK_POLAR_MAX_LIST.
 * Takes about 12 * N * LIST_SIZE bytes.  *DECODER ends with tmk_polar_decoder_free.
 */
tmk_status tmk_polar_decoder_new(const tmk_polar_code *code, int list_size,
                                 tmk_polar_decoder **decoder, tmk_error *error);

/* Frees *DECODER and sets it to NULL; NULL is allowed. */
void tmk_polar_decoder_free(tmk_polar_decoder **decoder);

typedef struct tmk_polar_result {
    uint64_t information; /* of the likeliest codeword on the list */
    double log2_odds;     /* log2 of its probability over that of all other codewords, those
                             that left the list included by estimate; -1000 to 1000 */
} tmk_polar_result;

/*
 * Decodes N values SOFT, each P(0) - P(1) = tanh(llr / 2), keeping LIST_SIZE paths (1 to
 * the decoder's size).  Uses + - * / and comparisons alone, in a fixed order, so that all
 * machines agree.
 */
void tmk_polar_decode(tmk_polar_decoder *decoder, const float *soft, int list_size,
                      tmk_polar_result *result);

#endif
