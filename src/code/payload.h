/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A payload of 64 bits as 2048 coded bits, and back from soft values: part of the format,
 * see doc/format.md.
 */
#ifndef TMK_CODE_PAYLOAD_H
#define TMK_CODE_PAYLOAD_H

#include "base/status.h"

#define TMK_PAYLOAD_BITS 64
#define TMK_CODE_BITS 2048

/* List sizes.  The quick one takes a fifth of the default's time on noise, and misses one
 * mark in a thousand more at z = 12.5; beyond the default there is little to gain. */
#define TMK_DECODER_MIN_LIST 1
#define TMK_DECODER_QUICK_LIST 32
#define TMK_DECODER_DEFAULT_LIST 256
#define TMK_DECODER_MAX_LIST 1024

/* Writes the coded bits of PAYLOAD, each 0 or 1 in a byte.  Linear: the coded bits of
 * a ^ b are those of a and of b added modulo 2. */
void tmk_payload_encode(uint64_t payload, uint8_t coded[TMK_CODE_BITS]);

typedef struct tmk_decoding {
    uint64_t payload; /* the best candidate, whether it was accepted or not */
    int accepted;     /* non-zero: the odds are good enough for a mark of that score */
    double log2_odds; /* log2 of the candidate's probability over that of all others,
                         -1000 to 1000, if the values hold a mark of average strength */
    double score;     /* sum(c * llr) / sqrt(sum(llr^2)), c = +1 for a coded 0, -1 for 1:
                         the correlation in standard deviations; 0 if all llr are 0 */
    int list_size;    /* the list that was needed, or the last that was tried */
} tmk_decoding;

/* Scratch space of a decoder.  One thread at a time may use it. */
typedef struct tmk_decoder tmk_decoder;

/* A decoder whose largest list is LIST_SIZE, within the limits above.  Ends with
 * tmk_decoder_free. */
tmk_status tmk_decoder_new(int list_size, tmk_decoder **decoder, tmk_error *error);

/* Frees *DECODER and sets it to NULL; NULL is allowed. */
void tmk_decoder_free(tmk_decoder **decoder);

/*
 * Decodes log-likelihood ratios ln P(0)/P(1).  A common factor in all of them changes
 * nothing but rounding (a power of two: nothing at all); their ratios to each other
 * matter.  Values that are not finite count as erased (0).  Small lists are tried first.
 */
void tmk_decoder_run(tmk_decoder *decoder, const float llr[TMK_CODE_BITS],
                     tmk_decoding *decoding);

#endif
