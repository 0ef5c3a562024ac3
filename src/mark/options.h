/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every option's default and legal range, in one place. */
#ifndef TMK_MARK_OPTIONS_H
#define TMK_MARK_OPTIONS_H

#include "base/status.h"

#define TMK_DEFAULT_BOUND (-9.0)
#define TMK_DEFAULT_DECOYS 100000

tmk_status tmk_strength_check(double strength, tmk_error *error);
tmk_status tmk_variant_check(int variant, tmk_error *error);
tmk_status tmk_threads_check(int threads, tmk_error *error);
tmk_status tmk_embed_options_check(const tmk_embed_options *options, tmk_error *error);
tmk_status tmk_extract_options_check(const tmk_extract_options *options, tmk_error *error);

#endif
