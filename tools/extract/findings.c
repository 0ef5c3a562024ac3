/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/findings.h"

#include <math.h>

static const tmk_channel *channel_of(const findings *f, const tmk_found *found)
{
    return f->channels != NULL ? tmk_channels_find_mark(f->channels, found->mark) : NULL;
}

/* Another channel's mark that lies near this one; NULL: none, as drawn marks have it. */
static const tmk_channel *near_of(const findings *f, const tmk_found *found)
{
    for (size_t i = 0; i < tmk_channels_count(f->channels); i++) {
        const tmk_channel *other = tmk_channels_at(f->channels, i);

        if (other->mark != found->mark &&
            tmk_mark_distance(other->mark, found->mark) < TMK_NEAR_MARKS)
            return other;
    }
    return NULL;
}

/* log10 of "not another channel"; NAN: it is not available. */
static double another_of(const findings *f, const tmk_found *found)
{
    return channel_of(f, found) == NULL || near_of(f, found) != NULL ? NAN
                                                                     : found->log10_another;
}

/* VALUE in steps of 10^-DECIMALS, towards the weaker statement. */
static double weaker(double value, int decimals)
{
    double unit = pow(10, decimals), rounded = ceil(value * unit - 1e-6) / unit;

    return rounded < value ? rounded + 1 / unit : rounded;
}

/* ----------------------------------------------------------------------- JSON */

static void put_hex(json_t *object, const char *name, const uint8_t *bytes, size_t size)
{
    char digits[2 * TMK_DECOY_SEED_BYTES + 1] = "";

    for (size_t i = 0; i < size && i < TMK_DECOY_SEED_BYTES; i++)
        sprintf(digits + 2 * i, "%02x", bytes[i]);
    report_put_text(object, name, digits);
}

/* In full: what a second program needs to look at the same place. */
static void put_map(json_t *object, const tmk_found *found)
{
    json_t *map = json_array();

    for (int i = 0; i < 6; i++)
        if (json_array_append_new(map, json_real(found->map[i])) != 0)
            report_no_memory();
    report_put(object, "map", map);
    report_put(object, "map_band", json_integer(found->map_band));
}

static void put_found(json_t *object, const findings *f, const tmk_found *found)
{
    const tmk_channel *channel = channel_of(f, found);

    report_put_mark(object, found->mark);
    report_put(object, "registered", json_boolean(channel != NULL));
    if (channel != NULL)
        report_put_text(object, "channel", channel->name);
    report_put_number(object, "log10_p", weaker(found->log10_p, 3), 3);
    report_put_text(object, "question", found->question == TMK_KNOWN ? "known" : "blind");
    report_put_number(object, "log10_another", weaker(another_of(f, found), 3), 3);
    if (found->decoys > 0) {
        report_put(object, "decoys", json_integer(found->decoys));
        put_hex(object, "decoy_seed", found->decoy_seed, sizeof found->decoy_seed);
    }
    report_put_number(object, "log10_tail", found->log10_tail, 6);
    report_put_number(object, "score", found->score, 6);
    report_put_number(object, "scale_x", found->scale_x, 5);
    report_put_number(object, "scale_y", found->scale_y, 5);
    report_put_number(object, "rotation_deg", found->rotation_deg, 3);
    report_put(object, "flipped", json_boolean(found->flipped));
    report_put_number(object, "offset_x", found->offset_x, 2);
    report_put_number(object, "offset_y", found->offset_y, 2);
    report_put(object, "band", json_integer(found->band));
    report_put(object, "variant", json_integer(found->variant));
    put_map(object, found);
}

void findings_put(json_t *object, const findings *f)
{
    json_t *marks = json_array();

    report_put(object, "found", json_boolean(f->result->count > 0));
    report_put(object, "questions", json_integer((json_int_t)f->questions));
    if (f->result->count > 0)
        put_found(object, f, &f->result->marks[0]);
    for (int i = 0; i < f->result->count; i++) {
        json_t *each = report_object();

        put_found(each, f, &f->result->marks[i]);
        if (json_array_append_new(marks, each) != 0)
            report_no_memory();
    }
    report_put(object, "marks", marks);
}

/* ----------------------------------------------------------------------- text */

static void print_mark(FILE *stream, const findings *f, const tmk_found *found)
{
    const tmk_channel *channel = channel_of(f, found);
    double another = another_of(f, found);
    char digits[TMK_MARK_DIGITS + 1];

    tmk_mark_format(found->mark, digits);
    if (channel != NULL)
        fprintf(stream, "channel %s (mark %s)", channel->name, digits);
    else
        fprintf(stream, "mark %s, not registered: it accuses nobody", digits);
    fprintf(stream, ", not chance: 10^%.1f", weaker(found->log10_p, 1));
    if (channel == NULL)
        return;
    if (isnan(another))
        fputs(", not another channel: not available", stream);
    else
        fprintf(stream, ", not another channel: 10^%.1f", weaker(another, 1));
}

static void print_geometry(FILE *stream, const tmk_found *found)
{
    int upright = fabs(found->rotation_deg) < 0.05;

    if (fabs(found->scale_x - found->scale_y) < 0.0005)
        fprintf(stream, ", scale %.3f", found->scale_x);
    else
        fprintf(stream, ", scale %.3f x %.3f", found->scale_x, found->scale_y);
    if (found->flipped)
        fputs(", mirrored", stream);
    if (!upright)
        fprintf(stream, ", turned %.1f degrees", found->rotation_deg);
    if (upright && !found->flipped)
        fputs(", upright", stream);
}

void findings_print(FILE *stream, const findings *f)
{
    print_mark(stream, f, &f->result->marks[0]);
    print_geometry(stream, &f->result->marks[0]);
    for (int i = 1; i < f->result->count; i++) {
        fputs("; also ", stream);
        print_mark(stream, f, &f->result->marks[i]);
    }
}

void findings_print_limits(void)
{
    report_line("not covered: a key or a copy in other hands, marks carried over, paperwork, "
                "errors of the program; see: man toonmark-extract");
}
