/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JPEG in, JPEG out, coefficient by coefficient. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file/imagefile.h"
#include "file/jpeg_blocks.h"
#include "blocks/add.h"
#include "blocks/bits.h"
#include "blocks/blocks.h"
#include "blocks/dct.h"
#include "base/picture.h"
#include "tests/support/filemaker.h"
#include "tests/support/pictures.h"

#define COUNT(array) ((int)(sizeof array / sizeof array[0]))
#define JPEG_RGB 2 /* libjpeg's J_COLOR_SPACE */
#define ARITHMETIC 2

static const filemaker_marker all_markers[] = {
    {0xEE, "Adobe\0d\0\0\0\0\1", 12},
    {0xFE, "first", 5},
    {0xE1, "Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", 20},
    {0xE2, "ICC_PROFILE\0\1\2half a profile", 28},
    {0xE1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>", 41},
    {0xE2, "ICC_PROFILE\0\2\2and the rest", 26},
    {0xED, "Photoshop 3.0\0", 14},
    {0xE5, "", 0},
    {0xFE, "last", 4},
    {0, NULL, 0},
};

static const struct {
    int width, height, channels;
    filemaker_jpeg setup;
} kinds[] = {
    {131, 77, 1, {90, 1, 1, 0, 0, 0, NULL}},
    {131, 77, 1, {75, 2, 2, 0, 0, 0, all_markers}},
    {128, 64, 3, {95, 1, 1, 0, 0, 0, NULL}},
    {131, 77, 3, {60, 2, 1, 0, 0, 0, all_markers}},
    {129, 65, 3, {85, 2, 2, 1, 0, 0, all_markers}},
    {131, 77, 3, {50, 1, 2, 0, 3, 0, NULL}},
    {127, 95, 3, {30, 2, 2, 0, 5, 0, all_markers}},
    {131, 77, 3, {97, 1, 1, 0, 0, JPEG_RGB, NULL}},
    {131, 77, 3, {80, 4, 1, 1, 2, 0, NULL}},
    {131, 77, 3, {1, 2, 2, 0, 0, 0, NULL}},
    {131, 77, 3, {85, 2, 2, ARITHMETIC, 0, 0, NULL}},
    {131, 77, 3, {85, 1, 1, ARITHMETIC | 1, 4, 0, all_markers}},
    {1, 1, 3, {90, 2, 2, 0, 0, 0, NULL}},
    {9, 3, 1, {90, 1, 1, 1, 0, 0, NULL}},
    {16, 200, 3, {90, 2, 2, 1, 0, 0, NULL}},
};

static tmk_image *decode(const filemaker_file *file)
{
    tmk_image *image = NULL;
    tmk_error error = {0};

    ck_assert_msg(tmk_image_decode(file->bytes, file->size, "page", &image, &error) == TMK_OK,
                  "%s", error.text);
    return image;
}

static filemaker_file encode(const tmk_image *image)
{
    void *bytes = NULL;
    size_t size = 0;
    tmk_error error = {0};

    ck_assert_msg(tmk_image_encode(image, NULL, &bytes, &size, &error) == TMK_OK, "%s",
                  error.text);
    return (filemaker_file){bytes, size};
}

static filemaker_file write_blocks(const tmk_image *image, const tmk_blocks *blocks)
{
    tmk_target target = {.name = "page", .image = image, .same_format = 1};
    tmk_blob out = {0};
    tmk_error error = {0};

    ck_assert_msg(tmk_jpeg_write_blocks(&target, blocks, &out, &error) == TMK_OK, "%s",
                  error.text);
    return (filemaker_file){out.bytes, out.size};
}

static tmk_blocks blocks_of(const filemaker_file *file)
{
    tmk_source source = {file->bytes, file->size, "page", 0};
    tmk_blocks blocks;
    tmk_error error = {0};

    ck_assert_msg(tmk_jpeg_read_blocks(&source, &blocks, &error) == TMK_OK, "%s", error.text);
    return blocks;
}

static size_t blocks_in(const tmk_block_plane *plane)
{
    return (size_t)plane->columns * (size_t)plane->rows;
}

/* How many blocks differ; everything else must be the same. */
static size_t differing(const tmk_blocks *one, const tmk_blocks *other)
{
    size_t count = 0;

    ck_assert(one->width == other->width && one->height == other->height &&
              one->count == other->count && one->colours == other->colours);
    for (int c = 0; c < one->count; c++) {
        const tmk_block_plane *a = &one->planes[c], *b = &other->planes[c];

        ck_assert(a->h == b->h && a->v == b->v && a->columns == b->columns &&
                  a->rows == b->rows);
        ck_assert_mem_eq(a->quantiser, b->quantiser, sizeof a->quantiser);
        for (size_t i = 0; i < blocks_in(a); i++)
            count += memcmp(a->blocks[i], b->blocks[i], sizeof a->blocks[i]) != 0;
    }
    return count;
}

static void assert_same_facts(const filemaker_file *one, const filemaker_file *other)
{
    filemaker_file before = filemaker_describe_jpeg(one);
    filemaker_file after = filemaker_describe_jpeg(other);

    ck_assert_uint_eq(after.size, before.size);
    ck_assert_mem_eq(after.bytes, before.bytes, before.size);
    free(before.bytes);
    free(after.bytes);
}

/* ------------------------------------------------------------------------- files */

/* What is not changed comes back: all coefficients, markers, and the way of coding. */
START_TEST(files_come_back)
{
    tmk_picture picture = panels(kinds[_i].width, kinds[_i].height, kinds[_i].channels, 8, 9);
    filemaker_file file = filemaker_make_jpeg(&picture, &kinds[_i].setup), out;
    tmk_image *image = decode(&file), *again;
    tmk_blocks before, after;

    before = blocks_of(&file);
    out = write_blocks(image, &before);
    assert_same_facts(&file, &out);
    after = blocks_of(&out);
    ck_assert_uint_eq(differing(&before, &after), 0);
    again = decode(&out);
    ck_assert(same_pixels(tmk_image_picture(image), tmk_image_picture(again)));
    ck_assert_int_eq(again->coding.jpeg.is_arithmetic,
                     (kinds[_i].setup.progressive & ARITHMETIC) != 0);
    tmk_image_free(&again);
    tmk_image_free(&image);
    tmk_blocks_release(&before);
    tmk_blocks_release(&after);
    free(out.bytes);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* Components whose blocks are too many for an interleaved scan come back too, baseline and
 * progressive. */
START_TEST(many_blocks_come_back)
{
    tmk_picture picture = panels(131, 77, 3, 8, 9);
    const filemaker_jpeg setup = {90, 1, 1, _i, 0, 0, NULL};
    filemaker_file file = filemaker_make_jpeg(&picture, &setup), out;
    tmk_image *image = decode(&file);
    tmk_blocks blocks = {.width = 131, .height = 77, .colours = TMK_BLOCKS_YCC, .count = 3};
    tmk_blocks after;
    dice d = {3};

    for (int c = 0; c < 3; c++)
        blocks.planes[c].h = blocks.planes[c].v = c == 0 ? 4 : 1;
    ck_assert_int_eq(tmk_blocks_alloc(&blocks, NULL), TMK_OK);
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < TMK_BLOCK_SIZE; i++)
            blocks.planes[c].quantiser[i] = (uint16_t)(1 + i + 300 * c);
        for (size_t i = 0; i < blocks_in(&blocks.planes[c]); i++)
            for (int k = 0; k < TMK_BLOCK_SIZE; k++)
                blocks.planes[c].blocks[i][k] = (int16_t)(dice_bits(&d) % 2047 - 1023);
    }
    out = write_blocks(image, &blocks);
    after = blocks_of(&out);
    ck_assert_uint_eq(differing(&blocks, &after), 0);
    tmk_blocks_release(&blocks);
    tmk_blocks_release(&after);
    tmk_image_free(&image);
    free(out.bytes);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* ------------------------------------------------------------------------- marks */

#define MARK UINT64_C(0xfedcba9876543210)

static tmk_key *make_key(void)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for tests of coefficients";
    tmk_key *key = NULL;

    ck_assert_int_eq(tmk_key_from_bytes(secret, &key, NULL), TMK_OK);
    return key;
}

static filemaker_file mark_file(const filemaker_file *file, int threads,
                                tmk_embed_report *report)
{
    tmk_key *key = make_key();
    tmk_image *image = decode(file);
    tmk_embed_options options;
    tmk_error error = {0};
    filemaker_file out;

    tmk_embed_options_init(&options);
    options.threads = threads;
    ck_assert_msg(tmk_image_embed(key, image, MARK, &options, report, &error) == TMK_OK, "%s",
                  error.text);
    out = encode(image);
    tmk_image_free(&image);
    tmk_key_free(&key);
    return out;
}

/* Whether the mark is read from the file after it was coded again at QUALITY. */
static int reads_back(const filemaker_file *file, int quality)
{
    const tmk_write_options coarse = {TMK_JPEG, quality, 0};
    tmk_key *key = make_key();
    tmk_image *image = decode(file), *seized = NULL;
    tmk_extract_options options;
    tmk_extract_result result;
    void *bytes = NULL;
    size_t size = 0;
    int found = 0;

    ck_assert_int_eq(tmk_image_encode(image, &coarse, &bytes, &size, NULL), TMK_OK);
    ck_assert_int_eq(tmk_image_decode(bytes, size, "seized", &seized, NULL), TMK_OK);
    tmk_extract_options_init(&options);
    options.effort = TMK_FAST;
    ck_assert_int_eq(tmk_extract(key, tmk_image_picture(seized), &options, &result, NULL),
                     TMK_OK);
    for (int i = 0; i < result.count; i++)
        found |= result.marks[i].mark == MARK;
    free(bytes);
    tmk_image_free(&seized);
    tmk_image_free(&image);
    tmk_key_free(&key);
    return found;
}

/* Paints a part of the picture white and another one black. */
static void paint_gutters(const tmk_picture *picture)
{
    size_t pixel = tmk_picture_pixel_size(picture);

    for (int y = 0; y < picture->height; y++) {
        memset(tmk_picture_row(picture, y), 255, 40 * pixel);
        memset(tmk_picture_row(picture, y) + 40 * pixel, 0, 24 * pixel);
    }
}

static const struct {
    int channels, orientation;
    filemaker_jpeg setup;
} marked_kinds[] = {
    {1, 1, {90, 1, 1, 0, 0, 0, NULL}},          {3, 1, {90, 1, 1, 0, 0, 0, NULL}},
    {3, 1, {85, 2, 2, 0, 0, 0, NULL}},          {3, 1, {85, 2, 1, 1, 0, 0, NULL}},
    {3, 1, {92, 1, 2, 0, 7, 0, NULL}},          {3, 1, {92, 1, 1, 0, 0, JPEG_RGB, NULL}},
    {3, 1, {80, 4, 1, ARITHMETIC, 0, 0, NULL}}, {3, 2, {90, 2, 2, 0, 0, 0, NULL}},
    {3, 3, {90, 1, 1, 0, 0, 0, NULL}},          {3, 4, {90, 2, 2, 0, 0, 0, NULL}},
    {3, 5, {90, 2, 1, 0, 0, 0, NULL}},          {3, 6, {90, 2, 2, 1, 0, 0, NULL}},
    {3, 7, {90, 1, 2, 0, 0, 0, NULL}},          {3, 8, {90, 2, 2, 0, 0, 0, NULL}},
};

/* A page that can be marked, of a size that is no multiple of anything. */
static filemaker_file make_page(int kind)
{
    filemaker_file exif = filemaker_make_exif(marked_kinds[kind].orientation, 1), file;
    tmk_picture picture = panels(531, 477, marked_kinds[kind].channels, 8, 31);
    filemaker_jpeg setup = marked_kinds[kind].setup;
    char app1[64] = "Exif\0";
    filemaker_marker markers[] = {
        {0xFE, "remark", 6}, {0xE1, app1, 6 + exif.size}, {0, NULL, 0}};

    memcpy(app1 + 6, exif.bytes, exif.size);
    setup.markers = markers;
    paint_gutters(&picture);
    file = filemaker_make_jpeg(&picture, &setup);
    free(exif.bytes);
    tmk_picture_release(&picture);
    return file;
}

/* Blocks of pure white or black: those that lie in the first 64 columns of stored pixels. */
static size_t changed_in_gutters(const tmk_blocks *before, const tmk_blocks *after)
{
    size_t count = 0;

    for (int c = 0; c < before->count; c++) {
        const tmk_block_plane *a = &before->planes[c], *b = &after->planes[c];
        /* where white meets black there is something that isn't pure */
        int white = 32 * a->h / before->h / 8, end = 64 * a->h / before->h / 8;

        for (int y = 0; y < a->rows; y++)
            for (int x = 0; x < end - 1; x++)
                if (x < white - 1 || x > white + 1)
                    count += memcmp(tmk_block_at(a, x, y), tmk_block_at(b, x, y),
                                    sizeof(tmk_block)) != 0;
    }
    return count;
}

/* Everything but the chosen coefficients stays; the mark is read after re-encoding. */
START_TEST(marks_are_read)
{
    filemaker_file file = make_page(_i), out, again;
    tmk_embed_report report;
    tmk_blocks before = blocks_of(&file), after;

    out = mark_file(&file, 1, &report);
    assert_same_facts(&file, &out);
    after = blocks_of(&out);
    ck_assert_uint_gt(differing(&before, &after), 500);
    ck_assert_uint_eq(changed_in_gutters(&before, &after), 0);
    if (before.colours == TMK_BLOCKS_YCC)
        ck_assert_mem_eq(before.planes[2].blocks, after.planes[2].blocks,
                         blocks_in(&before.planes[2]) * sizeof(tmk_block));
    ck_assert(reads_back(&out, 75));
    ck_assert_double_gt(report.margin_db, 0);
    ck_assert_double_gt(report.psnr_db, 38);
    ck_assert_double_gt(report.luma_psnr_db, 42);
    again = mark_file(&file, 3, NULL);
    ck_assert_uint_eq(out.size, again.size);
    ck_assert_mem_eq(out.bytes, again.bytes, out.size);
    tmk_blocks_release(&before);
    tmk_blocks_release(&after);
    free(again.bytes);
    free(out.bytes);
    free(file.bytes);
}
END_TEST

/* A page that hides nothing comes back with every coefficient. */
START_TEST(blank_pages_stay)
{
    tmk_picture picture = panels(200, 200, 3, 8, 1);
    const filemaker_jpeg setup = {90, 2, 2, 0, 0, 0, all_markers};
    filemaker_file file, out;
    tmk_embed_report report;
    tmk_blocks before, after;

    memset(picture.pixels, _i ? 255 : 0, picture.stride * 200);
    file = filemaker_make_jpeg(&picture, &setup);
    out = mark_file(&file, 1, &report);
    before = blocks_of(&file);
    after = blocks_of(&out);
    ck_assert_uint_eq(differing(&before, &after), 0);
    assert_same_facts(&file, &out);
    ck_assert(report.psnr_db == HUGE_VAL && report.margin_db == -HUGE_VAL);
    tmk_blocks_release(&before);
    tmk_blocks_release(&after);
    free(out.bytes);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* Too small to be marked: refused, as pixels would be. */
START_TEST(tiny_pages_are_refused)
{
    tmk_picture picture = panels(63, 200, 3, 8, 1);
    const filemaker_jpeg setup = {90, 2, 2, 0, 0, 0, NULL};
    filemaker_file file = filemaker_make_jpeg(&picture, &setup);
    tmk_image *image = decode(&file);
    tmk_key *key = make_key();

    ck_assert_int_eq(tmk_image_embed(key, image, MARK, NULL, NULL, NULL), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_image_embed(NULL, image, MARK, NULL, NULL, NULL), TMK_BAD_ARGUMENT);
    tmk_key_free(&key);
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* Other formats are marked in their pixels, as tmk_embed does it. */
START_TEST(other_formats_are_marked_too)
{
    tmk_picture picture = panels(320, 320, 3, 8, 5);
    tmk_key *key = make_key();
    tmk_image *image = NULL;

    ck_assert_int_eq(tmk_image_from_picture(&picture, TMK_PNG, &image, NULL), TMK_OK);
    ck_assert_int_eq(tmk_image_embed(key, image, MARK, NULL, NULL, NULL), TMK_OK);
    ck_assert_int_eq(tmk_embed(key, &picture, MARK, NULL, NULL, NULL), TMK_OK);
    ck_assert(same_pixels(&picture, tmk_image_picture(image)));
    tmk_image_free(&image);
    tmk_key_free(&key);
    tmk_picture_release(&picture);
}
END_TEST

/* Whatever can still be decoded is marked, or refused with a reason. */
START_TEST(damaged_files_do_no_harm)
{
    static const filemaker_jpeg setups[] = {
        {80, 2, 2, 0, 2, 0, all_markers},
        {70, 2, 1, 1, 0, 0, NULL},
        {90, 1, 1, ARITHMETIC, 0, 0, NULL},
        {90, 1, 1, 0, 0, JPEG_RGB, NULL},
    };
    tmk_picture picture = panels(90, 70, 3, 8, 41);
    filemaker_file file = filemaker_make_jpeg(&picture, &setups[_i]);
    tmk_key *key = make_key();
    dice d = {200 + (uint64_t)_i};

    for (int round = 0; round < 150; round++) {
        unsigned char *copy = malloc(file.size);
        tmk_image *image = NULL;
        tmk_error error = {0};

        memcpy(copy, file.bytes, file.size);
        for (int i = 0; i < 1 + round % 3; i++) {
            size_t reach = i % 2 == 0 && file.size > 700 ? 700 : file.size;

            copy[dice_bits(&d) % reach] ^= (unsigned char)(1u << dice_bits(&d) % 8);
        }
        if (tmk_image_decode(copy, file.size, "page", &image, &error) == TMK_OK &&
            tmk_image_picture(image)->width < 400 && tmk_image_picture(image)->height < 400 &&
            tmk_image_embed(key, image, MARK, NULL, NULL, &error) == TMK_OK) {
            filemaker_file out = encode(image), again = {image->file.bytes, image->file.size};

            ck_assert(image->format != TMK_JPEG || out.size == again.size);
            free(out.bytes);
        } else {
            ck_assert_uint_gt(strlen(error.text) + (image != NULL), 0);
        }
        tmk_image_free(&image);
        free(copy);
    }
    tmk_key_free(&key);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* -------------------------------------------------------------- what is added */

/* Targets of a grey picture of 24 x 520: +16 in the first two columns of blocks, and room to
 * hide it in the first and third. */
typedef struct strip_source {
    int begun, ended;
    int fails;
} strip_source;

static tmk_status strip_rows(void *context, int first, int count, tmk_targets *targets,
                             tmk_error *error)
{
    strip_source *source = context;

    source->begun++;
    if (source->fails)
        return tmk_fail(error, TMK_CANCELLED, "row %d", first);
    targets->first = first;
    ck_assert_int_eq(tmk_plane_alloc(&targets->luma, 24, count, error), TMK_OK);
    ck_assert_int_eq(tmk_plane_alloc(&targets->luma_room, 24, count, error), TMK_OK);
    ck_assert_int_eq(tmk_plane_alloc(&targets->chroma, 24, count, error), TMK_OK);
    ck_assert_int_eq(tmk_plane_alloc(&targets->chroma_room, 24, count, error), TMK_OK);
    for (int i = 0; i < 24 * count; i++) {
        targets->luma.samples[i] = i % 24 < 16 ? 16 : 0;
        targets->luma_room.samples[i] = i % 24 / 8 != 1 ? 16 : 0;
    }
    return TMK_OK;
}

static void strip_end(void *context, tmk_targets *targets)
{
    ((strip_source *)context)->ended++;
    tmk_plane_release(&targets->luma);
    tmk_plane_release(&targets->luma_room);
    tmk_plane_release(&targets->chroma);
    tmk_plane_release(&targets->chroma_room);
}

/* A constant of 16 is a DC coefficient of 8 x 16, eight steps of 16, and nothing else; it is
 * rounded so that it costs least, and never beyond the next step. */
START_TEST(what_is_added_where)
{
    tmk_blocks blocks = {.width = 24, .height = 520, .count = 1}, marked;
    strip_source strip = {0};
    const tmk_target_source source = {&strip, 1, strip_rows, strip_end};
    tmk_error error = {0};

    blocks.planes[0].h = blocks.planes[0].v = 1;
    for (int i = 0; i < TMK_BLOCK_SIZE; i++)
        blocks.planes[0].quantiser[i] = 16;
    ck_assert_int_eq(tmk_blocks_alloc(&blocks, NULL), TMK_OK);
    ck_assert_int_eq(tmk_blocks_copy(&marked, &blocks, NULL), TMK_OK);
    ck_assert_int_eq(tmk_blocks_add(&marked, &blocks, &source, 1, &error), TMK_OK);
    for (int row = 0; row < 65; row++)
        for (int column = 0; column < 3; column++) {
            const int16_t *block = tmk_block_at(&marked.planes[0], column, row);

            ck_assert_int_ge(block[0], column == 0);
            ck_assert_int_le(block[0], column == 0 ? 9 : 0);
            for (int i = 1; i < TMK_BLOCK_SIZE; i++)
                ck_assert_int_eq(block[i], 0);
        }
    ck_assert_int_ge(strip.begun, 2);
    ck_assert_int_eq(strip.begun, strip.ended);
    strip = (strip_source){.fails = 1};
    ck_assert_int_eq(tmk_blocks_add(&marked, &blocks, &source, 1, &error), TMK_CANCELLED);
    ck_assert_str_eq(error.text, "row 0");
    ck_assert_int_eq(strip.begun, strip.ended);
    tmk_blocks_release(&marked);
    tmk_blocks_release(&blocks);
}
END_TEST

/* ----------------------------------------------------------------------- transform */

/* Against the definition, in double precision; and its energy, and the way back. */
START_TEST(dct_is_what_it_should_be)
{
    const double pi = 3.14159265358979323846;
    dice d = {77};
    float samples[8][8], coefficients[8][8], back[8][8];
    double energy = 0, spectrum = 0;

    for (int i = 0; i < 64; i++)
        samples[i / 8][i % 8] = (float)(dice_bits(&d) % 5111) / 10 - 255;
    tmk_dct(coefficients, (const float(*)[8])samples);
    for (int v = 0; v < 8; v++)
        for (int u = 0; u < 8; u++) {
            double sum = 0;

            for (int y = 0; y < 8; y++)
                for (int x = 0; x < 8; x++)
                    sum += samples[y][x] * cos((2 * x + 1) * u * pi / 16) *
                           cos((2 * y + 1) * v * pi / 16);
            sum *= (u == 0 ? sqrt(0.125) : 0.5) * (v == 0 ? sqrt(0.125) : 0.5);
            ck_assert_double_eq_tol(coefficients[v][u], sum, 1e-3);
            spectrum += coefficients[v][u] * coefficients[v][u];
            energy += samples[v][u] * samples[v][u];
        }
    ck_assert_double_eq_tol(spectrum / energy, 1, 1e-6);
    tmk_dct_inverse(back, (const float(*)[8])coefficients);
    for (int i = 0; i < 64; i++)
        ck_assert_double_eq_tol(back[i / 8][i % 8], samples[i / 8][i % 8], 1e-3);
    tmk_dct(samples, (const float(*)[8])samples);
    ck_assert_mem_eq(samples, coefficients, sizeof samples);
}
END_TEST

/* A block's cost is that of its symbols, whichever way it came about. */
START_TEST(bits_add_up)
{
    tmk_picture picture = panels(160, 160, 3, 8, 3);
    const filemaker_jpeg setup = {75, 1, 1, 0, 0, 0, NULL};
    filemaker_file file = filemaker_make_jpeg(&picture, &setup);
    tmk_blocks blocks = blocks_of(&file);
    tmk_bits_block block;
    tmk_bits bits;
    dice d = {5};

    tmk_bits_learn(&bits, &blocks.planes[0]);
    for (int i = 0; i < 100; i++) {
        float sum = 0;

        tmk_bits_load(&block, blocks.planes[0].blocks[i]);
        for (int change = 0; change < 40; change++) {
            int k = 1 + (int)(dice_bits(&d) % 63);
            int value = (int)(dice_bits(&d) % 5) - 2, old = block.values[k];
            float by = tmk_bits_growth(&bits, &block, k, value);

            tmk_bits_set(&block, k, value);
            ck_assert_double_eq_tol(by, -tmk_bits_growth(&bits, &block, k, old), 1e-3);
            sum += by;
        }
        /* The way back along any path costs as much. */
        for (int k = 63; k > 0; k--) {
            int value = blocks.planes[0].blocks[i][tmk_zigzag[k]];

            sum += tmk_bits_growth(&bits, &block, k, value);
            tmk_bits_set(&block, k, value);
        }
        ck_assert_double_eq_tol(sum, 0, 1e-2);
    }
    tmk_blocks_release(&blocks);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* Sides, planes and sampling factors beyond their ranges: refused, and free to release. */
START_TEST(alloc_checks_ranges)
{
    static const tmk_blocks bad[] = {
        {.width = 0, .height = 8, .count = 1, .planes = {{.h = 1, .v = 1}}},
        {.width = 8, .height = -8, .count = 1, .planes = {{.h = 1, .v = 1}}},
        {.width = TMK_MAX_SIDE + 1, .height = 8, .count = 1, .planes = {{.h = 1, .v = 1}}},
        {.width = 8, .height = 8, .count = 0, .planes = {{.h = 1, .v = 1}}},
        {.width = 8, .height = 8, .count = 2, .planes = {{.h = 1, .v = 1}, {.h = 1, .v = 1}}},
        {.width = 8,
         .height = 8,
         .count = 4,
         .planes = {{.h = 1, .v = 1}, {.h = 1, .v = 1}, {.h = 1, .v = 1}}},
        {.width = 8, .height = 8, .count = 1, .planes = {{.h = 0, .v = 1}}},
        {.width = 8, .height = 8, .count = 1, .planes = {{.h = 1, .v = 5}}},
    };
    tmk_blocks blocks = bad[_i];
    tmk_error error = {TMK_OK, ""};

    ck_assert_int_eq(tmk_blocks_alloc(&blocks, &error), TMK_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "blocks"));
    tmk_blocks_release(&blocks);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blocks");
    TCase *all = tcase_create("blocks");

    tcase_set_timeout(all, 300);
    tcase_add_loop_test(all, files_come_back, 0, COUNT(kinds));
    tcase_add_loop_test(all, many_blocks_come_back, 0, 2);
    tcase_add_loop_test(all, marks_are_read, 0, COUNT(marked_kinds));
    tcase_add_loop_test(all, blank_pages_stay, 0, 2);
    tcase_add_test(all, tiny_pages_are_refused);
    tcase_add_test(all, other_formats_are_marked_too);
    tcase_add_loop_test(all, damaged_files_do_no_harm, 0, 4);
    tcase_add_test(all, what_is_added_where);
    tcase_add_test(all, dct_is_what_it_should_be);
    tcase_add_test(all, bits_add_up);
    tcase_add_loop_test(all, alloc_checks_ranges, 0, 8);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
