/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Splitmix64 (Steele, Lea, Flood 2014). */
uint32_t support_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) >> 16);
}

/* ---------------------------------------------------------------------- pictures */

static void put(tmk_picture *picture, int x, int y, int channel, unsigned value)
{
    unsigned char *row = (unsigned char *)picture->pixels + (size_t)y * picture->stride;
    size_t i = (size_t)x * (size_t)picture->channels + (size_t)channel;

    if (picture->depth == 16)
        ((uint16_t *)(void *)row)[i] = (uint16_t)value;
    else
        row[i] = (unsigned char)(value >> 8);
}

static unsigned get(const tmk_picture *picture, int x, int y, int channel)
{
    const unsigned char *row =
        (const unsigned char *)picture->pixels + (size_t)y * picture->stride;
    size_t i = (size_t)x * (size_t)picture->channels + (size_t)channel;

    return picture->depth == 16 ? ((const uint16_t *)(const void *)row)[i] : row[i];
}

/* A colour of 16 bits, drawn for a page of 16 panels. */
static unsigned colour_at(int x, int y, int channel, uint64_t seed, uint64_t *grain)
{
    uint64_t panel = seed * 64 + (uint64_t)(x / 24 % 4 * 4 + y / 24 % 4) * 4 +
                     (uint64_t)channel;
    unsigned flat = support_random(&panel) % 160u + 40u;
    unsigned slope = (unsigned)(x + y) % 32u;
    int line = x % 24 == 0 || y % 24 == 1;

    return line ? 0x1234u : ((flat + slope) << 8) + support_random(grain) % 1024u;
}

static unsigned alpha_at(int x, int y)
{
    int place = (x / 8 + y / 8) % 3;

    return place == 0 ? 0u : place == 1 ? 0x8080u : 0xFFFFu;
}

tmk_picture support_draw(int width, int height, int channels, int depth, uint64_t seed)
{
    tmk_picture picture = {width, height, channels, depth, 0, NULL};
    int colours = channels - (channels + 1) % 2;
    uint64_t grain = seed;

    picture.stride = (size_t)width * (size_t)channels * (size_t)depth / 8;
    picture.pixels = calloc((size_t)height, picture.stride);
    if (picture.pixels == NULL)
        abort();
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int c = 0; c < colours; c++)
                put(&picture, x, y, c, colour_at(x, y, c, seed, &grain));
            if (colours < channels)
                put(&picture, x, y, colours, alpha_at(x, y));
        }
    }
    return picture;
}

void support_release(tmk_picture *picture)
{
    free(picture->pixels);
    picture->pixels = NULL;
}

static int same_kind(const tmk_picture *one, const tmk_picture *other)
{
    return one->width == other->width && one->height == other->height &&
           one->channels == other->channels && one->depth == other->depth;
}

int support_same(const tmk_picture *one, const tmk_picture *other)
{
    size_t bytes = (size_t)one->width * (size_t)one->channels * (size_t)one->depth / 8;

    if (!same_kind(one, other))
        return 0;
    for (size_t y = 0; y < (size_t)one->height; y++)
        if (memcmp((const char *)one->pixels + y * one->stride,
                   (const char *)other->pixels + y * other->stride, bytes) != 0)
            return 0;
    return 1;
}

double support_rms(const tmk_picture *one, const tmk_picture *other)
{
    double sum = 0, unit = one->depth == 16 ? 257 : 1;

    if (!same_kind(one, other))
        return HUGE_VAL;
    for (int y = 0; y < one->height; y++) {
        for (int x = 0; x < one->width; x++) {
            for (int c = 0; c < one->channels; c++) {
                double difference = (double)get(one, x, y, c) - (double)get(other, x, y, c);

                sum += difference * difference / (unit * unit);
            }
        }
    }
    return sqrt(sum / one->width / one->height / one->channels);
}

/* ------------------------------------------------------------------------- files */

char *support_directory(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = support_path(parent != NULL ? parent : "/tmp", "toonmark-test-XXXXXX");

    if (mkdtemp(path) == NULL)
        abort();
    return path;
}

/* Calls ACT, if any, on each file; returns how many there are. */
static int each_file(const char *directory, void (*act)(const char *path))
{
    DIR *folder = opendir(directory);
    const struct dirent *entry;
    int count = 0;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char *path;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        path = support_path(directory, entry->d_name);
        count++;
        if (act != NULL)
            act(path);
        free(path);
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

static void remove_file(const char *path)
{
    remove(path);
}

void support_remove_directory(char *path)
{
    each_file(path, remove_file);
    rmdir(path);
    free(path);
}

int support_count_files(const char *directory)
{
    return each_file(directory, NULL);
}

char *support_path(const char *directory, const char *name)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);

    if (path == NULL)
        abort();
    snprintf(path, size, "%s/%s", directory, name);
    return path;
}

unsigned char *support_load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    long length;

    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    bytes = malloc((size_t)length + 1);
    *size = bytes != NULL ? fread(bytes, 1, (size_t)length, file) : 0;
    fclose(file);
    return bytes;
}

int support_save(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    size_t put_bytes = file != NULL ? fwrite(bytes, 1, size, file) : 0;

    return file == NULL || fclose(file) != 0 || put_bytes != size ? -1 : 0;
}
