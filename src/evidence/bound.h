/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The statement "not chance": how likely a picture that never met the key shows such a mark.
 *
 * Whatever the picture, its statistic L = sum a_k Re(Y_k conj(u_k)) over the data carriers
 * has, under a key that did not mark it, independent uniform phases u_k; it is therefore
 * sub-Gaussian with variance sum |a_k Y_k|^2 / 2, and P(z >= t) <= exp(-t^2 / 2) for each
 * hypothesis that was fixed before those phases were looked at.  The union bound
 * multiplies by the number of hypotheses.  doc/evidence.md has the proof.
 */
#ifndef TMK_EVIDENCE_BOUND_H
#define TMK_EVIDENCE_BOUND_H

#include <stddef.h>

/* Poses of the picture that one extraction may read at most: all count, tried or not. */
#define TMK_MAX_POSES 256

/* log10 of the bound for a score Z that is the best of all payloads, bands of VARIANTS
 * variants, and poses. */
double tmk_bound_blind(double z, int variants);

/* The same where only KNOWN_COUNT payloads were asked for. */
double tmk_bound_known(double z, size_t known_count, int variants);

/*
 * Nothing is stated below it, as log10.  With probability 2^-256 = 10^-77 a random key is
 * the very key that marked the picture, and a machine errs far more often than that.
 */
#define TMK_LEAST_LOG10_P (-60.0)

/* The least score of one of KNOWN_COUNT payloads that is stated with LOG10_BOUND or less;
 * HUGE_VAL where none is. */
double tmk_bound_least(double log10_bound, double questions, size_t known_count,
                       int variants);

/* The words that an extraction decodes at most: places times the bands that are decoded. */
#define TMK_MAX_DECODED (TMK_MAX_POSES * 80)

/*
 * The statement "not another channel": log10 of what the probability can't exceed that a mark
 * is reported of a channel whose mark is not in the picture, for the best of QUESTIONS; the
 * channels' marks were drawn uniformly, and the picture's maker did not choose them.
 *
 * Blind: one of KNOWN_COUNT marks is among all words that are decoded.
 * Known: the best of as many marks and DECOYS alike is not a decoy; NAN without decoys.
 */
double tmk_another_blind(size_t known_count, double questions);
double tmk_another_known(size_t known_count, int decoys, double questions);

/* log10 of what is stated: the bound LOG10_TAIL of one question, but no less than that floor,
 * for the best of QUESTIONS; at most 0. */
double tmk_bound_stated(double log10_tail, double questions);

#endif
