/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files in, standard input ("-") included, and what streams are called. */
#ifndef TMK_FILE_STREAM_H
#define TMK_FILE_STREAM_H

#include "base/status.h"
#include "toonmark-file.h"
#include "file/metadata.h"

#define TMK_MAX_FILE_BYTES ((size_t)1 << 30) /* larger input is refused */

/* What to call PATH in a message. */
const char *tmk_stream_input_name(const char *path);
const char *tmk_stream_output_name(const char *path);

/* Reads all of PATH into CONTENT, which is the caller's, after failure too. */
tmk_status tmk_stream_read(const char *path, tmk_blob *content, tmk_error *error);

#endif
