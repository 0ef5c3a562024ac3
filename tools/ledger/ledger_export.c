/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ledger as text: CSV, JSON lines, or its channels as lines of text. */
#include <stdio.h>
#include <string.h>

#include "ledger/ledger_parts.h"
#include "ledger/ledger_row.h"
#include "report.h"
#include "table.h"

/* --------------------------------------------------------------- rows by format */

static void print_csv(ledger_row *row)
{
    char buffer[ROW_BUFFER];

    for (size_t i = 0; row_name(i) != NULL; i++) {
        if (i > 0)
            putchar(',');
        table_write(stdout, row_text(row, i, buffer));
    }
    fputs("\r\n", stdout);
}

static void print_csv_names(void)
{
    for (size_t i = 0; row_name(i) != NULL; i++)
        printf("%s%s", i > 0 ? "," : "", row_name(i));
    fputs("\r\n", stdout);
}

static void print_jsonl(ledger_row *row)
{
    json_t *object = report_object();

    row_put(object, row);
    row_json(stdout, object);
}

static void print_channel(ledger_row *row)
{
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(row->channel.mark, digits);
    printf("%s\t%s", row->channel.name, digits);
    if (*row->channel.note != '\0')
        printf("\t%s", row->channel.note);
    putchar('\n');
}

static void print_nothing(void)
{
}

static const struct export_format {
    const char *name;
    void (*begin)(void);
    void (*print)(ledger_row *row);
    int has_releases;
} formats[] = {
    {"csv", print_csv_names, print_csv, 1},
    {"jsonl", print_nothing, print_jsonl, 1},
    {"channels", print_nothing, print_channel, 0},
};

/* ------------------------------------------------------------------------- all */

static int export_channel(void *context, const tmk_channel *channel)
{
    const struct export_format *format = context;
    ledger_row row;

    row_of_channel(&row, channel);
    format->print(&row);
    row_free(&row);
    return ferror(stdout);
}

static int export_release(void *context, const tmk_release *release)
{
    const struct export_format *format = context;
    ledger_row row;

    row_of_release(&row, release);
    format->print(&row);
    row_free(&row);
    return ferror(stdout);
}

static int export_all(const arguments *a, tmk_ledger *ledger,
                      const struct export_format *format)
{
    tmk_release_filter filter = ledger_filter(a);
    int is_part = filter.channel != NULL || filter.title != NULL || filter.episode != NULL;
    void *context = (void *)format;
    tmk_error error;

    format->begin();
    if (!is_part &&
        tmk_ledger_each_channel(ledger, export_channel, context, &error) != TMK_OK) {
        report_error("", &error);
        return EXIT_TROUBLE;
    }
    return format->has_releases ? ledger_visit(ledger, &filter, export_release, context)
                                : EXIT_ALL;
}

int ledger_export(const arguments *a, tmk_ledger *ledger)
{
    const char *name = a->format != NULL ? a->format : a->json ? "jsonl" : "csv";

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(name, formats[i].name) == 0)
            return export_all(a, ledger, &formats[i]);
    }
    return EXIT_TROUBLE;
}
