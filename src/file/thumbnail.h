/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small pictures of the page that a file's metadata hold: they pass through unmarked. */
#ifndef TMK_FILE_THUMBNAIL_H
#define TMK_FILE_THUMBNAIL_H

#include "file/metadata.h"

/* Which metadata hold a picture: "EXIF", "XMP", "Photoshop", "JFIF" or "metadata" of
 * another kind; NULL if none do.  The text is constant. */
const char *tmk_thumbnail_holder(const tmk_metadata *metadata);

#endif
