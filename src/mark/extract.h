/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blind extraction, of arguments that have been checked. */
#ifndef TMK_MARK_EXTRACT_H
#define TMK_MARK_EXTRACT_H

#include "carrier/carrier.h"

/* As tmk_extract; OPTIONS have been checked. */
tmk_status tmk_extract_checked(const tmk_key *key, const tmk_picture *picture,
                               const tmk_extract_options *options, tmk_extract_result *result,
                               tmk_error *error);

/* The same, with STAGES of search at most instead of what the effort asks for: the first
 * knows scale 1 upright, the second likely scales. */
tmk_status tmk_extract_stages(const tmk_key *key, const tmk_picture *picture,
                              const tmk_extract_options *options, int stages,
                              tmk_extract_result *result, tmk_error *error);

#endif
