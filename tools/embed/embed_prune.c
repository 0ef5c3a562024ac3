/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/embed_prune.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "paths.h"
#include "report.h"
#include "text.h"

/* A released file without its page. */
typedef struct stale {
    int64_t id;
    char *output, *input;
    uint8_t digest[TMK_DIGEST_BYTES];
} stale;

typedef struct search {
    const embed_run *run;
    char **folders; /* that were walked, from the root */
    size_t folder_count;
    stale *items;
    size_t count, room;
} search;

static int is_gone(const char *path)
{
    return access(path, F_OK) != 0 && errno == ENOENT;
}

static int is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(path, folder, length) == 0 &&
           (path[length] == '/' || strcmp(folder, "/") == 0);
}

/* Whether the page INPUT would have been found by this run. */
static int was_walked(const search *s, const char *input)
{
    for (size_t i = 0; i < s->folder_count; i++) {
        if (is_below(input, s->folders[i]))
            return 1;
    }
    return 0;
}

static int is_target(const embed_run *run, uint64_t mark)
{
    for (size_t i = 0; i < run->outputs.target_count; i++) {
        if (run->targets[i].mark == mark)
            return 1;
    }
    return 0;
}

static int look_at(void *context, const tmk_release *release)
{
    search *s = context;

    if (release->state != TMK_RELEASED || !is_target(s->run, release->mark) ||
        !was_walked(s, release->input) || !is_gone(release->input))
        return interrupted();
    s->items = grown(s->items, s->count, &s->room, sizeof *s->items);
    s->items[s->count] = (stale){.id = release->id,
                                 .output = copied(release->output),
                                 .input = copied(release->input)};
    memcpy(s->items[s->count++].digest, release->output_digest, TMK_DIGEST_BYTES);
    return interrupted();
}

/* A folder that is not there now hides its pages: they are not gone. */
static void note_folders(search *s)
{
    const arguments *a = s->run->args;

    s->folders = allocated((size_t)a->count, sizeof *s->folders);
    for (int i = 0; i < a->count; i++) {
        char *path = is_stream(a->operands[i]) ? NULL : realpath(a->operands[i], NULL);

        if (path != NULL)
            s->folders[s->folder_count++] = path;
    }
}

/* ------------------------------------------------------------------- removing */

static int fail(const char *output, const char *why)
{
    report_line("%s: can't be removed: %s", output, why);
    return EXIT_PARTLY;
}

/* First the file, then the ledger's word: what comes between them is completed next time. */
static int remove_one(const embed_run *run, const stale *item)
{
    uint8_t digest[TMK_DIGEST_BYTES];
    tmk_error error;

    if (!is_gone(item->output)) {
        if (tmk_file_digest(item->output, digest, NULL, &error) != TMK_OK ||
            memcmp(digest, item->digest, sizeof digest) != 0)
            return fail(item->output, "it is not the file that was released");
        if (unlink(item->output) != 0)
            return fail(item->output, strerror(errno));
    }
    if (tmk_ledger_set_release_state(run->ledger, &item->id, 1, TMK_WITHDRAWN, &error) !=
        TMK_OK) {
        report_error(item->output, &error);
        return EXIT_PARTLY;
    }
    report_line("%s: removed, its page %s is gone", item->output, item->input);
    return EXIT_ALL;
}

static int take(const embed_run *run, const stale *item)
{
    if (run->args->prune && !run->args->dry_run)
        return remove_one(run, item);
    if (!is_gone(item->output))
        report_line("%s: its page %s is gone; --prune removes it", item->output, item->input);
    return EXIT_ALL;
}

int prune_outputs(embed_run *run)
{
    const arguments *a = run->args;
    search s = {.run = run};
    char *under = a->directory != NULL ? realpath(a->directory, NULL) : NULL;
    tmk_release_filter filter = {.under = under, .newest = 1};
    tmk_error error;
    int status = EXIT_ALL;

    if (under != NULL && run->ledger != NULL && a->recursive && (a->prune || a->resume) &&
        !interrupted()) {
        note_folders(&s);
        if (tmk_ledger_each(run->ledger, &filter, look_at, &s, &error) != TMK_OK) {
            report_error("", &error);
            status = EXIT_PARTLY;
        }
        for (size_t i = 0; i < s.count && !interrupted(); i++)
            status = take(run, &s.items[i]) == EXIT_ALL ? status : EXIT_PARTLY;
    }
    for (size_t i = 0; i < s.count; i++) {
        free(s.items[i].output);
        free(s.items[i].input);
    }
    for (size_t i = 0; i < s.folder_count; i++)
        free(s.folders[i]);
    free(s.folders);
    free(s.items);
    free(under);
    return status;
}
