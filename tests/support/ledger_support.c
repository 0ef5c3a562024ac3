/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/ledger_support.h"

#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tmk_ledger *open_ledger(const char *name)
{
    tmk_ledger *ledger = NULL;

    OK(tmk_ledger_open(name, TMK_LEDGER_WRITE, &ledger, error));
    return ledger;
}

tmk_release made_up(const char *output, unsigned number)
{
    tmk_release release;

    tmk_release_init(&release);
    release.mark = number;
    release.channel = number % 2 == 0 ? "even" : "odd";
    strcpy(release.key, "0123456789abcdef");
    release.input = "/pages/01.png";
    memset(release.input_digest, 0xa0 + (int)(number % 16), TMK_DIGEST_BYTES);
    release.input_bytes = 1000 + number % 16;
    release.output = output;
    memset(release.output_digest, 0x80, TMK_DIGEST_BYTES);
    memcpy(release.output_digest, &number, sizeof number);
    release.output_bytes = 2000 + number;
    release.strength = 1;
    return release;
}

static int count_one(void *context, const tmk_release *release)
{
    (void)release;
    ++*(size_t *)context;
    return 0;
}

size_t count_releases(tmk_ledger *ledger, const tmk_release_filter *filter)
{
    size_t count = 0;

    OK(tmk_ledger_each(ledger, filter, count_one, &count, error));
    return count;
}

size_t count_channels(tmk_ledger *ledger)
{
    tmk_channels *channels = NULL;
    size_t count;

    OK(tmk_ledger_channels(ledger, &channels, error));
    count = tmk_channels_count(channels);
    tmk_channels_free(&channels);
    return count;
}

static int print_channel(void *context, const tmk_channel *channel)
{
    fprintf(context, "%lld %s %llx %s%s\n", (long long)channel->time, channel->name,
            (unsigned long long)channel->mark, channel->note,
            channel->state == TMK_CHANNEL_RETIRED ? " (retired)" : "");
    return 0;
}

static int print_release(void *context, const tmk_release *r)
{
    fprintf(context,
            "%lld %llx %s %s %s %llu %s %llu %d %lld %s %s %s %d %.17g %d %s %.17g "
            "%.17g %s %s %d %d %d %d %d %d %d %zu %lld ",
            (long long)r->time, (unsigned long long)r->mark, r->channel, r->key, r->input,
            (unsigned long long)r->input_bytes, r->output,
            (unsigned long long)r->output_bytes, r->width, (long long)r->height, r->title,
            r->episode, r->page, r->slice, r->strength, r->quality, r->options, r->margin_db,
            r->psnr_db, r->verified, r->version, r->is_newest, r->format_version, r->place.x,
            r->place.y, r->place.band, r->variant, (int)r->state, r->content.size,
            (long long)r->clock);
    for (int i = 0; i < TMK_DIGEST_BYTES; i++)
        fprintf(context, "%02x%02x", r->input_digest[i], r->output_digest[i]);
    fputc('\n', context);
    return 0;
}

static int print_event(void *context, const tmk_event *event)
{
    for (int i = 0; i < TMK_ORIGIN_BYTES; i++)
        fprintf(context, "%02x", event->origin[i]);
    fprintf(context, " %lld %lld %s ", (long long)event->sequence, (long long)event->time,
            event->kind);
    for (int i = 0; i < TMK_DIGEST_BYTES; i++)
        fprintf(context, "%02x", event->hash[i]);
    fputc('\n', context);
    return 0;
}

char *log_of(tmk_ledger *ledger)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    OK(tmk_ledger_each_event(ledger, print_event, stream, error));
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

char *content_of(tmk_ledger *ledger)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    OK(tmk_ledger_each_channel(ledger, print_channel, stream, error));
    OK(tmk_ledger_each(ledger, NULL, print_release, stream, error));
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

long long run_sql(const char *name, const char *sql)
{
    sqlite3 *handle;
    sqlite3_stmt *statement;
    long long value = 0;

    ck_assert_int_eq(sqlite3_open(name, &handle), SQLITE_OK);
    while (*sql != '\0') {
        ck_assert_msg(sqlite3_prepare_v2(handle, sql, -1, &statement, &sql) == SQLITE_OK,
                      "%s", sqlite3_errmsg(handle));
        while (sqlite3_step(statement) == SQLITE_ROW)
            value = sqlite3_column_int64(statement, 0);
        ck_assert_msg(sqlite3_finalize(statement) == SQLITE_OK, "%s", sqlite3_errmsg(handle));
    }
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
    return value;
}
