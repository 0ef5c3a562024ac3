/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small pictures inside of metadata are found, and nothing else is taken for one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "file/thumbnail.h"
#include "tests/support/filemaker.h"
#include "tests/support/pictures.h"
#include "toonmark-file.h"

#include <png.h> /* colour types */

/* The thumbnail reported for FILE, which ends here. */
static const char *holder_in(filemaker_file file)
{
    tmk_image *image = NULL;
    tmk_error error = {0};
    const char *holder;

    ck_assert_msg(tmk_image_decode(file.bytes, file.size, "page", &image, &error) == TMK_OK,
                  "%s", error.text);
    holder = tmk_image_thumbnail(image);
    tmk_image_free(&image);
    free(file.bytes);
    return holder;
}

/* HEAD and after it a small JPEG file. */
static filemaker_file with_thumbnail(const char *head, size_t size)
{
    tmk_picture picture = panels(40, 30, 3, 8, 7);
    const filemaker_jpeg setup = {60, 2, 2, 0, 0, 0, NULL};
    filemaker_file small = filemaker_make_jpeg(&picture, &setup), joined;

    joined.size = size + small.size;
    joined.bytes = malloc(joined.size);
    memcpy(joined.bytes, head, size);
    memcpy(joined.bytes + size, small.bytes, small.size);
    free(small.bytes);
    tmk_picture_release(&picture);
    return joined;
}

static filemaker_file jpeg_with(int marker, const void *bytes, size_t size)
{
    const filemaker_marker markers[] = {{marker, bytes, size}, {0, NULL, 0}};
    const filemaker_jpeg setup = {80, 2, 2, 0, 0, 0, markers};
    tmk_picture picture = panels(64, 64, 3, 8, 8);
    filemaker_file file = filemaker_make_jpeg(&picture, &setup);

    tmk_picture_release(&picture);
    return file;
}

static const struct {
    int marker;
    const char *head;
    size_t size;
    const char *holder;
} segments[] = {
    {0xE1, "Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", 20, "EXIF"},
    {0xE0, "JFXX\0\x10", 6, "JFIF"},
    {0xED, "Photoshop 3.0\0008BIM\4\x0C\0\0", 22, "Photoshop"},
    {0xE9, "a vendor's own\0", 15, "metadata"},
};

START_TEST(jpeg_segments)
{
    filemaker_file part = with_thumbnail(segments[_i].head, segments[_i].size);
    const char *holder = holder_in(jpeg_with(segments[_i].marker, part.bytes, part.size));

    ck_assert_str_eq(holder, segments[_i].holder);
    /* JFIF's extension is a thumbnail, whatever is in it. */
    holder = holder_in(jpeg_with(segments[_i].marker, segments[_i].head, segments[_i].size));
    ck_assert(segments[_i].marker == 0xE0 || holder == NULL);
    free(part.bytes);
}
END_TEST

START_TEST(jfif_of_plain_samples)
{
    static const char sound[] = "JFIF\0\1\2\0\0\1\0\1\0\0",
                      holding[] = "JFIF\0\1\2\0\0\1\0\1\1\1\x80\x80\x80";

    ck_assert_ptr_null(holder_in(jpeg_with(0xE0, sound, 14)));
    ck_assert_str_eq(holder_in(jpeg_with(0xE0, holding, 17)), "JFIF");
}
END_TEST

START_TEST(xmp_previews)
{
    static const char packet[] = "http://ns.adobe.com/xap/1.0/\0<xmpGImg:image>/9j/4AAQ",
                      extended[] = "http://ns.adobe.com/xmp/extension/\0<xapGImg:image>/9j/",
                      text[] = "http://ns.adobe.com/xap/1.0/\0<dc:title>an image</dc:title>";

    ck_assert_str_eq(holder_in(jpeg_with(0xE1, packet, sizeof packet - 1)), "XMP");
    ck_assert_str_eq(holder_in(jpeg_with(0xE1, extended, sizeof extended - 1)), "XMP");
    ck_assert_ptr_null(holder_in(jpeg_with(0xE1, text, sizeof text - 1)));
}
END_TEST

START_TEST(other_formats)
{
    const filemaker_png kind = {PNG_COLOR_TYPE_RGB, 8, 0, 0};
    filemaker_file part = with_thumbnail("MM\0*\0\0\0\x08\0\0\0\0\0\0", 14), png;
    tmk_picture picture = panels(64, 64, 3, 8, 9);
    filemaker_file webp = filemaker_make_webp(&picture, 80);

    png = filemaker_make_png(64, 64, &kind, 10);
    ck_assert_ptr_null(holder_in(png));
    png = filemaker_make_png(64, 64, &kind, 10);
    filemaker_insert(&png, "IDAT", "eXIf", part.bytes, part.size);
    ck_assert_str_eq(holder_in(png), "EXIF");
    png = filemaker_make_png(64, 64, &kind, 10);
    filemaker_insert(&png, "IEND", "abCd", part.bytes, part.size);
    ck_assert_str_eq(holder_in(png), "metadata");
    webp = filemaker_add_to_webp(webp, "EXIF", part.bytes, part.size);
    ck_assert_str_eq(holder_in(webp), "EXIF");
    free(part.bytes);
    tmk_picture_release(&picture);
}
END_TEST

/* Beginnings of JPEG that are none: cut, and by chance. */
START_TEST(no_picture)
{
    filemaker_file part = with_thumbnail("", 0);
    tmk_metadata metadata = {0};
    dice d = {11};

    for (size_t size = 0; size < 22; size++) {
        ck_assert_int_eq(tmk_blob_append(&metadata.exif, part.bytes, size), TMK_OK);
        ck_assert_ptr_null(tmk_thumbnail_holder(&metadata));
        tmk_metadata_free(&metadata);
    }
    for (int i = 0; i < 1 << 19; i++) {
        uint64_t value = dice_bits(&d);
        /* Every other byte is one of those that a beginning is made of. */
        unsigned char byte = (value & 256) != 0 ? (unsigned char)value : 0xFF;

        ck_assert_int_eq(tmk_blob_append(&metadata.exif, &byte, 1), TMK_OK);
    }
    tmk_thumbnail_holder(&metadata); /* must end, and soon */
    tmk_metadata_free(&metadata);
    free(part.bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("thumbnail");
    TCase *all = tcase_create("thumbnail");

    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, jpeg_segments, 0, sizeof segments / sizeof segments[0]);
    tcase_add_test(all, jfif_of_plain_samples);
    tcase_add_test(all, xmp_previews);
    tcase_add_test(all, other_formats);
    tcase_add_test(all, no_picture);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
