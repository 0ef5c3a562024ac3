/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips of slices, marked for many channels at once, in bands and on threads. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* O_TMPFILE */
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/pictures.h"
#include "mark/origin.h"
#include "tests/support/scratch.h"
#include "toonmark-file.h"

#define MARK UINT64_C(0x0123456789abcdef)
#define MAX_OUTPUTS 16

#define MAX_NAMES 512

static char *names[MAX_NAMES];
static int name_count;

static void end(void)
{
    scratch_end();
    while (name_count > 0)
        free(names[--name_count]);
}

/* NAME as a text that lives as long as the test. */
static const char *in(const char *name)
{
    ck_assert_int_lt(name_count, MAX_NAMES);
    return names[name_count++] = strdup(name);
}

static const char *save(const tmk_picture *picture, const char *name)
{
    save_picture(picture, name, 95);
    return in(name);
}

static tmk_strip *open_strip(const char *const *paths, size_t count)
{
    tmk_strip *strip = NULL;
    tmk_error error = {TMK_OK, ""};

    ck_assert_msg(tmk_strip_open(paths, count, &strip, &error) == TMK_OK, "%s", error.text);
    return strip;
}

static tmk_strip_options with(int threads, int slice_height)
{
    tmk_strip_options options;

    tmk_strip_options_init(&options);
    options.threads = threads;
    options.slice_height = slice_height;
    return options;
}

/* Marks STRIP for one channel; its outputs are PREFIX0.png and so on. */
static size_t mark_strip(tmk_strip *strip, uint64_t mark, const char *prefix,
                         const tmk_strip_options *options, tmk_output *outputs,
                         const char **paths)
{
    size_t count = tmk_strip_outputs(strip, options->slice_height);
    tmk_copy copy = {.mark = mark, .paths = paths, .outputs = outputs};
    tmk_key *key = key_of(1);
    tmk_error error = {TMK_OK, ""};
    char name[64];

    ck_assert_uint_le(count, MAX_OUTPUTS);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%zu.png", prefix, i);
        paths[i] = in(name);
    }
    ck_assert_msg(tmk_strip_embed(key, strip, &copy, 1, options, &error) == TMK_OK, "%s",
                  error.text);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(outputs[i].status == TMK_OK, "%s", outputs[i].error.text);
    tmk_key_free(&key);
    return count;
}

static tmk_picture stitch(const char *const *paths, size_t count)
{
    tmk_picture parts[MAX_OUTPUTS], whole;
    int height = 0, y = 0;

    for (size_t i = 0; i < count; i++) {
        parts[i] = load_picture(paths[i]);
        height += parts[i].height;
    }
    whole = new_picture(parts[0].width, height, parts[0].channels, parts[0].depth);
    for (size_t i = 0; i < count; i++) {
        for (int row = 0; row < parts[i].height; row++)
            memcpy(tmk_picture_row(&whole, y++), tmk_picture_row(&parts[i], row),
                   whole.stride);
        tmk_picture_release(&parts[i]);
    }
    return whole;
}

static tmk_extract_result extract(const tmk_picture *picture)
{
    tmk_key *key = key_of(1);
    tmk_extract_options options;
    tmk_extract_result result;

    tmk_extract_options_init(&options);
    options.effort = TMK_FAST;
    ck_assert_int_eq(tmk_extract(key, picture, &options, &result, NULL), TMK_OK);
    tmk_key_free(&key);
    return result;
}

/* --------------------------------------------------------------- what is one page */

/* One file gives what marking its pixels and writing them gives, to the last byte: all kinds
 * of samples, held in memory. */
START_TEST(one_page)
{
    tmk_picture page = gradients(200, 330, 1 + _i % 4, _i < 4 ? 8 : 16, 1);
    const char *input = save(&page, "page.png"), *paths[1];
    tmk_strip *strip = open_strip(&input, 1);
    tmk_strip_options options = with(1, 0);
    tmk_embed_report report;
    tmk_output output;
    tmk_key *key = key_of(1);

    mark_strip(strip, MARK, "marked", &options, &output, paths);
    ck_assert_int_eq(tmk_embed(key, &page, MARK, NULL, &report, NULL), TMK_OK);
    ck_assert(scratch_same(paths[0], save(&page, "expected.png")));
    ck_assert_double_eq_tol(output.report.psnr_db, report.psnr_db, 1e-9);
    ck_assert_double_eq_tol(output.report.luma_psnr_db, report.luma_psnr_db, 1e-9);
    ck_assert_double_eq_tol(output.report.margin_db, report.margin_db, 1e-9);
    ck_assert(output.width == 200 && output.height == 330 && output.top == 0);
    ck_assert_int_eq(output.format, TMK_PNG);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    ck_assert_ptr_null(strip);
    tmk_picture_release(&page);
}
END_TEST

/* A page of more than 24 MiB, all noise: what zlib can't pack it gives up soon, and a grain
 * of two levels keeps it searching for seconds. */
static tmk_picture tall_page(uint64_t seed)
{
    tmk_picture page = new_picture(240, 14000, 4, 16);

    fill_noise(&page, seed);
    return page;
}

/* The same of one that is too large to be held, and is read in bands. */
START_TEST(one_tall_page)
{
    tmk_picture page = tall_page(2);
    const char *input = save(&page, "page.png"), *paths[1];
    tmk_strip *strip = open_strip(&input, 1);
    tmk_strip_options options = with(2, 0);
    tmk_embed_report report;
    tmk_output output;
    tmk_key *key = key_of(1);

    ck_assert_int_eq(tmk_strip_height(strip), 14000);
    mark_strip(strip, MARK, "marked", &options, &output, paths);
    ck_assert_int_eq(tmk_embed(key, &page, MARK, NULL, &report, NULL), TMK_OK);
    ck_assert(scratch_same(paths[0], save(&page, "expected.png")));
    ck_assert_double_eq_tol(output.report.psnr_db, report.psnr_db, 1e-9);
    ck_assert_double_eq_tol(output.report.margin_db, report.margin_db, 1e-9);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

/* Other formats hold the pixels that were marked: JPEG nearly, lossless WebP exactly. */
START_TEST(other_formats)
{
    static const char *const outputs[] = {"out.webp", "out.jpg"};
    tmk_picture page = gradients(200, 260, 3, 8, 3), got;
    const char *input = save(&page, "page.png"), *path = in(outputs[_i]);
    tmk_strip *strip = open_strip(&input, 1);
    tmk_strip_options options = with(1, 0);
    tmk_output output;
    tmk_copy copy = {.mark = MARK, .paths = &path, .outputs = &output};
    tmk_key *key = key_of(1);

    options.write.quality = 100;
    ck_assert_int_eq(tmk_strip_embed(key, strip, &copy, 1, &options, NULL), TMK_OK);
    ck_assert_msg(output.status == TMK_OK, "%s", output.error.text);
    ck_assert_int_eq(output.format, tmk_format_of_path(path));
    ck_assert_int_eq(tmk_embed(key, &page, MARK, NULL, NULL, NULL), TMK_OK);
    got = load_picture(path);
    ck_assert_double_le(rms_between(&page, &got), _i == 0 ? 0 : 2);
    tmk_picture_release(&got);
    tmk_picture_release(&page);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
}
END_TEST

/* JPEG stays JPEG in its coefficients, uncut and at its own quality only. */
START_TEST(coefficients)
{
    tmk_picture page = gradients(200, 260, 3, 8, 3), one, other;
    const char *input = save(&page, "page.jpg");
    const char *paths[3] = {in("kept.jpg"), in("again.jpg"), in("cut.jpg")};
    tmk_strip *strip = open_strip(&input, 1);
    tmk_output outputs[3];
    tmk_image *image = NULL;
    tmk_key *key = key_of(1);

    for (int i = 0; i < 3; i++) {
        tmk_strip_options options = with(2, i == 2 ? 300 : 0);
        tmk_copy copy = {.mark = MARK, .paths = &paths[i], .outputs = &outputs[i]};

        options.write.quality = i == 1 ? 90 : 0;
        ck_assert_int_eq(tmk_strip_embed(key, strip, &copy, 1, &options, NULL), TMK_OK);
        ck_assert_msg(outputs[i].status == TMK_OK, "%s", outputs[i].error.text);
        ck_assert_int_eq(outputs[i].coefficients, i == 0);
        ck_assert_int_eq(outputs[i].format, TMK_JPEG);
    }
    ck_assert_int_eq(tmk_image_read(input, &image, NULL), TMK_OK);
    ck_assert_int_eq(tmk_image_embed(key, image, MARK, NULL, NULL, NULL), TMK_OK);
    ck_assert_int_eq(tmk_image_write(image, in("expected.jpg"), NULL, NULL), TMK_OK);
    ck_assert(scratch_same(paths[0], in("expected.jpg")));
    ck_assert(!scratch_same(paths[0], paths[2]));
    one = load_picture(paths[0]);
    other = load_picture(paths[2]);
    ck_assert_double_le(rms_between(&one, &other), 2);
    tmk_picture_release(&one);
    tmk_picture_release(&other);
    tmk_image_free(&image);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

/* ------------------------------------------------------------------ many copies */

/* Copies made together, on any number of threads, are those made alone. */
START_TEST(many_marks)
{
    enum { COPIES = 40 }; /* more than are made at a time */
    tmk_picture page = gradients(100, 160, 3, 8, 4);
    const char *input = save(&page, "page.png"), *alone[1], *paths[COPIES];
    tmk_strip *strip = open_strip(&input, 1);
    tmk_copy copies[COPIES] = {{0}};
    tmk_output outputs[COPIES], output;
    tmk_key *key = key_of(1);
    char name[64];

    for (int threads = 1; threads <= 5; threads += 2) {
        tmk_strip_options options = with(threads, 0);

        for (int i = 0; i < COPIES; i++) {
            snprintf(name, sizeof name, "together-%d-%d.png", threads, i);
            paths[i] = in(name);
            copies[i] = (tmk_copy){.mark = MARK + (uint64_t)i,
                                   .paths = &paths[i],
                                   .outputs = &outputs[i],
                                   .strength = i == 7 ? 1.5 : 0};
        }
        ck_assert_int_eq(tmk_strip_embed(key, strip, copies, COPIES, &options, NULL), TMK_OK);
        for (int i = 0; i < COPIES; i += 13) {
            tmk_strip_options one = with(1, 0);

            ck_assert_int_eq(outputs[i].status, TMK_OK);
            mark_strip(strip, MARK + (uint64_t)i, "alone", &one, &output, alone);
            ck_assert(scratch_same(paths[i], alone[0]));
            ck_assert_double_eq(outputs[i].report.margin_db, output.report.margin_db);
            ck_assert_int_eq(unlink(alone[0]), 0);
        }
        ck_assert_double_lt(outputs[7].report.psnr_db, outputs[6].report.psnr_db - 2);
    }
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

/* -------------------------------------------------------------------- strips */

static const int heights[] = {500, 100, 1, 420, 17};
enum { SLICES = sizeof heights / sizeof heights[0], TOTAL = 1038 };

/* Saves PAGE in slices; its files are in PATHS. */
static tmk_strip *slice_page(const tmk_picture *page, const char *prefix, const char **paths)
{
    int y = 0;
    char name[64];

    for (int i = 0; i < SLICES; i++) {
        tmk_picture part = rows_of(page, y, heights[i]);

        snprintf(name, sizeof name, "%s%d.png", prefix, i);
        paths[i] = save(&part, name);
        y += heights[i];
    }
    return open_strip(paths, SLICES);
}

/* Slices of any height carry one mark, and a thin one helps its neighbours. */
START_TEST(continuous_mark)
{
    tmk_picture page = gradients(300, TOTAL, 3, 8, 5), stitched, without;
    const char *inputs[SLICES], *paths[SLICES];
    tmk_strip *strip = slice_page(&page, "in", inputs);
    tmk_strip_options options = with(2, 0);
    tmk_output outputs[SLICES];
    tmk_extract_result all, less;
    int top = 0;

    ck_assert_int_eq(tmk_strip_width(strip), 300);
    ck_assert_int_eq(tmk_strip_height(strip), TOTAL);
    ck_assert_uint_eq(tmk_strip_outputs(strip, 0), SLICES);
    mark_strip(strip, MARK, "out", &options, outputs, paths);
    for (int i = 0; i < SLICES; i++) {
        ck_assert(outputs[i].height == heights[i] && outputs[i].top == top);
        top += heights[i];
    }
    stitched = stitch(paths, SLICES);
    all = extract(&stitched);
    ck_assert_int_eq(all.count, 1);
    ck_assert_uint_eq(all.marks[0].mark, MARK);
    ck_assert_double_eq_tol(all.marks[0].scale_y, 1, 0.005);
    /* the first two slices say more than the first one alone */
    without = rows_of(&stitched, 0, 600);
    all = extract(&without);
    without.height = 500;
    less = extract(&without);
    ck_assert(all.count == 1 && less.count == 1);
    ck_assert_double_gt(all.marks[0].score, less.marks[0].score * 1.03);
    tmk_picture_release(&stitched);
    tmk_picture_release(&page);
    tmk_strip_free(&strip);
}
END_TEST

/* Where slices are cut on output changes no pixel. */
START_TEST(cut_anywhere)
{
    static const int cuts[] = {100, 64, 333, 1000, TOTAL, 5000};
    tmk_picture page = gradients(130, TOTAL, 3, 8, 6), uncut, stitched;
    const char *inputs[SLICES], *paths[MAX_OUTPUTS + 4];
    tmk_strip *strip = slice_page(&page, "in", inputs);
    tmk_strip_options options = with(1, 0), cut = with(2, cuts[_i]);
    tmk_output outputs[MAX_OUTPUTS + 4];
    size_t count = (TOTAL + (size_t)cuts[_i] - 1) / (size_t)cuts[_i];

    if (count > MAX_OUTPUTS)
        cut.slice_height = 99;
    mark_strip(strip, MARK, "uncut", &options, outputs, paths);
    uncut = stitch(paths, SLICES);
    count = mark_strip(strip, MARK, "cut", &cut, outputs, paths);
    ck_assert_uint_eq(count,
                      (TOTAL + (size_t)cut.slice_height - 1) / (size_t)cut.slice_height);
    for (size_t i = 0; i + 1 < count; i++) {
        ck_assert_int_eq(outputs[i].height, cut.slice_height);
        ck_assert_int_eq(outputs[i + 1].top, outputs[i].top + cut.slice_height);
    }
    stitched = stitch(paths, count);
    ck_assert(same_pixels(&uncut, &stitched));
    tmk_picture_release(&uncut);
    tmk_picture_release(&stitched);
    tmk_picture_release(&page);
    tmk_strip_free(&strip);
}
END_TEST

/* Slices of several kinds in one output: grey becomes colour, and what has no alpha opaque. */
START_TEST(mixed_kinds)
{
    tmk_picture grey = gradients(120, 150, 1, 8, 7), deep = gradients(120, 150, 2, 16, 8);
    tmk_picture colour = gradients(120, 150, 3, 8, 9), got, alone;
    const char *inputs[3] = {save(&grey, "0.png"), save(&deep, "1.png"),
                             save(&colour, "2.png")};
    const char *apart[3], *joined[1];
    tmk_strip *strip = open_strip(inputs, 3);
    tmk_strip_options options = with(1, 0), whole = with(1, 450);
    tmk_output outputs[3];

    mark_strip(strip, MARK, "joined", &whole, outputs, joined);
    mark_strip(strip, MARK, "apart", &options, outputs, apart);
    got = load_picture(joined[0]);
    ck_assert(got.height == 450 && got.channels == 4 && got.depth == 16);
    alone = load_picture(apart[0]);
    for (int x = 0; x < 120; x++)
        for (int c = 0; c < 3; c++)
            ck_assert_int_eq(get_sample(&got, x, 149, c),
                             257 * get_sample(&alone, x, 149, 0));
    ck_assert_int_eq(get_sample(&got, 5, 20, 3), 65535);
    tmk_picture_release(&alone);
    alone = load_picture(apart[1]);
    ck_assert_int_eq(get_sample(&got, 60, 200, 2), get_sample(&alone, 60, 50, 0));
    tmk_picture_release(&alone);
    alone = load_picture(apart[2]);
    for (int c = 0; c < 3; c++)
        ck_assert_int_eq(get_sample(&got, 60, 400, c), 257 * get_sample(&alone, 60, 100, c));
    tmk_picture_release(&alone);
    tmk_picture_release(&got);
    tmk_picture_release(&grey);
    tmk_picture_release(&deep);
    tmk_picture_release(&colour);
    tmk_strip_free(&strip);
}
END_TEST

/* ------------------------------------------------------------------- failures */

/* What fails is one output; the others are there, and nothing else. */
START_TEST(one_output_fails)
{
    tmk_picture page = gradients(130, TOTAL, 3, 8, 10);
    const char *inputs[SLICES], *paths[2][SLICES];
    tmk_strip *strip = slice_page(&page, "in", inputs);
    tmk_output outputs[2][SLICES];
    tmk_copy copies[2] = {{.mark = 1, .paths = paths[0], .outputs = outputs[0]},
                          {.mark = 2, .paths = paths[1], .outputs = outputs[1]}};
    tmk_strip_options options = with(2, 0);
    tmk_key *key = key_of(1);
    char name[64];

    for (int c = 0; c < 2; c++)
        for (int i = 0; i < SLICES; i++) {
            snprintf(name, sizeof name, "%d-%d.png", c, i);
            paths[c][i] = in(name);
        }
    paths[0][1] = in("no/such/directory.png");
    paths[0][3] = NULL;
    paths[1][4] = in("in4.png");  /* exists */
    paths[1][0] = in("out.avif"); /* can't be written */
    ck_assert_int_eq(tmk_strip_embed(key, strip, copies, 2, &options, NULL), TMK_OK);
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < SLICES; i++) {
            int wanted = c == 0 && i == 1   ? TMK_NOT_WRITABLE
                         : c == 1 && i == 4 ? TMK_EXISTS
                         : c == 1 && i == 0 ? TMK_UNSUPPORTED
                                            : TMK_OK;

            ck_assert_int_eq(outputs[c][i].status, wanted);
            ck_assert_int_eq(outputs[c][i].error.status, wanted);
            ck_assert_int_eq(outputs[c][i].bytes > 0,
                             wanted == TMK_OK && paths[c][i] != NULL);
        }
    ck_assert_ptr_nonnull(strstr(outputs[0][1].error.text, "no/such"));
    ck_assert_int_eq(scratch_count(), SLICES + 3 + 3);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

START_TEST(overwriting)
{
    tmk_picture page = gradients(100, 100, 3, 8, 11);
    const char *input = save(&page, "page.png"), *path = in("out.png");
    tmk_strip *strip = open_strip(&input, 1);
    tmk_output output;
    tmk_copy copy = {.mark = 1, .paths = &path, .outputs = &output};
    tmk_strip_options options = with(1, 0);
    tmk_key *key = key_of(1);
    struct stat before, after;
    static const struct {
        tmk_output_mode overwrite;
        uint64_t mark;
        tmk_status status;
    } steps[] = {
        {TMK_OUTPUT_NEW, 1, TMK_OK},      {TMK_OUTPUT_NEW, 1, TMK_EXISTS},
        {TMK_OUTPUT_SAME, 1, TMK_OK},     {TMK_OUTPUT_NEW, 2, TMK_EXISTS},
        {TMK_OUTPUT_SAME, 2, TMK_EXISTS}, {TMK_OUTPUT_REPLACE, 2, TMK_OK},
        {TMK_OUTPUT_SAME, 2, TMK_OK},
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        uint8_t digest[TMK_DIGEST_BYTES];
        uint64_t bytes;

        options.write.overwrite = steps[i].overwrite;
        copy.mark = steps[i].mark;
        ck_assert_int_eq(stat(path, &before) == 0, i > 0);
        ck_assert_int_eq(tmk_strip_embed(key, strip, &copy, 1, &options, NULL), TMK_OK);
        ck_assert_int_eq(output.status, steps[i].status);
        ck_assert_int_eq(stat(path, &after), 0);
        ck_assert(i == 0 || steps[i].overwrite == TMK_OUTPUT_REPLACE ||
                  before.st_ino == after.st_ino);
        if (output.status != TMK_OK)
            continue;
        ck_assert_int_eq(tmk_file_digest(path, digest, &bytes, NULL), TMK_OK);
        ck_assert(bytes == output.bytes && memcmp(digest, output.digest, sizeof digest) == 0);
    }
    ck_assert_int_eq(scratch_count(), 2);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

/* What a caller sees of one call. */
typedef struct course {
    double done;
    int finished;
} course;

static int see_progress(void *context, double done)
{
    course *seen = context;

    ck_assert(done >= seen->done); /* a second pass would begin anew */
    seen->done = done;
    return 0;
}

static void see_finished(void *context, size_t output)
{
    course *seen = context;

    ck_assert_uint_eq(output, (size_t)seen->finished++);
}

/* Each output has a mode of its own, and one pass over the strip serves them all. */
START_TEST(overwriting_each)
{
    static const tmk_output_mode modes[SLICES] = {
        TMK_OUTPUT_REPLACE, TMK_OUTPUT_NEW, TMK_OUTPUT_SAME, TMK_OUTPUT_SAME, TMK_OUTPUT_NEW};
    static const tmk_status expected[SLICES] = {TMK_OK, TMK_EXISTS, TMK_OK, TMK_EXISTS,
                                                TMK_OK};
    tmk_picture page = gradients(130, TOTAL, 3, 8, 21);
    const char *inputs[SLICES], *paths[SLICES];
    tmk_strip *strip = slice_page(&page, "in", inputs);
    tmk_output outputs[SLICES];
    tmk_copy copy = {.mark = MARK, .paths = paths, .outputs = outputs, .overwrite = modes};
    tmk_strip_options options = with(1, 0);
    tmk_key *key = key_of(1);
    course seen = {0, 0};

    mark_strip(strip, MARK, "out", &options, outputs, paths);
    scratch_write(paths[0], "old", 3, 0644);
    scratch_write(paths[3], "old", 3, 0644);
    ck_assert_int_eq(unlink(paths[4]), 0);
    options.write.overwrite = TMK_OUTPUT_REPLACE; /* what the copy says goes before it */
    options.progress = see_progress;
    options.finished = see_finished;
    options.context = &seen;
    ck_assert_int_eq(tmk_strip_embed(key, strip, &copy, 1, &options, NULL), TMK_OK);
    ck_assert_int_eq(seen.finished, SLICES);
    for (int i = 0; i < SLICES; i++)
        ck_assert_int_eq(outputs[i].status, expected[i]);
    ck_assert_int_eq(access(paths[4], F_OK), 0);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

static int cancel_second(void *context, double done)
{
    ck_assert(done >= 0 && done <= 1);
    return ++*(int *)context == 2;
}

/* Cancelling leaves what is finished, and nothing else. */
START_TEST(cancelling)
{
    tmk_picture page = gradients(130, TOTAL, 3, 8, 12);
    const char *inputs[SLICES], *paths[SLICES];
    tmk_strip *strip = slice_page(&page, "in", inputs);
    tmk_output outputs[SLICES];
    tmk_copy copy = {.mark = 1, .paths = paths, .outputs = outputs};
    tmk_strip_options options = with(1, 0);
    tmk_key *key = key_of(1);
    int calls = 0;
    char name[64];

    for (int i = 0; i < SLICES; i++) {
        snprintf(name, sizeof name, "out%d.png", i);
        paths[i] = in(name);
    }
    options.progress = cancel_second;
    options.context = &calls;
    ck_assert_int_eq(tmk_strip_embed(key, strip, &copy, 1, &options, NULL), TMK_CANCELLED);
    for (int i = 0; i < SLICES; i++)
        ck_assert_int_eq(outputs[i].status, i == 0 ? TMK_OK : TMK_CANCELLED);
    ck_assert_int_eq(scratch_count(), SLICES + 1);
    tmk_key_free(&key);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

/* Makes the file PATH again and again, until the process is killed. */
static void mark_for_ever(tmk_strip *strip, const char *path)
{
    tmk_output output;
    tmk_copy copy = {.mark = MARK, .paths = &path, .outputs = &output};
    tmk_strip_options options = with(1, 0);
    tmk_key *key = key_of(1);

    options.write.overwrite = TMK_OUTPUT_SAME;
    for (;;)
        if (tmk_strip_embed(key, strip, &copy, 1, &options, NULL) != TMK_OK ||
            output.status != TMK_OK)
            _exit(1);
}

/* Whether the file system has files without a name, and linking them can be done. */
static int has_nameless_files(void)
{
#ifdef O_TMPFILE
    int file = open(".", O_TMPFILE | O_WRONLY, 0600);

    if (file >= 0)
        close(file);
    return file >= 0 && access("/proc/self/fd", F_OK) == 0;
#else
    return 0;
#endif
}

/* Wherever the process is killed, what can be seen is whole. */
START_TEST(killing)
{
    tmk_picture page = gradients(150, 200, 3, 8, 16);
    const char *input = save(&page, "page.png"), *path = in("out.png"), *paths[1];
    tmk_strip *strip = open_strip(&input, 1);
    tmk_strip_options options = with(1, 0);
    tmk_output output;
    dice d = dice_of(1, 3);

    mark_strip(strip, MARK, "expected", &options, &output, paths);
    for (int i = 0; i < 25; i++) {
        pid_t child = fork();
        int status;

        ck_assert_int_ge(child, 0);
        if (child == 0)
            mark_for_ever(strip, path);
        usleep((useconds_t)dice_int(&d, 1000, 60000));
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        ck_assert(access(path, F_OK) != 0 || scratch_same(path, paths[0]));
        ck_assert(!has_nameless_files() || scratch_count() <= 3);
        unlink(path);
    }
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

START_TEST(bad_strips)
{
    tmk_picture narrow = gradients(100, 100, 3, 8, 13), wide = gradients(101, 100, 3, 8, 13);
    tmk_picture thin = gradients(100, 63, 3, 8, 13);
    const char *two[] = {save(&narrow, "narrow.png"), save(&wide, "wide.png")};
    const char *one = save(&thin, "thin.png"), *missing = in("missing.png");
    tmk_strip *strip = NULL;
    tmk_error error;

    ck_assert_int_eq(tmk_strip_open(two, 2, &strip, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "wide.png"));
    ck_assert_int_eq(tmk_strip_open(&one, 1, &strip, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_strip_open(&missing, 1, &strip, &error), TMK_NOT_READABLE);
    ck_assert_int_eq(tmk_strip_open(&one, 0, &strip, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_null(strip);
    tmk_strip_free(&strip);
    tmk_picture_release(&narrow);
    tmk_picture_release(&wide);
    tmk_picture_release(&thin);
}
END_TEST

/* A file that is read in bands must stay what it was; one that is cut short is damaged. */
START_TEST(changed_input)
{
    tmk_picture page = tall_page(14);
    const char *input = save(&page, "page.png"), *path = in("out.png");
    tmk_strip *strip = open_strip(&input, 1);
    tmk_output output;
    tmk_copy copy = {.mark = 1, .paths = &path, .outputs = &output};
    tmk_key *key = key_of(1);
    size_t size = 0;
    unsigned char *bytes = scratch_load(input, &size);

    scratch_write(input, bytes, size - 1000, 0644);
    ck_assert_int_eq(tmk_strip_embed(key, strip, &copy, 1, NULL, NULL), TMK_NOT_READABLE);
    ck_assert_int_eq(output.status, TMK_NOT_READABLE);
    tmk_strip_free(&strip);
    ck_assert_int_eq(tmk_strip_open(&input, 1, &strip, NULL), TMK_BAD_FILE);
    ck_assert_int_eq(scratch_count(), 1);
    free(bytes);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

/* The digest of three bytes, as RFC 7693's function gives it for 32 bytes. */
START_TEST(digests)
{
    static const uint8_t abc[TMK_DIGEST_BYTES] = {
        0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef,
        0x3f, 0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb,
        0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19,
    };
    tmk_picture page = gradients(100, 100, 3, 8, 15);
    const char *input = save(&page, "page.png");
    tmk_strip *strip = open_strip(&input, 1);
    uint8_t digest[TMK_DIGEST_BYTES];
    uint64_t bytes;

    scratch_write("abc", "abc", 3, 0644);
    ck_assert_int_eq(tmk_file_digest(in("abc"), digest, &bytes, NULL), TMK_OK);
    ck_assert(bytes == 3 && memcmp(digest, abc, sizeof abc) == 0);
    ck_assert_int_eq(tmk_file_digest(in("none"), digest, &bytes, NULL), TMK_NOT_READABLE);
    ck_assert_int_eq(tmk_file_digest(input, digest, &bytes, NULL), TMK_OK);
    ck_assert_uint_eq(tmk_strip_bytes(strip, 0), bytes);
    ck_assert(memcmp(tmk_strip_digest(strip, 0), digest, sizeof digest) == 0);
    ck_assert_int_eq(tmk_strip_format(strip, 0), TMK_PNG);
    tmk_strip_free(&strip);
    tmk_picture_release(&page);
}
END_TEST

/* Going down in steps is going down at once, round the plane's end too. */
START_TEST(origins)
{
    tmk_origin top = {5, 1000, 4095}, below = tmk_origin_below(&top, 24), far, steps = top;

    ck_assert(below.x == 5 && below.y == 0 && below.band == 0);
    below = tmk_origin_below(&top, 23);
    ck_assert(below.x == 5 && below.y == 1023 && below.band == 4095);
    far = tmk_origin_below(&top, INT64_C(10000000));
    for (int i = 0; i < 1000; i++)
        steps = tmk_origin_below(&steps, 10000);
    ck_assert(far.x == steps.x && far.y == steps.y && far.band == steps.band);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strip");
    TCase *tests = tcase_create("strip"), *tall = tcase_create("tall");

    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, scratch_begin, end);
    tcase_add_loop_test(tests, one_page, 0, 8);
    tcase_add_loop_test(tests, other_formats, 0, 2);
    tcase_add_test(tests, coefficients);
    tcase_add_test(tests, many_marks);
    tcase_add_test(tests, continuous_mark);
    tcase_add_loop_test(tests, cut_anywhere, 0, 6);
    tcase_add_test(tests, mixed_kinds);
    tcase_add_test(tests, one_output_fails);
    tcase_add_test(tests, overwriting);
    tcase_add_test(tests, overwriting_each);
    tcase_add_test(tests, cancelling);
    tcase_add_test(tests, killing);
    tcase_add_test(tests, bad_strips);
    tcase_add_test(tests, digests);
    tcase_add_test(tests, origins);
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tall, 600);
    tcase_add_checked_fixture(tall, scratch_begin, end);
    tcase_add_test(tall, one_tall_page);
    tcase_add_test(tall, changed_input);
    suite_add_tcase(suite, tall);
    return run_suite(suite);
}
