/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "carrier/carrier.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "key/keystream.h"
#include "base/memory.h"
#include "code/payload.h"

/*
 * The annuli, cycles a tile.  Lower bins survive codecs and shrinking but lie under more
 * of the picture itself; higher ones swell files and die first.
 */
typedef struct annulus {
    float inner, outer; /* radii */
    float sync_outer;   /* sync carriers lie below; the other roles are spread evenly */
    int sync, index;    /* carriers of these roles in a tile */
} annulus;

static const annulus annuli[TMK_COMPONENTS] = {
    [TMK_LUMA] = {5.5f, 20.4f, 14.4f, 90, 60},
    [TMK_CHROMA] = {1.6f, 7.4f, 7.4f, 15, 10},
};

static const char *const component_names[TMK_COMPONENTS] = {"luma", "chroma"};

typedef struct component_plan {
    int count;
    tmk_bin bins[TMK_MAX_BINS];
    float amplitudes[TMK_MAX_BINS];
    int first[TMK_ROLES + 1];                    /* of each role in a tile's slots */
    uint16_t slots[TMK_POSITIONS][TMK_MAX_BINS]; /* sync, then index, then data */
    tmk_subkey sync;                             /* of the phases of sync carriers */
} component_plan;

struct tmk_carriers {
    component_plan components[TMK_COMPONENTS];
    tmk_subkey bands; /* whose sub-keys are those of the bands */
    uint16_t interleaver[TMK_CODE_BITS];
};

/* Half of the annulus: of each bin and its opposite, which is conjugate, one. */
static void list_bins(component_plan *to, const annulus *ring)
{
    for (int y = -TMK_MAX_BIN; y <= TMK_MAX_BIN; y++)
        for (int x = 0; x <= TMK_MAX_BIN; x++) {
            float square = (float)(x * x + y * y);

            if ((x == 0 && y <= 0) || square < ring->inner * ring->inner ||
                square > ring->outer * ring->outer)
                continue;
            to->bins[to->count++] = (tmk_bin){x, y};
        }
}

static float radius_of(tmk_bin bin)
{
    return sqrtf((float)(bin.x * bin.x + bin.y * bin.y));
}

/* All carriers are alike, and a tile in which all are on has variance 1. */
static void set_amplitudes(component_plan *to)
{
    for (int i = 0; i < to->count; i++)
        to->amplitudes[i] = 1 / sqrtf(2 * (float)to->count);
}

/* Orders a tile's bins by role: of a keyed shuffle the first are index carriers, and sync
 * carriers the next that are eligible. */
static void assign_roles(component_plan *to, const annulus *ring, const tmk_subkey *subkey,
                         int position)
{
    uint16_t shuffled[TMK_MAX_BINS];
    uint16_t *slots = to->slots[position];
    int sync = 0, index = ring->sync, data = ring->sync + ring->index;

    tmk_permutation(subkey, (uint64_t)position, shuffled, (size_t)to->count);
    for (int i = 0; i < to->count; i++) {
        int eligible = radius_of(to->bins[shuffled[i]]) <= ring->sync_outer;
        int *next = i < ring->index ? &index : eligible && sync < ring->sync ? &sync : &data;

        slots[(*next)++] = shuffled[i];
    }
}

static void make_component(component_plan *to, tmk_component which, const tmk_key *key)
{
    const annulus *ring = &annuli[which];
    tmk_subkey roles;
    char name[64];

    list_bins(to, ring);
    set_amplitudes(to);
    to->first[TMK_INDEX] = ring->sync;
    to->first[TMK_DATA] = ring->sync + ring->index;
    to->first[TMK_ROLES] = to->count;
    snprintf(name, sizeof name, "roles %s", component_names[which]);
    tmk_subkey_derive(&roles, key, name);
    for (int position = 0; position < TMK_POSITIONS; position++)
        assign_roles(to, ring, &roles, position);
    tmk_wipe(&roles, sizeof roles);
    snprintf(name, sizeof name, "sync %s", component_names[which]);
    tmk_subkey_derive(&to->sync, key, name);
}

tmk_status tmk_carriers_new(tmk_carriers **carriers, const tmk_key *key, tmk_error *error)
{
    tmk_carriers *self = tmk_calloc(1, sizeof *self);
    tmk_subkey subkey;

    *carriers = NULL;
    if (self == NULL)
        return tmk_fail_memory(error, "the carriers");
    for (int which = 0; which < TMK_COMPONENTS; which++)
        make_component(&self->components[which], (tmk_component)which, key);
    tmk_subkey_derive(&self->bands, key, "bands");
    tmk_subkey_derive(&subkey, key, "interleaver");
    tmk_permutation(&subkey, 0, self->interleaver, TMK_CODE_BITS);
    tmk_wipe(&subkey, sizeof subkey);
    *carriers = self;
    return TMK_OK;
}

void tmk_carriers_free(tmk_carriers **carriers)
{
    if (*carriers != NULL)
        tmk_wipe(*carriers, sizeof **carriers);
    tmk_free(*carriers);
    *carriers = NULL;
}

const tmk_bin *tmk_carriers_bins(const tmk_carriers *carriers, tmk_component component,
                                 int *count)
{
    *count = carriers->components[component].count;
    return carriers->components[component].bins;
}

const float *tmk_carriers_amplitudes(const tmk_carriers *carriers, tmk_component component)
{
    return carriers->components[component].amplitudes;
}

const uint16_t *tmk_carriers_slots(const tmk_carriers *carriers, tmk_component component,
                                   tmk_role role, int position, int *count)
{
    const component_plan *from = &carriers->components[component];

    *count = from->first[role + 1] - from->first[role];
    return from->slots[position] + from->first[role];
}

/*
 * A tile's slots take a run of the interleaved bits that starts a quarter of the code
 * after its neighbour's, so that any two by two tiles carry nearly all bits.
 */
void tmk_carriers_bits(const tmk_carriers *carriers, tmk_component component, int position,
                       uint16_t *bits)
{
    const component_plan *from = &carriers->components[component];
    int count = from->first[TMK_ROLES] - from->first[TMK_DATA];
    int x = position % TMK_PERIOD_TILES, y = position / TMK_PERIOD_TILES;
    int start = 0;

    for (int step = TMK_CODE_BITS / 4; step >= TMK_CODE_BITS / 64; step /= 4) {
        start += step * ((x & 1) + 2 * (y & 1));
        x >>= 1;
        y >>= 1;
    }
    for (int i = 0; i < count; i++)
        bits[i] = carriers->interleaver[(start + i) % TMK_CODE_BITS];
}

size_t tmk_carriers_stream_bytes(const tmk_carriers *carriers, tmk_component component,
                                 tmk_role role)
{
    const component_plan *from = &carriers->components[component];

    return (size_t)(from->first[role + 1] - from->first[role] + 1) / 2;
}

/* PACKED becomes SIZE bytes of a band's stream from byte FROM on. */
static void read_stream(const tmk_carriers *carriers, tmk_component component, tmk_role role,
                        int band, size_t from, uint8_t *packed, size_t size)
{
    tmk_subkey own;

    if (role == TMK_SYNC) {
        tmk_keystream_from(&carriers->components[component].sync, 0, from, packed, size);
        return;
    }
    tmk_subkey_number(&own, &carriers->bands, (uint64_t)band);
    tmk_keystream_from(&own, (uint64_t)component * TMK_ROLES + (uint64_t)role, from, packed,
                       size);
    tmk_wipe(&own, sizeof own);
}

void tmk_carriers_stream(const tmk_carriers *carriers, tmk_component component, tmk_role role,
                         int band, int positions, uint8_t *packed)
{
    size_t size = (size_t)positions * tmk_carriers_stream_bytes(carriers, component, role);

    read_stream(carriers, component, role, band, 0, packed, size);
}

void tmk_carriers_phases(const tmk_carriers *carriers, tmk_component component, tmk_role role,
                         int band, int position, uint8_t *phases)
{
    const component_plan *from = &carriers->components[component];
    int count = from->first[role + 1] - from->first[role];
    size_t bytes = tmk_carriers_stream_bytes(carriers, component, role);
    uint8_t packed[TMK_MAX_BINS / 2];

    read_stream(carriers, component, role, band, (size_t)position * bytes, packed, bytes);
    for (int i = 0; i < count; i++)
        phases[i] = (packed[i / 2] >> (4 * (i % 2))) & 15;
}

tmk_tile_role tmk_carriers_role(const tmk_carriers *carriers, tmk_component component,
                                tmk_role role, int band, int position)
{
    tmk_tile_role tile = {.bins = carriers->components[component].bins};

    tile.slots = tmk_carriers_slots(carriers, component, role, position, &tile.count);
    tmk_carriers_phases(carriers, component, role, band, position, tile.phases);
    return tile;
}
