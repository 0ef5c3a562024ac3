/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How outputs are called: patterns such as '{channel}/{dir}/{stem}{ext}'.
 *
 *     {channel} {mark} {variant}  who the copy is for, and which of theirs it is
 *     {dir}                       the input's folder below the one that was walked
 *     {stem} {ext}                the input's name, without its ending; the ending, ".png"
 *     {slice}                     the output slice's number, "001"
 *     {title} {episode} {page}    what the page is, as the ledger has it
 *     {{ }}                       braces
 *
 * A name never points outside the directory that it is in: empty parts are dropped,
 * "." and ".." are refused.  What a field but {dir} stands for is one part of a path:
 * there "/" is written as %2F, "%" as %25, and a leading "." or "-" as %2E or %2D, so
 * that different values stay different; all else, blanks and any script, stays.
 */
#ifndef TOOLS_NAMES_H
#define TOOLS_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* What the fields stand for.  Texts are NULL where nothing is known. */
typedef struct name_values {
    const char *channel;
    uint64_t mark;
    int variant;
    const char *path; /* the input, for {dir}, {stem} and {ext} */
    size_t inside;    /* as in input_file */
    size_t slice;
    const char *title, *episode, *page;
} name_values;

/* Which fields a pattern has: NAME_SLICE and so on. */
enum {
    NAME_CHANNEL = 1,
    NAME_MARK = 2,
    NAME_DIR = 4,
    NAME_STEM = 8,
    NAME_EXT = 16,
    NAME_SLICE = 32,
    NAME_TITLE = 64,
    NAME_EPISODE = 128,
    NAME_PAGE = 256,
    NAME_VARIANT = 512
};

/*
 * Checks PATTERN, and puts the fields it has into *FIELDS.  NULL, or what is wrong with
 * it, which goes into PROBLEM.
 */
const char *names_check(const char *pattern, unsigned *fields, char problem[160]);

/*
 * Whether copies for different channels can't get one name: {channel} or {mark} is a
 * part of its own, at a fixed place from the beginning or the end.
 */
int names_part_channels(const char *pattern);

/*
 * The name in DIRECTORY that PATTERN, which was checked, gives; ends with free().  NULL
 * if there is none, and what is wrong goes into PROBLEM.
 */
char *names_expand(const char *pattern, const char *directory, const name_values *values,
                   char problem[160]);

#endif
