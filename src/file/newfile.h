/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that is being made: all of it or nothing.
 *
 * It grows without a name, or, where the file system can't do that, under another name in
 * the same directory; it reaches the disk, and only then gets its own name.  Whatever fails,
 * and even if the process is killed, an old file is untouched and no new one is to be seen.
 * The digest of its bytes is taken as they pass.
 */
#ifndef TMK_FILE_NEWFILE_H
#define TMK_FILE_NEWFILE_H

#include <sys/types.h>

#include "base/digest.h"
#include "base/status.h"
#include "toonmark-file.h"

typedef struct tmk_newfile tmk_newfile;

/* Whether PATH may be written, to be reported before the work is done.  OVERWRITE is that of
 * tmk_write_options. */
tmk_status tmk_newfile_check(const char *path, tmk_output_mode overwrite, tmk_error *error);

/* Begins the file PATH ("-" is standard output, whose bytes go out at once, as those of a
 * device do).  It ends with one of the two below. */
tmk_status tmk_newfile_open(tmk_newfile **file, const char *path, tmk_output_mode overwrite,
                            tmk_error *error);

/* Grants others no more than a file of permissions MODE does, unless one is replaced: that a page
 * is private should not end with its copy. */
tmk_status tmk_newfile_limit(tmk_newfile *file, mode_t mode, tmk_error *error);

/* What to call it in a message. */
const char *tmk_newfile_name(const tmk_newfile *file);

/* Appends SIZE bytes. */
tmk_status tmk_newfile_put(tmk_newfile *file, const void *bytes, size_t size,
                           tmk_error *error);

/*
 * Ends *FILE, which becomes NULL also after a failure: it takes its name.  A file that is
 * there, even since a moment ago, is dealt with as OVERWRITE says (TMK_EXISTS).  Its size
 * and the BLAKE2b-256 digest of its bytes are given; both pointers may be NULL.
 */
tmk_status tmk_newfile_finish(tmk_newfile **file, uint64_t *size,
                              uint8_t digest[TMK_HASH_BYTES], tmk_error *error);

/* Gives *FILE up, as if it had never been begun; NULL is allowed. */
void tmk_newfile_abandon(tmk_newfile **file);

/* Makes the file PATH of SIZE bytes at once; WRITTEN and DIGEST as above. */
tmk_status tmk_newfile_write(const char *path, tmk_output_mode overwrite, const void *bytes,
                             size_t size, uint64_t *written, uint8_t digest[TMK_HASH_BYTES],
                             tmk_error *error);

#endif
