/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The orthonormal discrete cosine transform of 8 x 8 samples (N. Ahmed, T. Natarajan,
 * K. R. Rao, 1974), in plain C whose roundings are the same on every machine: its results
 * decide the bytes of a marked page.
 */
#ifndef TMK_BLOCKS_DCT_H
#define TMK_BLOCKS_DCT_H

/* COEFFICIENTS[v][u] is that of vertical frequency v and horizontal frequency u, which may
 * lie where SAMPLES do. */
void tmk_dct(float coefficients[8][8], const float samples[8][8]);

/* The inverse; likewise in place if need be. */
void tmk_dct_inverse(float samples[8][8], const float coefficients[8][8]);

#endif
