/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is that is no picture, by how its content begins. */
#ifndef TMK_FILE_NOPICTURE_H
#define TMK_FILE_NOPICTURE_H

#include "base/status.h"

/* Fills ERROR for the file NAME, no picture, whose SIZE bytes are at BYTES: such as "a ZIP
 * archive"; TMK_UNSUPPORTED. */
tmk_status tmk_refuse_no_picture(const unsigned char *bytes, size_t size, const char *name,
                                 tmk_error *error);

#endif
