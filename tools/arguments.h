/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: parsed into one struct before anything is done. */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

#include "exits.h"
#include "toonmark.h"

#define DEFAULT_MAX_STRENGTH 1.6

/* Commands as bits, so that an option can name those that take it. */
enum { KEYGEN = 1, CHANNEL = 2, EMBED = 4, EXTRACT = 8, LEDGER = 16 };

/* Texts are NULL where their option is not given, switches 0. */
typedef struct arguments {
    const char *command;        /* its name */
    const char *key;            /* path; NULL: neither option nor environment gives one */
    const char *ledger;         /* path from --ledger */
    const char *channels;       /* path of the registry from --channels */
    const char **channel_names; /* each -c, CHANNEL_COUNT of them, as they were given */
    int channel_count;
    int all_channels;
    uint64_t mark;
    int has_mark;
    const char *output;     /* -o */
    const char *directory;  /* -d */
    const char *name;       /* --name, the pattern of outputs' names */
    const char *files_from; /* path of a list of inputs */
    int null_separated;     /* that list's names end with NUL, not with a line's end */
    int recursive;          /* operands that are directories are walked */
    const char **ignored;   /* each --ignore, IGNORED_COUNT of them */
    int ignored_count;
    int strip;
    int slice; /* rows of an output slice; 0: as the inputs are cut */
    int force, resume, dry_run, no_ledger;
    int prune;        /* outputs without their page are removed */
    int strict;       /* a page whose mark is weak is no success */
    int allow_marked; /* a page that is marked already is marked again */
    double strength, max_strength;
    int has_max_strength; /* it was given */
    int variant;          /* of the copies that embed makes */
    int variants;         /* that extract looks for */
    int quality;          /* 0: not given */
    const char *verify;   /* "light", "normal" or "hard" */
    const char *title, *episode;
    const char *format; /* "csv", "jsonl" or "channels" */
    const char *note;
    double log10_bound; /* NAN: not given */
    int decoys;         /* -1: not given */
    double questions;   /* that are counted for each file */
    tmk_effort effort;
    int threads;
    int json, quiet, help;
    char **operands; /* what is not an option, COUNT of them */
    int count;
} arguments;

/*
 * Parses ARGV, whose first word is the command's NAME, for the command COMMAND (one of
 * the bits).  EXIT_ALL, or EXIT_TROUBLE after having said what is wrong.  A ends with
 * arguments_free, after failure too; its texts are those of ARGV.
 */
int arguments_parse(arguments *a, const char *name, unsigned command, int argc, char **argv);

void arguments_free(arguments *a);

/* Says on standard error that the use of command NAME is wrong; returns EXIT_TROUBLE. */
int usage_error(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
