/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: parsed into one struct before anything is done. */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

#include "toonmark.h"

/* Exit statuses, the same for all commands; help.c says what they mean to each. */
enum { EXIT_ALL = 0, EXIT_PARTLY = 1, EXIT_TROUBLE = 2 };

#define MAX_THREADS 64 /* as the library has it */

/* Commands as bits, so that an option can name those that take it. */
enum { KEYGEN = 1, CHANNEL = 2, EMBED = 4, EXTRACT = 8 };

typedef struct arguments {
    const char *key;       /* path; NULL: neither option nor environment gives one */
    const char *channels;  /* path of the registry from --channels, else NULL */
    const char *channel;   /* name from -c, else NULL */
    const char *output;    /* -o, else NULL */
    const char *directory; /* -d, else NULL */
    const char *note;
    uint64_t mark;
    int has_mark;
    int force, json, help;
    int threads;
    int quality; /* 0: not given */
    double strength;
    double log10_bound;
    tmk_effort effort;
    char **operands; /* what is not an option, COUNT of them */
    int count;
} arguments;

/*
 * Parses ARGV, whose first word is the command's NAME, for the command COMMAND (one of
 * the bits).  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.
 */
int arguments_parse(arguments *a, const char *name, unsigned command, int argc,
                    char **argv);

/* Says on standard error that the use of command NAME is wrong; returns EXIT_TROUBLE. */
int usage_error(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
