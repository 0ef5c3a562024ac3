/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "embed/outputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "characters.h"
#include "embed/names.h"
#include "page.h"
#include "paths.h"
#include "report.h"
#include "text.h"
#include "toonmark-file.h"

static int is_directory(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* -------------------------------------------------------------------- options */

static int has_stream(const input_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (is_stream(list->items[i].path))
            return 1;
    }
    return 0;
}

/* What the options alone can get wrong. */
static int check_options(const output_plan *o)
{
    const arguments *a = o->args;
    int joined = o->inputs->strip_count == 1 && a->slice > 0; /* may become one file */

    if (a->output == NULL && a->directory == NULL)
        return usage_error("embed", "say where to write: -o OUT for one FILE, or -d DIR");
    if (a->output != NULL && a->directory != NULL)
        return usage_error("embed", "-o and -d exclude each other");
    if (a->output != NULL && o->inputs->count > 1 && !joined)
        return usage_error("embed", "-o takes one FILE; give a directory with -d");
    if (a->output != NULL && (o->target_count > 1 || a->all_channels))
        return usage_error("embed", "-o takes one channel; give a directory with -d");
    if (a->output != NULL && a->name != NULL)
        return usage_error("embed", "--name is for outputs in a directory, -d");
    if (a->directory != NULL && has_stream(o->inputs))
        return usage_error("embed", "standard input has no name for -d; use -o OUT");
    if (a->output != NULL && !is_stream(a->output) && is_directory(a->output))
        return usage_error("embed", "%s is a directory; use -d", a->output);
    return EXIT_ALL;
}

/* An ending that the user chose must be one of a format that is written. */
static int check_ending(const char *name, const char *option)
{
    const char *kind = tmk_picture_kind_of_path(name);

    if (kind == NULL && tmk_format_of_path(name) == TMK_AVIF)
        kind = "AVIF";
    if (kind == NULL)
        return EXIT_ALL;
    return usage_error("embed",
                       "%s '%s': %s files can't be written; end it in .png, .jpg or .webp",
                       option, name, kind);
}

int outputs_keep_format(const output_plan *o)
{
    static const char copied_ending[] = "{ext}";
    size_t length = strlen(o->pattern), own = strlen(copied_ending);

    return o->args->output == NULL && length >= own &&
           strcmp(o->pattern + length - own, copied_ending) == 0;
}

static const char *default_pattern(const arguments *a)
{
    if (a->all_channels || a->channel_count > 1)
        return a->slice > 0 ? "{channel}/{dir}/{stem}-{slice}{ext}"
                            : "{channel}/{dir}/{stem}{ext}";
    return a->slice > 0 ? "{dir}/{stem}-{slice}{ext}" : "{dir}/{stem}{ext}";
}

static int choose_pattern(output_plan *o)
{
    const arguments *a = o->args;
    char problem[160];

    o->pattern = a->name != NULL ? a->name : default_pattern(a);
    if (names_check(o->pattern, &o->fields, problem) != NULL)
        return usage_error("embed", "--name '%s' %s", a->name, problem);
    if (o->fields & NAME_CHANNEL && a->has_mark)
        return usage_error("embed", "--name has {channel}, but -m names none");
    if (a->slice > 0 && !(o->fields & NAME_SLICE))
        return usage_error("embed", "--slice makes many files; --name needs {slice}");
    return a->output != NULL ? check_ending(a->output, "-o")
                             : check_ending(o->pattern, "--name");
}

/* ---------------------------------------------------------------------- names */

const input_file *outputs_input(const output_plan *o, size_t strip, size_t slice)
{
    size_t first = o->inputs->strips[strip];

    return &o->inputs->items[o->args->slice > 0 ? first : first + slice];
}

int outputs_number(const arguments *a, size_t slice)
{
    return a->strip || a->slice > 0 ? (int)slice + 1 : 0;
}

static const char *known(const char *text)
{
    return text != NULL && *text != '\0' ? text : NULL;
}

char *outputs_name(const output_plan *o, size_t strip, size_t target, size_t slice,
                   tmk_error *error)
{
    const arguments *a = o->args;
    const input_file *from = outputs_input(o, strip, slice);
    name_values values = {.channel = o->targets[target].channel,
                          .mark = o->targets[target].mark,
                          .variant = a->variant,
                          .path = from->path,
                          .inside = from->inside,
                          .slice = slice + 1};
    page_names p = {0};
    char problem[160], *name;

    if (a->output != NULL)
        return copied(a->output);
    if (o->fields & (NAME_TITLE | NAME_EPISODE | NAME_PAGE)) {
        p = page_of(a, from->path);
        values.title = known(p.title);
        values.episode = known(p.episode);
        values.page = known(p.page);
    }
    name = names_expand(o->pattern, a->directory, &values, problem);
    page_free(&p);
    if (name == NULL) {
        error->status = TMK_BAD_ARGUMENT;
        snprintf(error->text, sizeof error->text, "%.*s: no name for the output: %s",
                 characters_fit(from->path, 250), from->path, problem);
    }
    return name;
}

/* -------------------------------------------------------------------- clashes */

/* One output, as it is sorted: equal names have equal sums. */
typedef struct entry {
    uint64_t sum; /* of the name's bytes */
    size_t strip, slice, target;
} entry;

static int compare_entries(const void *left, const void *right)
{
    const entry *a = left, *b = right;

    return (a->sum > b->sum) - (a->sum < b->sum);
}

typedef int visitor(const output_plan *o, const entry *which, const char *name,
                    void *context);

/* Calls VISIT for all outputs of the first TARGETS targets that can be known now. */
static int visit_outputs(const output_plan *o, size_t targets, visitor *visit, void *context)
{
    const input_list *list = o->inputs;
    int status = EXIT_ALL;

    for (size_t s = 0; s < list->strip_count; s++) {
        size_t slices = o->args->slice > 0 ? 1 : list->strips[s + 1] - list->strips[s];

        for (size_t i = 0; i < targets * slices && status == EXIT_ALL; i++) {
            entry which = {0, s, i % slices, i / slices};
            tmk_error error;
            char *name;

            if (outputs_input(o, s, which.slice)->problem != 0)
                continue;
            name = outputs_name(o, s, which.target, which.slice, &error);
            if (name == NULL) {
                report_error("", &error);
                return EXIT_TROUBLE;
            }
            status = visit(o, &which, name, context);
            free(name);
        }
    }
    return status;
}

typedef struct entries {
    entry *items;
    size_t count;
} entries;

static int note_entry(const output_plan *o, const entry *which, const char *name,
                      void *context)
{
    entries *all = context;

    (void)o;
    all->items[all->count] = *which;
    all->items[all->count++].sum = sum_with(SUM_OF_NOTHING, name, strlen(name));
    return EXIT_ALL;
}

static int check_pair(const output_plan *o, const entry *a, const entry *b)
{
    tmk_error error;
    char *left = outputs_name(o, a->strip, a->target, a->slice, &error);
    char *right = outputs_name(o, b->strip, b->target, b->slice, &error);
    int status = EXIT_ALL;

    if (left != NULL && right != NULL && strcmp(left, right) == 0)
        status = usage_error("embed", "two files would become %s; use distinct output names",
                             left);
    free(left);
    free(right);
    return status;
}

/* Refuses two outputs of one name. */
static int check_distinct(const output_plan *o)
{
    /* Where names keep channels apart, those of the first speak for all. */
    size_t targets = names_part_channels(o->pattern) ? 1 : o->target_count;
    entries all = {allocated(o->inputs->count * targets, sizeof *all.items), 0};
    int status;

    status = visit_outputs(o, targets, note_entry, &all);
    qsort(all.items, all.count, sizeof *all.items, compare_entries);
    for (size_t i = 1; i < all.count && status == EXIT_ALL; i++) {
        if (all.items[i].sum == all.items[i - 1].sum)
            status = check_pair(o, &all.items[i - 1], &all.items[i]);
    }
    free(all.items);
    return status;
}

static int compare_inputs(const void *left, const void *right)
{
    const input_file *a = *(const input_file *const *)left;
    const input_file *b = *(const input_file *const *)right;

    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* The inputs that are there, sorted by who they are. */
typedef struct input_index {
    const input_file **items;
    size_t count;
} input_index;

/* The first of the inputs that are the file FACTS; COUNT if none is. */
static size_t find_input(const input_index *r, const struct stat *facts)
{
    const input_file wanted = {.device = facts->st_dev, .number = facts->st_ino};
    const input_file *key = &wanted;
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_inputs(&r->items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count && compare_inputs(&r->items[low], &key) == 0 ? low : r->count;
}

/* Whether a page may replace itself: not if it has to be read again afterwards. */
static int may_replace_itself(const arguments *a)
{
    return a->force && a->slice == 0 && a->verify == NULL;
}

/* Refuses NAME where it is an input: another page's always, its own without -f. */
static int check_not_input(const output_plan *o, const entry *which, const char *name,
                           void *context)
{
    const input_index *r = context;
    const input_list *list = o->inputs;
    const input_file *own = outputs_input(o, which->strip, which->slice);
    int alone = list->strips[which->strip + 1] - list->strips[which->strip] == 1;
    struct stat facts;
    size_t first;

    if (is_stream(name) || stat(name, &facts) != 0)
        return EXIT_ALL;
    first = find_input(r, &facts);
    for (size_t i = first;
         i < r->count && compare_inputs(&r->items[i], &r->items[first]) == 0; i++) {
        if (r->items[i] != own || !alone)
            return usage_error("embed", "%s would overwrite the input %s", name,
                               r->items[i]->path);
        if (!may_replace_itself(o->args))
            return usage_error("embed", "%s is the input itself; name another output", name);
    }
    return EXIT_ALL;
}

/* Refuses to write over what is to be read. */
static int check_inputs(const output_plan *o)
{
    const input_list *list = o->inputs;
    input_index r = {allocated(list->count, sizeof *r.items), 0};
    int status;

    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].bytes != UNKNOWN_SIZE)
            r.items[r.count++] = &list->items[i];
    }
    qsort(r.items, r.count, sizeof *r.items, compare_inputs);
    status = visit_outputs(o, o->target_count, check_not_input, &r);
    free(r.items);
    return status;
}

int outputs_is_input(const output_plan *o, const char *path)
{
    struct stat facts;

    if (is_stream(path) || stat(path, &facts) != 0)
        return 0;
    for (size_t i = 0; i < o->inputs->count; i++) {
        const input_file *each = &o->inputs->items[i];

        if (each->bytes != UNKNOWN_SIZE && each->device == facts.st_dev &&
            each->number == facts.st_ino)
            return 1;
    }
    return 0;
}

int outputs_plan(output_plan *o)
{
    TRY(check_options(o));
    if (o->inputs->count == 0)
        return EXIT_ALL;
    TRY(choose_pattern(o));
    TRY(check_distinct(o));
    return check_inputs(o);
}

/* -------------------------------------------------------------------- folders */

int outputs_make_directory(const arguments *a)
{
    char *inside, *refused;
    int problem;

    if (a->directory == NULL)
        return EXIT_ALL;
    inside = path_in(a->directory, "");
    refused = create_folders(inside, 0, 0777);
    problem = refused != NULL ? errno : ENOTDIR; /* what follows changes errno */
    if (refused == NULL && !is_directory(a->directory))
        refused = copied(a->directory);
    if (refused != NULL)
        report_line("%s: can't be created: %s", refused,
                    problem == ENOTDIR ? "a file of that name is there" : strerror(problem));
    free(inside);
    problem = refused != NULL;
    free(refused);
    return problem ? EXIT_TROUBLE : EXIT_ALL;
}

tmk_status outputs_make_folders(const arguments *a, const char *path, tmk_error *error)
{
    char *refused;

    if (is_stream(path))
        return TMK_OK;
    refused = create_folders(path, a->directory != NULL ? strlen(a->directory) : 0, 0777);
    if (refused == NULL)
        return TMK_OK;
    error->status = TMK_NOT_WRITABLE;
    snprintf(error->text, sizeof error->text, "%.*s: can't be created: %s",
             characters_fit(refused, 400), refused, strerror(errno));
    free(refused);
    return error->status;
}
