/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "strip_shim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
struct tmk_strip { const char *const *paths; size_t count; uint8_t (*digests)[32]; uint64_t *bytes; };
tmk_status tmk_strip_open(const char *const *paths, size_t count, tmk_strip **strip, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_strip *s = calloc(1, sizeof *s);
    s->digests = calloc(count, 32);
    s->bytes = calloc(count, 8);
    for (size_t i = 0; i < count && strcmp(paths[i], "-"); i++) {
        tmk_status t = tmk_image_read(paths[i], &image, error);
        tmk_image_free(&image);
        if (!t) t = tmk_file_digest(paths[i], s->digests[i], &s->bytes[i], error);
        if (t) { tmk_strip_free(&s); return t; }
    }
    s->paths = paths;
    s->count = count;
    *strip = s;
    return TMK_OK;
}
void tmk_strip_free(tmk_strip **s) { if (*s) { free((*s)->digests); free((*s)->bytes); } free(*s); *s = NULL; }
const uint8_t *tmk_strip_digest(const tmk_strip *s, size_t i) { return s->digests[i]; }
uint64_t tmk_strip_bytes(const tmk_strip *s, size_t i) { return s->bytes[i]; }
size_t tmk_strip_outputs(const tmk_strip *s, int h) { return h ? 2 : s->count; }
void tmk_strip_options_init(tmk_strip_options *o)
{
    memset(o, 0, sizeof *o);
    o->strength = 1; o->threads = 1; tmk_write_options_init(&o->write);
}
tmk_status tmk_strip_embed(const tmk_key *key, tmk_strip *strip, tmk_copy *copies, size_t count,
                           const tmk_strip_options *options, tmk_error *error)
{
    tmk_status status = TMK_OK;
    size_t n = tmk_strip_outputs(strip, options->slice_height);
    for (size_t i = 0; i < n; i++) for (size_t c = 0; c < count; c++) {
        tmk_image *image = NULL;
        tmk_output *o = &copies[c].outputs[i];
        tmk_embed_options embed;
        tmk_write_options write = options->write;
        const char *path = copies[c].paths[i];
        if (!path) continue;
        tmk_embed_options_init(&embed);
        embed.strength = copies[c].strength != 0 ? copies[c].strength : options->strength;
        embed.threads = options->threads;
        embed.progress = options->progress; embed.context = options->context;
        status = tmk_image_read(strip->paths[options->slice_height ? 0 : i], &image, error);
        if (!status) status = tmk_embed(key, tmk_image_picture(image), copies[c].mark, &embed, &o->report, error);
        if (status) { tmk_image_free(&image); return status; }
        if (o->status == TMK_OK || o->status == TMK_CANCELLED)
            o->status = tmk_image_write(image, path, &write, &o->error);
        if (!o->status && strcmp(path, "-")) o->status = tmk_file_digest(path, o->digest, &o->bytes, &o->error);
        tmk_image_free(&image);
    }
    return status;
}

tmk_status tmk_verify_file(const tmk_key *key, const char *path, uint64_t mark, tmk_verify_level level, int threads, tmk_verdict *verdict, tmk_error *error)
{
    tmk_image *image = NULL;
    tmk_extract_result r;
    tmk_status s = tmk_image_read(path, &image, error);
    (void)level;
    if (!s) s = tmk_extract(key, tmk_image_picture(image), NULL, &r, error);
    tmk_image_free(&image);
    memset(verdict, 0, sizeof *verdict);
    verdict->passed = !s && r.count > 0 && r.marks[0].mark == mark;
    (void)threads;
    return s;
}
size_t tmk_slices_needed(const tmk_verdict *slices, size_t count, int joined)
{
    (void)joined;
    for (size_t i = 0; i < count; i++) if (!slices[i].passed) return 2;
    return 1;
}
