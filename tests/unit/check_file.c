/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Image files: what is read, what is written, what passes through, what is not done. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/imagefile.h"
#include "file/rowfile.h"
#include "tests/support/filemaker.h"
#include "tests/support/pictures.h"
#include "tests/support/scratch.h"

#include <png.h> /* colour types */

#define JPEG_RGB 2 /* libjpeg's J_COLOR_SPACE */
#define JPEG_CMYK 4
#define PROFILE_BYTES 256

/* ----------------------------------------------------------------------- helpers */

static tmk_image *decode(const filemaker_file *file)
{
    tmk_image *image = NULL;
    tmk_error error = {0};
    tmk_status status = tmk_image_decode(file->bytes, file->size, "test", &image, &error);

    ck_assert_msg(status == TMK_OK, "%s", error.text);
    return image;
}

static filemaker_file encode(const tmk_image *image, tmk_format format, int quality)
{
    tmk_write_options options = {format, quality, 0};
    filemaker_file file = {0};
    tmk_error error = {0};
    void *bytes;
    tmk_status status = tmk_image_encode(image, &options, &bytes, &file.size, &error);

    ck_assert_msg(status == TMK_OK, "%s", error.text);
    file.bytes = bytes;
    return file;
}

/* Reads FILE and writes it again as FORMAT. */
static filemaker_file convert(const filemaker_file *file, tmk_format format, int quality)
{
    tmk_image *image = decode(file);
    filemaker_file out = encode(image, format, quality);

    tmk_image_free(&image);
    return out;
}

static tmk_image *image_of(const tmk_picture *picture, tmk_format format)
{
    tmk_image *image = NULL;

    ck_assert_int_eq(tmk_image_from_picture(picture, format, &image, NULL), TMK_OK);
    return image;
}

static void assert_refused(const filemaker_file *file, tmk_status expected, const char *text)
{
    tmk_image *image = (tmk_image *)1;
    tmk_error error = {0};

    ck_assert_int_eq(tmk_image_decode(file->bytes, file->size, "page.x", &image, &error),
                     expected);
    ck_assert_ptr_null(image);
    ck_assert_ptr_nonnull(strstr(error.text, "page.x: "));
    ck_assert_ptr_null(strchr(error.text, '\n'));
    ck_assert_msg(strstr(error.text, text) != NULL, "%s", error.text);
}

static int holds(const filemaker_file *file, const void *bytes, size_t size)
{
    return memmem(file->bytes, file->size, bytes, size) != NULL;
}

/* A profile that is sound enough for libpng: the head of one, no tags, and some ballast,
 * since libpng takes a chunk that is packed too well for a short one. */
static void make_profile(unsigned char profile[PROFILE_BYTES], const char *space)
{
    static const unsigned char white[] = {0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D};

    dice d = {99};

    memset(profile, 0, PROFILE_BYTES);
    for (int i = 132; i < PROFILE_BYTES; i++)
        profile[i] = (unsigned char)dice_bits(&d);
    profile[2] = PROFILE_BYTES >> 8;
    profile[8] = 2;
    memcpy(profile + 12, "mntr", 4);
    memcpy(profile + 16, space, 4);
    memcpy(profile + 20, "XYZ ", 4);
    memcpy(profile + 36, "acsp", 4);
    memcpy(profile + 68, white, sizeof white);
}

/* ------------------------------------------------------------------- row by row */

static tmk_input input_of(const filemaker_file *file)
{
    return (tmk_input){"test", file->bytes, -1, file->size};
}

START_TEST(rows_come_as_they_are)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_PALETTE, 4, 0, 1};
    filemaker_file file = filemaker_make_png(67, 41, &kind, 5);
    tmk_picture expected = filemaker_expand(&file), rows = panels(67, 41, 4, 8, 1);
    tmk_input input;
    tmk_image image = {0};
    tmk_row_reader reader;

    filemaker_insert(&file, "IEND", "iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x/>", 26);
    input = input_of(&file);
    ck_assert_int_eq(tmk_row_reader_open(&reader, &input, &image, NULL), TMK_OK);
    ck_assert(tmk_row_reader_is_open(&reader));
    ck_assert_int_eq(image.format, TMK_PNG);
    ck_assert_int_eq(image.picture.width, 67);
    ck_assert_int_eq(image.picture.height, 41);
    ck_assert_int_eq(image.picture.channels, 4);
    ck_assert_ptr_null(image.picture.pixels);
    for (int y = 0, count = 1; y < 41; y += count, count = y + 7 < 41 ? 7 : 41 - y) {
        tmk_picture part = rows;

        part.pixels = tmk_picture_row(&rows, y);
        part.height = count;
        ck_assert_int_eq(tmk_row_reader_read(&reader, &part, NULL), TMK_OK);
    }
    ck_assert(same_pixels(&expected, &rows));
    ck_assert_int_eq(tmk_row_reader_finish(&reader, &image.metadata, NULL), TMK_OK);
    ck_assert_uint_eq(image.metadata.xmp.size, 4);
    tmk_row_reader_close(&reader);
    ck_assert(!tmk_row_reader_is_open(&reader));
    tmk_metadata_free(&image.metadata);
    tmk_picture_release(&rows);
    tmk_picture_release(&expected);
    free(file.bytes);
}
END_TEST

/* Interlaced, turned, and of formats that are decoded as a whole; a damaged file fails. */
START_TEST(what_has_no_rows_stays_closed)
{
    const filemaker_png interlaced = {PNG_COLOR_TYPE_RGB, 8, 1, 0}, plain = {2, 8, 0, 0};
    const filemaker_jpeg baseline = {80, 2, 2, 0, 0, 0, NULL};
    tmk_picture picture = panels(48, 40, 3, 8, 23);
    filemaker_file exif = filemaker_make_exif(6, 1);
    filemaker_file files[] = {filemaker_make_png(48, 40, &interlaced, 5),
                              filemaker_make_png(48, 40, &plain, 5),
                              filemaker_make_jpeg(&picture, &baseline),
                              filemaker_make_webp(&picture, 75),
                              filemaker_make_png(48, 40, &plain, 5)};

    filemaker_insert(&files[1], "IDAT", "eXIf", exif.bytes, exif.size);
    files[4].size /= 2;
    for (int i = 0; i < 5; i++) {
        tmk_input input = input_of(&files[i]);
        tmk_image image = {0};
        tmk_row_reader reader;

        ck_assert_int_eq(tmk_row_reader_open(&reader, &input, &image, NULL),
                         i < 4 ? TMK_OK : TMK_BAD_FILE);
        ck_assert(!tmk_row_reader_is_open(&reader));
        tmk_row_reader_close(&reader);
        tmk_metadata_free(&image.metadata);
        free(files[i].bytes);
    }
    free(exif.bytes);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(which_formats_take_rows)
{
    tmk_image image = {.format = TMK_PNG, .orientation = TMK_UPRIGHT};
    const tmk_write_options as_png = {TMK_PNG, 0, 0}, as_jpeg = {TMK_JPEG, 0, 0};
    const tmk_codec *png = NULL, *jpeg = NULL;

    ck_assert_int_eq(tmk_file_choose_codec(&image, "a", "a", &as_png, &png, NULL), TMK_OK);
    ck_assert_int_eq(tmk_file_choose_codec(&image, "a", "a", &as_jpeg, &jpeg, NULL), TMK_OK);
    ck_assert(tmk_row_writer_suits(png, &image));
    ck_assert(!tmk_row_writer_suits(jpeg, &image));
    ck_assert(!tmk_file_keeps_blocks(&image, png, 0));
    image.coding.interlaced = 1;
    ck_assert(!tmk_row_writer_suits(png, &image));
    image.format = TMK_JPEG; /* a progressive one, as PNG */
    ck_assert(tmk_row_writer_suits(png, &image));
    ck_assert(tmk_file_keeps_blocks(&image, jpeg, 0));
    ck_assert(!tmk_file_keeps_blocks(&image, jpeg, 80));
    image.orientation = TMK_TURNED_90;
    ck_assert(!tmk_row_writer_suits(png, &image));
}
END_TEST

/* ----------------------------------------------------------------- formats, names */

START_TEST(names_of_formats)
{
    ck_assert_int_eq(tmk_format_of_path("a/b.PNG"), TMK_PNG);
    ck_assert_int_eq(tmk_format_of_path("x.jpeg"), TMK_JPEG);
    ck_assert_int_eq(tmk_format_of_path("x.png.Jpg"), TMK_JPEG);
    ck_assert_int_eq(tmk_format_of_path("x.webp"), TMK_WEBP);
    ck_assert_int_eq(tmk_format_of_path("x.avif"), TMK_AVIF);
    ck_assert_int_eq(tmk_format_of_path("png"), TMK_FORMAT_UNKNOWN);
    ck_assert_int_eq(tmk_format_of_path("-"), TMK_FORMAT_UNKNOWN);
    ck_assert_int_eq(tmk_format_of_path(NULL), TMK_FORMAT_UNKNOWN);
    ck_assert_str_eq(tmk_format_name(TMK_JPEG), "jpeg");
    ck_assert_str_eq(tmk_format_name(TMK_FORMAT_UNKNOWN), "unknown");
    ck_assert_ptr_nonnull(strstr(tmk_features(), "png jpeg webp"));
}
END_TEST

/* ---------------------------------------------------------------------------- PNG */

START_TEST(png_keeps_every_sample)
{
    int channels = _i % 4 + 1, depth = _i < 4 ? 8 : 16;
    tmk_picture picture = panels(70, 90, channels, depth, 1 + (uint64_t)_i);
    tmk_image *image = image_of(&picture, TMK_PNG);
    filemaker_file file = encode(image, TMK_FORMAT_UNKNOWN, 0);
    tmk_image *again = decode(&file);

    ck_assert(same_pixels(&picture, tmk_image_picture(again)));
    ck_assert_int_eq(tmk_image_format(again), TMK_PNG);
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* Bytes that libpng makes of an RGB picture, left to itself. */
static size_t size_by_libpng(const tmk_picture *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)picture->width,
                       .height = (png_uint_32)picture->height,
                       .format = PNG_FORMAT_RGB};
    png_alloc_size_t size = 0;

    ck_assert(png_image_write_to_memory(&image, NULL, &size, 0, picture->pixels,
                                        (png_int_32)picture->stride, NULL));
    return size;
}

/* Drawn rows, then noise, then both side by side: rows that pack best in different ways. */
START_TEST(png_packs_each_block_in_its_way)
{
    tmk_picture picture = panels(700, 1200, 3, 8, 3), noise = new_picture(700, 1200, 3, 8);
    tmk_image *image, *again;
    filemaker_file file;

    fill_noise(&noise, 4);
    for (int y = 400; y < 1200; y++)
        memcpy(tmk_picture_row(&picture, y), tmk_picture_row(&noise, y),
               y < 800 ? 2100 : 1000);
    image = image_of(&picture, TMK_PNG);
    file = encode(image, TMK_FORMAT_UNKNOWN, 0);
    again = decode(&file);
    ck_assert(same_pixels(&picture, tmk_image_picture(again)));
    ck_assert_uint_le(file.size, size_by_libpng(&picture) / 100 * 101);
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&noise);
    tmk_picture_release(&picture);
}
END_TEST

static const filemaker_png png_kinds[] = {
    {PNG_COLOR_TYPE_GRAY, 1, 0, 0},        {PNG_COLOR_TYPE_GRAY, 2, 0, 1},
    {PNG_COLOR_TYPE_GRAY, 4, 1, 0},        {PNG_COLOR_TYPE_GRAY, 8, 1, 1},
    {PNG_COLOR_TYPE_GRAY, 16, 0, 1},       {PNG_COLOR_TYPE_PALETTE, 1, 0, 0},
    {PNG_COLOR_TYPE_PALETTE, 2, 1, 1},     {PNG_COLOR_TYPE_PALETTE, 4, 0, 1},
    {PNG_COLOR_TYPE_PALETTE, 8, 0, 0},     {PNG_COLOR_TYPE_RGB, 8, 1, 1},
    {PNG_COLOR_TYPE_RGB, 16, 0, 1},        {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, 0},
    {PNG_COLOR_TYPE_GRAY_ALPHA, 16, 1, 0}, {PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, 0},
    {PNG_COLOR_TYPE_RGB_ALPHA, 16, 1, 0},
};

START_TEST(png_reads_every_kind)
{
    filemaker_file file = filemaker_make_png(67, 41, &png_kinds[_i], 5);
    tmk_picture expected = filemaker_expand(&file);
    tmk_image *image = decode(&file);
    filemaker_file out = encode(image, TMK_FORMAT_UNKNOWN, 0);
    tmk_picture written = filemaker_expand(&out);

    ck_assert(same_pixels(&expected, tmk_image_picture(image)));
    ck_assert(same_pixels(&expected, &written));
    ck_assert_int_eq(out.bytes[28], png_kinds[_i].interlaced);
    tmk_image_free(&image);
    tmk_picture_release(&written);
    tmk_picture_release(&expected);
    free(out.bytes);
    free(file.bytes);
}
END_TEST

START_TEST(png_chunks_pass)
{
    static const struct {
        const char *before, *name, *bytes;
        size_t size;
    } chunks[] = {
        {"IDAT", "gAMA", "\0\0\xB1\x8F", 4},
        {"IDAT", "cHRM",
         "\0\0\x7a\x26\0\0\x80\x84\0\0\xfa\0\0\0\x80\xe8\0\0\x75\x30\0\0\xea\x60\0\0\x3a\x98"
         "\0\0\x17\x70",
         32},
        {"IDAT", "sRGB", "\1", 1},
        {"IDAT", "sBIT", "\5\6\5", 3},
        {"IDAT", "bKGD", "\0\1\0\2\0\3", 6},
        {"IDAT", "pHYs", "\0\0\x0B\x13\0\0\x0B\x14\1", 9},
        {"IDAT", "tEXt", "Author\0A. Uthor", 15},
        {"IDAT", "zTXt", "Note\0\0not really packed", 23},
        {"IDAT", "prVt", "private, safe to copy", 21},
        {"IEND", "iTXt", "Title\0\0\0\0\0Seite 1", 17},
        {"IEND", "tIME", "\x07\xe8\2\3\4\5\6", 7},
    };
    const filemaker_png kind = {PNG_COLOR_TYPE_RGB, 8, 0, 0};
    filemaker_file file = filemaker_make_png(64, 64, &kind, 6), out;

    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++)
        filemaker_insert(&file, chunks[i].before, chunks[i].name, chunks[i].bytes,
                         chunks[i].size);
    filemaker_insert(&file, "IDAT", "prVT", "depends on pixels", 17);
    out = convert(&file, TMK_FORMAT_UNKNOWN, 0);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        size_t size = 0;
        const unsigned char *bytes = filemaker_chunk(&out, chunks[i].name, &size);

        ck_assert_msg(bytes != NULL && size == chunks[i].size &&
                          memcmp(bytes, chunks[i].bytes, size) == 0,
                      "%s", chunks[i].name);
        ck_assert_int_eq(bytes > filemaker_chunk(&out, "IDAT", &size),
                         strcmp(chunks[i].before, "IEND") == 0);
    }
    ck_assert(!holds(&out, "prVT", 4));
    free(out.bytes);
    free(file.bytes);
}
END_TEST

START_TEST(png_chunks_follow_the_samples)
{
    const filemaker_png palette = {PNG_COLOR_TYPE_PALETTE, 4, 0, 1};
    const filemaker_png grey = {PNG_COLOR_TYPE_GRAY, 2, 0, 0};
    filemaker_file file = filemaker_make_png(64, 64, &palette, 7), out;
    size_t size;

    filemaker_insert(&file, "IDAT", "bKGD", "\2", 1);
    filemaker_insert(&file, "PLTE", "sBIT", "\5\6\5", 3);
    out = convert(&file, TMK_FORMAT_UNKNOWN, 0);
    ck_assert_mem_eq(filemaker_chunk(&out, "bKGD", &size), "\0\x4a\0\xfd\0\x0a", 6);
    ck_assert_mem_eq(filemaker_chunk(&out, "sBIT", &size), "\5\6\5\x8", 4);
    ck_assert_ptr_null(filemaker_chunk(&out, "PLTE", &size));
    free(out.bytes);
    free(file.bytes);

    file = filemaker_make_png(64, 64, &grey, 7);
    filemaker_insert(&file, "IDAT", "bKGD", "\0\2", 2);
    out = convert(&file, TMK_FORMAT_UNKNOWN, 0);
    ck_assert_mem_eq(filemaker_chunk(&out, "bKGD", &size), "\0\xAA", 2);
    free(out.bytes);
    free(file.bytes);
}
END_TEST

START_TEST(png_refusals)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_RGB, 8, 0, 0};
    filemaker_file file = filemaker_make_png(64, 64, &kind, 8);

    filemaker_insert(&file, "IDAT", "acTL", "\0\0\0\2\0\0\0\0", 8);
    assert_refused(&file, TMK_UNSUPPORTED, "animated");
    free(file.bytes);
}
END_TEST

/* --------------------------------------------------------------------------- JPEG */

static const filemaker_marker all_markers[] = {
    {0xFE, "first", 5},
    {0xE1, "Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", 20},
    {0xE1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>", 41},
    {0xED, "Photoshop 3.0\0", 14},
    {0xE5, "", 0},
    {0xFE, "last", 4},
    {0, NULL, 0},
};

static const struct {
    filemaker_jpeg setup;
    int channels;
} jpeg_kinds[] = {
    {{90, 1, 1, 0, 0, 0, NULL}, 1},        {{75, 2, 2, 0, 0, 0, all_markers}, 1},
    {{95, 1, 1, 0, 0, 0, NULL}, 3},        {{60, 2, 1, 0, 0, 0, all_markers}, 3},
    {{85, 2, 2, 1, 0, 0, all_markers}, 3}, {{50, 1, 2, 0, 3, 0, NULL}, 3},
    {{30, 2, 2, 0, 5, 0, all_markers}, 3}, {{97, 1, 1, 0, 0, JPEG_RGB, NULL}, 3},
    {{80, 4, 1, 1, 2, 0, NULL}, 3},        {{1, 2, 2, 0, 0, 0, NULL}, 3},
};

/* Coding again what was just decoded changes nothing but rounding: all else is the same,
 * and the pixels hardly move. */
START_TEST(jpeg_is_coded_as_it_was)
{
    tmk_picture picture = panels(131, 77, jpeg_kinds[_i].channels, 8, 9);
    filemaker_file file = filemaker_make_jpeg(&picture, &jpeg_kinds[_i].setup);
    filemaker_file before = filemaker_describe_jpeg(&file), out, after;
    tmk_image *image = decode(&file), *again;

    out = encode(image, TMK_FORMAT_UNKNOWN, 0);
    after = filemaker_describe_jpeg(&out);
    ck_assert_uint_eq(after.size, before.size);
    ck_assert_mem_eq(after.bytes, before.bytes, before.size);
    again = decode(&out);
    /* Sub-sampled chroma is smoothed once more; at 4:4:4 nothing but rounding is left. */
    ck_assert_double_lt(rms_between(tmk_image_picture(image), tmk_image_picture(again)),
                        jpeg_kinds[_i].setup.h == 1 && jpeg_kinds[_i].setup.v == 1 ? 0.7 : 9);
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(after.bytes);
    free(before.bytes);
    free(out.bytes);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(jpeg_quality_and_sampling)
{
    tmk_picture picture = panels(96, 64, 3, 16, 10);
    tmk_image *image = image_of(&picture, TMK_JPEG), *again;
    filemaker_file fine = encode(image, TMK_JPEG, 0), coarse = encode(image, TMK_JPEG, 60);

    ck_assert_uint_gt(fine.size, coarse.size);
    again = decode(&fine);
    ck_assert_int_eq(again->coding.jpeg.component[0].h, 1);
    ck_assert_int_eq(again->coding.jpeg.component[0].table[0], 2);
    tmk_image_free(&again);
    again = decode(&coarse);
    ck_assert_int_eq(again->coding.jpeg.component[0].h, 2);
    ck_assert_int_eq(again->coding.jpeg.component[0].v, 2);
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(fine.bytes);
    free(coarse.bytes);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(jpeg_refusals)
{
    tmk_picture cmyk = panels(64, 64, 4, 8, 11);
    tmk_picture tall = panels(64, 65501, 1, 8, 12);
    const filemaker_jpeg setup = {90, 1, 1, 0, 0, JPEG_CMYK, NULL};
    filemaker_file file = filemaker_make_jpeg(&cmyk, &setup);
    tmk_image *image = image_of(&cmyk, TMK_JPEG);
    tmk_error error = {0};
    void *bytes = NULL;
    size_t size;

    assert_refused(&file, TMK_UNSUPPORTED, "convert it to RGB");
    ck_assert_int_eq(tmk_image_encode(image, NULL, &bytes, &size, &error), TMK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.text, "transparency"));
    tmk_image_free(&image);
    image = image_of(&tall, TMK_JPEG);
    ck_assert_int_eq(tmk_image_encode(image, NULL, &bytes, &size, &error), TMK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.text, "65500 pixels a side; cut it into slices"));
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&tall);
    tmk_picture_release(&cmyk);
}
END_TEST

START_TEST(jpeg_harmless_and_harmful)
{
    tmk_picture picture = panels(64, 64, 3, 8, 12);
    const filemaker_jpeg setup = {90, 1, 1, 0, 0, 0, NULL};
    filemaker_file file = filemaker_make_jpeg(&picture, &setup);
    filemaker_file padded = {malloc(file.size + 4), file.size + 4};
    tmk_image *image;

    /* Four stray bytes before the end marker lose nothing. */
    memcpy(padded.bytes, file.bytes, file.size - 2);
    memcpy(padded.bytes + file.size - 2, "\1\2\3\4\xFF\xD9", 6);
    image = decode(&padded);
    tmk_image_free(&image);
    file.size -= 2;
    assert_refused(&file, TMK_BAD_FILE, "damaged JPEG");
    file.size /= 2;
    assert_refused(&file, TMK_BAD_FILE, "damaged JPEG");
    free(padded.bytes);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* --------------------------------------------------------------------------- WebP */

START_TEST(webp_lossless_is_exact)
{
    tmk_picture picture = panels(71, 83, 3 + _i, 8, 13);
    filemaker_file file = filemaker_make_webp(&picture, 0);
    tmk_image *image = decode(&file), *again;
    filemaker_file out = encode(image, TMK_FORMAT_UNKNOWN, 0);

    ck_assert(same_pixels(&picture, tmk_image_picture(image)));
    again = decode(&out);
    ck_assert(again->coding.lossless);
    ck_assert(same_pixels(&picture, tmk_image_picture(again)));
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(out.bytes);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(webp_quality_is_estimated)
{
    static const int qualities[] = {20, 40, 60, 75, 80, 90, 95};
    tmk_picture picture = panels(200, 160, 3 + _i % 2, 8, 14);
    int quality = qualities[_i / 2];
    filemaker_file file = filemaker_make_webp(&picture, quality);
    tmk_image *image = decode(&file);

    ck_assert(!image->coding.lossless);
    ck_assert_int_le(abs(image->coding.webp_quality - quality), 3);
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(webp_spreads_grey_and_rounds)
{
    tmk_picture picture = panels(80, 64, 2, 16, 15);
    tmk_image *image = image_of(&picture, TMK_WEBP), *again;
    filemaker_file out = encode(image, TMK_WEBP, 100);
    const tmk_picture *got;

    again = decode(&out);
    got = tmk_image_picture(again);
    ck_assert_int_eq(got->channels, 4);
    for (size_t i = 0; i < 80 * 64; i++) {
        const unsigned char *pixel = (const unsigned char *)got->pixels + 4 * i;
        const uint16_t *source = (const uint16_t *)picture.pixels + 2 * i;

        ck_assert_int_eq(pixel[0], (int)lround(source[0] / 257.0));
        ck_assert(pixel[0] == pixel[1] && pixel[1] == pixel[2]);
        ck_assert_int_eq(pixel[3], (int)lround(source[1] / 257.0));
    }
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(out.bytes);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(webp_refusals)
{
    tmk_picture picture = panels(64, 64, 3, 8, 16);
    tmk_picture tall = panels(64, 16384, 1, 8, 16);
    filemaker_file file = filemaker_make_animated_webp(&picture);
    filemaker_file damaged = filemaker_make_webp(&picture, 75);
    tmk_image *image = image_of(&tall, TMK_WEBP);
    tmk_error error = {0};
    void *bytes;
    size_t size;

    assert_refused(&file, TMK_UNSUPPORTED, "animated");
    ck_assert_mem_eq(damaged.bytes + 23, "\x9d\x01\x2a", 3); /* a frame's start */
    damaged.bytes[23] ^= 1;
    assert_refused(&damaged, TMK_BAD_FILE, "corrupt bitstream");
    free(damaged.bytes);
    ck_assert_int_eq(tmk_image_encode(image, NULL, &bytes, &size, &error), TMK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.text, "16383"));
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&tall);
    tmk_picture_release(&picture);
}
END_TEST

/* --------------------------------------------------------------------------- AVIF */

#ifdef HAVE_AVIF
START_TEST(avif_is_read)
{
    tmk_picture picture = panels(72, 64, 3 + _i % 2, _i < 2 ? 8 : 16, 17);
    filemaker_file file = filemaker_make_avif(&picture,
                                              _i < 2   ? 8
                                              : _i < 4 ? 10
                                                       : 12,
                                              -1, -1);
    tmk_image *image = decode(&file);
    tmk_error error = {0};
    void *bytes;
    size_t size;

    ck_assert_int_eq(tmk_image_format(image), TMK_AVIF);
    ck_assert_int_eq(tmk_image_picture(image)->depth, picture.depth);
    ck_assert_double_lt(rms_between(&picture, tmk_image_picture(image)), 0.2);
    ck_assert_int_eq(tmk_image_encode(image, NULL, &bytes, &size, &error), TMK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(error.text, ".png, .jpg or .webp"));
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* A pixel of PICTURE after quarter turns counter-clockwise and a mirror, by definition. */
static const unsigned char *turned(const tmk_picture *picture, int x, int y, int angle,
                                   int mirror)
{
    int width = angle % 2 ? picture->height : picture->width;
    int height = angle % 2 ? picture->width : picture->height;

    y = mirror == 0 ? height - 1 - y : y;
    x = mirror == 1 ? width - 1 - x : x;
    for (; angle > 0; angle--) {
        int was = x;

        /* What is at (x, y) was at (width before the turn - 1 - y, x). */
        x = (angle % 2 ? picture->width : picture->height) - 1 - y;
        y = was;
    }
    return (const unsigned char *)picture->pixels + (size_t)y * picture->stride +
           3 * (size_t)x;
}

START_TEST(avif_is_turned)
{
    int angle = _i % 4, mirror = _i / 4 - 1;
    tmk_picture picture = panels(80, 64, 3, 8, 18);
    filemaker_file file = filemaker_make_avif(&picture, 8, angle, mirror);
    tmk_image *image = decode(&file);
    const tmk_picture *got = tmk_image_picture(image);

    ck_assert_int_eq(got->width, angle % 2 ? 64 : 80);
    for (int y = 0; y < got->height; y++)
        for (int x = 0; x < got->width; x++)
            ck_assert_mem_eq((const unsigned char *)got->pixels + (size_t)y * got->stride +
                                 3 * (size_t)x,
                             turned(&picture, x, y, angle, mirror), 3);
    tmk_image_free(&image);
    free(file.bytes);
    tmk_picture_release(&picture);
}
END_TEST
#endif

/* -------------------------------------------------------- metadata across formats */

/* One file of each format that holds all that can cross. */
static filemaker_file make_full(tmk_format format, const filemaker_file *exif,
                                const unsigned char profile[PROFILE_BYTES], const char *xmp)
{
    tmk_picture picture = panels(80, 64, 3, 8, 19);
    tmk_image *image = image_of(&picture, TMK_PNG);
    filemaker_file file;

    /* A foreign format's image, filled by hand, so that the writers are what is tested. */
    ck_assert_int_eq(tmk_blob_append(&image->metadata.exif, exif->bytes, exif->size), TMK_OK);
    ck_assert_int_eq(tmk_blob_append(&image->metadata.icc, profile, PROFILE_BYTES), TMK_OK);
    ck_assert_int_eq(tmk_blob_append(&image->metadata.xmp, xmp, strlen(xmp)), TMK_OK);
    image->metadata.resolution = (tmk_resolution){TMK_PER_INCH, 300, 150};
    image->format = TMK_FORMAT_UNKNOWN;
    file = encode(image, format, 0);
    tmk_image_free(&image);
    tmk_picture_release(&picture);
    return file;
}

START_TEST(metadata_crosses_formats)
{
    tmk_format from = (tmk_format)(_i % 3 + 1), to = (tmk_format)(_i / 3 + 1);
    const char *xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    filemaker_file exif = filemaker_make_exif(1, 1), file, out;
    unsigned char profile[PROFILE_BYTES];
    tmk_image *image;

    make_profile(profile, "RGB ");
    file = make_full(from, &exif, profile, xmp);
    out = convert(&file, to, 0);
    image = decode(&out);
    ck_assert_uint_eq(image->metadata.icc.size, PROFILE_BYTES);
    ck_assert_mem_eq(image->metadata.icc.bytes, profile, PROFILE_BYTES);
    ck_assert_uint_eq(image->metadata.exif.size, exif.size);
    ck_assert_mem_eq(image->metadata.exif.bytes, exif.bytes, exif.size);
    ck_assert_str_eq((const char *)image->metadata.xmp.bytes, xmp);
    if (from != TMK_WEBP && to != TMK_WEBP) {
        tmk_resolution dpi = tmk_resolution_in(image->metadata.resolution, TMK_PER_INCH);

        ck_assert_uint_eq(dpi.x, 300);
        ck_assert_uint_eq(dpi.y, 150);
    }
    tmk_image_free(&image);
    free(out.bytes);
    free(file.bytes);
    free(exif.bytes);
}
END_TEST

START_TEST(grey_profile_stays_with_grey)
{
    tmk_picture picture = panels(64, 64, 1, 8, 20);
    tmk_image *image = image_of(&picture, TMK_PNG), *again;
    unsigned char profile[PROFILE_BYTES];
    filemaker_file out;

    make_profile(profile, "GRAY");
    ck_assert_int_eq(tmk_blob_append(&image->metadata.icc, profile, PROFILE_BYTES), TMK_OK);
    out = encode(image, TMK_WEBP, 0);
    again = decode(&out);
    ck_assert_uint_eq(again->metadata.icc.size, 0);
    tmk_image_free(&again);
    free(out.bytes);
    out = encode(image, TMK_JPEG, 0);
    again = decode(&out);
    ck_assert_uint_eq(again->metadata.icc.size, PROFILE_BYTES);
    tmk_image_free(&again);
    free(out.bytes);
    tmk_image_free(&image);
    tmk_picture_release(&picture);
}
END_TEST

/* -------------------------------------------------------------------- orientation */

static filemaker_file make_turned(tmk_format format, int orientation, int big_endian)
{
    filemaker_file exif = filemaker_make_exif(orientation, big_endian), file;
    tmk_picture picture = panels(80, 64, 3, 8, 21);
    const filemaker_png kind = {PNG_COLOR_TYPE_RGB, 8, 0, 0};
    char app1[64] = "Exif\0";
    filemaker_marker markers[2] = {{0xE1, app1, 6 + exif.size}, {0, NULL, 0}};
    const filemaker_jpeg setup = {95, 1, 1, 0, 0, 0, markers};

    memcpy(app1 + 6, exif.bytes, exif.size);
    if (format == TMK_PNG) {
        file = filemaker_make_png(80, 64, &kind, 21);
        filemaker_insert(&file, "IEND", "eXIf", exif.bytes, exif.size);
    } else if (format == TMK_JPEG) {
        file = filemaker_make_jpeg(&picture, &setup);
    } else {
        file = filemaker_make_webp(&picture, 0);
        file = filemaker_add_to_webp(file, "EXIF", exif.bytes, exif.size);
    }
    free(exif.bytes);
    tmk_picture_release(&picture);
    return file;
}

/* Pixels are upright in memory; in the file they are stored as they were. */
START_TEST(orientation_is_honoured)
{
    tmk_format format = (tmk_format)(_i / 8 + 1);
    int orientation = _i % 8 + 1;
    filemaker_file plain = make_turned(format, 1, _i % 2);
    filemaker_file file = make_turned(format, orientation, _i % 2), out;
    tmk_image *stored = decode(&plain), *image = decode(&file), *again;
    tmk_picture upright;

    ck_assert_int_eq(tmk_picture_orient(&upright, tmk_image_picture(stored),
                                        (tmk_orientation)orientation, NULL),
                     TMK_OK);
    ck_assert(same_pixels(&upright, tmk_image_picture(image)));
    out = encode(image, TMK_FORMAT_UNKNOWN, 0);
    again = decode(&out);
    ck_assert_int_eq(again->orientation, (tmk_orientation)orientation);
    if (format == TMK_JPEG)
        ck_assert_double_lt(rms_between(&upright, tmk_image_picture(again)), 0.7);
    else
        ck_assert(same_pixels(&upright, tmk_image_picture(again)));
    tmk_image_free(&again);
    tmk_image_free(&image);
    tmk_image_free(&stored);
    tmk_picture_release(&upright);
    free(out.bytes);
    free(file.bytes);
    free(plain.bytes);
}
END_TEST

/* EXIF too big for JPEG is left out, so the pixels must be stored upright. */
START_TEST(orientation_without_its_tag)
{
    filemaker_file file = make_turned(TMK_PNG, 6, 0), out;
    tmk_image *image = decode(&file), *again;
    unsigned char padding[1024] = {0};

    while (image->metadata.exif.size < 66000)
        ck_assert_int_eq(tmk_blob_append(&image->metadata.exif, padding, sizeof padding),
                         TMK_OK);
    out = encode(image, TMK_JPEG, 100);
    again = decode(&out);
    ck_assert_int_eq(again->orientation, TMK_UPRIGHT);
    ck_assert_int_eq(tmk_image_picture(again)->width, 64);
    ck_assert_double_lt(rms_between(tmk_image_picture(image), tmk_image_picture(again)), 2);
    tmk_image_free(&again);
    tmk_image_free(&image);
    free(out.bytes);
    free(file.bytes);
}
END_TEST

START_TEST(exif_nonsense)
{
    filemaker_file exif = filemaker_make_exif(6, 0);
    dice d = {22};

    for (int round = 0; round < 20000; round++) {
        tmk_blob blob = {0};
        size_t size = dice_bits(&d) % (exif.size + 1);
        tmk_orientation found;

        ck_assert_int_eq(tmk_blob_append(&blob, exif.bytes, size), TMK_OK);
        for (int i = 0; size > 0 && i < 3; i++)
            blob.bytes[dice_bits(&d) % size] = (unsigned char)dice_bits(&d);
        found = tmk_exif_orientation(&blob);
        ck_assert(found >= TMK_UPRIGHT && found <= TMK_TURNED_270);
        tmk_exif_set_orientation(&blob, TMK_UPRIGHT);
        ck_assert_int_eq(tmk_exif_orientation(&blob), TMK_UPRIGHT);
        tmk_blob_free(&blob);
    }
    free(exif.bytes);
}
END_TEST

/* ----------------------------------------------------------------- files on disk */

START_TEST(files_are_written_whole)
{
    const char *path = "page.png";
    tmk_picture picture = panels(64, 64, 4, 8, 27);
    tmk_image *image = image_of(&picture, TMK_WEBP), *again = NULL;
    tmk_write_options options;
    tmk_error error = {0};
    struct stat about;

    tmk_write_options_init(&options);
    ck_assert_int_eq(tmk_image_write(image, path, NULL, &error), TMK_OK);
    ck_assert_int_eq(tmk_image_read(path, &again, &error), TMK_OK);
    ck_assert_int_eq(tmk_image_format(again), TMK_PNG);
    ck_assert(same_pixels(&picture, tmk_image_picture(again)));
    tmk_image_free(&again);

    ck_assert_int_eq(tmk_image_write(image, path, &options, &error), TMK_EXISTS);
    ck_assert_ptr_nonnull(strstr(error.text, "page.png: "));
    ck_assert_int_eq(chmod(path, 0640), 0);
    options.overwrite = TMK_OUTPUT_REPLACE;
    options.format = TMK_WEBP;
    ck_assert_int_eq(tmk_image_write(image, path, &options, &error), TMK_OK);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_mode & 07777, 0640);
    ck_assert_int_eq(tmk_image_read(path, &again, &error), TMK_OK);
    ck_assert_int_eq(tmk_image_format(again), TMK_WEBP);
    ck_assert_int_eq(scratch_count(), 1);

    tmk_image_free(&again);
    tmk_image_free(&image);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(failures_leave_files_alone)
{
    const char *path = "page.jpg";
    tmk_picture picture = panels(64, 64, 4, 8, 28);
    tmk_image *image = image_of(&picture, TMK_PNG);
    tmk_write_options options = {TMK_FORMAT_UNKNOWN, 0, 1};
    tmk_error error = {0};
    unsigned char *bytes;
    size_t size = 0;

    scratch_write(path, "precious", 8, 0644);
    ck_assert_int_eq(tmk_image_write(image, path, &options, &error), TMK_UNSUPPORTED);
    options.quality = 101;
    ck_assert_int_eq(tmk_image_write(image, path, &options, &error), TMK_BAD_ARGUMENT);
    ck_assert_int_eq(tmk_image_write(image, "none/page.png", NULL, &error), TMK_NOT_WRITABLE);
    ck_assert_int_eq(tmk_image_write(image, ".", NULL, &error), TMK_NOT_WRITABLE);
    ck_assert_int_eq(scratch_count(), 1);
    bytes = scratch_load(path, &size);
    ck_assert_uint_eq(size, 8);
    ck_assert_mem_eq(bytes, "precious", 8);
    free(bytes);
    tmk_image_free(&image);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(a_link_is_followed)
{
    const char *path = "page.png", *name = "link.png";
    tmk_picture picture = panels(64, 64, 1, 8, 29);
    tmk_image *image = image_of(&picture, TMK_PNG);
    tmk_write_options options = {TMK_FORMAT_UNKNOWN, 0, 1};
    struct stat about;

    scratch_write(path, "old", 3, 0644);
    ck_assert_int_eq(symlink("page.png", name), 0);
    ck_assert_int_eq(tmk_image_write(image, name, &options, NULL), TMK_OK);
    ck_assert_int_eq(lstat(name, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_gt((int)about.st_size, 100);
    ck_assert_int_eq(tmk_image_write(image, "/dev/null", NULL, NULL), TMK_OK);
    ck_assert_int_eq(scratch_count(), 2);
    tmk_image_free(&image);
    tmk_picture_release(&picture);
}
END_TEST

START_TEST(unreadable_files)
{
    const char *path = "none.png";
    tmk_image *image = NULL;
    tmk_error error = {0};

    ck_assert_int_eq(tmk_image_read(path, &image, &error), TMK_NOT_READABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "none.png: "));
    ck_assert_int_eq(tmk_image_read(".", &image, &error), TMK_NOT_READABLE);
    scratch_write(path, "", 0, 0644);
    ck_assert_int_eq(tmk_image_read(path, &image, &error), TMK_BAD_FILE);
    scratch_write(path, "GIF89a", 6, 0644);
    ck_assert_int_eq(tmk_image_read(path, &image, &error), TMK_UNSUPPORTED);
    ck_assert_ptr_null(image);
    tmk_image_free(&image);
    tmk_image_free(NULL);
}
END_TEST

/* -------------------------------------------------------------------------- suite */

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static void add_formats(Suite *suite)
{
    TCase *all = tcase_create("formats");

    tcase_set_timeout(all, 120);
    tcase_add_test(all, rows_come_as_they_are);
    tcase_add_test(all, what_has_no_rows_stays_closed);
    tcase_add_test(all, which_formats_take_rows);
    tcase_add_test(all, names_of_formats);
    tcase_add_loop_test(all, png_keeps_every_sample, 0, 8);
    tcase_add_test(all, png_packs_each_block_in_its_way);
    tcase_add_loop_test(all, png_reads_every_kind, 0, COUNT(png_kinds));
    tcase_add_test(all, png_chunks_pass);
    tcase_add_test(all, png_chunks_follow_the_samples);
    tcase_add_test(all, png_refusals);
    tcase_add_loop_test(all, jpeg_is_coded_as_it_was, 0, COUNT(jpeg_kinds));
    tcase_add_test(all, jpeg_quality_and_sampling);
    tcase_add_test(all, jpeg_refusals);
    tcase_add_test(all, jpeg_harmless_and_harmful);
    tcase_add_loop_test(all, webp_lossless_is_exact, 0, 2);
    tcase_add_loop_test(all, webp_quality_is_estimated, 0, 14);
    tcase_add_test(all, webp_spreads_grey_and_rounds);
    tcase_add_test(all, webp_refusals);
#ifdef HAVE_AVIF
    tcase_add_loop_test(all, avif_is_read, 0, 6);
    tcase_add_loop_test(all, avif_is_turned, 0, 12);
#endif
    suite_add_tcase(suite, all);
}

static void add_metadata(Suite *suite)
{
    TCase *all = tcase_create("metadata");

    tcase_add_loop_test(all, metadata_crosses_formats, 0, 9);
    tcase_add_test(all, grey_profile_stays_with_grey);
    tcase_add_loop_test(all, orientation_is_honoured, 0, 24);
    tcase_add_test(all, orientation_without_its_tag);
    tcase_add_test(all, exif_nonsense);
    suite_add_tcase(suite, all);
}

static void add_files(Suite *suite)
{
    TCase *all = tcase_create("files");

    tcase_add_checked_fixture(all, scratch_begin, scratch_end);
    tcase_add_test(all, files_are_written_whole);
    tcase_add_test(all, failures_leave_files_alone);
    tcase_add_test(all, a_link_is_followed);
    tcase_add_test(all, unreadable_files);
    suite_add_tcase(suite, all);
}

int main(void)
{
    Suite *suite = suite_create("file");

    add_formats(suite);
    add_metadata(suite);
    add_files(suite);
    return run_suite(suite);
}
