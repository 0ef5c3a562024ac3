/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds a codeword to a page that lies at a given origin of the plane. */
#ifndef TMK_MARK_EMBED_H
#define TMK_MARK_EMBED_H

#include "carrier/carrier.h"
#include "mark/origin.h"

/* CODED has TMK_CODE_BITS bits, 0 or 1; OPTIONS have been checked. */
tmk_status tmk_embed_at(const tmk_carriers *carriers, const tmk_picture *picture,
                        const tmk_origin *origin, const uint8_t *coded,
                        const tmk_embed_options *options, tmk_embed_report *report,
                        tmk_error *error);

#endif
