#include "strip_shim.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
struct tmk_strip { const char *const *paths; size_t count; };
tmk_status tmk_strip_open(const char *const *paths, size_t count, tmk_strip **strip, tmk_error *error)
{
    tmk_image *image = NULL;
    for (size_t i = 0; i < count && strcmp(paths[i], "-"); i++) {
        tmk_status s = tmk_image_read(paths[i], &image, error);
        tmk_image_free(&image);
        if (s) return s;
    }
    *strip = calloc(1, sizeof **strip);
    (*strip)->paths = paths;
    (*strip)->count = count;
    return TMK_OK;
}
void tmk_strip_free(tmk_strip **s) { free(*s); *s = NULL; }
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
        struct stat st;
        if (!copies[c].paths[i]) continue;
        tmk_embed_options_init(&embed);
        embed.strength = copies[c].strength ? copies[c].strength : options->strength;
        embed.threads = options->threads;
        embed.progress = options->progress; embed.context = options->context;
        status = tmk_image_read(strip->paths[options->slice_height ? 0 : i], &image, error);
        if (!status) status = tmk_embed(key, tmk_image_picture(image), copies[c].mark, &embed, &o->report, error);
        if (status) { tmk_image_free(&image); return status; }
        o->status = tmk_image_write(image, copies[c].paths[i], &options->write, &o->error);
        if (!o->status && !stat(copies[c].paths[i], &st)) o->bytes = (uint64_t)st.st_size;
        tmk_image_free(&image);
    }
    return status;
}
