/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the user's files are: the ledger is --ledger's, $TOONMARK_LEDGER's, or ledger.db
 * in the user's own data directory. */
#ifndef TOOLS_LEDGER_FILE_H
#define TOOLS_LEDGER_FILE_H

#include "arguments.h"
#include "toonmark-ledger.h"

typedef struct file_place {
    char *path;    /* NULL: nowhere, as no home directory is known */
    int was_named; /* by option or environment: then it must be there to be read */
} file_place;

/*
 * The file that OPTION (NULL: not given) names, else the environment's VARIABLE, else
 * NAME in toonmark's data directory ($XDG_DATA_HOME or ~/.local/share); without NAME
 * (NULL) nowhere.  Ends with file_place_free.
 */
file_place file_find(const char *option, const char *variable, const char *name);
void file_place_free(file_place *place);

/* The ledger's place. */
file_place ledger_find(const arguments *a);

/*
 * Opens the ledger that A means.  *LEDGER is NULL where it is neither named nor there
 * (TMK_LEDGER_READ), or has no place.  With TMK_LEDGER_WRITE it is made, and if it is not
 * named the directories above it too.  EXIT_ALL, or EXIT_TROUBLE after having said what
 * is wrong.
 */
int ledger_open(const arguments *a, tmk_ledger_mode mode, tmk_ledger **ledger);

#endif
