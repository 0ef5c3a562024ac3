/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many consecutive pages of an episode a pirate must take to name the channel.  An
 * episode is a strip, or the pages of one folder that were given one after the other; it
 * counts when all of it was read back in this run.
 */
#include <stdlib.h>
#include <string.h>

#include "embed/embed.h"
#include "paths.h"
#include "text.h"

/* Gives the verdicts of each target to the library, and keeps the worst answer. */
static void judge(episode_sums *e, size_t targets)
{
    if (e->count > 0 && !e->has_gaps) {
        size_t worst = 0, fails = 0;

        for (size_t t = 0; t < targets; t++) {
            size_t needed = tmk_slices_needed(e->verdicts[t], e->count, e->joined);

            fails += needed == 0;
            worst = needed > worst ? needed : worst;
        }
        e->judged++;
        e->hopeless += fails > 0;
        e->needed = worst > e->needed ? worst : e->needed;
    }
    e->count = 0;
    e->has_gaps = 0;
}

static void make_room(episode_sums *e, size_t targets)
{
    size_t room = e->room;

    if (e->verdicts == NULL)
        e->verdicts = allocated(targets, sizeof *e->verdicts);
    for (size_t t = 0; t < targets; t++) {
        room = e->room;
        e->verdicts[t] = grown(e->verdicts[t], e->count, &room, sizeof **e->verdicts);
    }
    e->room = room;
}

static void add_slices(episode_sums *e, const strip_result *r, size_t targets)
{
    if (r->outputs == NULL)
        e->has_gaps = 1;
    for (size_t s = 0; r->outputs != NULL && s < r->slices; s++) {
        make_room(e, targets);
        for (size_t t = 0; t < targets; t++) {
            const output_result *m = &r->outputs[s * targets + t];

            e->verdicts[t][e->count] = m->verdict;
            e->has_gaps |= m->action != WRITTEN || !m->was_verified;
        }
        e->count++;
    }
}

/* Whether PATH lies in the folder of the episode that is being collected. */
static int continues(const episode_sums *e, const char *path)
{
    size_t length = name_offset(path);

    return e->folder != NULL && strlen(e->folder) == length &&
           strncmp(e->folder, path, length) == 0;
}

void episodes_add(embed_run *run, size_t index)
{
    episode_sums *e = &run->episodes;
    const arguments *a = run->args;
    const char *path = run->inputs.items[run->inputs.strips[index]].path;
    size_t targets = run->outputs.target_count;

    e->joined = a->strip || a->slice > 0;
    if (e->joined || !continues(e, path)) {
        judge(e, targets);
        free(e->folder);
        e->folder = copied_part(path, name_offset(path));
    }
    add_slices(e, run->results[index], targets);
}

void episodes_end(embed_run *run)
{
    episode_sums *e = &run->episodes;

    judge(e, run->outputs.target_count);
    for (size_t t = 0; e->verdicts != NULL && t < run->outputs.target_count; t++)
        free(e->verdicts[t]);
    free(e->verdicts);
    free(e->folder);
    e->verdicts = NULL;
    e->folder = NULL;
}
