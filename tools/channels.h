/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the channel registry is: --channels, $TOONMARK_CHANNELS, or the user's own. */
#ifndef TOOLS_CHANNELS_H
#define TOOLS_CHANNELS_H

#include "arguments.h"

typedef struct channels_place {
    char *path;   /* NULL: nowhere, as neither option nor $HOME is there */
    int was_named; /* by option or environment: then it must be there to be read */
} channels_place;

/* Finds the place; ends with channels_place_free. */
channels_place channels_find(const arguments *a);
void channels_place_free(channels_place *place);

/*
 * Loads the registry that A means.  One that is the default and missing gives
 * *REGISTRY = NULL.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int channels_load(const arguments *a, tmk_registry **registry);

#endif
