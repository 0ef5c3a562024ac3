/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of released files: the newest releases at or below paths are withdrawn,
 * archived, or count as released again. */
#include <stdio.h>
#include <stdlib.h>

#include "interrupt.h"
#include "ledger/ledger_parts.h"
#include "report.h"
#include "text.h"

static const char *const words[] = {
    [TMK_RELEASED] = "released", [TMK_WITHDRAWN] = "withdrawn", [TMK_ARCHIVED] = "archived"};

/* The releases at one path. */
typedef struct changes {
    const arguments *args;
    tmk_release_state state;
    int64_t *ids;
    size_t count, room;
} changes;

static int collect(void *context, const tmk_release *release)
{
    changes *c = context;

    c->ids = grown(c->ids, c->count, &c->room, sizeof *c->ids);
    c->ids[c->count++] = release->id;
    return interrupted();
}

static int print_one(void *context, const tmk_release *release)
{
    const changes *c = context;

    if (c->args->json) {
        ledger_print_json(release);
    } else {
        report_text(stdout, release->output);
        printf(": %s\n", words[release->state]);
    }
    return 1;
}

/* Changes what was collected, all or nothing, and prints it. */
static int change(changes *c, tmk_ledger *ledger)
{
    tmk_error error;

    if (tmk_ledger_set_release_state(ledger, c->ids, c->count, c->state, &error) != TMK_OK) {
        report_error("", &error);
        return EXIT_TROUBLE;
    }
    for (size_t i = 0; i < c->count && !ferror(stdout); i++)
        TRY(ledger_visit(ledger, &(tmk_release_filter){.id = c->ids[i]}, print_one, c));
    return EXIT_ALL;
}

/* Changes what was released at or below OPERAND. */
static int change_at(changes *c, tmk_ledger *ledger, const char *operand)
{
    tmk_release_filter filter = ledger_filter(c->args);
    char *path = ledger_path(operand);
    int status;

    c->count = 0;
    filter.newest = 1;
    filter.under = path;
    status = ledger_visit(ledger, &filter, collect, c);
    free(path);
    if (status != EXIT_ALL || interrupted())
        return EXIT_TROUBLE;
    if (c->count > 0)
        return change(c, ledger);
    report_line("%s: nothing in the ledger was released there", operand);
    return EXIT_PARTLY;
}

static int set_state(const arguments *a, tmk_ledger *ledger, tmk_release_state state)
{
    changes c = {.args = a, .state = state};
    int status = EXIT_ALL;

    for (int i = 1; i < a->count && !interrupted(); i++) {
        int one = change_at(&c, ledger, a->operands[i]);

        status = one > status ? one : status;
    }
    free(c.ids);
    return status;
}

int ledger_withdraw(const arguments *a, tmk_ledger *ledger)
{
    return set_state(a, ledger, TMK_WITHDRAWN);
}

int ledger_archive(const arguments *a, tmk_ledger *ledger)
{
    return set_state(a, ledger, TMK_ARCHIVED);
}

int ledger_restore(const arguments *a, tmk_ledger *ledger)
{
    return set_state(a, ledger, TMK_RELEASED);
}
