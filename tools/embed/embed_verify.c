/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading back: each output, from the disk, after an attack.  A page whose mark does not
 * live through it is marked stronger, a quarter more each time, as far as --max-strength.
 */
#include <math.h>
#include <string.h>

#include "embed/embed_work.h"
#include "paths.h"

static tmk_verify_level level_of(const char *name)
{
    return strcmp(name, "light") == 0  ? TMK_VERIFY_LIGHT
           : strcmp(name, "hard") == 0 ? TMK_VERIFY_HARD
                                       : TMK_VERIFY_NORMAL;
}

double stronger(const arguments *a, double strength)
{
    double next = strength * 1.25;

    if (a->verify == NULL || strength >= a->max_strength)
        return strength;
    return next < a->max_strength ? next : a->max_strength;
}

static void verify(const labour *l, size_t target, made *m)
{
    const embed_run *run = l->run;
    tmk_error error;

    if (tmk_verify_file(run->key, m->path, run->targets[target].mark,
                        &m->report.place, level_of(run->arguments->verify), l->threads,
                        &m->verdict, &error) != TMK_OK) {
        fail(m, &error);
        return;
    }
    m->was_verified = 1;
    m->verified = m->verdict.passed;
}

void verify_written(labour *l)
{
    int may_be_stronger = stronger(l->run->arguments, l->strength) > l->strength;

    for (size_t i = 0; i < l->count; i++) {
        made *m = &l->result->made[i];

        if (m->action != WRITTEN || m->settled || is_stream(m->path))
            continue;
        verify(l, i % l->targets, m);
        /* What holds no mark at all would hold none at any strength, and what is too small
         * to be read by itself would not be read. */
        if (m->action == WRITTEN && !m->verified && may_be_stronger &&
            m->verdict.windows > 0 && !isinf(m->report.margin_db)) {
            m->action = PENDING;
            m->overwrite = TMK_OUTPUT_REPLACE;
        }
    }
}
