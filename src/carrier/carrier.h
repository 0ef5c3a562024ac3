/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mark's geometry and its keyed carriers: what embedding and extraction must agree on.
 *
 * The mark lives on a canonical plane of tiles, 128 x 128 pixels each.  In a tile, the DFT
 * bins of an annulus are carriers; each has a role and one of 16 phases from a keyed
 * stream:
 *
 *     sync    known sign, the same in every eighth tile to the right and downwards: the
 *             plane that blind synchronisation looks for repeats every 1024 pixels;
 *     index   known sign, but of a band of their own: the plane is 4096 bands of 1024
 *             rows, and no two bands share index or data carriers;
 *     data    carries the sign of one of 2048 coded bits.
 *
 *      x  0        1024       2048          A page is embedded at an origin of its own:
 *    y 0  +----------+----------+--         any of 1024 columns, and any of 4096 x 1024
 *         |  band 0  | (again)  |           rows.  Which band a page starts in is the
 *   1024  +----------+----------+--         secret of the key, the page's content and the
 *         |  band 1  |          |           mark, so that copies for two channels, and
 *   2048  +----------+----------+--         nearly any two pages, carry independent
 *         :          :                      patterns, but for the sync carriers.
 *
 * Variants of a mark in a page lie at one origin, each in 4096 bands of its own.
 *
 * Luma and chroma (blue-yellow) are two components with annuli, streams and roles of
 * their own, and share the coded bits.
 */
#ifndef TMK_CARRIER_CARRIER_H
#define TMK_CARRIER_CARRIER_H

#include <complex.h>

#include "base/status.h"

#define TMK_TILE 128       /* side of a tile, pixels */
#define TMK_PERIOD_TILES 8 /* sync carriers repeat after as many tiles */
#define TMK_PERIOD (TMK_TILE * TMK_PERIOD_TILES)
#define TMK_POSITIONS (TMK_PERIOD_TILES * TMK_PERIOD_TILES)
#define TMK_BANDS 4096 /* of a variant; band B of variant V has the number 4096 V + B */

#define TMK_MAX_BIN 20      /* no carrier's frequency exceeds it, cycles a tile */
#define TMK_MAX_SYNC_BIN 14 /* nor a sync carrier's: a quarter of the size shows them all */
#define TMK_MAX_BINS 640    /* carriers of one component in a tile, at most */

typedef enum tmk_component { TMK_LUMA, TMK_CHROMA, TMK_COMPONENTS } tmk_component;
typedef enum tmk_role { TMK_SYNC, TMK_INDEX, TMK_DATA, TMK_ROLES } tmk_role;

/* A carrier's frequency, cycles a tile; one of each pair of opposite bins. */
typedef struct tmk_bin {
    int x, y; /* x >= 0 */
} tmk_bin;

/* VALUE modulo MODULUS, never negative, and the quotient that belongs to it. */
static inline int tmk_floor_mod(int value, int modulus)
{
    int rest = value % modulus;

    return rest < 0 ? rest + modulus : rest;
}

static inline int tmk_floor_div(int value, int divisor)
{
    return (value - tmk_floor_mod(value, divisor)) / divisor;
}

/* The position in the period (row-major) of the tile in column X and row Y of the plane. */
static inline int tmk_position_of(int x, int y)
{
    return tmk_floor_mod(y, TMK_PERIOD_TILES) * TMK_PERIOD_TILES +
           tmk_floor_mod(x, TMK_PERIOD_TILES);
}

/* The number of the band COUNT bands below band number BAND; a variant's last band is
 * followed by its first. */
static inline int tmk_band_below(int band, int count)
{
    return band - band % TMK_BANDS + tmk_floor_mod(band % TMK_BANDS + count, TMK_BANDS);
}

/* The carriers of a key; shared by any number of threads. */
typedef struct tmk_carriers tmk_carriers;

/* Derives the carriers of KEY; ends with tmk_carriers_free. */
tmk_status tmk_carriers_new(tmk_carriers **carriers, const tmk_key *key, tmk_error *error);
void tmk_carriers_free(tmk_carriers **carriers);

/* The bins of COMPONENT, COUNT of them, and the amplitude of each: a tile in which all
 * are on has variance 1. */
const tmk_bin *tmk_carriers_bins(const tmk_carriers *carriers, tmk_component component,
                                 int *count);
const float *tmk_carriers_amplitudes(const tmk_carriers *carriers, tmk_component component);

/* Indices into the bins of those that have ROLE in the tile at POSITION (row-major in the
 * period); *COUNT of them, the same number in every tile. */
const uint16_t *tmk_carriers_slots(const tmk_carriers *carriers, tmk_component component,
                                   tmk_role role, int position, int *count);

/* The coded bit, 0 to 2047, of each data slot of that tile. */
void tmk_carriers_bits(const tmk_carriers *carriers, tmk_component component, int position,
                       uint16_t *bits);

/*
 * Phases of the slots: 0 to 15, see tmk_phase.  BAND is ignored for
 * TMK_SYNC.
 */
void tmk_carriers_phases(const tmk_carriers *carriers, tmk_component component, tmk_role role,
                         int band, int position, uint8_t *phases);

/* The carriers of one role in one tile: carrier i is at bins[slots[i]]. */
typedef struct tmk_tile_role {
    int count;
    const tmk_bin *bins;
    const uint16_t *slots;
    uint8_t phases[TMK_MAX_BINS];
} tmk_tile_role;

/* Those of the tile at POSITION of BAND: slots and phases in one. */
tmk_tile_role tmk_carriers_role(const tmk_carriers *carriers, tmk_component component,
                                tmk_role role, int band, int position);

/*
 * The phases of the first POSITIONS tiles of a band at once, as the keyed stream has them:
 * each tile takes tmk_carriers_stream_bytes, each byte two phases, the lower bits first.
 */
size_t tmk_carriers_stream_bytes(const tmk_carriers *carriers, tmk_component component,
                                 tmk_role role);
void tmk_carriers_stream(const tmk_carriers *carriers, tmk_component component, tmk_role role,
                         int band, int positions, uint8_t *packed);

#define TMK_PHASES 16

/* The unit vector of a phase, exp(2 pi j (PHASE + 1 / 2) / 16).  Four phases would show
 * where tiles lie, for the fourth powers of what they carry add up. */
static inline float complex tmk_phase(unsigned phase)
{
    static const float turns[TMK_PHASES][2] = {
        {0.98078528f, 0.19509032f},   {0.83146961f, 0.55557023f},
        {0.55557023f, 0.83146961f},   {0.19509032f, 0.98078528f},
        {-0.19509032f, 0.98078528f},  {-0.55557023f, 0.83146961f},
        {-0.83146961f, 0.55557023f},  {-0.98078528f, 0.19509032f},
        {-0.98078528f, -0.19509032f}, {-0.83146961f, -0.55557023f},
        {-0.55557023f, -0.83146961f}, {-0.19509032f, -0.98078528f},
        {0.19509032f, -0.98078528f},  {0.55557023f, -0.83146961f},
        {0.83146961f, -0.55557023f},  {0.98078528f, -0.19509032f},
    };

    return turns[phase][0] + turns[phase][1] * I;
}

/* How much of the observation VALUE lies along a phase: Re(VALUE conj u). */
static inline float tmk_along(float complex value, unsigned phase)
{
    float complex u = tmk_phase(phase);

    return crealf(value) * crealf(u) + cimagf(value) * cimagf(u);
}

/* The variance of that over uniform phases. */
static inline float tmk_power(float complex value)
{
    return 0.5f * (crealf(value) * crealf(value) + cimagf(value) * cimagf(value));
}

#endif
