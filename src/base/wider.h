/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same C compiled again for processors with wider vectors, of which the best is chosen
 * when the program starts.  No operation's result depends on the choice.
 *
 * Not by clang, of which version 14 exports such a function as NAME.ifunc, which nobody calls.
 */
#ifndef TMK_BASE_WIDER_H
#define TMK_BASE_WIDER_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                       \
    !defined(__SANITIZE_ADDRESS__)
#define TMK_WIDER __attribute__((target_clones("avx2", "default")))
/* For long loops of little memory: the widest vectors slow the rest down a little. */
#define TMK_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TMK_WIDER
#define TMK_WIDEST
#endif

#endif
