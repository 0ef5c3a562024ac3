/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The image files that a call names: operands, lists, and folders that are walked.  They
 * are known before any work begins.
 */
#ifndef TOOLS_COLLECT_H
#define TOOLS_COLLECT_H

#include "arguments.h"
#include "inputs/inputs.h"

/* Which files of a folder are taken. */
typedef enum collect_scope {
    COLLECT_PAGES, /* those with an ending of an image */
    COLLECT_ALL    /* all, hidden ones as well: what they are is for their content to say */
} collect_scope;

/* Checks what the options say about inputs, which the command is to VERB; as
 * collect_inputs. */
int collect_check(const arguments *a, const char *verb);

/*
 * Finds what A, which was checked, names.  Files and folders that can't be read are among
 * the items, so that they are reported in their place.  LIST ends with inputs_free, after
 * failure too.  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int collect_inputs(const arguments *a, collect_scope scope, input_list *list);

#endif
