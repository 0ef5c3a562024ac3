/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/extract_miss.h"

#include <math.h>
#include <string.h>

#include "report.h"

#define USUAL_WIDTH 800   /* pixels, of a webtoon's pages as they are released */
#define SMALL_AREA 150000 /* pixels: what is plain and no larger is called small */

/* What an effort searches, see mark/shapes.c. */
static const struct tried {
    const char *name;
    double least_scale, most_scale;
    int mirrored, quarter_turns, small_turns;
    const char *text;
} efforts[] = {
    [TMK_FAST] = {"fast", 0.4, 2.5, 0, 0, 0, "likely scales from 0.4 to 2.5, upright"},
    [TMK_NORMAL] = {"normal", 0.35, 3, 1, 1, 0, "scales 0.35 to 3, mirrored, quarter turns"},
    [TMK_DEEP] = {"deep", 0.35, 3, 1, 1, 1,
                  "scales 0.35 to 3, mirrored, turned, stretched, slanted"},
    [TMK_EXHAUSTIVE] = {"exhaustive", 0.35, 3, 1, 1, 1,
                        "scales 0.35 to 3, mirrored, turned, stretched, slanted, and by the "
                        "index carriers of each band"},
};

#define EFFORTS ((int)(sizeof efforts / sizeof efforts[0]))

miss miss_measure(const tmk_key *key, const tmk_picture *picture, int threads,
                  int (*cancelled)(void *context, double done), void *context)
{
    miss m = {picture->width, picture->height, NAN, 0};
    tmk_embed_options options;
    tmk_embed_report report;

    tmk_embed_options_init(&options);
    options.threads = threads;
    options.progress = cancelled;
    options.context = context;
    if (tmk_embed(key, picture, 0, &options, &report, NULL) == TMK_OK)
        m.margin_db = report.margin_db;
    return m;
}

/* -------------------------------------------------------------------- reasons */

/* Why a mark, if there was one, may not have been found; each has a remedy. */
typedef enum reason {
    LIMITED_EFFORT,
    BELOW_SCALES,
    TOO_SMALL,
    TOO_PLAIN,
    DAMAGED,
    REASONS
} reason;

static const struct {
    const char *name, *text;
} reasons[] = {
    [LIMITED_EFFORT] = {"effort", NULL},
    [BELOW_SCALES] = {"below_scales", NULL},
    [TOO_SMALL] = {"too_small", "too small to hold one surely"},
    [TOO_PLAIN] = {"too_plain", "too plain to hold one surely"},
    [DAMAGED] = {"damaged", "only part of it could be read"},
};

/* The widest released page of which this picture may be a copy at the scales that were
 * searched. */
static int widest(const miss *m, tmk_effort effort)
{
    return (int)(m->width / efforts[effort].least_scale);
}

static int applies(const miss *m, tmk_effort effort, int which)
{
    int is_plain = m->margin_db < 0;
    int is_small = (int64_t)m->width * m->height <= SMALL_AREA;

    switch ((reason)which) {
    case LIMITED_EFFORT:
        return effort < TMK_DEEP;
    case BELOW_SCALES:
        return widest(m, effort) < USUAL_WIDTH;
    case TOO_SMALL:
        return is_plain && is_small;
    case TOO_PLAIN:
        return is_plain && !is_small;
    default:
        return m->damaged;
    }
}

static const char *next_step(const miss *m, tmk_effort effort)
{
    static const char *const deeper[] = {[TMK_FAST] = "--effort normal",
                                         [TMK_NORMAL] = "--effort deep",
                                         [TMK_DEEP] = NULL,
                                         [TMK_EXHAUSTIVE] = NULL};

    if (deeper[effort] != NULL)
        return deeper[effort];
    if (m->margin_db < 0 || applies(m, effort, BELOW_SCALES))
        return "a larger copy, or other pages of the episode";
    if (m->damaged)
        return "another copy of the file";
    return effort == TMK_DEEP ? "--effort exhaustive, or other pages of the episode"
                              : "other pages of the episode";
}

/* ------------------------------------------------------------------- reporting */

static tmk_effort known(tmk_effort effort)
{
    return effort < 0 ? TMK_FAST : effort < EFFORTS ? effort : TMK_EXHAUSTIVE;
}

void miss_print(FILE *stream, const miss *m, tmk_effort effort)
{
    effort = known(effort);
    fprintf(stream, "; searched: %s", efforts[effort].text);
    for (int i = 0; i < REASONS; i++)
        if (applies(m, effort, i) && reasons[i].text != NULL)
            fprintf(stream, "; %s", reasons[i].text);
    if (applies(m, effort, BELOW_SCALES))
        fprintf(stream, "; %d pixels wide, it is searched for pages of up to %d", m->width,
                widest(m, effort));
    fprintf(stream, "; next: %s", next_step(m, effort));
}

void miss_put(json_t *object, const miss *m, tmk_effort effort)
{
    json_t *tried = report_object(), *list = json_array();
    const struct tried *t;

    effort = known(effort);
    t = &efforts[effort];
    report_put_text(tried, "effort", t->name);
    report_put_number(tried, "least_scale", t->least_scale, 3);
    report_put_number(tried, "most_scale", t->most_scale, 3);
    report_put(tried, "mirrored", json_boolean(t->mirrored));
    report_put(tried, "quarter_turns", json_boolean(t->quarter_turns));
    report_put(tried, "small_turns", json_boolean(t->small_turns));
    report_put(object, "tried", tried);
    report_put(object, "width", json_integer(m->width));
    report_put(object, "height", json_integer(m->height));
    report_put_number(object, "margin_db", m->margin_db, 2);
    for (int i = 0; i < REASONS; i++)
        if (applies(m, effort, i) &&
            json_array_append_new(list, json_string(reasons[i].name)) != 0)
            report_no_memory();
    report_put(object, "reasons", list);
    report_put_text(object, "next", next_step(m, effort));
}
