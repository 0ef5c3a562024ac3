/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether released files are still what they were: each newest release's digest, unless it is
 * withdrawn or archived, is compared with that of its file, a batch of files on all threads after the other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "interrupt.h"
#include "ledger/ledger_parts.h"
#include "ledger/ledger_row.h"
#include "paths.h"
#include "report.h"
#include "text.h"
#include "toonmark-file.h"

#define BATCH 4096 /* releases that are held in memory at a time */

typedef enum file_state { FINE, CHANGED, MISSING, UNREADABLE, STATES } file_state;

static const char *const state_words[STATES] = {[FINE] = "fine",
                                                [CHANGED] = "changed",
                                                [MISSING] = "missing",
                                                [UNREADABLE] = "unreadable"};

/* One release to be looked at. */
typedef struct item {
    int64_t id, time;
    uint64_t mark;
    char *path, *channel;
    uint8_t digest[TMK_DIGEST_BYTES];
    file_state state;
    tmk_error error;
} item;

typedef struct check {
    const arguments *args;
    item *items;
    size_t count;
    size_t totals[STATES];
    size_t set_aside; /* withdrawn or archived: no file is expected there */
} check;

/* ------------------------------------------------------------------ one release */

static void look(size_t index, int threads, void *context)
{
    item *it = &((check *)context)->items[index];
    uint8_t digest[TMK_DIGEST_BYTES];
    struct stat about;

    (void)threads;
    if (stat(it->path, &about) != 0 && (errno == ENOENT || errno == ENOTDIR))
        it->state = MISSING;
    else if (tmk_file_digest(it->path, digest, NULL, &it->error) != TMK_OK)
        it->state = UNREADABLE;
    else
        it->state = memcmp(digest, it->digest, sizeof digest) == 0 ? FINE : CHANGED;
}

static void print_json(const item *it)
{
    json_t *object = report_object();

    report_put_file(object, "file", it->path);
    report_put_text(object, "state", state_words[it->state]);
    report_put(object, "id", json_integer(it->id));
    report_put_mark(object, it->mark);
    report_put_file(object, "channel", it->channel);
    if (it->state == UNREADABLE)
        report_put_error(object, &it->error);
    report_json(stdout, object);
}

static int finish(size_t index, void *context)
{
    check *c = context;
    const item *it = &c->items[index];

    c->totals[it->state]++;
    if (it->state == UNREADABLE)
        report_error(it->path, &it->error);
    if (c->args->json) {
        print_json(it);
    } else if (it->state == CHANGED || it->state == MISSING) {
        report_text(stdout, it->path);
        printf(": %s\n", state_words[it->state]);
    }
    return ferror(stdout);
}

/* ----------------------------------------------------------------- all releases */

static void look_at_batch(check *c)
{
    batch_run(&(batch){c->count, c->args->threads, look, finish, c});
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].path);
        free(c->items[i].channel);
    }
    c->count = 0;
}

static int take(void *context, const tmk_release *release)
{
    check *c = context;
    item *it = &c->items[c->count];

    if (release->state != TMK_RELEASED) {
        c->set_aside++;
        return ferror(stdout) || interrupted();
    }
    c->count++;
    *it = (item){.id = release->id,
                 .time = release->time,
                 .mark = release->mark,
                 .path = copied(release->output),
                 .channel = copied(release->channel)};
    memcpy(it->digest, release->output_digest, sizeof it->digest);
    if (c->count == BATCH)
        look_at_batch(c);
    return ferror(stdout) || interrupted();
}

/* Checks what is at or below OPERAND (NULL: all). */
static int check_part(check *c, tmk_ledger *ledger, const char *operand)
{
    tmk_release_filter filter = ledger_filter(c->args);
    char *path = operand != NULL ? ledger_path(operand) : NULL;
    size_t before = c->set_aside, after;
    int status;

    filter.newest = 1;
    filter.under = path;
    for (int i = 0; i < STATES; i++)
        before += c->totals[i];
    status = ledger_visit(ledger, &filter, take, c);
    look_at_batch(c);
    after = c->set_aside;
    for (int i = 0; i < STATES; i++)
        after += c->totals[i];
    if (status == EXIT_ALL && operand != NULL && before == after && !interrupted()) {
        report_line("%s: nothing in the ledger was released there", operand);
        status = EXIT_PARTLY;
    }
    free(path);
    return status;
}

static int worse(int one, int other)
{
    return one > other ? one : other;
}

static void print_totals(const check *c)
{
    printf("%zu files are unchanged, %zu changed, %zu missing, %zu unreadable",
           c->totals[FINE], c->totals[CHANGED], c->totals[MISSING], c->totals[UNREADABLE]);
    if (c->set_aside > 0)
        printf(", %zu withdrawn or archived", c->set_aside);
    putchar('\n');
}

int ledger_check(const arguments *a, tmk_ledger *ledger)
{
    check c = {.args = a, .items = calloc(BATCH, sizeof *c.items)};
    int status = EXIT_ALL;
    tmk_error error;

    if (c.items == NULL)
        report_no_memory();
    if (a->count == 1 && tmk_ledger_check(ledger, &error) != TMK_OK) {
        report_error("", &error);
        status = EXIT_TROUBLE;
    } else if (a->count == 1) {
        status = check_part(&c, ledger, NULL);
    }
    for (int i = 1; i < a->count && !interrupted(); i++)
        status = worse(status, check_part(&c, ledger, a->operands[i]));
    free(c.items);
    if (status != EXIT_TROUBLE && !a->json)
        print_totals(&c);
    if (c.totals[CHANGED] + c.totals[MISSING] + c.totals[UNREADABLE] > 0)
        status = worse(status, EXIT_PARTLY);
    return status;
}
