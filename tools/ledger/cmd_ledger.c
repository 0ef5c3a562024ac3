/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "interrupt.h"
#include "ledger/ledger_file.h"
#include "ledger/ledger_parts.h"
#include "ledger/ledger_row.h"
#include "ledger/load_channels.h"
#include "paths.h"
#include "report.h"
#include "suggest.h"
#include "toonmark-file.h"

/* ------------------------------------------------------------------------- list */

static int list_one(void *context, const tmk_release *release)
{
    const arguments *a = context;
    char buffer[ROW_BUFFER], digits[TMK_MARK_DIGITS + 1];
    ledger_row row;

    if (a->json) {
        ledger_print_json(release);
    } else {
        row_of_release(&row, release);
        printf("%lld\t%s\t", (long long)release->id,
               row_text(&row, row_find("time"), buffer));
        tmk_mark_format(release->mark, digits);
        report_text(stdout, *release->channel != '\0' ? release->channel : digits);
        putchar('\t');
        report_text(stdout, release->output);
        if (release->state != TMK_RELEASED)
            printf("\t%s", row_text(&row, row_find("state"), buffer));
        putchar('\n');
    }
    return ferror(stdout) || interrupted();
}

static int list(const arguments *a, tmk_ledger *ledger)
{
    tmk_release_filter filter = ledger_filter(a);

    filter.newest = 1;
    return ledger_visit(ledger, &filter, list_one, (void *)a);
}

/* ------------------------------------------------------------------------- show */

/* What is shown, and how much of it there was. */
typedef struct show {
    const arguments *args;
    size_t count;
} show;

static int show_one(void *context, const tmk_release *release)
{
    show *s = context;
    char buffer[ROW_BUFFER];
    ledger_row row;

    if (s->args->json) {
        ledger_print_json(release);
    } else {
        row_of_release(&row, release);
        printf("%srelease %lld%s\n", s->count > 0 ? "\n" : "", (long long)release->id,
               release->is_newest ? "" : ", superseded");
        for (size_t i = 1; row_name(i) != NULL; i++) {
            const char *text = row_text(&row, i, buffer);

            if (*text == '\0')
                continue;
            printf("  %-14s ", row_name(i));
            report_text(stdout, text);
            putchar('\n');
        }
        row_free(&row);
    }
    s->count++;
    return ferror(stdout);
}

/* Shows the releases whose output, or else whose input, has this digest. */
static int show_digest(show *s, tmk_ledger *ledger, const uint8_t *digest)
{
    int status = ledger_visit(ledger, &(tmk_release_filter){.output_digest = digest},
                              show_one, s);

    if (status == EXIT_ALL && s->count == 0)
        status = ledger_visit(ledger, &(tmk_release_filter){.input_digest = digest}, show_one,
                              s);
    return status;
}

/* Shows what was released as PATH, whatever is there now. */
static int show_path(show *s, tmk_ledger *ledger, const char *path)
{
    char *whole = absolute_path(path);
    int status = ledger_visit(
        ledger, &(tmk_release_filter){.output = whole != NULL ? whole : path}, show_one, s);

    if (s->count > 0)
        report_line("%s: no longer matches the released file", path);
    free(whole);
    return status;
}

static int show_file(show *s, tmk_ledger *ledger, const char *path)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_error error;
    int status;

    if (tmk_file_digest(path, digest, NULL, &error) != TMK_OK) {
        report_error(path, &error);
        return EXIT_TROUBLE;
    }
    status = show_digest(s, ledger, digest);
    if (status == EXIT_ALL && s->count == 0)
        status = show_path(s, ledger, path);
    return status;
}

/* TEXT is a file if there is one of this name, else a digest, a number or a path. */
static int show_any(show *s, tmk_ledger *ledger, const char *text)
{
    ledger_row row;
    size_t length = strlen(text);

    if (access(text, F_OK) == 0)
        return show_file(s, ledger, text);
    row_init(&row);
    if (length == 2 * TMK_DIGEST_BYTES &&
        row_set(&row, row_find("output_digest"), text) == NULL)
        return show_digest(s, ledger, row.release.output_digest);
    if (length > 0 && length < 19 && strspn(text, "0123456789") == length && text[0] != '0')
        return ledger_visit(ledger, &(tmk_release_filter){.id = atoll(text)}, show_one, s);
    return show_path(s, ledger, text);
}

static int show_operand(const arguments *a, tmk_ledger *ledger)
{
    show s = {.args = a};
    int status = show_any(&s, ledger, a->operands[1]);

    if (status != EXIT_ALL || s.count > 0)
        return status;
    report_line("%s: no such release", a->operands[1]);
    return EXIT_PARTLY;
}

/* ------------------------------------------------------------------------ merge */

static int merge_one(const arguments *a, tmk_ledger *ledger, const char *path)
{
    tmk_ledger *other = NULL;
    tmk_merge_counts counts;
    tmk_error error;
    tmk_status status = tmk_ledger_open(path, TMK_LEDGER_READ, &other, &error);

    if (status == TMK_OK)
        status = tmk_ledger_merge(ledger, other, &counts, &error);
    tmk_ledger_close(&other);
    if (status == TMK_OK)
        ledger_print_counts(path, &counts, a->json);
    else
        report_error(path, &error);
    return status == TMK_OK;
}

static int merge(const arguments *a, tmk_ledger *ledger)
{
    size_t total = (size_t)a->count - 1, good = 0;

    for (int i = 1; i < a->count && !interrupted(); i++)
        good += (size_t)merge_one(a, ledger, a->operands[i]);
    return exit_status(total, good, total - good);
}

/* ------------------------------------------------------------------------ start */

/* What changes releases needs a ledger that is there. */
enum { FILTERED = 1, FORMATTED = 2, WRITES = 4, CHANGES = 8 };

#define ACTIONS "list, show, export, import, check, merge, withdraw, archive or restore"

static const struct subcommand {
    const char *name;
    int least, most; /* operands */
    unsigned traits;
    const char *wants;
    int (*run)(const arguments *a, tmk_ledger *ledger);
} actions[] = {
    {"list", 0, 0, FILTERED, "list takes no operands", list},
    {"show", 1, 1, 0, "show wants one FILE, DIGEST or number", show_operand},
    {"export", 0, 0, FILTERED | FORMATTED, "export takes no operands", ledger_export},
    {"import", 1, 1, FORMATTED | WRITES, "import wants one FILE", ledger_import},
    {"check", 0, INT32_MAX, FILTERED, "", ledger_check},
    {"merge", 1, INT32_MAX, WRITES, "merge wants other ledgers", merge},
    {"withdraw", 1, INT32_MAX, FILTERED | CHANGES, "withdraw wants OUTPUTs", ledger_withdraw},
    {"archive", 1, INT32_MAX, FILTERED | CHANGES, "archive wants OUTPUTs", ledger_archive},
    {"restore", 1, INT32_MAX, FILTERED | CHANGES, "restore wants OUTPUTs", ledger_restore},
};

static int check_usage(const arguments *a, const struct subcommand *action)
{
    int operands = a->count - 1;
    int is_filtered = a->channel_count > 0 || a->title != NULL || a->episode != NULL;

    if (operands < action->least || operands > action->most)
        return usage_error("ledger", "%s", action->wants);
    if (is_filtered && (action->traits & FILTERED) == 0)
        return usage_error("ledger", "%s takes no --channel, --title or --episode",
                           action->name);
    if (a->channel_count > 1)
        return usage_error("ledger", "give one --channel");
    if (a->format != NULL && (action->traits & FORMATTED) == 0)
        return usage_error("ledger", "%s takes no --format", action->name);
    return EXIT_ALL;
}

static int stop(void *context, const tmk_release *release)
{
    (void)release;
    *(int *)context = 1;
    return 1;
}

/* Whether any release matches FILTER; EXIT_PARTLY and WHAT is reported if not. */
static int check_any(tmk_ledger *ledger, const tmk_release_filter *filter, const char *what,
                     const char *name)
{
    int any = 0;

    if (ledger_visit(ledger, filter, stop, &any) != EXIT_ALL)
        return EXIT_TROUBLE;
    if (!any)
        report_line("%s: no release of this %s", name, what);
    return any ? EXIT_ALL : EXIT_PARTLY;
}

/* A channel is known by its name, or by releases under a name that it had once. */
static int check_channel(tmk_ledger *ledger, const char *name)
{
    tmk_channels *channels = NULL;
    tmk_error error;
    int any = 0;

    if (tmk_ledger_channels(ledger, &channels, &error) != TMK_OK) {
        report_error("", &error);
        return EXIT_TROUBLE;
    }
    any = tmk_channels_find_name(channels, name) != NULL;
    if (!any)
        ledger_visit(ledger, &(tmk_release_filter){.channel = name}, stop, &any);
    if (!any)
        channels_report_unknown(channels, name, "see: toonmark channel list");
    tmk_channels_free(&channels);
    return any ? EXIT_ALL : EXIT_PARTLY;
}

/* A name that was mistyped is no empty success. */
static int check_filter(const arguments *a, tmk_ledger *ledger)
{
    tmk_release_filter filter = {.title = a->title};

    if (a->channel_count > 0)
        TRY(check_channel(ledger, a->channel_names[0]));
    if (a->title != NULL)
        TRY(check_any(ledger, &filter, "title", a->title));
    filter.episode = a->episode;
    return a->episode != NULL ? check_any(ledger, &filter, "episode", a->episode) : EXIT_ALL;
}

static int run_action(const arguments *a, const struct subcommand *action)
{
    tmk_ledger *ledger = NULL;
    int writes = (action->traits & WRITES) != 0;
    int status = check_usage(a, action);

    if (status == EXIT_ALL && (action->traits & CHANGES) != 0) {
        status = ledger_open(a, TMK_LEDGER_READ, &ledger);
        writes = ledger != NULL;
        tmk_ledger_close(&ledger);
    }
    if (status == EXIT_ALL)
        status = ledger_open(a, writes ? TMK_LEDGER_WRITE : TMK_LEDGER_READ, &ledger);
    if (status == EXIT_ALL && ledger == NULL) {
        file_place place = ledger_find(a);

        if (place.path == NULL)
            usage_error("ledger", "no home directory; name a ledger with --ledger");
        else
            report_line("%s: there is no ledger yet; \"toonmark embed\" creates it, or name "
                        "another one with --ledger",
                        place.path);
        file_place_free(&place);
        return EXIT_TROUBLE;
    }
    if (status == EXIT_ALL)
        status = check_filter(a, ledger);
    if (status == EXIT_ALL)
        status = action->run(a, ledger);
    tmk_ledger_close(&ledger);
    return status;
}

int cmd_ledger(const arguments *a)
{
    suggestion near = {.word = a->count > 0 ? a->operands[0] : ""};
    char text[SUGGESTION_BYTES];

    if (a->count == 0)
        return usage_error("ledger", "say " ACTIONS);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(a->operands[0], actions[i].name) == 0)
            return run_action(a, &actions[i]);
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        suggest_consider(&near, actions[i].name);
    return usage_error("ledger", "say " ACTIONS ", not '%s'%s", a->operands[0],
                       suggest_text(&near, text));
}
