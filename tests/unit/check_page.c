/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of rows: any source and any sink give what tmk_embed gives for pixels. */
#include <stdint.h>

#include "base/memory.h"
#include "tests/support/pictures.h"

#define MARK UINT64_C(0x0123456789abcdef)

/* ------------------------------------------------------------ sources and sinks */

/* A source that reads from PICTURE, and counts what is asked of it. */
typedef struct reader {
    const tmk_picture *picture;
    int next; /* row */
    int begun, ended;
    int fails_at; /* row that can't be read in the second reading; -1: none */
    int holds_all;
} reader;

static tmk_status begin(void *context, tmk_picture *all, tmk_error *error)
{
    reader *r = context;

    (void)error;
    r->next = 0;
    r->begun++;
    if (r->holds_all)
        *all = *r->picture;
    return TMK_OK;
}

static tmk_status read_rows(void *context, const tmk_picture *rows, tmk_error *error)
{
    reader *r = context;
    size_t size = (size_t)rows->width * (size_t)rows->channels * (size_t)rows->depth / 8;

    ck_assert_int_le(r->next + rows->height, r->picture->height);
    ck_assert(!r->holds_all);
    for (int y = 0; y < rows->height; y++, r->next++) {
        if (r->begun == 2 && r->next == r->fails_at) {
            error->status = TMK_NOT_READABLE;
            strcpy(error->text, "the disk is gone");
            return error->status;
        }
        memcpy((unsigned char *)rows->pixels + (size_t)y * rows->stride,
               tmk_picture_row(r->picture, r->next), size);
    }
    return TMK_OK;
}

static void end(void *context)
{
    ((reader *)context)->ended++;
}

static tmk_row_source source_of(reader *r, const tmk_picture *picture)
{
    tmk_row_source source = {.name = "rows",
                             .shape = *picture,
                             .context = r,
                             .begin = begin,
                             .read = read_rows,
                             .end = end};

    *r = (reader){.picture = picture, .fails_at = -1};
    source.shape.pixels = NULL;
    return source;
}

/* A sink that collects. */
typedef struct writer {
    tmk_picture picture;
    int next, opened, finished, abandoned;
    int refuses; /* to finish */
} writer;

static int open_writers, most_open_writers; /* on one thread */

static tmk_status open_writer(void *context, const tmk_picture *shape, tmk_error *error)
{
    writer *w = context;

    w->opened++;
    open_writers++;
    most_open_writers = most_open_writers > open_writers ? most_open_writers : open_writers;
    return tmk_picture_alloc(&w->picture, shape->width, shape->height, shape->channels,
                             shape->depth, error);
}

static tmk_status write_rows(void *context, const tmk_picture *rows, tmk_error *error)
{
    writer *w = context;

    (void)error;
    ck_assert_int_eq(rows->channels, w->picture.channels);
    ck_assert_int_eq(rows->depth, w->picture.depth);
    for (int y = 0; y < rows->height; y++)
        memcpy(tmk_picture_row(&w->picture, w->next++), tmk_picture_row(rows, y),
               w->picture.stride);
    return TMK_OK;
}

static tmk_status finish_writer(void *context, tmk_error *error)
{
    writer *w = context;

    ck_assert_int_eq(w->next, w->picture.height);
    w->finished++;
    open_writers--;
    if (!w->refuses)
        return TMK_OK;
    error->status = TMK_NOT_WRITABLE;
    strcpy(error->text, "the disk is full");
    return error->status;
}

static void abandon_writer(void *context)
{
    ((writer *)context)->abandoned++;
}

static tmk_row_sink sink_of(writer *w)
{
    *w = (writer){0};
    return (tmk_row_sink){.context = w,
                          .open = open_writer,
                          .write = write_rows,
                          .finish = finish_writer,
                          .abandon = abandon_writer};
}

static tmk_page *page_of(const tmk_row_source *sources, size_t count)
{
    tmk_page *page = NULL;
    tmk_error error = {TMK_OK, ""};

    ck_assert_int_eq(tmk_page_new(&page, &error), TMK_OK);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(tmk_page_add(page, &sources[i], 1, &error) == TMK_OK, "%s", error.text);
    return page;
}

/* ------------------------------------------------------------------------- tests */

/* Rows as they come, all rows at once, or pixels in memory: the same marked pixels. */
START_TEST(any_source)
{
    tmk_picture picture = gradients(300, 3100, 3, 8, 1), expected = copy_of(&picture);
    tmk_key *key = key_of(1);
    tmk_embed_report report;
    reader r;
    writer w;
    tmk_row_source source = source_of(&r, &picture);
    tmk_page_output output = {.sink = sink_of(&w)};
    tmk_page_copy copy = {.mark = MARK, .outputs = &output};
    tmk_page *page;

    ck_assert_int_eq(tmk_embed(key, &expected, MARK, NULL, &report, NULL), TMK_OK);
    r.holds_all = _i == 1;
    if (_i == 2)
        source.shape = picture;
    output.sink.needs_all = _i == 3;
    page = page_of(&source, 1);
    ck_assert_int_eq(tmk_page_width(page), 300);
    ck_assert_int_eq(tmk_page_height(page), 3100);
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, NULL, NULL), TMK_OK);
    ck_assert_int_eq(output.status, TMK_OK);
    ck_assert(output.finished && !output.coefficients);
    ck_assert(w.opened == 1 && w.finished == 1 && w.abandoned == 0);
    ck_assert_int_eq(r.begun, _i == 2 ? 0 : 2);
    ck_assert_int_eq(r.ended, r.begun);
    ck_assert(same_pixels(&w.picture, &expected));
    ck_assert(output.report.margin_db == report.margin_db);
    ck_assert(fabs(output.report.psnr_db - report.psnr_db) < 1e-9);
    ck_assert_mem_eq(&copy.report.place, &report.place, sizeof report.place);
    tmk_page_free(&page);
    tmk_key_free(&key);
    tmk_picture_release(&w.picture);
    tmk_picture_release(&picture);
    tmk_picture_release(&expected);
}
END_TEST

/* Copies more than a group holds: each is what it is alone. */
START_TEST(many_copies)
{
    enum { COPIES = 35 };
    tmk_picture picture = gradients(128, 200, 1, 8, 2);
    tmk_key *key = key_of(1);
    reader r;
    writer writers[COPIES];
    tmk_page_output outputs[COPIES] = {0};
    tmk_page_copy copies[COPIES] = {0};
    tmk_row_source source = source_of(&r, &picture);
    tmk_page *page = page_of(&source, 1);
    tmk_page_options options;

    tmk_page_options_init(&options);
    options.threads = 3;
    for (int i = 0; i < COPIES; i++) {
        outputs[i].sink = sink_of(&writers[i]);
        copies[i] = (tmk_page_copy){.mark = (uint64_t)i, .outputs = &outputs[i]};
    }
    writers[1].refuses = 1;
    ck_assert_int_eq(tmk_page_embed(key, page, copies, COPIES, &options, NULL), TMK_OK);
    ck_assert_int_eq(r.begun, 3); /* the survey, and two groups */
    for (int i = 0; i < COPIES; i++) {
        tmk_picture expected = copy_of(&picture);

        ck_assert_int_eq(outputs[i].status, i == 1 ? TMK_NOT_WRITABLE : TMK_OK);
        ck_assert_int_eq(outputs[i].finished, i != 1);
        ck_assert_int_eq(tmk_embed(key, &expected, (uint64_t)i, NULL, NULL, NULL), TMK_OK);
        ck_assert(same_pixels(&writers[i].picture, &expected));
        tmk_picture_release(&expected);
        tmk_picture_release(&writers[i].picture);
    }
    ck_assert_str_eq(outputs[1].error.text, "the disk is full");
    tmk_page_free(&page);
    tmk_key_free(&key);
    tmk_picture_release(&picture);
}
END_TEST

/* Grey above colour with alpha and 16 bits, cut elsewhere: an output has the richest kind. */
START_TEST(cut_across_sources)
{
    tmk_picture grey = gradients(200, 130, 1, 8, 3), rich = gradients(200, 170, 4, 16, 4);
    tmk_key *key = key_of(1);
    reader readers[2];
    writer writers[3];
    tmk_row_source sources[2] = {source_of(&readers[0], &grey),
                                 source_of(&readers[1], &rich)};
    tmk_page_output outputs[3] = {0};
    tmk_page_copy copy = {.mark = MARK, .outputs = outputs};
    tmk_page *page = page_of(sources, 2);
    tmk_page_options options;

    tmk_page_options_init(&options);
    options.output_height = 100;
    ck_assert_uint_eq(tmk_page_outputs(page, 0), 2);
    ck_assert_uint_eq(tmk_page_outputs(page, 100), 3);
    for (int i = 0; i < 3; i++)
        outputs[i].sink = sink_of(&writers[i]);
    outputs[2].sink.open = NULL; /* not wanted */
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, &options, NULL), TMK_OK);
    ck_assert(outputs[0].finished && outputs[1].finished && !outputs[2].finished);
    ck_assert(writers[0].picture.channels == 1 && writers[0].picture.depth == 8);
    ck_assert(writers[1].picture.channels == 4 && writers[1].picture.depth == 16);
    ck_assert(outputs[1].top == 100 && outputs[2].top == 200 && outputs[2].height == 100);
    /* what was grey is opaque grey, near what it was */
    for (int y = 0; y < 30; y++)
        for (int x = 0; x < 200; x++) {
            int was = get_sample(&grey, x, 100 + y, 0) * 257;

            ck_assert_int_eq(get_sample(&writers[1].picture, x, y, 3), 65535);
            ck_assert_int_le(abs(get_sample(&writers[1].picture, x, y, 0) - was), 12 * 257);
            ck_assert_int_eq(get_sample(&writers[1].picture, x, y, 1),
                             get_sample(&writers[1].picture, x, y, 2));
        }
    tmk_page_free(&page);
    tmk_key_free(&key);
    for (int i = 0; i < 2; i++)
        tmk_picture_release(&writers[i].picture);
    tmk_picture_release(&grey);
    tmk_picture_release(&rich);
}
END_TEST

/* Sinks that keep all rows are few at a time, also where an output is cut from several
 * sources; others take the rows together. */
START_TEST(few_keep_all)
{
    enum { COPIES = 4 };
    tmk_picture top = gradients(128, 90, 1, 8, 12), low = gradients(128, 90, 1, 8, 13);
    tmk_key *key = key_of(1);
    reader readers[2];
    writer writers[COPIES];
    tmk_page_output outputs[COPIES] = {0};
    tmk_page_copy copies[COPIES] = {0};
    tmk_row_source sources[2] = {source_of(&readers[0], &top), source_of(&readers[1], &low)};
    tmk_page *page = page_of(sources, 2);
    tmk_page_options options;

    tmk_page_options_init(&options);
    options.output_height = 180;
    for (int i = 0; i < COPIES; i++) {
        outputs[i].sink = sink_of(&writers[i]);
        outputs[i].sink.needs_all = _i;
        copies[i] = (tmk_page_copy){.mark = (uint64_t)i, .outputs = &outputs[i]};
    }
    most_open_writers = open_writers = 0;
    ck_assert_int_eq(tmk_page_embed(key, page, copies, COPIES, &options, NULL), TMK_OK);
    ck_assert_int_eq(most_open_writers, _i ? 1 : COPIES);
    for (int i = 0; i < COPIES; i++) {
        ck_assert(outputs[i].finished);
        tmk_picture_release(&writers[i].picture);
    }
    tmk_page_free(&page);
    tmk_key_free(&key);
    tmk_picture_release(&top);
    tmk_picture_release(&low);
}
END_TEST

/* What fails in the middle leaves nothing open, and says why. */
START_TEST(source_fails)
{
    tmk_picture picture = gradients(300, 6000, 1, 8, 5);
    tmk_key *key = key_of(1);
    reader r;
    writer w;
    tmk_row_source source = source_of(&r, &picture);
    tmk_page_output output = {.sink = sink_of(&w)};
    tmk_page_copy copy = {.mark = MARK, .outputs = &output};
    tmk_page *page = page_of(&source, 1);
    tmk_error error = {TMK_OK, ""};

    r.fails_at = 5500;
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, NULL, &error), TMK_NOT_READABLE);
    ck_assert_str_eq(error.text, "the disk is gone");
    ck_assert_int_eq(output.status, TMK_NOT_READABLE);
    ck_assert(!output.finished);
    ck_assert(w.opened == 1 && w.finished == 0 && w.abandoned == 1);
    ck_assert_int_eq(r.ended, r.begun);
    tmk_page_free(&page);
    tmk_key_free(&key);
    tmk_picture_release(&w.picture);
    tmk_picture_release(&picture);
}
END_TEST

static tmk_status write_nothing(void *context, const tmk_blocks *blocks, tmk_picture *decoded,
                                tmk_error *error)
{
    (void)context;
    (void)blocks;
    (void)decoded;
    (void)error;
    ck_abort_msg("there are no coefficients");
}

START_TEST(bad_arguments)
{
    tmk_picture picture = gradients(100, 100, 1, 8, 6), other = gradients(101, 100, 1, 8, 7);
    tmk_row_source source = {.name = "one", .shape = picture};
    tmk_row_source wider = {.name = "two", .shape = other};
    tmk_row_source silent = {.shape = {100, 100, 1, 8, 100, NULL}};
    writer w;
    tmk_page_output output = {.sink = sink_of(&w)};
    tmk_page_copy copy = {.mark = MARK};
    tmk_key *key = key_of(1);
    tmk_page *page = page_of(&source, 1);
    tmk_error error;

    ck_assert_int_eq(tmk_page_add(page, &wider, 1, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "two: 101 pixels wide"));
    ck_assert_int_eq(tmk_page_add(page, &silent, 1, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "picture: neither pixels"));
    ck_assert_int_eq(tmk_page_add(page, &source, 0, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_page_add(page, NULL, 1, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_page_add(NULL, &source, 1, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_embed_source(key, NULL, &output.sink, MARK, NULL, NULL, &error),
                     TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_embed_source(key, &source, NULL, MARK, NULL, NULL, &error),
                     TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, NULL, &error), TMK_BAD_ARGUMENT);
    output.sink.finish = NULL;
    copy.outputs = &output;
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, NULL, &error), TMK_BAD_ARGUMENT);
    output.sink.finish = finish_writer;
    output.sink.write = NULL; /* which leaves coefficients, and a picture has none */
    output.sink.write_blocks = write_nothing;
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, NULL, &error), TMK_OK);
    ck_assert_int_eq(output.status, TMK_UNSUPPORTED);
    ck_assert_int_eq(w.opened, 0);
    ck_assert_int_eq(tmk_page_embed(NULL, page, NULL, 0, NULL, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_page_embed(key, page, NULL, 0, NULL, &error), TMK_OK);
    tmk_page_free(&page);
    tmk_page_free(&page);
    ck_assert_int_eq(tmk_page_new(&page, &error), TMK_OK);
    ck_assert_int_eq(tmk_page_embed(key, page, NULL, 0, NULL, &error), TMK_BAD_ARGUMENT);
    tmk_page_free(&page);
    tmk_key_free(&key);
    tmk_picture_release(&picture);
    tmk_picture_release(&other);
}
END_TEST

/* ------------------------------------------- callers that contradict themselves */

static tmk_picture other_picture(const tmk_picture *picture, int kind)
{
    int narrow = kind == 0, low = kind == 1, coloured = kind == 2, deep = kind == 3;

    return new_picture(picture->width - narrow, picture->height - low,
                       picture->channels + 2 * coloured, picture->depth + 8 * deep);
}

/* All rows at once, which are not of the shape that was promised: in the survey, and later. */
START_TEST(pixels_of_another_shape)
{
    tmk_picture picture = gradients(128, 128, 1, 8, 9), other = other_picture(&picture, _i);
    tmk_key *key = key_of(1);
    reader r;
    writer w;
    tmk_row_source source = source_of(&r, &picture);
    tmk_page_output output = {.sink = sink_of(&w)};
    tmk_page_copy copy = {.mark = MARK, .outputs = &output};
    tmk_page *page;
    tmk_error error = {TMK_OK, ""};

    r.holds_all = 1;
    page = page_of(&source, 1);
    r.picture = &other;
    ck_assert_int_eq(tmk_page_embed(key, page, &copy, 1, NULL, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "rows: "));
    ck_assert_int_eq(w.opened, 0);
    tmk_page_free(&page);
    ck_assert_int_eq(tmk_page_new(&page, &error), TMK_OK);
    ck_assert_int_eq(tmk_page_add(page, &source, 1, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(r.ended, r.begun);
    tmk_page_free(&page);
    tmk_key_free(&key);
    tmk_picture_release(&picture);
    tmk_picture_release(&other);
}
END_TEST

/* Coefficients of a grey page of 128 x 96 pixels, or what breaks that. */
typedef struct block_page {
    tmk_picture picture;
    tmk_picture decoded; /* what the sink says that a reader sees */
    void (*spoil)(tmk_blocks *blocks);
    int finished;
} block_page;

static tmk_status begin_blocks(void *context, tmk_picture *all, tmk_error *error)
{
    (void)error;
    *all = ((block_page *)context)->picture;
    return TMK_OK;
}

static tmk_status give_blocks(void *context, tmk_blocks *blocks, tmk_error *error)
{
    const block_page *p = context;

    *blocks = (tmk_blocks){.width = 128,
                           .height = 96,
                           .orientation = 1,
                           .count = 1,
                           .planes = {{.h = 1, .v = 1}}};
    TMK_TRY(tmk_blocks_alloc(blocks, error));
    for (int i = 0; i < TMK_BLOCK_SIZE; i++)
        blocks->planes[0].quantiser[i] = 2;
    if (p->spoil != NULL)
        p->spoil(blocks);
    return TMK_OK;
}

static tmk_status open_nothing(void *context, const tmk_picture *shape, tmk_error *error)
{
    (void)context;
    (void)shape;
    (void)error;
    return TMK_OK;
}

static tmk_status take_blocks(void *context, const tmk_blocks *blocks, tmk_picture *decoded,
                              tmk_error *error)
{
    (void)blocks;
    (void)error;
    *decoded = ((block_page *)context)->decoded;
    return TMK_OK;
}

static tmk_status finish_blocks(void *context, tmk_error *error)
{
    (void)error;
    ((block_page *)context)->finished = 1;
    return TMK_OK;
}

static void abandon_blocks(void *context)
{
    (void)context;
}

/* Marks the page's coefficients; the failure of the page, or else of its output. */
static tmk_status embed_blocks(block_page *p)
{
    tmk_key *key = key_of(1);
    tmk_row_source source = {.name = "blocks",
                             .context = p,
                             .begin = begin_blocks,
                             .read = read_rows,
                             .read_blocks = give_blocks};
    tmk_row_sink sink = {.context = p,
                         .open = open_nothing,
                         .write_blocks = take_blocks,
                         .finish = finish_blocks,
                         .abandon = abandon_blocks};
    tmk_status status;

    source.shape = p->picture;
    source.shape.pixels = NULL;
    status = tmk_embed_source(key, &source, &sink, MARK, NULL, NULL, NULL);
    tmk_key_free(&key);
    return status;
}

static void spoil_width(tmk_blocks *b)
{
    b->width += 8;
}
static void spoil_height(tmk_blocks *b)
{
    b->height -= 8;
}
static void spoil_sides(tmk_blocks *b)
{
    b->width = 96, b->height = 128;
}
static void spoil_turn(tmk_blocks *b)
{
    b->orientation = 6;
}
static void spoil_orientation(tmk_blocks *b)
{
    b->orientation = 0;
}
static void spoil_orientation_above(tmk_blocks *b)
{
    b->orientation = 9;
}
static void spoil_count(tmk_blocks *b)
{
    b->count = 3;
}
static void spoil_colours(tmk_blocks *b)
{
    b->colours = TMK_BLOCKS_YCC;
}
static void spoil_factor(tmk_blocks *b)
{
    b->planes[0].h = 2;
}
static void spoil_factors(tmk_blocks *b)
{
    b->v = 2;
}
static void spoil_columns(tmk_blocks *b)
{
    b->planes[0].columns++;
}
static void spoil_rows(tmk_blocks *b)
{
    b->planes[0].rows++;
}
static void spoil_quantiser(tmk_blocks *b)
{
    b->planes[0].quantiser[63] = 0;
}

/* A larger picture altogether, whole by itself. */
static void spoil_all(tmk_blocks *b)
{
    uint16_t quantiser[TMK_BLOCK_SIZE];

    memcpy(quantiser, b->planes[0].quantiser, sizeof quantiser);
    tmk_free(b->planes[0].blocks);
    b->width = 192;
    b->height = 160;
    ck_assert_int_eq(tmk_blocks_alloc(b, NULL), TMK_OK);
    memcpy(b->planes[0].quantiser, quantiser, sizeof quantiser);
}

static void (*const spoilers[])(tmk_blocks *) = {spoil_width,       spoil_height,
                                                 spoil_sides,       spoil_turn,
                                                 spoil_orientation, spoil_orientation_above,
                                                 spoil_count,       spoil_colours,
                                                 spoil_factor,      spoil_factors,
                                                 spoil_columns,     spoil_rows,
                                                 spoil_quantiser,   spoil_all};

/* Coefficients of another picture are refused, and never read beyond. */
START_TEST(blocks_of_another_shape)
{
    block_page p = {.picture = gradients(128, 96, 1, 8, 10), .spoil = spoilers[_i]};

    p.decoded = p.picture;
    ck_assert_int_eq(embed_blocks(&p), TMK_BAD_ARGUMENT);
    ck_assert(!p.finished);
    p.spoil = NULL;
    ck_assert_int_eq(embed_blocks(&p), TMK_OK);
    ck_assert(p.finished);
    tmk_picture_release(&p.picture);
}
END_TEST

/* What a reader sees of them has the shape of the page, and pixels. */
START_TEST(decoded_to_another_shape)
{
    block_page p = {.picture = gradients(128, 96, 1, 8, 11)};

    if (_i < 4) {
        p.decoded = other_picture(&p.picture, _i);
    } else {
        p.decoded = p.picture;
        p.decoded.pixels = NULL;
    }
    ck_assert_int_eq(embed_blocks(&p), TMK_BAD_ARGUMENT);
    ck_assert(!p.finished);
    tmk_picture_release(&p.decoded);
    tmk_picture_release(&p.picture);
}
END_TEST

/* A mark is seen where it lies, below in the page too, and no other mark or place is. */
START_TEST(score_at_a_place)
{
    tmk_picture page = gradients(400, 1200, 3, 8, 8), below = page;
    tmk_key *key = key_of(1);
    tmk_embed_report report;
    tmk_place place;
    double z;

    ck_assert_int_eq(tmk_embed(key, &page, MARK, NULL, &report, NULL), TMK_OK);
    ck_assert_int_eq(tmk_score_at(key, &page, MARK, &report.place, 1, &z, NULL), TMK_OK);
    ck_assert_double_gt(z, 20);
    ck_assert_int_eq(tmk_score_at(key, &page, ~MARK, &report.place, 1, &z, NULL), TMK_OK);
    ck_assert_double_lt(z, 6);
    below.height = 500;
    below.pixels = tmk_picture_row(&page, 700);
    place = tmk_place_below(&report.place, 700);
    ck_assert_int_eq(place.y, (report.place.y + 700) % 1024);
    ck_assert_int_eq(place.band, (report.place.band + (report.place.y + 700) / 1024) % 4096);
    ck_assert_int_eq(tmk_score_at(key, &below, MARK, &place, 1, &z, NULL), TMK_OK);
    ck_assert_double_gt(z, 10);
    ck_assert_int_eq(tmk_score_at(key, &below, MARK, &report.place, 1, &z, NULL), TMK_OK);
    ck_assert_double_lt(z, 6);
    place.x = 1024;
    ck_assert_int_eq(tmk_score_at(key, &page, MARK, &place, 1, &z, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_score_at(key, &page, MARK, NULL, 1, &z, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_score_at(key, &page, MARK, &report.place, 0, &z, NULL),
                     TMK_BAD_ARGUMENT);
    tmk_key_free(&key);
    tmk_picture_release(&page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page");
    TCase *tests = tcase_create("rows");

    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, any_source, 0, 4);
    tcase_add_test(tests, many_copies);
    tcase_add_test(tests, cut_across_sources);
    tcase_add_loop_test(tests, few_keep_all, 0, 2);
    tcase_add_test(tests, source_fails);
    tcase_add_test(tests, bad_arguments);
    tcase_add_loop_test(tests, pixels_of_another_shape, 0, 4);
    tcase_add_loop_test(tests, blocks_of_another_shape, 0,
                        (int)(sizeof spoilers / sizeof *spoilers));
    tcase_add_loop_test(tests, decoded_to_another_shape, 0, 5);
    tcase_add_test(tests, score_at_a_place);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
