/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which mark belongs to which channel: the objects behind the public tmk_registry_*
 * functions, whose descriptions in toonmark.h hold.
 */
#ifndef TMK_EVIDENCE_REGISTRY_H
#define TMK_EVIDENCE_REGISTRY_H

#include "base/status.h"

#define TMK_CHANNEL_NAME_BYTES 200  /* longest name */
#define TMK_CHANNEL_NOTE_BYTES 1000 /* longest note */

/*
 * Reads a registry from SIZE bytes of TEXT, of which it takes a copy; PATH is for
 * messages.  *REGISTRY ends with tmk_registry_free.
 */
TMK_MUST_USE tmk_status tmk_registry_parse(const char *text, size_t size, const char *path,
                                           tmk_registry **registry, tmk_error *error);

#endif
