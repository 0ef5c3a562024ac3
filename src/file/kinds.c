/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/kinds.h"

#include <string.h>
#include <strings.h>

/* Files of one kind may begin in several ways, and end their names in some. */
static const struct kind {
    const char *name;
    struct {
        const char *bytes; /* NULL: no more */
        size_t size, at;   /* and where they stand */
    } begins[6];
    const char *endings[4];
} kinds[] = {
    {"GIF", {{"GIF87a", 6, 0}, {"GIF89a", 6, 0}}, {".gif"}},
    {"TIFF",
     {{"II*\0", 4, 0}, {"MM\0*", 4, 0}, {"II+\0", 4, 0}, {"MM\0+", 4, 0}},
     {".tif", ".tiff"}},
    {"Photoshop", {{"8BPS\0", 5, 0}}, {".psd", ".psb"}},
    {"JPEG XL", {{"\xFF\x0A", 2, 0}, {"\0\0\0\x0CJXL ", 8, 0}}, {".jxl"}},
    {"JPEG 2000",
     {{"\0\0\0\x0CjP  ", 8, 0}, {"\xFF\x4F\xFF\x51", 4, 0}},
     {".jp2", ".j2k", ".jpx"}},
    {"HEIF",
     {{"ftypheic", 8, 4},
      {"ftypheix", 8, 4},
      {"ftyphevc", 8, 4},
      {"ftypmif1", 8, 4},
      {"ftypmsf1", 8, 4}},
     {".heic", ".heif"}},
    {"QOI", {{"qoif", 4, 0}}, {".qoi"}},
    {"OpenEXR", {{"v/1\x01", 4, 0}}, {".exr"}},
    {"GIMP", {{"gimp xcf ", 9, 0}}, {".xcf"}},
    {"MNG", {{"\x8AMNG\r\n\x1A\n", 8, 0}, {"\x8BJNG\r\n\x1A\n", 8, 0}}, {".mng", ".jng"}},
    {"BMP", {{NULL, 0, 0}}, {".bmp", ".dib"}},
    {"PNM", {{NULL, 0, 0}}, {".pnm", ".ppm", ".pgm", ".pbm"}},
    {"SVG", {{NULL, 0, 0}}, {".svg"}},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ------------------------------------------------- what takes more than a comparison */

/* "BM" begins many words: the header's size must be one that there is. */
static int is_bmp(const unsigned char *head, size_t size)
{
    static const unsigned char sizes[] = {12, 40, 52, 56, 64, 108, 124};

    return size >= 18 && memcmp(head, "BM", 2) == 0 && memcmp(head + 6, "\0\0\0\0", 4) == 0 &&
           memchr(sizes, head[14], sizeof sizes) != NULL &&
           memcmp(head + 15, "\0\0\0", 3) == 0;
}

static int is_pnm(const unsigned char *head, size_t size)
{
    return size >= 4 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' &&
           (head[2] == '\n' || head[2] == ' ') &&
           ((head[3] >= '0' && head[3] <= '9') || head[3] == '#' || head[1] == '7');
}

/* XML whose first element is near the beginning. */
static int is_svg(const unsigned char *head, size_t size)
{
    size_t start = size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    if (start >= size || head[start] != '<')
        return 0;
    for (size_t i = start; i + 5 <= size; i++)
        if (memcmp(head + i, "<svg", 4) == 0 && strchr(" \t\r\n>", head[i + 4]) != NULL)
            return 1;
    return 0;
}

/* ------------------------------------------------------------------------------- all */

static int begins_as(const struct kind *kind, const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < COUNT(kind->begins) && kind->begins[i].bytes != NULL; i++) {
        size_t at = kind->begins[i].at, wanted = kind->begins[i].size;

        if (at + wanted <= size && memcmp(head + at, kind->begins[i].bytes, wanted) == 0)
            return 1;
    }
    return 0;
}

const char *tmk_foreign_kind(const unsigned char *head, size_t size)
{
    if (is_bmp(head, size))
        return "BMP";
    if (is_pnm(head, size))
        return "PNM";
    if (is_svg(head, size))
        return "SVG";
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (begins_as(&kinds[i], head, size))
            return kinds[i].name;
    return NULL;
}

const char *tmk_foreign_kind_of_path(const char *path)
{
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot != NULL && i < COUNT(kinds); i++)
        for (size_t j = 0; j < COUNT(kinds[i].endings) && kinds[i].endings[j] != NULL; j++)
            if (strcasecmp(dot, kinds[i].endings[j]) == 0)
                return kinds[i].name;
    return NULL;
}
