#ifndef STRIP_SHIM_H
#define STRIP_SHIM_H
#include "toonmark.h"
#define TMK_OVERWRITE_SAME 2
typedef struct tmk_strip tmk_strip;
typedef struct tmk_output {
    tmk_status status;
    tmk_error error;
    tmk_embed_report report;
    uint64_t bytes;
    uint8_t digest[32];
    int width;
    int64_t height;
} tmk_output;
typedef struct tmk_copy {
    uint64_t mark;
    double strength;
    const char *const *paths;
    tmk_output *outputs;
} tmk_copy;
typedef struct tmk_strip_options {
    double strength;
    int threads;
    int slice_height;
    tmk_write_options write;
    int (*progress)(void *context, double done);
    void *context;
} tmk_strip_options;
tmk_status tmk_strip_open(const char *const *paths, size_t count, tmk_strip **strip, tmk_error *error);
void tmk_strip_free(tmk_strip **strip);
size_t tmk_strip_outputs(const tmk_strip *strip, int slice_height);
void tmk_strip_options_init(tmk_strip_options *o);
tmk_status tmk_strip_embed(const tmk_key *key, tmk_strip *strip, tmk_copy *copies, size_t count,
                           const tmk_strip_options *options, tmk_error *error);
#endif
