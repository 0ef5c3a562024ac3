/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file each marked page is written to; every clash is found before any work. */
#ifndef TOOLS_OUTPUTS_H
#define TOOLS_OUTPUTS_H

#include "arguments.h"
#include "inputs/inputs.h"

/* Who a copy is for. */
typedef struct embed_target {
    const char *channel; /* NULL: the mark was given */
    uint64_t mark;
} embed_target;

/* All copies of all inputs. */
typedef struct output_plan {
    const arguments *args;
    const input_list *inputs;
    const embed_target *targets;
    size_t target_count;
    const char *pattern;
    unsigned fields; /* of the pattern, as names.h has them */
} output_plan;

/*
 * Checks what the options say about outputs, and chooses the pattern of their names.
 * The arguments, inputs and targets must be there.  Refuses two equal outputs, an output
 * that is another page's input, and, without -f, one that is its own input.  EXIT_ALL,
 * or EXIT_TROUBLE after having said what is wrong.
 */
int outputs_plan(output_plan *o);

/* Whether PATH is the file of an input.  Only the first slice's name is known to
 * outputs_plan; this is for those that come later. */
int outputs_is_input(const output_plan *o, const char *path);

/* Makes the directory that -d names, and those above it. */
int outputs_make_directory(const arguments *a);

/*
 * Where slice SLICE (from 0) of the strip STRIP goes for the target TARGET; ends with
 * free().  NULL if there is no such name, as ERROR states.
 */
char *outputs_name(const output_plan *o, size_t strip, size_t target, size_t slice,
                   tmk_error *error);

/* The input that output SLICE of the strip STRIP is called after. */
const input_file *outputs_input(const output_plan *o, size_t strip, size_t slice);

/* Whether outputs have the format of their input, whatever their names end in: the user chose
 * no ending. */
int outputs_keep_format(const output_plan *o);

/* The number that output SLICE (from 0) has in reports and in the ledger: from 1; 0: it is
 * a page of its own. */
int outputs_number(const arguments *a, size_t slice);

/* Makes the folders between the directory -d, if it is given, and PATH, as far as they are
 * missing. */
tmk_status outputs_make_folders(const arguments *a, const char *path, tmk_error *error);

#endif
