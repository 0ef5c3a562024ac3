/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The libraries in one page: marks PAGE for a channel, and reads the mark of COPY.
 *
 *     cc example.c $(pkg-config --cflags --libs toonmark-file toonmark-ledger) -o example
 *     ./example page.png copy.jpg
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <toonmark-file.h>
#include <toonmark-ledger.h>

static tmk_error error;

static void check(tmk_status status, const tmk_error *reason)
{
    if (status != TMK_OK)
        errx(1, "%s", reason->text);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const char *page = argv[1], *path = argv[2];
    tmk_output output;
    tmk_copy copy = {.paths = &path, .outputs = &output};
    tmk_key *key;
    tmk_ledger *ledger;
    tmk_strip *strip;
    tmk_image *seized;
    tmk_extract_result result;

    /* A publisher keeps these two: tmk_key_save and tmk_key_load, and a ledger's path. */
    check(tmk_key_generate(&key, &error), &error);
    check(tmk_ledger_open(NULL, TMK_LEDGER_WRITE, &ledger, &error), &error);
    check(tmk_ledger_add_channel(ledger, "us-app", NULL, NULL, &copy.mark, &error), &error);

    /* One page here; further pages would be slices of one strip, further copies channels. */
    check(tmk_strip_open(&page, 1, &strip, &error), &error);
    check(tmk_strip_embed(key, strip, &copy, 1, NULL, &error), &error);
    check(output.status, &output.error);

    /* Months later, somewhere else. */
    check(tmk_image_read(path, &seized, &error), &error);
    check(tmk_extract(key, tmk_image_picture(seized), NULL, &result, &error), &error);
    for (int i = 0; i < result.count; i++)
        printf("mark %016" PRIx64 ", not chance: 10^%.0f\n", result.marks[i].mark,
               result.marks[i].log10_p + 0.5); /* rounded up */

    tmk_image_free(&seized);
    tmk_strip_free(&strip);
    tmk_ledger_close(&ledger);
    tmk_key_free(&key);
    return result.count == 1 && result.marks[0].mark == copy.mark ? 0 : 1;
}
