/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A failure is a status and one line for a person; both travel up to the caller. */
#ifndef TMK_BASE_STATUS_H
#define TMK_BASE_STATUS_H

#include "toonmark.h"

/* Fills ERROR (may be NULL) with STATUS and the formatted line; returns STATUS. */
tmk_status tmk_fail(tmk_error *error, tmk_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The usual line for a failed allocation of what WHAT names; returns TMK_NO_MEMORY. */
tmk_status tmk_fail_memory(tmk_error *error, const char *what);

/* Hands a failure on to the caller, where nothing has to be released first. */
#define TMK_TRY(expression)                                                                  \
    do {                                                                                     \
        tmk_status tmk_try_status_ = (expression);                                           \
        if (tmk_try_status_ != TMK_OK)                                                       \
            return tmk_try_status_;                                                          \
    } while (0)

#endif
