/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Until the library has it. */
#ifndef STRIP_SHIM_H
#define STRIP_SHIM_H
#include "toonmark.h"
typedef enum tmk_verify_level { TMK_VERIFY_NONE, TMK_VERIFY_LIGHT, TMK_VERIFY_NORMAL, TMK_VERIFY_HARD } tmk_verify_level;
typedef struct tmk_verdict {
    int passed;
    double log10_p, score;
    int others;
    uint64_t other;
    int windows, windows_passed;
    int64_t rows, rows_needed;
} tmk_verdict;
tmk_status tmk_verify_file(const tmk_key *key, const char *path, uint64_t mark, tmk_verify_level level, int threads, tmk_verdict *verdict, tmk_error *error);
size_t tmk_slices_needed(const tmk_verdict *slices, size_t count, int joined);
#endif
