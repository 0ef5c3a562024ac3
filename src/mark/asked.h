/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The known marks, asked for by name where no mark could be decoded.
 *
 *     offer     while poses are read: the pairs of place and band that the carriers of known
 *               sign speak for most are kept, whatever their data carriers say
 *     ask       after all poses: each known mark scores its best over all pairs
 *     explain   no, where another mark explains a pair better: one near it in the code, or
 *               the decoder's own word
 *     decoys    no, unless it is above all of many marks that were drawn for this question,
 *               each of which also scores its best over all pairs
 *
 * Which pairs are kept depends on neither the list nor the decoys.  So, had no mark of the
 * list been in the picture, list and decoys would be drawn alike, and the chance that the best
 * of n + M is one of the n is n / (n + M), whatever the picture and the code: doc/evidence.md.
 */
#ifndef TMK_MARK_ASKED_H
#define TMK_MARK_ASKED_H

#include "mark/poses.h"

/* Pairs that are kept: each costs as much time as the other for every decoy. */
#define TMK_ASKED_PAIRS 64

typedef struct tmk_asked_pair {
    double likely; /* correlation of all carriers of known sign over its deviation */
    tmk_affine map;
    int band;
    tmk_soft soft;
} tmk_asked_pair;

/* What is asked of the list. */
typedef struct tmk_asking {
    const uint64_t *marks;
    size_t count;
    int decoys;         /* 0: none, and so no statement that rests on them */
    double least_score; /* a mark below is no finding */
    uint8_t seed[TMK_DECOY_SEED_BYTES];
} tmk_asking;

/* A mark of the list that stands above all decoys. */
typedef struct tmk_asked_answer {
    uint64_t mark;
    double score;
    const tmk_asked_pair *pair; /* where it scored that */
} tmk_asked_answer;

#define TMK_ASKED_ANSWERS 8

typedef struct tmk_asked tmk_asked;

/* The seed of the decoys for PICTURE: nobody without KEY knows them. */
void tmk_asked_seed(uint8_t seed[TMK_DECOY_SEED_BYTES], const tmk_key *key,
                    const tmk_picture *picture);

/* Ends with tmk_asked_free. */
tmk_status tmk_asked_new(tmk_asked **asked, tmk_error *error);
void tmk_asked_free(tmk_asked **asked);

/* Offers what the data carriers of BAND say at POSE, and returns whether it was kept. */
int tmk_asked_offer(tmk_asked *asked, const tmk_pose *pose, const tmk_band *band,
                    const tmk_soft *soft);

/* Asks; ANSWERS, *COUNT of them, come best first. */
tmk_status tmk_asked_ask(tmk_asked *asked, const tmk_asking *asking,
                         tmk_asked_answer answers[TMK_ASKED_ANSWERS], int *count,
                         tmk_error *error);

#endif
