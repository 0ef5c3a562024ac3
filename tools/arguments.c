/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arguments.h"

#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "suggest.h"
#include "text.h"
#include "toonmark-file.h"

int usage_error(const char *name, const char *format, ...)
{
    char text[1024];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (*name != '\0')
        report_line("%s: %s; see: toonmark %s --help", name, text, name);
    else
        report_line("%s; see: toonmark --help", text);
    return EXIT_TROUBLE;
}

/* -------------------------------------------------------------------- numbers */

/* Reads a whole number from LOW to HIGH; 0 if TEXT is anything else. */
static int parse_int(const char *text, int low, int high, int *value)
{
    char *end;
    long number;

    if (*text == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 9)
        return 0;
    number = strtol(text, &end, 10);
    if (number < low || number > high)
        return 0;
    *value = (int)number;
    return 1;
}

/* Reads a decimal number from LOW to HIGH; 0 if TEXT is anything else. */
static int parse_double(const char *text, double low, double high, double *value)
{
    char *end;
    double number;

    if (*text == '\0' || strspn(text, "+-.0123456789eE") != strlen(text))
        return 0;
    number = strtod(text, &end);
    if (*end != '\0' || !(number >= low && number <= high))
        return 0;
    *value = number;
    return 1;
}

/* -------------------------------------------------------------------- options */

/* A limit's digits, as toonmark.h has them. */
#define DIGITS_OF(limit) #limit
#define DIGITS(limit) DIGITS_OF(limit)

/* Each setter returns NULL, or what the option wants. */
typedef const char *setter(arguments *a, const char *value);

/* A setter that keeps its text, one that wants it not empty, and one for a switch. */
#define TEXT_SETTER(option, member)                                                          \
    static const char *option(arguments *a, const char *value)                               \
    {                                                                                        \
        a->member = value;                                                                   \
        return NULL;                                                                         \
    }
#define FILLED_SETTER(option, member, wants)                                                 \
    static const char *option(arguments *a, const char *value)                               \
    {                                                                                        \
        a->member = value;                                                                   \
        return *value != '\0' ? NULL : wants;                                                \
    }
#define SWITCH_SETTER(option, member)                                                        \
    static const char *option(arguments *a, const char *value)                               \
    {                                                                                        \
        (void)value;                                                                         \
        a->member = 1;                                                                       \
        return NULL;                                                                         \
    }

TEXT_SETTER(set_key, key)
TEXT_SETTER(set_channels, channels)
TEXT_SETTER(set_note, note)
FILLED_SETTER(set_ledger, ledger, "wants a file name")
FILLED_SETTER(set_output, output, "wants a file name")
FILLED_SETTER(set_directory, directory, "wants a directory")
FILLED_SETTER(set_name, name, "wants a pattern")
FILLED_SETTER(set_files_from, files_from, "wants a file name")
FILLED_SETTER(set_title, title, "wants a title")
FILLED_SETTER(set_episode, episode, "wants an episode")
SWITCH_SETTER(set_all_channels, all_channels)
SWITCH_SETTER(set_null, null_separated)
SWITCH_SETTER(set_recursive, recursive)
SWITCH_SETTER(set_strip, strip)
SWITCH_SETTER(set_force, force)
SWITCH_SETTER(set_prune, prune)
SWITCH_SETTER(set_strict, strict)
SWITCH_SETTER(set_allow_marked, allow_marked)
SWITCH_SETTER(set_resume, resume)
SWITCH_SETTER(set_dry_run, dry_run)
SWITCH_SETTER(set_no_ledger, no_ledger)
SWITCH_SETTER(set_json, json)
SWITCH_SETTER(set_quiet, quiet)
SWITCH_SETTER(set_help, help)

static const char *set_channel(arguments *a, const char *value)
{
    a->channel_names[a->channel_count++] = value;
    return NULL;
}

static const char *set_ignored(arguments *a, const char *value)
{
    a->ignored[a->ignored_count++] = value;
    return *value != '\0' ? NULL : "wants a pattern";
}

static const char *set_mark(arguments *a, const char *value)
{
    a->has_mark = tmk_mark_parse(value, &a->mark);
    return a->has_mark ? NULL : "wants 16 hexadecimal digits";
}

static const char *strength_of(const char *value, double *strength)
{
    return parse_double(value, TMK_MIN_STRENGTH, TMK_MAX_STRENGTH, strength)
               ? NULL
               : "wants a number, " DIGITS(TMK_MIN_STRENGTH) " to " DIGITS(TMK_MAX_STRENGTH);
}

static const char *set_strength(arguments *a, const char *value)
{
    return strength_of(value, &a->strength);
}

static const char *set_max_strength(arguments *a, const char *value)
{
    a->has_max_strength = 1;
    return strength_of(value, &a->max_strength);
}

static const char *set_slice(arguments *a, const char *value)
{
    return parse_int(value, TMK_MIN_SIDE, TMK_MAX_SIDE, &a->slice)
               ? NULL
               : "wants rows, " DIGITS(TMK_MIN_SIDE) " to " DIGITS(TMK_MAX_SIDE);
}

static const char *set_verify(arguments *a, const char *value)
{
    static const char *const levels[] = {"light", "normal", "hard"};

    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(value != NULL ? value : "normal", levels[i]) == 0) {
            a->verify = levels[i];
            return NULL;
        }
    }
    return "wants light, normal or hard";
}

static const char *set_format(arguments *a, const char *value)
{
    a->format = value;
    return strcmp(value, "csv") == 0 || strcmp(value, "jsonl") == 0 ||
                   strcmp(value, "channels") == 0
               ? NULL
               : "wants csv, jsonl or channels";
}

static const char *set_quality(arguments *a, const char *value)
{
    return parse_int(value, 1, TMK_MAX_QUALITY, &a->quality)
               ? NULL
               : "wants a number, 1 to " DIGITS(TMK_MAX_QUALITY);
}

static const char *set_bound(arguments *a, const char *value)
{
    return parse_double(value, TMK_MIN_LOG10_BOUND, TMK_MAX_LOG10_BOUND, &a->log10_bound)
               ? NULL
               : "wants a number, " DIGITS(TMK_MIN_LOG10_BOUND) " to " DIGITS(
                     TMK_MAX_LOG10_BOUND);
}

static const char *set_questions(arguments *a, const char *value)
{
    return parse_double(value, 1, 1e9, &a->questions) && a->questions == floor(a->questions)
               ? NULL
               : "wants a whole number, 1 to 1000000000";
}

static const char *set_variant(arguments *a, const char *value)
{
    return parse_int(value, 0, TMK_VARIANTS - 1, &a->variant) ? NULL
                                                              : "wants a number, 0 to 15";
}

static const char *set_variants(arguments *a, const char *value)
{
    return parse_int(value, 1, TMK_VARIANTS, &a->variants)
               ? NULL
               : "wants a number, 1 to " DIGITS(TMK_VARIANTS);
}

static const char *set_decoys(arguments *a, const char *value)
{
    return parse_int(value, 0, TMK_MAX_DECOYS, &a->decoys)
               ? NULL
               : "wants a number, 0 to " DIGITS(TMK_MAX_DECOYS);
}

static const char *set_effort(arguments *a, const char *value)
{
    static const char *const names[] = {[TMK_FAST] = "fast",
                                        [TMK_NORMAL] = "normal",
                                        [TMK_DEEP] = "deep",
                                        [TMK_EXHAUSTIVE] = "exhaustive"};

    for (int i = TMK_FAST; i <= TMK_EXHAUSTIVE; i++) {
        if (strcmp(value, names[i]) == 0) {
            a->effort = (tmk_effort)i;
            return NULL;
        }
    }
    return "wants fast, normal, deep or exhaustive";
}

static const char *set_jobs(arguments *a, const char *value)
{
    if (!parse_int(value, 0, TMK_MAX_THREADS, &a->threads))
        return "wants a number, 0 to " DIGITS(TMK_MAX_THREADS);
    if (a->threads == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);

        a->threads = processors < 1                 ? 1
                     : processors > TMK_MAX_THREADS ? TMK_MAX_THREADS
                                                    : (int)processors;
    }
    return NULL;
}

static const struct row {
    const char *name;
    char letter;   /* 0: the long name only */
    int has_value; /* as getopt_long has it: no_argument, ... */
    unsigned commands;
    setter *set;
} rows[] = {
    {"key", 'k', required_argument, EMBED | EXTRACT, set_key},
    {"mark", 'm', required_argument, EMBED | CHANNEL, set_mark},
    {"channel", 'c', required_argument, EMBED | LEDGER, set_channel},
    {"all-channels", 0, no_argument, EMBED, set_all_channels},
    {"channels", 0, required_argument, EMBED | EXTRACT | CHANNEL, set_channels},
    {"ledger", 0, required_argument, EMBED | EXTRACT | CHANNEL | LEDGER, set_ledger},
    {"no-ledger", 0, no_argument, EMBED, set_no_ledger},
    {"output", 'o', required_argument, EMBED | EXTRACT, set_output},
    {"directory", 'd', required_argument, EMBED, set_directory},
    {"name", 0, required_argument, EMBED, set_name},
    {"recursive", 'r', no_argument, EMBED | EXTRACT, set_recursive},
    {"files-from", 0, required_argument, EMBED | EXTRACT, set_files_from},
    {"null", '0', no_argument, EMBED | EXTRACT, set_null},
    {"ignore", 0, required_argument, EMBED, set_ignored},
    {"strip", 0, no_argument, EMBED, set_strip},
    {"slice", 0, required_argument, EMBED, set_slice},
    {"force", 'f', no_argument, EMBED | EXTRACT, set_force},
    {"allow-marked", 0, no_argument, EMBED, set_allow_marked},
    {"resume", 0, no_argument, EMBED | EXTRACT, set_resume},
    {"dry-run", 'n', no_argument, EMBED, set_dry_run},
    {"strength", 0, required_argument, EMBED, set_strength},
    {"max-strength", 0, required_argument, EMBED, set_max_strength},
    {"quality", 0, required_argument, EMBED, set_quality},
    {"variant", 0, required_argument, EMBED, set_variant},
    {"verify", 0, optional_argument, EMBED, set_verify},
    {"prune", 0, no_argument, EMBED, set_prune},
    {"strict", 0, no_argument, EMBED, set_strict},
    {"title", 0, required_argument, EMBED | LEDGER, set_title},
    {"episode", 0, required_argument, EMBED | LEDGER, set_episode},
    {"format", 0, required_argument, LEDGER, set_format},
    {"effort", 0, required_argument, EXTRACT, set_effort},
    {"bound", 0, required_argument, EXTRACT, set_bound},
    {"decoys", 0, required_argument, EXTRACT, set_decoys},
    {"questions", 0, required_argument, EXTRACT, set_questions},
    {"variants", 0, required_argument, EXTRACT, set_variants},
    {"note", 0, required_argument, CHANNEL, set_note},
    {"jobs", 'j', required_argument, EMBED | EXTRACT | LEDGER, set_jobs},
    {"json", 0, no_argument, EMBED | EXTRACT | CHANNEL | LEDGER, set_json},
    {"quiet", 'q', no_argument, EMBED | EXTRACT, set_quiet},
    {"help", 'h', no_argument, KEYGEN | CHANNEL | EMBED | EXTRACT | LEDGER, set_help},
};

#define ROWS (sizeof rows / sizeof rows[0])
#define LONG_BASE 256 /* what getopt_long returns for row i is LONG_BASE + i */

/* The rows that COMMAND takes, in the two forms that getopt_long wants. */
static void list_options(unsigned command, struct option longs[ROWS + 1],
                         char shorts[2 * ROWS + 2])
{
    *shorts++ = ':';
    for (size_t i = 0; i < ROWS; i++) {
        if ((rows[i].commands & command) == 0)
            continue;
        *longs++ = (struct option){rows[i].name, rows[i].has_value, NULL, LONG_BASE + (int)i};
        if (rows[i].letter != 0) {
            *shorts++ = rows[i].letter;
            if (rows[i].has_value == required_argument)
                *shorts++ = ':';
        }
    }
    *longs = (struct option){NULL, 0, NULL, 0};
    *shorts = '\0';
}

static const struct row *find_row(int code)
{
    if (code >= LONG_BASE)
        return &rows[code - LONG_BASE];
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].letter == code)
            return &rows[i];
    }
    return NULL;
}

static int unknown_option(const char *name, unsigned command, const char *word)
{
    char *given = copied_part(word, strcspn(word, "=")), text[SUGGESTION_BYTES];
    char candidates[ROWS][32];
    suggestion near = {.word = given};
    int status;

    for (size_t i = 0; i < ROWS; i++) {
        snprintf(candidates[i], sizeof candidates[i], "--%.29s", rows[i].name);
        if ((rows[i].commands & command) != 0 && rows[i].set != set_channels)
            suggest_consider(&near, candidates[i]);
    }
    status = usage_error(name, "unknown or ambiguous option %s%s", word,
                         suggest_text(&near, text));
    free(given);
    return status;
}

/* What getopt_long did not like: WORD is the argument that it was looking at. */
static int bad_option(const char *name, unsigned command, int code, int culprit,
                      const char *word)
{
    const struct row *row = culprit != 0 ? find_row(culprit) : NULL;

    if (code == ':' && row != NULL)
        return usage_error(name, "option --%s needs a value", row->name);
    if (row != NULL && culprit >= LONG_BASE)
        return usage_error(name, "option --%s takes no value", row->name);
    if (culprit != 0)
        return usage_error(name, "unknown option -%c", culprit);
    return unknown_option(name, command, word);
}

void arguments_free(arguments *a)
{
    free(a->channel_names);
    free(a->ignored);
    a->channel_names = a->ignored = NULL;
}

int arguments_parse(arguments *a, const char *name, unsigned command, int argc, char **argv)
{
    struct option longs[ROWS + 1];
    char shorts[2 * ROWS + 2];
    const char *key = getenv("TOONMARK_KEY");
    int code;

    *a = (arguments){.command = name,
                     .key = key != NULL && *key != '\0' ? key : NULL,
                     .threads = 1,
                     .strength = 1,
                     .variants = 1,
                     .max_strength = DEFAULT_MAX_STRENGTH,
                     .log10_bound = NAN,
                     .questions = 1,
                     .decoys = -1,
                     .effort = TMK_DEEP};
    a->channel_names = allocated((size_t)argc, sizeof *a->channel_names);
    a->ignored = allocated((size_t)argc, sizeof *a->ignored);
    list_options(command, longs, shorts);
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const char *problem;
        const struct row *row;

        if (code == '?' || code == ':')
            return bad_option(name, command, code, optopt, argv[optind - 1]);
        row = find_row(code);
        problem = row->set(a, optarg);
        if (problem != NULL)
            return usage_error(name, "option --%s %s, not '%s'", row->name, problem, optarg);
    }
    a->operands = argv + optind;
    a->count = argc - optind;
    return EXIT_ALL;
}
